"""Rows of queries in, with or without a candidate's scores; the ladder of simple rankings out."""

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from assay.data.units import group_codes
from assay.evaluation.baselines.findings import ladder_findings
from assay.evaluation.baselines.fitting import (
    CAUTION,
    LEAST_ROWS,
    PILOT_CELLS,
    PILOT_ROWS,
    Budget,
    RungAnswers,
    run_rung,
)
from assay.evaluation.baselines.incumbents import read_incumbents
from assay.evaluation.baselines.ladder import LadderOptions
from assay.evaluation.baselines.result import LadderResult, Mode, NotRun, RungResult
from assay.evaluation.baselines.rows import LadderRows, Places, read_rows
from assay.evaluation.comparison.compare import comparison_of
from assay.evaluation.comparison.many import adjusted
from assay.evaluation.comparison.paired import Pair
from assay.evaluation.comparison.queries import values_difference
from assay.evaluation.comparison.result import Comparison
from assay.evaluation.judged import Answers, Floats, JudgedRows, read_answers
from assay.evaluation.plan import EvaluationPlan
from assay.evaluation.query_values import per_query, query_units
from assay.evaluation.ranking.simple import best_column, lambdarank, popularity_scores
from assay.evaluation.task import Target
from assay.metrics.ranking.estimate import query_mean
from assay.metrics.ranking.named import ranking_metric
from assay.metrics.ranking.options import RankingOptions
from assay.models.baseline.problem import CannotFitError, Problem
from assay.models.baseline.rungs import BOOSTING, RIDGE, FittedRung, Rung, fit_rung
from assay.result import Estimate
from assay.stats.multiple import bonferroni_level

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

METRIC = "ndcg@10"
BESIDE = ("map@10", "mrr")
FOLDS = 5
HOLD_OUT_ROWS = 2_000
LEAST_QUERIES = 2
MOST_ROWS = 200_000


@dataclass(frozen=True, eq=False)
class _Ranked:
    """One ranking and its numbers of each query."""

    shown: RungResult
    values: Floats


@dataclass(frozen=True, eq=False)
class _Course:
    pairs: tuple[tuple[Places, Places], ...]
    rows: LadderRows
    train: LadderRows | None
    mode: Mode
    how: str
    why_none: str = ""

    @property
    def judged(self) -> Places:
        """Places of the judged rows, pair after pair."""
        if not self.pairs:
            return np.arange(self.rows.n)
        return np.concatenate([second for _, second in self.pairs])


def ranking_ladder(
    data: "Dataset",
    target: Target,
    *,
    train: "Dataset | None" = None,
    plan: EvaluationPlan | None = None,
    name: str = "model",
    options: LadderOptions | None = None,
    ranking: RankingOptions | None = None,
) -> LadderResult:
    """Fit the ladder of simple rankings, judge it, and hold the candidate against it.

    ====  ==========================================================================
    rung  what
    ====  ==========================================================================
    0     random order, as expected over all orders; popularity: the mean relevance
          of each item in the training rows, where a column of items was named
    1     the best single column as the score, in its better direction
    2     ridge regression of the relevance, document by document
    3     gradient boosting likewise; LightGBM's lambdarank where it is installed
    ====  ==========================================================================

    Queries stay whole: one fifth of them is held out where no train rows and no candidate are
    given, below 2,000 rows each fifth in turn.

    Parameters
    ----------
    data : Dataset
        The judged rows, or all rows there are.
    target : Target
        Of the task ranking.
    train : Dataset or None
    plan : EvaluationPlan or None
        Of the candidate's scores for `data`; None where there is no candidate.
    name : str
        What the candidate is called.
    options : LadderOptions or None
    ranking : RankingOptions or None
        How a ranking is judged; None takes the plan's, else the defaults.

    Returns
    -------
    LadderResult
        Compared by NDCG@10 unless `options` name another metric.
    """
    told = options or LadderOptions()
    how = ranking or (None if plan is None else plan.ranking) or RankingOptions()
    course = _course(data, target, train, told, answered=plan is not None)
    climb = _Climb(course, told, how)
    climb.step_random()
    climb.step_popularity(data, train)
    climb.step_column()
    for rung in (RIDGE, BOOSTING):
        climb.step_pointwise(rung)
    climb.step_lambdarank()
    if course.mode in ("train", "answers"):
        for each in read_incumbents(
            data, target, told.baselines, trust=told.trust, label_map=told.label_map
        ):
            climb.add(_shown(each.answers.name, "incumbent", each.why), each.answers)
    if plan is not None:
        climb.add(_shown(name, "candidate", "what is judged"), read_answers(plan, name=name))
    return climb.result()


