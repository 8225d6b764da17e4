"""Two candidates' answers in; what one got right that the other did not, out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assay.data.dataset import Dataset
from assay.evaluation.judged import Answers, Floats, JudgedRows
from assay.evaluation.losses import row_losses, usual_loss
from assay.result import Json

SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class RowExample:
    """One row that two candidates answer differently.

    Parameters
    ----------
    row : int
        Its place in the table, from 0.
    id : str or None
        Its value in the column that names rows.
    truth, baseline, candidate : str or float
        What is true, and the two answers.
    baseline_loss, candidate_loss : float
        What the two answers cost: see `Change.loss`.
    """

    row: int
    id: str | None
    truth: str | float
    baseline: str | float
    candidate: str | float
    baseline_loss: float
    candidate_loss: float

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return dict(vars(self))


@dataclass(frozen=True, kw_only=True)
class Change:
    """What changes for the rows when a candidate takes the baseline's place.

    Parameters
    ----------
    candidate, baseline : str
    loss : str
        What rows are ordered by: "log_loss", "error" or "absolute_error".
    hard : bool
        Whether rows are right or wrong; else fixed and broken mean a smaller and larger error.
    fixed, broken, both_right, both_wrong : int
        Rows. Of numbers, `both_right` are the rows with equal errors and `both_wrong` is 0.
    identical : bool
        Whether the two give the same answer, and the same score, for every row.
    examples_fixed, examples_broken : tuple of RowExample
        Those that change most, at most ten of each.
    """

    candidate: str
    baseline: str
    loss: str
    hard: bool
    fixed: int
    broken: int
    both_right: int
    both_wrong: int
    identical: bool = False
    examples_fixed: tuple[RowExample, ...] = ()
    examples_broken: tuple[RowExample, ...] = ()

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        counts: Mapping[str, Json] = {
            key: value for key, value in vars(self).items() if not key.startswith("examples")
        }
        return {
            **counts,
            "examples_fixed": [each.to_dict() for each in self.examples_fixed],
            "examples_broken": [each.to_dict() for each in self.examples_broken],
        }


@dataclass(frozen=True, eq=False)
class _Sides:
    """The loss of each row under both, and which rows are right."""

    loss: str
    candidate: Floats
    baseline: Floats
    right: tuple[NDArray[np.bool_], NDArray[np.bool_]] | None = field(default=None)


def find_changes(
    rows: JudgedRows, candidate: Answers, baseline: Answers, *, data: Dataset | None = None
) -> Change | None:
    """Count what got fixed and what broke, and pick the rows that change most.

    Parameters
    ----------
    rows : JudgedRows
    candidate, baseline : Answers
    data : Dataset or None
        For the column that names rows.

    Returns
    -------
    Change or None
        None where rows have no loss of their own (a ranking), or the answers share no kind.

    Examples
    --------
    >>> rows = JudgedRows(task="binary", truth=np.array([0, 1, 1]), classes=("no", "yes"))
    >>> old = Answers(name="old", labels=np.array([0, 0, 1]))
    >>> new = Answers(name="new", labels=np.array([1, 1, 1]))
    >>> found = find_changes(rows, new, old)
    >>> found.fixed, found.broken, found.examples_broken[0].row
    (1, 1, 0)
    """
    sides = _sides(rows, candidate, baseline)
    if sides is None:
        return None
    gain = sides.baseline - sides.candidate
    if sides.right is None:
        fixed, broken = gain > 0, gain < 0
        both = int((gain == 0).sum()), 0
    else:
        new, old = sides.right
        fixed, broken = new & ~old, old & ~new
        both = int((new & old).sum()), int((~new & ~old).sum())

    def examples(mask: NDArray[np.bool_], size: Floats) -> tuple[RowExample, ...]:
        places = np.flatnonzero(mask)
        order = np.argsort(-size[places], kind="stable")[:SHOWN]
        chosen = places[order]
        named = _ids(data, chosen)
        return tuple(
            _example(rows, candidate, baseline, sides, int(at), name)
            for at, name in zip(chosen, named, strict=True)
        )

    return Change(
        candidate=candidate.name,
        baseline=baseline.name,
        loss=sides.loss,
        hard=sides.right is not None,
        fixed=int(fixed.sum()),
        broken=int(broken.sum()),
        both_right=both[0],
        both_wrong=both[1],
        identical=_identical(candidate, baseline),
        examples_fixed=examples(fixed, gain),
        examples_broken=examples(broken, -gain),
    )


def _identical(candidate: Answers, baseline: Answers) -> bool:
    """Whether all that both say is the same, and they say the same things."""
    pairs = [
        (getattr(candidate, what), getattr(baseline, what))
        for what in ("labels", "scores", "values")
    ]
    if any((new is None) != (old is None) for new, old in pairs):
        return False
    return all(np.array_equal(new, old) for new, old in pairs if new is not None)


def _sides(rows: JudgedRows, candidate: Answers, baseline: Answers) -> _Sides | None:
    """Return the losses of both: by scores where both have probabilities, else by answers."""
    both = (candidate, baseline)
    if rows.task in ("ranking", "multilabel"):
        return None
    kinds = {usual_loss(rows, each) for each in both}
    if kinds == {"absolute_error"}:
        new, old = (row_losses(rows, each, "absolute_error") for each in both)
        return _Sides("absolute_error", new, old)
    probable = all(each.scores is not None and each.as_probabilities for each in both)
    labelled = all(each.labels is not None for each in both)
    if not probable and not labelled:
        return None
    loss = "log_loss" if probable else "error"
    right = None
    if labelled:
        right = tuple(np.asarray(each.labels == rows.truth) for each in both)
    losses = [row_losses(rows, each, loss) for each in both]
    return _Sides(loss, losses[0], losses[1], right)  # type: ignore[arg-type]


def _example(
    rows: JudgedRows,
    candidate: Answers,
    baseline: Answers,
    sides: _Sides,
    at: int,
    name: str | None,
) -> RowExample:
    truth = rows.truth[at].item()
    return RowExample(
        row=at,
        id=name,
        truth=str(rows.classes[truth]) if rows.classes else float(truth),
        baseline=_said(rows, baseline, at),
        candidate=_said(rows, candidate, at),
        baseline_loss=float(sides.baseline[at]),
        candidate_loss=float(sides.candidate[at]),
    )


def _said(rows: JudgedRows, answers: Answers, at: int) -> str | float:
    """Return an answer as people read it: the class, and the score of the positive one."""
    if answers.values is not None:
        return float(answers.values[at])
    code = -1 if answers.labels is None else int(answers.labels[at].item())
    word = "" if answers.labels is None else "(another class)"
    if code >= 0:
        word = str(rows.classes[code])
    if answers.scores is None:
        return word
    score = answers.scores[at] if answers.scores.ndim == 1 else answers.scores[at].max()
    return f"{word} ({float(score):.4g})" if word else float(score)


def _ids(data: Dataset | None, places: NDArray[np.intp]) -> Sequence[str | None]:
    """Return the values of the column that names rows, at these places."""
    column = None if data is None else next(iter(data.schema.with_role("id")), None)
    if data is None or column is None or not len(places):
        return [None] * len(places)
    found: dict[int, str] = {}
    start = 0
    for batch in data.batches([column]):
        inside = places[(places >= start) & (places < start + batch.height)]
        values = batch.to_series()
        found |= {int(at): str(values[int(at) - start]) for at in inside}
        start += batch.height
    return [found[int(at)] for at in places]
