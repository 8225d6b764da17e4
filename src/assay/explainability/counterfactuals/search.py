"""A row, a goal and the values it may take in; changes that reach the goal, nearest first, out."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assay.explainability.counterfactuals.goal import Goal
from assay.explainability.counterfactuals.space import Choice, Space
from assay.explainability.scores import Scores

Floats = NDArray[np.float64]
Index = NDArray[np.intp]
BATCH = 20_000
REFINED = 12
"""So many of the nearest changes are made smaller where they can be."""
SECTION = 16
"""Values tried at once between the row's own and a changed one."""
ROUNDS = 4


@dataclass(eq=False)
class Asker:
    """Asks for gaps and counts predictions, up to a limit.

    Parameters
    ----------
    scores : Scores
    space : Space
    goal : Goal
    left : int
        Predictions that may still be made.
    spent : int
    """

    scores: Scores
    space: Space
    goal: Goal
    left: int
    spent: int = 0

    def gaps(self, places: Index) -> Floats:
        """Return the gaps of as many of the rows as the limit allows, the first ones."""
        wanted = places[: max(self.left, 0)]
        self.left -= len(wanted)
        self.spent += len(wanted)
        parts = [
            self.goal.gaps(self.scores(self.space.pool.gather(part), len(part)))
            for start in range(0, len(wanted), BATCH)
            if len(part := wanted[start : start + BATCH])
        ]
        return np.concatenate(parts) if parts else np.empty(0)


@dataclass(frozen=True, eq=False)
class Flip:
    """Changes that reach the goal.

    Parameters
    ----------
    places : ndarray of int, shape (n_columns,)
        A row of the pool for each cell.
    changed : tuple of int
        Places of the changed columns.
    distance : float
    nearest : float
        Distance to the nearest row of data.
    """

    places: Index
    changed: tuple[int, ...]
    distance: float
    nearest: float


@dataclass(eq=False)
class Found:
    """What a search has come upon.

    Parameters
    ----------
    flips : list of Flip
        Plausible ones.
    implausible : int
        Changes that reach the goal and make a row unlike the data.
    complete : bool
        Whether every combination that was meant to be tried was tried.
    """

    flips: list[Flip] = field(default_factory=list[Flip])
    implausible: int = 0
    complete: bool = True


