"""Ids of a ranking that name items, and no rows."""

import polars as pl

from assay.data.dataset import Dataset
from assay.data_quality.leakage.overlap_rowid import check_overlap_rowid
from assay.data_quality.leakage.tables import LeakTables, Part


def tables(ids, query):
    frame = pl.DataFrame({"q": query, "item": ids, "x": [1.0, 2.0, 3.0, 4.0], "y": [0, 1, 0, 1]})
    data = Dataset.read(frame, label="y", query_id="q", id="item")
    train = data.like(frame.with_columns(q=pl.col("q") + 10, x=-pl.col("x")))
    return LeakTables(data=Part("data", data), train=Part("train", train), task="ranking")


def test_items_that_queries_share_are_no_row_ids():
    assert not check_overlap_rowid(tables(["a", "b", "a", "b"], [0, 0, 1, 1])).findings
    assert check_overlap_rowid(tables(["a", "b", "c", "d"], [0, 0, 1, 1])).findings
