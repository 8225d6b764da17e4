"""Metrics that are a mean of what each row costs: the difference is a mean of differences."""

from collections.abc import Callable, Mapping

import numpy as np

from assay.errors import InputError
from assay.evaluation.comparison.paired import Pair, Paired, from_redraws
from assay.evaluation.judged import Answers, Floats, JudgedRows
from assay.evaluation.losses import row_losses

Term = Callable[[JudgedRows, Answers], Floats]


def by_mean(term: Term) -> Callable[[Pair], Paired]:
    """Return the comparison of a metric that is the weighted mean of a term of each row."""

    def compare(pair: Pair) -> Paired:
        terms = [term(pair.rows, each) for each in (pair.candidate, pair.baseline)]
        return mean_difference(pair, terms[0] - terms[1])

    return compare


def mean_difference(pair: Pair, difference: Floats) -> Paired:
    """Compare by the mean of a difference of each row, whole parts redrawn.

    Parameters
    ----------
    pair : Pair
    difference : ndarray of float, shape (n_rows,)
        Candidate minus baseline.

    Returns
    -------
    Paired

    Raises
    ------
    InputError
        If a difference is not finite.
    """
    odd = int(np.count_nonzero(~np.isfinite(difference)))
    if odd:
        msg = (
            f"{odd:,} rows have no finite loss for {pair.candidate.name!r} or "
            f"{pair.baseline.name!r}; correct their answers, or leave these rows out"
        )
        raise InputError(msg)
    found = pair.redraw([difference, np.ones(pair.rows.n)], _mean)
    return from_redraws(pair, found, undefined="no row has weight")


def _mean(totals: Floats) -> Floats:
    return totals[..., 0] / totals[..., 1]


def _loss(name: str) -> Callable[[Pair], Paired]:
    return by_mean(lambda rows, answers: row_losses(rows, answers, name))


OF_CLASSES: Mapping[str, Callable[[Pair], Paired]] = {
    "log_loss": _loss("log_loss"),
    "brier": _loss("brier"),
}
OF_NUMBERS: Mapping[str, Callable[[Pair], Paired]] = {
    "mae": _loss("absolute_error"),
    "mse": _loss("squared_error"),
}
