"""Bad and odd input to explanations: refused in one paragraph, or told; never a traceback.

`assay explain` ends with status 2 (input) or 3 (model). In `assay analyze` the other sections
stay, and what cannot be explained is listed as skipped with its reason.
"""

import json
import sys
from pathlib import Path

import joblib
import numpy as np
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

MODELS = """
import time
import numpy as np

class Sure:
    classes_ = np.array(["no", "yes"])
    def __init__(self):
        self.calls = 0
    def predict(self, rows):
        return self.classes_[(self.score(rows) > 0.5).astype(int)]
    def predict_proba(self, rows):
        score = self.score(rows)
        return np.column_stack([1 - score, score])
    def score(self, rows):
        x = np.asarray(rows, dtype=float)
        return 1 / (1 + np.exp(-(x[:, 0] - 50) / 10 - x[:, 1]))

class Slow(Sure):
    def score(self, rows):
        time.sleep(2e-4 * len(rows))
        return super().score(rows)

class Constant(Sure):
    def score(self, rows):
        return np.full(len(rows), 0.25)

class LabelsAlone(Sure):
    predict_proba = property()

class Noisy(Sure):
    def score(self, rows):
        rng = np.random.default_rng()
        return np.clip(super().score(rows) + rng.normal(0, 0.1, len(rows)), 0, 1)

class FailsOnMixed(Sure):
    # The column `twin` repeats `age`: a row where they differ was put together.
    def score(self, rows):
        x = np.asarray(rows, dtype=float)
        if (x[:, 0] != x[:, 2]).any():
            raise RuntimeError("twins differ")
        return super().score(rows)

class NanOnMixed(Sure):
    def score(self, rows):
        x = np.asarray(rows, dtype=float)
        return np.where(x[:, 0] != x[:, 2], np.nan, super().score(rows))
"""
LABEL = ("--label", "paid", "--positive", "yes")
TRUST = ("--trust-model", "--python-path", ".", "--quiet")
FEW = ("--rows", "12")


@pytest.fixture(autouse=True)
def models(tmp_path, monkeypatch):
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "store"))
    (tmp_path / "odd_explained.py").write_text(MODELS)
    monkeypatch.syspath_prepend(str(tmp_path))
    import odd_explained  # pyright: ignore[reportMissingImports]

    for name in ("Sure", "Slow", "Constant", "LabelsAlone", "Noisy", "FailsOnMixed", "NanOnMixed"):
        joblib.dump(getattr(odd_explained, name)(), tmp_path / f"{name}.joblib")
    table().write_parquet(tmp_path / "d.parquet")
    yield
    sys.modules.pop("odd_explained", None)


def table(n=80, seed=0):
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 90, n).astype(float)
    income = rng.normal(size=n)
    score = 1 / (1 + np.exp(-(age - 50) / 10 - income))
    paid = np.where(rng.random(n) < score, "yes", "no")
    return pl.DataFrame({"age": age, "income": income, "twin": age, "paid": paid})


def explain(assay, *flags, model="Sure.joblib"):
    return assay("explain", "d.parquet", *LABEL, "--model", model, *TRUST, *FEW, *flags)


def refused(told, *words, status=2):
    """Assert the status and one short paragraph that says all the words; nothing is written."""
    assert told.status == status, (told.status, told.out, told.err)
    assert "Traceback" not in told.err
    assert told.err.count("assay: ") == 1
    assert len(told.err) < 800
    for each in words:
        assert each in told.err
    assert not Path("out").exists()
    assert not Path("assay-out").exists()


def sound(told, folder="out"):
    """Assert a report without faults; return its results."""
    assert told.status == 0, told.err
    assert "Traceback" not in told.err
    assert "Warning" not in told.err
    text = Path(folder, "results.json").read_text(encoding="utf-8")
    assert "NaN" not in text
    assert "Infinity" not in text
    results = json.loads(text)
    assert "section_failed" not in {each["rule"] for each in results["findings"]}
    return results


def loud(results):
    """Return the rules of findings that are more than a note."""
    return {each["rule"] for each in results["findings"] if each["severity"] != "info"}


def fitted(frame, path="fitted.joblib"):
    """Fit and save a model of a table's columns other than `paid`."""
    rows = frame.drop("paid").to_pandas()
    joblib.dump(LogisticRegression(max_iter=500).fit(rows, frame["paid"].to_list()), path)
    return path


