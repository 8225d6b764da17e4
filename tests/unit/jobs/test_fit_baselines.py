import numpy as np
import polars as pl
import pytest

import assay
from assay.errors import InputError


def made(n: int, seed: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, n)
    return pl.DataFrame({"x": x, "y": 2 * x + rng.normal(0, 1, n)})


def test_one_table_is_parted():
    ladder = assay.fit_baselines(made(400), label="y")

    assert ladder.mode == "cross_validation"
    assert ladder.best.name == "ridge"
    assert "ridge" in ladder._repr_html_()
    assert set(ladder.to_frame()["metric"]) == {"rmse", "mae", "r2"}
    assert ladder.plot().to_dict()["layer"]


def test_answers_in_the_test_rows_are_compared():
    test = made(300, seed=1).with_columns(p=pl.col("x") * 2)

    ladder = assay.fit_baselines(made(500), test, label="y", prediction="p", metric="mae")

    assert ladder.metric == "mae"
    assert ladder.candidate is not None
    assert ladder.comparison().verdict != "worse"


def test_datasets_keep_their_meaning():
    train = assay.Dataset.read(made(300), label="y")
    test = train.like(made(200, seed=1))

    assert assay.fit_baselines(train, test).mode == "train"
    with pytest.raises(InputError, match="label cannot be told of a Dataset"):
        assay.fit_baselines(train, test, label="y")


def test_a_ranking_has_its_own_ladder():
    rng = np.random.default_rng(0)
    x = rng.normal(0, 1, 400)
    frame = pl.DataFrame({"q": np.repeat(np.arange(40), 10), "x": x, "y": (x > 0.5).astype(int)})

    ladder = assay.fit_baselines(frame, label="y", query_id="q", budget=20)

    assert ladder.task == "ranking"
    assert ladder.best is not None
