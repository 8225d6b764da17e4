"""Subset accuracy: how often all labels of a row are right."""

from assay.metrics.confusion.accuracy import accuracy
from assay.metrics.metric import Metric
from assay.result import Estimate
from assay.tables.cube import Cube


def subset_accuracy(cube: Cube, *, level: float = 0.95) -> Estimate:
    """Share of the rows that are given exactly their labels.

    Parameters
    ----------
    cube : Cube
        Keys "label", True for every row, and "prediction", whether all labels of a row are right.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        In [0, 1] with Wilson's interval; undefined without rows.

    Examples
    --------
    >>> import numpy as np
    >>> from assay.metrics.multilabel.from_rows import exact_cube
    >>> truth = np.array([[True, False], [True, True]])
    >>> subset_accuracy(exact_cube(truth, np.array([[True, False], [True, False]]))).value
    0.5
    """
    return accuracy(cube, level=level)


METRIC = Metric(
    name="subset_accuracy",
    title="Subset accuracy",
    acronym="exact match",
    tasks=("multilabel",),
    needs="label_matches",
    function=subset_accuracy,
    help=(
        "The share of rows that are given exactly their labels, no more and no fewer.",
        "One wrong label out of many counts as much as all of them wrong.",
        "Jaccard and Hamming loss, which count parts; the table by label.",
    ),
)
