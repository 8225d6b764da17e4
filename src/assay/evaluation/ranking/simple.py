"""Rows to learn from and rows to order in; the scores of simple rankings out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
import polars as pl

from assay.evaluation.baselines.rows import LadderRows
from assay.evaluation.judged import Answers, Floats
from assay.evaluation.query_values import per_query
from assay.metrics.ranking.options import RankingOptions
from assay.metrics.ranking.queries import Codes
from assay.models.baseline.features import BoostingFeatures
from assay.models.baseline.problem import CannotFitError, Learned, Problem, Truth
from assay.models.baseline.tables import Part, Table

CHOICE_QUERIES = 2_000
"""The best single column is chosen on at most so many queries of the training rows."""
PRIOR_ROWS = 5.0
"""An item's mean relevance counts as if the mean of all had been seen so often beside it."""
GREATEST_GRADE = 30
MAX_BINS_LEVELS = 254


@dataclass(frozen=True)
class BestColumn:
    """The column that orders the training queries best by itself.

    Parameters
    ----------
    name : str
    sign : int
        -1 where small values are good.
    value : float
        Of the metric on the training rows.
    """

    name: str
    sign: int
    value: float

    @property
    def rule(self) -> str:
        """The order in words."""
        return f"by {self.name}, the {'greatest' if self.sign > 0 else 'smallest'} first"

    def scores(self, frame: pl.DataFrame) -> Floats:
        """Return the scores of rows; rows without a value come last."""
        found = self.sign * _numbers(frame[self.name])
        known = found[np.isfinite(found)]
        return np.where(np.isfinite(found), found, (known.min() if len(known) else 0.0) - 1)


def best_column(rows: LadderRows, metric: str, options: RankingOptions) -> BestColumn:
    """Choose the number column, and its direction, by the metric on the training queries.

    Raises
    ------
    CannotFitError
        If there is no column of numbers, or no query has a relevant document.
    """
    sample = _few_queries(rows)
    names = [
        name
        for name, kind in sample.frame.schema.items()
        if kind.is_numeric() or kind == pl.Boolean
    ]
    tried = [BestColumn(name, sign, 0.0) for name in names for sign in (1, -1)]
    found = [
        (float(np.nanmean(values)), each)
        for each in tried
        if np.isfinite(values := _judge(sample, each.scores(sample.frame), metric, options)).any()
    ]
    if not found:
        msg = "no column of numbers to order by" if not names else "nothing relevant to learn from"
        raise CannotFitError(msg)
    value, best = max(found, key=lambda pair: pair[0])
    return BestColumn(best.name, best.sign, value)


def _few_queries(rows: LadderRows) -> LadderRows:
    query = rows.truth.query
    assert query is not None
    names = np.unique(query)
    if len(names) <= CHOICE_QUERIES:
        return rows
    kept = names[np.linspace(0, len(names) - 1, CHOICE_QUERIES).round().astype(np.intp)]
    return rows.take(np.flatnonzero(np.isin(query, kept)))


def _judge(rows: LadderRows, scores: Floats, metric: str, options: RankingOptions) -> Floats:
    return per_query(rows.truth, Answers(name="", scores=scores), metric, options=options)


def _numbers(values: pl.Series) -> Floats:
    return values.cast(pl.Float64).fill_null(float("nan")).to_numpy()


