"""Equalised odds: the test behind it, where its interval starts, and what that covers."""

import numpy as np
import pytest

from assay.bias.cells import GroupCells
from assay.bias.post_training.equalized_odds_difference import equalized_odds_difference
from assay.bias.post_training.false_positive_rate_difference import false_positive_rate_difference
from assay.bias.post_training.recall_difference import recall_difference
from assay.bias.split import FacetTables, Split


def split_of(counts, weights=None):
    cells = GroupCells.from_counts(["a", "d"], counts, weights=weights)
    return Split.of(FacetTables(groups=cells.groups, cells=cells), "d")


def law(base, recall, false):
    return [(1 - base) * (1 - false), (1 - base) * false, base * (1 - recall), base * recall]


def drawn(seed, n_sets, a, d, n=(700, 300)):
    rng = np.random.default_rng(seed)
    parts = [
        rng.multinomial(rows, law(*one), size=n_sets) for rows, one in zip(n, (a, d), strict=True)
    ]
    return np.stack(parts, axis=1).reshape(n_sets, 2, 2, 2)


def test_p_value_is_sidaks_of_two_chi_square_tests():
    from scipy.stats import chi2, chi2_contingency

    counts = np.array([[[60, 15], [12, 70]], [[25, 12], [14, 22]]])
    alone = []
    for label in (0, 1):
        table = counts[:, label]
        n = table.sum()
        pearson = chi2_contingency(table, correction=False).statistic
        alone.append(chi2.sf(pearson * (n - 1) / n, 1))
    found = equalized_odds_difference(split_of(counts))
    assert found.p_value == pytest.approx(1 - (1 - min(alone)) ** 2)


def test_it_is_the_larger_gap():
    for counts in drawn(1, 20, (0.5, 0.7, 0.2), (0.4, 0.6, 0.3)):
        split = split_of(counts)
        gaps = recall_difference(split).value, false_positive_rate_difference(split).value
        assert equalized_odds_difference(split).value == max(map(abs, gaps))


def test_the_interval_starts_above_zero_only_where_the_test_rejects():
    for counts in drawn(2, 200, (0.5, 0.7, 0.2), (0.4, 0.6, 0.25), n=(200, 150)):
        found = equalized_odds_difference(split_of(counts))
        for level in (0.8, 0.95):
            assert found.p_value < 1 - level or found.ends(level).low == 0


def test_equal_rates_are_rarely_told_apart():
    found = [
        equalized_odds_difference(split_of(counts))
        for counts in drawn(3, 1_500, (0.5, 0.7, 0.2), (0.4, 0.7, 0.2))
    ]
    assert np.mean([each.p_value < 0.05 for each in found]) < 0.065
    assert np.mean([each.ends(0.95).low > 0 for each in found]) < 0.065


@pytest.mark.parametrize(
    ("d", "truth", "most"),
    [((0.4, 0.5, 0.2), 0.2, 0.97), ((0.4, 0.6, 0.3), 0.1, 0.995), ((0.4, 0.65, 0.4), 0.2, 0.975)],
)
def test_the_interval_covers(d, truth, most):
    ends = [
        equalized_odds_difference(split_of(counts)).ends(0.95)
        for counts in drawn(4, 1_000, (0.5, 0.7, 0.2), d)
    ]
    assert 0.93 <= np.mean([low <= truth <= high for low, high in ends]) <= most


def test_levels_down_to_a_tenth_have_an_interval():
    found = equalized_odds_difference(split_of(drawn(5, 1, (0.5, 0.7, 0.2), (0.4, 0.5, 0.2))[0]))
    ends = [found.ends(level) for level in (0.1, 0.5, 0.95, 0.99999)]
    assert all(low <= found.value <= high for low, high in ends)
    assert np.all(np.diff([end.high for end in ends]) >= 0)
