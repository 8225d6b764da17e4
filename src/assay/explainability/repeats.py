"""Which masked rows are equal, so that the model is asked about each of them once."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Index = NDArray[np.intp]
Mask = NDArray[np.bool_]
Keys = NDArray[np.uint64]
WORTH_MERGING = 0.2
"""Share of repeated rows from which on asking each of them once is worth the search."""
PROBE = 4096
"""Masked rows after which it is settled whether there are enough repeats to look for them."""


class Repeats:
    """Finds equal masked rows by a 64-bit sum of random numbers, one for each value of a column.

    Two different rows have the same sum with a chance of one in 2⁶⁴.

    Parameters
    ----------
    codes : ndarray of int, shape (n_pool, n_columns)
        Equal where values of a column are.
    merge : bool or None
        Whether to look; None settles it by the first 4,096 masked rows.
    """

    def __init__(self, codes: NDArray[np.int64], merge: bool | None = None) -> None:
        self._codes = codes
        self._merge = merge
        self.pays = bool(merge)
        """Whether the last masked rows had enough repeats."""

    def find(self, rows: Index, on: Mask, background: Index) -> tuple[Index, Index] | None:
        """Return one place of each distinct masked row, and where each row's answer is.

        Places count the rows × masks × background, the last fastest.

        Returns
        -------
        tuple of ndarray of int, or None
            None where there are too few repeats to bother.
        """
        if self._merge is False:
            return None
        keys = self.keys(rows, on, background).reshape(-1)
        if self._merge is None:
            ordered = np.sort(keys)
            distinct = 1 + np.count_nonzero(ordered[1:] != ordered[:-1])
            worth = bool(distinct <= (1 - WORTH_MERGING) * len(keys))
            self.pays = worth
            if len(keys) >= PROBE:
                self._merge = worth
            if not worth:
                return None
        _, chosen, back = np.unique(keys, return_index=True, return_inverse=True)
        return chosen.astype(np.intp), back.reshape(-1).astype(np.intp)

    def keys(self, rows: Index, on: Mask, background: Index) -> Keys:
        """Return a key of each masked row, shape (n_rows, n_masks, n_background)."""
        here, there = self._hashes[rows], self._hashes[background]
        change = here[:, None, :] - there[None, :, :]  # modulo 2**64, as all sums here
        switched = on.astype(np.uint64) @ change.reshape(-1, on.shape[1]).T
        by_row = switched.reshape(len(on), len(rows), len(background)).transpose(1, 0, 2)
        return by_row + there.sum(axis=1, dtype=np.uint64)

    @cached_property
    def _hashes(self) -> Keys:
        """A random number for each value of each column, shape (n_pool, n_columns)."""
        draw = np.random.default_rng(0)
        out = np.empty(self._codes.shape, dtype=np.uint64)
        for place, column in enumerate(self._codes.T):
            values, back = np.unique(column, return_inverse=True)
            drawn = draw.integers(2**64, size=len(values), dtype=np.uint64)
            out[:, place] = drawn[back.reshape(-1)]
        return out