def popularity_scores(learnt: pl.Series, relevance: Floats, asked: pl.Series) -> Floats:
    """Return the mean relevance of each item in other rows, drawn towards the mean of all.

    Parameters
    ----------
    learnt : polars.Series
        Items of the training rows.
    relevance : ndarray of float
        Of the same rows.
    asked : polars.Series
        Items to be scored; one that was not seen has the mean of all.

    Examples
    --------
    >>> items = pl.Series(["a", "a", "b"])
    >>> found = popularity_scores(items, np.array([1.0, 1.0, 0.0]), pl.Series(["b", "a", "c"]))
    >>> found.argsort().tolist()
    [0, 2, 1]
    """
    mean = float(relevance.mean())
    table = (
        pl.DataFrame({"item": learnt, "relevance": relevance})
        .group_by("item")
        .agg(score=(pl.col("relevance").sum() + PRIOR_ROWS * mean) / (pl.len() + PRIOR_ROWS))
    )
    wanted = pl.DataFrame({"item": asked}).with_row_index("row")
    joined = wanted.join(table, on="item", how="left", nulls_equal=True).sort("row")
    return joined["score"].fill_null(mean).to_numpy()


Learn = Callable[[Table, tuple[Part, ...], Truth, Floats | None, Problem], Learned]


def lambdarank(query: Codes, options: RankingOptions, cutoff: int) -> Learn:
    """Return what learns LightGBM's lambdarank on the rows of these queries.

    Parameters
    ----------
    query : ndarray of int, shape (n_rows,)
        Of the very rows that are fitted on.
    options : RankingOptions
        The gain is the one that is judged by.
    cutoff : int
        Places that count while it learns.
    """

    def learn(
        table: Table, parts: tuple[Part, ...], y: Truth, weight: Floats | None, problem: Problem
    ) -> Learned:
        del weight
        if find_spec("lightgbm") is None:
            msg = "LightGBM is not installed; pip install 'assay[lightgbm]'"
            raise CannotFitError(msg)
        grades = y.astype(np.float64)
        if (grades != grades.round()).any() or grades.max() > GREATEST_GRADE:
            msg = f"lambdarank needs relevance in whole numbers up to {GREATEST_GRADE}"
            raise CannotFitError(msg)
        order = np.argsort(query, kind="stable")
        features = BoostingFeatures(parts, problem)
        rows = np.asarray(features.fit_transform(table, y), dtype=np.float64)
        booster = _boost(
            rows[order], grades[order], query[order], features, options, cutoff, problem
        )
        return _Lambdarank(features, booster)

    return learn


def _boost(
    rows: Floats,
    grades: Floats,
    query: Codes,
    features: BoostingFeatures,
    options: RankingOptions,
    cutoff: int,
    problem: Problem,
) -> str:
    import lightgbm as lgb  # pyright: ignore[reportMissingTypeStubs]

    top = int(grades.max())
    gains = (
        list(range(top + 1)) if options.gain == "linear" else [2**g - 1 for g in range(top + 1)]
    )
    sizes = np.unique(query, return_counts=True)[1]
    data = lgb.Dataset(
        rows,
        label=grades,
        group=sizes,
        categorical_feature=_places(features.categorical),
        params={"verbosity": -1, "max_bin": MAX_BINS_LEVELS + 1},
    )
    settings = {
        "objective": "lambdarank",
        "label_gain": gains,
        "lambdarank_truncation_level": cutoff,
        "deterministic": True,
        "force_row_wise": True,
        "seed": problem.seed,
        "verbosity": -1,
    }
    return lgb.train(settings, data).model_to_string()


def _places(marked: Sequence[object]) -> list[int]:
    """Return the places of categorical columns, told as places or as marks."""
    told = list(marked)
    if told and isinstance(told[0], bool | np.bool_):
        return np.flatnonzero(np.asarray(told)).tolist()
    return [int(str(each)) for each in told]


@dataclass(frozen=True, eq=False)
class _Lambdarank:
    """A booster kept as text, with the preparation of its columns."""

    features: BoostingFeatures
    model: str
    notes: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()

    def numbers(self, table: Table) -> Floats:
        """Return a score for each row, shape (n_rows, 1)."""
        import lightgbm as lgb  # pyright: ignore[reportMissingTypeStubs]

        rows = np.asarray(self.features.transform(table), dtype=np.float64)
        found = lgb.Booster(model_str=self.model).predict(rows)
        return np.asarray(found, dtype=np.float64)[:, None]
