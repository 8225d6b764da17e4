"""Ctrl-C: status 130, what was finished is kept and said to be a part, nothing half-written.

So it is when another program ends this one, with the status that shells have for it.
"""

import gzip
import json
import os
import signal
import subprocess
import sys
import time

import joblib
import polars as pl
import pytest

SLOW_MODEL = """
import pathlib, time
import numpy as np

class Slow:
    classes_ = np.array(["no", "yes"])
    def __init__(self):
        self.calls = 0
    def predict(self, rows):
        self.calls += 1
        if self.calls > 2:  # the first two calls are the probe
            pathlib.Path("predicting").touch()
            time.sleep(60)
        return np.array(["no", "yes"] * len(rows))[: len(rows)]

class SlowToLoad(Slow):
    def __setstate__(self, state):
        pathlib.Path("loading").touch()
        time.sleep(60)
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise on Windows")


@pytest.fixture
def slow_model(tmp_path, monkeypatch):
    (tmp_path / "slow_model.py").write_text(SLOW_MODEL)
    monkeypatch.syspath_prepend(str(tmp_path))
    import slow_model  # pyright: ignore[reportMissingImports]

    joblib.dump(slow_model.Slow(), tmp_path / "slow.joblib")
    joblib.dump(slow_model.SlowToLoad(), tmp_path / "slow_to_load.joblib")
    yield tmp_path / "slow.joblib"
    sys.modules.pop("slow_model", None)


def start(folder, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "assay", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(path, running, seconds=60):
    end = time.monotonic() + seconds
    while not path.exists():
        assert running.poll() is None, running.communicate()
        assert time.monotonic() < end, f"{path} did not appear"
        time.sleep(0.05)


def test_what_is_finished_is_kept(scored, slow_model):
    folder = scored.parent
    flags = ("--label", "paid", "--positive", "yes", "--ignore", "p", "--ignore", "guess")
    trusted = ("--model", "slow.joblib", "--trust-model", "--python-path", ".")
    running = start(folder, "analyze", "scored.csv", *flags, *trusted)
    wait_for(folder / "predicting", running)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 130, err
    assert "interrupted" in err
    assert "assay-out" in err
    assert "Traceback" not in err
    assert out == ""
    written = sorted(each.name for each in (folder / "assay-out").iterdir())
    assert written == ["assay.yaml", "report.html", "results.json"]
    results = json.loads((folder / "assay-out" / "results.json").read_text(encoding="utf-8"))
    assert results["interrupted"] is True
    assert results["sections"]["data"]["rows"] == 400
    assert "evaluation" not in results["sections"]
    assert results["verdict"]["level"] == "unknown"
    page = (folder / "assay-out" / "report.html").read_text(encoding="utf-8")
    assert "interrupted" in page
    assert page.rstrip().endswith("</html>")


def test_before_anything_is_finished_nothing_is_written(scored, slow_model, tmp_path):
    """Interrupted while the model file is loaded: no folder is left behind."""
    flags = ("--label", "paid", "--ignore", "p", "--model", "slow_to_load.joblib", "--trust-model")
    running = start(scored.parent, "analyze", "scored.csv", *flags, "--python-path", ".")
    wait_for(tmp_path / "loading", running)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130, err
    assert "nothing was written" in err
    assert not (tmp_path / "assay-out").exists()


@pytest.mark.parametrize(
    ("number", "status", "words"),
    [
        (signal.SIGINT, 130, "assay: interrupted; what was finished"),
        (signal.SIGTERM, 143, "assay: ended by SIGTERM; what was finished"),
        (signal.SIGHUP, 129, "assay: ended by SIGHUP; what was finished"),
    ],
)
def test_copies_of_the_table_go_too(
    scored, slow_model, tmp_path, monkeypatch, number, status, words
):
    if signal.getsignal(number) is signal.SIG_IGN:
        pytest.skip(f"started where {number.name} is ignored, as under nohup; so it is in assay")
    copies = tmp_path / "copies"
    copies.mkdir()
    monkeypatch.setenv("TMPDIR", str(copies))
    pl.read_csv(scored).write_parquet(tmp_path / "scored.parquet")
    packed = gzip.compress((tmp_path / "scored.parquet").read_bytes())
    (tmp_path / "scored.parquet.gz").write_bytes(packed)
    flags = ("--label", "paid", "--positive", "yes", "--ignore", "p", "--ignore", "guess")
    trusted = ("--model", "slow.joblib", "--trust-model", "--python-path", ".")
    running = start(tmp_path, "analyze", "scored.parquet.gz", *flags, *trusted)
    wait_for(tmp_path / "predicting", running)
    assert list(copies.iterdir()) != []
    running.send_signal(number)
    _, err = running.communicate(timeout=60)
    assert running.returncode == status, err
    assert words in err.splitlines()[-1]
    assert list(copies.iterdir()) == []
