"""Numbers of each query: against brute force over orders, scikit-learn, and by hand."""

from itertools import pairwise, permutations
from math import log2

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import InputError
from assay.metrics.ranking import per_query
from assay.metrics.ranking.named import ranking_metric
from assay.metrics.ranking.options import RankingOptions
from assay.metrics.ranking.queries import rank_documents

NAMES = ("ndcg", "map", "mrr", "precision", "recall", "hit_rate")


def of_one(order, name, k, *, gain="linear", above=0.0):
    """Return the metric of one list of relevances in their order, in plain Python."""
    k = len(order) if k is None else k
    found = [g > above for g in order]
    total = sum(found)
    worth = [g if gain == "linear" else 2**g - 1 for g in order]
    if name == "ndcg":
        best = sum(g / log2(i + 2) for i, g in enumerate(sorted(worth, reverse=True)[:k]))
        return sum(g / log2(i + 2) for i, g in enumerate(worth[:k])) / best if best else np.nan
    if not total:
        return np.nan
    if name == "map":
        hits = [sum(found[: i + 1]) / (i + 1) for i in range(min(k, len(order))) if found[i]]
        return sum(hits) / min(total, k)
    if name == "mrr":
        first = found.index(True)
        return 1 / (first + 1) if first < k else 0.0
    shown = sum(found[:k])
    return {"precision": shown / k, "recall": shown / total, "hit_rate": float(shown > 0)}[name]


def orders(relevance, scores, ties):
    """Return every order that the scores allow."""
    if ties == "stable":
        return [sorted(range(len(scores)), key=lambda i: -scores[i])]
    if ties == "pessimistic":
        return [sorted(range(len(scores)), key=lambda i: (-scores[i], relevance[i]))]
    places = range(len(scores))
    return [p for p in permutations(places) if all(scores[a] >= scores[b] for a, b in pairwise(p))]


def brute(relevance, scores, name, k, options):
    found = [
        of_one(
            [relevance[i] for i in order], name, k, gain=options.gain, above=options.relevant_above
        )
        for order in orders(relevance, scores, options.ties)
    ]
    return float(np.mean(found))


documents = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=9
)


@pytest.mark.parametrize("ties", ["pessimistic", "stable", "expected"])
@settings(max_examples=60, deadline=None)
@given(
    documents=documents,
    k=st.sampled_from([1, 2, 3, None]),
    gain=st.sampled_from(["linear", "exponential"]),
)
def test_equals_brute_force_over_all_orders(ties, documents, k, gain):
    rows = np.array(documents)
    relevance, scores, query = (
        rows[:, 0] * 1.0,
        rows[:, 1] * 1.0,
        np.unique(rows[:, 2], return_inverse=True)[1],
    )
    options = RankingOptions(ties=ties, gain=gain, relevant_above=1.0)
    ranked = rank_documents(query, relevance, scores, options=options)
    for name in NAMES:
        if k is None and name in ("precision", "recall", "hit_rate"):
            continue
        metric = ranking_metric(name if k is None else f"{name}@{k}")
        expected = [
            brute(relevance[query == q], scores[query == q], name, k, options)
            for q in range(query.max() + 1)
        ]
        np.testing.assert_allclose(
            metric.of_queries(ranked, options), expected, atol=1e-12, err_msg=name
        )


@pytest.mark.parametrize("k", [1, 3, 5, None])
def test_ndcg_with_expected_ties_is_that_of_scikit_learn(k):
    from sklearn.metrics import ndcg_score

    rng = np.random.default_rng(0)
    relevance, scores = rng.integers(0, 5, (40, 8)) * 1.0, rng.integers(0, 4, (40, 8)) * 1.0
    query = np.repeat(np.arange(40), 8)
    ranked = rank_documents(
        query, relevance.ravel(), scores.ravel(), options=RankingOptions(ties="expected")
    )
    found = per_query.ndcg(ranked, k)
    theirs = [ndcg_score([y], [s], k=k) for y, s in zip(relevance, scores, strict=True)]
    np.testing.assert_allclose(found, theirs, atol=1e-12)


def test_average_precision_without_ties_is_that_of_scikit_learn():
    from sklearn.metrics import average_precision_score, label_ranking_average_precision_score

    rng = np.random.default_rng(1)
    relevance, scores = rng.integers(0, 2, (50, 12)), rng.normal(size=(50, 12))
    relevance[:, 0] = 1
    query = np.repeat(np.arange(50), 12)
    ranked = rank_documents(
        query, relevance.ravel() * 1.0, scores.ravel(), options=RankingOptions()
    )
    found = per_query.average_precision(ranked)
    theirs = [average_precision_score(y, s) for y, s in zip(relevance, scores, strict=True)]
    np.testing.assert_allclose(found, theirs, atol=1e-12)
    assert found.mean() == pytest.approx(label_ranking_average_precision_score(relevance, scores))


