"""Rates of small groups that lend each other strength."""

from dataclasses import replace

import narwhals as nw
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import integrate, special, stats

from assay.bias.cells import GroupCells
from assay.bias.facet import Facet
from assay.bias.facet_text import parse_facet
from assay.bias.pooled_groups import effective_counts, main_effects, pooled_group_rates
from assay.bias.pooling import pool_rates
from assay.bias.resolve import resolve_facets
from assay.data.dataset import Dataset
from assay.tables.units import CellsByUnit


def crossed(rows, columns):
    first, second = np.repeat(np.arange(rows), columns), np.tile(np.arange(columns), rows)
    each = [first == at for at in range(1, rows)] + [second == at for at in range(1, columns)]
    return np.stack(each, axis=1).astype(float)


def simulated(rows, columns, *, base, main, own, n, n_sets, seed, design=True):
    """Return coverage, and the root of the mean squared error of pooled and of raw rates."""
    rng = np.random.default_rng(seed)
    matrix = crossed(rows, columns)
    covered, pooled_errors, raw_errors = [], [], []
    for _ in range(n_sets):
        effects = matrix @ rng.normal(0, main, matrix.shape[1])
        logit = special.logit(base) + effects - effects.mean()
        rate = special.expit(logit + rng.normal(0, own, len(logit)))
        trials = rng.integers(n[0], n[1] + 1, len(rate))
        successes = rng.binomial(trials, rate)
        found = pool_rates(successes * 1.0, trials * 1.0, matrix if design else None)
        covered.append((found.low <= rate) & (rate <= found.high))
        pooled_errors.append((found.value - rate) ** 2)
        raw_errors.append((successes / trials - rate) ** 2)
    return np.mean(covered), np.mean(pooled_errors) ** 0.5, np.mean(raw_errors) ** 0.5


