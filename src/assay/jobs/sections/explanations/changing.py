"""What shuffling a column costs, and what changes would flip an answer."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from assay.errors import InputError
from assay.explainability.counterfactuals.find import find_counterfactuals
from assay.explainability.effects.permutation import REPEATS, permutation_importance
from assay.explainability.effects.permutation_result import differing_ranks
from assay.explainability.explainer import Explainer
from assay.explainability.rows import rows_of_dataset, take_rows, weights_in
from assay.jobs.section import SectionContext
from assay.jobs.sections.explanations.config import ExplanationsConfig
from assay.jobs.sections.explanations.drawing import Drawn
from assay.result import Finding

if TYPE_CHECKING:
    from assay.explainability.counterfactuals.result import Counterfactuals
    from assay.explainability.effects.permutation_result import PermutationImportance
    from assay.explainability.importance import GlobalImportance

JUDGED_ROWS = 1000
FLIPPED_ROWS = 3
FEWEST_REPEATS = 2
FEW_ASKED = 20
FLIP_PREDICTIONS, LEAST_PREDICTIONS = 20_000, 500
LONG = 2.0
"""Seconds above which a model is not asked about all rows only to see how long it takes."""
JUDGED = ("binary", "multiclass", "regression")
Allowed = tuple[float | None, float | None] | str


def shuffle_columns(context: SectionContext, explainer: Explainer) -> "PermutationImportance":
    """Measure how much worse the answers get when a column is taken from other rows.

    Raises
    ------
    InputError
        If the labels are not known, or what is explained cannot be judged by them.
    """
    request = context.request
    labels = request.data.schema.labels
    if request.target is None or len(labels) != 1 or request.task not in JUDGED:
        told = "rows with several labels" if len(labels) > 1 else request.task
        msg = f"it is measured for classes and numbers with one label, not for {told}"
        raise InputError(msg)
    if request.task != "regression" and explainer.scores.output == "raw":
        msg = "a margin is explained, which has no loss; explain the probability"
        raise InputError(msg)
    context.progress("Shuffling columns", 0, None)
    frame = request.data.sample(JUDGED_ROWS, seed=request.seed).drop_nulls(labels[0])
    rows = rows_of_dataset(request.predictor, request.data, frame)
    groups = {player.name: list(player.columns) for player in explainer.players}
    seconds = explainer.settings.seconds
    return permutation_importance(
        explainer.scores,
        rows,
        frame[labels[0]].to_numpy(),
        players=groups,
        weights=weights_in(frame, request.data.schema),
        repeats=_affordable_repeats(explainer, rows, None if seconds is None else seconds / 2),
        level=request.level,
        seed=request.seed,
    )


def _affordable_repeats(explainer: Explainer, rows: Any, seconds: float | None) -> int:  # noqa: ANN401
    """Return how often each column can be shuffled in so many seconds.

    Raises
    ------
    InputError
        If it is less than twice, which says nothing of the spread.
    """
    once = seconds_to_ask(explainer, rows) * len(explainer.players)
    if seconds is None or once * REPEATS <= seconds:
        return REPEATS
    repeats = int(seconds / once)
    if repeats < FEWEST_REPEATS:
        msg = (
            f"shuffling each of {len(explainer.players):,} columns {FEWEST_REPEATS} times would "
            f"take about {once * FEWEST_REPEATS:,.1f} seconds, and {seconds:,.1f} are left for "
            "it; raise --explanations-seconds or --budget"
        )
        raise InputError(msg)
    return repeats


def seconds_to_ask(explainer: Explainer, rows: Any) -> float:  # noqa: ANN401
    """Return how long the model takes for some rows; for many, only a few are asked first."""
    few = min(len(rows), FEW_ASKED)
    told = _time(explainer, take_rows(rows, np.arange(few))) * len(rows) / few
    return told if few == len(rows) or told > LONG else _time(explainer, rows)


def _time(explainer: Explainer, rows: Any) -> float:  # noqa: ANN401
    start = time.perf_counter()
    explainer.scores(rows, len(rows))
    return time.perf_counter() - start


def compare_ranks(
    importance: "GlobalImportance", permutation: "PermutationImportance | None"
) -> tuple[Finding, ...]:
    """Tell of columns that move the score and not the quality, or the other way round."""
    if permutation is None:
        return ()
    sizes: dict[str, float] = {}
    for each in importance.importances:
        sizes[each.player] = sizes.get(each.player, 0.0) + abs(each.estimate.value or 0.0)
    found = differing_ranks(sizes, permutation)
    return () if found is None else (found,)


def find_flips(
    context: SectionContext, config: ExplanationsConfig, explainer: Explainer, drawn: Drawn
) -> "Counterfactuals | None":
    """Look for the smallest changes of the mutable columns that flip the answer of some rows.

    The named rows, else the first of those that are explained whose answer is negative.

    Raises
    ------
    InputError
        If a column or its range cannot be read.
    """
    if not config.mutable:
        return None
    request = context.request
    mutable, ranges = read_mutable(config.mutable, explainer.columns)
    context.progress("Looking for changes that flip the answer", 0, None)
    rows = rows_of_dataset(request.predictor, request.data, drawn.frame)
    threshold = None if request.threshold is None else request.threshold.value
    chosen = np.arange(len(drawn.places))
    if not drawn.asked:
        scores = explainer.scores(rows, len(chosen))
        if scores.shape[1] == 1 and request.task == "binary":
            chosen = chosen[scores[:, 0] < (0.5 if threshold is None else threshold)]
        chosen = chosen[:FLIPPED_ROWS]
    if not len(chosen):
        return None
    usual = rows if explainer.stands_for is None else explainer.stands_for
    found = find_counterfactuals(
        explainer.scores,
        take_rows(rows, chosen),
        usual,
        threshold=threshold if explainer.scores.output == "probability" else None,
        mutable=mutable,
        ranges=ranges,  # type: ignore[arg-type]
        seed=request.seed,
        predictions=_affordable_predictions(explainer, rows),
    )
    return found.renumbered([int(drawn.places[at]) for at in chosen])


def _affordable_predictions(explainer: Explainer, rows: Any) -> int:  # noqa: ANN401
    """Return how many predictions go into half the time for explanations; the usual at most."""
    seconds = explainer.settings.seconds
    if seconds is None:
        return FLIP_PREDICTIONS
    each = seconds_to_ask(explainer, rows) / len(rows)
    return int(np.clip(seconds / 2 / max(each, 1e-9), LEAST_PREDICTIONS, FLIP_PREDICTIONS))


def read_mutable(
    told: Sequence[str], columns: Sequence[str]
) -> tuple[list[str], dict[str, Allowed]]:
    """Read ``COLUMN``, ``COLUMN>=``, ``COLUMN<=`` and ``COLUMN=LOW..HIGH``.

    Examples
    --------
    >>> read_mutable(["age>=", "hours=10..60", "job"], ["age", "hours", "job"])
    (['age', 'hours', 'job'], {'age': 'up', 'hours': (10.0, 60.0)})
    """
    names: list[str] = []
    ranges: dict[str, Allowed] = {}
    for text in told:
        name, allowed = _read_one(text, columns)
        if name not in columns:
            msg = (
                f"--mutable {text}: {name!r} is no column that the model reads; it reads: "
                f"{', '.join(columns[:30])}"
            )
            raise InputError(msg)
        if name in names:
            msg = f"--mutable {text}: {name!r} is told twice; give it one range, as LOW..HIGH"
            raise InputError(msg)
        names.append(name)
        if allowed is not None:
            ranges[name] = allowed
    return names, ranges


def _read_one(text: str, columns: Sequence[str]) -> tuple[str, Allowed | None]:
    if text in columns:
        return text, None
    for sign, direction in ((">=", "up"), ("<=", "down")):
        if text.endswith(sign):
            return text.removesuffix(sign).strip(), direction
    name, sign, told = text.rpartition("=")
    if not sign:
        return text, None
    low, dots, high = told.partition("..")
    try:
        ends = tuple(float(end) if end.strip() else None for end in (low, high))
    except ValueError:
        ends = ()
    if not dots or len(ends) != 2:
        msg = f"--mutable takes COLUMN, COLUMN>=, COLUMN<= or COLUMN=LOW..HIGH; found {text!r}"
        raise InputError(msg)
    if None not in ends and not ends[0] <= ends[1]:  # type: ignore[operator]
        msg = f"--mutable {text}: the range from {low.strip()} to {high.strip()} is empty"
        raise InputError(msg)
    return name.strip(), (ends[0], ends[1])
