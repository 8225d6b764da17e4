"""`assay explain`: the table on the terminal, the files, an interruption, numbers against shap."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import joblib
import numpy as np
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

SLOW = """
import pathlib, time
import numpy as np

class Slow:
    classes_ = np.array(["no", "yes"])
    def __init__(self):
        self.rows = 0
    def predict(self, rows):
        return self.classes_[(self.predict_proba(rows)[:, 1] > 0.5).astype(int)]
    def predict_proba(self, rows):
        self.rows += len(rows)
        time.sleep(2e-5 * len(rows))
        if self.rows > 250_000:  # of about 400,000: the first rows are finished by then
            pathlib.Path("explaining").touch()
        x = np.asarray(rows, dtype=float)
        score = 1 / (1 + np.exp(-x[:, 0] * x[:, 1] - x[:, 2]))
        return np.column_stack([1 - score, score])
"""
LABEL = ("--label", "paid", "--positive", "yes")


def table(n=300, *, columns=4, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, columns))
    paid = np.where(x[:, 0] * x[:, 1] + x[:, 2] + rng.logistic(size=n) > 0, "yes", "no")
    frame = pl.DataFrame(x, schema=[f"c{at}" for at in range(columns)])
    return frame.with_columns(paid=pl.Series(paid))


@pytest.fixture
def fitted(tmp_path, monkeypatch):
    """A table, and a logistic regression of it, in the folder where the command runs."""
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "store"))
    frame = table()
    frame.write_parquet(tmp_path / "d.parquet")
    model = LogisticRegression().fit(frame.drop("paid").to_pandas(), frame["paid"].to_list())
    joblib.dump(model, tmp_path / "m.joblib")
    return frame, model


def test_the_table_names_columns_and_rows(assay, fitted):
    flags = ("--model", "m.joblib", "--trust-model", "--rows", "20")
    told = assay("explain", "d.parquet", *LABEL, *flags)
    assert told.status == 0, told.err
    assert "20 rows explained (" in told.out
    assert "score of yes" in told.out
    assert "95% interval" in told.out
    assert sorted(each.name for each in Path().iterdir()) == ["d.parquet", "m.joblib", "store"]
    told = assay("explain", "d.parquet", *LABEL, *flags, "--row", "17", "--quiet", "--json")
    assert json.loads(told.out)["sections"]["explanations"]["explained"]["rows"] == [17]


def test_a_label_is_not_needed(assay, fitted):
    flags = ("--ignore", "paid", "--model", "m.joblib", "--trust-model", "--row", "3")
    told = assay("explain", "d.parquet", *flags)
    assert told.status == 0, told.err
    assert "row 3: score of yes" in told.out


def test_the_numbers_are_those_of_every_coalition(assay, fitted):
    shap = pytest.importorskip("shap")
    frame, model = fitted
    rows = frame.drop("paid").to_pandas()
    rows.head(20).assign(paid="no").to_parquet("b.parquet")
    told = assay("explain", "d.parquet", *LABEL, "--model", "m.joblib", "--trust-model",
                 "--background", "b.parquet", "--row", "5", "--row", "9", "--out", "out",
                 "--quiet")  # fmt: skip
    assert told.status == 0, told.err
    results = json.loads(Path("out", "results.json").read_text(encoding="utf-8"))
    found = results["sections"]["explanations"]["rows"]

    def ask(x):
        return model.predict_proba(rows.iloc[:0].__class__(x, columns=rows.columns))[:, 1]

    exact = shap.ExactExplainer(ask, shap.maskers.Independent(rows.head(20).to_numpy(), 20))
    values = exact(rows.iloc[[5, 9]].to_numpy()).values
    for place, row in enumerate(found):
        mine = {each["player"]: each["value"] for each in row["players"]}
        np.testing.assert_allclose([mine[c] for c in rows.columns], values[place], atol=1e-9)


def test_looking_into_a_model_is_no_look_at_how_good_it_is(assay, fitted):
    for _ in range(2):
        told = assay("explain", "d.parquet", *LABEL, "--model", "m.joblib", "--trust-model",
                     "--rows", "10", "--out", "out", "--quiet")  # fmt: skip
        assert told.status == 0, told.err
    results = json.loads(Path("out", "results.json").read_text(encoding="utf-8"))
    assert not [each for each in results["findings"] if "looked" in each["rule"]]


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise on Windows")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_finished_rows_are_kept(tmp_path, monkeypatch, number, status):
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "slow_explained.py").write_text(SLOW)
    import slow_explained  # pyright: ignore[reportMissingImports]

    joblib.dump(slow_explained.Slow(), tmp_path / "slow.joblib")
    sys.modules.pop("slow_explained")
    table(40, columns=12).write_parquet(tmp_path / "d.parquet")
    flags = (*LABEL, "--model", "slow.joblib", "--trust-model", "--python-path", ".", "--out", "o")
    flags = (*flags, "--tolerance", "1e-9", "--calls", "256")
    running = subprocess.Popen(
        [sys.executable, "-m", "assay", "explain", "d.parquet", *flags],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    end = time.monotonic() + 60
    while not (tmp_path / "explaining").exists():
        assert running.poll() is None, running.communicate()
        assert time.monotonic() < end
        time.sleep(0.05)
    running.send_signal(number)
    _, err = running.communicate(timeout=60)
    assert running.returncode == status, err
    assert "Traceback" not in err
    results = json.loads((tmp_path / "o" / "results.json").read_text(encoding="utf-8"))
    assert results["interrupted"] is True
    found = results["sections"]["explanations"]
    assert 1 <= found["explained"]["n_rows"] < 40
    assert "explanation_stopped" in {each["rule"] for each in results["findings"]}
    page = (tmp_path / "o" / "report.html").read_text(encoding="utf-8")
    assert "Why the model predicts that" in page
    assert page.rstrip().endswith("</html>")


def test_weights_are_those_of_repeated_rows(assay, fitted):
    frame = fitted[0][:80]
    times = np.random.default_rng(4).integers(0, 3, frame.height)
    frame.with_columns(times=pl.Series(times)).write_parquet("w.parquet")
    frame[np.repeat(np.arange(frame.height), times)].write_parquet("several.parquet")
    flags = (
        *LABEL,
        "--model",
        "m.joblib",
        "--trust-model",
        "--rows",
        "400",
        "--only",
        "explanations",
    )
    flags = (*flags, "--no-permutation", "--no-interactions", "--quiet", "--json")

    def explained(*data):
        told = assay("explain", *data, *flags, "--background", "all")
        assert told.status == 0, told.err
        return json.loads(told.out)["sections"]["explanations"]

    one = explained("w.parquet", "--weight", "times")
    other = explained("several.parquet")
    told = one["explained"]["which"]
    assert told == f"all {np.count_nonzero(times)} rows that have weight, weighted by times"
    assert one["rows"][0]["base"] == pytest.approx(other["rows"][0]["base"])
    sizes = [
        {each["player"]: each["importance"]["value"] for each in made["importance"]["importances"]}
        for made in (one, other)
    ]
    assert sizes[0] == pytest.approx(sizes[1], rel=1e-9)


def test_one_row_and_what_would_flip_it_are_told(assay, fitted):
    flags = (*LABEL, "--model", "m.joblib", "--trust-model", "--no-permutation", "--quiet")
    mutable = ("--mutable", "c2", "--mutable", "c1>=")
    told = assay("explain", "d.parquet", *flags[:-1], "--rows", "1", *mutable)
    assert told.status == 0, told.err
    assert "1 row explained (" in told.out
    assert ": score of yes" in told.out
    found = assay("explain", "d.parquet", *flags, "--row", "4", *mutable, "--json")
    flip = json.loads(found.out)["sections"]["explanations"]["counterfactuals"]["rows"][0]
    told = assay("explain", "d.parquet", *flags[:-1], "--row", "4", *mutable)
    assert f"row 4, to reach {flip['goal']}:" in told.out
    change = flip["alternatives"][0]["changes"][0]
    assert f"{change['column']} from {change['before']} to {change['after']}" in told.out


def test_a_precision_that_is_out_of_reach_is_told_with_what_was_reached(assay, fitted):
    frame = table(columns=6)
    frame.write_parquet("wide.parquet")
    Path("wide.py").write_text(
        "def f(rows):\n"
        "    x = rows.to_numpy()\n"
        "    return x[:, 0] * x[:, 1] * x[:, 2] + x[:, 3] * x[:, 4] * x[:, 5]\n"
    )
    flags = ("--model", "wide.py:f", "--model-output", "number", "--task", "regression")
    told = assay("explain", "wide.parquet", "--ignore", "paid", *flags, "--rows", "5",
                 "--calls", "20", "--tolerance", "1e-9")  # fmt: skip
    assert told.status == 0, told.err
    assert "standard errors of a row's attributions: " in told.out
    assert "5 rows did not reach --tolerance within --calls" in told.out
