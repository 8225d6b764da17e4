"""Expected calibration errors of two candidates: the gaps of their bins are drawn together."""

from collections.abc import Callable, Mapping

import numpy as np

from assay.evaluation.comparison.paired import BOOTSTRAP, Pair, Paired
from assay.evaluation.comparison.small_tables import need
from assay.evaluation.judged import Answers, Codes, Floats
from assay.stats.calibration_bins import equal_mass_bins
from assay.stats.interval import Interval
from assay.stats.percentile import expanded_level
from assay.stats.sums import sums_by
from assay.stats.totals_bootstrap import bootstrap_p_value

N_BINS = 15
N_DRAWS = 10_000
_NO_CHANGE = 1e-7  # roots of rounding errors


def calibration_difference(pair: Pair) -> Paired:
    """Compare by the expected calibration error over 15 bins of equal mass.

    The gaps between shares and mean probabilities, of both candidates' bins, are drawn from
    their joint normal law about those seen. Noise makes every such error too large; how much it
    adds to the difference of the two is taken off the draws.

    Parameters
    ----------
    pair : Pair

    Returns
    -------
    Paired
    """
    both = [_binned(pair, each) for each in (pair.candidate, pair.baseline)]
    gaps = np.concatenate([sums_by(code, term, N_BINS) for code, term in both])
    covariance = _covariance(pair, both, gaps)
    rng = np.random.default_rng(pair.seed)
    drawn = rng.multivariate_normal(gaps, covariance, size=N_DRAWS, method="eigh")
    value = float(_errors(gaps))
    differences = _errors(drawn)
    centred = differences - (differences.mean() - value)
    parts, kind = pair.parts.n, pair.parts.kind
    if parts < 2:
        reason = f"one {kind} shows no variation: no interval"
        return Paired(value=value, p_value=1.0, test=BOOTSTRAP, reason=reason)
    varies = float(np.ptp(differences)) > _NO_CHANGE
    if not varies:
        centred = np.full_like(centred, value)
    p_value = bootstrap_p_value(centred, n_parts=parts)
    tail = (1 - expanded_level(pair.level, parts)) / 2
    low, high = np.quantile(centred, [tail, 1 - tail]).tolist()
    interval = Interval(low, high).around(value)
    if p_value > 1 - pair.level:
        interval = interval.around(0.0)
    clipped = interval.clipped(-1.0, 1.0)
    ends = "percentiles" if varies else "no draw differs"
    return Paired(
        value=value,
        low=clipped.low,
        high=clipped.high,
        error=float(differences.std()) if varies else 0.0,
        p_value=p_value,
        test=BOOTSTRAP if kind == "row" else f"{BOOTSTRAP} of {kind}s",
        method=f"joint normal draws of {N_BINS} bins of equal mass each, {ends}",
        seed=pair.seed,
        further={"redraws": N_DRAWS},
        notes=("Chance alone makes a calibration error greater than 0, of both candidates.",),
    )


def _errors(gaps: Floats) -> Floats:
    size = np.abs(gaps)
    return size[..., :N_BINS].sum(axis=-1) - size[..., N_BINS:].sum(axis=-1)


def _binned(pair: Pair, answers: Answers) -> tuple[Codes, Floats]:
    """Return the bin of each row and what the row adds to its gap."""
    scores, w = need(answers.scores, "probabilities", answers), pair.parts.weight
    levels, place = np.unique(scores, return_inverse=True)
    code = equal_mass_bins(sums_by(place, w, len(levels)), N_BINS)[place]
    positive = (pair.rows.truth == 1).astype(np.float64)
    return code, w * (positive - scores) / pair.parts.total_weight


def _covariance(pair: Pair, both: list[tuple[Codes, Floats]], gaps: Floats) -> Floats:
    """Return the covariance of the gaps over independent parts, shape (2 n_bins, 2 n_bins)."""
    parts, size = pair.parts, 2 * N_BINS
    grown = parts.n / max(parts.n - 1, 1)
    if parts.code is not None:
        sums = [
            sums_by(parts.code * N_BINS + code, term, parts.n * N_BINS).reshape(parts.n, N_BINS)
            for code, term in both
        ]
        centred = np.hstack(sums) - gaps / parts.n
        return grown * np.einsum("ij,ik->jk", centred, centred)
    (one, first), (other, second) = both
    out = np.zeros((size, size))
    diagonal = [sums_by(code, term**2, N_BINS) for code, term in both]
    np.fill_diagonal(out, np.concatenate(diagonal))
    crossed = sums_by(one * N_BINS + other, first * second, N_BINS**2).reshape(N_BINS, N_BINS)
    out[:N_BINS, N_BINS:], out[N_BINS:, :N_BINS] = crossed, crossed.T
    return grown * (out - np.outer(gaps, gaps) / parts.n)


COMPARERS: Mapping[str, Callable[[Pair], Paired]] = {"ece": calibration_difference}
