"""F1: precision and recall in one number."""

from assay.metrics.draws import CellDraws, cells_of
from assay.metrics.few import with_warnings
from assay.metrics.metric import Metric
from assay.metrics.rates import cell_rate, rate_estimate
from assay.result import Estimate
from assay.tables.cube import Cube, Level


def f1(
    cube: Cube, *, of: Level = True, level: float = 0.95, draws: CellDraws | None = None
) -> Estimate:
    """Harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN).

    F1 = 2 J / (1 + J) with J = TP / (TP + FP + FN), a plain rate among the rows that are of the
    class or predicted so; the interval is Wilson's for J, carried over.

    Parameters
    ----------
    cube : Cube
        Keys "label" and "prediction".
    of : bool, int, float or str
        The class that is asked about; True for a yes/no label.
    level : float
        Coverage of the interval, in (0, 1).
    draws : CellDraws or None
        Spares laying the cube out again; nothing is drawn.

    Returns
    -------
    Estimate
        In [0, 1]; undefined when no row is of the class and none is predicted so.

    References
    ----------
    Takahashi et al. 2022, Applied Intelligence 52:4961, doi:10.1007/s10489-021-02635-5, for
    intervals of F1 under multinomial cells.

    Examples
    --------
    >>> both = (False, True)
    >>> cube = Cube.from_counts({"label": both, "prediction": both}, [[60, 10], [10, 20]])
    >>> round(f1(cube).value, 4)
    0.6667
    """
    cells = cells_of(cube, draws)
    place = cells.position(of)
    among = (cells.actual == place) | (cells.predicted == place)
    rate = cell_rate(cells, among & cells.right, among, level=level)
    if rate is None:
        reason = f"no row is {of} and none is predicted {of}; scikit-learn would print 0"
        return Estimate.undefined(reason, level=level)
    jaccard = rate_estimate(rate, level=level, what=f"rows that are or are predicted {of}")
    low, high = rate.interval
    return Estimate(
        value=_from_jaccard(rate.value),
        low=_from_jaccard(low),
        high=_from_jaccard(high),
        level=level,
        n=jaccard.n,
        n_effective=jaccard.n_effective,
        unit=jaccard.unit,
        method=f"{jaccard.method} of the Jaccard index",
        warnings=with_warnings(jaccard),
    )


def _from_jaccard(index: float) -> float:
    return 2 * index / (1 + index)


METRIC = Metric(
    name="f1",
    title="F1",
    acronym="F1",
    tasks=("binary", "multiclass", "multilabel"),
    needs="cube",
    per_class=True,
    function=f1,
    help=(
        "The harmonic mean of precision and recall: high only when both are.",
        "It takes a miss and a false alarm as equally dear and never looks at true negatives.",
        "Precision and recall apart, or the expected cost when mistakes differ in price.",
    ),
)
