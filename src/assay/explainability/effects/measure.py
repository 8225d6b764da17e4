"""A model, rows and a column in; what the column does to the scores out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypedDict, Unpack, overload

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.explainability.asking import predictor_of, scores_of
from assay.explainability.counting import check_count
from assay.explainability.effects.accumulated import (
    accumulate,
    steps_of_levels,
    steps_of_numbers,
)
from assay.explainability.effects.axis import (
    MAX_LEVELS,
    RESOLUTION,
    Axis,
    make_axis,
)
from assay.explainability.effects.correlated import STRONG, Companion, closest_column
from assay.explainability.effects.dependence import Dependence
from assay.explainability.effects.heterogeneity import (
    Heterogeneity,
    group_rows,
    measure_heterogeneity,
)
from assay.explainability.effects.joint import joint_means
from assay.explainability.effects.joint_dependence import JointDependence
from assay.explainability.effects.notes import notes_of, notes_of_pair
from assay.explainability.effects.partial import (
    PartialMeans,
    centred,
    effective_rows,
    partial_means,
)
from assay.explainability.effects.reading import Reading, numbers_of, read_column
from assay.explainability.effects.sampling import check_weights, draw_rows
from assay.explainability.effects.step_axes import COMPARED_ROWS, levels_in_order, step_ends
from assay.explainability.effects.table import EffectTable
from assay.explainability.effects.telling import frozen, placed
from assay.explainability.rows import rows_for
from assay.explainability.scores import Scores
from assay.models.predictor import ClassLabel

Floats = NDArray[np.float64]
Index = NDArray[np.intp]
Kind = Literal["pdp", "ale", "auto"]
ROWS = 1000
CURVES = 100
PAIR_RESOLUTION = 12


@dataclass(frozen=True, eq=False)
class _Asked:
    """What one measurement works with, checked."""

    scores: Scores
    table: EffectTable
    weights: Floats
    rows: int | None
    n_curves: int
    centre: bool
    level: float
    seed: int
    progress: Callable[[int], None] | None

    def rng(self) -> np.random.Generator:
        return np.random.default_rng(self.seed)


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
    feature: tuple[str | int, str | int],
    **options: Unpack[Options],
) -> JointDependence: ...
def measure_dependence(
    model: Any,
    X: Any,
    feature: str | int | tuple[str | int, str | int],
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
    _check(kind, feature, rows, level, centre=centre)
    check_count("ice", None if isinstance(ice, bool) else ice, 0)
    check_count("seed", seed, 0)
    check_count("max_levels", max_levels)
    if scale not in (None, "number", "category"):
        msg = f"unknown scale {scale!r}; choose one of: number, category"
        raise InputError(msg)
    model = predictor_of(model)
    X = rows_for(model, X)
    table = EffectTable.of(X)
    places = [
        table.place(each) for each in (feature if isinstance(feature, tuple) else (feature,))
    ]
    checked = check_weights(weights, len(table))
    readings = [read_column(table, place, scale=scale) for place in places]
    for reading in readings:
        if reading.reason is not None:
            return _without(readings, kind, f"{reading.feature!r}: {reading.reason}")
    scores = one_by_one(scores_of(model, X, output=output, positive=positive))
    n_curves = CURVES if ice is True else int(ice)
    asked = _Asked(scores, table, checked, rows, n_curves, centre, level, seed, progress)
    told: dict[str, Any] = {"grid": grid, "resolution": resolution, "max_levels": max_levels}
    told["missing"] = missing
    if len(places) == 2:
        return _joint(asked, places, readings, **told)
    companion, others = _compare(asked, places[0], readings[0], scale)
    if kind == "ale" or (kind == "auto" and companion and abs(companion.value) >= STRONG):
        return _accumulated(asked, places[0], readings[0], others, companion, **told)
    return _partial(asked, places[0], readings[0], others, companion, **told)


def one_by_one(scores: Scores) -> Scores:
    """Return scores whose logit is taken of each prediction: curves of rows need their own."""
    if scores.link == "mean_then_logit":
        return replace(scores, link="logit_then_mean")
    return scores


def _check(kind: str, feature: object, rows: int | None, level: float, *, centre: bool) -> None:
    if kind not in ("pdp", "ale", "auto"):
        msg = f"unknown kind {kind!r}; choose one of: pdp, ale, auto"
        raise InputError(msg)
    pair = isinstance(feature, tuple)
    if pair and len(feature) != 2:
        msg = f"{len(feature)} columns were named; give one, or a pair"
        raise InputError(msg)
    if pair and feature[0] == feature[1]:
        msg = f"the pair names the column {feature[0]!r} twice; give two columns"
        raise InputError(msg)
    if pair and kind == "ale":
        msg = "accumulated local effects are measured of one column; give kind='pdp' for a pair"
        raise InputError(msg)
    if kind == "ale" and centre:
        msg = "accumulated local effects are centred over the rows; leave centre out"
        raise InputError(msg)
    check_count("rows", rows)
    if not 0 < level < 1:
        msg = f"level={level} is no coverage; give a number between 0 and 1, for example 0.95"
        raise InputError(msg)


def _without(readings: Sequence[Reading], kind: str, reason: str) -> Dependence | JointDependence:
    known = "ale" if kind == "ale" else "pdp"
    if len(readings) == 2:
        return JointDependence.without((readings[0].feature, readings[1].feature), reason)
    return Dependence.without(readings[0].feature, known, reason.split(": ", 1)[1])


def _compare(
    asked: _Asked, place: int, reading: Reading, scale: str | None
) -> tuple[Companion | None, list[Reading]]:
    """Return the closest other column, and all others as read, over up to 5,000 rows."""
    others = [
        read_column(asked.table, other)
        for other in range(len(asked.table.columns))
        if other != place
    ]
    some = np.unique(np.linspace(0, len(asked.table) - 1, COMPARED_ROWS).astype(np.intp))
    few = [each.at(some) for each in others]
    return closest_column(reading.at(some), few), others


def _partial(
    asked: _Asked,
    place: int,
    reading: Reading,
    others: Sequence[Reading],
    companion: Companion | None,
    **told: Any,  # noqa: ANN401
) -> Dependence:
    axis = make_axis(reading, asked.weights, **told)
    index = draw_rows(reading, asked.weights, asked.rows, asked.rng())
    weights = asked.weights[index]
    means = partial_means(
        asked.scores,
        asked.table,
        place,
        axis,
        index,
        weights,
        centre=asked.centre,
        progress=asked.progress,
    )
    found = _heterogeneity(means, axis, asked, others)
    kept = np.unique(np.linspace(0, len(means.rows) - 1, asked.n_curves).astype(np.intp))
    made = Dependence(
        feature=reading.feature,
        kind="pdp",
        values=frozen(means.values),
        standard_errors=None if means.standard_errors is None else frozen(means.standard_errors),
        ice=frozen(means.curves[kept]) if asked.n_curves else None,
        ice_rows=tuple(means.rows[kept].tolist()) if asked.n_curves else (),
        heterogeneity=found,
        counts=tuple(axis.counts.tolist()),
        centred=asked.centre,
        **_common(asked, axis, weights),
    )
    return replace(made, notes=notes_of(made, companion))


def _heterogeneity(
    means: PartialMeans, axis: Axis, asked: _Asked, others: Sequence[Reading]
) -> tuple[Heterogeneity, ...]:
    if len(axis) - axis.has_missing < 2 or len(means.rows) < 2:
        return ()
    n_told = len(axis) - axis.has_missing
    curves, shape = means.curves[:, :n_told], centred(means.curves, axis)[:, :n_told]
    groups = group_rows(others, means.rows)
    weights = asked.weights[means.rows]
    return tuple(
        measure_heterogeneity(curves[:, :, place], shape[:, :, place], weights, groups)
        for place in range(shape.shape[2])
    )


def _accumulated(
    asked: _Asked,
    place: int,
    reading: Reading,
    others: Sequence[Reading],
    companion: Companion | None,
    *,
    grid: str | Sequence[object],
    resolution: int | None,
    max_levels: int | None,
    missing: bool,
) -> Dependence:
    n = resolution or RESOLUTION["quantile"]
    weights = np.where(reading.missing(), 0.0, asked.weights)
    rows = None if asked.rows is None else asked.rows * max(n // 2, 1)
    if reading.scale == "category":
        axis = levels_in_order(reading, others, asked.weights, grid=grid, max_levels=max_levels)
        weights = np.where(axis.row_codes < 0, 0.0, weights)
    else:
        weights = np.where(np.isfinite(numbers_of(reading)), weights, 0.0)
        edges = step_ends(reading, weights, grid, n)
        axis = make_axis(reading, asked.weights, grid=edges, missing=False)
    index = draw_rows(reading, weights, rows, asked.rng())
    w = weights[index]
    if reading.scale == "category":
        steps = steps_of_levels(axis.row_codes[index].astype(np.intp), len(axis), w)
    else:
        steps = steps_of_numbers(numbers_of(reading)[index], axis.positions, w)
    found = accumulate(
        asked.scores, asked.table, place, axis, index, w, steps, progress=asked.progress
    )
    made = Dependence(
        feature=reading.feature,
        kind="ale",
        values=frozen(found.values),
        standard_errors=None if found.standard_errors is None else frozen(found.standard_errors),
        counts=tuple(found.counts.tolist()),
        **_common(asked, axis, w),
    )
    return replace(made, notes=notes_of(made, companion))


def _joint(
    asked: _Asked,
    places: Sequence[int],
    readings: Sequence[Reading],
    *,
    grid: str | Sequence[object],
    resolution: int | None,
    max_levels: int | None,
    missing: bool,
) -> JointDependence:
    n = resolution or PAIR_RESOLUTION
    axes = [
        make_axis(
            reading,
            asked.weights,
            grid=grid,
            resolution=n,
            max_levels=max_levels,
            missing=missing,
        )
        for reading in readings
    ]
    index = draw_rows(readings[0], asked.weights, asked.rows, asked.rng())
    means = joint_means(
        asked.scores,
        asked.table,
        places,
        axes,
        index,
        asked.weights[index],
        level=asked.level,
        progress=asked.progress,
    )
    made = JointDependence(
        features=(axes[0].feature, axes[1].feature),
        grids=(axes[0].values, axes[1].values),
        values=frozen(means.values),
        interaction=frozen(means.interaction),
        counts=count_cells(*axes),
        h_squared=means.h_squared,
        interaction_sd=means.interaction_sd,
        joint_sd=means.joint_sd,
        score_sd=means.score_sd,
        outputs=asked.scores.outputs,
        output=asked.scores.output,
        n_rows=len(index),
        n_table_rows=len(asked.table),
        level=asked.level,
        seed=asked.seed,
    )
    return replace(made, notes=notes_of_pair(made))


def count_cells(first: Axis, second: Axis) -> tuple[tuple[int, ...], ...]:
    """Return the rows nearest to each pair of values, shape (n_first, n_second)."""
    both = (first.row_codes >= 0) & (second.row_codes >= 0)
    code = first.row_codes[both] * len(second) + second.row_codes[both]
    counts = np.bincount(code, minlength=len(first) * len(second))
    return tuple(map(tuple, counts.reshape(len(first), len(second)).tolist()))


def _common(asked: _Asked, axis: Axis, weights: Floats) -> dict[str, Any]:
    return {
        "grid": axis.values,
        "positions": placed(axis),
        "outputs": asked.scores.outputs,
        "output": asked.scores.output,
        "scale": axis.scale,
        "shares": tuple(axis.shares.tolist()),
        "outside": tuple(axis.outside.tolist()),
        "density": axis.density,
        "rule": axis.rule,
        "n_rows": len(weights),
        "n_table_rows": len(asked.table),
        "n_effective": effective_rows(weights),
        "n_left_out": axis.n_left_out,
        "level": asked.level,
        "seed": asked.seed,
    }
