"""Scores by group, against a plain count of the rows: exact, binned, weighted, by unit."""

from collections import Counter, defaultdict

import narwhals as nw
import numpy as np
import polars as pl
import pytest

from assay.data.engines.accumulators import group_scores as gathered
from assay.data.engines.polars import PolarsEngine
from assay.data.requests import GroupScoresRequest

N = 4_000
BY = {"facet:0": nw.col("sex"), "facet:1": nw.col("age") > 40}


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(5)
    score = rng.random(N).round(2)
    holes = rng.random(N) < 0.03
    return pl.DataFrame(
        {
            "sex": [None if x == "?" else x for x in rng.choice(["f", "m", "?"], N).tolist()],
            "age": rng.integers(20, 70, N),
            "size": np.where(rng.random(N) < 0.1, np.nan, rng.integers(0, 3, N) * -0.0 + 1.5),
            "score": [None if hole else x for hole, x in zip(holes, score.tolist(), strict=True)],
            "y": [
                None if x < 0.02 else bool(x < s)
                for x, s in zip(rng.random(N), score, strict=True)
            ],
            "w": rng.integers(0, 4, N).astype(float),
            "unit": rng.integers(0, 60, N),
        }
    )


def scan(table, **request):
    frame = nw.from_native(table.lazy())
    asked = {"score": nw.col("score"), "positive": nw.col("y"), "by": BY} | request
    return PolarsEngine().scan(frame, {"t": GroupScoresRequest(**asked)})["t"]


def named(found):
    """Return key values, score and label of each entry."""
    keys = [
        tuple(levels[code] for levels, code in zip(found.levels, row, strict=True))
        for row in found.codes[found.cell].tolist()
    ]
    labels = [None] * len(keys) if found.positive is None else found.positive.tolist()
    return list(zip(keys, found.score.tolist(), labels, strict=True))


def counted(table, weight=lambda row: 1.0):
    out = Counter()
    for row in table.drop_nulls(["score", "y"]).iter_rows(named=True):
        out[(row["sex"], row["age"] > 40), row["score"], row["y"]] += weight(row)
    return out


def test_exact_counts(table):
    found = scan(table)
    assert found.exact
    assert found.keys == ("facet:0", "facet:1")
    assert found.levels == (("f", "m", None), (False, True))
    assert dict(zip(named(found), found.n.tolist(), strict=True)) == counted(table)
    assert np.all(np.diff(found.rank) >= 0)
    assert found.low.tolist() == sorted(set(table["score"].drop_nulls().to_list()))
    assert found.w is found.w2 or np.array_equal(found.w, found.n)


def test_weights(table):
    found = scan(table, weight="w")
    w = dict(zip(named(found), found.w.tolist(), strict=True))
    w2 = dict(zip(named(found), found.w2.tolist(), strict=True))
    assert w == pytest.approx(counted(table, lambda row: row["w"]))
    assert w2 == pytest.approx(counted(table, lambda row: row["w"] ** 2))
    assert found.n_rows == table.drop_nulls(["score", "y"]).height


@pytest.mark.parametrize("max_exact", [10_000, 100])
def test_units(table, max_exact):
    found = scan(table, weight="w", unit="unit", unit_kind="block", max_exact=max_exact, n_bins=16)
    units = found.by_unit
    assert (units.n_units, units.kind) == (60, "block")
    summed = np.bincount(units.cell, weights=units.w, minlength=len(found.n))
    assert summed == pytest.approx(found.w)
    truth = defaultdict(float)
    for row in table.drop_nulls(["score", "y"]).iter_rows(named=True):
        truth[row["unit"], (row["sex"], row["age"] > 40), row["y"]] += row["w"]
    keys = [(key, label) for key, _, label in named(found)]
    have = defaultdict(float)
    for unit, cell, w in zip(
        units.unit.tolist(), units.cell.tolist(), units.w.tolist(), strict=True
    ):
        have[unit, *keys[cell]] += w
    assert dict(have) == pytest.approx(dict(truth))


def test_bins_hold_the_same_rows_and_sums(table):
    found = scan(table, max_exact=100, n_bins=12)
    assert not found.exact
    assert len(found.low) <= 14
    assert np.all(found.low <= found.high)
    assert np.all(found.low[1:] > found.high[:-1])
    plain = table.drop_nulls(["score", "y"])
    have, sums = Counter(), defaultdict(float)
    for (key, score, label), n in zip(named(found), found.n.tolist(), strict=True):
        have[key, label] += n
        sums[key, label] += n * score
    truth, total = Counter(), defaultdict(float)
    for row in plain.iter_rows(named=True):
        key = (row["sex"], row["age"] > 40), row["y"]
        truth[key] += 1
        total[key] += row["score"]
    assert have == truth
    assert dict(sums) == pytest.approx(dict(total))
    assert found.rank.max() == len(found.low) - 1
    inside = (found.score >= found.low[found.rank]) & (found.score <= found.high[found.rank])
    assert inside.all()


def test_many_cells_get_fewer_bins(table, monkeypatch):
    monkeypatch.setattr(gathered, "MAX_DENSE", 400)
    monkeypatch.setattr(gathered, "MIN_BINS", 4)
    whole = scan(table, max_exact=100, n_bins=64, by={"age": nw.col("age")})
    exact = scan(table, by={"age": nw.col("age")})
    assert len(whole.low) <= 8
    assert whole.n_rows == exact.n_rows

    def by_cell(found, values):
        sums = np.bincount(found.cell, weights=values)
        return {found.levels[0][code]: x for code, x in zip(found.codes[:, 0], sums, strict=True)}

    assert by_cell(whole, whole.n) == by_cell(exact, exact.n)
    assert by_cell(whole, whole.n * whole.score) == pytest.approx(
        by_cell(exact, exact.n * exact.score)
    )


def test_without_labels_and_with_float_keys(table):
    found = scan(table, positive=None, by={"size": nw.col("size")})
    assert found.positive is None
    assert found.levels == ((1.5, None),)
    assert found.n_rows == table.drop_nulls("score").height


def test_where_and_no_rows(table):
    found = scan(table, where=nw.col("age") > 60)
    assert found.n_rows == table.filter(pl.col("age") > 60).drop_nulls(["score", "y"]).height
    nothing = scan(table.head(0))
    assert (nothing.n_rows, len(nothing.codes), nothing.levels) == (0, 0, ((), ()))
    scored = table.filter(pl.col("age") > 60)["score"].drop_nulls().len()
    few = scan(table, where=nw.col("age") > 60, max_exact=scored)
    assert few.exact  # what passes decides, not what is there


def test_facets_beside_each_other_share_their_bins(table):
    frame, score, y = nw.from_native(table.lazy()), nw.col("score"), nw.col("y")
    requests = {
        name: GroupScoresRequest(
            by={"k": nw.col(name)}, score=score, positive=y, max_exact=50, n_bins=8
        )
        for name in ("sex", "age")
    }
    found = PolarsEngine().scan(frame, requests)
    assert found["sex"].low.tolist() == found["age"].low.tolist()
    alone = PolarsEngine().scan(frame, {"age": requests["age"]})["age"]
    assert alone.n.tolist() == found["age"].n.tolist()
