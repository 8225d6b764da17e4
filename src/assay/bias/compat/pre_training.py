"""The eight metrics of labels alone, as the original computes them."""

from math import log, sqrt

from assay.bias.compat.conditional import conditional_disparity
from assay.bias.compat.counts import Comparison
from assay.bias.compat.failing import MetricFailure


def class_imbalance(of: Comparison) -> float:
    """CI: (n_a − n_d) / (n_a + n_d).

    Examples
    --------
    >>> from assay.bias.compat.counts import Confusion
    >>> class_imbalance(Comparison(d=Confusion(0, 0, 10, 15), a=Confusion(0, 0, 50, 25)))
    0.5
    """
    return (of.a.n - of.d.n) / (of.a.n + of.d.n)


def difference_in_labels(of: Comparison) -> float:
    """DPL: positive share of labels in a minus in d."""
    return of.a.positives / of.a.n - of.d.positives / of.d.n


def kullback_leibler(of: Comparison) -> float:
    """KL: Σ P_a ln(P_a/P_d), in nats, over the outcomes that occur in both groups."""
    return _divergence([(a, d) for a, d in _common(of)])


def jensen_shannon(of: Comparison) -> float:
    """JS: mean divergence of both groups from their mean, over outcomes that occur in both."""
    pairs = [(a, d, (a + d) / 2) for a, d in _common(of)]
    from_a = _divergence([(a, middle) for a, _, middle in pairs])
    from_d = _divergence([(d, middle) for _, d, middle in pairs])
    return (from_a + from_d) / 2


def lp_norm(of: Comparison) -> float:
    """LP: Euclidean distance of the shares, over the outcomes that occur in both groups."""
    return sqrt(sum((a - d) ** 2 for a, d in _common(of)))


def total_variation(of: Comparison) -> float:
    """TVD: half the sum of absolute differences, over outcomes that occur in both groups."""
    return sum((abs(a - d) for a, d in _common(of)), 0.0) / 2


def kolmogorov_smirnov(of: Comparison) -> float:
    """KS: the largest difference of shares, not of cumulative ones.

    Raises
    ------
    MetricFailure
        If no outcome occurs in both groups.
    """
    pairs = _common(of)
    if not pairs:
        msg = "No label value occurs in both facets"
        raise MetricFailure(msg)
    return max(abs(a - d) for a, d in pairs)


def disparity_in_labels(of: Comparison) -> float:
    """CDDL; see `conditional_disparity`."""
    return conditional_disparity(of, "labels")


def _common(of: Comparison) -> list[tuple[float, float]]:
    """Return the shares (in a, in d) of each outcome that occurs in both; not made to sum to 1."""
    pairs = ((of.a.negatives, of.d.negatives), (of.a.positives, of.d.positives))
    return [(a / of.a.n, d / of.d.n) for a, d in pairs if a > 0 and d > 0]


def _divergence(pairs: list[tuple[float, float]]) -> float:
    return sum((p * log(p / q) for p, q in pairs), 0.0)


PRE_TRAINING = {
    "CDDL": disparity_in_labels,
    "CI": class_imbalance,
    "DPL": difference_in_labels,
    "JS": jensen_shannon,
    "KL": kullback_leibler,
    "KS": kolmogorov_smirnov,
    "LP": lp_norm,
    "TVD": total_variation,
}
