"""Scores by group in; what thresholds by group would give and cost, as an option, out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isqrt
from typing import TYPE_CHECKING, Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

from assay.bias.options.threshold_rates import Judged, judge
from assay.bias.options.threshold_search import (
    Choice,
    GroupCuts,
    best_choices,
    tries_every_gap,
)
from assay.bias.options.threshold_table import ThresholdTable
from assay.errors import InputError
from assay.result import Estimate, Json

if TYPE_CHECKING:
    import altair as alt
    import polars as pl

Floats = NDArray[np.float64]
Parity = Literal["demographic_parity", "equal_opportunity", "equalized_odds"]
Objective = Literal["accuracy", "balanced_accuracy", "cost"]
PARITIES = {
    "demographic_parity": "share accepted",
    "equal_opportunity": "share accepted of those whose true answer is positive",
    "equalized_odds": "shares accepted of true positives and of true negatives",
}
MAX_POINTS = 25
OPTION = (
    "This is an option that shows a trade-off, not advice to use it: whether to act on it, and "
    "how, is for people who know the case to decide."
)
LAW = (
    "It uses a person's group when the decision is made. In some places and for some decisions "
    "the law forbids that; ask before it is used."
)
OPTIMISM = (
    "The thresholds were chosen on the rows that they are judged on, so the points look better "
    "than they will be on other rows, the more so the more groups there are; give validation rows "
    "to choose them on."
)
CHOSEN_APART = (
    "The thresholds were chosen on validation rows and are judged on these; a point may here be "
    "beaten by another."
)
_WORK = {1: 20_000_000, 2: 80_000}
_LEAST_CUTS = 8


@dataclass(frozen=True, kw_only=True)
class ThresholdPoint:
    """One threshold for each group, and what they give.

    Parameters
    ----------
    thresholds : tuple of (float or None)
        By group: rows with a score of at least this are accepted; None accepts nobody.
    gap : Estimate
        Largest difference between two groups in the rates that are to agree.
    value : Estimate
        Of the objective.
    accuracy : Estimate
    accepted, accepted_positives, accepted_negatives : tuple of (float or None)
        By group: share accepted of all rows, of those whose true answer is positive, negative.
    """

    thresholds: tuple[float | None, ...]
    gap: Estimate
    value: Estimate
    accuracy: Estimate
    accepted: tuple[float | None, ...]
    accepted_positives: tuple[float | None, ...]
    accepted_negatives: tuple[float | None, ...]

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "thresholds": list(self.thresholds),
            "gap": self.gap.to_dict(),
            "value": self.value.to_dict(),
            "accuracy": self.accuracy.to_dict(),
            "accepted": list(self.accepted),
            "accepted_positives": list(self.accepted_positives),
            "accepted_negatives": list(self.accepted_negatives),
        }


@dataclass(frozen=True, kw_only=True)
class ThresholdTradeOff:
    """What thresholds by group would give: an option, with its price.

    Parameters
    ----------
    groups : tuple of str
    parity : {"demographic_parity", "equal_opportunity", "equalized_odds"}
    objective : {"accuracy", "balanced_accuracy", "cost"}
    points : tuple of ThresholdPoint
        From the smallest gap to the best objective; where chosen and judged on the same rows,
        none beats another.
    single : ThresholdPoint
        The same threshold for all groups that serves the objective best.
    in_use : ThresholdPoint or None
        The threshold in use.
    exact : bool
        Whether every possible threshold was looked at.
    notes : tuple of str
        What must be said with it; "option" and "law" are always among them.
    level : float
    seed : int
    """

    groups: tuple[str, ...]
    parity: Parity
    objective: Objective
    points: tuple[ThresholdPoint, ...]
    single: ThresholdPoint
    in_use: ThresholdPoint | None = None
    exact: bool = True
    notes: tuple[str, ...] = field(default=(OPTION, LAW))
    level: float = 0.95
    seed: int = 0

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; passes ``json.dumps(..., allow_nan=False)``."""
        return {
            "groups": list(self.groups),
            "parity": self.parity,
            "rates": PARITIES[self.parity],
            "objective": self.objective,
            "points": [each.to_dict() for each in self.points],
            "single": self.single.to_dict(),
            "in_use": None if self.in_use is None else self.in_use.to_dict(),
            "exact": self.exact,
            "notes": list(self.notes),
            "level": self.level,
            "seed": self.seed,
        }

    def to_frame(self) -> "pl.DataFrame":
        """Return one row for each point and group, always with the same columns."""
        import polars as pl  # noqa: PLC0415 - only needed here

        kinds = {
            "point": pl.String,
            "gap": pl.Float64,
            "gap_low": pl.Float64,
            "gap_high": pl.Float64,
            "value": pl.Float64,
            "value_low": pl.Float64,
            "value_high": pl.Float64,
            "accuracy": pl.Float64,
            "group": pl.String,
            "threshold": pl.Float64,
            "accepted": pl.Float64,
            "accepted_positives": pl.Float64,
            "accepted_negatives": pl.Float64,
        }
        named = [(str(at), each) for at, each in enumerate(self.points)]
        named += [("single", self.single)]
        named += [] if self.in_use is None else [("in use", self.in_use)]
        rows = [
            (
                name,
                point.gap.value,
                point.gap.low,
                point.gap.high,
                point.value.value,
                point.value.low,
                point.value.high,
                point.accuracy.value,
                group,
                point.thresholds[at],
                point.accepted[at],
                point.accepted_positives[at],
                point.accepted_negatives[at],
            )
            for name, point in named
            for at, group in enumerate(self.groups)
        ]
        return pl.DataFrame(rows, schema=kinds, orient="row")

    def plot(self) -> "alt.LayerChart":
        """Return accuracy against the gap as a chart; shows nothing."""
        from assay.charts.fairness_accuracy import plot_fairness_accuracy  # noqa: PLC0415 - Altair
        from assay.tables.bias_points import TradeOffPoint  # noqa: PLC0415 - for the chart alone

        marked = [(each, False) for each in self.points] + [(self.in_use or self.single, True)]
        points = [
            TradeOffPoint(
                each.gap.value,
                each.accuracy.value,
                each.accuracy.low,
                each.accuracy.high,
                in_use=in_use,
            )
            for each, in_use in marked
            if each.gap.value is not None and each.accuracy.value is not None
        ]
        return plot_fairness_accuracy(points)


