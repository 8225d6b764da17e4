"""A whole ranking: numbers, what is left out, what is refused, what is found."""

import json

import numpy as np
import polars as pl
import pytest

import assay
from assay.data.dataset import Dataset
from assay.errors import InputError
from assay.evaluation.judged import read_judged
from assay.evaluation.plan import plan_evaluation
from assay.evaluation.query_values import per_query, query_units
from assay.evaluation.ranking.items import gini
from assay.evaluation.ranking.measure import measure_ranking
from assay.metrics.ranking.options import RankingOptions


def rows(n_queries=200, *, seed=0, signal=1.0, documents=8):
    rng = np.random.default_rng(seed)
    query = np.repeat(np.arange(n_queries), documents)
    x = rng.normal(size=len(query))
    relevance = np.digitize(x + rng.normal(size=len(query)), [0.0, 1.5])
    return {"q": query, "y": relevance, "s": signal * x + rng.normal(size=len(query)) * 0.5}


def measured(table, **options):
    data = Dataset.read(pl.DataFrame(table), label="y", score="s", query_id="q")
    return measure_ranking(data, **options)


def rules(found):
    return {each.rule: each for each in found.findings}


def values(found):
    return {each.name: each.estimate.value for each in found.metrics}


def test_the_three_forms_give_the_same_numbers():
    table = rows()
    arrays = assay.evaluate(y_true=table["y"], y_score=table["s"], query_id=table["q"])
    data = Dataset.read(pl.DataFrame(table), label="y", score="s", query_id="q")
    assert arrays.task == "ranking"
    assert arrays.to_frame().equals(assay.evaluate(None, data).to_frame())
    assert arrays["ndcg@10"].n == len(np.unique(table["q"]))
    json.dumps(arrays.to_dict(), allow_nan=False)


def test_a_model_is_judged_by_its_predicted_numbers():
    from sklearn.linear_model import LinearRegression

    rng = np.random.default_rng(1)
    X, query = rng.normal(size=(600, 2)), np.repeat(np.arange(60), 10)
    y = (X[:, 0] > 0.5).astype(int)
    model = LinearRegression().fit(X, y)
    found = assay.evaluate(model, X, y, query_id=query)
    plain = assay.evaluate(y_true=y, y_score=model.predict(X), query_id=query)
    assert found["ndcg@10"].value == plain["ndcg@10"].value
    assert found.data["random_order"]["ndcg@10"] < found["ndcg@10"].low


def test_rows_of_a_query_need_not_be_neighbours_and_queries_may_be_texts():
    table = pl.DataFrame(rows()).with_columns(q=pl.format("query {}", "q"))
    shuffled = table.sample(fraction=1.0, shuffle=True, seed=3)
    assert values(measured(table)) == pytest.approx(values(measured(shuffled)))


def test_a_random_order_has_its_closed_form():
    table = rows(30, documents=5)
    found = measured(table, only=["ndcg@3", "mrr", "map"])
    rng = np.random.default_rng(0)
    drawn = [
        values(measured({**table, "s": rng.normal(size=150)}, only=["ndcg@3", "mrr", "map"]))
        for _ in range(300)
    ]
    for name, closed in found.facts["random_order"].items():
        assert closed == pytest.approx(np.mean([each[name] for each in drawn]), abs=0.006)


def test_queries_without_relevant_documents_are_left_out_counted_and_named():
    table = {
        "q": ["a", "a", "b", "b", "c", "c"],
        "y": [1, 0, 0, 0, 0, 1],
        "s": [2.0, 1, 2, 1, 2, 1],
    }
    found = measured(table)
    assert values(found)["mrr"] == pytest.approx(0.75)
    assert found.metrics[0].estimate.n == 2
    note = rules(found)["queries_without_relevant"]
    assert (note.severity, note.where["queries"]) == ("info", ["b"])
    zero = measured(table, options=RankingOptions(empty="zero"))
    assert values(zero)["mrr"] == pytest.approx(0.5)


def test_nothing_relevant_at_all_is_undefined_with_its_reason():
    found = measured({"q": [1, 1, 2], "y": [0, 0, 0], "s": [0.1, 0.2, 0.3]})
    head = next(each for each in found.metrics if each.name == "ndcg@10")
    assert head.estimate.value is None
    assert head.estimate.reason == "no query has a relevant document"
    assert rules(found)["queries_without_relevant"].severity == "warning"
    assert found.curves.to_dict() == {}


def test_one_document_a_query_ranks_nothing():
    found = measured({"q": list(range(40)), "y": [1] * 40, "s": np.linspace(0, 1, 40)})
    assert values(found)["ndcg@10"] == 1
    assert rules(found)["queries_without_choice"].severity == "warning"
    assert found.facts["random_order"]["ndcg@10"] == 1


def test_constant_scores_are_the_worst_order_by_default_and_said_to_be_tied():
    table = rows() | {"s": np.zeros(1600)}
    worst, mean = measured(table), measured(table, options=RankingOptions(ties="expected"))
    assert values(worst)["ndcg@10"] < values(mean)["ndcg@10"]
    assert values(mean)["ndcg@10"] == pytest.approx(mean.facts["random_order"]["ndcg@10"])
    assert rules(worst)["tied_scores"].evidence["constant"] is True
    assert rules(worst)["tied_scores"].severity == "warning"


