"""Correlation ratio, Pearson's and Spearman's correlation."""

import numpy as np
import polars as pl
import pytest

from assay.bias.associations_numbers import PAIR, POWERS, correlation_ratio, pearson
from assay.bias.associations_ranks import RankedRows, spearman
from assay.bias.group_numbers import by_group
from assay.tables.group_moments import GroupMoments, SumsByUnit
from assay.tables.moments import Moments


def group_moments(group, y, w=None, unit=None):
    """Power sums by group, worked out in one go."""
    n_groups, weight = int(group.max()) + 1, np.ones(len(y)) if w is None else w
    quantities = np.stack([y, y**2, y**3], axis=1)
    shift = 0.9 * quantities.mean(axis=0)
    sums = [np.zeros((n_groups, 3, size)) for size in (3, 3, 4)]
    for order, out in enumerate(sums):
        for power in range(out.shape[2]):
            each = weight[:, None] ** (order + 1) * (quantities - shift) ** power
            np.add.at(out[:, :, power], group, each)
    n = np.bincount(group, minlength=n_groups)
    by_unit = None
    if unit is not None:
        key, entry = np.unique(unit * n_groups + group, return_inverse=True)
        total = np.zeros((len(key), 4))
        np.add.at(total, entry, np.column_stack([weight, weight[:, None] * quantities]))
        by_unit = SumsByUnit(key // n_groups, key % n_groups, total, int(unit.max()) + 1, "group")
    levels = (tuple(range(n_groups)),)
    codes = np.arange(n_groups)[:, None]
    return GroupMoments(
        ("g",), levels, codes, POWERS, shift, n, 0 * n, *sums, weighted=w is not None,
        by_unit=by_unit,
    )  # fmt: skip


def moments(x, y, w=None):
    weight = np.ones(len(x)) if w is None else w
    z = np.stack([np.ones(len(x)), x, y, x * x, y * y, x * y])
    mean = (z[1:] @ weight) / weight.sum()
    third = ((weight * (z[1:] - mean[:, None])) ** 3).sum(axis=1)
    first, second = (z * weight) @ z.T, (z * weight**2) @ z.T
    low, high = z[1:].min(axis=1), z[1:].max(axis=1)
    return Moments(PAIR, len(x), first, second, third, low, high, weighted=w is not None)


def drawn(n=900, seed=0):
    rng = np.random.default_rng(seed)
    group = rng.choice(3, n, p=[0.5, 0.3, 0.2])
    y = 4 + np.array([0.0, 0.4, 0.8])[group] + (1 + group) * rng.standard_normal(n)
    return group, y


def test_the_correlation_ratio_is_that_of_an_analysis_of_variance():
    from scipy.stats import f_oneway

    group, y = drawn()
    f = f_oneway(*(y[group == g] for g in range(3))).statistic
    found = correlation_ratio(group_moments(group, y))
    assert found.value == pytest.approx(np.sqrt(2 * f / (2 * f + len(y) - 3)))


def test_two_groups_have_welchs_test():
    from scipy.stats import ttest_ind

    group, y = drawn()
    two = group < 2
    found = correlation_ratio(group_moments(group[two], y[two]))
    welch = ttest_ind(y[group == 0], y[group == 1], equal_var=False)
    assert found.p_value == pytest.approx(welch.pvalue, rel=1e-6)


def test_several_groups_have_brown_and_forsythes_test():
    from scipy.stats import f

    group, y = drawn()
    means = np.array([y[group == g].mean() for g in range(3)])
    n = np.bincount(group)
    share, variance = n / len(y), np.array([y[group == g].var(ddof=1) for g in range(3)])
    parts = (1 - share) * variance
    statistic = np.sum(n * (means - y.mean()) ** 2) / np.sum(parts)
    above = np.sum(parts) ** 2 / (
        np.sum(share * variance) ** 2 + np.sum(variance**2 * (1 - 2 * share))
    )  # Mehrotra's degrees of freedom
    below = np.sum(parts) ** 2 / np.sum(parts**2 / (n - 1))
    found = correlation_ratio(group_moments(group, y)).p_value
    assert found == pytest.approx(f.sf(statistic, above, below))


def test_the_error_of_the_ratio_is_that_of_redrawn_rows_weights_and_units():
    group, y = drawn()
    rng = np.random.default_rng(1)
    unit, w = rng.integers(0, 150, len(y)), rng.choice([1.0, 3.0], len(y))
    y = y + rng.standard_normal(150)[unit]
    rows_of = [np.flatnonzero(unit == u) for u in range(150)]
    draws = {"rows": [], "units": []}
    for _ in range(400):
        take = rng.integers(0, len(y), len(y))
        draws["rows"].append(correlation_ratio(group_moments(group[take], y[take], w[take])).value)
        take = np.concatenate([rows_of[u] for u in rng.integers(0, 150, 150)])
        draws["units"].append(
            correlation_ratio(group_moments(group[take], y[take], w[take])).value
        )
    rows = correlation_ratio(group_moments(group, y, w))
    units = correlation_ratio(group_moments(group, y, w, unit))
    assert rows.error == pytest.approx(np.std(draws["rows"]), rel=0.15)
    assert units.error == pytest.approx(np.std(draws["units"]), rel=0.2)
    assert (rows.unit, units.unit) == ("row", "group")


def test_copies_in_a_unit_tell_no_more():
    group, y = drawn()
    alone = correlation_ratio(group_moments(group, y))
    copies = (np.repeat(each, 4) for each in (group, y))
    found = correlation_ratio(group_moments(*copies, unit=np.repeat(np.arange(len(y)), 4)))
    assert found.ends(0.95) == pytest.approx(alone.ends(0.95), abs=2e-3)
    assert np.log(found.p_value) == pytest.approx(np.log(alone.p_value), rel=0.03)


def test_scale_shift_and_weights_of_one_do_not_matter():
    group, y = drawn()
    base = correlation_ratio(group_moments(group, y))
    moved = correlation_ratio(group_moments(group, 1_000 - 250 * y, 7.0 * np.ones(len(y))))
    assert moved.value == pytest.approx(base.value)
    assert moved.ends(0.95) == pytest.approx(base.ends(0.95), rel=1e-5)
    assert moved.p_value == pytest.approx(base.p_value, rel=1e-5)


def test_numbers_far_from_0_lose_their_interval_and_say_so():
    group, y = drawn()
    found = correlation_ratio(group_moments(group, y + 1e5))
    assert found.value == pytest.approx(correlation_ratio(group_moments(group, y)).value)
    assert found.interval is None
    assert "too close together" in found.reason


@pytest.mark.parametrize(
    ("group", "y", "reason"),
    [
        (np.zeros(9, dtype=int), np.arange(9.0), "one group"),
        (np.arange(9) % 2, np.full(9, 3.0), "the same number"),
    ],
)
def test_what_has_no_ratio_says_why(group, y, reason):
    found = correlation_ratio(group_moments(group, y))
    assert found.value is None
    assert reason in found.reason


def test_groups_without_rows_are_passed_over():
    group, y = drawn()
    table = group_moments(group, y)
    wider = by_group(table, np.array([0, 2, 3]), ("a", "b", "c", "d"))
    assert correlation_ratio(wider).value == pytest.approx(correlation_ratio(table).value)


def test_skewed_numbers_of_a_small_group_are_said():
    rng = np.random.default_rng(0)
    group = (np.arange(600) < 40).astype(int)
    found = correlation_ratio(group_moments(group, rng.lognormal(0, 1.5, 600)))
    assert any(text.startswith("too few") and "skewed" in text for text in found.warnings)
    assert not correlation_ratio(group_moments(group, rng.normal(5, 1, 600))).warnings


def test_pearson_and_its_p_value_are_nearly_scipys():
    from scipy.stats import pearsonr

    rng = np.random.default_rng(3)
    x = rng.normal(10, 2, 2_000)
    y = 0.05 * x + rng.standard_normal(2_000)
    found, expected = pearson(moments(x, y)), pearsonr(x, y)
    assert found.value == pytest.approx(expected.statistic)
    assert np.log(found.p_value) == pytest.approx(np.log(expected.pvalue), rel=0.1)
    assert found.ends(0.95) == pytest.approx(expected.confidence_interval(0.95), abs=0.005)
    turned = pearson(moments(x, -3 * y))
    assert turned.ends(0.9) == pytest.approx([-end for end in found.ends(0.9)[::-1]])


def test_what_has_no_correlation_says_why():
    x = np.arange(40.0)
    assert "constant" in pearson(moments(x, np.ones(40))).reason
    assert "three are needed" in pearson(moments(x[:2], x[:2])).reason
    line = pearson(moments(x, 2 * x + 1))
    assert (line.value, line.interval) == (pytest.approx(1.0), None)
    assert "one line" in line.reason


@pytest.mark.parametrize("kind", ["rows", "weights", "units"])
def test_spearmans_error_is_that_of_redrawn_rows(kind):
    rng = np.random.default_rng(4)
    n, unit = 800, np.repeat(np.arange(100), 8)
    lean = rng.standard_normal(100)[unit] if kind == "units" else np.zeros(n)
    x = np.round(rng.standard_normal(n) + lean, 1)
    y = np.exp(0.5 * x + rng.standard_normal(n) + lean)
    w = rng.choice([1.0, 3.0], n) if kind == "weights" else None
    found = spearman(
        RankedRows(x=x, y=y, weight=w, unit=unit if kind == "units" else None, n_data=n)
    )
    values = []
    for _ in range(400):
        take = rng.integers(0, n, n)
        if kind == "units":
            take = (8 * rng.integers(0, 100, 100)[:, None] + np.arange(8)).ravel()
        again = RankedRows(x=x[take], y=y[take], weight=None if w is None else w[take], n_data=n)
        values.append(spearman(again).value)
    assert found.error == pytest.approx(np.std(values), rel=0.15)
    low, high = found.ends(0.95)
    assert low < found.value < high


def test_spearman_without_order_says_why():
    x = np.arange(30.0)
    assert "constant" in spearman(RankedRows(x=x, y=np.ones(30), n_data=30)).reason
    same = spearman(RankedRows(x=x, y=x**3, n_data=30))
    assert (same.value, same.interval) == (pytest.approx(1.0), None)
    assert "three are needed" in spearman(RankedRows(x=x[:2], y=x[:2], n_data=2)).reason


def test_p_values_are_even_without_any_association():
    rng = np.random.default_rng(8)
    seen = {"ratio": [], "pearson": [], "spearman": []}
    for _ in range(1_000):
        group = rng.choice(3, 240, p=[0.5, 0.3, 0.2])
        x, y = rng.standard_normal(240), (1 + group) * rng.standard_normal(240)
        seen["ratio"].append(correlation_ratio(group_moments(group, y)).p_value)
        seen["pearson"].append(pearson(moments(x, y)).p_value)
        seen["spearman"].append(spearman(RankedRows(x=x, y=y, n_data=240)).p_value)
    frame = pl.DataFrame(seen)
    for name in seen:
        assert (frame[name] < 0.05).mean() == pytest.approx(0.05, abs=0.018)