def group_thresholds(
    table: ThresholdTable,
    *,
    parity: Parity = "demographic_parity",
    objective: Objective = "accuracy",
    costs: tuple[float, float] = (1.0, 1.0),
    in_use: float | None = None,
    chosen_on: ThresholdTable | None = None,
    max_points: int = MAX_POINTS,
    level: float = 0.95,
    seed: int = 0,
) -> ThresholdTradeOff:
    """Show what is given up in the objective for each gap between the groups, and with what.

    Parameters
    ----------
    table : ThresholdTable
        The rows that the points are judged on.
    parity : {"demographic_parity", "equal_opportunity", "equalized_odds"}
        Which rates are to agree: of all rows, of true positives, of both true answers.
    objective : {"accuracy", "balanced_accuracy", "cost"}
    costs : (float, float)
        Of a false positive and of a false negative, for the objective "cost".
    in_use : float or None
        The threshold in use, to be shown beside; rows with at least this score are accepted.
    chosen_on : ThresholdTable or None
        Validation rows to choose the thresholds on; None chooses them on the judged rows, which
        flatters them.
    max_points : int
    level : float
    seed : int
        Of the redraws for the intervals.

    Returns
    -------
    ThresholdTradeOff

    Raises
    ------
    InputError
        If there are fewer than two groups with rows, an unknown word, costs below zero, or groups
        that differ between the two tables.

    References
    ----------
    Hardt, Price and Srebro 2016, NeurIPS, for thresholds by group; thresholds are not randomised
    here, so that equal scores in a group are treated alike.

    Examples
    --------
    >>> table = ThresholdTable.of_arrays(
    ...     ["a", "d"], [0.2, 0.6, 0.9],
    ...     [[[6, 2, 1], [1, 4, 6]], [[5, 3, 0], [3, 4, 1]]])
    >>> found = group_thresholds(table)
    >>> [(round(each.gap.value, 3), round(each.accuracy.value, 3)) for each in found.points]
    [(0.0, 0.528), (0.15, 0.722)]
    """
    _check(table, parity, objective, costs, chosen_on)
    source = table if chosen_on is None else chosen_on
    cuts = _group_cuts(source, parity, objective, costs)
    choices = _thinned(best_choices(cuts), max_points)
    told: _Told = {
        "parity": parity,
        "objective": objective,
        "costs": costs,
        "level": level,
        "seed": seed,
    }
    points = [
        _point(table, _thresholds(source, cuts, choice), apart=chosen_on is not None, **told)
        for choice in choices
    ]
    single = _best_single(source, objective, costs)
    used = None
    if in_use is not None:
        used = _point(table, [in_use] * len(table.groups), apart=True, **told)
    uncounted = [g for g, each in zip(source.groups, cuts, strict=True) if not each.rates]
    return ThresholdTradeOff(
        groups=table.groups,
        parity=parity,
        objective=objective,
        points=tuple(points),
        single=_point(table, single, apart=chosen_on is not None, **told),
        in_use=used,
        exact=_is_exact(source, cuts),
        notes=(
            OPTION,
            LAW,
            OPTIMISM if chosen_on is None else CHOSEN_APART,
            *_not_counted(uncounted),
        ),
        level=level,
        seed=seed,
    )


