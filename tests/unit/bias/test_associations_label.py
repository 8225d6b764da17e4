"""How evenly labels are spread over all rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.bias.associations_label import label_difference, label_imbalance, majority_share
from assay.stats.rate import wilson
from bias_rows import cells_of_rows, with_more_weight

EACH = [label_imbalance, majority_share, label_difference]


def cells_of_labels(counts, **more):
    label = np.repeat(np.arange(len(counts)), counts)
    return cells_of_rows(np.arange(len(label)) % 2, label, n_classes=len(counts), **more)


@given(
    st.lists(st.integers(0, 80), min_size=2, max_size=5).filter(lambda n: sum(map(bool, n)) > 1)
)
def test_it_is_one_less_scipys_entropy(counts):
    from scipy.stats import entropy

    held = np.array([n for n in counts if n])
    found = label_imbalance(cells_of_labels(counts))
    assert found.value == pytest.approx(1 - entropy(held) / np.log(len(held)), abs=1e-9)
    inner, outer = found.ends(0.9), found.ends(0.99999)
    assert 0 <= outer.low <= inner.low <= found.value <= inner.high <= outer.high <= 1
    share = majority_share(cells_of_labels(counts))
    assert share.value == pytest.approx(max(counts) / sum(counts))


def test_the_difference_of_two_classes():
    found = label_difference(cells_of_labels([30, 70]))
    assert found.value == pytest.approx(0.4)
    low, high = wilson(0.7, 100)
    assert found.ends(0.95) == pytest.approx((2 * low - 1, 2 * high - 1))


def test_an_even_split_may_be_even():
    assert label_imbalance(cells_of_labels([52, 48])).ends(0.95).low == 0.0
    assert label_imbalance(cells_of_labels([90, 10])).ends(0.95).low > 0.2


@pytest.mark.parametrize("measure", EACH)
@pytest.mark.parametrize("counts", [[120, 40], [100, 60, 40]])
def test_weights_scale_and_the_influence_is_the_derivative(measure, counts):
    rng = np.random.default_rng(0)
    w = rng.uniform(0.5, 3, sum(counts))
    cells = cells_of_labels(counts, w=w)
    found, other = measure(cells), measure(cells_of_labels(counts, w=10 * w))
    assert other.value == pytest.approx(found.value)
    assert other.ends(0.99) == pytest.approx(found.ends(0.99))
    for at in range(len(cells.n)):
        up, down = (measure(with_more_weight(cells, at, step)).value for step in (0.01, -0.01))
        assert found.influence[at] == pytest.approx((up - down) / 0.02, rel=1e-3)
    ones = measure(cells_of_labels(counts, w=np.ones(sum(counts))))
    assert ones.ends(0.95) == pytest.approx(measure(cells_of_labels(counts)).ends(0.95))


@pytest.mark.parametrize("measure", EACH)
def test_copies_in_a_unit_tell_no_more(measure):
    counts = np.array([300, 150, 150])
    alone = measure(cells_of_labels(counts))
    copies = measure(cells_of_labels(4 * counts, unit=np.repeat(np.arange(600), 4)))
    assert copies.unit == "group"
    assert copies.ends(0.95) == pytest.approx(alone.ends(0.95), abs=2e-3)


def test_what_is_undefined_says_why():
    from dataclasses import replace

    one = cells_of_labels([10, 0])
    assert "same label" in label_imbalance(one).reason
    bare = replace(one, label=None, positive=None)
    assert all("no label" in measure(bare).reason for measure in EACH)


@pytest.mark.parametrize("law", [[0.5, 0.5], [0.9, 0.1], [0.5, 0.3, 0.2], [0.25] * 4])
def test_intervals_cover(law):
    truth = 1 + np.sum(np.array(law) * np.log(law)) / np.log(len(law))
    held = [
        low <= truth <= high
        for counts in np.random.default_rng(1).multinomial(400, law, 800)
        for low, high in [label_imbalance(cells_of_labels(counts)).ends(0.95)]
    ]
    assert np.mean(held) > 0.925
