import importlib
import os
import subprocess
import sys
import zipfile
from importlib.util import find_spec

import numpy as np
import pandas as pd
import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.errors import InputError, ModelError, UntrustedModelError
from assay.models.keras_backend import require_keras
from assay.models.loading import inspect_model, load_model
from assay.models.reading import PREDICTION, SCORE
from assay.models.scoring import score_dataset
from assay.models.wrap import as_predictor

if find_spec("keras") is None:  # importing it would choose a backend
    pytest.skip("keras is not installed", allow_module_level=True)
pytest.importorskip("torch", reason="torch, the backend of Keras, is not installed")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

N = 30
FLOAT32 = 1e-6
"""Sums of float32 depend on how many rows are multiplied at once."""


@pytest.fixture(scope="module")
def keras():
    return require_keras("for tests")


@pytest.fixture
def frame():
    rng = np.random.default_rng(2)
    made = pd.DataFrame({"a": rng.normal(size=N), "b": rng.normal(size=N)})
    made["y"] = np.where(made["a"] > made["b"], "yes", "no")
    return made


def difference(keras, activation, units=1, loss=None):
    """Return a model of a - b (and b - a for two units)."""
    layers = keras.layers
    model = keras.Sequential(
        [layers.Input((2,)), layers.Dropout(0.9), layers.Dense(units, activation=activation)]
    )
    weights = np.array([[1.0], [-1.0]]) if units == 1 else np.array([[-1.0, 1.0], [1.0, -1.0]])
    model.layers[-1].set_weights([weights, np.zeros(units)])
    if loss is not None:
        model.compile(loss=loss)
    return model


def dataset(frame, positive="yes"):
    return Dataset.read(pl.from_pandas(frame), label="y", positive=positive, features=("a", "b"))


def answers(predictor, data, **how):
    return score_dataset(predictor, data, **how).frame.collect().to_polars()


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("batch_rows", [1, 7, N])
def test_sigmoid_is_the_probability_of_the_positive_class(
    tmp_path, keras, frame, suffix, batch_rows
):
    path = tmp_path / f"model{suffix}"
    difference(keras, "sigmoid").save(path)
    model = load_model(path, classes=("no", "yes"), options={"batch_rows": "5"})
    assert (model.info.kind, model.info.score_kind) == ("classifier", "probability")
    table = answers(model, dataset(frame), batch_rows=batch_rows)
    assert table[PREDICTION].to_list() == frame["y"].tolist()
    wanted = 1 / (1 + np.exp(-(frame["a"] - frame["b"])))
    np.testing.assert_allclose(table[SCORE], wanted, atol=FLOAT32)


@pytest.mark.parametrize("suffix", [".zip", ".pt", ""])
def test_content_counts_and_not_the_suffix(tmp_path, keras, frame, suffix):
    made, path = tmp_path / "model.keras", tmp_path / f"model{suffix}"
    difference(keras, "sigmoid").save(made)
    made.rename(path)
    assert inspect_model(path).format == "keras"
    assert load_model(path).predict(pl.from_pandas(frame[["a", "b"]])).values is not None


def test_classes_are_in_the_order_that_was_told(tmp_path, keras, frame):
    path = tmp_path / "model.keras"
    difference(keras, "softmax", units=2).save(path)
    for positive in ("yes", "no"):
        model = load_model(path, classes=("no", "yes"))
        table = answers(model, dataset(frame, positive))
        assert table[PREDICTION].to_list() == frame["y"].tolist()
        is_positive = (frame["y"] == positive).to_numpy()
        assert table[SCORE].to_numpy()[is_positive].min() > 0.5


def test_logits_are_told_by_the_loss(tmp_path, keras, frame):
    path = tmp_path / "model.keras"
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    difference(keras, "linear", loss=loss).save(path)
    found = inspect_model(path)
    assert found.facts["output"] == "logits"
    assert found.kind == "classifier"
    table = answers(load_model(path, classes=("no", "yes")), dataset(frame))
    wanted = 1 / (1 + np.exp(-(frame["a"] - frame["b"])))
    np.testing.assert_allclose(table[SCORE], wanted, atol=FLOAT32)


def test_numbers_are_told_by_the_loss(tmp_path, keras, frame):
    path = tmp_path / "model.keras"
    difference(keras, "linear", loss="mse").save(path)
    model = load_model(path)
    assert model.info.kind == "regressor"
    frame["y"] = frame["a"] - frame["b"]
    table = answers(model, dataset(frame, None))
    np.testing.assert_allclose(table[PREDICTION], frame["y"], atol=FLOAT32)


