"""The second level of a long text: the words of one sentence, the others on and off as wholes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import comb

import numpy as np
from numpy.typing import NDArray

from assay.explainability.maskers.text import TextGames
from assay.explainability.shapley.attributed import Attributed
from assay.explainability.shapley.games import Coalitions

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
PAIRS = 4
"""Pairs of opposite states of the other sentences in which a sentence's words are looked at."""


@dataclass(frozen=True, eq=False)
class Surroundings:
    """States of the other players in which one player is looked at.

    Parameters
    ----------
    on : ndarray of bool, shape (n_states, n_others)
    weights : ndarray, shape (n_states,)
        Their sum is 1.
    drawn : bool
        Whether they are a sample; then states 2k and 2k + 1 are each other's opposite.
    """

    on: Mask
    weights: Floats
    drawn: bool


def surroundings_of(
    n_others: int, rng: np.random.Generator, *, pairs: int = PAIRS
) -> Surroundings:
    """List the states of the others, or draw some, as those before a player in a random order.

    With few others every state is taken, with its share of the orders; else the sizes are spread
    evenly and every drawn state comes with its opposite.

    Examples
    --------
    >>> surroundings_of(1, np.random.default_rng(0)).weights.tolist()
    [0.5, 0.5]
    """
    if 2**n_others <= 2 * pairs:
        on = np.array([*product([False, True], repeat=n_others)], dtype=bool)
        on = on.reshape(2**n_others, n_others)
        sizes = on.sum(axis=1)
        weights = np.array([1 / ((n_others + 1) * comb(n_others, int(k))) for k in sizes])
        return Surroundings(on, weights, drawn=False)
    spread = (np.arange(pairs) + rng.random(pairs)) / (2 * pairs)
    on = np.zeros((2 * pairs, n_others), dtype=bool)
    for place, size in enumerate(np.floor(spread * (n_others + 1)).astype(int)):
        on[2 * place, rng.permutation(n_others)[:size]] = True
        on[2 * place + 1] = ~on[2 * place]
    return Surroundings(on, np.full(2 * pairs, 1 / (2 * pairs)), drawn=True)


class WordGames:
    """The game of one sentence's words, once for each state of the other players; see `Games`.

    Outputs are state × score: ``values(...).reshape(1, m, n_states, n_scores)``.

    Parameters
    ----------
    whole : TextGames
        The game of the sentences and columns; every sentence owns the stretches of its words.
    sentence : int
        Which player is looked into.
    states : Surroundings
        Of the other players, in their order.
    """

    n_rows = 1

    def __init__(self, whole: TextGames, sentence: int, states: Surroundings) -> None:
        self._whole = whole
        self._games = [_within(whole, sentence, on) for on in states.on]
        self.n_players = len(whole.players[sentence])
        self.n_outputs = len(states.on) * whole.n_outputs
        self.noise = np.tile(whole.noise, len(states.on))

    def varying(self) -> Mask:
        """Tell the words that are not the background's string."""
        return self._games[0].varying()

    def values(self, rows: NDArray[np.intp], coalitions: Coalitions) -> Floats:
        """Return the value of each coalition of words in each state."""
        made = [game.values(rows, coalitions) for game in self._games]
        return np.concatenate(made, axis=2)


def _within(whole: TextGames, sentence: int, others: Mask) -> TextGames:
    """Return the game of a sentence's words in the text that one state of the others leaves."""
    n_groups = len(whole.players)
    on = np.insert(others, sentence, True)
    text, spans = [], []
    length = before = 0
    pieces = sorted((a, b, group) for group, each in enumerate(whole.players) for a, b in each)
    for start, end, group in pieces:
        gap = whole.text[before:start]
        unit = whole.text[start:end] if on[group] else whole.background
        if group == sentence:
            spans.append(((length + len(gap), length + len(gap) + len(unit)),))
        text += [gap, unit]
        length += len(gap) + len(unit)
        before = end
    text.append(whole.text[before:])
    return replace(whole, text="".join(text), players=spans, fixed=on[n_groups:])


def owen_values(
    found: Attributed, states: Surroundings, sentence: Floats, sentence_error: Floats
) -> tuple[Floats, Floats]:
    """Average words' values over the states, and make them sum to their sentence's value.

    Parameters
    ----------
    found : Attributed
        Of `WordGames`: one row, outputs state × score.
    states : Surroundings
    sentence, sentence_error : ndarray, shape (n_outputs,)
        Value of the sentence and its standard error.

    Returns
    -------
    values, standard_errors : ndarray, shape (n_words, n_outputs)
        What the average lacks of the sentence's value is shared in proportion to the words'
        absolute values. The error is that of the words' coalitions (taken as the same in all
        states), of the drawn states, and the share of the sentence's.
    """
    n_words, n_states = found.values.shape[1], len(states.weights)
    each = found.values[0].reshape(n_words, n_states, -1)
    error = found.standard_errors[0].reshape(n_words, n_states, -1)
    values = np.einsum("wso,s->wo", each, states.weights)
    variance = np.einsum("wso,s->wo", error, states.weights) ** 2
    if states.drawn:
        pairs = each.reshape(n_words, n_states // 2, 2, -1).mean(axis=2)
        variance = variance + pairs.var(axis=1, ddof=1) / pairs.shape[1]
    share = shares(values)
    left = sentence - values.sum(axis=0)
    variance = variance + (share * sentence_error) ** 2
    return values + share * left, np.sqrt(variance)


def shares(values: Floats) -> Floats:
    """Return each word's part of the sum of absolute values; equal parts where all are 0.

    Examples
    --------
    >>> shares(np.array([[3.0, 0.0], [-1.0, 0.0]])).tolist()
    [[0.75, 0.5], [0.25, 0.5]]
    """
    size = np.abs(values)
    total = size.sum(axis=0)
    return np.where(total > 0, size / np.where(total > 0, total, 1.0), 1 / max(len(values), 1))


def sentences_to_open(values: Floats, sizes: Sequence[int], *, share: float = 0.9) -> list[int]:
    """Choose the sentences whose words are looked at: the largest that hold most of the score.

    Parameters
    ----------
    values : ndarray, shape (n_sentences, n_outputs)
    sizes : sequence of int
        Words in each; a sentence of one word has nothing to open.
    share : float
        Of the sum of absolute values.

    Examples
    --------
    >>> sentences_to_open(np.array([[0.5], [0.02], [-0.4]]), [4, 4, 4])
    [0, 2]
    """
    size = np.abs(values).sum(axis=1)
    order = np.argsort(-size, kind="stable")
    before = np.concatenate([[0.0], np.cumsum(size[order])[:-1]])
    chosen = order[(before < share * size.sum()) & (size[order] > 0)]
    return [int(place) for place in np.sort(chosen) if sizes[place] > 1]
