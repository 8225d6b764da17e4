"""A score table of the validation rows in; the score from which the answer is positive, out."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.evaluation.goal import Floats, Goal, Outcomes
from assay.result import Finding, Json
from assay.tables.score_table import ScoreTable

N_DRAWS = 1_000
DEFAULT = 0.5


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """The score from which a row is answered positively: score >= value.

    Parameters
    ----------
    value : float
    chosen_on : str
        "validation", "test", "given" (by the user) or "default".
    goal : str
        What it was chosen for, "" when it was not chosen.
    why : str
        One sentence for people.
    achieved : float or None
        The goal's value on the rows it was chosen on (a cost is a cost, not its negative).
    stretch : tuple of float or None
        Scores between which the goal is met within one standard error of the best.
    evidence : mapping
        Other numbers behind the choice, for example the threshold that the costs ask for.
    findings : tuple of Finding
    """

    value: float
    chosen_on: str
    goal: str = ""
    why: str = ""
    achieved: float | None = None
    stretch: tuple[float, float] | None = None
    evidence: Mapping[str, Json] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @classmethod
    def default(cls) -> "Threshold":
        """One half, and said to be a choice."""
        why = "0.5 is the usual choice, not a law; give validation rows and a goal to choose one"
        return cls(value=DEFAULT, chosen_on="default", why=why)

    @classmethod
    def given(cls, value: float) -> "Threshold":
        """Return a threshold that the user named.

        Raises
        ------
        InputError
            If it is not a finite number.
        """
        if not np.isfinite(value):
            msg = f"a threshold must be a finite number, not {value}"
            raise InputError(msg)
        return cls(value=float(value), chosen_on="given", why="given by the user")

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "value": self.value,
            "chosen_on": self.chosen_on,
            "goal": self.goal,
            "why": self.why,
            "achieved": self.achieved,
            "stretch": None if self.stretch is None else list(self.stretch),
            "evidence": dict(self.evidence),
        }


@dataclass(frozen=True, eq=False)
class Sweep:
    """The four outcomes at every distinct score as threshold, and above all scores (last)."""

    threshold: Floats
    at: Outcomes


def sweep(table: ScoreTable) -> Sweep:
    """Count the outcomes for each distinct score as threshold.

    Parameters
    ----------
    table : ScoreTable

    Returns
    -------
    Sweep
        n_levels + 1 thresholds, ascending; at the last one no row is positive.

    Examples
    --------
    >>> table = ScoreTable(np.array([0.2, 0.8]), np.array([0, 1]), np.array([1, 0]))
    >>> sweep(table).at.true_positive.tolist()
    [1.0, 1.0, 0.0]
    """
    tp, fp = (from_top[::-1] for from_top in table.from_top)
    above_all = np.nextafter(table.score[-1], np.inf)
    threshold = np.append(table.score, above_all)
    return Sweep(threshold, Outcomes(tp, fp, tp[0] - tp, fp[0] - fp))


def choose_threshold(
    table: ScoreTable,
    goal: Goal,
    *,
    chosen_on: str = "validation",
    rng: np.random.Generator,
) -> Threshold:
    """Choose the threshold that meets a goal on the rows of a score table.

    Every distinct score is tried: O(n log n) with the sort. For a goal with an optimum the middle
    of the flat stretch around it is taken, where the goal stays within one standard error of the
    best (a redraw of the four outcomes, or of whole units): the optimum itself is a matter of
    luck. With costs the stretch nearest to the threshold that true probabilities would need,
    (c_FP - c_TN) / (c_FP - c_TN + c_FN - c_TP), is taken. A goal with a bound takes the best
    threshold that keeps it.

    Parameters
    ----------
    table : ScoreTable
        Of validation rows: choosing on the test rows makes their numbers too good.
    goal : Goal
    chosen_on : str
        "validation" or "test"; "test" adds the finding `threshold_on_test` (error).
    rng : numpy.random.Generator

    Returns
    -------
    Threshold

    Raises
    ------
    InputError
        If a class is missing or no threshold keeps the goal's bound.

    Examples
    --------
    >>> from assay.evaluation.goal import parse_goal
    >>> table = ScoreTable(np.array([0.2, 0.8]), np.array([0, 5]), np.array([5, 0]))
    >>> choose_threshold(table, parse_goal("f1"), rng=np.random.default_rng(0)).value
    0.8
    """
    if not table.n_pos.sum() or not table.n_neg.sum():
        missing = "positive" if not table.n_pos.sum() else "negative"
        msg = f"no threshold can be chosen: the {chosen_on} rows hold no {missing} ones"
        raise InputError(msg)
    swept = sweep(table)
    gain = np.where(goal.allowed(swept.at), goal.value(swept.at), -np.inf)
    best = int(np.argmax(gain))
    if not np.isfinite(gain[best]):
        msg = f"no threshold on the {chosen_on} rows keeps {goal.name}"
        raise InputError(msg)
    if goal.bound is not None:
        return _bounded(swept, gain, goal, chosen_on)
    error = _standard_error(table, goal, swept.threshold[best], rng)
    wished = goal.costs.threshold if goal.costs else float(swept.threshold[best])
    low, high = _stretch(swept.threshold, gain >= gain[best] - error, wished)
    value = low if low == high else (low + high) / 2
    reached = gain[np.searchsorted(swept.threshold, value)]
    threshold = Threshold(
        value=value,
        chosen_on=chosen_on,
        goal=goal.name,
        why=(
            f"{goal.words} on the {chosen_on} rows: the middle of {low:.4g} to {high:.4g}, where "
            "it hardly changes"
        ),
        achieved=float(-reached if goal.costs else reached),
        stretch=(low, high),
        evidence={"best": float(abs(gain[best])), "standard_error": error, "wished": wished},
        findings=_findings(goal, chosen_on, (low, high)),
    )
    return threshold


def _bounded(swept: Sweep, gain: Floats, goal: Goal, chosen_on: str) -> Threshold:
    best = int(np.flatnonzero(gain == gain.max())[-1])
    return Threshold(
        value=float(swept.threshold[best]),
        chosen_on=chosen_on,
        goal=goal.name,
        why=f"{goal.words} on the {chosen_on} rows",
        achieved=float(gain[best]),
        findings=_findings(goal, chosen_on, None),
    )


def _stretch(threshold: Floats, good: NDArray[np.bool_], wished: float) -> tuple[float, float]:
    """Return the ends of the run of good thresholds nearest to the wished one."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], good, [False])).astype(np.int8)))
    starts, ends = threshold[edges[::2]], threshold[edges[1::2] - 1]
    distance = np.maximum(0, np.maximum(starts - wished, wished - ends))
    nearest = int(np.argmin(distance))
    return float(starts[nearest]), float(ends[nearest])