def test_inspection_tells_inputs_outputs_and_size(tmp_path, keras):
    path = tmp_path / "model.keras"
    difference(keras, "softmax", units=2, loss="categorical_crossentropy").save(path)
    found = inspect_model(path)
    assert not found.runs_code
    assert found.library_version == keras.__version__
    assert [(port.type, port.shape) for port in found.wants] == [("float32", (None, 2))]
    assert [(port.type, port.shape) for port in found.gives] == [("softmax", (None, 2))]
    assert found.facts["parameters"] == "6"
    assert found.facts["layers"] == "3"
    assert found.size == path.stat().st_size


def test_several_inputs_read_the_columns_that_are_named(tmp_path, keras):
    layers = keras.layers
    numbers, colour = (
        keras.Input((2,), name="numbers"),
        keras.Input((1,), name="colour", dtype="int32"),
    )
    table = layers.Embedding(3, 1, name="table")
    total = layers.Add()([layers.Dense(1, name="sum")(numbers), layers.Flatten()(table(colour))])
    model = keras.Model({"numbers": numbers, "colour": colour}, total)
    model.get_layer("sum").set_weights([np.array([[1.0], [1.0]]), np.zeros(1)])
    model.get_layer("table").set_weights([np.array([[0.0], [100.0], [200.0]])])
    path = tmp_path / "model.keras"
    model.save(path)
    batch = pl.DataFrame({"colour": [2, 0], "width": [1.0, 2.0], "height": [0.5, 0.25]})
    with pytest.raises(InputError, match="does not have: numbers"):
        load_model(path, output="number").predict(batch)
    told = {"inputs": "{numbers: [width, height]}"}
    loaded = load_model(path, output="number", options=told)
    assert set(loaded.info.feature_names) == {"colour", "width", "height"}
    assert loaded.predict(batch).values.tolist() == [201.5, 2.25]
    with pytest.raises(InputError, match="no input colours; its inputs: "):
        load_model(path, options={"inputs": {"colours": ["colour"]}})
    assert "inputs={" in inspect_model(path).advice


def test_one_of_several_outputs_is_chosen(tmp_path, keras):
    layers = keras.layers
    rows = keras.Input((2,))
    one = layers.Dense(1, activation="sigmoid", name="bought")(rows)
    many = layers.Dense(3, activation="softmax", name="kind")(rows)
    path = tmp_path / "model.keras"
    keras.Model(rows, [one, many]).save(path)
    batch = pl.DataFrame({"a": [1.0, 2.0], "b": [0.0, 1.0]})
    with pytest.raises(InputError, match=r"bought \(2, 1\), kind \(2, 3\); say which"):
        load_model(path).predict(batch)
    chosen = load_model(path, options={"output_name": "kind"})
    assert chosen.info.score_kind == "probability"
    assert chosen.predict(batch).probabilities.shape == (2, 3)


def test_several_sigmoids_are_several_labels(tmp_path, keras):
    model = keras.Sequential(
        [keras.layers.Input((2,)), keras.layers.Dense(3, activation="sigmoid")]
    )
    path = tmp_path / "model.keras"
    model.save(path)
    batch = pl.DataFrame({"a": [1.0, 2.0], "b": [0.0, 1.0]})
    assert inspect_model(path).kind == "multilabel"
    made = load_model(path, classes=("x", "y", "z")).predict(batch)
    assert made.multilabel
    assert made.labels.shape == made.probabilities.shape == (2, 3)
    plain = load_model(path, options={"multilabel": "false"}).predict(batch)
    assert not plain.multilabel


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_lambda_layers_need_trust(tmp_path, keras, suffix):
    layers = keras.layers
    model = keras.Sequential(
        [layers.Input((2,)), layers.Lambda(lambda rows: rows * 2, name="twice")]
    )
    path = tmp_path / f"model{suffix}"
    model.save(path)
    with pytest.raises(UntrustedModelError, match=r"Lambda 'twice'.*--trust-model"):
        load_model(path)
    found = inspect_model(path)
    assert found.runs_code
    assert "Lambda 'twice'" in found.code
    trusted = load_model(path, trust=True, options={"output": "probability"})
    made = trusted.predict(pl.DataFrame({"a": [0.25], "b": [0.125]}))
    assert made.probabilities.tolist() == [[0.5, 0.25]]


