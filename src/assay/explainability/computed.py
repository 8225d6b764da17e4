"""What methods that know the model's structure return."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
INTERRUPTED = "it was interrupted"


@dataclass(frozen=True, kw_only=True, eq=False)
class Computed:
    """Attributions that follow from how a model is made, without switching players one by one.

    Parameters
    ----------
    values : ndarray, shape (n_rows, n_players, n_outputs)
    base : ndarray, shape (n_rows, n_outputs)
        Value of the empty coalition.
    predictions : ndarray, shape (n_rows, n_outputs)
        What the model itself says.
    method : str
        For people, such as "linear" or "trees".
    value_function : {"interventional", "path_dependent", "gradients"}
    reason : str
        Why this method, for people.
    exact : bool
        Whether the values are Shapley values of the value function, up to rounding.
    left : ndarray of bool, shape (n_rows,)
        Rows that failed a check and are left for another method; their values are 0.
    errors : ndarray, shape (n_rows,)
        Absolute difference of base + sum of values and prediction, the largest over outputs,
        before anything was put right.
    recomputed : int
        Rows that failed the check of the first way and passed that of a second one.
    notes : tuple of str
        What else should be told.
    interactions : ndarray or None, shape (n_rows, n_players, n_players, n_outputs)
        Exact Shapley interaction index of each pair; None where not asked, or not found.
    stopped : str or None
        Why it has the first rows only.
    interrupt : KeyboardInterrupt or None
        What stopped it, or its pairs, where somebody did.
    """

    values: Floats
    base: Floats
    predictions: Floats
    method: str
    value_function: str
    reason: str
    exact: bool
    left: NDArray[np.bool_]
    errors: Floats
    recomputed: int = 0
    notes: tuple[str, ...] = field(default=())
    interactions: Floats | None = None
    stopped: str | None = None
    interrupt: KeyboardInterrupt | None = None

    @property
    def additivity_error(self) -> float:
        """The largest error over the rows that are explained; 0 where there are none."""
        kept = self.errors[~self.left]
        return float(kept.max()) if len(kept) else 0.0


def join_computed(parts: Sequence[Computed]) -> Computed:
    """Join what one method found for rows that follow each other; parts have no pairs yet."""
    if len(parts) == 1:
        return parts[0]
    reasons = dict.fromkeys(part.reason for part in parts)
    return replace(
        parts[0],
        values=np.concatenate([part.values for part in parts]),
        base=np.concatenate([part.base for part in parts]),
        predictions=np.concatenate([part.predictions for part in parts]),
        reason="; ".join(reasons),
        left=np.concatenate([part.left for part in parts]),
        errors=np.concatenate([part.errors for part in parts]),
        recomputed=sum(part.recomputed for part in parts),
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
    )


def membership(players: "list[tuple[int, ...]] | tuple[tuple[int, ...], ...]", n: int) -> Floats:
    """Return which player owns which column, shape (n_columns, n_players), of 0 and 1.

    Examples
    --------
    >>> membership([(0, 2), (1,)], 3).tolist()
    [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]
    """
    owned = np.zeros((n, len(players)))
    for place, columns in enumerate(players):
        owned[list(columns), place] = 1.0
    return owned
