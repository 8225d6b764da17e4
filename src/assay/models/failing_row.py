"""Find the row on which a model fails, by halving the batch."""

from collections.abc import Callable

from assay.errors import ModelError
from assay.models.predictor import ServiceError


def find_failing_row(
    predict: Callable[[int, int], object], n_rows: int
) -> tuple[int, ModelError] | None:
    """Return the first failing row of a batch that fails, with its error.

    Parameters
    ----------
    predict : callable
        (start, stop) -> anything; raises ModelError when the model fails on these rows.
    n_rows : int
        Rows of the batch.

    Returns
    -------
    (int, ModelError) or None
        Zero-based row and its error; None when no row fails alone: then the batch as a whole
        is the trouble.

    Raises
    ------
    ServiceError
        If what answers for the model fails meanwhile, whatever the rows are.

    Examples
    --------
    >>> def predict(start, stop):
    ...     if start <= 5 < stop:
    ...         raise ModelError("bad value")
    >>> find_failing_row(predict, 100)
    (5, ModelError('bad value'))
    """
    start, stop = 0, n_rows
    while stop - start > 1:
        middle = (start + stop) // 2
        if _failure(predict, start, middle) is None:
            start = middle
        else:
            stop = middle
    error = _failure(predict, start, stop)
    return None if error is None else (start, error)


def _failure(predict: Callable[[int, int], object], start: int, stop: int) -> ModelError | None:
    try:
        predict(start, stop)
    except ServiceError:
        raise
    except ModelError as error:
        return error
    return None
