"""Recall: how many of a class are found."""

from assay.metrics.draws import CellDraws, cells_of
from assay.metrics.metric import Metric
from assay.metrics.rates import cell_rate, rate_estimate
from assay.result import Estimate
from assay.tables.cube import Cube, Level


def recall(
    cube: Cube, *, of: Level = True, level: float = 0.95, draws: CellDraws | None = None
) -> Estimate:
    """Share of the rows of a class that are predicted so: TP / (TP + FN).

    Parameters
    ----------
    cube : Cube
        Keys "label" and "prediction".
    of : bool, int, float or str
        The class that is asked about; True for a yes/no label.
    level : float
        Coverage of the interval, in (0, 1).
    draws : CellDraws or None
        Spares laying the cube out again; nothing is drawn for a rate.

    Returns
    -------
    Estimate
        In [0, 1] with Wilson's interval; undefined when no row is of the class.

    References
    ----------
    Wilson 1927, JASA 22:209, doi:10.1080/01621459.1927.10502953.

    Examples
    --------
    >>> both = (False, True)
    >>> cube = Cube.from_counts({"label": both, "prediction": both}, [[60, 10], [10, 20]])
    >>> round(recall(cube).value, 4)
    0.6667
    """
    cells = cells_of(cube, draws)
    place = cells.position(of)
    among = cells.actual == place
    rate = cell_rate(cells, among & cells.right, among, level=level)
    if rate is None:
        reason = f"no row is of class {of}; scikit-learn would print 0"
        return Estimate.undefined(reason, level=level)
    return rate_estimate(rate, level=level, what=f"rows of class {of}")


METRIC = Metric(
    name="recall",
    title="Recall",
    acronym="TPR",
    tasks=("binary", "multiclass", "multilabel"),
    needs="cube",
    per_class=True,
    function=recall,
    help=(
        "Of the rows that are positive, the share that was found.",
        "Calling every row positive gives 1.",
        "Precision beside it; the ROC curve for what recall costs in false alarms.",
    ),
)
