"""Balanced accuracy: the mean recall of the classes."""

from assay.metrics.cells import Cells
from assay.metrics.draws import CellDraws, cells_of
from assay.metrics.few import few_units
from assay.metrics.metric import Metric
from assay.metrics.rates import CellRate, cell_rate, correlations_of
from assay.metrics.smooth import smallest_class
from assay.result import Estimate
from assay.stats.mover import mover_sum
from assay.tables.cube import Cube, Level


def balanced_accuracy(
    cube: Cube, *, level: float = 0.95, draws: CellDraws | None = None
) -> Estimate:
    """Mean over the classes of the share of their rows that is found.

    The classes' recalls are independent rates; their Wilson intervals are joined by MOVER, with
    their correlation where declared units hold rows of several classes.

    Parameters
    ----------
    cube : Cube
        Keys "label" and "prediction".
    level : float
        Coverage of the interval, in (0, 1).
    draws : CellDraws or None
        Spares laying the cube out again; nothing is drawn.

    Returns
    -------
    Estimate
        In [0, 1], over the classes that occur among the labels; others are named in a warning.
        With two classes both must occur.

    References
    ----------
    Zou and Donner 2008, Statistics in Medicine 27:1693, doi:10.1002/sim.3095.

    Examples
    --------
    >>> both = (False, True)
    >>> cube = Cube.from_counts({"label": both, "prediction": both}, [[60, 10], [10, 20]])
    >>> round(balanced_accuracy(cube).value, 4)
    0.7619
    """
    cells = cells_of(cube, draws)
    found = recalls(cells, level=level)
    absent = [name for name in cells.classes if name not in found]
    if not found:
        return Estimate.undefined("the table has no rows", level=level)
    if len(found) < 2:
        reason = f"no row is of class {', '.join(map(str, absent))}; a mean needs two classes"
        return Estimate.undefined(reason, n=cells.n_rows, level=level)
    return mean_of_recalls(cells, found, absent, level=level)


def recalls(cells: Cells, *, level: float) -> dict[Level, CellRate]:
    """Return the recall of each class that occurs among the labels."""
    out: dict[Level, CellRate] = {}
    for place, name in enumerate(cells.classes):
        among = cells.actual == place
        rate = cell_rate(cells, among & cells.right, among, level=level)
        if rate is not None:
            out[name] = rate
    return out


def mean_of_recalls(
    cells: Cells, found: dict[Level, CellRate], absent: list[Level], *, level: float
) -> Estimate:
    """Return the mean of recalls with its interval."""
    rates = list(found.values())
    share = 1 / len(rates)
    value = share * sum(rate.value for rate in rates)
    correlation = None if cells.by_unit is None else correlations_of(cells, rates)
    interval = mover_sum(
        [rate.value for rate in rates],
        [rate.interval for rate in rates],
        coefficients=[share] * len(rates),
        correlation=correlation,
    )
    interval = interval.clipped(0.0, 1.0).around(value)
    fewest = min(rates, key=lambda rate: rate.spread.n_units or rate.n)
    named = ", ".join(map(str, absent))
    left_out = (f"classes without rows, left out of the mean: {named}",) if absent else ()
    return Estimate(
        value=value,
        low=interval.low,
        high=interval.high,
        level=level,
        n=cells.n_rows,
        n_effective=_joint_effective(cells, rates),
        unit=fewest.spread.unit,
        method="MOVER of Wilson scores",
        warnings=left_out + smallest_class(cells) + few_units(fewest.spread),
    )


def _joint_effective(cells: Cells, rates: list[CellRate]) -> float | None:
    parts = [(rate.n_effective, rate.n) for rate in rates]
    shares = [effective / n for effective, n in parts if effective is not None]
    return cells.n_rows * sum(shares) / len(shares) if shares else None


METRIC = Metric(
    name="balanced_accuracy",
    title="Balanced accuracy",
    acronym="BA",
    tasks=("binary", "multiclass"),
    needs="cube",
    function=balanced_accuracy,
    help=(
        "The mean over the classes of the share of their rows that is found.",
        "A rare class weighs as much as a common one, so a few of its rows move the number.",
        "Recall of each class; precision, which this never looks at.",
    ),
)
