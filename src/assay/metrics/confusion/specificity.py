"""Specificity: how many of the others are left alone."""

from assay.metrics.draws import CellDraws, cells_of
from assay.metrics.metric import Metric
from assay.metrics.rates import cell_rate, rate_estimate
from assay.result import Estimate
from assay.tables.cube import Cube, Level


def specificity(
    cube: Cube, *, of: Level = True, level: float = 0.95, draws: CellDraws | None = None
) -> Estimate:
    """Share of the rows not of a class that are not predicted so: TN / (TN + FP).

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
        In [0, 1] with Wilson's interval; undefined when every row is of the class.

    References
    ----------
    Wilson 1927, JASA 22:209, doi:10.1080/01621459.1927.10502953.

    Examples
    --------
    >>> both = (False, True)
    >>> cube = Cube.from_counts({"label": both, "prediction": both}, [[60, 10], [10, 20]])
    >>> round(specificity(cube).value, 4)
    0.8571
    """
    cells = cells_of(cube, draws)
    place = cells.position(of)
    among = cells.actual != place
    rate = cell_rate(cells, among & (cells.predicted != place), among, level=level)
    if rate is None:
        reason = f"every row is of class {of}"
        return Estimate.undefined(reason, level=level)
    return rate_estimate(rate, level=level, what=f"rows not of class {of}")


METRIC = Metric(
    name="specificity",
    title="Specificity",
    acronym="TNR",
    tasks=("binary", "multiclass"),
    needs="cube",
    per_class=True,
    function=specificity,
    help=(
        "Of the rows that are negative, the share that was left alone.",
        "With few positives it is close to 1 for any model, and small gaps are many false alarms.",
        "Precision, which counts false alarms against the hits.",
    ),
)
