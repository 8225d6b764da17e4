"""An explained item in, the cells of its heat map out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.tables.series_scores import ScoreCell, SeriesScores

if TYPE_CHECKING:
    from assay.explainability.series.result import ItemExplanation, SeriesExplanation

MOST_COLUMNS = 60
"""Of more time steps, neighbours are added up: scores add up to those of a stretch."""
MOST_ROWS = 24
"""Of more steps ahead, neighbours are averaged."""
Z = 1.96
STATIC = "static"


def score_cells(
    explanation: "SeriesExplanation", item: str | int = 0, *, ahead: int | None = None
) -> SeriesScores:
    """Return the cells of one item.

    Parameters
    ----------
    explanation : SeriesExplanation
    item : str or int
        Its name, or its place.
    ahead : int or None
        With fine-grained scores: the step ahead (from 1) that they are of; None: their mean.

    Raises
    ------
    InputError
        If there is no such item or step.

    Notes
    -----
    Statics have no time and are left out; their scores are in the table.
    """
    one = _find(explanation, item)
    horizon = len(one.forecast)
    if ahead is not None and not 1 <= ahead <= horizon:
        msg = f"the forecast of {one.item.item_id!r} has the steps 1 to {horizon}, found {ahead}"
        raise InputError(msg)
    timed = [place for place, player in enumerate(one.players) if player.kind != STATIC]
    firsts = sorted({int(one.players[place].first or 0) for place in timed})
    group = -(-len(firsts) // MOST_COLUMNS)
    column = {first: place // group for place, first in enumerate(firsts)}
    names = tuple(str(one.item.timestamps[first]) for first in firsts[::group])
    fine = explanation.granularity == "fine_grained"
    rows, told = _by_series(one, timed, ahead) if fine else _by_step_ahead(one, timed, ahead)
    cells = _summed(one, timed, column, rows, told)
    future = [column[first] for first in firsts if first >= one.item.n_past]
    return SeriesScores(
        cells=cells,
        columns=names,
        rows=rows,
        origin=min(future) if future else None,
        row_title="" if fine else "step ahead",
        summed=group,
    )


def _find(explanation: "SeriesExplanation", item: str | int) -> "ItemExplanation":
    names = [each.item.item_id for each in explanation.items]
    if isinstance(item, int) and -len(names) <= item < len(names):
        return explanation.items[item]
    if item in names:
        return explanation.items[names.index(str(item))]
    listed = ", ".join(names[:10]) + (", …" if len(names) > 10 else "")
    msg = f"there is no item {item!r}; there is: {listed}"
    raise InputError(msg)


Told = list[tuple[int, str, float, float]]
"""(player, row, score, variance)"""


def _by_series(
    one: "ItemExplanation", timed: Sequence[int], ahead: int | None
) -> tuple[tuple[str, ...], Told]:
    """Return the mean over the steps ahead, or those of one, with the series as rows."""
    rows = tuple(name for name, _ in one.item.series)
    told: Told = []
    for place in timed:
        chosen = slice(None) if ahead is None else slice(ahead - 1, ahead)
        score = float(one.scores[place, chosen].mean())
        # The steps ahead share their coalitions: the error of the mean is at most the mean error.
        error = float(one.standard_errors[place, chosen].mean())
        told.append((place, str(one.players[place].feature), score, error**2))
    return rows, told


def _by_step_ahead(
    one: "ItemExplanation", timed: Sequence[int], ahead: int | None
) -> tuple[tuple[str, ...], Told]:
    """Return the scores with the steps ahead as rows."""
    steps = np.arange(len(one.forecast)) if ahead is None else np.array([ahead - 1])
    parts = np.array_split(steps, min(len(steps), MOST_ROWS))
    rows = tuple(_span(part + 1) for part in parts)
    told: Told = []
    for row, part in zip(rows, parts, strict=True):
        for place in timed:
            score = float(one.scores[place, part].mean())
            told.append((place, row, score, float(one.standard_errors[place, part].mean()) ** 2))
    return rows, told


def _span(steps: NDArray[np.intp]) -> str:
    first, last = int(steps[0]), int(steps[-1])
    return str(first) if first == last else f"{first}–{last}"


def _summed(
    one: "ItemExplanation",
    timed: Sequence[int],
    column: dict[int, int],
    rows: Sequence[str],
    told: Told,
) -> tuple[ScoreCell, ...]:
    sums: dict[tuple[int, str], tuple[float, float]] = {}
    for place, row, score, variance in told:
        key = (column[int(one.players[place].first or 0)], row)
        before = sums.get(key, (0.0, 0.0))
        sums[key] = (before[0] + score, before[1] + variance)
    return tuple(
        ScoreCell(at, row, score, settled=not variance > 0 or abs(score) > Z * variance**0.5)
        for (at, row), (score, variance) in sorted(
            sums.items(), key=lambda each: (rows.index(each[0][1]), each[0][0])
        )
    )
