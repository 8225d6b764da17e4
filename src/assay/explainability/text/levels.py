"""One text in; the values of its units out, in one level or, for a long text, in two."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assay.explainability.maskers.text import TextGames
from assay.explainability.shapley.attribute import attribute
from assay.explainability.shapley.attributed import Attributed, Budget, join_attributed
from assay.explainability.shapley.design import usual_calls
from assay.explainability.shapley.games import Games
from assay.explainability.text.owen import (
    WordGames,
    owen_values,
    sentences_to_open,
    surroundings_of,
)
from assay.explainability.text.sentences import sentence_spans
from assay.explainability.text.units import MANY, Unit

Floats = NDArray[np.float64]
FEWEST = 64
"""Coalitions of a sentence's words in each state of the others, where nothing is said."""


@dataclass(frozen=True, eq=False)
class Valued:
    """Units of a text with their values, then the columns'.

    Parameters
    ----------
    units : tuple of Unit
    values, errors : ndarray, shape (n_units + n_columns, n_outputs)
    base, prediction : ndarray, shape (n_outputs,)
    exact, converged : bool
    calls : int
    method : str
    """

    units: tuple[Unit, ...]
    values: Floats
    errors: Floats
    base: Floats
    prediction: Floats
    exact: bool
    converged: bool
    calls: int
    method: str


def value_units(
    games: TextGames,
    units: tuple[Unit, ...],
    budget: Budget,
    *,
    seed: int = 0,
    many: int = MANY,
    opens: bool = True,
) -> Valued:
    """Find what each unit adds.

    Parameters
    ----------
    games : TextGames
        Of the text, without players yet.
    units : tuple of Unit
    budget : Budget
        For the units; of a long text for its sentences, and again for the words of each.
    seed : int
    many : int
        More units than that are taken in two levels.
    opens : bool
        Whether units may be taken in two levels at all.
    """
    if opens and len(units) > many:
        return _in_two_levels(games, units, budget, seed, many)
    games = replace(games, players=[((unit.start, unit.end),) for unit in units])
    if games.n_players == 0:
        return _nothing(games)
    found = _attributed(games, budget, seed)
    return _valued(units, found, found.values[0], found.standard_errors[0])


def sentence_groups(text: str, units: tuple[Unit, ...], many: int) -> list[tuple[Unit, ...]]:
    """Put units together by the sentence that they begin in; pieces of at most `many` units."""
    starts = np.array([start for start, _ in sentence_spans(text)])
    homes = np.searchsorted(starts, [unit.start for unit in units], side="right")
    groups: list[list[Unit]] = []
    last = -1
    for unit, home in zip(units, homes.tolist(), strict=True):
        if home != last or len(groups[-1]) == many:
            groups.append([])
        groups[-1].append(unit)
        last = home
    return [tuple(group) for group in groups]


def _in_two_levels(
    games: TextGames, units: tuple[Unit, ...], budget: Budget, seed: int, many: int
) -> Valued:
    groups = sentence_groups(games.text, units, many)
    spans = [tuple((unit.start, unit.end) for unit in group) for group in groups]
    whole = replace(games, players=spans)
    found = _attributed(whole, budget, seed)
    values, errors = found.values[0], found.standard_errors[0]
    opened = sentences_to_open(values[: len(groups)], [len(group) for group in groups])
    parts = [
        _closed(group, values[place], errors[place], games.text)
        for place, group in enumerate(groups)
    ]
    exact, converged, calls = bool(found.exact[0]), bool(found.converged[0]), int(found.calls[0])
    rng = np.random.default_rng(seed)
    for place in opened:
        states = surroundings_of(whole.n_players - 1, rng)
        words = WordGames(whole, place, states)
        inner = _attributed(words, _inner(budget, words.n_players, len(states.weights)), seed)
        made = owen_values(inner, states, values[place], errors[place])
        parts[place] = (groups[place], *made)
        exact &= bool(inner.exact[0]) and not states.drawn
        converged &= bool(inner.converged[0])
        calls += int(inner.calls[0]) * len(states.weights)
    columns = slice(len(groups), None)
    method = (
        f"sentences by {found.method}, then the words of {len(opened)} of {len(groups)} "
        "sentences by the Owen rule"
    )
    return Valued(
        tuple(unit for some, _, _ in parts for unit in some),
        np.concatenate([*(part for _, part, _ in parts), values[columns]]),
        np.concatenate([*(part for _, _, part in parts), errors[columns]]),
        found.base[0],
        found.predictions[0],
        exact,
        converged,
        calls,
        method,
    )


def _closed(
    group: tuple[Unit, ...], value: Floats, error: Floats, text: str
) -> tuple[tuple[Unit, ...], Floats, Floats]:
    """Return a sentence that is not looked into as one unit."""
    first, *others = group
    start, end = first.start, group[-1].end
    kind = "sentence" if others else first.kind
    return (Unit(text[start:end], start, end, kind),), value[None], error[None]


def _inner(budget: Budget, n_words: int, n_states: int) -> Budget:
    """Share the calls among the states of the other sentences."""
    usual = max(FEWEST, usual_calls(n_words) // n_states)
    return replace(
        budget, calls=usual if budget.calls is None else max(2, budget.calls // n_states)
    )


def _attributed(games: Games, budget: Budget, seed: int) -> Attributed:
    return join_attributed(list(attribute(games, budget, seed=seed)))


def _valued(units: tuple[Unit, ...], found: Attributed, values: Floats, errors: Floats) -> Valued:
    return Valued(
        units,
        values,
        errors,
        found.base[0],
        found.predictions[0],
        bool(found.exact[0]),
        bool(found.converged[0]),
        int(found.calls[0]),
        found.method,
    )


def _nothing(games: TextGames) -> Valued:
    score = games.values(np.zeros(1, dtype=np.intp), np.zeros((1, 0), dtype=bool))[0, 0]
    empty = np.zeros((0, games.n_outputs))
    return Valued(
        (), empty, empty, score, score, exact=True, converged=True, calls=1, method="no unit"
    )