def test_by_hand():
    # Order: relevant at places 1 and 3 of 4; gains 1, 0, 3, 0; best order 3, 1.
    ranked = rank_documents(
        np.zeros(4, dtype=np.int64),
        np.array([1.0, 0.0, 3.0, 0.0]),
        np.array([4.0, 3.0, 2.0, 1.0]),
        options=RankingOptions(),
    )
    assert per_query.ndcg(ranked)[0] == pytest.approx((1 + 3 / 2) / (3 + 1 / log2(3)))
    assert per_query.ndcg(ranked, 1)[0] == pytest.approx(1 / 3)
    assert per_query.average_precision(ranked)[0] == pytest.approx((1 + 2 / 3) / 2)
    assert per_query.average_precision(ranked, 1)[0] == 1
    assert per_query.precision(ranked, 5)[0] == pytest.approx(2 / 5)
    assert per_query.recall(ranked, 2)[0] == 0.5


def test_pessimistic_is_never_better_than_expected():
    rng = np.random.default_rng(2)
    query = rng.integers(0, 30, 400)
    query = np.unique(query, return_inverse=True)[1]
    relevance, scores = rng.integers(0, 3, 400) * 1.0, rng.integers(0, 3, 400) * 1.0
    worst, mean = (
        rank_documents(query, relevance, scores, options=RankingOptions(ties=ties))
        for ties in ("pessimistic", "expected")
    )
    for name in ("ndcg@5", "map@5", "mrr", "precision@3", "recall@3", "hit_rate@3"):
        metric, options = ranking_metric(name), RankingOptions()
        low, high = metric.of_queries(worst, options), metric.of_queries(mean, options)
        assert (low[np.isfinite(low)] <= high[np.isfinite(high)] + 1e-12).all()


def test_rows_in_any_order_give_the_same():
    rng = np.random.default_rng(3)
    query = np.repeat(np.arange(20), 10)
    relevance, scores = rng.integers(0, 3, 200) * 1.0, rng.normal(size=200)
    order = rng.permutation(200)
    options = RankingOptions()
    one = rank_documents(query, relevance, scores, options=options)
    other = rank_documents(query[order], relevance[order], scores[order], options=options)
    np.testing.assert_allclose(per_query.ndcg(one, 5), per_query.ndcg(other, 5))


def test_zero_counts_empty_queries_and_exclude_leaves_them_out():
    ranked = rank_documents(
        np.array([0, 0, 1, 1]),
        np.array([0.0, 0.0, 1.0, 0.0]),
        np.array([1.0, 2, 3, 4]),
        options=RankingOptions(),
    )
    metric = ranking_metric("ndcg@10")
    assert np.isnan(metric.of_queries(ranked, RankingOptions())[0])
    assert metric.of_queries(ranked, RankingOptions(empty="zero"))[0] == 0


def test_a_long_block_of_ties_keeps_its_precision():
    n = 200_000
    relevance = np.zeros(n)
    relevance[:3] = 1.0
    ranked = rank_documents(
        np.zeros(n, dtype=np.int64),
        relevance,
        np.zeros(n),
        options=RankingOptions(ties="expected"),
    )
    assert ranked.first_at.sum() == pytest.approx(1, abs=1e-6)
    # Chance that none of 3 relevant documents is among the first 1000 of n.
    miss = np.prod([(n - 1000 - i) / (n - i) for i in range(3)])
    assert per_query.hit(ranked, 1000)[0] == pytest.approx(1 - miss, rel=1e-6)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("auc", "there is no metric 'auc'"),
        ("precision", "needs a cut-off"),
        ("ndcg@0", "no metric"),
    ],
)
def test_names_that_are_not_known_are_refused(name, said):
    with pytest.raises(InputError, match=said):
        ranking_metric(name)


@pytest.mark.parametrize(
    "wrong",
    [
        {"gain": "square"},
        {"ties": "best"},
        {"empty": "one"},
        {"cutoffs": (0,)},
        {"cutoffs": ()},
        {"relevant_above": -1.0},
        {"relevant_above": float("nan")},
    ],
)
def test_options_that_mean_nothing_are_refused(wrong):
    with pytest.raises(InputError):
        RankingOptions(**wrong)
