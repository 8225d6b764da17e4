"""Metrics of counts: values worked by hand, what is undefined and why, what is infinite."""

from dataclasses import replace
from math import inf

import pytest

from assay.bias.catalogue import find_bias_metric
from assay.bias.cells import GroupCells
from assay.bias.split import FacetTables, Split


def split_of(a, d, **more):
    """Split two facets, each given as TP, FP, FN, TN."""
    counts = [[[tn, fp], [fn, tp]] for tp, fp, fn, tn in (a, d)]
    cells = GroupCells.from_counts(["a", "d"], counts, **more)
    return Split.of(FacetTables(groups=cells.groups, cells=cells), "d")


def measure(name, a, d):
    return find_bias_metric(name).function(split_of(a, d))


ONE = (65, 10, 5, 20), (20, 5, 7, 18)


@pytest.mark.parametrize(
    ("name", "a", "d", "value"),
    [
        ("CI", *ONE, (100 - 50) / 150),
        ("facet_imbalance_among_positives", *ONE, (70 - 27) / 97),
        ("facet_imbalance_among_negatives", *ONE, (30 - 23) / 53),
        ("DPL", *ONE, 70 / 100 - 27 / 50),
        ("DPPL", *ONE, 75 / 100 - 25 / 50),
        ("DI", *ONE, (25 / 50) / (75 / 100)),
        ("RD", *ONE, 0.18783),
        ("SD", *ONE, 0.11594),
        ("equal_opportunity_difference", *ONE, 0.18783),
        ("false_positive_rate_difference", *ONE, 0.11594),
        ("average_odds_difference", *ONE, (0.18783 + 0.11594) / 2),
        ("equalized_odds_difference", *ONE, 0.18783),
        ("balanced_accuracy_difference", *ONE, (0.18783 - 0.11594) / 2),
        ("f1_difference", *ONE, 130 / 145 - 40 / 52),
        ("AD", (60, 10, 20, 10), (40, 10, 40, 10), 0.2),
        ("DAR", (35, 35, 0, 30), (40, 60, 0, 0), 0.1),
        ("predictive_parity_difference", (35, 35, 0, 30), (40, 60, 0, 0), 0.1),
        ("DRR", (0, 0, 20, 80), (0, 0, 10, 40), 0.0),
        ("DCA", (60, 0, 10, 30), (20, 10, 0, 20), 0.5),
        ("DCR", (40, 0, 10, 50), (10, 10, 0, 30), 0.5),
        ("TE", (60, 6, 8, 26), (20, 2, 5, 23), 1.16667),
        ("GE", (4, 1, 1, 2), (0, 0, 1, 1), 0.5 * (1.1 / 0.9**2 - 1)),
        ("GE", (1, 0, 99, 0), (0, 0, 0, 0), 49.5),
    ],
)
def test_worked_values(name, a, d, value):
    assert measure(name, a, d).value == pytest.approx(value, abs=5e-6)


@pytest.mark.parametrize(
    ("name", "a", "d", "reason"),
    [
        ("CI", (1, 1, 1, 1), (0, 0, 0, 0), "0 rows in d"),
        ("facet_imbalance_among_positives", *((1, 1, 1, 1), (0, 2, 0, 1)), "labelled positive"),
        ("DPL", (0, 0, 0, 0), (1, 1, 1, 1), "0 rows in the rest"),
        ("DPPL", (1, 1, 1, 1), (0, 0, 0, 0), "0 rows in d"),
        ("DI", (0, 0, 3, 4), (0, 0, 1, 1), "0 of 2 rows in d are predicted positive, 0 of 7 rows"),
        ("DI", (1, 1, 1, 1), (0, 0, 0, 0), "0 rows in d"),
        ("RD", (3, 1, 1, 4), (0, 2, 0, 5), "0 of 7 rows in d are labelled positive"),
        ("SD", (3, 0, 1, 0), (1, 2, 0, 5), "0 of 4 rows in the rest are labelled negative"),
        ("DAR", (3, 1, 1, 4), (0, 0, 4, 5), "0 of 9 rows in d are predicted positive"),
        ("DRR", (3, 1, 0, 0), (0, 0, 4, 5), "0 of 4 rows in the rest are predicted negative"),
        ("DCA", (3, 1, 1, 4), (0, 0, 0, 5), "predicted positive or labelled positive"),
        ("DCA", (0, 0, 1, 4), (0, 0, 2, 5), "infinity less infinity"),
        ("DCR", (3, 1, 1, 4), (2, 0, 0, 0), "predicted negative or labelled negative"),
        ("TE", (3, 1, 1, 4), (2, 0, 0, 5), "0 of 7 rows in d are predicted wrongly"),
        ("TE", (3, 0, 1, 4), (2, 0, 3, 5), "0 of 3 wrong predictions in d are false positives"),
        ("GE", (0, 0, 3, 0), (0, 0, 2, 0), "all 5 rows are false negatives"),
        ("equalized_odds_difference", *((3, 1, 1, 4), (0, 2, 0, 5)), "labelled positive"),
        ("average_odds_difference", *((3, 1, 1, 4), (2, 0, 5, 0)), "labelled negative"),
        ("f1_difference", (3, 1, 1, 4), (0, 0, 0, 9), "labelled or predicted positive"),
    ],
)
def test_zero_over_zero_is_undefined_and_names_the_zero_count(name, a, d, reason):
    found = measure(name, a, d)
    assert found.value is None
    assert reason in found.reason
    assert found.estimate(0.95).value is None


