"""A user's own procedure that knows the rows to be judged before it is asked."""

import time
from dataclasses import replace
from math import sqrt
from typing import TYPE_CHECKING, cast

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.engines.mixing import choose_rows
from assay.data_quality.leakage.check import About, Check
from assay.data_quality.leakage.skill import area_under_curve
from assay.data_quality.leakage.tables import LeakTables, Part
from assay.data_quality.leakage.truth import Truth, read_truth
from assay.errors import AssayError
from assay.models.predictor import Prediction
from assay.models.refitting import Procedure
from assay.result import Finding, Json
from assay.stats.special import student_quantile

if TYPE_CHECKING:
    from assay.data.dataset import Dataset
    from assay.data.engines.protocol import LazyFrame

ABOUT = About("prep_leak", "Preparation that has seen the rows to be judged")
SHUFFLES, LEAST_SHUFFLES = 10, 6
LEVEL = 0.999
MOST_ROWS = 5_000
SECONDS = 30.0
TASKS = ("binary", "multiclass", "regression")


def check_prep_leak(
    tables: LeakTables, procedure: Procedure | None, *, seconds: float = SECONDS
) -> Check:
    """Fit the user's whole procedure on train rows with shuffled labels, and score other rows.

    Nothing can be learned of shuffled labels: scores on the validation rows (the judged ones where
    there are none) then scatter around chance. They all lie above it, and their mean by a t test
    at 0.1 %, only where the procedure knows those answers: error. Ten shuffles, or as many as the
    time allows; at least six.

    A preparation that was made outside of the procedure cannot be seen this way.

    Parameters
    ----------
    tables : LeakTables
    procedure : Procedure or None
        How the model can be fitted again.
    seconds : float
        After which no further fit begins.
    """
    if tables.train is None:
        return ABOUT.not_run(
            "the rows that the model was fitted on were not given", "--train DATA"
        )
    if procedure is None:
        return ABOUT.not_run(
            "there is no model that can be fitted again (a scikit-learn estimator can)",
            "--model FILE.joblib --trust-model",
        )
    if tables.task not in TASKS:
        return ABOUT.not_judged("it is done for one label a row")
    judged = tables.validation or tables.data
    if tables.same_rows and tables.validation is None:
        return ABOUT.not_judged("the judged rows are the train rows: judged_on_train_rows")
    frame = judged.data.sample(MOST_ROWS, seed=tables.seed)
    truth = read_truth(frame, judged.data.schema, tables.task, tables.classes)
    if truth.reason:
        return ABOUT.not_judged(truth.reason)
    try:
        scores = _scores(
            tables, tables.train, procedure, frame.filter(truth.known), truth, seconds
        )
    except AssayError as wrong:
        return ABOUT.not_judged(str(wrong))
    if len(scores) < LEAST_SHUFFLES:
        return ABOUT.not_judged(f"{LEAST_SHUFFLES} fits take more than {seconds:g} seconds")
    return _judge(judged, scores, truth)


def _scores(
    tables: LeakTables,
    train: Part,
    procedure: Procedure,
    frame: pl.DataFrame,
    truth: Truth,
    seconds: float,
) -> list[float]:
    """Return how far above chance each fit on shuffled labels scores."""
    data = subset(train.data, choose_rows(train.rows, MOST_ROWS, seed=tables.seed))
    label = data.schema.label
    assert label is not None
    labels = data.column(label)
    rng = np.random.default_rng(tables.seed)
    readable = data.schema.names if procedure.model.info.feature_names else data.schema.features
    asked = frame.select(readable)
    start = time.perf_counter()
    scores: list[float] = []
    for at in range(SHUFFLES):
        if time.perf_counter() - start > seconds:
            break
        shuffled = labels.gather(rng.permutation(labels.len()))
        fitted = procedure.fit(data, seed=at, labels=shuffled)
        scores.append(_above_chance(fitted.model.predict(asked), truth))
    return scores


def subset(data: "Dataset", rows: NDArray[np.int64]) -> "Dataset":
    """Return some rows of a dataset, held in memory."""
    if len(rows) == data.count_rows():
        return data
    frame = data.collect()[rows]
    original = None if data.original is None else data.original.iloc[rows]
    lazy = cast("LazyFrame", nw.from_native(frame.lazy()))
    return replace(data, frame=lazy, original=original)


def _above_chance(answer: Prediction, truth: Truth) -> float:
    """Return AUC less one half, averaged over the classes; for numbers the correlation."""
    if truth.numbers is not None:
        assert answer.values is not None
        spread = float(np.std(answer.values))
        return float(np.corrcoef(answer.values, truth.numbers)[0, 1]) if spread > 0 else 0.0
    assert truth.indicators is not None
    areas = [
        area_under_curve(positive, score)
        for name, positive in zip(truth.names, truth.indicators.T, strict=True)
        if (score := _score_of(answer, name)) is not None
    ]
    return float(np.mean(areas)) - 0.5 if areas else 0.0


def _score_of(answer: Prediction, name: str) -> NDArray[np.float64] | None:
    """Return what an answer holds for a class, whose name may be written as the model has it."""
    if answer.probabilities is not None and answer.classes is not None:
        words = [str(each) for each in answer.classes]
        if name in words:
            return answer.probabilities[:, words.index(name)]
        return answer.probabilities[:, -1] if len(words) == 2 else None
    labels = answer.labels if answer.labels is not None else answer.values
    if labels is None:
        return None
    return np.array([str(each) == name for each in labels.tolist()], dtype=np.float64)


def _judge(judged: Part, scores: list[float], truth: Truth) -> Check:
    found = np.array(scores)
    mean, error = float(found.mean()), float(found.std(ddof=1)) / sqrt(len(found))
    low = mean - student_quantile(LEVEL, len(found) - 1) * error
    told: dict[str, Json] = {
        "above_chance": mean,
        "at_least": low,
        "lowest": float(found.min()),
        "shuffles": len(found),
        "rows": truth.n,
        "measure": "AUC - 0.5" if truth.numbers is None else "correlation",
    }
    sampled = f"{truth.n:,} {judged.words}"
    if found.min() <= 0 or low <= 0:
        return ABOUT.clear(
            "fits on shuffled labels score like chance", sampled=sampled, figures=told
        )
    finding = Finding(
        rule="prep_leak",
        severity="error",
        message=(
            f"Fitted on shuffled train labels, the procedure still scores {mean:.2f} above chance "
            f"({told['measure']}) on the {judged.words}, in each of {len(found)} shuffles."
        ),
        where={"tables": ["train", judged.role]},
        evidence=told,
        cause="A step of it reads answers, or rows, that are not among those it is fitted on.",
        advice=(
            "Put every step of preparation into the pipeline and let it learn from the rows that "
            "it is fitted on alone; then fit again."
        ),
    )
    return ABOUT.found(finding, sampled=sampled, figures=told)
