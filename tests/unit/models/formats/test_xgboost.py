import json
import struct

import numpy as np
import pandas as pd
import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.errors import InputError
from assay.models.boosters.ubjson import UbjsonError, read_ubjson
from assay.models.loading import inspect_model, load_model
from assay.models.reading import PREDICTION, SCORE
from assay.models.scoring import score_dataset
from assay.models.wrap import as_predictor

xgb = pytest.importorskip("xgboost")

N, FEW = 120, 16


@pytest.fixture
def table() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "age years": rng.normal(size=N).round(3),
            "kind": pd.Categorical(rng.choice(["b", "a", "c"], N), categories=["b", "c", "a"]),
            "code": pd.Categorical(rng.choice([10, 20, 30], N)),
            "flag": rng.random(N) < 0.5,
        }
    )
    frame.loc[::9, "age years"] = np.nan
    frame.loc[::7, "kind"] = None
    return frame


@pytest.fixture
def target(table) -> np.ndarray:
    shown = table["age years"].fillna(0) + (table["kind"] == "b") + (table["code"] == 20)
    return shown.to_numpy()


def plain(table: pd.DataFrame) -> pl.DataFrame:
    """The table as a file without categories has it."""
    texts = table["kind"].astype(object)
    return pl.from_pandas(table.assign(kind=texts, code=table["code"].astype("int64")))


def matrix(table, label=None):
    return xgb.DMatrix(table, label, enable_categorical=True)


def train(table, label, rounds=5, **params):
    return xgb.train({"nthread": 1, **params}, matrix(table, label), rounds)


@pytest.fixture
def binary(table, target):
    return train(table, target > 1, objective="binary:logistic")


@pytest.mark.parametrize("suffix", [".json", ".ubj"])
def test_answer_is_xgboosts_own(tmp_path, table, binary, suffix):
    expected = binary.predict(matrix(table)).astype(float)
    binary.save_model(tmp_path / f"model{suffix}")
    path = (tmp_path / f"model{suffix}").rename(tmp_path / "model.bin")  # the content counts
    for model in (as_predictor(binary), load_model(path)):
        answer = model.predict(plain(table))
        assert np.array_equal(answer.probabilities[:, 1], expected)
        assert (model.info.classes, model.info.score_kind) == ((0, 1), "probability")
        assert model.calls == 1


