"""The ladder of simple rankings."""

import json

import numpy as np
import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.evaluation.baselines.ladder import LadderOptions
from assay.evaluation.plan import plan_evaluation, resolve_data_target
from assay.evaluation.ranking.baselines import ranking_ladder
from assay.evaluation.ranking.measure import measure_ranking
from assay.evaluation.ranking.simple import popularity_scores


def table(n=120, seed=0):
    rng = np.random.default_rng(seed)
    query = np.repeat(np.arange(n), 8)
    x, item = rng.normal(size=(len(query), 2)), rng.integers(0, 30, len(query))
    worth = np.linspace(-1, 1, 30)[item]
    relevance = np.digitize(worth - x[:, 0] + 0.5 * rng.normal(size=len(query)), [0.5, 2])
    return pl.DataFrame({"q": query, "item": item, "a": x[:, 0], "b": x[:, 1], "y": relevance})


def climb(frame, train=None, *, score=None, **options):
    roles = {"label": "y", "query_id": "q", "id": "item"}
    data = Dataset.read(frame, score=score, **roles)
    plan = None if score is None else plan_evaluation(data)
    return ranking_ladder(
        data,
        resolve_data_target(data),
        train=None if train is None else Dataset.read(train, **roles),
        plan=plan,
        options=LadderOptions(**options),
    )


def test_without_a_candidate_each_rung_is_judged_on_queries_it_did_not_see():
    ladder = climb(table())
    values = {each.name: each.metrics["ndcg@10"].value for each in ladder.rungs}
    assert list(values)[:4] == ["random_order", "popularity", "single_column", "ridge"]
    assert values["random_order"] < values["popularity"]
    assert values["random_order"] < values["single_column"]
    assert ladder["single_column"].rules == ("by a, the smallest first",)
    assert ladder.mode == "cross_validation"
    assert ladder.n_judged == 960
    json.dumps(ladder.to_dict(), allow_nan=False)


def test_a_random_order_is_that_of_the_evaluation():
    frame = table().with_columns(s=pl.col("a"))
    ladder = climb(frame, score="s")
    data = Dataset.read(frame, label="y", query_id="q", score="s")
    random = measure_ranking(data, only=["ndcg@10"]).facts["random_order"]
    assert ladder["random_order"].metrics["ndcg@10"].value == pytest.approx(random["ndcg@10"])


def test_a_candidate_is_held_against_the_rungs_fitted_on_the_train_rows():
    frame = table(seed=1).with_columns(s=pl.col("b"))
    ladder = climb(frame, table(seed=2), score="s")
    assert {each.verdict for each in ladder.comparisons[:1]} == {"worse"}
    assert ladder.opponent in ("gradient boosting", "LightGBM lambdarank")
    assert any(each.rule == "worse_than_baseline" for each in ladder.findings)


def test_without_train_rows_a_candidate_meets_what_needs_no_fitting():
    frame = table().with_columns(s=-pl.col("a"), old=-pl.col("a") + 3 * pl.col("b"))
    ladder = climb(frame, score="s", baselines={"old": "old"})
    assert [each.kind for each in ladder.rungs] == ["rung", "incumbent", "candidate"]
    assert ladder.opponent == "old"
    assert ladder.comparisons[0].verdict == "better"
    assert {each.name for each in ladder.not_run} >= {"popularity", "ridge", "gradient_boosting"}


def test_no_time_leaves_out_what_must_be_fitted():
    ladder = climb(table(), budget=0.0)
    assert {each.name for each in ladder.not_run} == {"ridge", "gradient_boosting", "lambdarank"}


def test_popularity_draws_rare_items_towards_the_mean():
    learnt = pl.Series(["a"] * 100 + ["b"])
    found = popularity_scores(learnt, np.array([1.0] * 100 + [0.0]), pl.Series(["a", "b", "new"]))
    mean = 100 / 101
    assert found == pytest.approx([(100 + 5 * mean) / 105, 5 * mean / 6, mean])


def test_lambdarank_learns_from_the_queries_that_the_budget_allows(monkeypatch):
    pytest.importorskip("lightgbm")
    monkeypatch.setattr("assay.evaluation.ranking.baselines.PILOT_CELLS", 1)
    monkeypatch.setattr("assay.evaluation.ranking.baselines.PILOT_ROWS", (200, 400))
    monkeypatch.setattr("assay.evaluation.ranking.baselines.LEAST_ROWS", 10)
    rich, poor = climb(table(), budget=600.0), climb(table(), budget=1e-9)

    assert rich["lambdarank"].rows_fitted > 200
    assert not rich["lambdarank"].notes
    assert "lambdarank" in {each.name for each in poor.not_run}
