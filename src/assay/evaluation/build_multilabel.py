"""Tables of rows with many labels in, the numbers that rules and charts look at out."""

import numpy as np
from numpy.typing import NDArray

from assay.evaluation.curves import Curves
from assay.evaluation.facts import Facts
from assay.evaluation.inputs import Inputs
from assay.evaluation.result import MetricResult
from assay.metrics.scores.ece import calibration_error
from assay.tables.cube import Cube, Level
from assay.tables.curves import ErrorPairs
from assay.tables.moments import Moments


def label_facts(
    inputs: Inputs, metrics: tuple[MetricResult, ...], *, for_rules: bool = True
) -> Facts:
    """Return the numbers that advice and rules look at.

    Parameters
    ----------
    inputs : Inputs
    metrics : tuple of MetricResult
    for_rules : bool
        Whether the tests of calibration, which only rules need, are made.

    Returns
    -------
    Facts
        Its `classes` are the labels, of which a row may have several or none.
    """
    cubes = inputs.label_cubes
    true = tuple(_rows(cube, name, "label") for name, cube in cubes.items())
    given: tuple[int, ...] = ()
    if inputs.answered:
        given = tuple(_rows(cube, name, "prediction") for name, cube in cubes.items())
    return Facts(
        task="multilabel",
        classes=inputs.classes,
        metrics=metrics,
        n=max((cube.n_rows for cube in cubes.values()), default=0),
        class_rows=true,
        class_shares=tuple(_share(cube, name) for name, cube in cubes.items()),
        given_rows=given,
        miscalibrated=_calibration_tests(inputs) if for_rules else {},
        threshold=inputs.plan.threshold,
        n_features=inputs.plan.n_features,
    )


def _calibration_tests(inputs: Inputs) -> dict[str, float]:
    """Return for each label the p value of the test that its scores are probabilities."""
    if not inputs.plan.as_probabilities:
        return {}
    level, seed = inputs.plan.level, inputs.plan.seed
    tests = {
        str(name): calibration_error(table, level=level, seed=seed).p_value
        for name, table in inputs.label_scores.items()
    }
    return {name: found for name, found in tests.items() if found is not None}


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


def _rows(cube: Cube, name: Level, key: str) -> int:
    return int(cube.n[_held(cube, name, key)].sum())


def _share(cube: Cube, name: Level) -> float:
    return float(cube.w[_held(cube, name, "label")].sum()) / cube.total if cube.total else 0.0


def _held(cube: Cube, name: Level, key: str) -> NDArray[np.bool_]:
    """Return which cells hold rows whose label, or answer, is the label of that name."""
    at = cube.keys.index(key)
    is_name = np.array([value == name for value in cube.levels[at]], dtype=np.bool_)
    return is_name[cube.codes[:, at]] if len(is_name) else np.zeros(0, dtype=np.bool_)
