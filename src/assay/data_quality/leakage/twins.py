"""Keys of rows in; which rows have a twin, and which of them another label, out."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from assay.data_quality.leakage.row_keys import Keys, as_codes

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Twins:
    """Judged rows whose described columns equal those of a row that was learned from.

    Parameters
    ----------
    judged, learned : ndarray of `KEY`
    """

    judged: Keys
    learned: Keys

    @cached_property
    def codes(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Whole numbers in place of the keys of judged and learned rows."""
        judged, learned = as_codes(self.judged, self.learned)
        return judged, learned

    @cached_property
    def judged_flags(self) -> Flags:
        """Judged rows with a twin among the learned ones, shape (n_judged,)."""
        judged, learned = self.codes
        seen = np.zeros(self._n_codes, dtype=bool)
        seen[learned] = True
        return seen[judged]

    @cached_property
    def learned_flags(self) -> Flags:
        """Learned rows with a twin among the other learned ones, shape (n_learned,)."""
        return repeated(self.codes[1])

    @property
    def _n_codes(self) -> int:
        judged, learned = self.codes
        return int(max(judged.max(initial=-1), learned.max(initial=-1))) + 1


def repeated(codes: NDArray[np.int64]) -> Flags:
    """Return which codes occur more than once.

    Examples
    --------
    >>> repeated(np.array([3, 1, 3])).tolist()
    [True, False, True]
    """
    return np.bincount(codes)[codes] > 1 if len(codes) else np.zeros(0, dtype=bool)
