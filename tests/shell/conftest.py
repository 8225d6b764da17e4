"""A small table with answers, a small model, and a way to call the command line."""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from assay.cli.root import run

TOY = Path(__file__).parent / "toy_section"


@dataclass(frozen=True)
class Told:
    status: int
    out: str
    err: str


@pytest.fixture
def assay(tmp_path, monkeypatch, capfd):
    """Call the command line in an empty folder; returns status, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        capfd.readouterr()
        status = run([str(each) for each in arguments])
        told = capfd.readouterr()
        return Told(status, told.out, told.err)

    return call


@pytest.fixture
def toy_section(monkeypatch):
    """Put a package with two sections of its own on the path, as an installation would."""
    monkeypatch.syspath_prepend(str(TOY))
    yield
    sys.modules.pop("toy_section", None)


def scored_table(n=400, *, seed=0):
    rng = np.random.default_rng(seed)
    score = rng.beta(0.6, 0.9, n).round(4)
    paid = rng.random(n) < score
    return pl.DataFrame(
        {
            "age": rng.integers(18, 90, n),
            "sex": rng.choice(["f", "m"], n),
            "paid": np.where(paid, "yes", "no"),
            "p": score,
            "guess": np.where(score >= 0.5, "yes", "no"),
        }
    )


@pytest.fixture
def scored(tmp_path):
    """A CSV with true answers in `paid`, scores in `p` and predicted answers in `guess`."""
    path = tmp_path / "scored.csv"
    scored_table().write_csv(path)
    return path