def _shown(name: str, kind: str, why: str) -> RungResult:
    called = "candidate" if kind == "candidate" else name
    return RungResult(name=called, title=name, kind=kind, why=why)  # type: ignore[arg-type]


def _course(
    data: "Dataset",
    target: Target,
    train: "Dataset | None",
    told: LadderOptions,
    *,
    answered: bool,
) -> _Course:
    """Settle which rows are fitted on and which are judged."""
    out = frozenset(told.baselines.values())
    rows = read_rows(data.with_units(), target, leave_out=out)
    if train is not None:
        first = read_rows(train.with_units(), target, leave_out=out)
        every = (np.arange(first.n), np.arange(rows.n))
        how = f"fitted on {first.n:,} train rows, judged on {rows.n:,} rows"
        return _Course((every,), rows, first, "train", how)
    if answered:
        why = "the rows that the model was fitted on were not given: --train DATA"
        return _Course((), rows, None, "answers", f"judged on {rows.n:,} rows", why)
    assert rows.truth.query is not None
    unit = rows.truth.query if rows.truth.unit is None else rows.truth.unit
    names, code = np.unique(unit, return_inverse=True)
    if len(names) < LEAST_QUERIES:
        return _Course((), rows, None, "split", "the rows could not be parted", "one query alone")
    k = min(FOLDS, len(names))
    fold = np.random.default_rng(told.seed).permutation(len(names))[code] % k
    pairs = tuple((np.flatnonzero(fold != f), np.flatnonzero(fold == f)) for f in range(k))
    if rows.n >= HOLD_OUT_ROWS:
        first, second = pairs[0]
        how = f"{second.size:,} of {rows.n:,} rows are held out (whole queries)"
        return _Course(((first, second),), rows, rows, "split", how)
    how = f"cross-validation of {rows.n:,} rows in {k} folds (whole queries)"
    return _Course(pairs, rows, rows, "cross_validation", how)


def _first_queries(rows: LadderRows, most: int) -> LadderRows:
    """Return about so many rows: whole queries, those that come first."""
    query = rows.truth.query
    assert query is not None
    if rows.n <= most:
        return rows
    chosen = np.isin(query, np.unique(query[:most]))
    return rows.take(np.flatnonzero(chosen))


