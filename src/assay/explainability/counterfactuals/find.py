"""A model, rows and data in; the smallest plausible changes that flip the answer out."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.explainability.asking import predictor_of, scores_of
from assay.explainability.counterfactuals.goal import Goal, goal_of
from assay.explainability.counterfactuals.result import (
    Change,
    Counterfactual,
    Counterfactuals,
    RowCounterfactuals,
    Scalar,
)
from assay.explainability.counterfactuals.search import Asker, Flip, Found, diverse, search
from assay.explainability.counterfactuals.space import Choice, Range, Space, choices_of, space_of
from assay.explainability.counting import check_count
from assay.explainability.pool import pool_rows
from assay.explainability.rows import rows_for, take_rows
from assay.explainability.scores import Scores

Progress = Callable[[str, int, int | None], None]
Floats = NDArray[np.float64]


def find_counterfactuals(
    model: Any,  # noqa: ANN401  an estimator, a Predictor, a function or Scores
    rows: Any,  # noqa: ANN401  Dataset, frame or array
    data: Any,  # noqa: ANN401  Dataset, frame or array
    *,
    target: object = None,
    threshold: float | None = None,
    mutable: Sequence[str] | None = None,
    ranges: Mapping[str, Range] | None = None,
    n: int = 3,
    max_changes: int = 3,
    seed: int = 0,
    predictions: int = 20_000,
    positive: Any = None,  # noqa: ANN401  a class
    progress: Progress | None = None,
) -> Counterfactuals:
    """Find for each row the smallest plausible changes that flip the model's answer.

    The model is a black box. Columns take values that the data have; a changed row must be no
    further from its nearest row of data than 99 % of the data are from theirs (or than the row
    itself is). All single changes are tried, then pairs and triples from a beam; what flips is
    made as small as it can be, and every answer is asked of the model once more.

    Parameters
    ----------
    model : object
        As in `explain`.
    rows, data : Dataset, pandas or Polars frame, or ndarray
        The rows to flip, and rows that show what is usual, for example the train rows; of one
        kind, with the columns that the model reads.
    target : None, a class, or (low, high)
        Which answer is wanted: any other class, one class, or a range of the predicted number,
        one end of which may be None.
    threshold : float or None
        At and above it the score means the positive class; None: above 0.5 of a probability,
        above 0 of log-odds and margins.
    mutable : sequence of str or None
        Columns that may change; None: all.
    ranges : mapping or None
        Column → (low, high), "up" or "down" from the row's own value, or a list of values.
    n : int
        Alternatives for each row, at most.
    max_changes : int
        Columns that are changed at once, at most.
    seed : int
        Of the choice of rows by which nearness is judged, where the data are large.
    predictions : int
        Limit for each row, its own score not counted.
    positive : bool, int, float, str or None
        The positive class of two; None takes the second.
    progress : callable or None
        Called with (stage, rows done, rows).

    Returns
    -------
    Counterfactuals
        A row without any says why. Only the smallest single change is exhaustive, where a column
        has at most 50 numbers or 30 other values; none found is no proof that there is none.

    Raises
    ------
    InputError
        If columns differ, a column, class or range is none, or a limit is below 1.
    ModelError
        If the model fails or gives something that is no number.

    References
    ----------
    Wachter, Mittelstadt and Russell 2018, Harvard Journal of Law & Technology 31:841, for
    counterfactuals and the median absolute deviation; Mothilal, Sharma and Tan 2020, FAT*,
    doi:10.1145/3351095.3372850, for diverse ones.

    Examples
    --------
    >>> data = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 1.0], [3.0, 1.0], [4.0, 0.0]])
    >>> found = find_counterfactuals(
    ...     lambda rows: (rows[:, 0] >= 3).astype(float), data[:1], data, threshold=0.5
    ... )
    >>> [str(change) for change in found.rows[0].alternatives[0].changes]
    ['x0: 0 → 3']
    """
    check_count("seed", seed, 0)
    _check_limits(n=n, max_changes=max_changes, predictions=predictions)
    known = predictor_of(model)
    given, usual = rows_for(known, rows), rows_for(known, data, what="the data")
    scores = scores_of(known, usual, positive=positive)
    pool = pool_rows([given, usual])
    space = space_of(pool, len(given), np.random.default_rng(seed))
    own = scores(take_rows(given, np.arange(len(given))), len(given))
    found: list[RowCounterfactuals] = []
    for row in range(len(given)):
        if progress is not None:
            progress("Searching for counterfactuals", row, len(given))
        goal = goal_of(scores, own[row], target, threshold)
        asker = Asker(scores, space, goal, predictions)
        choices = choices_of(space, row, mutable, ranges)
        found.append(_of_row(asker, row, own[row], choices, n, max_changes))
    changing = pool.columns if mutable is None else tuple(c for c in pool.columns if c in mutable)
    return Counterfactuals(
        rows=tuple(found),
        mutable=changing,
        max_changes=max_changes,
        seed=seed,
        outputs=scores.outputs,
    )


def _check_limits(**limits: int) -> None:
    for name, value in limits.items():
        check_count(name, value)


def _of_row(
    asker: Asker, row: int, own: Floats, choices: Sequence[Choice], n: int, max_changes: int
) -> RowCounterfactuals:
    space, goal = asker.space, asker.goal
    reached = bool(goal.gaps(own[None])[0] <= 0)
    found, chosen = Found(), list[tuple[Flip, Floats]]()
    if not reached and choices:
        keep = min(n, asker.left)  # the last question is asked of what is told
        asker.left -= keep
        found = search(asker, row, choices, n=n, max_changes=max_changes)
        asker.left += keep
        chosen = _verified(asker, diverse(found.flips, space, row, keep))
    reason = None if chosen else _reason(goal, found, len(choices), max_changes, reached=reached)
    return RowCounterfactuals(
        row=row,
        scores=_named(asker.scores, own),
        goal=goal.told,
        alternatives=tuple(
            Counterfactual(
                changes=tuple(_change(space, row, flip, column) for column in flip.changed),
                scores=_named(asker.scores, scores),
                distance=flip.distance,
                nearest=flip.nearest,
            )
            for flip, scores in chosen
        ),
        reason=reason,
        predictions=asker.spent,
        complete=found.complete,
        implausible=found.implausible,
        limit=space.limit_for(row),
    )


def _verified(asker: Asker, flips: Sequence[Flip]) -> list[tuple[Flip, Floats]]:
    """Ask once more about what is told, and leave out what does not flip again."""
    if not flips:
        return []
    places = np.stack([flip.places for flip in flips])
    scores = asker.scores(asker.space.pool.gather(places), len(places))
    asker.spent += len(places)
    asker.left -= len(places)
    good = asker.goal.gaps(scores) <= 0
    return [(f, s) for f, s, kept in zip(flips, scores, good, strict=True) if kept]


def _reason(goal: Goal, found: Found, n_columns: int, max_changes: int, *, reached: bool) -> str:
    if reached:
        return f"The row has the wanted answer already ({goal.told})."
    if not n_columns:
        return "No column may take another value of the data."
    cut = "" if found.complete else " The search was cut to stay within its limits."
    if found.implausible:
        return (
            f"{found.implausible:,} changes give the wanted answer ({goal.told}), and each makes "
            f"a row that is unlike the data.{cut}"
        )
    return (
        f"No change of at most {max_changes} of {n_columns} column(s) gave the wanted answer "
        f"({goal.told}).{cut}"
    )


def _named(scores: Scores, values: Floats) -> dict[str, float]:
    return dict(zip(scores.outputs, values.tolist(), strict=True))


def _change(space: Space, row: int, flip: Flip, column: int) -> Change:
    return Change(
        column=space.pool.columns[column],
        before=_scalar(space.pool.value(row, column)),
        after=_scalar(space.pool.value(int(flip.places[column]), column)),
    )


def _scalar(value: object) -> Scalar:
    """Return a cell as a builtin that JSON has; NaN is missing."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    if isinstance(value, date | datetime):
        return None if value != value else value.isoformat()
    return str(value) if not isinstance(value, timedelta) else f"{value.total_seconds():g} s"
