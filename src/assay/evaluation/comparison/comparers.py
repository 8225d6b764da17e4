"""The name of a metric in, how two candidates are compared by it out."""

from collections.abc import Callable, Mapping

from assay.errors import InputError
from assay.evaluation.comparison import (
    calibration,
    labels,
    many_labels,
    mean_loss,
    medians,
    numbers,
    ranks,
)
from assay.evaluation.comparison.accuracy import accuracy_difference
from assay.evaluation.comparison.paired import Pair, Paired
from assay.evaluation.comparison.queries import by_query
from assay.metrics.catalogue import find_metric
from assay.metrics.metric import Metric, Task

Comparer = Callable[[Pair], Paired]
_CLASSES = {"accuracy": accuracy_difference, **mean_loss.OF_CLASSES}
COMPARERS: Mapping[str, Mapping[str, Comparer]] = {
    "binary": {**_CLASSES, **labels.OF_TWO, **ranks.OF_TWO, **calibration.COMPARERS},
    "multiclass": {**_CLASSES, **labels.OF_SEVERAL, **ranks.OF_SEVERAL},
    "multilabel": many_labels.COMPARERS,
    "regression": {**numbers.COMPARERS, **medians.COMPARERS},
}


def find_comparer(name: str, task: Task) -> tuple[Metric, Comparer]:
    """Return a metric of the catalogue and how to compare by it.

    Parameters
    ----------
    name : str
        Name or acronym.
    task : str
        A forecast is compared by the metrics of a regression, a ranking by any of its own.

    Raises
    ------
    InputError
        If there is no such metric, or two candidates are not compared by it.

    Examples
    --------
    >>> find_comparer("ACC", "binary")[0].name
    'accuracy'
    """
    task = "regression" if task == "forecasting" else task
    metric = find_metric(name, task=task)
    if task == "ranking":
        return metric, by_query(metric.name)
    known = COMPARERS[task]
    if metric.name not in known:
        msg = f"candidates are not compared by {metric.name}; compare by: {', '.join(known)}"
        raise InputError(msg)
    return metric, known[metric.name]
