"""What an estimator returns."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Attributed:
    """Attributions of some rows.

    Parameters
    ----------
    rows : ndarray of int, shape (n,)
        Which rows of the games these are.
    values : ndarray, shape (n, n_players, n_outputs)
        Sum over players = `predictions` - `base`.
    standard_errors : ndarray, shape (n, n_players, n_outputs)
        Of the choice of coalitions alone; 0 where exact.
    base : ndarray, shape (n, n_outputs)
        Value of the empty coalition.
    predictions : ndarray, shape (n, n_outputs)
        Value of the full coalition.
    exact : ndarray of bool, shape (n,)
    converged : ndarray of bool, shape (n,)
        Whether the requested precision was reached; True where exact.
    calls : ndarray of int, shape (n,)
        Coalitions evaluated for each row.
    method : str
        For example "enumeration", "paired odd-Walsh regression".
    interactions : ndarray or None, shape (n, n_players, n_players, n_outputs)
        Shapley interaction index of each pair, diagonal 0; None where not asked.
    interaction_errors : ndarray or None, shape (n, n_players, n_players, n_outputs)
        Standard errors of the interactions, of the choice of coalitions alone; 0 where exact.
    """

    rows: NDArray[np.intp]
    values: Floats
    standard_errors: Floats
    base: Floats
    predictions: Floats
    exact: NDArray[np.bool_]
    converged: NDArray[np.bool_]
    calls: NDArray[np.int64]
    method: str
    interactions: Floats | None = None
    interaction_errors: Floats | None = None


@dataclass(frozen=True, kw_only=True)
class Budget:
    """How much may be spent on a row, and when it is enough.

    Parameters
    ----------
    calls : int or None
        Coalitions a row at most; None takes the usual number for the players
        (`shapley.design.usual_calls`).
    tolerance : float or None
        Enough when the largest standard error is at most this share of the sum of the absolute
        attributions; None always spends `calls`.
    settle_top : int or None
        Enough when the order of this many largest attributions is settled.
    """

    calls: int | None = None
    tolerance: float | None = 0.01
    settle_top: int | None = None


def join_attributed(parts: Sequence[Attributed]) -> Attributed:
    """Put attributions of disjoint rows together, in the order of the rows.

    Raises
    ------
    ValueError
        If there are none.
    """
    if not parts:
        msg = "no attributions to join"
        raise ValueError(msg)
    order = np.argsort(np.concatenate([part.rows for part in parts]), kind="stable")

    def joined(name: str) -> NDArray[np.generic]:
        return np.concatenate([getattr(part, name) for part in parts])[order]

    arrays = ("rows", "values", "standard_errors", "base", "predictions")
    pairs = {
        name: joined(name) if all(getattr(part, name) is not None for part in parts) else None
        for name in ("interactions", "interaction_errors")
    }
    methods = dict.fromkeys(part.method for part in parts)
    return Attributed(
        **{name: joined(name) for name in (*arrays, "exact", "converged", "calls")},  # type: ignore[arg-type]
        method=", ".join(methods),
        **pairs,  # type: ignore[arg-type]
    )
