"""The thirteen metrics of predictions, as the original computes them."""

from collections.abc import Callable

from assay.bias.compat.conditional import conditional_disparity
from assay.bias.compat.counts import Comparison, Confusion
from assay.bias.compat.division import library_divide, subtract
from assay.bias.compat.failing import MetricFailure

Rate = Callable[[Confusion], float]


def predicted_rate(rows: Confusion) -> float:
    """Share of rows that are predicted positive."""
    return library_divide(rows.predicted_positives, rows.n)


def accuracy(rows: Confusion) -> float:
    """Share of rows that are predicted rightly."""
    return library_divide(rows.tp + rows.tn, rows.n)


def recall(rows: Confusion) -> float:
    """Share of positive rows that are predicted positive."""
    return library_divide(rows.tp, rows.positives)


def specificity(rows: Confusion) -> float:
    """Share of negative rows that are predicted negative."""
    return library_divide(rows.tn, rows.negatives)


def acceptance_rate(rows: Confusion) -> float:
    """Share of rows predicted positive that are positive."""
    return library_divide(rows.tp, rows.predicted_positives)


def rejection_rate(rows: Confusion) -> float:
    """Share of rows predicted negative that are negative."""
    return library_divide(rows.tn, rows.predicted_negatives)


def conditional_acceptance(rows: Confusion) -> float:
    """Positive rows for each row that is predicted positive."""
    return library_divide(rows.positives, rows.predicted_positives)


def conditional_rejection(rows: Confusion) -> float:
    """Negative rows for each row that is predicted negative."""
    return library_divide(rows.negatives, rows.predicted_negatives)


def false_negatives_per_false_positive(rows: Confusion) -> float:
    """Rows wrongly rejected for each row wrongly accepted."""
    return library_divide(rows.fn, rows.fp)


def disparate_impact(of: Comparison) -> float:
    """DI: the predicted positive share of d over that of a; 0/0 is 0.0.

    Examples
    --------
    >>> disparate_impact(Comparison(d=Confusion(2, 1, 1, 6), a=Confusion(5, 1, 0, 4)))
    0.5
    >>> disparate_impact(Comparison(d=Confusion(0, 0, 1, 9), a=Confusion(0, 0, 5, 5)))
    0.0
    """
    return library_divide(predicted_rate(of.d), predicted_rate(of.a))


def disparity_in_predictions(of: Comparison) -> float:
    """CDDPL; see `conditional_disparity`."""
    return conditional_disparity(of, "predicted labels")


def flip_test(of: Comparison) -> float:
    """FT: (down − up) / n_d, the opposite sign of the guide's."""
    flips = of.flips()
    return (flips.down - flips.up) / of.d.n


def generalized_entropy(of: Comparison) -> float:
    """GE: ½ · mean((b/mean b)² − 1) with b = prediction − label + 1, over all rows.

    Raises
    ------
    MetricFailure
        If every row is a false negative: all benefits are then 0.

    Examples
    --------
    >>> d, a = Confusion(1, 0, 49, 0), Confusion(0, 0, 50, 0)
    >>> round(generalized_entropy(Comparison(d, a)), 9)
    49.5
    """
    rows = of.whole
    right = rows.tp + rows.tn
    mean = (right + 2 * rows.fp) / rows.n
    if mean == 0:
        msg = "Generalized entropy is not defined: every row is a false negative"
        raise MetricFailure(msg)
    return ((right + 4 * rows.fp) / rows.n / mean**2 - 1) / 2


def _a_minus_d(rate: Rate) -> Callable[[Comparison], float]:
    return lambda of: subtract(rate(of.a), rate(of.d))


def _d_minus_a(rate: Rate) -> Callable[[Comparison], float]:
    return lambda of: subtract(rate(of.d), rate(of.a))


POST_TRAINING: dict[str, Callable[[Comparison], float]] = {
    "AD": _a_minus_d(accuracy),
    "CDDPL": disparity_in_predictions,
    "DAR": _a_minus_d(acceptance_rate),
    "DCA": _a_minus_d(conditional_acceptance),
    "DCR": _d_minus_a(conditional_rejection),
    "DI": disparate_impact,
    "DPPL": _a_minus_d(predicted_rate),
    "DRR": _d_minus_a(rejection_rate),
    "FT": flip_test,
    "GE": generalized_entropy,
    "RD": _a_minus_d(recall),
    "SD": _d_minus_a(specificity),
    "TE": _d_minus_a(false_negatives_per_false_positive),
}