def test_a_good_ranking_yields_no_finding_and_a_random_one_says_so():
    assert not measured(rows()).findings
    random = rules(measured(rows(signal=0.0)))
    assert set(random) == {"no_better_than_random_order"}
    turned = rows()
    turned["s"] = -turned["s"]
    assert "worse than" in rules(measured(turned))["no_better_than_random_order"].message


def test_a_document_that_stands_twice_in_a_query_is_noticed():
    table = pl.DataFrame(rows()).with_columns(item=pl.int_range(pl.len()) % 8)
    twice = pl.concat([table, table.head(1)])

    def found(frame):
        data = Dataset.read(frame, label="y", score="s", query_id="q", id="item")
        return measure_ranking(data)

    assert not found(table).findings
    note = rules(found(twice))["documents_repeated"]
    assert note.evidence == {"documents": 1, "queries": 1}


def test_items_are_described_where_queries_share_them():
    # Two queries show item 0 first; item 2 is never shown at k = 1.
    table = pl.DataFrame(
        {"q": [0, 0, 1, 1], "item": [0, 1, 0, 2], "y": [1, 0, 1, 0], "s": [2.0, 1, 2, 1]}
    )
    data = Dataset.read(table, label="y", score="s", query_id="q", id="item")
    found = values(measure_ranking(data, options=RankingOptions(cutoffs=(1,))))
    assert found["item_coverage"] == pytest.approx(1 / 3)
    assert found["item_gini"] == pytest.approx(gini(np.array([2.0, 0, 0])))
    assert found["popular_share"] == 1
    assert found["novelty"] == 0
    plain = Dataset.read(table.drop("item"), label="y", score="s", query_id="q")
    assert measure_ranking(plain).not_computed[0].turn_on == "--id COLUMN"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"y": [1, -1, 0]}, "negative or not finite in 1 rows, first in row 2"),
        ({"y": [1.0, float("inf"), 0.0]}, "negative or not finite"),
        ({"q": [1, None, 2]}, r"\(the query\) has no value in 1 rows, first in row 2"),
    ],
)
def test_what_no_order_can_be_judged_by_is_refused(change, said):
    with pytest.raises(InputError, match=said):
        measured({"q": [1, 1, 2], "y": [1, 0, 1], "s": [0.1, 0.2, 0.3]} | change)


def test_nan_relevance_and_scores_are_refused_when_the_data_are_read():
    with pytest.raises(InputError, match="has no value"):
        measured({"q": [1, 1], "y": [1.0, float("nan")], "s": [0.1, 0.2]})
    with pytest.raises(InputError, match="no value or NaN"):
        measured({"q": [1, 1], "y": [1.0, 0.0], "s": [0.1, float("nan")]})


def test_weights_count_by_query_and_must_be_one_for_each():
    table = {"q": [0, 0, 1, 1], "y": [1, 0, 1, 0], "s": [2.0, 1, 1, 2]}

    def found(weight):
        frame = pl.DataFrame({**table, "w": weight})
        data = Dataset.read(frame, label="y", score="s", query_id="q", weight="w")
        return values(measure_ranking(data, only=["mrr"]))["mrr"]

    assert found([3.0, 3, 1, 1]) == pytest.approx(0.875)
    with pytest.raises(InputError, match="query 0 has several weights"):
        found([3.0, 1, 1, 1])


def test_declared_groups_of_queries_are_the_sample():
    table = pl.DataFrame(rows(60)).with_columns(user=pl.col("q") // 10)
    data = Dataset.read(table, label="y", score="s", query_id="q", group="user")
    found = measure_ranking(data, only=["ndcg@10"]).metrics[0].estimate
    assert (found.unit, found.n) == ("group", 60)
    assert found.too_few


def test_metrics_asked_for_by_name():
    found = measured(rows(), only=["NDCG@2", "recall@4"])
    assert list(values(found)) == ["ndcg@2", "recall@4"]
    with pytest.raises(InputError, match="no metric 'accuracy' for a ranking"):
        measured(rows(), only=["accuracy"])
    with pytest.raises(InputError, match="need a column of items"):
        measured(rows(), only=["novelty"])


def test_cutoffs_that_no_query_reaches_are_left_out_but_the_head_stays():
    names = set(values(measured(rows(documents=4))))
    assert {"ndcg@1", "ndcg@3", "ndcg@10"} <= names
    assert not {"ndcg@5", "ndcg", "recall@5"} & names
    assert measured(rows(documents=4)).head.metrics[0] == "ndcg@10"


def test_each_query_has_its_number_for_a_comparison():
    data = Dataset.read(pl.DataFrame(rows()), label="y", score="s", query_id="q")
    judged, answers = read_judged(plan_evaluation(data))
    found = per_query(judged, answers, "ndcg@10")
    mean = measure_ranking(data, only=["ndcg@10"]).metrics[0].estimate.value
    assert np.nanmean(found) == pytest.approx(mean)
    assert query_units(judged) == (None, None)
    half = np.arange(judged.n) >= 80
    assert len(per_query(judged.take(half), answers.take(half), "mrr")) == 190