def test_own_layers_need_their_module(tmp_path, keras, monkeypatch):
    (tmp_path / "layers_of_tests.py").write_text(
        "import keras\n"
        "@keras.saving.register_keras_serializable(package='shop')\n"
        "class Half(keras.layers.Layer):\n"
        "    def call(self, rows):\n"
        "        return rows / 2\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    own = importlib.import_module("layers_of_tests")
    path = tmp_path / "model.keras"
    keras.Sequential([keras.layers.Input((1,)), own.Half()]).save(path)
    monkeypatch.undo()
    for name in [name for name in keras.saving.get_custom_objects() if name == "shop>Half"]:
        del keras.saving.get_custom_objects()[name]
    del sys.modules["layers_of_tests"]
    monkeypatch.setattr(sys, "path", list(sys.path))
    with pytest.raises(UntrustedModelError, match=r"layers_of_tests.Half.*modules="):
        load_model(path)
    with pytest.raises(InputError, match="needs a class that is not known here"):
        load_model(path, trust=True)
    model = load_model(
        path, python_path=[tmp_path], output="number", options={"modules": "[layers_of_tests]"}
    )
    assert model.predict(pl.DataFrame({"a": [3.0]})).values.tolist() == [1.5]
    del sys.modules["layers_of_tests"]


def test_a_model_in_memory_is_taken_as_keras_and_not_as_torch(keras, frame):
    model = difference(keras, "sigmoid")
    predictor = as_predictor(model, classes=("no", "yes"))
    assert predictor.info.library == "Keras"
    table = answers(predictor, dataset(frame), batch_rows=11)
    assert table[PREDICTION].to_list() == frame["y"].tolist()


def test_shape_of_rows_is_that_of_the_input(keras):
    layers = keras.layers
    model = keras.Sequential(
        [layers.Input((2, 2, 1)), layers.Flatten(), layers.Dense(1, kernel_initializer="ones")]
    )
    batch = pl.DataFrame({name: [1.0, 2.0] for name in "abcd"})
    assert as_predictor(model, output="number").predict(batch).values.tolist() == [4.0, 8.0]
    with pytest.raises(InputError, match="4 columns"):
        as_predictor(model).predict(batch.select("a", "b"))


def test_missing_values_are_named(keras, frame):
    predictor = as_predictor(difference(keras, "sigmoid"))
    batch = pl.from_pandas(frame[["a", "b"]])
    with pytest.raises(InputError, match="'b' has no value in 30 of 30"):
        predictor.predict(batch.with_columns(b=pl.lit(None, dtype=pl.Float64)))


@pytest.mark.parametrize("row", [0, 13, N - 1])
def test_failing_row_is_named(keras, frame, row):
    class Fails(keras.Model):
        def call(self, rows):
            if bool((rows[:, 0] == 0.125).any()):
                raise ValueError("cannot take 0.125")
            return keras.ops.sigmoid(rows[:, :1])

    frame.loc[row, "a"] = 0.125
    predictor = as_predictor(Fails(), output="probability")
    with pytest.raises(ModelError, match=rf"row {row + 1} .*cannot take 0.125") as caught:
        score_dataset(predictor, dataset(frame), batch_rows=16)
    assert caught.value.row == row


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_cut_off_files_are_refused(tmp_path, keras, suffix):
    path = tmp_path / f"model{suffix}"
    difference(keras, "sigmoid").save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    for act in (load_model, inspect_model):
        with pytest.raises(InputError, match="cut off"):
            act(path)


def test_archive_with_a_damaged_config_is_refused(tmp_path):
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", '{"class_name": ')
        archive.writestr("metadata.json", "{}")
    with pytest.raises(InputError, match="cannot be read as a Keras model"):
        load_model(path)


def test_weights_alone_and_saved_models_are_told(tmp_path, keras):
    weights = tmp_path / "model.weights.h5"
    difference(keras, "sigmoid").save_weights(weights)
    with pytest.raises(InputError, match=r"weights alone.*model.save"):
        load_model(weights)
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / "saved_model.pb").write_bytes(b"\x08\x01")
    with pytest.raises(InputError, match=r"TensorFlow SavedModel.*ONNX"):
        load_model(folder)


def test_importing_writes_nothing_and_finds_a_backend(tmp_path):
    code = (
        "from assay.models.keras_backend import require_keras\n"
        "print(require_keras('for tests').backend.backend())\n"
    )
    env = {name: value for name, value in os.environ.items() if not name.startswith("KERAS")}
    env["HOME"] = str(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=env,
        check=True,
        timeout=300,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split()[-1] in ("torch", "jax", "tensorflow")
    assert not (tmp_path / ".keras").exists()
