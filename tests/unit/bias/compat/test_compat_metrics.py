"""The original's metrics on counts: worked values, and what it makes of nothing."""

import json
from math import inf, log, sqrt
from pathlib import Path

import numpy as np
import pytest

from assay.bias.compat.cell import DESCRIPTIONS, metric_cell
from assay.bias.compat.counts import Comparison, Confusion, Flips, Strata
from assay.bias.compat.failing import MetricFailure
from assay.bias.compat.post_training import POST_TRAINING
from assay.bias.compat.pre_training import PRE_TRAINING

METRICS = {**PRE_TRAINING, **POST_TRAINING}
SAMPLE = Path(__file__).parents[5] / "shared/clarify-samples/analysis.fraud_bias_1.json"
NOBODY = Confusion(0, 0, 0, 0)


def labels(positive, negative):
    return Confusion(0, 0, positive, negative)


def value(code, a, d, **more):
    return METRICS[code](Comparison(d=Confusion(*d), a=Confusion(*a), **more))


def cell(code, a, d, **more):
    return metric_cell(code, METRICS[code], Comparison(d=d, a=a, **more))


@pytest.mark.parametrize(
    ("code", "a", "d", "expected"),
    [
        ("RD", (65, 10, 5, 20), (20, 5, 7, 18), 0.18783),
        ("SD", (65, 10, 5, 20), (20, 5, 7, 18), 0.11594),
        ("AD", (60, 10, 20, 10), (40, 10, 40, 10), 0.2),
        ("DAR", (35, 35, 0, 30), (40, 60, 0, 0), 0.1),
        ("DRR", (0, 0, 20, 80), (0, 0, 10, 40), 0.0),
        ("DCA", (60, 0, 10, 30), (20, 10, 0, 20), 0.5),
        ("DCR", (40, 0, 10, 50), (10, 10, 0, 30), 0.5),
        ("TE", (0, 6, 8, 0), (0, 2, 5, 0), 7 / 6),
        ("DPPL", (60, 10, 20, 10), (40, 10, 40, 10), 0.2),
        ("DI", (5, 1, 0, 4), (4, 1, 1, 4), 0.5 / 0.6),
        ("GE", (1, 0, 99, 0), (0, 0, 0, 0), 49.5),
        ("GE", (5, 5, 0, 0), (0, 0, 5, 5), 0.25),
        ("CI", (0, 0, 40, 30), (0, 0, 10, 20), 0.4),
        ("DPL", (0, 0, 8, 2), (0, 0, 3, 7), 0.5),
        ("KL", (0, 0, 8, 2), (0, 0, 3, 7), 0.53411),
    ],
)
def test_worked_values(code, a, d, expected):
    assert value(code, a, d) == pytest.approx(expected, abs=5e-6)


@pytest.mark.parametrize(
    ("code", "expected"),
    [("KL", -0.34657), ("JS", 0.04247), ("LP", 0.5), ("TVD", 0.25), ("KS", 0.5)],
)
def test_only_outcomes_of_both_groups_count(code, expected):
    """P_a = (½, ½) and P_d = (0, 1): the first outcome is left out, nothing is renormalised."""
    assert value(code, (0, 0, 5, 5), (0, 0, 4, 0)) == pytest.approx(expected, abs=1e-5)


def test_groups_without_a_common_outcome():
    a, d = labels(3, 0), labels(0, 2)
    assert [cell(code, a, d)["value"] for code in ("KL", "JS", "LP", "TVD")] == [0.0] * 4
    assert cell("KS", a, d)["value"] is None
    assert "both" in cell("KS", a, d)["error"]


@pytest.mark.parametrize("shares", [(0.8, 0.3), (0.5, 0.25), (0.1, 0.9)])
def test_distances_of_two_outcomes_are_the_difference(shares):
    a, d = (labels(round(100 * share), 100 - round(100 * share)) for share in shares)
    gap = abs(shares[0] - shares[1])
    for code, times in (("TVD", 1), ("KS", 1), ("LP", sqrt(2))):
        assert cell(code, a, d)["value"] == pytest.approx(times * gap)
    p, q = shares
    kl = p * log(p / q) + (1 - p) * log((1 - p) / (1 - q))
    assert cell("KL", a, d)["value"] == pytest.approx(kl)


def test_nothing_over_nothing_is_zero_and_something_over_nothing_is_infinite():
    nobody = (0, 0, 2, 8)
    assert value("DI", nobody, nobody) == 0.0
    assert value("DI", nobody, (1, 1, 0, 8)) == inf
    assert value("TE", (3, 1, 2, 4), (3, 0, 2, 5)) == inf
    assert value("TE", (3, 0, 2, 4), (3, 1, 2, 5)) == -inf
    assert value("TE", (3, 0, 2, 4), (3, 0, 1, 5)) == 0.0  # the same infinity on both sides
    assert value("TE", (3, 0, 0, 4), (3, 0, 0, 5)) == 0.0
    assert value("DCA", (0, 0, 5, 5), (0, 0, 0, 5)) == inf


def test_infinite_values_are_texts():
    d, a = Confusion(3, 1, 2, 5), Confusion(3, 0, 2, 4)
    assert cell("TE", a, d)["value"] == "-Infinity"
    assert cell("TE", d, a)["value"] == "Infinity"
    assert "error" not in cell("TE", a, d)