@pytest.mark.parametrize(
    ("name", "a", "d", "value", "reason"),
    [
        ("DI", (0, 0, 30, 40), (20, 5, 7, 18), inf, "0 of 70 rows in the rest are predicted pos"),
        ("TE", (60, 6, 8, 26), (20, 0, 5, 23), inf, "0 of 5 wrong predictions in d are false pos"),
        ("TE", (60, 0, 8, 26), (20, 2, 5, 23), -inf, "0 of 8 wrong predictions in the rest are"),
        ("DCA", (60, 6, 8, 26), (0, 0, 5, 23), -inf, "0 of 28 rows in d are predicted positive"),
        ("DCR", (60, 6, 8, 26), (20, 5, 0, 0), inf, "0 of 25 rows in d are predicted negative"),
    ],
)
def test_a_number_over_zero_is_infinite_with_one_end(name, a, d, value, reason):
    found = measure(name, a, d)
    assert found.value == value
    assert reason in found.reason
    low, high = found.ends(0.95)
    assert (high if value > 0 else low) == value
    assert abs(low if value > 0 else high) < inf
    assert found.limit == ("Infinity" if value > 0 else "-Infinity")
    assert found.estimate(0.95).value is None


def test_nobody_accepted_in_the_group_alone_is_a_ratio_of_zero():
    found = measure("DI", (20, 5, 7, 18), (0, 0, 30, 40))
    assert found.value == 0
    assert found.ends(0.95).low == 0
    assert 0 < found.ends(0.95).high < 0.5


def test_newcombe_interval_of_a_published_example():
    # Newcombe 1998, example (a): 56/70 less 48/80, method 10.
    low, high = measure("DPPL", (56, 0, 14, 0), (48, 0, 32, 0)).ends(0.95)
    assert (low, high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_what_is_too_few_is_said():
    split = split_of((65, 10, 5, 20), (8, 2, 7, 8))
    warned = find_bias_metric("RD").function(split).warnings
    assert warned == (
        "too few: 25 rows in d, an interval needs 30 to be believed",
        "too few: 15 rows in d that are labelled positive, an interval needs 20 to be believed",
    )
    assert find_bias_metric("RD").function(split_of(*ONE)).warnings == ()


def test_few_effective_rows_are_said():
    weights = [[[1, 1], [1, 1]], [[1, 1], [1, 90]]]
    found = find_bias_metric("DPL").function(
        split_of((30, 9, 9, 30), (1, 9, 9, 30), weights=weights)
    )
    assert any("effective rows in d" in text for text in found.warnings)


def test_sizes_are_those_of_the_denominators():
    found = measure("RD", *ONE)
    assert (found.n_group, found.n_rest, found.n) == (27, 70, 97)
    assert found.cells_used == "cells"


def test_metrics_that_repeat_another_make_no_finding_of_their_own():
    for repeated, name in (
        ("RD", "equal_opportunity_difference"),
        ("SD", "false_positive_rate_difference"),
        ("DAR", "predictive_parity_difference"),
    ):
        one, other = find_bias_metric(repeated), find_bias_metric(name)
        assert one.tolerated == (-0.1, 0.1)
        assert other.tolerated is None
        split = split_of(*ONE)
        assert one.function(split).value == pytest.approx(other.function(split).value)


def test_tables_without_predictions_or_without_labels_are_enough_where_they_suffice():
    whole = split_of(*ONE).tables.cells
    labels = GroupCells.from_counts(["a", "d"], [[30, 70], [23, 27]])
    answers = replace(labels, positive=None, predicted=labels.positive)
    alone = replace(labels, positive=None, label=None)
    for name, cells in (("DPL", labels), ("DPPL", answers), ("DI", answers), ("CI", alone)):
        function = find_bias_metric(name).function
        if name in ("DPL", "CI"):
            other = whole
        else:
            other = GroupCells.from_counts(["a", "d"], [[[30, 70], [0, 0]], [[23, 27], [0, 0]]])
        one, two = (
            function(Split.of(FacetTables(groups=each.groups, cells=each), "d"))
            for each in (cells, other)
        )
        assert one.value == pytest.approx(two.value)
        assert one.ends(0.95) == pytest.approx(two.ends(0.95))
        assert one.influence.shape == cells.n.shape