# settings


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--row", "80"], ["there is no row 80", "0 to 79"]),
        (["--row", "-1"], ["there is no row -1"]),
        (["--rows", "0"], ["rows", "greater than or equal to 1"]),
        (["--calls", "0"], ["calls"]),
        (["--calls", "-5"], ["calls"]),
        (["--explanations-seconds", "0"], ["seconds"]),
        (["--predictions", "0"], ["predictions"]),
        (["--tolerance", "0"], ["tolerance"]),
        (["--background-rows", "0"], ["background"]),
        (["--player", "age"], ["NAME=COLUMN,COLUMN", "'age'"]),
        (["--player", "both="], ["NAME=COLUMN,COLUMN"]),
        (["--player", "both=age,ages"], ["'ages'", "income"]),
        (["--player", "a=age,income", "--player", "b=income,twin"], ["'income' is told twice"]),
        (["--player", "a=age", "--player", "a=income"], ["'a'", "twice"]),
        (["--player", "twin=age,income"], ["two players are called 'twin'"]),
        (["--mutable", "ages>="], ["'ages'", "it reads: age, income, twin"]),
        (["--mutable", "age=old"], ["COLUMN=LOW..HIGH", "'age=old'"]),
        (["--mutable", "age=9..3"], ["age", "9"]),
        (["--mutable", "age", "--mutable", "age>="], ["'age'", "twice"]),
        (["--mutable", "paid"], ["'paid' is no column that the model reads"]),
        (["--dependence", "ages"], ["columns not found: ages", "age, income, twin"]),
        (["--dependence", "age*age"], ["'age' is joined with itself"]),
        (["--background", "nowhere.csv"], ["nowhere.csv", "no such file", "kmeans"]),
        (["--background-where", "age>200"], ["age>200", "no row of d.parquet"]),
        (["--background-where", "agee>2"], ["agee"]),
        (["--background-where", "age ~ 2"], ["age"]),
        (["--output", "odds"], ["odds"]),
        (["--output", "probability", "--link", "mean_then_logit"], ["log-odds"]),
        (["--value-function", "path_dependent"], ["path_dependent", "does not fit"]),
        (["--value-function", "path_dependent", "--method", "kernel"], ["trees alone"]),
        (["--method", "linear"], ["method='linear' does not fit"]),
        (["--method", "gradients"], ["method='gradients' does not fit"]),
    ],
)
def test_settings_that_mean_nothing(assay, flags, words):
    refused(explain(assay, *flags, "--out", "out"), *words)


def test_settings_are_refused_before_the_model_is_asked(assay):
    told = explain(assay, "--row", "80", model="FailsOnMixed.joblib")
    refused(told, "there is no row 80")
    told = assay("analyze", "d.parquet", *LABEL, "--model", "Sure.joblib", *TRUST,
                 "--explanations-row", "80")  # fmt: skip
    refused(told, "there is no row 80")


def test_a_row_named_twice_is_explained_once(assay):
    results = sound(explain(assay, "--row", "7", "--row", "3", "--row", "7", "--out", "out"))
    assert results["sections"]["explanations"]["explained"]["rows"] == [7, 3]


def test_no_time_is_told_and_a_slow_model_is_not_asked_beyond_it(assay):
    refused(
        explain(assay, "--budget", "0", "--out", "out"), "--budget 0 leaves", "--explanations-"
    )
    results = sound(
        explain(assay, "--seconds", "1", "--rows", "40", "--out", "out", model="Slow.joblib")
    )
    left = {each["title"]: each for each in results["sections"]["explanations"]["left_out"]}
    assert "are left for it" in left["Effects of columns"]["reason"]
    took = results["sections"]["explanations"]["explained"]["cost"]
    assert took["model_seconds"] + took["other_seconds"] < 6


def test_numbers_of_a_function_that_are_judged_as_chances_are_explained_as_such(assay):
    Path("chance.py").write_text("def f(rows):\n    return (rows['age'] / 100).to_numpy()\n")
    results = sound(explain(assay, "--only", "explanations", "--out", "out", model="chance.py:f"))
    found = results["sections"]["explanations"]
    assert found["explained"]["output"] == "probability"
    assert not found["left_out"]


# background


@pytest.mark.parametrize(
    ("background", "words"),
    [
        (table().drop("income"), ["columns not found: income", "b.parquet"]),
        (pl.DataFrame({"other": [1.0]}), ["columns not found"]),
        (table().head(0), ["b.parquet has columns and no rows"]),
        (table().with_columns(age=pl.lit("old")), ["'old' is not a number", "b.parquet"]),
        (table().with_columns(age=pl.lit("2024-01-01").str.to_date()), ["'age'", "b.parquet"]),
    ],
)
def test_backgrounds_that_do_not_fit(assay, background, words):
    background.write_parquet("b.parquet")
    refused(explain(assay, "--background", "b.parquet", "--out", "out"), *words)


