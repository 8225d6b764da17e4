"""Real tables: silent as they are, and found out where something was planted."""

import numpy as np
import polars as pl
import pytest

from assay.data_quality.leakage.build import check_leakage
from assay.data_quality.leakage.leak_target import check_leak_target
from assay.data_quality.leakage.overlap_exact import check_overlap_exact
from leak_samples import found, tables_of

ROWS = 3_000


@pytest.fixture(scope="module")
def adult(data_dir):
    names = ("adult_train", "adult_test")
    parts = [pl.read_parquet(data_dir / f"{name}.parquet").head(ROWS) for name in names]
    frame = pl.concat(parts).drop("fnlwgt")
    y = (frame["income"] == ">50K").cast(pl.Int64).to_numpy()
    columns = {name: frame[name] for name in frame.columns if name != "income"}
    return columns, y, np.arange(2 * ROWS) >= ROWS


def alarms(tables):
    return [each.rule for each in check_leakage(tables).findings if each.severity != "info"]


def test_adult_in_its_own_split_is_silent(adult):
    assert alarms(tables_of(*adult)) == []


def test_a_column_made_from_adults_label(adult):
    columns, y, judged = adult
    wrong = np.random.default_rng(0).random(len(y)) < 0.02
    tax = np.where(y ^ wrong, "high", "low")
    assert found(check_leak_target(tables_of({**columns, "tax_class": tax}, y, judged))) == [
        "leak_target"
    ]


def test_adults_train_rows_among_its_test_rows(adult):
    columns, y, judged = adult
    rows = np.arange(len(y))
    rows[ROWS : ROWS + 600] = np.arange(600)
    copied = {name: values[rows] for name, values in columns.items()}
    check = check_overlap_exact(tables_of(copied, y[rows], judged))
    assert [each.severity for each in check.findings] == ["error"]


def test_ames_is_silent_and_a_tax_on_the_price_is_not(data_dir):
    frame = pl.read_parquet(data_dir / "ames_housing.parquet").sample(2_000, seed=1, shuffle=True)
    y = frame["sale_price"].cast(pl.Float64).to_numpy()
    columns = {name: frame[name] for name in frame.columns if name != "sale_price"}
    judged = np.arange(2_000) % 4 == 0
    assert alarms(tables_of(columns, y, judged)) == []
    noise = np.random.default_rng(0).normal(1, 0.03, 2_000)
    check = check_leak_target(tables_of({**columns, "transfer_tax": 0.04 * y * noise}, y, judged))
    assert [each.severity for each in check.findings] == ["error"]


def test_delays_at_departure_tell_late_flights(data_dir):
    frame = pl.read_parquet(data_dir / "nyc_flights_2013.parquet").drop_nulls("arr_delay")
    frame = frame.sample(3_000, seed=1, shuffle=True)
    y = (frame["arr_delay"] > 15).cast(pl.Int64).to_numpy()
    honest = ["hour", "carrier", "origin", "dest", "distance"]
    assert check_leak_target(tables_of({c: frame[c] for c in honest}, y)).findings == ()
    leaking = {c: frame[c] for c in [*honest, "dep_delay"]}
    (finding,) = check_leak_target(tables_of(leaking, y)).findings
    assert finding.where["columns"] == ["dep_delay"]
    assert finding.severity in ("warning", "error")
