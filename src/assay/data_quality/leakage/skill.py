"""One column and the label in; how well the column alone tells the label, out."""

from dataclasses import dataclass
from math import atanh, sqrt, tanh

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.schema import Column
from assay.data.times import to_utc
from assay.data_quality.leakage.row_keys import trimmed
from assay.data_quality.leakage.truth import Truth
from assay.stats.special import normal_quantile

FOLDS = 3
DEPTH = 3
MIN_LEAF = 5
PRIOR_ROWS = 10.0
"""Rows of the overall share that each category's own share is mixed with."""
CHANCE = 0.01
"""Chance that any of the columns of a table is thought to be more skilful than it is."""
MISSING = -1
CATEGORICAL = ("categorical", "boolean", "ordinal", "id")
Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Skill:
    """Normalised skill: 0 knows nothing, 1 knows the label.

    Parameters
    ----------
    value : float
        2·AUC - 1, averaged over the classes against their others; for numbers R², at least 0.
    low : float
        What it is at least, for all columns of the table together.
    n : int
        Rows.
    """

    value: float
    low: float
    n: int


def column_skill(values: pl.Series, column: Column, truth: Truth, *, columns: int = 1) -> Skill:
    """Return how well one column alone predicts the label of rows that it was not fitted on.

    Numbers and times: a tree of depth 3 (deeper for more than eight classes) in which a missing
    value is a value of its own. Where labels are numbers, the square of Spearman's correlation
    too, since a tree of eight leaves misses a copy of a skewed label. Categories: the shares of
    the label within each, drawn towards the overall share. All but the correlation by
    cross-validation in three parts.

    Parameters
    ----------
    values : polars.Series
        Of the rows whose label is known.
    column : Column
    truth : Truth
        With no reason against it.
    columns : int
        Columns that are looked at: `low` holds for all of them.

    Returns
    -------
    Skill

    Examples
    --------
    >>> known = np.ones(90, dtype=bool)
    >>> y = np.arange(90) % 2 == 0
    >>> truth = Truth(known=known, codes=y.astype(int), indicators=y[:, None], names=("1",))
    >>> column = Column("x", "feature", "continuous", "float64")
    >>> column_skill(pl.Series(y * 2.0), column, truth).value
    1.0
    """
    codes = value_codes(values, column)
    if column.kind in CATEGORICAL and column.storage not in ("int64", "float64"):
        return _tell(_by_category(codes, truth), truth, columns=columns)
    ordered = codes if truth.numbers is not None else None
    return _tell(_by_tree(codes, truth), truth, columns=columns, ordered=ordered)


def indicator_skill(flags: NDArray[np.bool_], truth: Truth, *, columns: int = 1) -> Skill:
    """Return how well a mark of rows alone tells the label; in closed form, nothing is fitted."""
    if not flags.any() or flags.all():
        return Skill(0.0, 0.0, truth.n)
    quantile = normal_quantile(1 - CHANCE / columns)
    if truth.indicators is None:
        assert truth.numbers is not None
        value = float(np.corrcoef(flags, truth.numbers)[0, 1] ** 2)
        return Skill(value, _low_r2(value, truth.n, quantile), truth.n)
    positives = truth.indicators.sum(axis=0)
    inside = (truth.indicators & flags[:, None]).sum(axis=0)
    outside = flags.sum() - inside
    areas = 0.5 + np.abs(inside / positives - outside / (truth.n - positives)) / 2
    return _of_areas(areas, positives, truth.n, quantile)


def value_codes(values: pl.Series, column: Column) -> Codes:
    """Return the dense rank of each value, `MISSING` for none; text is trimmed first."""
    if column.storage == "time":
        frame = values.rename("at").to_frame()
        values = frame.select(to_utc(pl.col("at"), values.dtype)).to_series()
    elif values.dtype.is_float():
        values = values.fill_nan(None) + 0.0
    elif values.dtype in (pl.Categorical, pl.Enum):
        values = values.cast(pl.String)
    elif values.dtype == pl.Boolean:
        values = values.cast(pl.Int8)
    elif values.dtype == pl.Null or values.dtype.is_nested() or values.dtype == pl.Object:
        values = pl.Series([None if each is None else repr(each) for each in values.to_list()])
    ranked = trimmed(values).rank("dense")
    return (ranked.cast(pl.Int64) - 1).fill_null(MISSING).to_numpy()


def fold_codes(truth: Truth) -> Codes:
    """Return 0, 1 or 2 for each row: a seeded shuffle, of each label by itself for classes."""
    order = np.random.default_rng(0).permutation(truth.n)
    if truth.numbers is None:
        order = order[np.argsort(truth.codes[order], kind="stable")]
    folds = np.empty(truth.n, dtype=np.int64)
    folds[order] = np.arange(truth.n) % FOLDS
    return folds


def area_under_curve(positive: NDArray[np.bool_], score: Floats) -> float:
    """Return the chance that a positive scores above a negative; ties count half.

    Examples
    --------
    >>> area_under_curve(np.array([False, True, True]), np.array([0.1, 0.1, 0.9]))
    0.75
    """
    n_positive = int(positive.sum())
    n_negative = len(positive) - n_positive
    if not n_positive or not n_negative:
        return 0.5
    ranks = pl.Series(score).rank("average").to_numpy()
    above = ranks[positive].sum() - n_positive * (n_positive + 1) / 2
    return float(above / (n_positive * n_negative))