def test_order_and_dtype_of_the_background_do_not_matter(assay):
    found = []
    other = table(40, seed=1).with_columns(pl.col("age").round())
    for each in (
        other,
        other.select("paid", "twin", "income", "age"),
        other.with_columns(pl.col("age", "twin").cast(pl.Int16)),
        other.drop("paid"),
    ):
        each.write_parquet("b.parquet")
        results = sound(explain(assay, "--background", "b.parquet", "--out", "out"))
        found.append(results["sections"]["explanations"]["rows"])
    assert all(each == found[0] for each in found)


# models


def test_a_constant_model(assay):
    results = sound(explain(assay, "--out", "out", model="Constant.joblib"))
    importances = results["sections"]["explanations"]["importance"]["importances"]
    assert {each["importance"]["value"] for each in importances} == {0.0}
    assert "score_constant" in {each["rule"] for each in results["findings"]}


def test_a_model_that_does_not_repeat_itself(assay):
    results = sound(explain(assay, "--out", "out", model="Noisy.joblib"))
    assert "model_not_deterministic" in loud(results)


BROKEN = [
    ("LabelsAlone.joblib", 2, "labels alone"),
    ("FailsOnMixed.joblib", 3, "twins differ"),
    ("NanOnMixed.joblib", 3, "nan"),
]


@pytest.mark.parametrize(("model", "status", "words"), BROKEN)
def test_models_that_cannot_be_explained(assay, model, status, words):
    refused(explain(assay, "--out", "out", model=model), words, status=status)


@pytest.mark.parametrize(("model", "_status", "words"), BROKEN)
def test_the_rest_of_a_report_stands_without_explanations(assay, model, _status, words):
    told = assay("analyze", "d.parquet", *LABEL, "--model", model, *TRUST, "--budget", "0.3",
                 "--out", "out")  # fmt: skip
    results = sound(told)
    assert {"evaluation", "slices", "data"} <= set(results["sections"])
    assert "explanations" not in results["sections"]
    reasons = {each["section"]: each["reason"] for each in results["skipped"]}
    assert words in reasons["explanations"]
    assert words in Path("out", "report.html").read_text(encoding="utf-8")


# tables


def shaped(n=60):
    """Tables that are odd each in its own way; all of them can be explained."""
    base = table(n)
    rng = np.random.default_rng(3)
    wide = pl.DataFrame(rng.normal(size=(n, 120)), schema=[f"c{at}" for at in range(120)])
    return {
        "constant": base.with_columns(same=pl.lit(1.0)),
        "duplicated": base.with_columns(again=pl.col("income")),
        "codes": base.with_columns(code=pl.Series(rng.integers(0, 4, n))),
        "booleans": base.with_columns(flag=pl.Series(rng.random(n) < 0.5)),
        "wide": pl.concat([base, wide], how="horizontal"),
    }


@pytest.mark.parametrize("name", list(shaped()))
def test_odd_tables(assay, name):
    frame = shaped()[name]
    frame.write_parquet("d.parquet")
    results = sound(explain(assay, "--out", "out", model=fitted(frame)))
    rows = results["sections"]["explanations"]["rows"]
    assert rows
    for row in rows:
        total = sum(each["value"] for each in row["players"])
        assert total == pytest.approx(row["prediction"] - row["base"], abs=1e-9)
    assert not loud(results)


def test_one_row(assay):
    path = fitted(table())
    table().head(1).write_parquet("one.parquet")
    told = assay("explain", "one.parquet", "--ignore", "paid", "--model", path, *TRUST,
                 "--background", "d.parquet", "--out", "out")  # fmt: skip
    explained = sound(told)["sections"]["explanations"]["explained"]
    assert explained["n_rows"] == 1


def test_columns_keep_their_names_where_the_model_is_given_arrays(assay):
    frame = table()
    rows = frame.drop("paid").to_numpy()
    joblib.dump(LogisticRegression(max_iter=500).fit(rows, frame["paid"].to_list()), "a.joblib")
    flags = ("--mutable", "income>=", "--dependence", "age", "--player", "both=age,twin")
    results = sound(explain(assay, *flags, "--out", "out", model="a.joblib"))
    found = results["sections"]["explanations"]
    assert {each["player"] for each in found["rows"][0]["players"]} == {"both", "income"}
    assert found["dependence"][0]["feature"] == "age"
    assert {e["name"] for e in found["permutation"]["players"]} == {"both", "income"}
    assert found["counterfactuals"]["mutable"] == ["income"]
