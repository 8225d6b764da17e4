"""A model, rows and a column in; what the column does to the scores out."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Literal, TypedDict, Unpack, overload

import numpy as np
from numpy.typing import NDArray

from assay.explainability.asking import predictor_of, scores_of
from assay.explainability.counting import check_count
from assay.explainability.effects.asked import Asked, check_asked
from assay.explainability.effects.axis import MAX_LEVELS
from assay.explainability.effects.correlated import STRONG
from assay.explainability.effects.dependence import Dependence
from assay.explainability.effects.joint_dependence import JointDependence
from assay.explainability.effects.one_column import (
    accumulated_effects,
    compare_columns,
    partial_dependence,
)
from assay.explainability.effects.reading import Reading, read_column
from assay.explainability.effects.sampling import check_weights
from assay.explainability.effects.table import EffectTable
from assay.explainability.effects.two_columns import joint_dependence
from assay.explainability.rows import rows_for, weights_of
from assay.explainability.scores import Scores
from assay.models.predictor import ClassLabel

Floats = NDArray[np.float64]
Kind = Literal["pdp", "ale", "auto"]
ROWS = 1000
CURVES = 100


class Options(TypedDict, total=False):
    """What can be said beside the model, the rows and the column; see `measure_dependence`."""

    kind: Kind
    grid: str | Sequence[object]
    resolution: int | None
    output: str | None
    weights: Sequence[float] | Floats | None
    rows: int | None
    ice: bool | int
    centre: bool
    level: float
    seed: int
    max_levels: int | None
    missing: bool
    scale: Literal["number", "category"] | None
    positive: ClassLabel | None
    progress: Callable[[int], None] | None


@overload
def measure_dependence(
    model: Any,  # noqa: ANN401
    X: Any,  # noqa: ANN401
    feature: str | int,
    **options: Unpack[Options],
) -> Dependence: ...
@overload
def measure_dependence(
    model: Any,  # noqa: ANN401
    X: Any,  # noqa: ANN401
    feature: tuple[str | int, str | int] | list[str | int],
    **options: Unpack[Options],
) -> JointDependence: ...
def measure_dependence(
    model: Any,
    X: Any,
    feature: str | int | tuple[str | int, str | int] | list[str | int],
    *,
    kind: Kind = "pdp",
    grid: str | Sequence[object] = "quantile",
    resolution: int | None = None,
    output: str | None = None,
    weights: Sequence[float] | Floats | None = None,
    rows: int | None = ROWS,
    ice: bool | int = True,
    centre: bool = False,
    level: float = 0.95,
    seed: int = 0,
    max_levels: int | None = MAX_LEVELS,
    missing: bool = True,
    scale: Literal["number", "category"] | None = None,
    positive: ClassLabel | None = None,
    progress: Callable[[int], None] | None = None,
) -> Dependence | JointDependence:
    """Measure what a column, or a pair of columns, does to the scores of a model.

    Parameters
    ----------
    model : object
        A fitted estimator, booster, network or Predictor; a function from rows to scores; or
        `Scores`.
    X : Dataset, pandas or Polars frame, or ndarray
        Rows as the model is given them. The rows that the model is asked about have the same
        columns, dtypes and categories.
    feature : str, int, or pair of them
        Columns by name or place.
    kind : {"pdp", "ale", "auto"}
        "pdp", partial dependence: the mean score with the column set to a value. "ale",
        accumulated local effects: for columns that go with others, which cannot be set freely.
        "auto": "ale" where the correlation (Spearman, or Cramér's V of categories) with another
        column is 0.5 or more. Pairs have "pdp" only.
    grid : {"quantile", "even", "buckets"} or sequence
        See `make_axis`; with "ale" the steps' ends: "quantile", else of equal width, or given.
    resolution : int or None
        Values of the grid: 20, with "buckets" 15, in a pair 12 each.
    output : {"raw", "probability", "log_odds"} or None
        None: the probability of a classifier, else what the model gives. With log-odds the
        logit of each prediction is averaged.
    weights : array-like or None, shape (n_rows,)
        None takes those of a Dataset.
    rows : int or None
        Rows asked about with "pdp", spread evenly over the ordered column; None takes all. With
        "ale" as many as cost the same number of predictions.
    ice : bool or int
        Whether to keep curves of single rows, and how many (100).
    centre : bool
        Give differences to the first grid value ("pdp").
    level : float
        Coverage of the intervals, in (0, 1).
    seed : int
        Of the choice of rows.
    max_levels : int or None
        The most frequent categories so many; the others are not evaluated.
    missing : bool
        Whether a missing value is one more value of the grid, where the column has any ("pdp").
    scale : {"number", "category"} or None
        "category" treats numbers as categories; None goes by the type.
    positive : bool, int, float, str or None
        The positive class of two; None takes the second.
    progress : callable or None
        Told how many predictions were made, batch by batch.

    Returns
    -------
    Dependence or JointDependence
        A column of text, of images, or without a value is an entry with a reason.

    Raises
    ------
    InputError
        If an option, the grid or the table cannot be used.
    ColumnNotFoundError
        If there is no such column.
    ModelError
        If the model fails, or a score is not finite.

    Examples
    --------
    >>> rows = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 5.0]])
    >>> effect = measure_dependence(lambda x: 3 * x[:, 0] + x[:, 1], rows, "x0")
    >>> effect.grid, effect.values[:, 0].tolist()
    ((0.0, 1.0, 2.0), [2.0, 5.0, 8.0])
    >>> effect.standard_errors[:, 0].tolist()
    [0.0, 0.0, 0.0]
    """
    named = tuple(feature) if isinstance(feature, list | tuple) else (feature,)
    check_asked(kind, named[0] if len(named) == 1 else named, scale, rows, level, centre=centre)
    check_count("ice", None if isinstance(ice, bool) else ice, 0)
    check_count("seed", seed, 0)
    check_count("max_levels", max_levels)
    check_count("resolution", resolution)
    model = predictor_of(model)
    weights = weights_of(X) if weights is None else weights
    X = rows_for(model, X)
    table = EffectTable.of(X)
    places = [table.place(each) for each in named]
    checked = check_weights(weights, len(table))
    readings = [read_column(table, place, scale=scale) for place in places]
    for reading in readings:
        if reading.reason is not None:
            return _without(readings, kind, reading.feature, reading.reason)
    asked = Asked(
        scores=one_by_one(scores_of(model, X, output=output, positive=positive)),
        table=table,
        weights=checked,
        grid=grid,
        resolution=resolution,
        max_levels=max_levels,
        missing=missing,
        rows=rows,
        n_curves=CURVES if ice is True else int(ice),
        centre=centre,
        level=level,
        seed=seed,
        progress=progress,
    )
    if len(places) == 2:
        return joint_dependence(asked, places, readings)
    companion, others = compare_columns(asked, places[0], readings[0])
    if kind == "ale" or (kind == "auto" and companion and abs(companion.value) >= STRONG):
        return accumulated_effects(asked, places[0], readings[0], others, companion)
    return partial_dependence(asked, places[0], readings[0], others, companion)


def one_by_one(scores: Scores) -> Scores:
    """Return scores whose logit is taken of each prediction: curves of rows need their own."""
    if scores.link == "mean_then_logit":
        return replace(scores, link="logit_then_mean")
    return scores


def _without(
    readings: Sequence[Reading], kind: str, feature: str, reason: str
) -> Dependence | JointDependence:
    """Return the entry of columns of which one has no effect to measure."""
    if len(readings) == 2:
        names = readings[0].feature, readings[1].feature
        return JointDependence.without(names, f"{feature!r}: {reason}")
    return Dependence.without(feature, "ale" if kind == "ale" else "pdp", reason)
