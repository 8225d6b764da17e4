"""Redraws of rows with many labels: what they leave alone, and what makes them wider."""

from dataclasses import replace

import numpy as np
import pytest

from assay.metrics.multilabel.from_rows import (
    answer_moments,
    drawn_labels,
    label_sums,
    rank_moments,
)
from assay.metrics.multilabel.hamming_loss import hamming_loss
from assay.metrics.multilabel.label_draws import MAX_DRAWN_UNITS, draw_labels
from assay.metrics.multilabel.label_ranking_average_precision import (
    label_ranking_average_precision,
)
from assay.metrics.multilabel.macro_f1 import macro_f1
from assay.metrics.multilabel.macro_precision import macro_precision
from assay.metrics.multilabel.macro_recall import macro_recall
from assay.metrics.multilabel.micro_f1 import micro_f1
from assay.metrics.multilabel.micro_precision import micro_precision
from assay.metrics.multilabel.samples_jaccard import samples_jaccard

NAMES = ("a", "b", "c")


def sample(n, seed=0, *, alike=False):
    rng = np.random.default_rng(seed)
    truth = rng.random((n, 3)) < [0.5, 0.3, 0.2]
    if alike:  # the labels of a row are right or wrong together
        return truth, truth ^ (rng.random((n, 1)) < 0.2)
    return truth, truth ^ (rng.random((n, 3)) < 0.2)


def width(estimate):
    return estimate.high - estimate.low


def test_weights_are_repetitions():
    truth, given = sample(200)
    times = np.arange(200) % 3
    weighted = drawn_labels(truth, given, weight=times.astype(float))
    repeated = drawn_labels(np.repeat(truth, times, axis=0), np.repeat(given, times, axis=0))
    for metric in (macro_f1, micro_f1, macro_precision):
        assert metric(weighted).value == pytest.approx(metric(repeated).value, abs=1e-12)
    assert macro_f1(weighted).n_effective == pytest.approx(times.sum() ** 2 / (times**2).sum())


def test_the_order_of_rows_and_labels_changes_no_value():
    truth, given = sample(150)
    rows, labels = np.random.default_rng(1).permutation(150), [2, 0, 1]
    one = drawn_labels(truth, given)
    other = drawn_labels(truth[rows][:, labels], given[rows][:, labels])
    assert macro_f1(one).value == pytest.approx(macro_f1(other).value, abs=1e-12)
    assert width(macro_f1(one)) == pytest.approx(width(macro_f1(other)), rel=0.05)


def test_labels_of_a_row_that_err_together_make_the_interval_wider():
    apart = micro_f1(drawn_labels(*sample(600)))
    together = micro_f1(drawn_labels(*sample(600, alike=True)))
    assert width(together) > 1.3 * width(apart)


def test_copies_of_a_row_in_one_group_are_no_new_rows():
    truth, given = sample(150)
    group = np.repeat(np.arange(150), 4)
    four = np.repeat(truth, 4, axis=0), np.repeat(given, 4, axis=0)
    once, grouped = (
        macro_f1(d) for d in (drawn_labels(truth, given), drawn_labels(*four, group=group))
    )
    assert width(grouped) == pytest.approx(width(once), rel=0.08)
    assert width(macro_f1(drawn_labels(*four))) < 0.6 * width(once)
    assert (grouped.unit, grouped.method) == ("group", "redraw of groups, BCa")


def test_bunches_vary_as_their_rows_do():
    truth, given = sample(6_000)
    sums = label_sums(truth, given)
    bunched, plain = draw_labels(sums, NAMES), drawn_labels(truth[:1_500], given[:1_500])
    assert f"{MAX_DRAWN_UNITS:,} random bunches of rows" in bunched.method
    found = macro_f1(bunched)
    assert found.value == pytest.approx(macro_f1(drawn_labels(truth, given)).value)
    assert width(found) == pytest.approx(width(macro_f1(plain)) / 2, rel=0.15)


def test_a_faultless_model_is_not_certain():
    truth, _ = sample(100)
    for estimate in (
        macro_f1(drawn_labels(truth, truth)),
        samples_jaccard(answer_moments(truth, truth)),
        label_ranking_average_precision(rank_moments(truth, truth.astype(float))),
    ):
        assert estimate.value == estimate.high == 1
        assert 0.95 < estimate.low < 0.99
        assert "Wilson" in estimate.method
    loss = hamming_loss(answer_moments(truth, truth))
    assert (loss.value, loss.low) == (0, 0)
    assert 0.01 < loss.high < 0.05


def test_an_always_wrong_model_is_not_certain_either():
    truth, _ = sample(100)
    found = macro_f1(drawn_labels(truth, ~truth))
    assert found.value == found.low == 0
    assert 0 < found.high < 0.1


def test_labels_left_out_are_named():
    truth, given = sample(300)
    truth[:, 2] = given[:, 2] = False
    draws = draw_labels(label_sums(truth, given), NAMES)
    assert any(
        "without rows" in text and text.endswith(": c") for text in macro_f1(draws).warnings
    )
    given[:, 1] = False
    draws = draw_labels(label_sums(truth, given), NAMES)
    assert "labels never given, left out of the average: b, c" in macro_precision(draws).warnings
    assert "labels never true, left out of the average: c" in macro_recall(draws).warnings


def test_undefined_has_a_reason():
    truth, _ = sample(50)
    nothing = np.zeros_like(truth)
    found = micro_precision(drawn_labels(truth, nothing))
    assert (found.value, found.reason) == (None, "no row is given a label")
    assert macro_f1(drawn_labels(nothing, nothing)).reason == "no label has a row"
    empty = replace(drawn_labels(truth, truth), n=0)
    assert macro_f1(empty).reason == "the table has no rows"


def test_one_row():
    truth = np.array([[True, False]])
    found = macro_f1(drawn_labels(truth, truth))
    assert found.value == 1
    assert found.low < 0.5
    assert any("too few" in text for text in found.warnings)
    assert hamming_loss(answer_moments(truth, truth)).high > 0.5