class _Told(TypedDict):
    parity: Parity
    objective: Objective
    costs: tuple[float, float]
    level: float
    seed: int


def _check(
    table: ThresholdTable,
    parity: str,
    objective: str,
    costs: tuple[float, float],
    chosen_on: ThresholdTable | None,
) -> None:
    for word, known, what in (
        (parity, tuple(PARITIES), "parity"),
        (objective, ("accuracy", "balanced_accuracy", "cost"), "objective"),
    ):
        if word not in known:
            msg = f"unknown {what} {word!r}; there is: {', '.join(known)}"
            raise InputError(msg)
    if min(costs) < 0 or max(costs) <= 0:
        msg = f"costs must not be negative, and one of them above zero, not {costs}"
        raise InputError(msg)
    for each in (table,) if chosen_on is None else (table, chosen_on):
        with_rows = int(np.sum(each.weight.sum(axis=(1, 2)) > 0))
        if with_rows < 2:
            msg = f"thresholds by group need two groups with rows; found {with_rows}"
            raise InputError(msg)
    if chosen_on is not None and chosen_on.groups != table.groups:
        msg = (
            f"the validation rows have the groups {', '.join(chosen_on.groups)} and the judged "
            f"rows {', '.join(table.groups)}; they must be the same"
        )
        raise InputError(msg)


def _not_counted(groups: Sequence[str]) -> tuple[str, ...]:
    if not groups:
        return ()
    return (
        f"No rate of {', '.join(groups)} can be told, for want of rows with that true answer: "
        "it does not count in the gap.",
    )