class _Climb:
    """One climb: what has been ordered so far."""

    def __init__(self, course: _Course, told: LadderOptions, ranking: RankingOptions) -> None:
        self.course, self.told, self.ranking = course, told, ranking
        self.metric = ranking_metric(told.metric or METRIC)
        self.truth: JudgedRows = course.rows.truth.take(course.judged)
        self.done: list[_Ranked] = []
        self.not_run: list[NotRun] = []
        self.budget = Budget(told.budget)
        self.problem = Problem(task="regression", seed=told.seed)

    def step_random(self) -> None:
        """Add the closed form of a random order."""
        expected = replace(self.ranking, ties="expected")
        shown = RungResult(
            name="random_order",
            title="random order",
            rung=0,
            why="knows nothing: the mean over all orders of each query's documents",
            fit_seconds=0.0,
            predict_ms=0.0,
            rows_fitted=0,
        )
        constant = Answers(name="random order", scores=np.zeros(self.truth.n))
        self.add(shown, constant, expected)

    def step_popularity(self, data: "Dataset", train: "Dataset | None") -> None:
        """Add the order by the items' mean relevance in the training rows."""
        named = data.schema.with_role("id")
        title = "popularity of the item"
        if not named or not self.course.pairs:
            reason = self.course.why_none if named else "no column of items was named (--id)"
            self.not_run.append(NotRun("popularity", title, 0, reason))
            return
        asked = data.column(named[0])
        items = asked if train is None else train.column(named[0])
        if group_codes(items).n_unique() == len(items):
            reason = f"{named[0]!r} names each row, and no item that queries share"
            self.not_run.append(NotRun("popularity", title, 0, reason))
            return
        start = time.perf_counter()
        assert self.course.train is not None
        relevance = self.course.train.truth.truth.astype(np.float64)
        found = [
            popularity_scores(items[first], relevance[first], asked[second])
            for first, second in self.course.pairs
        ]
        shown = RungResult(
            name="popularity",
            title=title,
            rung=0,
            why="one order for all queries: what was relevant elsewhere comes first",
            fit_seconds=time.perf_counter() - start,
            rows_fitted=max(first.size for first, _ in self.course.pairs),
        )
        self.add(shown, Answers(name=title, scores=np.concatenate(found)))

    def step_column(self) -> None:
        """Add the order by one column."""
        name, title = "single_column", "best single column"
        self.told.progress(f"Fitting {title}")
        try:
            if not self.course.pairs:
                raise CannotFitError(self.course.why_none)
            start = time.perf_counter()
            pairs = [self._pair(each) for each in self.course.pairs]
            best = [best_column(first, self.metric.name, self.ranking) for first, _ in pairs]
            seconds = (time.perf_counter() - start) / len(pairs)
        except CannotFitError as error:
            self.not_run.append(NotRun(name, title, 1, str(error)))
            return
        scores = [each.scores(second.frame) for each, (_, second) in zip(best, pairs, strict=True)]
        shown = RungResult(
            name=name,
            title=title,
            rung=1,
            why="one idea: the column that orders best by itself",
            fit_seconds=seconds,
            rows_fitted=max(first.n for first, _ in pairs),
            rules=(best[-1].rule,),
        )
        self.add(shown, Answers(name=title, scores=np.concatenate(scores)))

    def step_pointwise(self, rung: Rung) -> None:
        """Add a model of the relevance, document by document."""
        if not self.course.pairs:
            self.not_run.append(NotRun(rung.name, rung.title, rung.number, self.course.why_none))
            return
        self.told.progress(f"Fitting {rung.title}")
        pairs = [self._pair(each) for each in self.course.pairs]
        found = run_rung(rung, pairs, self.problem, self.budget)
        if isinstance(found, NotRun):
            self.not_run.append(found)
            return
        self._add_fitted(rung, found)

    def step_lambdarank(self) -> None:
        """Add LightGBM's lambdarank, where there is time for it."""
        title, why = "LightGBM lambdarank", "learns the order within queries itself"
        rung = Rung(
            "lambdarank", title, 3, why, lambdarank(np.zeros(0, np.int64), self.ranking, 10)
        )
        reason = self.course.why_none
        if self.course.pairs and self.budget.left <= 0:
            reason = f"the budget of {self.told.budget:g} seconds was spent; give more (--budget)"
        if reason or not self.course.pairs:
            self.not_run.append(NotRun(rung.name, title, 3, reason))
            return
        self.told.progress(f"Fitting {title}")
        try:
            self._fit_lambdarank(rung)
        except CannotFitError as error:
            self.not_run.append(NotRun(rung.name, title, 3, str(error)))

    def _fit_lambdarank(self, rung: Rung) -> None:
        scores, seconds, predicting = [], 0.0, 0.0
        fitted, notes = None, ()
        most = min(MOST_ROWS, self._affordable(rung, self._pair(self.course.pairs[0])[0]))
        for each in self.course.pairs:
            whole, second = self._pair(each)
            first = _first_queries(whole, most)
            if first.n < whole.n:
                notes = (
                    f"fitted on the queries of {first.n:,} of {whole.n:,} rows to keep within "
                    "the budget",
                )
            fitted = self._lambdarank(rung, first)
            start = time.perf_counter()
            scores.append(fitted.numbers(second.frame))
            predicting += time.perf_counter() - start
            seconds += fitted.fit_seconds
        assert fitted is not None
        numbers = np.concatenate(scores)
        found = RungAnswers(
            rung,
            numbers,
            fitted,
            fit_seconds=seconds / len(self.course.pairs),
            predict_ms=1e6 * predicting / max(len(numbers), 1),
            rows_fitted=fitted.n_rows,
            notes=notes,
        )
        self._add_fitted(rung, found)

    def _lambdarank(self, rung: Rung, rows: LadderRows) -> FittedRung:
        assert rows.truth.query is not None
        learn = lambdarank(rows.truth.query, self.ranking, self.metric.k or 30)
        learner = replace(rung, learn=learn)
        return fit_rung(learner, rows.frame, rows.columns, rows.truth.truth, self.problem)

    def _affordable(self, rung: Rung, rows: LadderRows) -> int:
        """Return how many rows may be fitted on: a first try on few queries tells the time.

        Raises
        ------
        CannotFitError
            If what is left of the budget is not enough for a thousand.
        """
        cells = rows.n * max(len(rows.columns), 1)
        few = _first_queries(rows, PILOT_ROWS[0])
        if cells < PILOT_CELLS or few.n >= rows.n:
            return rows.n
        tried = self._lambdarank(rung, few)
        left = max(self.budget.left, 0.0) / len(self.course.pairs)
        most = int(CAUTION * left / (tried.fit_seconds / tried.n_rows))
        if most < LEAST_ROWS:
            msg = f"{left:.0f} seconds are left of the budget; give more (--budget)"
            raise CannotFitError(msg)
        return min(most, rows.n)

    def _add_fitted(self, rung: Rung, found: RungAnswers) -> None:
        shown = RungResult(
            name=rung.name,
            title=rung.title,
            rung=rung.number,
            why=rung.why,
            fit_seconds=found.fit_seconds,
            predict_ms=found.predict_ms,
            size_bytes=found.fitted.size_bytes,
            rows_fitted=found.rows_fitted,
            notes=found.notes,
        )
        self.add(shown, Answers(name=rung.title, scores=found.numbers[:, 0]))

    def _pair(self, places: tuple[Places, Places]) -> tuple[LadderRows, LadderRows]:
        first, second = places
        assert self.course.train is not None
        return self.course.train.take(first), self.course.rows.take(second)

    def add(
        self, shown: RungResult, answers: Answers, ranking: RankingOptions | None = None
    ) -> None:
        """Judge one ranking of the judged rows."""
        told = ranking or self.ranking
        weight, unit = query_units(self.truth)
        metrics: dict[str, Estimate] = {}
        for name in dict.fromkeys((self.metric.name, *BESIDE)):
            values = per_query(self.truth, answers, name, options=told)
            metrics[name] = query_mean(values, weight=weight, group=unit, level=self.told.level)
        values = per_query(self.truth, answers, self.metric.name, options=told)
        self.done.append(_Ranked(replace(shown, metrics=metrics), values))

    def result(self) -> LadderResult:
        """Compare and put it together."""
        comparisons, opponent = self._comparisons()
        pairs, metric = self.course.pairs, self.metric
        ladder = LadderResult(
            task="ranking",
            metric=metric.name,
            metric_title=metric.title,
            greater_is_better=True,
            mode=self.course.mode,
            how=self.course.how,
            n_train=max((first.size for first, _ in pairs), default=0),
            n_judged=self.truth.n,
            rungs=tuple(each.shown for each in self.done),
            not_run=tuple(self.not_run),
            comparisons=comparisons,
            opponent=opponent,
            level=self.told.level,
            seed=self.told.seed,
        )
        return replace(ladder, findings=ladder_findings(ladder))

    def _comparisons(self) -> tuple[tuple[Comparison, ...], str | None]:
        """Hold the candidate, else the best rung, against incumbents and the rungs below."""
        of = {"candidate": [], "incumbent": [], "rung": []}  # type: dict[str, list[_Ranked]]
        for each in self.done:
            of[each.shown.kind].append(each)
        best = self._best_of_each(of["rung"])
        first, others = of["candidate"][:1], [*of["incumbent"], *best]
        if not first:
            first, others = best[:1], best[:0:-1]
        if not first or not others:
            return (), None
        opponent, *beside = others
        main = self._compare(first[0], opponent, self.told.level)
        level = bonferroni_level(self.told.level, len(beside)) if beside else self.told.level
        further = [self._compare(first[0], each, level) for each in beside]
        return (main, *adjusted(further, level=self.told.level)), opponent.shown.title

    def _best_of_each(self, rungs: list[_Ranked]) -> list[_Ranked]:
        """Return the best of each number, the highest number first."""

        def value(each: _Ranked) -> float:
            found = each.shown.metrics[self.metric.name].value
            return -1.0 if found is None else found

        numbers = sorted({each.shown.rung or 0 for each in rungs}, reverse=True)
        return [max((r for r in rungs if (r.shown.rung or 0) == n), key=value) for n in numbers]

    def _compare(self, first: _Ranked, second: _Ranked, level: float) -> Comparison:
        pair = Pair(
            rows=self.truth,
            candidate=Answers(name=first.shown.title),
            baseline=Answers(name=second.shown.title),
            level=level,
            seed=self.told.seed,
        )
        paired = values_difference(pair, first.values, second.values)
        values = (first.shown.metrics[self.metric.name], second.shown.metrics[self.metric.name])
        return comparison_of(
            pair, self.metric.as_metric(), values, paired, margin=self.told.margin
        )
