import numpy as np
import pandas as pd
import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.errors import InputError
from assay.models.loading import inspect_model, load_model
from assay.models.reading import PREDICTION, SCORE, score_name
from assay.models.scoring import score_dataset
from assay.models.wrap import as_predictor

catboost = pytest.importorskip("catboost")

N, FEW = 100, 12
QUIET = {
    "iterations": 4,
    "depth": 3,
    "verbose": 0,
    "allow_writing_files": False,
    "thread_count": 1,
}
CATEGORIES = ["kind", "code"]


@pytest.fixture
def table() -> pd.DataFrame:
    """As its owner writes it: gaps among categories are text."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "age years": rng.normal(size=N).round(3),
            "kind": rng.choice(["b", "a", "ç d"], N).astype(object),
            "code": rng.choice([10, 20, 30], N),
            "flag": rng.random(N) < 0.5,
        }
    )
    frame.loc[::9, "age years"] = np.nan
    frame.loc[::7, "kind"] = "nan"
    return frame


@pytest.fixture
def target(table) -> np.ndarray:
    shown = table["age years"].fillna(0) + (table["kind"] == "b") + (table["code"] == 20)
    return shown.to_numpy()


def plain(table: pd.DataFrame) -> pl.DataFrame:
    """The table as a file has it: with gaps."""
    return pl.from_pandas(table).with_columns(pl.col("kind").replace("nan", None))


def classifier(table, label, **params):
    model = catboost.CatBoostClassifier(cat_features=CATEGORIES, **QUIET, **params)
    return model.fit(table, label)


def regressor(table, label, **params):
    model = catboost.CatBoostRegressor(cat_features=CATEGORIES, **QUIET, **params)
    return model.fit(table, label)


KINDS = {"text": ("no", "yes"), "truth": (False, True), "whole": (3, 7)}


@pytest.mark.parametrize("kind", KINDS)
def test_answer_is_catboosts_own(tmp_path, table, target, kind):
    label = np.array(KINDS[kind])[(target > 1).astype(int)]
    model = classifier(table, label)
    model.save_model(tmp_path / "model.bin")
    for wrapped in (as_predictor(model), load_model(tmp_path / "model.bin")):
        answer = wrapped.predict(plain(table))
        assert np.array_equal(answer.probabilities, model.predict_proba(table))
        assert answer.labels.tolist() == model.predict(table).tolist()
        assert wrapped.info.classes == KINDS[kind]
        assert wrapped.calls == 2


@pytest.mark.parametrize("kind", KINDS)
def test_batches_do_not_change_the_answer(table, target, kind):
    label = np.array(KINDS[kind])[(target > 1).astype(int)]
    model = classifier(table, label)
    data = Dataset.read(
        plain(table).with_columns(y=pl.Series(label.tolist())).head(FEW),
        label="y",
        positive=KINDS[kind][1],
    )
    for batch_rows in (1, 7, FEW):
        made = score_dataset(as_predictor(model), data, batch_rows=batch_rows).frame.collect()
        assert np.array_equal(made[SCORE].to_numpy(), model.predict_proba(table)[:FEW, 1])
        assert made[PREDICTION].to_list() == model.predict(table)[:FEW].tolist()


@pytest.mark.parametrize("loss", ["MultiClass", "MultiClassOneVsAll"])
def test_more_classes(table, target, loss):
    label = np.array(["low", "middle", "high"])[np.digitize(target, [0.5, 1.5])]
    model = classifier(table, label, loss_function=loss)
    data = Dataset.read(plain(table).with_columns(y=pl.Series(label)), label="y")
    made = score_dataset(as_predictor(model), data)
    assert made.classes == ("high", "low", "middle")
    scores = made.frame.collect().to_polars().select(score_name(place) for place in range(3))
    assert np.array_equal(scores.to_numpy(), model.predict_proba(table))


def test_threshold_of_the_model_holds(tmp_path, table, target):
    model = classifier(table, target > 1)
    model.set_probability_threshold(0.9)
    model.save_model(tmp_path / "m.cbm")
    labels = load_model(tmp_path / "m.cbm").predict(plain(table)).labels
    assert labels.tolist() == model.predict(table).tolist()
    assert labels.sum() < (model.predict_proba(table)[:, 1] > 0.5).sum()


def test_gap_among_categories_gets_its_text(tmp_path, table, target):
    owner = table.assign(kind=table["kind"].replace("nan", "none"))
    model = classifier(owner, target > 1)
    model.save_model(tmp_path / "m.cbm")
    told = load_model(tmp_path / "m.cbm", options={"missing_category": "none"})
    answer = told.predict(plain(table))
    assert np.array_equal(answer.probabilities, model.predict_proba(owner))


def test_whole_numbers_beside_gaps_stay_whole(table, target):
    owner = table.astype({"code": object})
    owner.loc[::5, "code"] = "nan"
    model = classifier(owner, target > 1)
    gaps = plain(table).with_columns(
        code=pl.when(pl.int_range(pl.len()) % 5 == 0).then(None).otherwise(pl.col("code"))
    )
    answer = as_predictor(model).predict(gaps)
    assert np.array_equal(answer.probabilities, model.predict_proba(owner))


def test_text_features(table, target):
    rng = np.random.default_rng(0)
    owner = table.assign(note=rng.choice(["good day", "bad day", ""], N).astype(object))
    model = catboost.CatBoostClassifier(
        cat_features=CATEGORIES, text_features=["note"], **QUIET
    ).fit(owner, target > 1)
    gaps = plain(table).with_columns(note=pl.Series(owner["note"].tolist()).replace("", None))
    answer = as_predictor(model).predict(gaps)
    assert np.array_equal(answer.probabilities, model.predict_proba(owner))


def test_embeddings(target):
    rng = np.random.default_rng(0)
    owner = pd.DataFrame({"e": list(rng.normal(size=(N, 3)).astype("float32"))})
    model = catboost.CatBoostClassifier(embedding_features=["e"], **QUIET).fit(owner, target > 1)
    answer = as_predictor(model).predict(pl.DataFrame({"e": np.stack(owner["e"].to_list())}))
    assert np.allclose(answer.probabilities, model.predict_proba(owner))


def test_many_labels_at_once(tmp_path, table, target):
    labels = np.column_stack([target > 1, target < 0.5]).astype(int)
    model = classifier(table, labels, loss_function="MultiLogloss")
    model.save_model(tmp_path / "m.cbm")
    wrapped = load_model(tmp_path / "m.cbm", classes=["big", "small"])
    answer = wrapped.predict(plain(table))
    assert (wrapped.info.kind, answer.classes) == ("multilabel", ("big", "small"))
    assert answer.multilabel
    assert np.array_equal(answer.probabilities, model.predict_proba(table))
    assert np.array_equal(answer.labels, model.predict(table).astype(bool))


@pytest.mark.parametrize(
    "loss", ["RMSE", "Quantile:alpha=0.2", "Poisson", "Tweedie:variance_power=1.5"]
)
def test_quantities(tmp_path, table, target, loss):
    model = regressor(table, target - target.min(), loss_function=loss)
    model.save_model(tmp_path / "m.cbm")
    for wrapped in (as_predictor(model), load_model(tmp_path / "m.cbm")):
        assert wrapped.info.kind == "regressor"
        assert np.array_equal(wrapped.predict(plain(table)).values, model.predict(table))


def test_mean_of_a_model_with_uncertainty(table, target):
    model = regressor(table, target, loss_function="RMSEWithUncertainty")
    values = as_predictor(model).predict(plain(table)).values
    assert np.array_equal(values, model.predict(table)[:, 0])


def test_several_quantities_need_a_choice(tmp_path, table, target):
    model = regressor(table, target, loss_function="MultiQuantile:alpha=0.1,0.9")
    model.save_model(tmp_path / "m.cbm")
    with pytest.raises(InputError, match=r"0 \(quantile 0.1\), 1 \(quantile 0.9\); choose"):
        load_model(tmp_path / "m.cbm")
    chosen = load_model(tmp_path / "m.cbm", options={"output": 1})
    assert np.array_equal(chosen.predict(plain(table)).values, model.predict(table)[:, 1])


def test_targets_of_a_matrix_need_a_choice(table, target):
    model = regressor(table, np.column_stack([target, -target]), loss_function="MultiRMSE")
    with pytest.raises(InputError, match="predicts 2 numbers a row: 0, 1; choose"):
        as_predictor(model)


def test_choice_among_one_is_refused(tmp_path, table, target):
    regressor(table, target).save_model(tmp_path / "m.cbm")
    with pytest.raises(InputError, match="output=1 was asked"):
        load_model(tmp_path / "m.cbm", options={"output": 1})


def test_ranking_gives_scores(table, target):
    model = catboost.CatBoost({**QUIET, "loss_function": "YetiRank"})
    group = np.repeat([0, 1], N // 2)
    numbers = table[["age years"]]
    model.fit(catboost.Pool(numbers, np.digitize(target, [0.5]), group_id=group))
    wrapped = as_predictor(model)
    assert (wrapped.info.kind, wrapped.info.score_kind) == ("unknown", "score")
    assert np.array_equal(wrapped.predict(plain(table)).values, model.predict(numbers))


def test_model_of_an_array_takes_columns_in_order(tmp_path, target):
    X = np.column_stack([target, target[::-1]])
    model = catboost.CatBoostRegressor(**QUIET).fit(X, target)
    model.save_model(tmp_path / "m.cbm")
    wrapped = load_model(tmp_path / "m.cbm")
    assert wrapped.info.feature_names is None
    batch = pl.DataFrame(X, schema=["p", "q"])
    for container in ("pandas", "polars", "numpy"):
        asked = load_model(tmp_path / "m.cbm", container=container).predict(batch)
        assert np.array_equal(asked.values, model.predict(X))
    named = load_model(tmp_path / "m.cbm", features=["q", "p"]).predict(batch)
    assert np.array_equal(named.values, model.predict(X[:, ::-1]))


def test_model_that_is_not_fitted_is_refused():
    with pytest.raises(InputError, match="CatBoostClassifier is not fitted"):
        as_predictor(catboost.CatBoostClassifier())


@pytest.mark.parametrize("form", ["cbm", "json"])
def test_inspection(tmp_path, table, target, form):
    path = tmp_path / "model"
    model = classifier(table, np.where(target > 1, "yes", "no"))
    model.save_model(path, format=form, pool=catboost.Pool(table, cat_features=CATEGORIES))
    found = inspect_model(path)
    assert (found.format, found.runs_code, found.kind) == ("catboost", False, "classifier")
    assert found.library_version == catboost.__version__
    assert found.feature_names == tuple(table.columns)
    assert found.classes == ("no", "yes")
    assert found.facts["objective"] == "Logloss"
    assert found.facts["trees"] == "4"
    assert found.facts["categorical features"] == "kind, code"
    assert found.digest == load_model(path).info.digest


@pytest.mark.parametrize("form", ["cbm", "json"])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.7, 0.95, 0.999])
def test_cut_file_is_refused(tmp_path, table, target, form, share):
    path = tmp_path / "model"
    model = catboost.CatBoostRegressor(**QUIET).fit(table[["age years"]], target)
    model.save_model(path, format=form)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    for ask in (load_model, inspect_model):
        with pytest.raises(InputError, match="cut off or damaged"):
            ask(path)


def test_json_without_trees_is_refused(tmp_path):
    path = tmp_path / "model.json"
    path.write_text('{"features_info": {}, "model_info": {}}')
    with pytest.raises(InputError, match="has no trees"):
        load_model(path)