def _group_cuts(
    table: ThresholdTable, parity: Parity, objective: Objective, costs: tuple[float, float]
) -> list[GroupCuts]:
    """Return for each group its possible cuts, thinned where there would be too much to try."""
    n_groups, n_levels = len(table.groups), len(table.score)
    most = max(_LEAST_CUTS, isqrt(_WORK[2 if parity == "equalized_odds" else 1] // n_groups**3))
    accepted = table.accepted(np.arange(n_levels, -1, -1))
    value = _values(table, accepted, objective, costs)
    made: list[GroupCuts] = []
    for group in range(n_groups):
        moves = np.flatnonzero(table.weight[group].sum(axis=0)[::-1] > 0) + 1
        places = np.r_[0, moves]
        if len(places) > most:
            reached = accepted[group].sum(axis=0)[places]
            even = np.searchsorted(reached, np.linspace(0, reached[-1], most - 1))
            best = int(np.argmax(value[group][places]))
            places = places[np.unique(np.r_[0, even.clip(max=len(places) - 1), best])]
        rates = _rates(accepted[group][:, places], table.weight[group].sum(axis=1), parity)
        made.append(GroupCuts(n_levels - places, value[group][places], rates))
    return made


def _is_exact(table: ThresholdTable, cuts: Sequence[GroupCuts]) -> bool:
    possible = np.sum(table.weight.sum(axis=1) > 0, axis=1) + 1
    tried = [len(each.cut) for each in cuts]
    return table.exact and possible.tolist() == tried and tries_every_gap(cuts)


def _values(
    table: ThresholdTable, accepted: Floats, objective: Objective, costs: tuple[float, float]
) -> Floats:
    """Return what each cut of each group adds to the objective, shape (n_groups, n_cuts)."""
    false_positive, true_positive = accepted[:, 0], accepted[:, 1]
    negatives, positives = (table.weight[:, label].sum(axis=1)[:, None] for label in (0, 1))
    everyone = float(table.weight.sum())
    if objective == "accuracy":
        return (true_positive + negatives - false_positive) / everyone
    if objective == "cost":
        wrong = costs[0] * false_positive + costs[1] * (positives - true_positive)
        return -wrong / everyone
    parts = (
        part / total if total > 0 else np.zeros_like(part)
        for part, total in (
            (true_positive, float(positives.sum())),
            (negatives - false_positive, float(negatives.sum())),
        )
    )
    return sum(parts, np.zeros_like(true_positive)) / 2


def _rates(accepted: Floats, totals: Floats, parity: Parity) -> tuple[Floats, ...]:
    if parity == "demographic_parity":
        needed = [(accepted.sum(axis=0), float(totals.sum()))]
    else:
        needed = [(accepted[1], float(totals[1]))]
        needed += [(accepted[0], float(totals[0]))] if parity == "equalized_odds" else []
    if any(total <= 0 for _, total in needed):
        return ()
    return tuple(part / total for part, total in needed)


def _thinned(choices: list[Choice], most: int) -> list[Choice]:
    """Keep points spread evenly over the gaps, the first and the last among them."""
    if len(choices) <= most:
        return choices
    gaps = np.array([each.gap for each in choices])
    even = np.searchsorted(gaps, np.linspace(gaps[0], gaps[-1], most), side="right") - 1
    return [choices[at] for at in np.unique(np.r_[0, even, len(choices) - 1]).tolist()]


def _thresholds(
    table: ThresholdTable, cuts: Sequence[GroupCuts], choice: Choice
) -> list[float | None]:
    at = [int(each.cut[place]) for each, place in zip(cuts, choice.places, strict=True)]
    return [float(table.score[cut]) if cut < len(table.score) else None for cut in at]


def _best_single(
    table: ThresholdTable, objective: Objective, costs: tuple[float, float]
) -> list[float | None]:
    accepted = table.accepted(np.arange(len(table.score), -1, -1))
    value = _values(table, accepted, objective, costs).sum(axis=0)
    cut = len(table.score) - int(np.argmax(value))
    threshold = float(table.score[cut]) if cut < len(table.score) else None
    return [threshold] * len(table.groups)


def _point(
    table: ThresholdTable,
    thresholds: Sequence[float | None],
    *,
    apart: bool,
    parity: Parity,
    objective: Objective,
    costs: tuple[float, float],
    level: float,
    seed: int,
) -> ThresholdPoint:
    found: Judged = judge(
        table, thresholds, parity, objective, costs, apart=apart, level=level, seed=seed
    )
    return ThresholdPoint(
        thresholds=tuple(thresholds),
        gap=found.gap,
        value=found.value,
        accuracy=found.accuracy,
        accepted=found.accepted,
        accepted_positives=found.accepted_positives,
        accepted_negatives=found.accepted_negatives,
    )
