"""Ranks of any union of groups: against scikit-learn, plain DeLong and a bootstrap."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from assay.bias.from_rows import tables_of_rows
from assay.bias.quantiles import quantile_of
from assay.bias.ranking import area_of
from assay.errors import InputError


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(1)
    n = 600
    score = rng.random(n).round(2)
    return {
        "group": rng.choice(["a", "b", "c", "d"], n, p=[0.6, 0.2, 0.15, 0.05]),
        "score": score,
        "positive": rng.random(n) < score,
        "weight": rng.gamma(2.0, 1.0, n),
        "unit": rng.integers(0, 80, n),
    }


def made(rows, *names):
    return tables_of_rows(
        rows["group"],
        score=rows["score"],
        positive=rows["positive"],
        **{name: rows[name] for name in names},
    )


def flags(tables, *names):
    return np.isin(tables.groups, names)


@pytest.mark.parametrize("names", ["a", "d", "bc", "abc", "bcd", "abcd"])
@pytest.mark.parametrize("extra", [(), ("weight",), ("unit",), ("weight", "unit")])
def test_area_of_a_union_is_that_of_its_rows(rows, names, extra):
    tables = made(rows, *extra)
    found = area_of(tables.scores, flags(tables, *names), "them")
    inside = np.isin(rows["group"], list(names))
    weight = rows["weight"][inside] if "weight" in extra else None
    truth = roc_auc_score(rows["positive"][inside], rows["score"][inside], sample_weight=weight)
    assert found.value == pytest.approx(truth)
    assert found.n == inside.sum()
    low, high = found.interval(0.95)
    assert low < found.value < high


def test_variance_is_that_of_placements(rows):
    tables = made(rows)
    for names in ("a", "bcd"):
        inside = np.isin(rows["group"], list(names))
        y, s = rows["positive"][inside], rows["score"][inside]
        wins = (s[y][:, None] > s[~y]) + 0.5 * (s[y][:, None] == s[~y])
        v10, v01 = wins.mean(axis=1), wins.mean(axis=0)
        truth = v10.var(ddof=1) / len(v10) + v01.var(ddof=1) / len(v01)
        found = area_of(tables.scores, flags(tables, *names), "them")
        assert found.spread.variance == pytest.approx(truth)


@pytest.mark.parametrize("extra", [("weight",), ("unit",)])
def test_variance_against_a_bootstrap(rows, extra):
    tables = made(rows, *extra)
    found = area_of(tables.scores, flags(tables, "a"), "a")
    rng = np.random.default_rng(0)
    inside = np.flatnonzero(rows["group"] == "a")
    order = inside[np.argsort(rows["unit"][inside], kind="stable")]
    _, starts = np.unique(rows["unit"][order], return_index=True)
    blocks = np.split(order, starts[1:]) if extra == ("unit",) else [[at] for at in inside]
    drawn = []
    for _ in range(300):
        picked = np.concatenate([blocks[at] for at in rng.integers(0, len(blocks), len(blocks))])
        weight = rows["weight"][picked] if extra == ("weight",) else None
        y, s = rows["positive"][picked], rows["score"][picked]
        drawn.append(roc_auc_score(y, s, sample_weight=weight))
    assert found.spread.error == pytest.approx(np.std(drawn), rel=0.15)
    if extra == ("unit",):
        assert found.spread.unit == "group"
        assert found.spread.n_units == len(blocks)


def test_every_row_its_own_unit_gives_the_variance_of_rows(rows):
    alone = tables_of_rows(
        rows["group"], score=rows["score"], positive=rows["positive"], unit=np.arange(600)
    )
    inside = flags(alone, "a", "b")
    plain = area_of(made(rows).scores, inside, "them").spread.error
    assert area_of(alone.scores, inside, "them").spread.error == pytest.approx(plain, rel=0.01)


def test_what_is_undefined_says_why():
    tables = tables_of_rows(["a", "a", "d"], score=[0.1, 0.5, 0.2], positive=[True, False, True])
    found = area_of(tables.scores, np.array([False, True]), "d")
    assert found.value is None
    assert found.reason == "0 rows of d have a negative label"
    assert area_of(tables.scores, np.array([False, False]), "nobody").value is None
    unlabelled = tables_of_rows(["a", "d"], score=[0.1, 0.5])
    assert (
        area_of(unlabelled.scores, np.array([True, True]), "all").reason == "there are no labels"
    )


def test_ranks_without_variance_take_wilson_of_the_scarcer_label():
    tables = tables_of_rows(
        ["d"] * 40, score=[0.1] * 20 + [0.9] * 20, positive=[False] * 20 + [True] * 20
    )
    found = area_of(tables.scores, np.array([True]), "d")
    assert found.value == 1.0
    low, high = found.interval(0.95)
    assert high == 1.0
    assert low == pytest.approx(0.8389, abs=1e-4)  # Wilson of 20 of 20
    assert found.warnings == (
        "too few: 20 negative rows in d, an interval needs 30 to be believed",
    )


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("names", ["a", "bcd", "abcd"])
def test_quantiles_are_order_statistics(rows, share, names):
    rng = np.random.default_rng(3)
    values = rng.normal(size=600)
    tables = tables_of_rows(rows["group"], label=values, prediction=values)
    found = quantile_of(tables.numbers.predictions, share, flags(tables, *names), "them")
    mine = np.sort(values[np.isin(rows["group"], list(names))])
    assert found.value == np.quantile(mine, share, method="inverted_cdf")
    low, high = found.interval(0.95)
    assert low in mine
    assert high in mine
    assert low <= found.value <= high
    wide = found.interval(0.99999)
    assert wide.low <= low
    assert wide.high >= high


def test_quantile_with_weights_and_units(rows):
    values = np.arange(600.0)
    group = ["d"] * 600
    unit = np.repeat(np.arange(120), 5)
    plain = tables_of_rows(group, label=values, prediction=values)
    weighted = tables_of_rows(group, label=values, prediction=values, weight=rows["weight"])
    grouped = tables_of_rows(group, label=values, prediction=values, unit=unit)
    inside = np.array([True])
    widths = {}
    for name, tables in (("plain", plain), ("weighted", weighted), ("grouped", grouped)):
        found = quantile_of(tables.numbers.predictions, 0.5, inside, "d")
        low, high = found.interval(0.95)
        widths[name] = high - low
    assert widths["weighted"] > 1.05 * widths["plain"]  # Kish: 400 of 600
    assert widths["grouped"] == pytest.approx(np.sqrt(5) * widths["plain"], rel=0.1)
    through = np.cumsum(rows["weight"]) / rows["weight"].sum()
    truth = values[np.searchsorted(through, 0.5)]
    found = quantile_of(weighted.numbers.predictions, 0.5, inside, "d")
    assert found.value == truth


def test_no_rows_no_quantile():
    tables = tables_of_rows(["a", "d"], label=[1.0, 2.0], prediction=[1.0, 2.0])
    found = quantile_of(tables.numbers.predictions, 0.5, np.array([False, False]), "nobody")
    assert found.reason == "0 rows in nobody"


def test_shapes_that_differ_are_named():
    with pytest.raises(InputError, match="there are 2 groups but"):
        tables_of_rows(["a", "d"], score=[1.0])
