"""How far the mean score of a background lies from that of the rows it stands for."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assay.explainability.background import Background, summarize_background
from assay.explainability.scores import Scores

REFERENCE_ROWS = 1000


@dataclass(frozen=True)
class BackgroundError:
    """A background's mean score against that of up to 1,000 rows it stands for.

    Parameters
    ----------
    share : float
        The absolute difference as a share of the range of the scores, the largest over outputs.
    standard_error : float
        Of that share, because the rows are a sample; 0 where all were asked about.
    n_rows : int
        Rows that it was compared with.
    """

    share: float
    standard_error: float
    n_rows: int


def measure_background(
    background: Background,
    rows: Any,  # noqa: ANN401  the model's container
    scores: Scores,
    *,
    weights: ArrayLike | None = None,
    seed: int = 0,
) -> BackgroundError | None:
    """Compare a background's mean score with that of the rows that it stands for.

    Parameters
    ----------
    background : Background
        What `summarize_background` made of `rows`.
    rows : pandas or Polars frame, or ndarray
    scores : Scores
        With "mean_then_logit" the probabilities are compared.
    weights : array or None, shape (n_rows,)
        As the background was made with.
    seed : int
        Of the sample.

    Returns
    -------
    BackgroundError or None
        None where nothing was left out.

    Raises
    ------
    ModelError
        If the model fails.

    Examples
    --------
    >>> rows = np.linspace(0.0, 1.0, 101)[:, None]
    >>> made = summarize_background(rows, "median")
    >>> found = measure_background(made, rows, Scores(lambda some: some[:, 0] ** 2, ("p",)))
    >>> round(found.share, 6)
    0.085
    """
    if background.is_whole:
        return None
    sample = summarize_background(rows, "sample", n=REFERENCE_ROWS, weights=weights, seed=seed)
    reference = scores(sample.rows, len(sample))
    own = scores(background.rows, len(background))
    mean = sample.weights @ reference
    both = np.concatenate([reference, own])
    span = both.max(axis=0) - both.min(axis=0)
    off = _share(np.abs(background.weights @ own - mean), span)
    variance = ((sample.weights[:, None] * (reference - mean)) ** 2).sum(axis=0)
    left_out = max(0.0, 1 - len(sample) / background.n_from)
    errors = _share(np.sqrt(variance * left_out), span)
    worst = int(np.argmax(off))
    return BackgroundError(float(off[worst]), float(errors[worst]), len(sample))


def _share(part: NDArray[np.float64], span: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(part, span, out=np.zeros_like(part), where=span > 0)
