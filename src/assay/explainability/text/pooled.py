"""Units of many texts in; what each word adds on average out."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from assay.explainability.text.units import Unit
from assay.result import Json

Floats = NDArray[np.float64]
MIN_COUNT = 5
"""Occurrences below which a mean says little."""


@dataclass(frozen=True, kw_only=True)
class PooledToken:
    """A word over all its occurrences.

    Parameters
    ----------
    token : str
        Case-folded.
    output : str
    mean, mean_abs : float
        Of its values, signed and absolute.
    standard_error : float
        Of `mean` over occurrences.
    count, n_texts : int
        Occurrences, and texts that they are in.
    """

    token: str
    output: str
    mean: float
    mean_abs: float
    standard_error: float
    count: int
    n_texts: int

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "token": self.token,
            "output": self.output,
            "mean": self.mean,
            "mean_abs": self.mean_abs,
            "standard_error": self.standard_error,
            "count": self.count,
            "n_texts": self.n_texts,
        }


def occurrences(
    texts: Sequence[tuple[Sequence[Unit], Floats]],
) -> dict[str, list[tuple[int, Floats]]]:
    """Gather tokens, case-folded, with the text that each is in and its values."""
    found: dict[str, list[tuple[int, Floats]]] = {}
    for place, (units, values) in enumerate(texts):
        for unit, value in zip(units, values, strict=True):
            if unit.kind == "token":
                found.setdefault(unit.text.strip().casefold(), []).append((place, value))
    return found


def pool_tokens(
    texts: Sequence[tuple[Sequence[Unit], Floats]],
    outputs: Sequence[str],
    *,
    min_count: int = MIN_COUNT,
) -> tuple[PooledToken, ...]:
    """Pool the values of equal tokens over texts.

    Parameters
    ----------
    texts : sequence of (units, values)
        `values` has shape (n_units, n_outputs). Sentences and paragraphs are passed over.
    outputs : sequence of str
    min_count : int
        Occurrences that a token needs, 1 or more.

    Returns
    -------
    tuple of PooledToken
        By output; within one the largest mean absolute value first, ties in alphabetical order.

    Examples
    --------
    >>> units = (Unit("Win", 0, 3), Unit("win", 4, 7))
    >>> [each] = pool_tokens([(units, np.array([[0.3], [0.1]]))], ["spam"], min_count=2)
    >>> each.token, round(each.mean, 3), each.count, each.n_texts
    ('win', 0.2, 2, 1)
    """
    made = []
    for token, seen in occurrences(texts).items():
        if len(seen) < min_count:
            continue
        values = np.array([value for _, value in seen])
        n = len(seen)
        spread = values.std(axis=0, ddof=1) / sqrt(n) if n > 1 else np.zeros(values.shape[1])
        made += [
            PooledToken(
                token=token,
                output=name,
                mean=float(values[:, place].mean()),
                mean_abs=float(np.abs(values[:, place]).mean()),
                standard_error=float(spread[place]),
                count=n,
                n_texts=len({text for text, _ in seen}),
            )
            for place, name in enumerate(outputs)
        ]
    order = {name: place for place, name in enumerate(outputs)}
    made.sort(key=lambda each: (order[each.output], -each.mean_abs, each.token))
    return tuple(made)