@pytest.mark.parametrize("base", [0.05, 0.3])
@pytest.mark.parametrize("own", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("design", [True, False])
def test_intervals_cover_and_errors_are_smaller_than_raw(base, own, design):
    coverage, pooled, raw = simulated(
        4, 5, base=base, main=0.5, own=own, n=(5, 50), n_sets=30, seed=1, design=design
    )
    assert coverage >= 0.925  # 600 groups: one standard error is 0.9 points
    assert pooled < raw * (0.97 if own == 1.0 else 0.85)


def test_main_effects_are_worth_more_than_the_grand_mean_where_there_are_some():
    told = {"base": 0.3, "main": 1.0, "own": 0.1, "n": (5, 30), "n_sets": 20, "seed": 2}
    _, with_design, _ = simulated(5, 6, **told)
    _, without, _ = simulated(5, 6, **told, design=False)
    assert with_design < 0.85 * without


def test_one_group_is_a_logistic_normal_posterior():
    # One group: only the intercept's prior and the deviation's, both normal, so their sum is.
    found = pool_rates(np.array([30.0]), np.array([100.0]))

    def density(logit):
        return stats.norm.pdf(logit, 0, 5) * stats.binom.pmf(30, 100, special.expit(logit))

    total = integrate.quad(density, -4, 3)[0]
    mean = integrate.quad(lambda x: special.expit(x) * density(x), -4, 3)[0] / total
    below = integrate.quad(density, -4, special.logit(found.low[0]))[0] / total
    assert found.value[0] == pytest.approx(mean, abs=0.003)
    assert below == pytest.approx(0.025, abs=0.006)


def test_a_group_without_rows_gets_what_is_expected_of_it():
    trials = np.array([200.0, 200.0, 200.0, 0.0])
    found = pool_rates(np.array([40.0, 80.0, 80.0, 0.0]), trials, crossed(2, 2))
    assert found.shrinkage[3] == pytest.approx(1.0)
    assert 0.4 < found.value[3] < 0.8  # both effects raise the rate
    widths = found.high - found.low
    assert widths[3] > 2 * widths[:3].max()
    nobody = pool_rates(np.zeros(3), np.zeros(3))
    assert np.allclose(nobody.value, 0.5, atol=0.01)
    assert (nobody.high - nobody.low > 0.9).all()


def test_large_groups_keep_their_own_rate_and_small_ones_take_the_others():
    trials = np.array([5.0, 100_000.0, 400.0, 400.0, 400.0])
    successes = np.array([5.0, 90_000.0, 120.0, 110.0, 130.0])
    found = pool_rates(successes, trials)
    assert found.value[1] == pytest.approx(0.9, abs=0.001)
    assert found.shrinkage[1] < 0.01
    assert 0.4 < found.value[0] < 0.95
    assert found.shrinkage[0] > found.shrinkage[2]


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_none_and_all_have_an_interval(rate):
    trials = np.array([10.0, 20.0, 50.0])
    found = pool_rates(trials * rate, trials, crossed(3, 1))
    assert (found.low < found.high).all()
    assert (np.abs(found.value - rate) < 0.1).all()


counts = st.integers(1, 8).flatmap(
    lambda k: st.tuples(
        arrays(np.float64, k, elements=st.integers(0, 60)),
        arrays(np.float64, k, elements=st.floats(0, 1)),
    )
)


@settings(max_examples=40)
@given(counts, st.randoms(use_true_random=False))
def test_bounds_order_and_mirror(drawn, random):
    trials, share = drawn
    successes = trials * share
    found = pool_rates(successes, trials)
    assert (found.low >= 0).all()
    assert (found.high <= 1).all()
    assert (found.low <= found.value).all()
    assert (found.value <= found.high).all()
    assert ((found.shrinkage >= 0) & (found.shrinkage <= 1 + 1e-9)).all()
    order = list(range(len(trials)))
    random.shuffle(order)
    again = pool_rates(successes[order], trials[order])
    assert np.allclose(again.value, found.value[order], atol=1e-6)
    mirrored = pool_rates(trials - successes, trials)
    assert np.allclose(1 - mirrored.value, found.value, atol=1e-5)
    assert np.allclose(1 - mirrored.high, found.low, atol=1e-5)


def test_a_higher_level_gives_wider_intervals():
    successes, trials = np.array([3.0, 10.0, 8.0]), np.array([10.0, 20.0, 30.0])
    narrow, wide = (pool_rates(successes, trials, level=level) for level in (0.8, 0.99))
    assert (wide.low < narrow.low).all()
    assert (wide.high > narrow.high).all()


def people():
    rng = np.random.default_rng(3)
    rows = {
        "sex": rng.choice(["f", "m"], 800).tolist(),
        "race": rng.choice(["a", "b", "c"], 800, p=[0.9, 0.08, 0.02]).tolist(),
    }
    return Dataset.read({**rows, "y": rng.integers(0, 2, 800).tolist()}, label="y")


def test_the_design_of_an_intersection():
    data = people()
    facet = resolve_facets([parse_facet("sex*race", data.schema.names)], data).facets[0]
    assert facet.groups == ("f × a", "f × b", "f × c", "m × a", "m × b", "m × c")
    assert main_effects(facet).tolist() == crossed(2, 3).tolist()
    alone = resolve_facets([parse_facet("race", data.schema.names)], data).facets[0]
    assert main_effects(alone) is None
    folded = replace(facet, groups=(*facet.groups, "(other)"), other=6)
    assert main_effects(folded)[6].tolist() == pytest.approx([1 / 2, 1 / 3, 1 / 3])


def facet_of(names):
    places = {(name,): at for at, name in enumerate(names)}
    return Facet(
        name="x",
        columns=("x",),
        how="values",
        keys=(nw.col("x"),),
        key_groups=({},),
        groups=tuple(names),
        places=places,
        reported=tuple(range(len(names))),
    )


COUNTS = [[[200, 100], [50, 250]], [[5, 1], [0, 3]], [[0, 0], [0, 0]]]


def test_each_group_gets_pooled_rates():
    cells = GroupCells.from_counts(["a", "b", "c"], COUNTS)
    found = pooled_group_rates(facet_of("abc"), cells)
    raw = cells.n.reshape(3, 2, 2)[0]
    assert found[0]["pooled_selection_rate"].value == pytest.approx(
        raw[:, 1].sum() / 600, abs=0.01
    )
    small = found[1]["pooled_recall"]
    assert small.n == 3
    assert small.too_few
    assert 0.83 < small.value < 1.0
    assert found[2]["pooled_base_rate"].n == 0
    assert "mean of all groups" in small.method
    assert set(found[2]) == set(found[0])


def test_weights_count_as_the_rows_that_they_are_worth():
    even = GroupCells.from_counts(["a", "b", "c"], COUNTS)
    equal = GroupCells.from_counts(["a", "b", "c"], COUNTS, weights=np.full((3, 2, 2), 7.0))
    every = np.ones(12, dtype=bool)
    for one, other in zip(
        effective_counts(even, even.positive, every),
        effective_counts(equal, equal.positive, every),
        strict=True,
    ):
        assert np.allclose(one, other)
    uneven = GroupCells.from_counts(
        ["a", "b", "c"], COUNTS, weights=np.where(np.arange(12) % 2, 9.0, 1.0).reshape(3, 2, 2)
    )
    _, trials, rows = effective_counts(uneven, uneven.positive, every)
    assert (trials[:2] < rows[:2]).all()
    found = pooled_group_rates(facet_of("abc"), uneven)
    assert found[0]["pooled_base_rate"].n_effective == pytest.approx(trials[0])


def test_units_count_as_the_rows_that_they_are_worth():
    cells = GroupCells.from_counts(["a", "b"], [[60, 40], [30, 70]])
    unit = np.repeat(np.arange(20), 1)
    # Every unit is all of one cell: 20 units are worth 20 rows at most.
    cell = np.repeat(np.arange(4), [6, 4, 3, 7])
    weight = np.full(20, 10.0)
    units = CellsByUnit(unit, cell, weight, 20)
    _, trials, rows = effective_counts(
        replace(cells, by_unit=units), cells.positive, np.ones(4, bool)
    )
    assert rows.tolist() == [100, 100]
    assert (trials < 12).all()
    assert (trials > 8).all()