@pytest.mark.parametrize("code", sorted(set(METRICS) - {"GE"}))
def test_an_empty_group_fails_each_metric(code):
    prefix = "CI: " if code == "CI" else ""
    some = Confusion(1, 2, 3, 4)
    assert cell(code, some, NOBODY) == {
        "name": code,
        "description": DESCRIPTIONS[code],
        "value": None,
        "error": f"{prefix}Facet set is empty",
    }
    assert cell(code, NOBODY, some)["error"] == f"{prefix}Negated facet set is empty"


def test_entropy_is_of_all_rows():
    some = Confusion(1, 2, 3, 4)
    assert cell("GE", some, NOBODY)["value"] == cell("GE", NOBODY, some)["value"] != 0
    assert "false negative" in cell("GE", NOBODY, labels(3, 0))["error"]


def test_disparity_by_hand():
    """Two subgroups: 10 rows with DD = 2/4 − 1/6, 6 rows without a rejected one."""
    # d, a as TP FP FN TN; labels accept TP + FN
    d = np.array([[1, 1, 0, 1], [2, 0, 1, 0]])
    a = np.array([[3, 1, 2, 1], [1, 0, 2, 0]])
    strata = Strata(d, a)
    rows = Comparison(d=Confusion(3, 1, 1, 1), a=Confusion(4, 1, 4, 1), strata=strata)
    first = 2 / 4 - 1 / 6
    second = 0 - 3 / 6
    assert METRICS["CDDL"](rows) == pytest.approx((10 * first + 6 * second) / 16)
    # predictions accept TP + FP
    first = 1 / 4 - 2 / 6
    second = 1 / 3 - 2 / 3
    assert METRICS["CDDPL"](rows) == pytest.approx((10 * first + 6 * second) / 16)


@pytest.mark.parametrize(
    ("code", "d", "error"),
    [
        ("CDDL", Confusion(1, 1, 1, 1), "Group variable is empty or not provided"),
        ("CDDPL", Confusion(1, 1, 1, 1), "Group variable is empty or not provided"),
        ("CDDL", Confusion(0, 1, 0, 1), "Positive labels"),
        ("CDDL", Confusion(1, 0, 1, 0), "Negative labels"),
        ("CDDPL", Confusion(0, 0, 1, 1), "Positive predicted labels"),
        ("CDDPL", Confusion(1, 1, 0, 0), "Negative predicted labels"),
    ],
)
def test_disparity_without_an_outcome(code, d, error):
    counts = np.array([[d.tp, d.fp, d.fn, d.tn]])
    strata = None if error.startswith("Group") else Strata(counts, counts)
    assert cell(code, d, d, strata=strata)["error"].startswith(error)


def test_the_flip_test_has_the_opposite_sign_of_the_guide():
    rows = Confusion(1, 1, 1, 2)
    assert cell("FT", rows, rows, flips=lambda: Flips(up=3, down=1))["value"] == -0.4


def test_a_failing_flip_test_is_told():
    def fail():
        raise MetricFailure("no neighbours")

    rows = Confusion(1, 1, 1, 2)
    assert cell("FT", rows, rows, flips=fail)["error"] == "no neighbours"


def test_every_metric_is_described():
    assert set(METRICS) == set(DESCRIPTIONS)
    assert len(PRE_TRAINING) == 8
    assert len(POST_TRAINING) == 13
    assert all(text.endswith(f"({code})") for code, text in DESCRIPTIONS.items())
    assert DESCRIPTIONS["KL"] == "Kullback-Liebler Divergence (KL)"
    assert list(PRE_TRAINING) == sorted(PRE_TRAINING)
    assert list(POST_TRAINING) == sorted(POST_TRAINING)


@pytest.mark.parametrize("section", ["pre_training_bias_metrics", "post_training_bias_metrics"])
def test_printed_results_of_the_original(section):
    """Its sample has 4,000 rows, all predicted positive; the counts follow from CI, DPL and KL."""
    if not SAMPLE.is_file():
        pytest.skip(f"no sample in {SAMPLE.parent}")
    printed = json.loads(SAMPLE.read_text())[section]
    a, d = Confusion(2707, 89, 0, 0), Confusion(1187, 17, 0, 0)
    (entry,) = printed["facets"]["customer_gender_female"]
    assert len(entry["metrics"]) in (8, 11)
    for told in entry["metrics"]:
        made = cell(told["name"], a, d, flips=lambda: Flips(0, 0))
        assert made["description"] == told["description"]
        assert made.get("error") == told.get("error")
        if told["name"] != "JS":
            assert made["value"] == pytest.approx(told["value"], abs=1e-15)


def test_jensen_shannon_is_from_the_mean_of_the_shares_not_from_the_shares_of_all_rows():
    """The printed sample, of a release before 0.5, has the latter: 0.0020437563177422677."""
    share = {"a": 2707 / 2796, "d": 1187 / 1204, "all rows": 3894 / 4000}

    def divergence(p, q):
        return p * log(p / q) + (1 - p) * log((1 - p) / (1 - q))

    def halved(middle):
        return (divergence(share["a"], middle) + divergence(share["d"], middle)) / 2

    found = value("JS", (2707, 89, 0, 0), (1187, 17, 0, 0))
    assert found == pytest.approx(halved((share["a"] + share["d"]) / 2))
    assert halved(share["all rows"]) == pytest.approx(0.0020437563177422677, abs=1e-15)
    assert found != pytest.approx(0.0020437563177422677, rel=0.1)
