import json

import joblib
import numpy as np
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

from assay.data.dataset import Dataset
from assay.errors import InputError
from assay.evaluation.baselines.ladder import LadderOptions, climb_ladder
from assay.evaluation.baselines.result import LadderResult
from assay.evaluation.plan import plan_evaluation, resolve_data_target
from assay.evaluation.task import Target


def made(n: int, *, seed: int = 0, signal: float = 2.0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    x, z = rng.normal(0, 1, n), rng.normal(0, 1, n)
    y = rng.random(n) < 1 / (1 + np.exp(-signal * x))
    return pl.DataFrame({"x": x, "z": z, "y": np.where(y, "yes", "no")})


def climb(data: Dataset, *, train: Dataset | None = None, **more: object) -> LadderResult:
    target = resolve_data_target(data, positive=data.schema.positive)
    answered = data.schema.has_answers
    plan = plan_evaluation(data, target=target) if answered else None
    options = LadderOptions(**more)  # type: ignore[arg-type]
    ladder = climb_ladder(data, target, train=train, plan=plan, options=options)
    json.dumps(ladder.to_dict(), allow_nan=False)
    return ladder


def read(frame: pl.DataFrame, **roles: object) -> Dataset:
    return Dataset.read(frame, label="y", **roles)  # type: ignore[arg-type]


def with_answers(frame: pl.DataFrame, **columns: object) -> pl.DataFrame:
    return frame.with_columns(**{name: pl.Series(values) for name, values in columns.items()})


@pytest.mark.parametrize(
    ("n", "mode", "judged"),
    [
        (2_500, "split", 500),
        (600, "cross_validation", 600),
        (200, "repeated_cross_validation", 1_000),
    ],
)
def test_the_number_of_rows_decides_how_they_are_parted(n: int, mode: str, judged: int):
    ladder = climb(read(made(n), positive="yes"))

    assert ladder.mode == mode
    assert ladder.n_judged == pytest.approx(judged, abs=3)
    assert ladder["logistic"].metrics["roc_auc"].value > 0.8
    assert ladder["prior"].metrics["roc_auc"].value == pytest.approx(0.5, abs=0.05)
    assert ladder.candidate is None
    assert ladder.best is not None
    assert ladder.best.name in {"logistic", "single_column", "tree", "gradient_boosting"}


def test_repeated_rows_do_not_narrow_the_interval():
    frame = made(250)
    once = climb(read(frame, positive="yes"))["prior"].metrics["accuracy"]

    share = max(frame["y"].value_counts()["count"]) / 250
    wide = 2 * 1.96 * (share * (1 - share) / 250) ** 0.5
    assert once.high - once.low == pytest.approx(wide, rel=0.15)


def test_train_rows_are_fitted_on_and_the_candidate_compared():
    train, test = made(3_000), made(1_500, seed=1)
    guess = np.random.default_rng(0).random(1_500)
    judged = read(with_answers(test, p=guess), positive="yes", score="p")

    ladder = climb(judged, train=read(train, positive="yes"))

    assert ladder.mode == "train"
    assert ladder.opponent == "gradient boosting"
    assert ladder.comparison().verdict == "worse"
    assert next(each.rule for each in ladder.findings) == "worse_than_baseline"
    assert ladder["gradient_boosting"].rows_fitted == 3_000
    assert "p" not in " ".join(ladder.preparation).replace("pre", "").split()


def test_a_sound_model_gets_no_warning():
    for seed in range(5):
        train, test = made(2_000, seed=seed), made(1_000, seed=seed + 100)
        fitted = LogisticRegression().fit(train.select("x", "z").to_numpy(), train["y"].to_numpy())
        score = fitted.predict_proba(test.select("x", "z").to_numpy())[:, 1]
        judged = read(with_answers(test, p=score), positive="yes", score="p")

        ladder = climb(judged, train=read(train, positive="yes"))

        assert {each.severity for each in ladder.findings} <= {"info"}


def test_answers_without_train_rows_meet_their_incumbents_alone():
    frame = made(800)
    good = np.where(frame["x"].to_numpy() > 0, "yes", "no")
    poor = np.where(frame["z"].to_numpy() > 0, "yes", "no")
    data = read(with_answers(frame, mine=good, old=poor), positive="yes", prediction="mine")

    ladder = climb(data, baselines={"rule": "old"})

    assert ladder.mode == "answers"
    assert ladder.opponent == "rule"
    assert ladder.comparison().verdict == "better"
    assert {each.name for each in ladder.not_run} >= {"prior", "gradient_boosting"}
    assert all("--train" in each.reason for each in ladder.not_run)


def test_an_incumbent_may_be_scores_or_a_model_s_file(tmp_path):
    train, test = made(1_000), made(500, seed=1)
    model = LogisticRegression().fit(train.select("x", "z").to_pandas(), train["y"].to_numpy())
    joblib.dump(model, tmp_path / "old.joblib")
    scores = model.predict_proba(test.select("x", "z").to_pandas())[:, 1]
    mine = np.where(test["x"].to_numpy() > 0, "yes", "no")
    frame = with_answers(test, mine=mine, before=scores)
    data = read(frame, positive="yes", prediction="mine", features=["x", "z"])
    places = {"file": str(tmp_path / "old.joblib"), "column": "before"}

    ladder = climb(data, baselines=places, trust=True)

    values = [ladder[name].metrics["accuracy"].value for name in ("file", "column")]
    assert values[0] == values[1]


def test_an_incumbent_that_cannot_be_read_is_named():
    frame = with_answers(made(100), mine=["yes", "no"] * 50, old=["maybe", "no"] * 50)
    data = read(frame, positive="yes", prediction="mine")

    with pytest.raises(InputError, match="rule"):
        climb(data, baselines={"rule": "old"})


def test_equivalent_answers_are_said_to_be_within_the_margin():
    frame = made(4_000)
    good = np.where(frame["x"].to_numpy() > 0, "yes", "no")
    data = read(with_answers(frame, mine=good, old=good), positive="yes", prediction="mine")

    ladder = climb(data, baselines={"old": "old"}, margin=0.02)

    assert ladder.comparison().verdict == "equivalent within the margin"
    assert [each.rule for each in ladder.findings] == ["equivalent_to_baseline"]


def test_nothing_to_learn_is_said_without_a_warning():
    ladder = climb(read(made(600, signal=0.0), positive="yes"))

    assert {each.rule for each in ladder.findings} <= {"nothing_to_learn"}
    assert all(each.severity == "info" for each in ladder.findings)


def test_no_budget_leaves_the_constants():
    ladder = climb(read(made(300), positive="yes"), budget=0.0)

    assert [each.name for each in ladder.rungs] == ["prior"]
    assert all("--budget" in each.reason for each in ladder.not_run)


def test_groups_stay_whole_and_times_in_order():
    frame = made(2_500).with_columns(g=pl.int_range(2_500) // 10, t=pl.int_range(2_500))

    assert "no group on both sides" in climb(read(frame, positive="yes", group="g")).how
    ladder = climb(read(frame, positive="yes", time="t"))
    assert "later rows" in ladder.how
    assert ladder.n_judged == 500


@pytest.mark.parametrize(
    ("frame", "roles", "why"),
    [
        (made(100).with_columns(g=pl.lit(1)), {"group": "g"}, "one group"),
        (made(40).head(4), {}, "4 rows"),
    ],
)
def test_rows_that_cannot_be_parted_say_why(frame: pl.DataFrame, roles: dict[str, str], why: str):
    ladder = climb(read(frame, positive="yes", **roles))

    assert not ladder.rungs
    assert all(why in each.reason for each in ladder.not_run)


def test_classes_that_only_training_or_judged_rows_have():
    rng = np.random.default_rng(0)
    train = pl.DataFrame({"x": rng.normal(0, 1, 400)}).with_columns(
        y=pl.when(pl.col("x") > 1)
        .then(pl.lit("c"))
        .when(pl.col("x") > 0)
        .then(pl.lit("b"))
        .otherwise(pl.lit("a"))
    )
    test = train.filter(pl.col("y") != "c").with_columns(
        y=pl.when(pl.int_range(pl.len()) < 5).then(pl.lit("d")).otherwise(pl.col("y"))
    )

    ladder = climb(read(test), train=read(train))

    assert ladder.task == "multiclass"
    assert ladder["tree"].metrics["accuracy"].value == pytest.approx(1 - 5 / test.height, abs=0.03)
    assert ladder["tree"].metrics["log_loss"].value is not None


def test_many_labels():
    frame = made(700)
    table = frame.select("x", "z", a=(pl.col("x") > 0), b=(pl.col("z") > 1), c=(pl.col("z") < 5))
    data = Dataset.read(table, label=["a", "b", "c"])
    ladder = climb(data, train=data)

    assert ladder["logistic"].metrics["macro_f1"].value is not None
    assert ladder["frequent_labels"].rules == ("every row has: c, a",)


def test_a_regression_by_hand():
    rng = np.random.default_rng(0)
    x = rng.normal(0, 1, 2_000)
    train = Dataset.read({"x": x[:1_500], "y": 3 * x[:1_500] + rng.normal(0, 1, 1_500)}, label="y")
    judged = {"x": x[1_500:], "y": 3 * x[1_500:] + rng.normal(0, 1, 500)}

    ladder = climb(Dataset.read(judged, label="y"), train=train)

    mean = np.mean([batch["y"].to_numpy() for batch in train.batches(["y"])])
    expected = np.sqrt(np.mean((judged["y"] - mean) ** 2))
    assert ladder.metric == "rmse"
    assert ladder["mean"].metrics["rmse"].value == pytest.approx(expected)
    assert ladder["ridge"].metrics["rmse"].value == pytest.approx(1.0, abs=0.1)
    assert ladder["ridge"].metrics["rmse"].value == ladder.best.metrics["rmse"].value


def test_weights_count_in_the_fit():
    frame = pl.DataFrame({"x": [0.5, 1.5] * 50, "y": [0.0, 10.0] * 50, "w": [1.0, 3.0] * 50})
    data = Dataset.read(frame, label="y", weight="w")

    ladder = climb_ladder(data, Target("regression"), train=data)

    assert ladder["mean"].metrics["rmse"].value == pytest.approx(np.sqrt(75 / 4))


def test_the_same_seed_gives_the_same_ladder():
    first, again = (climb(read(made(400), positive="yes"), seed=3) for _ in range(2))

    assert (
        first.to_frame()
        .drop("fit_seconds", "predict_ms")
        .equals(again.to_frame().drop("fit_seconds", "predict_ms"))
    )


def test_messages_are_told_by_their_words(data_dir):
    sms = Dataset.read(data_dir / "sms_spam.parquet", label="label", positive="spam")

    ladder = climb(sms)

    assert ladder["logistic"].metrics["roc_auc"].value > 0.97
    assert "text alone" in next(e.reason for e in ladder.not_run if e.name == "gradient_boosting")


def test_adult_reaches_what_is_known_of_it(data_dir):
    train = Dataset.read(
        data_dir / "adult_train.parquet", label="income", positive=">50K", ignore="fnlwgt"
    )

    ladder = climb(train.like(data_dir / "adult_test.parquet"), train=train)

    assert ladder["gradient_boosting"].metrics["roc_auc"].value == pytest.approx(0.927, abs=0.002)
    assert ladder["gradient_boosting"].metrics["accuracy"].value == pytest.approx(0.871, abs=0.003)
    assert ladder["prior"].metrics["accuracy"].value == pytest.approx(0.7638, abs=1e-4)