def search(
    asker: Asker, row: int, choices: Sequence[Choice], *, n: int, max_changes: int
) -> Found:
    """Change one column, then two, then three, and keep the nearest plausible changes that flip.

    All single changes are tried. From those that do not flip, a beam is carried on: the nearest
    to the goal, and the best of each column; it is as wide as the limit allows, which for few
    columns means all pairs. Once enough are found, only nearer ones are looked at.

    Parameters
    ----------
    asker : Asker
    row : int
        Of the pool.
    choices : sequence of Choice
    n : int
        How many are wanted.
    max_changes : int
        Columns changed at once, at most.

    Returns
    -------
    Found
    """
    space, found = asker.space, Found()
    limit = space.limit_for(row)
    start = np.full((1, len(space.numbers)), row, dtype=np.intp)
    beam, beam_gaps = start, np.array([np.inf])
    reserve = REFINED * SECTION * ROUNDS
    for level in range(1, max_changes + 1):
        made = _one_more(space, row, beam, choices)
        distance = space.changed_by(row, made)
        told = diverse(found.flips, space, row, n)
        nearer = distance < (told[n - 1].distance if len(told) == n else np.inf)
        nearer &= ~_holds(space, row, made, told)
        made, distance = made[nearer], distance[nearer]
        order = np.argsort(distance, kind="stable") if level == 1 else np.arange(len(made))
        levels_left = max_changes - level + 1
        share = max((asker.left - reserve) // levels_left, min(asker.left, reserve))
        order = order[: int(share)]
        found.complete &= len(order) == len(made)
        made, distance = made[order], distance[order]
        if not len(made):
            break
        gaps = asker.gaps(made)
        made, distance = made[: len(gaps)], distance[: len(gaps)]
        flipped = gaps <= 0
        _keep(found, space, row, made[flipped], distance[flipped], limit)
        beam, beam_gaps = made[~flipped], gaps[~flipped]
        singles = sum(len(choice.tried) for choice in choices)
        left = (asker.left - reserve) // max(levels_left - 1, 1)
        width = max(1, left // max(singles, 1))
        found.complete &= width >= len(beam) or level == max_changes
        beam = beam[_widest(space, row, beam, beam_gaps, width)]
        if not len(beam):
            break
    found.flips = _refined(asker, row, choices, found.flips, limit)
    return found


def _one_more(space: Space, row: int, beam: Index, choices: Sequence[Choice]) -> Index:
    """Return the beam's rows with one more column changed, each set of changes once."""
    parts: list[Index] = []
    for choice in choices:
        free = beam[
            space.codes[beam[:, choice.column], choice.column] == space.codes[row, choice.column]
        ]
        more = np.repeat(free, len(choice.tried), axis=0)
        more[:, choice.column] = np.tile(choice.tried, len(free))
        parts.append(more)
    if not parts:
        return np.empty((0, beam.shape[1]), dtype=np.intp)
    every = np.concatenate(parts)
    _, first = np.unique(every, axis=0, return_index=True)
    return every[np.sort(first)]


def _holds(space: Space, row: int, made: Index, flips: Sequence[Flip]) -> NDArray[np.bool_]:
    """Tell which rows hold all the changes of one of the flips: they are no alternatives."""
    out = np.zeros(len(made), dtype=bool)
    for flip in flips:
        every = np.ones(len(made), dtype=bool)
        for column in flip.changed:
            numbers, place = space.numbers[column], flip.places[column]
            own = made[:, column]
            if numbers is None or not np.isfinite(numbers[row]):
                every &= space.codes[own, column] == space.codes[place, column]
            elif numbers[place] > numbers[row]:
                every &= numbers[own] > numbers[row]
            else:
                every &= numbers[own] < numbers[row]
        out |= every
    return out


def _keep(
    found: Found, space: Space, row: int, made: Index, distance: Floats, limit: float
) -> None:
    """Add plausible flips, at most 200 of them, the nearest first."""
    order = np.argsort(distance, kind="stable")[:200]
    if not len(order):
        return
    nearest = space.nearest(made[order])
    for at, away in zip(order.tolist(), nearest.tolist(), strict=True):
        if away <= limit * (1 + 1e-9):
            found.flips.append(_flip(space, row, made[at], float(distance[at]), away))
        else:
            found.implausible += 1


def _flip(space: Space, row: int, places: Index, distance: float, nearest: float) -> Flip:
    codes = space.codes[places, np.arange(len(places))]
    changed = tuple(np.flatnonzero(codes != space.codes[row]).tolist())
    return Flip(places, changed, distance, nearest)


def _widest(space: Space, row: int, beam: Index, gaps: Floats, width: int) -> Index:
    """Return the places of the rows to go on from: nearest to the goal, and the best of each set.

    Half of them are taken over all, half set of columns by set of columns.
    """
    if len(beam) <= width:
        return np.arange(len(beam))
    order = np.argsort(gaps, kind="stable")
    codes = space.codes[beam, np.arange(beam.shape[1])]
    seen: dict[bytes, int] = {}
    turn = np.empty(len(beam), dtype=np.int64)
    for at in order.tolist():
        key = (codes[at] != space.codes[row]).tobytes()
        turn[at] = seen[key] = seen.get(key, -1) + 1
    by_set = order[np.argsort(turn[order], kind="stable")]
    half = width // 2
    chosen = dict.fromkeys([*order[:half].tolist(), *by_set.tolist()])
    return np.array(list(chosen)[:width], dtype=np.intp)


def _refined(
    asker: Asker, row: int, choices: Sequence[Choice], flips: Sequence[Flip], limit: float
) -> list[Flip]:
    """Make the nearest changes smaller: leave out what is not needed, and move numbers back."""
    by_column = {choice.column: choice for choice in choices}
    ordered = sorted(flips, key=lambda flip: flip.distance)
    chosen: list[Flip] = []
    seen: dict[tuple[int, ...], int] = {}
    for flip in ordered:
        seen[flip.changed] = seen.get(flip.changed, 0) + 1
        if seen[flip.changed] <= 2:
            chosen.append(flip)
    smaller = [_smaller(asker, row, flip, by_column, limit) for flip in chosen[:REFINED]]
    return sorted([*smaller, *ordered], key=lambda flip: flip.distance)


def _smaller(asker: Asker, row: int, flip: Flip, choices: dict[int, Choice], limit: float) -> Flip:
    for _ in range(ROUNDS):
        tried = _between(asker.space, row, flip, choices)
        if not len(tried):
            break
        distance = asker.space.changed_by(row, tried)
        order = np.argsort(distance, kind="stable")
        gaps = asker.gaps(tried[order])
        good = order[: len(gaps)][gaps <= 0]
        good = good[distance[good] < flip.distance * (1 - 1e-12)]
        near = asker.space.nearest(tried[good]) if len(good) else np.empty(0)
        kept = np.flatnonzero(near <= limit * (1 + 1e-9))
        if not len(kept):
            break
        at = int(good[kept[0]])
        flip = _flip(asker.space, row, tried[at], float(distance[at]), float(near[kept[0]]))
    return flip


def _between(space: Space, row: int, flip: Flip, choices: dict[int, Choice]) -> Index:
    """Return the row with one change taken back, or with a number moved towards its own."""
    tried: list[Index] = []
    for column in flip.changed:
        if len(flip.changed) > 1:
            back = flip.places.copy()
            back[column] = row
            tried.append(back)
        numbers = space.numbers[column]
        choice = choices[column]
        if not choice.numeric or numbers is None or not np.isfinite(numbers[row]):
            continue
        own, now = float(numbers[row]), float(numbers[flip.places[column]])
        values = numbers[choice.rows]
        inside = choice.rows[(values > min(own, now)) & (values < max(own, now))]
        if len(inside) > SECTION:
            inside = inside[np.linspace(0, len(inside) - 1, SECTION).astype(np.intp)]
        for each in inside.tolist():
            moved = flip.places.copy()
            moved[column] = each
            tried.append(moved)
    return np.array(tried, dtype=np.intp) if tried else np.empty((0, len(flip.places)), np.intp)


def diverse(flips: Sequence[Flip], space: Space, row: int, n: int) -> list[Flip]:
    """Choose the nearest flips that change other columns, or the same ones the other way.

    A flip that holds all the changes of a nearer one is no alternative.
    """
    chosen: list[Flip] = []
    signs: list[frozenset[tuple[int, object]]] = []
    for flip in sorted(flips, key=lambda flip: flip.distance):
        sign = _sign(flip, space, row)
        if all(not other <= sign for other in signs):
            chosen.append(flip)
            signs.append(sign)
    return chosen[:n]


def _sign(flip: Flip, space: Space, row: int) -> frozenset[tuple[int, object]]:
    found: list[tuple[int, object]] = []
    for column in flip.changed:
        numbers = space.numbers[column]
        place = int(flip.places[column])
        if numbers is None or not np.isfinite(numbers[row]):
            found.append((column, int(space.codes[place, column])))
        else:
            found.append((column, bool(numbers[place] > numbers[row])))
    return frozenset(found)
