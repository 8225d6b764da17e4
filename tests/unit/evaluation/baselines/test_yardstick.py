"""By what a ladder compares, and where the scores of all are cut."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.evaluation.baselines.cutting import cutting_like
from assay.evaluation.baselines.ladder import LadderOptions, climb_ladder
from assay.evaluation.baselines.result import LadderResult
from assay.evaluation.baselines.yardstick import choose_yardstick
from assay.evaluation.goal import Costs
from assay.evaluation.judged import Answers, JudgedRows
from assay.evaluation.plan import plan_evaluation, resolve_data_target
from assay.evaluation.threshold import Threshold

COSTS = Costs(false_positive=1, false_negative=5)
F1 = Threshold(value=0.3, chosen_on="validation", goal="f1")


def table(n: int, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, n)
    p = 1 / (1 + np.exp(0.5 - 1.5 * x))
    y = np.where(rng.random(n) < p, "yes", "no")
    return pl.DataFrame({"x": x, "y": y, "s": p, "old": p**2})


def read(frame: pl.DataFrame, **roles: object) -> Dataset:
    return Dataset.read(frame, label="y", positive="yes", **roles)  # type: ignore[arg-type]


TRAIN = read(table(800, 0).drop("s", "old"))


def climb(
    threshold: Threshold | None,
    *,
    validation: pl.DataFrame | None = None,
    train: Dataset | None = TRAIN,
    test: pl.DataFrame | None = None,
    **told: object,
) -> LadderResult:
    data = read(table(600, 1) if test is None else test, score="s", ignore=["old"])
    target = resolve_data_target(data, positive="yes")
    held = None if validation is None else read(validation, score="s")
    return climb_ladder(
        data,
        target,
        train=train,
        validation=held,
        plan=plan_evaluation(data, target=target, threshold=threshold),
        options=LadderOptions(budget=20, **told),  # type: ignore[arg-type]
    )


def test_a_goal_is_met_by_each_on_the_validation_rows():
    ladder = climb(F1, validation=table(500, 2).drop("old"))

    assert ladder.metric == "f1"
    assert ladder.compared.endswith("its scores get for f1 on the 500 validation rows")
    cut = {each.name: each.threshold for each in ladder.rungs}
    assert cut["candidate"] == 0.3
    assert len(set(cut.values())) == len(cut) - 1  # one column: its tree is the tree of all
    assert ladder.to_dict()["rungs"][0]["threshold"] == cut["prior"]


def test_without_their_columns_simple_models_choose_on_held_out_train_rows():
    ladder = climb(F1, validation=table(500, 2).select("y", "s"))

    assert "160 train rows that were held out" in ladder.compared
    assert ladder["logistic"].rows_fitted == 640
    assert "fitted on 640 train rows" in ladder.how


def test_costs_decide_where_they_are_given():
    priced = Threshold(value=COSTS.threshold, chosen_on="given", goal="cost")
    ladder = climb(priced, costs=COSTS)

    assert ladder.metric == "expected_cost"
    assert not ladder.greater_is_better
    assert ladder.compared == "each at the threshold of 0.1667 that the costs ask for"
    truth, p = table(600, 1)["y"].to_numpy() == "yes", table(600, 1)["s"].to_numpy()
    acts = p >= 1 / 6
    spent = (1 * (acts & ~truth) + 5 * (~acts & truth)).mean()
    assert ladder["candidate"].metrics["expected_cost"].value == pytest.approx(spent)
    assert ladder["prior"].threshold == pytest.approx(1 / 6)
    assert ladder.comparison().title == "Expected cost of a row"


def test_a_number_that_was_told_leaves_the_order_to_decide():
    ladder = climb(Threshold.given(0.05))

    assert ladder.metric == "roc_auc"
    assert "0.05 was told for the model" in ladder.compared


def test_scores_of_an_incumbent_are_cut_alike():
    ladder = climb(F1, validation=table(500, 2), train=None, baselines={"old": "old"})

    # p² orders as p does, so that its threshold is the square of the one for p.
    of_p = climb(F1, validation=table(500, 2), train=None, baselines={"same": "s"})
    assert ladder.metric == "f1"
    assert ladder["old"].metrics["f1"].value == pytest.approx(
        of_p["same"].metrics["f1"].value, abs=0.01
    )
    assert ladder["old"].threshold < of_p["same"].threshold


def test_an_incumbent_without_scores_to_choose_on_is_compared_by_order():
    ladder = climb(F1, validation=table(500, 2).drop("old"), train=None, baselines={"old": "old"})

    assert ladder.metric == "roc_auc"
    assert ladder.compared.endswith("there are no scores of old to choose one on")
    assert ladder.comparison().difference.value == 0  # p² orders as p does


def test_rows_where_a_class_is_rare_are_ordered_by_average_precision():
    truth = np.repeat([0, 1], [95, 5])
    rows = JudgedRows(task="binary", truth=truth, classes=(0, 1))
    scores = np.linspace(0, 1, 100)
    given = Answers(name="m", labels=(scores > 0.5).astype(np.int64), scores=scores)
    cutting = cutting_like(Threshold.given(0.3), task="binary")

    assert choose_yardstick(rows, [given], cutting).name == "average_precision"
    assert choose_yardstick(rows, [given], cutting, use="ranking").name == "roc_auc"
    assert choose_yardstick(rows, [given], cutting, metric="mcc").name == "mcc"
    without = replace(given, scores=None)
    assert choose_yardstick(rows, [without], cutting, costs=COSTS).name == "expected_cost"


def test_ways_to_cut():
    assert cutting_like(None, task="binary").fixed == 0.5
    assert cutting_like(None, COSTS, task="binary").fixed == pytest.approx(1 / 6)
    assert cutting_like(Threshold.given(0.2), task="multilabel").told
    assert cutting_like(F1, task="binary").goal.name == "f1"
    assert cutting_like(F1, task="regression").goal is None
