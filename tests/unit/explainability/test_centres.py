"""Baselines of centres and modes, and how many of them."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from assay.errors import InputError
from assay.explainability.centres import cluster_centres

DRAW = np.random.default_rng(0)


def blobs(k, n=240):
    angle = 0.7 + 2 * np.pi * (np.arange(n) % k) / k
    return 50 * np.column_stack([np.cos(angle), np.sin(angle)]) + DRAW.normal(size=(n, 2))


@pytest.mark.parametrize("k", [2, 3, 4, 5])
def test_the_knee_finds_groups_that_are_there(k):
    made = cluster_centres(blobs(k))
    assert made.n_clusters == k
    assert made.criterion == "inertia knee"
    assert len(made.inertias) == 12
    assert made.background.kind == "kmeans"
    assert np.hypot(*made.background.rows.T) == pytest.approx(np.full(k, 50), abs=1)


def test_centres_are_means_and_every_row_counts_the_same():
    rows = np.array([[0.0, 1], [2.0, 1], [1.0, 4], [100.0, 8], [104.0, 8]])
    made = cluster_centres(rows, 2)
    assert made.criterion == "num_clusters"
    assert sorted(made.background.rows.tolist()) == [[1.0, 2.0], [102.0, 8.0]]
    assert made.background.weights.tolist() == [0.5, 0.5]
    one = cluster_centres(rows, 1).background.rows
    assert one == pytest.approx(rows.mean(axis=0)[None, :])


@pytest.mark.parametrize("wrap", [pd.DataFrame, pl.DataFrame])
def test_categories_take_their_mode_and_whole_numbers_become_floats(wrap):
    frame = wrap(
        {
            "n": [1, 2, 2, 90, 91, 91],
            "city": ["Oslo", "Oslo", "Bergen", "Rome", "Rome", "Rome"],
            "whole": [4, 4, 4, 4, 4, 4],
        }
    )
    made = cluster_centres(frame, 2)
    assert made.background.kind == "kprototypes"
    rows = made.background.rows
    told = sorted(zip(rows["n"], rows["city"], rows["whole"], strict=True))
    assert told[0][0] == pytest.approx(5 / 3)
    assert [each[1] for each in told] == ["Oslo", "Rome"]
    assert list(rows["whole"]) == [4, 4]
    assert list(rows.columns) == ["n", "city", "whole"]


def test_equal_rows_make_one_cluster_and_missing_values_stay_out_of_means():
    assert cluster_centres(np.ones((20, 3))).n_clusters == 1
    rows = np.array([[1.0, np.nan], [3.0, np.nan], [2.0, np.nan]])
    made = cluster_centres(rows, 1).background.rows
    assert np.array_equal(made, [[2.0, np.nan]], equal_nan=True)


def test_times_stay_times():
    frame = pd.DataFrame({"t": pd.to_datetime(["2020-01-01", "2020-01-02", "2020-01-09"])})
    made = cluster_centres(frame, 1).background.rows
    assert made["t"].tolist() == [pd.Timestamp("2020-01-02")]
    assert made["t"].dtype == frame["t"].dtype


def test_seeds_repeat():
    rows = DRAW.normal(size=(300, 4))
    one, other = (cluster_centres(rows, seed=3).background.rows for _ in range(2))
    assert np.array_equal(one, other)


def test_what_cannot_be_is_refused():
    for number in (0, -1):
        with pytest.raises(InputError, match=f"1 or more; found {number}"):
            cluster_centres(np.ones((5, 1)), number)
    with pytest.raises(InputError, match="no rows to make a baseline of"):
        cluster_centres(np.ones((0, 2)))
