"""Rows come in the order of the data, also where Polars would let them go (decision 0012)."""

import ast
from pathlib import Path

import narwhals as nw
import numpy as np
import polars as pl
import pytest

import assay
from assay import Dataset
from assay.data.engines.polars import PolarsEngine
from assay.data.row_order import IN_ORDER

N_ROWS = 200_000
RUNS = 12
SOURCE = Path(assay.__file__).parent


@pytest.fixture
def numbers(tmp_path):
    """Return a lazy Parquet file of seven row groups: rows that Polars reads side by side."""
    rows = np.arange(N_ROWS)
    table = pl.DataFrame({"x": rows * 7 % 5, "row": rows})
    table.write_parquet(tmp_path / "x.parquet", row_group_size=N_ROWS // 7)
    return pl.scan_parquet(tmp_path / "x.parquet")


EXPECTED = pl.Series("z", [True if x > 1 else None for x in (np.arange(N_ROWS) * 7 % 5).tolist()])
WRITTEN = nw.when(nw.col("x") > 1).then(nw.lit(value=True)).alias("z")


def test_written_values_alone_are_read_in_order(numbers):
    engine, frame = PolarsEngine(), nw.from_native(numbers).select(WRITTEN)
    for _ in range(RUNS):
        assert pl.concat(list(engine.batches(frame)))["z"].equals(EXPECTED)
        assert engine.sample(frame, N_ROWS, seed=1)["z"].equals(EXPECTED)


def test_written_values_alone_are_stored_in_order(numbers, tmp_path):
    for _ in range(RUNS):
        PolarsEngine().write(nw.from_native(numbers).select(WRITTEN), tmp_path / "z.parquet")
        assert pl.read_parquet(tmp_path / "z.parquet")["z"].equals(EXPECTED)


def test_answers_stay_with_their_rows(numbers):
    frame = nw.from_native(numbers).select(WRITTEN)
    for _ in range(RUNS):
        told = PolarsEngine().map_batches(frame, lambda rows: rows.select(told="z"))
        made = pl.concat(list(PolarsEngine().batches(told)))
        assert made["z"].equals(made["told"])


@pytest.mark.parametrize("form", ["parquet", "csv", "frame"])
def test_truth_in_words_is_in_order(tmp_path, form):
    told = [("True", "TRUE", "false", None)[at * 7 % 4] for at in range(N_ROWS)]
    table = pl.DataFrame({"a": told}).with_row_index()
    table.write_parquet(tmp_path / "a.parquet", row_group_size=N_ROWS // 7)
    table.write_csv(tmp_path / "a.csv")
    source = table if form == "frame" else tmp_path / f"a.{form}"
    data = Dataset.read(source, kinds={"a": "boolean"})
    expected = pl.Series("a", [None if word is None else word != "false" for word in told])
    for _ in range(RUNS):
        assert data.column("a").equals(expected)
        # Who collects the frame without our engine has them in order too.
        assert data.frame.select("a").collect()["a"].to_native().equals(expected)
        assert data.evaluate(nw.col("a")).equals(expected)


def test_every_query_that_gives_rows_keeps_order():
    """Read the source: a call that gives rows and does not name IN_ORDER is a fault to come."""
    left = []
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text()
        for node in ast.walk(ast.parse(text)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            name, call = node.func.attr, ast.get_source_segment(text, node) or ""
            gives_rows = name in ("collect_batches", "sink_parquet", "sink_csv", "sink_ipc")
            if gives_rows and "optimizations=IN_ORDER" not in call:
                left.append(f"{path.relative_to(SOURCE)}:{node.lineno}")
    assert left == []


def test_in_order_leaves_out_one_step():
    assert not IN_ORDER.check_order_observe
    assert IN_ORDER.predicate_pushdown
    assert IN_ORDER.projection_pushdown
