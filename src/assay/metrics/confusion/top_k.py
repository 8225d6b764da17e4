"""Top-k accuracy: how often the true class is among the k best scored."""

from collections.abc import Callable
from functools import partial

import numpy as np

from assay.metrics.metric import Metric
from assay.metrics.rates import cell_rate, rate_estimate, single_key_cells
from assay.result import Estimate
from assay.tables.cube import Cube

USUAL = (3, 5)
LEAST_CLASSES = 6
PREFIX = "top_"


def top_k_accuracy(ranks: Cube, *, k: int, level: float = 0.95) -> Estimate:
    """Share of rows whose true class has one of the k highest scores.

    The rank of the true class counts the classes that score at least as high: where scores tie at
    the edge the row counts as missed. That does not depend on the order of the classes;
    scikit-learn's ``top_k_accuracy_score`` lets the later class win a tie.

    Parameters
    ----------
    ranks : Cube
        Key "rank": how many classes score at least as high as the true one, itself included.
    k : int
        From 1.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        In [0, 1] with Wilson's interval; undefined without rows.

    Examples
    --------
    >>> top_k_accuracy(Cube.from_counts({"rank": (1, 2, 3)}, [60, 30, 10]), k=2).value
    0.9
    """
    cells = single_key_cells(ranks)
    rank = np.array([float(value) for value in cells.classes])[cells.actual]  # type: ignore[arg-type]
    rate = cell_rate(cells, rank <= k, np.ones_like(cells.w), level=level)
    if rate is None:
        return Estimate.undefined("the table has no rows", level=level)
    return rate_estimate(rate, level=level)


def top_k_metric(k: int) -> Metric:
    """Return the entry of the catalogue for one k."""
    function: Callable[..., Estimate] = partial(top_k_accuracy, k=k)
    function.__doc__ = top_k_accuracy.__doc__
    return Metric(
        name=f"{PREFIX}{k}",
        title=f"Top-{k} accuracy",
        tasks=("multiclass",),
        needs="ranks",
        function=function,
        help=(
            f"How often the true class is among the {k} that score highest.",
            "With few classes it is high for any model; common classes alone can make it so.",
            "The same share for the most common classes beside it; accuracy; macro F1.",
        ),
    )


def top_k_named(name: str) -> Metric | None:
    """Return the metric that a name such as "top_2" asks for; None for other names.

    Examples
    --------
    >>> top_k_named("top_2").title
    'Top-2 accuracy'
    >>> top_k_named("top_0") is None
    True
    """
    digits = name.lower().removeprefix(PREFIX)
    if not name.lower().startswith(PREFIX) or not digits.isdecimal() or int(digits) < 1:
        return None
    return top_k_metric(int(digits))


METRICS = tuple(top_k_metric(k) for k in USUAL)
