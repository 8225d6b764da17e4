"""Sort values and sum what belongs to each distinct one; cut values into bins of equal mass."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
TWO_AS_BITS = np.uint64(0x4000_0000_0000_0000)  # non-negative floats below 2.0 leave a bit free


def level_starts(ordered: NDArray[np.generic]) -> NDArray[np.intp]:
    """Return where each distinct value of a sorted array begins.

    Examples
    --------
    >>> level_starts(np.array([1.0, 1.0, 3.0])).tolist()
    [0, 2]
    """
    if ordered.size == 0:
        return np.zeros(0, dtype=np.intp)
    return np.concatenate(([0], np.flatnonzero(ordered[1:] != ordered[:-1]) + 1))


def count_flagged(
    value: Floats, flag: NDArray[np.bool_]
) -> tuple[Floats, NDArray[np.int32], NDArray[np.int32]]:
    """Return the distinct values, ascending, with their rows where `flag` holds and where not.

    Values in [0, 2), such as probabilities, are sorted as integers whose lowest bit is the flag,
    which takes half the time of sorting an index.
    """
    bits = value.view(np.uint64)
    if value.size == 0 or bits.max() >= TWO_AS_BITS:
        order = np.argsort(value)
        ordered, flags = value[order], flag[order]
    else:
        packed = (bits << np.uint64(1)) | flag
        packed.sort()
        ordered, flags = (packed >> np.uint64(1)).view(np.float64), (packed & np.uint64(1)) == 1
    starts = level_starts(ordered)
    ends = np.append(starts[1:], value.size)
    flagged_before = np.concatenate(([0], np.cumsum(flags, dtype=np.int64)))
    n_flag = flagged_before[ends] - flagged_before[starts] if starts.size else starts
    n_rest = (ends[: starts.size] - starts) - n_flag
    return ordered[starts], n_flag.astype(np.int32), n_rest.astype(np.int32)


def sums_at(starts: NDArray[np.intp], numbers: Floats) -> Floats:
    """Return the sum of `numbers` from each start to the next."""
    if starts.size == 0:
        return np.zeros(0)
    return np.add.reduceat(numbers, starts)


def equal_mass_cuts(sample: Floats, n_bins: int) -> Floats:
    """Return ascending cut points so that each bin holds about as much of the sample.

    A value that fills several bins gets one of its own. A value x falls into bin
    ``searchsorted(cuts, x, side="right")``.

    Examples
    --------
    >>> equal_mass_cuts(np.array([0.0, 1.0, 2.0, 3.0]), 2).tolist()
    [2.0]
    """
    if sample.size == 0:
        return np.zeros(0)
    ordered = np.sort(sample)
    at = (np.arange(1, n_bins) * ordered.size) // n_bins
    cuts, repeats = np.unique(ordered[at], return_counts=True)
    heavy = cuts[repeats > 1]
    return np.unique(np.concatenate([cuts, np.nextafter(heavy, np.inf)]))