def area_error(area: float, n_positive: int, n_negative: int) -> float:
    """Return the standard error of an area under the ROC curve.

    References
    ----------
    Hanley and McNeil 1982, Radiology 143:29, doi:10.1148/radiology.143.1.7063747.

    Examples
    --------
    >>> round(area_error(0.8, 50, 50), 4)
    0.0445
    """
    area = max(area, 1 - area)
    first, second = area / (2 - area), 2 * area**2 / (1 + area)
    variance = area * (1 - area)
    variance += (n_positive - 1) * (first - area**2) + (n_negative - 1) * (second - area**2)
    return sqrt(max(variance, 0.0) / (n_positive * n_negative))


def _tell(predicted: Floats, truth: Truth, *, columns: int, ordered: Codes | None = None) -> Skill:
    """Return the skill of out-of-fold predictions, one column a class."""
    quantile = normal_quantile(1 - CHANCE / columns)
    if truth.indicators is None:
        assert truth.numbers is not None
        value = _r2(predicted[:, 0], truth.numbers)
        if ordered is not None:
            value = max(value, _rank_r2(ordered, truth.numbers))
        return Skill(value, _low_r2(value, truth.n, quantile), truth.n)
    folds = fold_codes(truth)
    areas = [
        np.mean(
            [
                area_under_curve(positive[folds == fold], score[folds == fold])
                for fold in range(FOLDS)
            ]
        )
        for positive, score in zip(truth.indicators.T, predicted.T, strict=True)
    ]
    return _of_areas(
        np.array(areas, dtype=np.float64), truth.indicators.sum(axis=0), truth.n, quantile
    )


def _of_areas(areas: Floats, positives: Codes, n: int, quantile: float) -> Skill:
    """Average over the classes; their errors are taken as if they went together."""
    errors = [
        area_error(float(area), int(rows), n - int(rows))
        for area, rows in zip(areas, positives, strict=True)
    ]
    value = float(2 * areas.mean() - 1)
    low = value - 2 * quantile * float(np.mean(errors))
    return Skill(max(value, 0.0), max(low, 0.0), n)


def _by_tree(codes: Codes, truth: Truth) -> Floats:
    """Return out-of-fold predictions of a small tree; trees keep ranks exactly, unlike dates."""
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    x = codes[:, None].astype(np.float32)
    folds = fold_codes(truth)
    depth = max(DEPTH, int(np.ceil(np.log2(len(truth.names) + 1))) + 1) if truth.names else DEPTH
    leaf = min(MIN_LEAF, max(1, truth.n // 50))
    if truth.numbers is not None:
        predicted = np.zeros((truth.n, 1))
        for fold in range(FOLDS):
            inside = folds != fold
            tree = DecisionTreeRegressor(max_depth=depth, min_samples_leaf=leaf, random_state=0)
            tree.fit(x[inside], truth.numbers[inside])
            predicted[~inside, 0] = tree.predict(x[~inside])
        return predicted
    assert truth.indicators is not None
    predicted = np.zeros(truth.indicators.shape)
    for fold in range(FOLDS):
        inside = folds != fold
        tree = DecisionTreeRegressor(max_depth=depth, min_samples_leaf=leaf, random_state=0)
        if truth.indicators.shape[1] == 1:
            classes = DecisionTreeClassifier(
                max_depth=depth, min_samples_leaf=leaf, random_state=0
            ).fit(x[inside], truth.indicators[inside, 0])
            predicted[~inside, 0] = np.asarray(classes.predict_proba(x[~inside]))[:, -1]
        else:  # one tree for the shares of all classes: the Gini index of both is the same
            tree.fit(x[inside], truth.indicators[inside].astype(np.float64))
            predicted[~inside] = tree.predict(x[~inside])
    return predicted


def _by_category(codes: Codes, truth: Truth) -> Floats:
    """Return each category's mean label in the other folds, drawn towards the overall mean."""
    target = truth.numbers[:, None] if truth.indicators is None else truth.indicators  # type: ignore[index]
    target = target.astype(np.float64)
    folds, places = fold_codes(truth), codes - MISSING
    n_values = int(places.max()) + 1
    predicted = np.zeros(target.shape)
    for fold in range(FOLDS):
        inside = folds != fold
        rows = np.bincount(places[inside], minlength=n_values)
        overall = target[inside].mean(axis=0)
        for k in range(target.shape[1]):
            sums = np.bincount(places[inside], weights=target[inside, k], minlength=n_values)
            means = (sums + PRIOR_ROWS * overall[k]) / (rows + PRIOR_ROWS)
            predicted[~inside, k] = means[places[~inside]]
    return predicted


def _r2(predicted: Floats, numbers: Floats) -> float:
    total = float(((numbers - numbers.mean()) ** 2).sum())
    return max(0.0, 1 - float(((numbers - predicted) ** 2).sum()) / total)


def _rank_r2(codes: Codes, numbers: Floats) -> float:
    """Return the square of Spearman's correlation, over the rows that have a value."""
    known = codes != MISSING
    if known.sum() < 3 * MIN_LEAF or np.ptp(codes[known]) == 0 or np.ptp(numbers[known]) == 0:
        return 0.0
    one, other = pl.Series(codes[known]).rank("average"), pl.Series(numbers[known]).rank("average")
    share = float(known.mean())
    return share * float(np.corrcoef(one.to_numpy(), other.to_numpy())[0, 1] ** 2)


def _low_r2(value: float, n: int, quantile: float) -> float:
    """Return the lower end of R², by Fisher's transform of its root."""
    if value >= 1:
        return 1.0
    return tanh(max(atanh(sqrt(max(value, 0.0))) - quantile / sqrt(max(n - 3, 1)), 0.0)) ** 2
