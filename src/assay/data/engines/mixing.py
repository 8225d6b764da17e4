"""A written-out 64-bit mix: the same number for the same input on every engine and machine."""

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
GOLDEN = np.uint64(0x9E37_79B9_7F4A_7C15)
MIX_1 = np.uint64(0xBF58_476D_1CE4_E5B9)
MIX_2 = np.uint64(0x94D0_49BB_1331_11EB)


def mix(words: Words) -> Words:
    """Return the finaliser of SplitMix64, element by element (a bijection).

    References
    ----------
    Steele, Lea and Flood 2014, OOPSLA, doi:10.1145/2660193.2660195.

    Examples
    --------
    >>> hex(int(mix(np.array([0x9E3779B97F4A7C15], dtype=np.uint64))[0]))
    '0xe220a8397b1dcdaf'
    """
    words = words ^ (words >> np.uint64(30))
    words *= MIX_1
    words ^= words >> np.uint64(27)
    words *= MIX_2
    words ^= words >> np.uint64(31)
    return words


def row_keys(start: int, stop: int, seed: int) -> Words:
    """Return a key for each row number from `start` to `stop`, as good as random for a seed."""
    offset = np.array([seed % 2**64], dtype=np.uint64) * GOLDEN
    salt = mix(offset + GOLDEN)[0]
    rows = np.arange(start, stop, dtype=np.uint64)
    return mix(mix(rows + salt) ^ salt)


def choose_rows(n_rows: int, n: int, *, seed: int) -> NDArray[np.int64]:
    """Return min(n, n_rows) row numbers in ascending order: those with the smallest keys.

    Examples
    --------
    >>> choose_rows(3, 5, seed=0).tolist()
    [0, 1, 2]
    >>> bool((choose_rows(1000, 10, seed=1) == choose_rows(1000, 10, seed=1)).all())
    True
    """
    if n >= n_rows:
        return np.arange(n_rows, dtype=np.int64)
    block = 1_000_000
    kept_keys, kept_rows = np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
    for start in range(0, n_rows, block):
        stop = min(start + block, n_rows)
        keys = np.concatenate([kept_keys, row_keys(start, stop, seed)])
        rows = np.concatenate([kept_rows, np.arange(start, stop, dtype=np.int64)])
        if keys.size > n:
            smallest = np.argpartition(keys, n)[:n]
            keys, rows = keys[smallest], rows[smallest]
        kept_keys, kept_rows = keys, rows
    return np.sort(kept_rows)
