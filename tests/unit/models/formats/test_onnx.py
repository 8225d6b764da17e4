import warnings
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.errors import InputError, ModelError
from assay.models.loading import inspect_model, load_model
from assay.models.reading import PREDICTION, SCORE
from assay.models.scoring import score_dataset

ort = pytest.importorskip("onnxruntime")
onnx = pytest.importorskip("onnx")

N = 40
FEATURES = ("a", "b", "c")


def make(path, nodes, inputs, outputs, constants=(), **properties) -> Path:
    """Write a model of a few operations; inputs and outputs are (name, type, shape)."""
    kinds = {"float": onnx.TensorProto.FLOAT, "int64": onnx.TensorProto.INT64}
    kinds |= {"text": onnx.TensorProto.STRING, "bool": onnx.TensorProto.BOOL}

    def ports(described):
        return [onnx.helper.make_tensor_value_info(n, kinds[t], s) for n, t, s in described]

    initial = [
        onnx.numpy_helper.from_array(value, name) for name, value in dict(constants).items()
    ]
    made = [onnx.helper.make_node(op, ins, outs, **how) for op, ins, outs, how in nodes]
    graph = onnx.helper.make_graph(made, "g", ports(inputs), ports(outputs), initial)
    opsets = [onnx.helper.make_opsetid("", 17), onnx.helper.make_opsetid("ai.onnx.ml", 3)]
    model = onnx.helper.make_model(graph, opset_imports=opsets, ir_version=8)
    onnx.helper.set_model_props(model, {key: str(value) for key, value in properties.items()})
    onnx.save(model, str(path))
    return path


W = np.array([[1.0, -1.0], [0.5, 2.0], [-2.0, 0.25]], dtype=np.float32)


def network(path, last="Identity", batch=None, columns=2, **properties) -> Path:
    """A layer of weights and what comes behind it, as frameworks of networks export it."""
    how = {"axis": 1} if last.endswith("oftmax") else {}
    nodes = [("MatMul", ["x", "w"], ["z"], {}), (last, ["z"], ["out"], how)]
    inputs, outputs = [("x", "float", [batch, 3])], [("out", "float", [batch, columns])]
    return make(path, nodes, inputs, outputs, {"w": W[:, :columns]}, **properties)


@pytest.fixture
def rows() -> pl.DataFrame:
    rng = np.random.default_rng(2)
    return pl.DataFrame(rng.normal(size=(N, 3)).round(4), schema=FEATURES)


def logits(rows: pl.DataFrame) -> np.ndarray:
    return rows.to_numpy().astype(np.float32) @ W


def softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def test_logits_are_not_called_probabilities(tmp_path, rows):
    model = load_model(network(tmp_path / "m.onnx"), classes=["no", "yes"])
    answer = model.predict(rows)
    assert (model.info.kind, model.info.score_kind) == ("classifier", "score")
    np.testing.assert_allclose(answer.probabilities, logits(rows), atol=1e-6)
    assert answer.labels.tolist() == np.array(["no", "yes"])[logits(rows).argmax(axis=1)].tolist()


def test_activation_makes_probabilities_of_logits(tmp_path, rows):
    path = network(tmp_path / "m.onnx")
    model = load_model(path, options={"activation": "softmax"})
    assert model.info.score_kind == "probability"
    expected = softmax(logits(rows))
    np.testing.assert_allclose(model.predict(rows).probabilities, expected, atol=1e-6)
    both = load_model(path, options={"activation": "sigmoid", "multilabel": True})
    answer = both.predict(rows)
    assert both.info.kind == "multilabel"
    np.testing.assert_allclose(answer.probabilities, 1 / (1 + np.exp(-logits(rows))), atol=1e-6)
    assert np.array_equal(answer.labels, logits(rows) >= 0)


def test_probabilities_are_told_from_scores(tmp_path, rows):
    model = load_model(network(tmp_path / "m.onnx", "Softmax"))
    assert model.info.score_kind == "probability"
    np.testing.assert_allclose(model.predict(rows).probabilities, softmax(logits(rows)), atol=1e-6)
    assert load_model(network(tmp_path / "l.onnx", "LogSoftmax")).info.score_kind == "score"


def test_one_probability_is_that_of_the_positive_class(tmp_path, rows):
    path = network(tmp_path / "m.onnx", "Sigmoid", columns=1)
    positive = 1 / (1 + np.exp(-logits(rows)[:, 0]))
    model = load_model(path)
    assert (model.info.kind, model.info.score_kind) == ("classifier", "probability")
    np.testing.assert_allclose(model.predict(rows).values, positive, atol=1e-6)
    named = load_model(path, classes=["no", "yes"]).predict(rows)
    np.testing.assert_allclose(named.probabilities[:, 1], positive, atol=1e-6)


