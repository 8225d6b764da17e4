"""Simple models get their threshold in the way that the judged model got its own."""

import numpy as np
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

from assay.data.dataset import Dataset
from assay.evaluation.baselines.ladder import climb_ladder
from assay.evaluation.choose import choose_threshold_on
from assay.evaluation.plan import plan_evaluation, resolve_data_target
from assay.evaluation.threshold import Threshold


def rare(n: int, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    y = rng.random(n) < 1 / (1 + np.exp(2.6 - x))
    return pl.DataFrame({"x": x, "z": rng.normal(size=n), "y": y.astype(int)})


def parts() -> tuple[Dataset, Dataset, Dataset]:
    train, valid, test = (rare(n, seed) for n, seed in ((3_000, 0), (1_500, 1), (2_000, 2)))
    model = LogisticRegression().fit(train.select("x", "z"), train["y"])
    scored = [
        frame.with_columns(s=pl.Series(model.predict_proba(frame.select("x", "z"))[:, 1]))
        for frame in (valid, test)
    ]
    read = [Dataset.read(each, label="y", positive=1, score="s") for each in scored]
    return Dataset.read(train, label="y", positive=1), read[0], read[1]


@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
def test_a_tuned_model_is_held_against_tuned_models():
    train, valid, test = parts()
    target = resolve_data_target(test, positive=1)
    threshold = choose_threshold_on(valid, "f1", target=target)
    plan = plan_evaluation(test, target=target, threshold=threshold)
    ladder = climb_ladder(test, target, train=train, validation=valid, plan=plan)

    logistic, candidate = ladder["logistic"].metrics["f1"], ladder["candidate"].metrics["f1"]
    assert ladder.metric == "f1"
    assert logistic.value == pytest.approx(candidate.value, abs=0.02)
    # Knowing nothing, all rows are answered with the rare class: F1 is then 2p / (1 + p).
    share = np.mean(rare(2_000, 2)["y"].to_numpy())
    assert ladder["prior"].metrics["f1"].value == pytest.approx(2 * share / (1 + share))
    assert ladder.comparison("logistic regression").verdict != "better"


def test_a_number_that_was_told_counts_for_all():
    train, _, test = parts()
    target = resolve_data_target(test, positive=1)
    plan = plan_evaluation(test, target=target, threshold=Threshold.given(0.05))
    ladder = climb_ladder(test, target, train=train, plan=plan)

    assert ladder["prior"].metrics["f1"].value > 0  # a share of 0.09 is above 0.05
