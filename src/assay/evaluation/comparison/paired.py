"""What one paired test is given, and what it finds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from assay.evaluation.comparison.parts import Parts
from assay.evaluation.judged import Answers, Floats, JudgedRows
from assay.result import Json
from assay.stats.rate import wilson
from assay.stats.totals_bootstrap import MOST_PARTS, Redrawn, Statistic, redrawn_statistic

BOOTSTRAP = "paired bootstrap"


@dataclass(frozen=True, kw_only=True, eq=False)
class Pair:
    """Two candidates on the same rows, and how their difference is to be measured.

    Parameters
    ----------
    rows : JudgedRows
    candidate, baseline : Answers
    level : float
        Coverage of the interval, in (0, 1).
    seed : int
        Of redraws; the same one redraws the same parts for every metric.
    """

    rows: JudgedRows
    candidate: Answers
    baseline: Answers
    level: float = 0.95
    seed: int = 0

    @cached_property
    def parts(self) -> Parts:
        """What is redrawn."""
        return Parts(self.rows)

    def redraw(self, columns: list[Floats], statistic: Statistic) -> Redrawn:
        """Redraw a function of the weighted sums of per-row columns of shape (n_rows,)."""
        totals = self.parts.totals(*columns)
        return redrawn_statistic(totals, statistic, rng=np.random.default_rng(self.seed))


@dataclass(frozen=True, kw_only=True)
class Paired:
    """The difference of a metric, candidate minus baseline, in the metric's own direction.

    Parameters
    ----------
    value : float or None
        None where it is undefined, then `reason` says why.
    low, high : float or None
    error : float
        Standard error.
    p_value : float or None
        Two-sided, of no difference.
    test : str
        Which test decided, for people.
    method : str
        How the interval was made.
    seed : int or None
        None when nothing was drawn.
    unit : str or None
        What was treated as independent; None for that of the rows.
    n : int or None
        Rows, queries, … that it is made from; None for the rows.
    reason : str or None
        Why the value, or only its interval, is not given.
    further : mapping
        Other tests and numbers beside.
    notes : tuple of str
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    error: float = 0.0
    p_value: float | None = None
    test: str = ""
    method: str = ""
    seed: int | None = None
    unit: str | None = None
    n: int | None = None
    reason: str | None = None
    further: Mapping[str, Json] = field(default_factory=dict[str, Json])
    notes: tuple[str, ...] = ()

    @classmethod
    def undefined(cls, reason: str) -> "Paired":
        """Return a difference that is not there."""
        return cls(value=None, reason=reason)


def from_redraws(
    pair: Pair,
    found: Redrawn,
    *,
    undefined: str = "the metric is undefined on these rows",
    bounds: tuple[float, float] = (-np.inf, np.inf),
    how: str = "",
) -> Paired:
    """Turn the redraws of a difference into what a paired bootstrap finds.

    Where the p-value does not reject, the interval is drawn out to 0: with few rows that tell the
    two apart the accelerated percentiles leave 0 out too often.

    Parameters
    ----------
    pair : Pair
    found : Redrawn
    undefined : str
        The reason to give where it is undefined on the rows themselves.
    bounds : (float, float)
        Range of the difference.
    how : str
        What was redrawn; "" names the parts.

    Returns
    -------
    Paired
    """
    if not np.isfinite(found.value):
        return Paired.undefined(undefined)
    kind = pair.parts.kind
    if found.n_parts < 2:
        reason = f"one {kind} shows no variation: no interval"
        return Paired(value=found.value, reason=reason, test=BOOTSTRAP)
    interval = found.interval(pair.level).clipped(*bounds).around(found.value)
    p_value = found.p_value()
    if p_value > 1 - pair.level:
        interval = interval.around(0.0)
    bunches = f"{MOST_PARTS:,} random bunches of " if found.n_parts > MOST_PARTS else ""
    name = how or f"redraw of {bunches}{kind}s"
    notes: tuple[str, ...] = ()
    if not found.varies and found.value == 0:
        rarest = 1 - wilson(1.0, found.n_parts, level=pair.level).low
        notes = (
            f"The two do not differ on any of {found.n_parts:,} {kind}s; what would tell them "
            f"apart may be as common as {rarest:.2g} of all.",
        )
    ends = "BCa" if found.varies else "no redraw differs"
    return Paired(
        value=found.value,
        low=interval.low,
        high=interval.high,
        error=found.error,
        p_value=p_value,
        test=BOOTSTRAP if kind == "row" else f"{BOOTSTRAP} of {kind}s",
        method=f"{name}, {ends}",
        seed=pair.seed,
        further={"redraws": int(np.isfinite(found.drawn).sum())},
        notes=notes,
    )
