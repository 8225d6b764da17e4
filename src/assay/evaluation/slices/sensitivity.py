"""Rows of the two halves in; how weak a slice must be to be seen, out."""

from collections.abc import Sequence
from math import sqrt

import numpy as np

from assay.evaluation.slices.result import Sensitivity
from assay.evaluation.slices.search import MAX_KEPT, Candidate, size_limits
from assay.evaluation.slices.significance import LossRows
from assay.stats.mean_difference import mean_difference
from assay.stats.special import normal_cdf, normal_quantile

POWER = 0.92
"""Above the 0.8 that is said: a slice also competes with others, which this does not count."""
ABOVE_LEAST = 1.2
"""A slice of just the least size is passed over on half of the halvings."""
_STEPS = 60


def sensitivity_of(
    searched: LossRows, judged: LossRows, candidates: Sequence[Candidate], *, alpha: float
) -> Sensitivity:
    """Say how much worse than the rest the smallest slice would have to be.

    It has to stand out twice: on the rows that are searched above the weakest slice that was
    kept, and on the others beyond what the test of the first of all of them asks for.

    Parameters
    ----------
    searched, judged : LossRows
        The two halves.
    candidates : sequence of Candidate
        What was kept of the search.
    alpha : float
        Share of false slices among the confirmed.

    Returns
    -------
    Sensitivity
    """
    share = ABOVE_LEAST * size_limits(searched.n)[0] / max(searched.n, 1)
    tested = max(len(candidates), 1)
    full = len(candidates) == MAX_KEPT
    first = min((each.z for each in candidates), default=0.0) if full else 0.0
    second = -normal_quantile(alpha / tested)
    errors = [_error(half, share) for half in (searched, judged)]
    mean = float(np.average(judged.losses, weights=judged.weight))
    most = 1 - mean if judged.counted else np.inf
    low, high = 0.0, 40.0 * max(errors)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        wider = [
            _with_excess(e, half, share, mean, middle)
            for e, half in zip(errors, (searched, judged), strict=True)
        ]
        seen = normal_cdf((middle - first * errors[0]) / wider[0])
        seen *= normal_cdf((middle - second * errors[1]) / wider[1])
        low, high = (low, middle) if seen >= POWER else (middle, high)
    if high >= most:
        text = f"{judged.n + searched.n:,} rows are too few to see any weak slice of {share:.0%}."
        return Sensitivity(share=share, difference=None, text=text)
    return Sensitivity(share=share, difference=high, text=_sentence(share, high, judged))


def _error(half: LossRows, share: float) -> float:
    """Return the standard error of the difference for a slice of that share of the rows."""
    rng = np.random.default_rng(half.n)
    inside = np.zeros(half.n, dtype=np.bool_)
    inside[rng.permutation(half.n)[: max(2, round(share * half.n))]] = True
    if inside.all() or half.n < 4:
        return 1.0
    found = mean_difference(half.losses, inside, weight=half.weight, unit=half.unit)
    if half.unit is not None:
        return max(found.error, 1e-12)
    spread = float(np.average((half.losses - np.average(half.losses, weights=half.weight)) ** 2,
                              weights=half.weight))  # fmt: skip
    kish = 1.0
    if half.weight is not None:
        kish = half.n * float(half.weight @ half.weight) / float(half.weight.sum()) ** 2
    return max(sqrt(spread * kish * (1 / inside.sum() + 1 / (~inside).sum())), 1e-12)


def _with_excess(error: float, half: LossRows, share: float, mean: float, excess: float) -> float:
    """Return the standard error where the slice is that much worse: its shares vary more."""
    if not half.counted:
        return error
    inside = min(mean + excess, 1.0)
    more = inside * (1 - inside) - mean * (1 - mean)
    return sqrt(max(error**2 + more / max(share * half.n, 1.0), 1e-24))


def _sentence(share: float, difference: float, judged: LossRows) -> str:
    if judged.counted:
        failing = f"one failing {100 * difference:.1f} points more often than the rest"
    else:
        failing = f"one whose mean loss exceeds the rest's by {difference:.3g}"
    return f"Of the slices with {share:.0%} of the rows, {failing} is seen in 80 % of searches."
