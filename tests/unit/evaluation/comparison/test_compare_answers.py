"""Comparing two candidates: tests, words, undefined metrics, bad input."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import bootstrap
from sklearn.metrics import f1_score, roc_auc_score
from statsmodels.stats.contingency_tables import mcnemar as reference

from assay.errors import InputError
from assay.evaluation.comparison.compare import compare_answers
from assay.evaluation.comparison.many import compare_many
from assay.evaluation.comparison.usual_metric import usual_metric
from assay.evaluation.judged import Answers, JudgedRows
from assay.stats.delong import paired_areas
from assay.stats.multiple import holm


def binary(n=200, *, share=0.4, seed=0, scales=(0.8, 1.4)):
    rng = np.random.default_rng(seed)
    truth = (rng.random(n) < share).astype(np.int64)
    found = []
    for name, scale in zip(("new", "old"), scales, strict=True):
        score = 1 / (1 + np.exp(-(2 * truth - 1 + rng.normal(size=n) * scale)))
        labels = (score >= 0.5).astype(np.int64)
        found.append(Answers(name=name, labels=labels, scores=score))
    return JudgedRows(task="binary", truth=truth, classes=("no", "yes")), *found


def test_accuracy_is_mcnemar_with_its_counts():
    rows, new, old = binary()
    found = compare_answers(rows, new, old, metric="accuracy")
    right = [each.labels == rows.truth for each in (new, old)]
    b, c = int((right[0] & ~right[1]).sum()), int((~right[0] & right[1]).sum())
    assert found.test == "McNemar, exact"
    assert found.p_value == pytest.approx(reference([[0, b], [c, 0]], exact=True).pvalue)
    assert found.further["only_candidate_right"] == b
    assert found.further["only_baseline_right"] == c
    assert found.further["mcnemar_mid_p"] < found.p_value
    assert found.difference.value == pytest.approx((b - c) / rows.n)


def test_accuracy_is_not_shown_where_the_exact_test_does_not_reject():
    truth = np.tile([0, 1], 25)
    rows = JudgedRows(task="binary", truth=truth, classes=(0, 1))
    flipped = np.where(np.arange(50) < 5, 1 - truth, truth)
    found = compare_answers(
        rows, Answers(name="a", labels=truth), Answers(name="b", labels=flipped), metric="accuracy"
    )
    assert found.p_value == pytest.approx(0.0625)
    assert found.difference.low == 0
    assert found.verdict == "not shown to be better"
    assert found.rows_needed > 0


def test_auc_is_delong():
    rows, new, old = binary()
    found = compare_answers(rows, new, old, metric="AUC")
    expected = paired_areas([new.scores, old.scores], rows.truth == 1)
    assert found.test == "DeLong"
    assert found.further["z"] == pytest.approx(expected.z)
    assert found.further["p_normal"] == pytest.approx(expected.p_value)
    assert found.p_value >= expected.p_value
    apart = roc_auc_score(rows.truth, new.scores) - roc_auc_score(rows.truth, old.scores)
    assert found.difference.value == pytest.approx(apart)


def test_f1_as_the_bootstrap_of_rows():
    rows, new, old = binary(n=300)
    found = compare_answers(rows, new, old, metric="f1").difference

    def apart(y, a, b):
        return f1_score(y, a) - f1_score(y, b)

    wanted = bootstrap(
        (rows.truth, new.labels, old.labels),
        apart,
        paired=True,
        vectorized=False,
        n_resamples=600,
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    width = found.high - found.low
    assert found.low == pytest.approx(wanted.low, abs=0.15 * width)
    assert found.high == pytest.approx(wanted.high, abs=0.15 * width)


def test_mean_losses_as_the_bootstrap_of_scipy():
    rows, new, old = binary(n=150)
    found = compare_answers(rows, new, old, metric="brier").difference
    d = (old.scores - rows.truth) ** 2 - (new.scores - rows.truth) ** 2
    rng = np.random.default_rng(0)
    wanted = bootstrap((d,), np.mean, n_resamples=9_999, method="BCa", rng=rng)
    width = found.high - found.low
    assert found.value == pytest.approx(d.mean())
    assert found.low == pytest.approx(wanted.confidence_interval.low, abs=0.05 * width)
    assert found.high == pytest.approx(wanted.confidence_interval.high, abs=0.05 * width)


def test_groups_widen_what_rows_alone_would_say():
    rows, new, old = binary(n=40)
    many = np.repeat(np.arange(40), 10)
    whole = rows.take(many)
    grouped = replace(whole, unit=many, unit_kind="group")
    widths = []
    for each in (rows, whole, grouped):
        pair = (new, old) if each is rows else (new.take(many), old.take(many))
        ends = compare_answers(each, *pair, metric="brier").difference
        widths.append(ends.high - ends.low)
    assert widths[1] < 0.4 * widths[0]
    assert widths[2] == pytest.approx(widths[0], rel=0.1)


def test_a_weight_of_two_is_worth_two_rows_in_the_value():
    rows, new, old = binary(n=60)
    weight = np.where(np.arange(60) < 20, 2.0, 1.0)
    rows_twice = np.concatenate([np.arange(60), np.arange(20)])
    for metric in ("accuracy", "f1", "roc_auc", "log_loss", "average_precision"):
        weighted = compare_answers(replace(rows, weight=weight), new, old, metric=metric)
        repeated = compare_answers(
            rows.take(rows_twice), new.take(rows_twice), old.take(rows_twice), metric=metric
        )
        assert weighted.difference.value == pytest.approx(repeated.difference.value)


def test_one_class_leaves_rank_metrics_undefined_with_the_reason():
    rows, new, old = binary(n=30)
    rows = replace(rows, truth=np.zeros(30, dtype=np.int64))
    found = compare_answers(rows, new, old, metric="roc_auc")
    assert found.difference.value is None
    assert "no row is positive" in found.difference.reason
    assert found.p_value is None
    assert found.verdict == "not shown to be better"
    json.dumps(found.to_dict(), allow_nan=False)


def test_never_answering_positive_leaves_precision_undefined():
    rows, new, _ = binary(n=50)
    silent = Answers(name="silent", labels=np.zeros(50, dtype=np.int64))
    found = compare_answers(rows, new, silent, metric="precision")
    assert found.difference.reason.startswith("silent: no row is predicted")


def test_one_row():
    rows, new, old = binary(n=1)
    for metric in ("accuracy", "log_loss", "brier"):
        found = compare_answers(rows, new, old, metric=metric)
        assert found.verdict == "not shown to be better"
        json.dumps(found.to_dict(), allow_nan=False)


def test_one_group_has_no_interval():
    rows, new, old = binary(n=30)
    grouped = replace(rows, unit=np.zeros(30, dtype=np.int64), unit_kind="group")
    found = compare_answers(grouped, new, old, metric="log_loss")
    assert found.difference.low is None
    assert "one group" in found.difference.reason
    assert found.verdict == "not shown to be better"


def test_an_answer_that_is_no_class_is_wrong():
    rows, new, old = binary(n=80)
    odd = replace(new, labels=np.where(np.arange(80) < 10, -1, new.labels))
    accuracy = compare_answers(rows, odd, old, metric="accuracy").candidate_value.value
    right = (odd.labels == rows.truth).mean()
    assert accuracy == pytest.approx(right)
    assert compare_answers(rows, odd, old, metric="mcc").difference.value is not None


def test_a_loss_is_signed_so_that_more_is_better():
    rows, new, old = binary(n=400)
    found = compare_answers(rows, new, old, metric="log_loss")
    assert not found.greater_is_better
    assert found.candidate_value.value < found.baseline_value.value
    assert found.difference.value > 0
    assert found.verdict == "better"
    assert found.rows_needed is None


def test_the_margin_weakens_the_word():
    rows, new, old = binary(n=400)
    gain = compare_answers(rows, new, old, metric="accuracy").difference
    assert gain.low > 0
    words = [
        compare_answers(rows, new, old, metric="accuracy", margin=margin).verdict
        for margin in (gain.low / 2, gain.value, gain.high * 1.1)
    ]
    assert words == [
        "better",
        "better, but perhaps by less than the margin",
        "equivalent within the margin",
    ]


def test_rows_needed_aim_at_the_margin_where_it_is_larger():
    rows, new, old = binary(n=100, scales=(1.3, 1.4))
    plain = compare_answers(rows, new, old, metric="brier")
    wide = compare_answers(rows, new, old, metric="brier", margin=0.02)
    assert plain.verdict == wide.verdict == "not shown to be better"
    assert abs(plain.difference.value) < 0.02
    assert wide.rows_needed < plain.rows_needed


def test_several_candidates_pay_for_their_number():
    rows, new, old = binary(n=300)
    third = replace(binary(n=300, seed=0, scales=(1.2, 1.4))[1], name="third")
    alone = compare_answers(rows, new, old, metric="brier")
    both = compare_many(rows, [new, third], old, metric="brier")
    assert both[0].difference.level == pytest.approx(0.975)
    assert both[0].difference.low < alone.difference.low
    assert [each.p_adjusted for each in both] == pytest.approx(
        holm([each.p_value for each in both]).tolist()
    )
    assert both[0].further["comparisons"] == 2
    assert compare_many(rows, [new], old, metric="brier")[0].p_adjusted is None


def test_the_same_seed_gives_the_same_numbers():
    rows, new, old = binary()
    one, other = (compare_answers(rows, new, old, metric="f1", seed=3) for _ in range(2))
    assert one == other
    assert compare_answers(rows, new, old, metric="f1", seed=4).difference != one.difference


@pytest.mark.parametrize(
    ("change", "metric"),
    [
        ({}, "accuracy"),
        ({"share": 0.1}, "f1"),
    ],
)
def test_the_usual_metric_of_two_classes(change, metric):
    rows, new, old = binary(**change)
    assert usual_metric(rows, new, old) == metric
    assert usual_metric(rows, replace(new, labels=None), old) == "log_loss"
    ranks = replace(new, labels=None, as_probabilities=False)
    assert usual_metric(rows, ranks, old) == "roc_auc"


def test_the_usual_metric_of_numbers():
    rng = np.random.default_rng(0)
    rows = JudgedRows(task="regression", truth=np.zeros(500))
    calm = Answers(name="calm", values=rng.normal(size=500))
    wild = Answers(name="wild", values=rng.standard_t(1.5, size=500))
    assert usual_metric(rows, calm) == "rmse"
    assert usual_metric(rows, calm, wild) == "mae"


@pytest.mark.parametrize(
    ("metric", "match"),
    [
        ("nonsense", "there is no metric"),
        ("ks", "not compared by ks"),
    ],
)
def test_metrics_that_cannot_be_compared_by(metric, match):
    rows, new, old = binary()
    with pytest.raises(InputError, match=match):
        compare_answers(rows, new, old, metric=metric)


def test_bad_input_is_named():
    rows, new, old = binary(n=20)
    with pytest.raises(InputError, match="'new' has 10 answers for 20 rows"):
        compare_answers(rows, new.take(np.arange(10)), old, metric="accuracy")
    nothing = np.arange(0)
    with pytest.raises(InputError, match="no rows to compare"):
        compare_answers(rows.take(nothing), new.take(nothing), old.take(nothing))
    with pytest.raises(InputError, match="have no scores"):
        compare_answers(rows, replace(new, scores=None), old, metric="roc_auc")
    with pytest.raises(InputError, match="have no labels"):
        compare_answers(rows, replace(new, labels=None), old, metric="f1")
    with pytest.raises(InputError, match="not probabilities"):
        compare_answers(rows, replace(new, as_probabilities=False), old, metric="log_loss")
    with pytest.raises(InputError, match="at least one"):
        compare_many(rows, [], old)
    bad = JudgedRows(task="regression", truth=np.array([1.0, 2.0]))
    with pytest.raises(InputError, match="finite"):
        compare_answers(
            bad,
            Answers(name="a", values=np.array([np.inf, 1.0])),
            Answers(name="b", values=np.array([1.0, 1.0])),
            metric="mae",
        )


def test_a_ranking_is_compared_query_by_query():
    rng = np.random.default_rng(0)
    query = np.repeat(np.arange(50), 8)
    truth = rng.integers(0, 3, size=400).astype(float)
    truth[query == 7] = 0  # nothing relevant: does not count
    rows = JudgedRows(task="ranking", truth=truth, unit=query, unit_kind="group", query=query)
    new = Answers(name="new", scores=truth + rng.normal(size=400))
    old = Answers(name="old", scores=truth + rng.normal(size=400) * 3)
    found = compare_answers(rows, new, old)
    assert found.metric == "ndcg@10"
    assert (found.difference.n, found.difference.unit) == (49, "query")
    assert found.difference.value == pytest.approx(
        found.candidate_value.value - found.baseline_value.value
    )
    assert found.verdict == "better"


def test_answers_that_never_differ_say_how_little_that_shows():
    rows, new, _ = binary(n=100)
    found = compare_answers(rows, new, replace(new, name="copy"), metric="f1")
    assert "do not differ on any of 100 rows" in found.notes[0]
    assert "0.037 of all" in found.notes[0]  # Wilson: 1.96² / (100 + 1.96²)


def test_many_rows_are_bunched_and_that_is_said():
    rows, new, old = binary(n=6_000)
    found = compare_answers(rows, new, old, metric="brier")
    assert "5,000 random bunches of rows" in found.difference.method
    assert found.further["redraws"] == 4_000


def test_too_few_rows_of_a_class_are_marked_on_the_difference_too():
    rows, new, old = binary(n=60, share=0.1)
    assert compare_answers(rows, new, old, metric="roc_auc").difference.too_few
    rows, new, old = binary(n=400)
    assert not compare_answers(rows, new, old, metric="roc_auc").difference.too_few
