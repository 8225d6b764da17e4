"""How far ahead Parquet is read: set while batches go by, and left as it was."""

import os

import narwhals as nw
import polars as pl

from assay.data.engines.polars import PREFETCH, PolarsEngine


def test_the_setting_holds_while_batches_go_by(monkeypatch):
    monkeypatch.delenv(PREFETCH, raising=False)
    frame = nw.from_native(pl.LazyFrame({"x": range(10)}))
    seen = [os.environ.get(PREFETCH) for _ in PolarsEngine().batches(frame, batch_rows=4)]
    assert seen == ["1"] * 3
    assert PREFETCH not in os.environ


def test_a_setting_of_ones_own_stands(monkeypatch):
    monkeypatch.setenv(PREFETCH, "7")
    frame = nw.from_native(pl.LazyFrame({"x": range(10)}))
    assert [os.environ[PREFETCH] for _ in PolarsEngine().batches(frame)] == ["7"]
    assert os.environ[PREFETCH] == "7"