@pytest.mark.parametrize("labels", [("no", "yes"), (False, True), (0, 1)])
def test_batches_do_not_change_the_answer(table, binary, labels):
    table = table.head(FEW)
    frame = plain(table).with_columns(y=pl.Series([*labels] * (FEW // 2)))
    data = Dataset.read(frame, label="y", positive=labels[1])
    expected = binary.predict(matrix(table)).astype(float)
    for batch_rows in (1, 7, FEW):
        model = as_predictor(binary, classes=labels)
        scored = score_dataset(model, data, batch_rows=batch_rows).frame.collect()
        assert np.array_equal(scored[SCORE].to_numpy(), expected)
        assert set(scored[PREDICTION].to_list()) <= set(labels)


def test_categories_are_the_models_and_others_are_missing(table, binary):
    changed = plain(table).with_columns(kind=pl.lit("unheard of"))
    missing = table.assign(kind=pd.Categorical([None] * N, categories=["b", "c", "a"]))
    answer = as_predictor(binary).predict(changed)
    assert np.array_equal(
        answer.probabilities[:, 1], binary.predict(matrix(missing)).astype(float)
    )


def test_lost_categories_are_not_guessed(table, target):
    odd = table.assign(kind=table["kind"].cat.rename_categories({"a": "é"}))
    model = as_predictor(train(odd, target > 1, objective="binary:logistic"))
    with pytest.raises(InputError, match="did not keep the categories of kind"):
        model.predict(plain(odd))
    own = model.predict_rows(odd).probabilities
    assert own.shape == (N, 2)


def test_text_where_numbers_belong_is_refused(table, binary):
    texts = plain(table).with_columns(flag=pl.lit("x"))
    with pytest.raises(InputError, match=r"reads these columns as numbers.*: flag"):
        as_predictor(binary).predict(texts)


def test_classes_can_be_named(tmp_path, table, target):
    codes = np.digitize(target, [0.5, 1.5])
    booster = train(table, codes, objective="multi:softprob", num_class=3)
    booster.save_model(tmp_path / "m.json")
    model = load_model(tmp_path / "m.json", classes=["low", "middle", "high"])
    answer = model.predict(plain(table))
    assert np.array_equal(answer.probabilities, booster.predict(matrix(table)).astype(float))
    assert answer.classes == ("low", "middle", "high")
    with pytest.raises(InputError, match=r"2 classes were named .* has 3"):
        load_model(tmp_path / "m.json", classes=["low", "high"])


def test_labels_alone(table, target):
    codes = np.digitize(target, [0.5, 1.5])
    booster = train(table, codes, objective="multi:softmax", num_class=3)
    named = as_predictor(booster, classes=["low", "middle", "high"])
    expected = np.array(["low", "middle", "high"])[booster.predict(matrix(table)).astype(int)]
    answer = named.predict(plain(table))
    assert answer.probabilities is None
    assert answer.labels.tolist() == expected.tolist()
    assert as_predictor(booster).info.classes == (0, 1, 2)
    assert as_predictor(train(table, target > 1, objective="binary:hinge")).info.classes == (0, 1)


def test_raw_scores_are_no_probabilities(table, target):
    booster = train(table, target > 1, objective="binary:logitraw")
    model = as_predictor(booster)
    raw = booster.predict(matrix(table)).astype(float)
    answer = model.predict(plain(table))
    assert model.info.score_kind == "score"
    assert np.array_equal(answer.probabilities, np.column_stack([-raw, raw]))
    assert answer.labels.tolist() == (raw > 0).astype(int).tolist()


@pytest.mark.parametrize(
    "objective",
    ["reg:squarederror", "reg:absoluteerror", "count:poisson", "reg:tweedie", "reg:gamma"],
)
def test_quantities(table, target, objective):
    label = target - target.min() + 1
    booster = train(table, label, objective=objective)
    model = as_predictor(booster)
    assert model.info.kind == "regressor"
    expected = booster.predict(matrix(table)).astype(float)
    assert np.array_equal(model.predict(plain(table)).values, expected)


@pytest.mark.parametrize("objective", ["survival:cox", "rank:pairwise"])
def test_scores_that_only_rank(table, target, objective):
    data = matrix(table, np.abs(target).round())
    if objective.startswith("rank"):
        data.set_group([40, 40, 40])
    booster = xgb.train({"objective": objective, "nthread": 1}, data, 3)
    assert as_predictor(booster).info.score_kind == "score"


@pytest.mark.parametrize("booster", ["dart", "gblinear"])
def test_other_boosters(tmp_path, table, target, booster):
    numbers = table[["age years", "flag"]].fillna(0.0)
    model = train(numbers, target, booster=booster, objective="reg:squarederror")
    model.save_model(tmp_path / "m.ubj")
    assert inspect_model(tmp_path / "m.ubj").facts["booster"] == booster
    expected = model.predict(matrix(numbers)).astype(float)
    found = load_model(tmp_path / "m.ubj").predict(plain(table.assign(**numbers))).values
    assert np.array_equal(found, expected)


def test_several_quantities_need_a_choice(tmp_path, table, target):
    params = {"objective": "reg:quantileerror", "quantile_alpha": [0.1, 0.9]}
    booster = train(table, target, **params)
    booster.save_model(tmp_path / "m.ubj")
    with pytest.raises(InputError, match=r"0 \(quantile 0.1\), 1 \(quantile 0.9\); choose"):
        load_model(tmp_path / "m.ubj")
    chosen = load_model(tmp_path / "m.ubj", options={"output": 1})
    expected = booster.predict(matrix(table))[:, 1].astype(float)
    assert np.array_equal(chosen.predict(plain(table)).values, expected)
    assert "choose one" in inspect_model(tmp_path / "m.ubj").advice


def test_choice_among_one_is_refused(tmp_path, binary):
    binary.save_model(tmp_path / "m.ubj")
    with pytest.raises(InputError, match=r"output=1 was asked of .* with one output"):
        load_model(tmp_path / "m.ubj", options={"output": 1})


def test_several_labels_at_once(table, target):
    labels = np.column_stack([target > 1, target < 0.5]).astype(int)
    booster = train(table, labels, objective="binary:logistic")
    model = as_predictor(booster, classes=["big", "small"])
    answer = model.predict(plain(table))
    expected = booster.predict(matrix(table)).astype(float)
    assert model.info.kind == "multilabel"
    assert answer.multilabel
    assert np.array_equal(answer.probabilities, expected)
    assert np.array_equal(answer.labels, expected >= 0.5)


def stopped_early(table, target, **how):
    model = xgb.XGBClassifier(
        n_estimators=12, early_stopping_rounds=2, n_jobs=1, enable_categorical=True
    )
    evaluation = [(table, (target > 1)[::-1])]
    return model.fit(table, target > 1, eval_set=evaluation, verbose=False)


def test_rounds_are_those_that_the_owner_would_use(tmp_path, table, target):
    model = stopped_early(table, target)
    model.save_model(tmp_path / "classifier.json")
    model.get_booster().save_model(tmp_path / "booster.json")
    best = model.predict_proba(table)[:, 1].astype(float)
    whole = model.get_booster().predict(matrix(table)).astype(float)
    assert not np.array_equal(best, whole)

    def score(name, **options):
        loaded = load_model(tmp_path / name, options=options)
        return loaded.predict(plain(table)).probabilities[:, 1]

    assert np.array_equal(score("classifier.json"), best)
    assert np.array_equal(score("classifier.json", iterations="all"), whole)
    assert np.array_equal(score("booster.json"), whole)
    assert np.array_equal(score("booster.json", iterations="best"), best)


def test_classifier_behind_scikit_learns_interface(table, target):
    model = stopped_early(table, target)
    answer = as_predictor(model).predict(plain(table))
    assert np.array_equal(answer.probabilities, model.predict_proba(table).astype(float))
    with pytest.raises(InputError, match="XGBClassifier is not fitted"):
        as_predictor(xgb.XGBClassifier())


def test_number_that_means_no_value(tmp_path, table, target):
    numbers = table[["age years"]]
    booster = train(numbers, target, objective="reg:squarederror")
    booster.save_model(tmp_path / "m.json")
    marked = plain(table).with_columns(pl.col("age years").fill_null(-999.0))
    model = load_model(tmp_path / "m.json", options={"missing": -999})
    expected = booster.predict(matrix(numbers)).astype(float)
    assert np.array_equal(model.predict(marked).values, expected)


def test_model_of_an_array_takes_columns_in_order(tmp_path, target):
    X = np.column_stack([target, target[::-1]])
    booster = train(X, target, objective="reg:squarederror")
    booster.save_model(tmp_path / "m.json")
    model = load_model(tmp_path / "m.json")
    assert (model.info.feature_names, model.info.container) == (None, "numpy")
    batch = pl.DataFrame(X, schema=["p", "q"])
    assert np.array_equal(model.predict(batch).values, booster.predict(xgb.DMatrix(X)))
    named = load_model(tmp_path / "m.json", features=["q", "p"])
    expected = booster.predict(xgb.DMatrix(X[:, ::-1])).astype(float)
    assert np.array_equal(named.predict(batch).values, expected)


def test_inspection(tmp_path, binary):
    path = tmp_path / "model.json"
    binary.save_model(path)
    found = inspect_model(path)
    assert (found.format, found.runs_code, found.kind) == ("xgboost", False, "classifier")
    assert found.library_version == xgb.__version__
    assert found.feature_names == ("age years", "kind", "code", "flag")
    assert found.facts["objective"] == "binary:logistic"
    assert found.facts["trees"] == "5"
    assert found.facts["categories of kind"] == "b, c, a"
    assert found.facts["categories of code"] == "10, 20, 30"
    assert found.digest == load_model(path).info.digest


@pytest.mark.parametrize("suffix", [".json", ".ubj"])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.999])
def test_cut_file_is_refused(tmp_path, binary, suffix, share):
    path = tmp_path / f"model{suffix}"
    binary.save_model(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    for ask in (load_model, inspect_model):
        with pytest.raises(InputError, match="cut off or damaged"):
            ask(path)


def test_damaged_trees_are_refused(tmp_path, binary):
    path = tmp_path / "model.json"
    binary.save_model(path)
    model = json.loads(path.read_text())
    trees = model["learner"]["gradient_booster"]["model"]["trees"]
    first = trees[0]["right_children"]
    for node in (99, -7):
        trees[0]["right_children"] = [node, *first[1:]]
        path.write_text(json.dumps(model))
        with pytest.raises(InputError, match=r"tree 1 points to a node .* not there"):
            load_model(path)
    trees[0]["right_children"] = first
    trees[1]["left_children"].pop()
    path.write_text(json.dumps(model))
    with pytest.raises(InputError, match=r"tree 2 has not the .* nodes that it promises"):
        load_model(path)
    trees.pop()
    path.write_text(json.dumps(model))
    with pytest.raises(InputError, match="has 4 of 5 trees"):
        load_model(path)


def test_damage_that_would_end_the_process_or_never_end_is_refused(tmp_path, binary):
    path = tmp_path / "model.json"
    binary.save_model(path)
    whole = path.read_text()

    def refused(part, place, value, message):
        model = json.loads(whole)
        trees = model["learner"]["gradient_booster"]["model"]["trees"]
        at = next(at for at, tree in enumerate(trees) if len(tree[part]) > place)
        trees[at][part][place] = value
        path.write_text(json.dumps(model))
        with pytest.raises(InputError, match=message):
            load_model(path)

    refused("categories", 0, -5, "points to categories that are not there")
    refused("categories", 0, 2**31 - 1, "points to categories that are not there")
    refused("left_children", 1, 0, "not its parent's child")
    refused("parents", 0, 1, "not its parent's child")


SHAPES = {
    "pruned": {"tree_method": "exact", "max_depth": 4, "gamma": 5},
    "several outputs a tree": {"multi_strategy": "multi_output_tree", "tree_method": "hist"},
    "forest": {"num_parallel_tree": 3, "subsample": 0.5, "tree_method": "approx"},
    "one leaf": {"max_depth": 3, "gamma": 1e9},
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("suffix", ["json", "ubj"])
def test_trees_of_every_shape_are_whole(tmp_path, target, shape, suffix):
    X = np.random.default_rng(0).normal(size=(N, 3))
    label = np.column_stack([target, target]) if "several" in shape else target
    booster = train(X, label, **SHAPES[shape])
    booster.save_model(tmp_path / f"m.{suffix}")
    options = {"output": 0} if "several" in shape else {}
    model = load_model(tmp_path / f"m.{suffix}", options=options)
    expected = booster.predict(xgb.DMatrix(X)).reshape(N, -1)[:, 0]
    assert np.array_equal(model.predict(pl.DataFrame(X)).values, expected.astype(float))


def test_old_binary_form_is_refused(tmp_path):
    names = [b"binary:logistic", b"gbtree"]
    path = tmp_path / "model.bin"
    head = struct.pack("<fIi", 0.5, 4, 0) + bytes(124)
    path.write_bytes(head + b"".join(struct.pack("<Q", len(n)) + n for n in names) + bytes(64))
    for ask in (load_model, inspect_model):
        with pytest.raises(InputError, match=r"cannot read since 3\.1; .* save it again"):
            ask(path)


UBJSON = {
    b"[U\x01T]": [1, True],
    b"[#U\x02ZF": [None, False],
    b"[$d#U\x01\x3f\x80\x00\x00": [1.0],
    b"SI\x00\x02ab": "ab",
}


@pytest.mark.parametrize("data", UBJSON)
def test_binary_json(data):
    read = read_ubjson(data)
    assert (read.tolist() if isinstance(read, np.ndarray) else read) == UBJSON[data]


@pytest.mark.parametrize(
    "data", [b"", b"{", b"{U\x01a", b"SU\x05ab", b"SI\xff\xffab", b"?", b"TT", b"[" * 100]
)
def test_broken_binary_json_is_refused(data):
    with pytest.raises(UbjsonError):
        read_ubjson(data)
