"""Cohen's kappa: agreement beyond what the margins give by chance."""

import numpy as np

from assay.metrics.draws import CellDraws
from assay.metrics.margins import Floats, Margins
from assay.metrics.metric import Metric
from assay.metrics.smooth import smooth_estimate
from assay.result import Estimate
from assay.tables.cube import Cube


def cohen_kappa(cube: Cube, *, level: float = 0.95, draws: CellDraws | None = None) -> Estimate:
    """Agreement of label and prediction beyond that of independent answers.

    Parameters
    ----------
    cube : Cube
        Keys "label" and "prediction".
    level : float
        Coverage of the interval, in (0, 1).
    draws : CellDraws or None
        Redraws shared with other metrics; None makes them with seed 0.

    Returns
    -------
    Estimate
        In [-1, 1]; undefined when labels and predictions are all of one class.

    References
    ----------
    Cohen 1960, Educational and Psychological Measurement 20:37.

    Examples
    --------
    >>> both = (False, True)
    >>> cube = Cube.from_counts({"label": both, "prediction": both}, [[60, 10], [10, 20]])
    >>> round(cohen_kappa(cube).value, 4)
    0.5238
    """
    return smooth_estimate(
        cube,
        cohen_kappa_of,
        undefined="labels and predictions are all of one class: they agree by chance alone",
        draws=draws,
        level=level,
        bounds=(-1.0, 1.0),
    )


def cohen_kappa_of(margins: Margins) -> Floats:
    """Return the statistic for margins of shape (..., k); NaN where it is undefined."""
    total = margins.total
    observed = margins.right.sum(axis=-1) / total
    expected = (margins.actual * margins.predicted).sum(axis=-1) / total**2
    left = 1 - expected
    return np.where(left > 1e-12, (observed - expected) / np.maximum(left, 1e-12), np.nan)


METRIC = Metric(
    name="cohen_kappa",
    title="Cohen's kappa",
    acronym="κ",
    tasks=("binary", "multiclass"),
    needs="cube",
    function=cohen_kappa,
    lower_bound=-1.0,
    help=(
        "Agreement beyond what the shares of the classes give by chance: 0 chance, 1 full.",
        "With one common class it is low even where nearly all rows agree.",
        "MCC, or recall and precision of each class.",
    ),
)