def _standard_error(
    table: ScoreTable, goal: Goal, threshold: float, rng: np.random.Generator
) -> float:
    """Return how much the goal at one threshold varies when other rows are drawn."""
    drawn = (
        _redraw_rows(table, threshold, rng)
        if table.rows is None
        else _redraw_units(table, threshold, rng)
    )
    return float(np.std(goal.value(Outcomes(*drawn.T))))


def _redraw_rows(table: ScoreTable, threshold: float, rng: np.random.Generator) -> Floats:
    above = table.score >= threshold
    positives, negatives = table.weights()
    cells = np.array(
        [
            positives[above].sum(),
            negatives[above].sum(),
            positives[~above].sum(),
            negatives[~above].sum(),
        ]
    )
    squares = sum(float(part.sum()) for part in table.squared_weights())
    effective = max(1, round(cells.sum() ** 2 / squares))
    return rng.multinomial(effective, cells / cells.sum(), size=N_DRAWS).astype(np.float64)


def _redraw_units(table: ScoreTable, threshold: float, rng: np.random.Generator) -> Floats:
    rows = table.rows
    assert rows is not None
    above = table.score[rows.level] >= threshold
    cell = np.where(above, 0, 2) + np.where(rows.positive, 0, 1)
    per_unit = np.bincount(
        rows.unit.astype(np.int64) * 4 + cell, weights=rows.w, minlength=rows.n_units * 4
    ).reshape(rows.n_units, 4)
    spread = rows.n_units * np.cov(per_unit, rowvar=False)
    drawn = rng.multivariate_normal(per_unit.sum(axis=0), spread, size=N_DRAWS, method="eigh")
    return np.maximum(drawn, 0.0)


def _findings(
    goal: Goal, chosen_on: str, stretch: tuple[float, float] | None
) -> tuple[Finding, ...]:
    found: list[Finding] = []
    if chosen_on == "test":
        found.append(
            Finding(
                rule="threshold_on_test",
                severity="error",
                message="The threshold was chosen on the rows that it is judged on.",
                evidence={"goal": goal.name},
                cause="A threshold picked on the test rows fits their luck as well.",
                advice="Choose it on other rows: --validation DATA.",
            )
        )
    if goal.costs and stretch and not stretch[0] <= goal.costs.threshold <= stretch[1]:
        found.append(_looks_uncalibrated(goal.costs.threshold, stretch))
    return tuple(found)


def _looks_uncalibrated(wished: float, stretch: tuple[float, float]) -> Finding:
    return Finding(
        rule="threshold_uncalibrated",
        severity="warning",
        message=(
            f"The costs ask for a threshold of {wished:.3g}, but the cheapest one found lies "
            f"between {stretch[0]:.3g} and {stretch[1]:.3g}: the scores look uncalibrated."
        ),
        evidence={"by_costs": wished, "low": stretch[0], "high": stretch[1]},
        cause="The scores are not the probabilities that the costs need.",
        advice=(
            "Calibrate them on rows not used for the threshold: Platt's method below 1,000 rows, "
            "isotonic regression from there on."
        ),
    )
