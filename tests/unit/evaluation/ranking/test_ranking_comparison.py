"""Two rankings of the same queries, compared query by query."""

import numpy as np
import pytest
from scipy import stats

from assay.evaluation.comparison.compare import compare_answers
from assay.evaluation.comparison.metric_of import metric_of
from assay.evaluation.judged import Answers, JudgedRows
from assay.evaluation.query_values import per_query


def made(n=150, seed=0):
    rng = np.random.default_rng(seed)
    query = np.repeat(np.arange(n), 8)
    x = rng.normal(size=len(query))
    truth = (x + rng.normal(size=len(query)) > 1).astype(float)
    rows = JudgedRows(task="ranking", truth=truth, query=query, unit=query, unit_kind="group")
    good = Answers(name="good", scores=x)
    poor = Answers(name="poor", scores=x + 2 * rng.normal(size=len(query)))
    return rows, good, poor


def test_the_better_ranking_is_better_by_the_mean_of_the_differences():
    rows, good, poor = made()
    found = compare_answers(rows, good, poor)
    apart = per_query(rows, good, "ndcg@10") - per_query(rows, poor, "ndcg@10")
    apart = apart[np.isfinite(apart)]
    assert (found.metric, found.verdict) == ("ndcg@10", "better")
    assert found.difference.value == pytest.approx(apart.mean())
    plain = stats.t.interval(0.95, len(apart) - 1, loc=apart.mean(), scale=stats.sem(apart))
    assert (found.difference.low, found.difference.high) == pytest.approx(plain, abs=0.01)
    assert "queries" in found.difference.method


def test_a_ranking_is_no_better_than_itself():
    rows, good, _ = made()
    found = compare_answers(rows, good, good, metric="mrr")
    assert found.difference.value == 0
    assert found.verdict == "not shown to be better"


def test_the_metric_is_that_of_the_evaluation():
    rows, good, _ = made()
    found = metric_of(rows, good, "map@5")
    assert found.value == pytest.approx(np.nanmean(per_query(rows, good, "map@5")))
    assert found.unit == "query"


def test_nothing_relevant_has_no_difference():
    rows, good, poor = made(5)
    empty = JudgedRows(task="ranking", truth=np.zeros(rows.n), query=rows.query)
    found = compare_answers(empty, good, poor)
    assert found.difference.value is None
