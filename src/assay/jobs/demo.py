"""The demo: census income, from a table and a fresh model to a report, in under a minute."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from assay.errors import InputError
from assay.jobs.analyze import analyze_config
from assay.jobs.config_file import config_from_options
from assay.jobs.out_folder import reserved
from assay.jobs.registry import find_sections
from assay.jobs.report import AnalysisReport
from assay.jobs.running import Progress
from assay.jobs.store import HOME

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

LABEL, POSITIVE, SPLIT = "income", ">50K", "split"
FACETS = ("sex", "race")
VALIDATION_SHARE = 0.2
GOAL = "f1"
SEED = 0
BUDGET = 15.0
"""Seconds that fitting simple models and a learning curve may take: the demo is to be short."""


@dataclass(frozen=True)
class Demo:
    """What the demo made.

    Parameters
    ----------
    report : AnalysisReport
    folder : Path
        Where the report lies.
    inputs : Path
        Where the tables and the model lie that it was made from.
    """

    report: AnalysisReport
    folder: Path
    inputs: Path


def run_demo(out: Path, *, progress: Progress) -> Demo:
    """Fit a model on the shipped census table and analyze it on rows that it has not seen.

    The model learns from four fifths of the train split; the threshold is chosen on the last
    fifth; the test split is looked at once. The tables and the model are kept in
    ``out/inputs``, so that ``out/assay.yaml`` repeats the run.

    Parameters
    ----------
    out : Path
        Folder for the report.
    progress : callable

    Raises
    ------
    InputError
        If `out` cannot be written to.
    """
    with reserved(out), _one_thread(), _store_in(out / ".assay"):
        progress("Reading the census table", 0, None)
        train, validation, test = split_census(read_census())
        progress("Fitting a gradient-boosted model", 0, None)
        model = fit_model(train)
        inputs = out / "inputs"
        _keep(inputs, model, {"train": train, "validation": validation, "test": test})
        config = config_from_options(_options(inputs.resolve()), find_sections())
        report = analyze_config(config, out=out, progress=progress)
    return Demo(report, out, inputs)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep scikit-learn to one thread: on so few rows threads mostly wait for one another.

    On a machine that is busy otherwise this is the difference between 10 seconds and 40.
    """
    import sklearn.ensemble  # noqa: F401 - brings the library whose threads are limited
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - comes with scikit-learn

    with threadpool_limits(limits=1, user_api="openmp"):
        yield


@contextmanager
def _store_in(folder: Path) -> Iterator[None]:
    """Count the demo's looks in a store of its own: nothing is written beside its folder."""
    before = os.environ.get(HOME)
    os.environ[HOME] = str(folder)
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(HOME, None)
        else:
            os.environ[HOME] = before


def read_census() -> pl.DataFrame:
    """Return the shipped table: 48,842 people, with `split` telling train from test.

    Examples
    --------
    >>> read_census().height
    48842
    """
    place = files("assay.jobs") / "demo_data" / "adult_demo.parquet"
    with as_file(place) as path:
        return pl.read_parquet(path)


def split_census(census: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return train, validation and test rows; validation is a random part of the train split.

    Examples
    --------
    >>> [part.height for part in split_census(read_census())]
    [26049, 6512, 16281]
    """
    learn = census.filter(pl.col(SPLIT) == "train").drop(SPLIT)
    test = census.filter(pl.col(SPLIT) == "test").drop(SPLIT)
    order = np.random.default_rng(SEED).permutation(learn.height)
    cut = round(learn.height * VALIDATION_SHARE)
    return learn[np.sort(order[cut:])], learn[np.sort(order[:cut])], test


def fit_model(train: pl.DataFrame) -> "Pipeline":
    """Fit a gradient-boosted classifier on the rows as they are.

    Parameters
    ----------
    train : polars.DataFrame
        With the label in its column.

    Raises
    ------
    InputError
        If scikit-learn is too old to read Polars frames by the names of their columns.
    """
    import sklearn
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OrdinalEncoder

    if tuple(int(part) for part in sklearn.__version__.split(".")[:2]) < (1, 9):
        msg = (
            f"the demo fits a model on Polars frames, and scikit-learn {sklearn.__version__} "
            "cannot read those; run: pip install -U 'scikit-learn>=1.9' (models fitted on pandas "
            "are judged with older ones too)"
        )
        raise InputError(msg)
    features = train.drop(LABEL)
    texts = [name for name, kind in features.schema.items() if kind == pl.String]
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    columns = make_column_transformer((encoder, texts), remainder="passthrough")
    boosting = HistGradientBoostingClassifier(
        learning_rate=0.1,
        max_iter=150,
        early_stopping=False,  # type: ignore[arg-type] - scikit-learn's stubs are narrower
        categorical_features=list(range(len(texts))),  # type: ignore[arg-type]
        random_state=SEED,
    )
    return make_pipeline(columns, boosting).fit(features, train[LABEL].to_numpy())


def _keep(folder: Path, model: "Pipeline", tables: dict[str, pl.DataFrame]) -> None:
    """Write the tables and the model that the report is made from."""
    import joblib

    folder.mkdir(exist_ok=True)
    for name, table in tables.items():
        table.write_parquet(folder / f"{name}.parquet")
    joblib.dump(model, folder / "model.joblib", compress=3)


def _options(inputs: Path) -> dict[str, object]:
    return {
        "data": (inputs / "test.parquet").as_posix(),
        "train": (inputs / "train.parquet").as_posix(),
        "validation": (inputs / "validation.parquet").as_posix(),
        "model": {
            "path": (inputs / "model.joblib").as_posix(),
            "trust": True,  # made a moment ago, by us
            "input": "polars",  # what it was fitted on
            "cache": False,  # it is quick, and the demo writes nothing beside its folder
        },
        "roles": {"label": LABEL, "positive": POSITIVE, "facets": FACETS},
        "options": {"threshold": GOAL, "seed": SEED, "budget": BUDGET},
    }