def test_one_number_is_what_the_user_says(tmp_path, rows):
    path = network(tmp_path / "m.onnx", columns=1)
    raw = logits(rows)[:, 0]
    assert load_model(path).info.kind == "unknown"
    number = load_model(path, output="number")
    assert number.info.kind == "regressor"
    np.testing.assert_allclose(number.predict(rows).values, raw, atol=1e-6)
    told = load_model(path, options={"activation": "sigmoid"}).predict(rows)
    np.testing.assert_allclose(told.values, 1 / (1 + np.exp(-raw)), atol=1e-6)
    margin = load_model(path, classes=["no", "yes"]).predict(rows)
    assert margin.labels.tolist() == np.where(raw > 0, "yes", "no").tolist()


@pytest.mark.parametrize("batch", [1, 7])
def test_fixed_number_of_rows_is_kept(tmp_path, rows, batch):
    model = load_model(network(tmp_path / "m.onnx", "Softmax", batch=batch))
    answer = model.predict(rows).probabilities
    np.testing.assert_allclose(answer, softmax(logits(rows)), atol=1e-6)
    assert model.calls == 1


def test_columns_go_in_by_their_order(tmp_path, rows):
    path = network(tmp_path / "m.onnx")
    expected = logits(rows.select("c", "b", "a"))
    told = load_model(path, features=["c", "b", "a"])
    np.testing.assert_allclose(told.predict(rows).probabilities, expected, atol=1e-6)
    mapped = load_model(path, options={"inputs": {"x": ["c", "b", "a"]}})
    np.testing.assert_allclose(mapped.predict(rows).probabilities, expected, atol=1e-6)
    packed = rows.select(p=pl.concat_list("c", "b", "a"))
    as_list = load_model(path).predict(packed)
    np.testing.assert_allclose(as_list.probabilities, expected, atol=1e-6)
    as_array = load_model(path).predict(packed.cast(pl.Array(pl.Float64, 3)))
    np.testing.assert_allclose(as_array.probabilities, expected, atol=1e-6)


