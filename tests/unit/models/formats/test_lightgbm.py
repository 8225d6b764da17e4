import json
import re

import numpy as np
import pandas as pd
import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.errors import InputError, ModelError
from assay.models.loading import inspect_model, load_model
from assay.models.reading import PREDICTION, SCORE
from assay.models.scoring import score_dataset
from assay.models.wrap import as_predictor

lgb = pytest.importorskip("lightgbm")

N, FEW = 120, 16
QUIET = {"verbose": -1, "num_threads": 1, "min_data_in_leaf": 3}


@pytest.fixture
def table() -> pd.DataFrame:
    """Numbers with gaps, truth values, categories with gaps, integers declared categories."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "age_years": rng.normal(size=N).round(3),
            "kind": pd.Categorical(rng.choice(["b", "a", "ç d"], N), categories=["b", "ç d", "a"]),
            "code": pd.Categorical(rng.choice([10, 20, 30], N)),
            "flag": rng.random(N) < 0.5,
        }
    )
    frame.loc[::9, "age_years"] = np.nan
    frame.loc[::7, "kind"] = None
    return frame


@pytest.fixture
def target(table) -> np.ndarray:
    shown = table["age_years"].fillna(0) + (table["kind"] == "b") + (table["code"] == 20)
    return shown.to_numpy()


def plain(table: pd.DataFrame) -> pl.DataFrame:
    """The table as a file without categories has it."""
    texts = table["kind"].astype(object)
    return pl.from_pandas(table.assign(kind=texts, code=table["code"].astype("int64")))


def train(table, label, rounds=6, **params):
    return lgb.train({**QUIET, **params}, lgb.Dataset(table, label), rounds)


def saved(booster, path):
    booster.save_model(path)
    return load_model(path)


@pytest.fixture
def binary(table, target):
    return train(table, (target > 1).astype(int), objective="binary")


def test_answer_is_lightgbms_own(tmp_path, table, binary):
    expected = binary.predict(table)
    for model in (as_predictor(binary), saved(binary, tmp_path / "model.txt")):
        answer = model.predict(plain(table))
        assert np.array_equal(answer.probabilities[:, 1], expected)
        assert model.info.score_kind == "probability"
        assert model.info.classes == (0, 1)
        assert model.calls == 1


def test_batches_do_not_change_the_answer(tmp_path, table, binary):
    frame = plain(table).with_columns(y=pl.Series(["no", "yes"] * (N // 2)))
    data = Dataset.read(frame.head(FEW), label="y", positive="yes")
    model, words = saved(binary, tmp_path / "model.txt"), {"0": "no", "1": "yes"}
    for batch_rows in (1, 7, FEW):
        made = score_dataset(model, data, batch_rows=batch_rows, label_map=words).frame.collect()
        assert np.array_equal(made[SCORE].to_numpy(), binary.predict(table)[:FEW])
        assert set(made[PREDICTION].to_list()) <= {"no", "yes"}


def test_categories_are_the_models_and_others_are_missing(table, binary):
    changed = plain(table).with_columns(kind=pl.lit("unheard of"), code=pl.lit(10))
    missing = table.assign(
        kind=pd.Categorical([None] * N, categories=["b", "ç d", "a"]),
        code=pd.Categorical([10] * N, categories=[10, 20, 30]),
    )
    answer = as_predictor(binary).predict(changed)
    assert np.array_equal(answer.probabilities[:, 1], binary.predict(missing))


def test_integers_that_text_stands_for_are_the_same_categories(table, binary):
    texts = plain(table).with_columns(pl.col("code").cast(pl.String))
    answer = as_predictor(binary).predict(texts)
    assert np.array_equal(answer.probabilities[:, 1], binary.predict(table))


def test_text_where_numbers_belong_is_refused(table, binary):
    texts = plain(table).with_columns(flag=pl.lit("x"))
    with pytest.raises(InputError, match=r"fitted with 2 categorical columns.*b, ç d, a"):
        as_predictor(binary).predict(texts)


def test_missing_truth_values_are_numbers(table, binary):
    gaps = plain(table).with_columns(
        flag=pl.when(pl.int_range(pl.len()) % 5 == 0).then(None).otherwise(pl.col("flag"))
    )
    owner = table.assign(flag=table["flag"].astype("float64").where(table.index % 5 != 0))
    answer = as_predictor(binary).predict(gaps)
    assert np.array_equal(answer.probabilities[:, 1], binary.predict(owner))


@pytest.mark.parametrize("objective", ["multiclass", "multiclassova"])
def test_classes_can_be_named(tmp_path, table, target, objective):
    codes = np.digitize(target, [0.5, 1.5])
    booster = train(table, codes, objective=objective, num_class=3)
    booster.save_model(tmp_path / "m.txt")
    model = load_model(tmp_path / "m.txt", classes=["low", "middle", "high"])
    answer = model.predict(plain(table))
    assert np.array_equal(answer.probabilities, booster.predict(table))
    assert answer.classes == ("low", "middle", "high")
    with pytest.raises(InputError, match=r"2 classes were named .* has 3"):
        load_model(tmp_path / "m.txt", classes=["low", "high"])


@pytest.mark.parametrize("objective", ["regression", "quantile", "huber", "regression_l1"])
def test_quantities(tmp_path, table, target, objective):
    booster = train(table, target, objective=objective)
    model = saved(booster, tmp_path / "m.txt")
    assert model.info.kind == "regressor"
    assert np.array_equal(model.predict(plain(table)).values, booster.predict(table))


def test_share_is_a_probability_beside_two_labels(table, target):
    booster = train(table, (target > 1).astype(float), objective="cross_entropy")
    info = as_predictor(booster).info
    assert (info.kind, info.score_kind) == ("unknown", "probability")
    told = as_predictor(booster, classes=["no", "yes"]).predict(plain(table))
    assert np.array_equal(told.probabilities[:, 1], booster.predict(table))


def test_ranking_gives_scores(table, target):
    data = lgb.Dataset(table, np.digitize(target, [0.5, 1.5]), group=[40, 40, 40])
    booster = lgb.train({**QUIET, "objective": "lambdarank"}, data, 5)
    model = as_predictor(booster)
    assert (model.info.kind, model.info.score_kind) == ("unknown", "score")
    assert np.array_equal(model.predict(plain(table)).values, booster.predict(table))


def own_loss(scores, data):
    return scores - data.get_label(), np.ones_like(scores)


def test_own_objective_gives_scores_until_told(tmp_path, table, target):
    booster = train(table, (target > 1).astype(float), objective=own_loss)
    booster.save_model(tmp_path / "m.txt")
    raw = booster.predict(table)
    assert load_model(tmp_path / "m.txt").info.score_kind == "score"
    told = load_model(tmp_path / "m.txt", classes=["no", "yes"])
    answer = told.predict(plain(table))
    assert told.info.score_kind == "score"
    assert np.array_equal(answer.probabilities, np.column_stack([-raw, raw]))
    assert answer.labels.tolist() == ["yes" if score > 0 else "no" for score in raw]
    number = load_model(tmp_path / "m.txt", output="number")
    assert number.info.kind == "regressor"


def test_output_that_contradicts_the_objective_is_refused(table, target, binary):
    with pytest.raises(InputError, match="by its objective it is a classifier"):
        as_predictor(binary, output="number")
    with pytest.raises(InputError, match="by its objective it is a regressor"):
        as_predictor(train(table, target, objective="regression"), output="probability")


def test_best_iteration_is_used(table, target):
    data = lgb.Dataset(table, target)
    check = lgb.Dataset(table, target[::-1], reference=data)
    booster = lgb.train(
        {**QUIET, "objective": "regression"},
        data,
        30,
        keep_training_booster=True,
        valid_sets=[check],
        callbacks=[lgb.early_stopping(2, verbose=False)],
    )
    assert booster.best_iteration < booster.current_iteration()
    answer = as_predictor(booster).predict(plain(table)).values
    assert np.array_equal(answer, booster.predict(table))


def test_model_of_an_array_takes_columns_in_order(tmp_path, target):
    X = np.column_stack([target, target[::-1]])
    booster = train(X, target, objective="regression")
    booster.save_model(tmp_path / "m.txt")
    model = load_model(tmp_path / "m.txt")
    assert (model.info.feature_names, model.info.container) == (None, "numpy")
    batch = pl.DataFrame(X, schema=["p", "q"])
    assert np.array_equal(model.predict(batch).values, booster.predict(X))
    named = load_model(tmp_path / "m.txt", features=["q", "p"])
    assert np.array_equal(named.predict(batch).values, booster.predict(X[:, ::-1]))
    with pytest.raises(InputError, match="2 columns without names"):
        model.predict(batch.select("p"))


def test_classifier_behind_scikit_learns_interface(table, target):
    label = np.where(target > 1, "yes", "no")
    model = lgb.LGBMClassifier(n_estimators=4, verbose=-1, n_jobs=1).fit(table, label)
    answer = as_predictor(model).predict(plain(table))
    assert np.array_equal(answer.probabilities, model.predict_proba(table))
    assert answer.labels.tolist() == model.predict(table).tolist()
    with pytest.raises(InputError, match="LGBMClassifier is not fitted"):
        as_predictor(lgb.LGBMClassifier())


def test_inspection(tmp_path, binary):
    path = tmp_path / "model.bin"
    binary.save_model(path)
    found = inspect_model(path)
    assert (found.format, found.runs_code, found.kind) == ("lightgbm", False, "classifier")
    assert found.feature_names == ("age_years", "kind", "code", "flag")
    assert found.facts["objective"] == "binary"
    assert found.facts["trees"] == "6"
    assert found.facts["categorical features"] == "kind, code"
    assert found.facts["categories of kind"] == "b, ç d, a"
    assert found.size == path.stat().st_size
    assert found.digest == load_model(path).info.digest


def test_json_dump_is_refused(tmp_path, binary):
    path = tmp_path / "model.json"
    path.write_text(json.dumps(binary.dump_model()))
    for ask in (load_model, inspect_model):
        with pytest.raises(InputError, match=r"JSON dump .*save_model"):
            ask(path)


@pytest.mark.parametrize("share", [0.02, 0.2, 0.5, 0.7, 0.9, 0.99])
def test_cut_file_is_refused(tmp_path, binary, share):
    path = tmp_path / "model.txt"
    binary.save_model(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    for ask in (load_model, inspect_model):
        with pytest.raises(InputError, match="cut off or damaged"):
            ask(path)


DAMAGES = {
    "names": ("feature_names=age_years kind", "feature_names=age_years"),
    "count": ("max_feature_idx=3", "max_feature_idx=x"),
    "tree": ("Tree=1\n", "Tree=7\n"),
    "number": (r"right_child=-?\d", "right_child=x"),
    "child": (r"right_child=-?\d", "right_child=99"),
    "feature": ("split_feature=0", "split_feature=9"),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_damaged_file_is_refused(tmp_path, binary, what):
    path = tmp_path / "model.txt"
    text, times = re.subn(*DAMAGES[what], binary.model_to_string())
    assert times
    path.write_text(text)
    with pytest.raises(InputError, match="cut off or damaged"):
        load_model(path)


def test_failure_is_the_models(table, binary):
    with pytest.raises(ModelError, match=r"could not convert|must be|float"):
        as_predictor(binary, container="numpy").predict(plain(table))
