"""Sums by group, against a plain sum over the rows."""

import narwhals as nw
import numpy as np
import polars as pl
import pytest

from assay.data.engines import polars as engine_module
from assay.data.engines.polars import PolarsEngine
from assay.data.requests import GroupMomentsRequest

N = 2_000


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(2)
    x = rng.normal(1e6, 1, N)
    return pl.DataFrame(
        {
            "g": [None if v == 0 else int(v) for v in rng.integers(0, 4, N)],
            "x": np.where(rng.random(N) < 0.02, np.nan, x),
            "y": rng.lognormal(0, 1, N),
            "w": rng.random(N) + 0.5,
            "unit": rng.choice(list("abcdefghij"), N),
        }
    )


def scan(table, **request):
    asked = {"x": nw.col("x"), "y": nw.col("y")}
    request = GroupMomentsRequest(by={"g": nw.col("g")}, quantities=asked, **request)
    return PolarsEngine().scan(nw.from_native(table.lazy()), {"t": request})["t"]


@pytest.mark.parametrize("weight", [None, "w"])
def test_power_sums(table, weight, monkeypatch):
    monkeypatch.setattr(engine_module, "SCAN_ROWS", 300)  # several batches
    found = scan(table, weight=weight)
    assert found.names == ("x", "y")
    assert found.levels == ((1, 2, 3, None),)
    assert found.weighted is (weight is not None)
    for cell, code in enumerate(found.codes[:, 0]):
        level = found.levels[0][code]
        rows = table.filter(pl.col("g").is_null() if level is None else pl.col("g") == level)
        kept = rows.filter(pl.col("x").is_not_nan())
        assert found.n[cell] == kept.height
        assert found.n_skipped[cell] == rows.height - kept.height
        w = np.ones(kept.height) if weight is None else kept["w"].to_numpy()
        for at, name in enumerate(found.names):
            off = kept[name].to_numpy() - found.shift[at]
            for power in range(3):
                assert found.first[cell, at, power] == pytest.approx((w * off**power).sum())
                assert found.second[cell, at, power] == pytest.approx((w**2 * off**power).sum())
            assert found.third[cell, at, 3] == pytest.approx((w**3 * off**3).sum())


def test_units(table):
    found = scan(table, weight="w", unit="unit", unit_kind="block")
    units = found.by_unit
    assert (units.n_units, units.kind) == (10, "block")
    kept = table.filter(pl.col("x").is_not_nan())
    names = sorted(set(table["unit"]))
    for unit, cell, sums in zip(units.unit, units.cell, units.sums, strict=True):
        level = found.levels[0][found.codes[cell, 0]]
        mine = pl.col("g").is_null() if level is None else pl.col("g") == level
        rows = kept.filter(mine & (pl.col("unit") == names[unit]))
        w = rows["w"].to_numpy()
        truth = [w.sum(), (w * rows["x"].to_numpy()).sum(), (w * rows["y"].to_numpy()).sum()]
        assert sums.tolist() == pytest.approx(truth)


def test_no_rows(table):
    found = scan(table.head(0), unit="unit")
    assert found.n_rows == 0
    assert found.first.shape == (0, 2, 3)
    assert found.by_unit.n_units == 0
    hopeless = scan(table.with_columns(x=pl.lit(None, dtype=pl.Float64)))
    assert hopeless.n_rows == 0
    assert hopeless.n_skipped.sum() == N
