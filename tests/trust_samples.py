"""Real reports on small made-up rows that hold every section a verdict is trusted by."""

import json
import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
import polars as pl
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder

import assay

LONG = "Holand-Netherlands, and whoever else was born on the coast of the North Sea"
FEATURES = ["age", "hours", "place"]
Sample = tuple[str, dict[str, object]]
"""The page, and what results.json holds."""


def people(n: int, seed: int) -> pl.DataFrame:
    """Rows of which one segment is weak; names try to break out."""
    rng = np.random.default_rng(seed)
    place = rng.choice(["<b>north</b>", LONG, "c", "d"], n)
    age, hours = rng.integers(18, 80, n), rng.normal(40.0, 9.0, n).round(1)
    noise = np.where((place == "c") & (age > 45), 2.5, 0.4)
    shown = (age - 48) / 9 + (hours - 40) / 12 + rng.normal(0, 1, n) * noise
    return pl.DataFrame({"age": age, "hours": hours, "place": place, "paid": shown > 0.8})


def _model(train: pl.DataFrame) -> Pipeline:
    encode = make_column_transformer((OneHotEncoder(), ["place"]), remainder="passthrough")
    model = make_pipeline(encode, LogisticRegression(max_iter=2_000))
    return model.fit(train.select(FEATURES).to_pandas(), train["paid"].to_numpy())


def _kept(folder: Path) -> Sample:
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    return (folder / "report.html").read_text(encoding="utf-8"), results


def trust(folder: Path) -> Sample:
    """A classifier with train and validation rows: all sections but intervals."""
    train, valid, test = people(1_500, 0), people(600, 1), people(1_200, 2)
    # A tenth of the judged rows are train rows, so that a leak is found.
    test = pl.concat([test, train[:60]])
    rule = test.with_columns(rule=pl.col("age") > 50)
    assay.analyze(
        _model(train),
        rule,
        label="paid",
        positive=True,
        train=train,
        validation=valid,
        threshold="f1",
        baselines={"<i>the rule</i>": "rule"},
        margin=0.01,
        budget=8,
        sections={"slices": {"named": ["age>60", "place=c & age>45"], "truth": True}},
        ignore_rules={"overlap_exact": "they were put there"},
        out=folder,
    )
    return _kept(folder)


def no_model(folder: Path) -> Sample:
    """Labels alone: what a model must beat, and what more rows would bring."""
    assay.analyze(data=people(1_500, 0), label="paid", positive=True, budget=5, out=folder)
    return _kept(folder)


def intervals(folder: Path) -> Sample:
    """Numbers with the ends of their intervals, which are too narrow for some rows."""
    rng = np.random.default_rng(5)
    x = rng.uniform(0, 10, 900)
    y = 20_000 + 12_000 * x + rng.normal(0, 1_000 + 900 * x)
    said = 20_000 + 12_000 * x
    frame = pl.DataFrame(
        {
            "x": x,
            "place": rng.choice(["north", LONG, "c"], 900),
            "y": y,
            "yhat": said,
            "low": said - 9_000,
            "high": said + 9_000,
        }
    )
    told = {"low": ["low"], "high": ["high"], "nominal": [0.9]}
    assay.analyze(
        data=frame,
        label="y",
        prediction="yhat",
        sections={"prediction_intervals": told},
        out=folder,
    )
    return _kept(folder)


def ranking(folder: Path) -> Sample:
    """Documents of 60 queries."""
    rng = np.random.default_rng(7)
    n = 60 * 12
    relevance = rng.integers(0, 4, n)
    frame = pl.DataFrame(
        {
            "query": np.repeat([f"query {i}" for i in range(60)], 12),
            "length": rng.integers(10, 900, n),
            "relevance": relevance,
            "s": relevance + rng.normal(0, 1.5, n),
        }
    )
    assay.analyze(
        data=frame[: n // 2],
        train=frame[n // 2 :].drop("s"),
        label="relevance",
        query_id="query",
        score="s",
        budget=10,
        out=folder,
    )
    return _kept(folder)


def forecast(folder: Path) -> Sample:
    """Days of 22 shops."""
    rng = np.random.default_rng(3)
    t = np.arange(80)
    days = [date(2024, 1, 1) + timedelta(days=int(each)) for each in t]
    frames = []
    for each in range(22):
        season = 20 + each + 5 * np.sin(2 * np.pi * t / 7)
        y = season + rng.normal(size=80)
        frames.append(pl.DataFrame({"shop": f"<{each}>", "date": days, "y": y, "yhat": season}))
    table, cut = pl.concat(frames), date(2024, 3, 6)
    assay.analyze(
        data=table.filter(pl.col("date") > cut),
        train=table.filter(pl.col("date") <= cut).drop("yhat"),
        label="y",
        time="date",
        series="shop",
        prediction="yhat",
        budget=5,
        out=folder,
    )
    return _kept(folder)


def comparison(folder: Path) -> Sample:
    """Three candidates, one of them with a name that tries to break out."""
    train, test = people(1_500, 0), people(1_500, 2)
    score = _model(train).predict_proba(test.select(FEATURES).to_pandas())[:, 1]
    rng = np.random.default_rng(0)
    scored = test.with_columns(
        old=pl.Series(np.clip(score + rng.normal(0, 0.3, test.height), 0, 1)),
        new=pl.Series(score),
        twin=pl.Series(np.clip(score + rng.normal(0, 0.01, test.height), 0, 1)),
    )
    assay.compare(
        {"old": "old", f"<i>new</i> {LONG}": "new", "twin": "twin"},
        scored,
        label="paid",
        positive=True,
        margin=0.02,
        out=folder,
    )
    return _kept(folder)


def explanations(folder: Path) -> Sample:
    """A score of a number and of the words of a text, explained."""
    words = np.array(["good", "bad", "<b>fine</b>", "slow", LONG])
    said = [" ".join(each) for each in np.random.default_rng(3).choice(words, (200, 6))]

    def score(rows: pd.DataFrame) -> np.ndarray:
        good = rows["said"].str.count("good").to_numpy()
        return 1 / (1 + np.exp(-(rows["age"].to_numpy() - 48) / 9 - good))

    assay.analyze(
        score,
        people(200, 7).with_columns(said=pl.Series(said)),
        label="paid",
        positive=True,
        budget=5,
        sections={"explanations": {"rows": 12}},
        out=folder,
    )
    return _kept(folder)


SAMPLES: dict[str, Callable[[Path], Sample]] = {
    "trust": trust,
    "no model": no_model,
    "intervals": intervals,
    "ranking": ranking,
    "forecast": forecast,
    "comparison": comparison,
    "explanations": explanations,
}


def sample(name: str, folder: Path) -> Sample:
    """Make one, with a ledger of its own."""
    with patch.dict(os.environ, {"ASSAY_HOME": str(folder / "store")}):
        return SAMPLES[name](folder / "out")
