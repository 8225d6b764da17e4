"""Explanations of a run tell the bias part which features matter more to which group."""

import json

import numpy as np
import polars as pl
import pytest

from assay.jobs.analyze import analyze


def table(n: int = 600) -> pl.DataFrame:
    rng = np.random.default_rng(5)
    sex = rng.choice(["f", "m"], n)
    pay, age = rng.normal(size=n), rng.normal(size=n)
    y = rng.random(n) < 1 / (1 + np.exp(-score(sex, pay, age)))
    return pl.DataFrame({"sex": sex, "pay": pay, "age": age, "y": y.astype(int)})


def score(sex, pay, age):
    return np.where(np.asarray(sex) == "f", 2.0, 0.2) * pay + 0.3 * age


def answer(rows: pl.DataFrame) -> np.ndarray:
    return 1 / (1 + np.exp(-score(rows["sex"], rows["pay"].to_numpy(), rows["age"].to_numpy())))


def run(out=None, **sections):
    told = {"explanations": {"rows": 80, "permutation": False}, "bias": {"flip_rows": 0}}
    return analyze(
        model=answer,
        data=table(),
        label="y",
        positive=1,
        facets=["sex"],
        model_input="polars",
        classes=[0, 1],
        output="probability",
        sections={**told, **sections},
        cache=False,
        budget=4,
        out=out,
    )


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    return run(out), out


def test_the_importance_of_features_is_compared_without_being_asked(report):
    stored = json.loads((report[1] / "results.json").read_text())
    found = stored["sections"]["bias"]["options"]["attributions"]["sex"]
    assert found["rows"] == 80
    assert found["rows_without"] == 0
    f = next(each for each in found["groups"] if each["group"] == "f")
    pay = f["features"]["pay"]
    assert pay["group"] > 1.5 * pay["rest"]
    assert pay["difference"]["high"] < 0  # the rest less the group
    assert pay["difference"]["n"] == 80


def test_its_numbers_are_those_of_the_explained_rows(report):
    out = report[1]
    phi = pl.read_parquet(out / "explanations.parquet").filter(pl.col("player") == "pay")
    women = table()["sex"].to_numpy()[phi["row"].to_numpy()] == "f"
    size = np.abs(phi["value"].to_numpy())
    stored = json.loads((out / "results.json").read_text())
    found = stored["sections"]["bias"]["options"]["attributions"]["sex"]["groups"]
    f = next(each for each in found if each["group"] == "f")
    assert f["features"]["pay"]["group"] == pytest.approx(size[women].mean(), rel=1e-9)
    assert f["features"]["pay"]["rest"] == pytest.approx(size[~women].mean(), rel=1e-9)


def test_the_page_says_on_how_many_rows_it_rests(report):
    page = (report[1] / "report.html").read_text()
    assert "Whether the same features matter" in page
    assert "By the attributions of the 80 rows of 600 that were explained" in page


def test_named_rows_are_no_fair_draw():
    found = run(explanations={"row": (1, 2, 3), "permutation": False})
    assert "attributions" not in found.results["sections"]["bias"]["options"]


def test_a_table_of_attributions_that_is_named_wins(tmp_path):
    n = 600
    path = tmp_path / "phi.parquet"
    pl.DataFrame({"mine": np.linspace(0, 1, n)}).write_parquet(path)
    told = {"rows": 5, "permutation": False}
    found = run(bias={"flip_rows": 0, "attributions": str(path)}, explanations=told)
    told = found.results["sections"]["bias"]["options"]["attributions"]["sex"]
    assert told["features"] == ["mine"]
    assert told["rows"] == n
