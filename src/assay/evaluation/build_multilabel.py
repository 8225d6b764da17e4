"""Tables of rows with many labels in, the numbers that rules and charts look at out."""

import numpy as np

from assay.evaluation.curves import Curves
from assay.evaluation.facts import Facts
from assay.evaluation.inputs import Inputs
from assay.evaluation.result import MetricResult
from assay.metrics.cells import confusion_cells
from assay.tables.cube import Cube
from assay.tables.curves import ErrorPairs
from assay.tables.moments import Moments


def label_facts(inputs: Inputs, metrics: tuple[MetricResult, ...]) -> Facts:
    """Return the numbers that advice and rules look at.

    Parameters
    ----------
    inputs : Inputs
    metrics : tuple of MetricResult

    Returns
    -------
    Facts
        Its `classes` are the labels, of which a row may have several or none.
    """
    cubes = list(inputs.label_cubes.values())
    true = tuple(_rows(cube, "label") for cube in cubes)
    return Facts(
        task="multilabel",
        classes=inputs.classes,
        metrics=metrics,
        n=cubes[0].n_rows if cubes else 0,
        class_rows=true,
        class_shares=tuple(_share(cube) for cube in cubes),
        given_rows=tuple(_rows(cube, "prediction") for cube in cubes) if inputs.answered else (),
        threshold=inputs.plan.threshold,
        n_features=inputs.plan.n_features,
    )


def label_curves(inputs: Inputs) -> Curves:
    """Return the points of the charts: which labels are wrong together.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    Curves
    """
    errors = inputs.moments("label_errors")
    return Curves(error_pairs=None if errors is None or not errors.n else error_pairs(errors))


def error_pairs(errors: Moments) -> ErrorPairs:
    """Return how often each pair of labels is wrong in the same row.

    Parameters
    ----------
    errors : Moments
        Of a quantity for each label: 1 where it is wrong, else 0.

    Returns
    -------
    ErrorPairs

    Examples
    --------
    >>> from assay.metrics.regression.from_rows import moments_of_rows
    >>> wrong = {"a": np.array([1.0, 1.0, 0.0, 0.0]), "b": np.array([1.0, 0.0, 0.0, 0.0])}
    >>> error_pairs(moments_of_rows(wrong)).share.tolist()
    [[0.5, 0.25], [0.25, 0.25]]
    """
    share = errors.s1[1:, 1:] / errors.total
    alone = np.diag(share)
    return ErrorPairs(errors.names, share, np.outer(alone, alone))


def _rows(cube: Cube, key: str) -> int:
    cells = confusion_cells(cube, (False, True))
    code = cells.actual if key == "label" else cells.predicted
    return int(cells.n[code == 1].sum())


def _share(cube: Cube) -> float:
    cells = confusion_cells(cube, (False, True))
    total = float(cells.w.sum())
    return float(cells.w[cells.actual == 1].sum()) / total if total else 0.0