def test_one_column_of_lists_has_no_order_to_be_told(tmp_path, rows):
    path = network(tmp_path / "m.onnx")
    flat = rows.with_columns(y=pl.Series(["no", "yes"] * (N // 2)))
    packed = flat.select("y", p=pl.concat_list("a", "b", "c"))

    def told(table):
        data = Dataset.read(table, label="y", positive="yes")
        return {finding.rule for finding in score_dataset(load_model(path), data).notes}

    assert told(flat) - told(packed) == {"columns_by_position"}


@pytest.mark.parametrize("rows_of", ["pandas", "numpy", "polars"])
def test_rows_of_the_user(tmp_path, rows, rows_of):
    own = {"pandas": rows.to_pandas(), "numpy": rows.to_numpy(), "polars": rows}[rows_of]
    answer = load_model(network(tmp_path / "m.onnx")).predict_rows(own)
    np.testing.assert_allclose(answer.probabilities, logits(rows), atol=1e-6)


MISFITS = {
    "too few": (lambda t: t.drop("c"), r"3 columns without names, .* offers 2: a, b"),
    "text": (lambda t: t.with_columns(b=pl.lit("u")), "x is float32, and the column b holds text"),
    "short": (lambda t: t.select(p=pl.concat_list("a", "b")), "takes 3 values a row, .* offers 2"),
    "ragged": (
        lambda t: pl.DataFrame({"p": [[1.0, 2, 3], [1.0]]}),
        "lists of different length: ",
    ),
    "absent": (lambda t: pl.DataFrame({"p": [[1.0, 2, 3], None]}), "different length: .*none"),
}


@pytest.mark.parametrize("misfit", MISFITS)
def test_rows_that_do_not_fit_are_refused(tmp_path, rows, misfit):
    change, found = MISFITS[misfit]
    model = load_model(network(tmp_path / "m.onnx"))
    with pytest.raises(InputError, match=found):
        model.predict(change(rows))


def test_missing_numbers_are_nan_and_their_row_is_named(tmp_path, rows):
    gaps = rows.with_columns(
        a=pl.when(pl.int_range(pl.len()) == 5).then(None).otherwise(pl.col("a")),
        y=pl.Series([0, 1] * (N // 2)),
    )
    model = load_model(network(tmp_path / "m.onnx", "Softmax"))
    with pytest.raises(ModelError, match=r"row 6 .*nan") as caught:
        score_dataset(model, Dataset.read(gaps, label="y"))
    assert caught.value.row == 5


def several_inputs(path) -> Path:
    """One input a column: text, a whole number and a fraction; the output holds all three."""
    nodes = [
        (
            "LabelEncoder",
            ["city"],
            ["c"],
            {
                "keys_strings": ["x", "y"],
                "values_floats": [1.0, 2.0],
                "default_float": -1.0,
                "domain": "ai.onnx.ml",
            },
        ),
        ("Cast", ["n"], ["f"], {"to": 1}),
        ("Concat", ["c", "f", "age_years"], ["z"], {"axis": 1}),
        ("ReduceSum", ["z", "axes"], ["out"], {"keepdims": 1}),
    ]
    inputs = [
        ("city", "text", [None, 1]),
        ("n", "int64", [None, 1]),
        ("age_years", "float", [None, 1]),
    ]
    constants = {"axes": np.array([1])}
    return make(path, nodes, inputs, [("out", "float", [None, 1])], constants)


TABLE = pl.DataFrame({"age years": [0.5, 1.5], "city": ["x", "q"], "n": [3, 4]})


def test_an_input_for_each_column(tmp_path):
    path = several_inputs(tmp_path / "m.onnx")
    assert load_model(path).predict(TABLE).values.tolist() == [4.5, 4.5]
    others = TABLE.rename({"n": "count"})
    with pytest.raises(InputError) as caught:
        load_model(path).predict(others)
    assert "does not have: n" in str(caught.value)
    assert "the table has: age years, city, count" in str(caught.value)
    assert "city (text, ? × 1), n (int64, ? × 1), age_years (float32" in str(caught.value)
    assert "inputs={INPUT: COLUMN}" in str(caught.value)
    for told in ({"n": "count"}, "{n: count}"):
        mapped = load_model(path, options={"inputs": told})
        assert mapped.predict(others).values.tolist() == [4.5, 4.5]
    with pytest.raises(InputError, match=r"no input m; it has: city \(text"):
        load_model(path, options={"inputs": {"m": "count"}})


LOSSES = {
    "fraction": ({"n": [3.5, 4.0]}, "n is int64, and the column n holds 3.5"),
    "gap": ({"n": [3, None]}, "n is int64, and the column n has missing values"),
    "huge": ({"n": [1e300, 1.0]}, r"column n holds 1e\+300"),
    "text": ({"n": ["3", "4"]}, "column n holds text"),
    "date": ({"n": pl.Series([1, 2]).cast(pl.Date)}, "column n holds Date"),
    "fraction as text": ({"city": [0.5, 1.0]}, "city is text, and the column city holds Float64"),
    "gap in text": ({"city": ["x", None]}, "city has missing values, .*missing_text"),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_nothing_is_lost_in_silence(tmp_path, loss):
    changed, found = LOSSES[loss]
    model = load_model(several_inputs(tmp_path / "m.onnx"))
    with pytest.raises(InputError, match=found):
        model.predict(TABLE.with_columns(**{k: pl.Series(v) for k, v in changed.items()}))


def test_what_is_the_same_is_cast(tmp_path):
    path = several_inputs(tmp_path / "m.onnx")
    model = load_model(path, options={"missing_text": "y"})
    for changed in ({"n": [3.0, 4.0]}, {"age years": ["0.5", "1.5"]}):
        frame = TABLE.with_columns(**{k: pl.Series(v) for k, v in changed.items()})
        frame = frame.with_columns(pl.col("age years").cast(pl.Decimal(8, 2)))
        assert model.predict(frame).values.tolist() == [4.5, 4.5]
    filled = model.predict(TABLE.with_columns(city=pl.lit(None, pl.String)))
    assert filled.values.tolist() == [5.5, 7.5]
    truth = TABLE.with_columns(n=pl.Series([True, False]))
    assert model.predict(truth).values.tolist() == [2.5, 0.5]
    categories = TABLE.with_columns(pl.col("city").cast(pl.Categorical))
    assert model.predict(categories).values.tolist() == [4.5, 4.5]


def two_outputs(path) -> Path:
    nodes = [("MatMul", ["x", "w"], ["one"], {}), ("Sigmoid", ["one"], ["two"], {})]
    outputs = [("one", "float", [None, 2]), ("two", "float", [None, 2])]
    return make(path, nodes, [("x", "float", [None, 3])], outputs, {"w": W})


def test_several_outputs_need_a_choice(tmp_path, rows):
    path = two_outputs(tmp_path / "m.onnx")
    with pytest.raises(InputError, match=r"one \(float32, \? × 2\), two .* output=NAME"):
        load_model(path)
    assert "choose with --model-option output=NAME" in inspect_model(path).advice
    chosen = load_model(path, options={"output": "two"})
    assert chosen.info.score_kind == "probability"
    one = load_model(path, options={"output": "one", "column": 1}, output="number")
    np.testing.assert_allclose(one.predict(rows).values, logits(rows)[:, 1], atol=1e-6)
    with pytest.raises(InputError, match="no output three; it has: one"):
        load_model(path, options={"output": "three"})
    with pytest.raises(InputError, match=r"holds 2 numbers a row; choose .* column=0"):
        load_model(path, options={"output": "one"}, output="number")
    with pytest.raises(InputError, match=r"column=2 was asked of an output with 2"):
        load_model(path, options={"output": "one", "column": 2}, output="number").predict(rows)


def test_classes_of_the_properties(tmp_path, rows):
    path = network(tmp_path / "m.onnx", "Softmax", id2label='{"0": "cat", "1": "dog"}')
    assert inspect_model(path).classes == ("cat", "dog")
    assert load_model(path).info.classes == ("cat", "dog")
    with pytest.raises(InputError, match=r"3 classes were named .* has 2"):
        load_model(path, classes=["a", "b", "c"])


def test_greatest_place_is_a_class(tmp_path, rows):
    nodes = [
        ("MatMul", ["x", "w"], ["z"], {}),
        ("Softmax", ["z"], ["p"], {"axis": 1}),
        ("ArgMax", ["z"], ["label"], {"axis": 1, "keepdims": 0}),
    ]
    outputs = [("label", "int64", [None]), ("p", "float", [None, 2])]
    path = make(tmp_path / "m.onnx", nodes, [("x", "float", [None, 3])], outputs, {"w": W})
    best = logits(rows).argmax(axis=1)
    assert load_model(path).info.classes == (0, 1)
    assert load_model(path).predict(rows).labels.tolist() == best.tolist()
    named = load_model(path, classes=["no", "yes"]).predict(rows)
    assert named.labels.tolist() == np.array(["no", "yes"])[best].tolist()
    alone = load_model(path, options={"output": "label"})
    assert alone.info.score_kind == "none"
    assert alone.predict(rows).labels.tolist() == best.tolist()


def test_weights_in_another_file(tmp_path, rows):
    path = network(tmp_path / "plain.onnx", "Softmax")
    expected = load_model(path).predict(rows).probabilities
    model = onnx.load(str(path))
    onnx.save(
        model,
        str(tmp_path / "m.onnx"),
        save_as_external_data=True,
        location="m.weights",
        size_threshold=0,
    )
    first = load_model(tmp_path / "m.onnx")
    assert np.array_equal(first.predict(rows).probabilities, expected)
    found = inspect_model(tmp_path / "m.onnx")
    assert found.facts["weights in"] == "m.weights"
    assert found.digest == first.info.digest
    weights = tmp_path / "m.weights"
    weights.write_bytes(weights.read_bytes()[::-1])
    assert load_model(tmp_path / "m.onnx").info.digest != first.info.digest
    weights.unlink()
    for ask in (load_model, inspect_model):
        with pytest.raises(InputError, match=r"'m.weights', which is not there"):
            ask(tmp_path / "m.onnx")


def test_weights_outside_the_folder_are_refused(tmp_path):
    model = onnx.load(str(network(tmp_path / "m.onnx")))
    onnx.external_data_helper.set_external_data(model.graph.initializer[0], "../secret")
    (tmp_path / "m.onnx").write_bytes(model.SerializeToString())
    for ask in (load_model, inspect_model):
        with pytest.raises(InputError, match="outside its folder"):
            ask(tmp_path / "m.onnx")


@pytest.mark.parametrize("share", [0.1, 0.4, 0.8, 0.99])
def test_cut_file_is_refused(tmp_path, share):
    whole = network(tmp_path / "m.onnx").read_bytes()
    (tmp_path / "m.onnx").write_bytes(whole[: int(share * len(whole))])
    for ask in (load_model, inspect_model):
        with pytest.raises(InputError, match=r"cut off or damaged|not a model"):
            ask(tmp_path / "m.onnx")


def test_unknown_operation_is_refused(tmp_path):
    path = network(tmp_path / "m.onnx", "Abracadabra")
    assert inspect_model(path).runs_code is False
    with pytest.raises(InputError, match=r"ONNX Runtime .* cannot load .*Abracadabra"):
        load_model(path)


def test_inspection(tmp_path):
    path = several_inputs(tmp_path / "m.bin")
    found = inspect_model(path)
    assert (found.format, found.runs_code, found.library) == ("onnx", False, "ONNX Runtime")
    assert [(port.name, port.type, port.shape) for port in found.wants] == [
        ("city", "text", (None, 1)),
        ("n", "int64", (None, 1)),
        ("age_years", "float32", (None, 1)),
    ]
    assert [port.name for port in found.gives] == ["out"]
    assert found.facts["opset"] == "ai.onnx 17, ai.onnx.ml 3"
    assert found.size == path.stat().st_size


def converted(model, path, X, **options) -> Path:
    skl2onnx = pytest.importorskip("skl2onnx")
    told = {id(model): options} if options else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the converter's own use of other libraries
        made = skl2onnx.to_onnx(model, X[:1], options=told)
    path.write_bytes(made.SerializeToString())
    return path


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("labels", [("no", "yes"), (False, True), (3, 7), ("a", "b", "c")])
def test_classifier_of_scikit_learn(tmp_path, rows, zipped, labels):
    from sklearn.linear_model import LogisticRegression

    X = rows.to_numpy().astype(np.float32)
    edges = np.quantile(X[:, 0], np.linspace(0, 1, len(labels) + 1)[1:-1])
    y = np.array(labels)[np.digitize(X[:, 0], edges)]
    fitted = LogisticRegression().fit(X, y)
    model = load_model(converted(fitted, tmp_path / "m.onnx", X, zipmap=zipped))
    answer = model.predict(rows)
    assert model.info.classes == labels
    assert model.info.score_kind == "probability"
    np.testing.assert_allclose(answer.probabilities, fitted.predict_proba(X), atol=1e-6)
    assert answer.labels.tolist() == fitted.predict(X).tolist()
    data = Dataset.read(rows.with_columns(y=pl.Series(y.tolist())), label="y", positive=labels[-1])
    pieces = score_dataset(model, data, batch_rows=7).frame.collect().to_polars()
    assert pieces[PREDICTION].to_list() == fitted.predict(X).tolist()


def test_scores_of_scikit_learn_are_no_probabilities(tmp_path, rows):
    from sklearn.svm import LinearSVC

    X = rows.to_numpy().astype(np.float32)
    y = np.where(X[:, 0] > 0, "yes", "no")
    fitted = LinearSVC().fit(X, y)
    model = load_model(converted(fitted, tmp_path / "m.onnx", X))
    assert model.info.score_kind == "score"
    answer = model.predict(rows)
    np.testing.assert_allclose(answer.probabilities[:, 1], fitted.decision_function(X), atol=1e-5)
    assert answer.labels.tolist() == fitted.predict(X).tolist()
    data = Dataset.read(rows.with_columns(y=pl.Series(y)), label="y", positive="yes")
    assert np.allclose(
        score_dataset(model, data, batch_rows=1).frame.collect()[SCORE].to_numpy(),
        fitted.decision_function(X),
        atol=1e-5,
    )


def test_regressor_of_scikit_learn(tmp_path, rows):
    from sklearn.ensemble import RandomForestRegressor

    X = rows.to_numpy().astype(np.float32)
    fitted = RandomForestRegressor(3, random_state=0).fit(X, X[:, 0])
    model = load_model(converted(fitted, tmp_path / "m.onnx", X))
    assert model.info.kind == "regressor"
    np.testing.assert_allclose(model.predict(rows).values, fitted.predict(X), atol=1e-5)
    both = RandomForestRegressor(3, random_state=0).fit(X, X[:, :2])
    path = converted(both, tmp_path / "two.onnx", X)
    with pytest.raises(InputError, match="holds 2 numbers a row"):
        load_model(path)
    second = load_model(path, options={"column": 1}).predict(rows).values
    np.testing.assert_allclose(second, both.predict(X)[:, 1], atol=1e-5)


def test_many_labels_of_scikit_learn(tmp_path, rows):
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.multioutput import MultiOutputClassifier

    X = rows.to_numpy().astype(np.float32)
    y = (X[:, :2] > 0).astype(int)
    one_by_one = MultiOutputClassifier(LogisticRegression()).fit(X, y)
    against_rest = OneVsRestClassifier(LogisticRegression()).fit(X, y)
    for fitted in (one_by_one, against_rest):
        path = converted(fitted, tmp_path / "m.onnx", X)
        answer = load_model(path, classes=["p", "q"]).predict(rows)
        assert answer.multilabel
        assert answer.classes == ("p", "q")
        assert np.array_equal(answer.labels, fitted.predict(X).astype(bool))
        expected = against_rest.predict_proba(X)
        np.testing.assert_allclose(answer.probabilities, expected, atol=1e-6)


def test_pipeline_on_columns_of_several_kinds(tmp_path):
    from sklearn.compose import make_column_transformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    skl2onnx = pytest.importorskip("skl2onnx")
    types = skl2onnx.common.data_types
    rng = np.random.default_rng(1)
    table = pd.DataFrame(
        {"age yr": rng.normal(size=N), "n": rng.integers(0, 5, N), "c": rng.choice(["x", "ü"], N)}
    )
    y = np.where(table["n"] > 2, "ja", "nein")
    encode = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["c"]), (StandardScaler(), ["age yr", "n"])
    )
    fitted = make_pipeline(encode, LogisticRegression()).fit(table, y)
    kinds = [
        ("age yr", types.FloatTensorType([None, 1])),
        ("n", types.Int64TensorType([None, 1])),
        ("c", types.StringTensorType([None, 1])),
    ]
    made = skl2onnx.convert_sklearn(fitted, initial_types=kinds)
    (tmp_path / "m.onnx").write_bytes(made.SerializeToString())
    answer = load_model(tmp_path / "m.onnx").predict(pl.from_pandas(table))
    np.testing.assert_allclose(answer.probabilities, fitted.predict_proba(table), atol=1e-6)
    assert answer.labels.tolist() == fitted.predict(table).tolist()


def packaged(package: str, path: str) -> Path:
    try:
        return Path(str(distribution(package).locate_file(path)))
    except PackageNotFoundError:
        pytest.skip(f"{package} is not installed")


def test_classifier_of_magika():
    path = packaged("magika", "magika/models/standard_v3_3/model.onnx")
    found = inspect_model(path)
    assert [(port.name, port.type, port.shape[1:]) for port in found.wants] == [
        ("bytes", "int32", (2048,))
    ]
    model = load_model(path)
    assert (model.info.kind, model.info.score_kind) == ("classifier", "probability")
    rng = np.random.default_rng(0)
    values = rng.integers(0, 257, (5, 2048))
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (expected,) = session.run(None, {"bytes": values.astype(np.int32)})
    for batch in (pl.DataFrame({"bytes": values.tolist()}), pl.DataFrame(values.astype(float))):
        made = model.predict(batch).probabilities
        np.testing.assert_allclose(made, expected, atol=1e-6)
        alone = [model.predict(batch[row : row + 1]).probabilities[0] for row in range(5)]
        np.testing.assert_allclose(alone, made, atol=1e-6)
    with pytest.raises(InputError, match=r"bytes is int32, and the column column_3 holds 0\.5"):
        model.predict(pl.DataFrame(values.astype(float)).with_columns(column_3=pl.lit(0.5)))


def test_classifier_of_images():
    name = "rapidocr_onnxruntime/models/ch_ppocr_mobile_v2.0_cls_infer.onnx"
    path = packaged("rapidocr-onnxruntime", name)
    images = np.random.default_rng(0).normal(size=(3, 3, 48, 192)).astype(np.float32)
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (expected,) = session.run(None, {"x": images})
    flat = pl.DataFrame({"image": images.reshape(3, -1)})
    shaped = pl.DataFrame({"image": images.tolist()})
    told = load_model(path, options={"shapes": {"x": [3, 48, 192]}}, classes=["0", "180"])
    assert told.info.score_kind == "probability"
    for model, batch in ((told, flat), (told, shaped), (load_model(path), shaped)):
        np.testing.assert_allclose(model.predict(batch).probabilities, expected, atol=1e-5)
    wide = pl.DataFrame(images.reshape(3, -1)[:1])
    np.testing.assert_allclose(told.predict(wide).probabilities, expected[:1], atol=1e-5)
    with pytest.raises(InputError, match=r"rows of shape 3 × \? × \?, .* name the shape"):
        load_model(path).predict(flat)
    with pytest.raises(InputError, match=r"shape \[1, 48, 192\] does not fit"):
        load_model(path, options={"shapes": {"x": [1, 48, 192]}})
