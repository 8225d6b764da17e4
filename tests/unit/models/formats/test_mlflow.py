import logging
import warnings
from importlib.metadata import version
from importlib.util import find_spec

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

from assay.data.dataset import Dataset
from assay.errors import InputError, ModelError, UntrustedModelError
from assay.models.formats.mlflow_folder import Field
from assay.models.formats.mlflow_frame import in_types
from assay.models.formats.mlflow_remote import require_mlflow
from assay.models.loading import inspect_model, load_model
from assay.models.reading import PREDICTION, SCORE
from assay.models.scoring import score_dataset

if find_spec("mlflow") is None:
    pytest.skip("mlflow is not installed", allow_module_level=True)

# What MLflow warns of while it saves; assay keeps its warnings while loading to itself.
pytestmark = [
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

X = pd.DataFrame({"age": [0.0, 1, 2, 3, 4, 5], "rooms ≥ 2": [1, 2, 3, 5, 1, 2]})
Y = np.array(["no", "no", "no", "yes", "yes", "yes"])
BATCH = pl.from_pandas(X)
FITTED = LogisticRegression().fit(X, Y)


@pytest.fixture(autouse=True)
def quiet(monkeypatch, tmp_path):
    """Save without MLflow's log lines, and look for no store beside the tests."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    logger = logging.getLogger("mlflow")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    yield
    logger.setLevel(level)


def signature(outputs):
    require_mlflow("to test")
    from mlflow.models import infer_signature

    return infer_signature(X, outputs)


def save_sklearn(folder, **how):
    require_mlflow("to test")
    import mlflow.sklearn

    how.setdefault("pip_requirements", ["scikit-learn"])
    mlflow.sklearn.save_model(FITTED, folder, signature=signature(Y), **how)
    return folder


def doubles():
    """Return a Python model that doubles the age, and is particular about types."""

    base = require_mlflow("to test").pyfunc.PythonModel
    with warnings.catch_warnings(record=True):  # MLflow asks for type hints

        class Doubles(base):
            def predict(self, context, model_input, params=None):
                assert model_input["age"].dtype == "float64"
                assert model_input["rooms ≥ 2"].dtype == "int64"
                if (model_input["age"] == 99).any():
                    raise ValueError("nobody is 99")
                return model_input["age"] * 2

    return Doubles()


def save_pyfunc(folder, **how):
    how.setdefault("pip_requirements", ["numpy"])
    require_mlflow("to test").pyfunc.save_model(
        folder, python_model=doubles(), signature=signature(pd.Series([1.0])), **how
    )
    return folder


def probabilities(model):
    return load_model(model).predict(BATCH).probabilities


def test_file_of_a_known_form_is_loaded_without_mlflow_and_knows_its_classes(tmp_path):
    pytest.importorskip("skops", reason="skops is not installed")
    folder = save_sklearn(tmp_path / "shop", serialization_format="skops")
    model = load_model(folder)
    assert model.info.classes == ("no", "yes")
    assert model.info.name == "shop"
    assert model.info.feature_names == tuple(X.columns)
    np.testing.assert_array_equal(model.predict(BATCH).probabilities, FITTED.predict_proba(X))


@pytest.mark.parametrize("form", ["pickle", "cloudpickle"])
def test_pickled_flavors_need_trust(tmp_path, form):
    folder = save_sklearn(tmp_path / "shop", serialization_format=form)
    with pytest.raises(UntrustedModelError, match="--trust-model"):
        load_model(folder)
    assert inspect_model(folder).runs_code
    model = load_model(folder, trust=True)
    np.testing.assert_array_equal(model.predict(BATCH).probabilities, FITTED.predict_proba(X))


def save_lightgbm(folder):
    lightgbm = pytest.importorskip("lightgbm", reason="lightgbm is not installed")
    import mlflow.lightgbm

    model = lightgbm.LGBMClassifier(min_child_samples=1, n_estimators=5, verbose=-1)
    model.fit(X.to_numpy(), Y == "yes")
    mlflow.lightgbm.save_model(model.booster_, folder, pip_requirements=["lightgbm"])
    return model.predict_proba(X.to_numpy())


def save_xgboost(folder):
    xgboost = pytest.importorskip("xgboost", reason="xgboost is not installed")
    import mlflow.xgboost

    model = xgboost.XGBClassifier(n_estimators=5, min_child_weight=0).fit(X, Y == "yes")
    mlflow.xgboost.save_model(model, folder, pip_requirements=["xgboost"])
    return model.predict_proba(X)


def save_catboost(folder):
    catboost = pytest.importorskip("catboost", reason="catboost is not installed")
    import mlflow.catboost

    model = catboost.CatBoostClassifier(iterations=5, verbose=0, allow_writing_files=False)
    model.fit(X, Y == "yes")
    mlflow.catboost.save_model(model, folder, pip_requirements=["catboost"])
    return model.predict_proba(X)


def save_onnx(folder):
    skl2onnx = pytest.importorskip("skl2onnx", reason="skl2onnx is not installed")
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    import mlflow.onnx

    made = skl2onnx.to_onnx(FITTED, X.astype("float32").to_numpy())
    mlflow.onnx.save_model(made, folder, pip_requirements=["onnxruntime"], signature=signature(Y))
    return FITTED.predict_proba(X)


@pytest.mark.parametrize("save", [save_lightgbm, save_xgboost, save_catboost, save_onnx])
def test_data_alone_needs_no_trust(tmp_path, save):
    folder = tmp_path / "model"
    wanted = save(folder)
    assert not inspect_model(folder).runs_code
    made = load_model(folder).predict(BATCH)
    np.testing.assert_allclose(made.probabilities, wanted, atol=1e-6)


def test_signature_orders_the_columns_of_files_that_know_none(tmp_path):
    wanted = save_onnx(tmp_path / "model")
    turned = BATCH.select(pl.lit("x").alias("id"), *reversed(BATCH.columns))
    model = load_model(tmp_path / "model")
    np.testing.assert_allclose(model.predict(turned).probabilities, wanted, atol=1e-6)


@pytest.mark.parametrize("batch_rows", [1, 4, 100])
def test_python_models_need_trust_and_get_the_types_of_the_signature(tmp_path, batch_rows):
    folder = save_pyfunc(tmp_path / "doubles")
    with pytest.raises(UntrustedModelError, match=r"flavors python_function.*--trust-model"):
        load_model(folder)
    found = inspect_model(folder)
    assert found.runs_code
    assert found.feature_names == tuple(X.columns)
    assert [port.type for port in found.wants] == ["double", "long"]
    model = load_model(folder, trust=True, output="number")
    table = BATCH.with_columns(
        pl.col("age").cast(pl.Int32), pl.col("rooms ≥ 2").cast(pl.Float32), y=pl.col("age") * 2
    )
    data = Dataset.read(table, label="y")
    scored = score_dataset(model, data, task="regression", batch_rows=batch_rows)
    made = scored.frame.collect().to_polars()
    assert made[PREDICTION].to_list() == (X["age"] * 2).tolist()


def test_failing_row_is_named(tmp_path):
    model = load_model(save_pyfunc(tmp_path / "doubles"), trust=True, output="number")
    table = BATCH.with_columns(y=pl.lit(1.5) * pl.col("age"))
    table[3, "age"] = 99.0
    with pytest.raises(ModelError, match=r"row 4 .*nobody is 99"):
        score_dataset(model, Dataset.read(table, label="y"), task="regression")


def test_scores_and_classes_reach_the_table(tmp_path):
    folder = save_sklearn(tmp_path / "shop")
    data = Dataset.read(BATCH.with_columns(y=pl.Series(Y)), label="y", positive="no")
    table = score_dataset(load_model(folder, trust=True), data).frame.collect().to_polars()
    np.testing.assert_allclose(table[SCORE], FITTED.predict_proba(X)[:, 0])
    assert table[PREDICTION].to_list() == FITTED.predict(X).tolist()


def test_flavor_may_be_chosen(tmp_path):
    folder = save_sklearn(tmp_path / "shop")
    with pytest.raises(UntrustedModelError):
        load_model(folder, options={"flavor": "python_function"})
    model = load_model(folder, trust=True, options={"flavor": "python_function"})
    assert model.predict(BATCH).labels.tolist() == FITTED.predict(X).tolist()
    with pytest.raises(InputError, match="no flavor 'spark'; it has: python_function, sklearn"):
        load_model(folder, options={"flavor": "spark"})


def test_other_versions_are_a_finding_and_no_error(tmp_path):
    here = np.__version__
    same = save_sklearn(tmp_path / "same", pip_requirements=[f"numpy=={here}", "mlflow==1.0"])
    assert load_model(same, trust=True).info.findings == ()
    wanted = ["numpy==1.0", f"polars=={pl.__version__}", "nobody-has-this==1.2"]
    for write, names in ((save_sklearn, ["numpy"]), (save_pyfunc, ["numpy", "nobody-has-this"])):
        folder = write(tmp_path / write.__name__, pip_requirements=wanted)
        (finding,) = load_model(folder, trust=True).info.findings
        assert finding.rule == "model_requirements_differ"
        assert finding.severity == "info"
        assert [each["name"] for each in finding.evidence["requirements"]] == names
        assert f"numpy 1.0 (here {here})" in finding.message


def test_origin_is_among_the_facts(tmp_path):
    facts = inspect_model(save_sklearn(tmp_path / "shop")).facts
    assert facts["MLflow"] == version("mlflow-skinny")
    assert facts["flavors"] == "python_function, sklearn"
    assert len(facts["uuid"]) == 32


def test_damaged_folders_are_refused(tmp_path):
    folder = save_sklearn(tmp_path / "shop")
    file = folder / "MLmodel"
    whole = file.read_text()
    for text in (
        whole[: len(whole) // 3],
        "flavors: [",
        "",
        "flavors: {}",
        "a: !!python/name:os.x",
    ):
        file.write_text(text)
        for act in (load_model, inspect_model):
            with pytest.raises(InputError, match=r"MLmodel"):
                act(folder)
    file.write_text(whole)
    next(folder.glob("model.*")).unlink()
    with pytest.raises(InputError, match=r"names the file model\.\w+ in MLmodel and has none"):
        load_model(folder)


@pytest.mark.parametrize("name", ["../secret.pkl", "/etc/passwd"])
def test_files_outside_of_the_folder_are_not_read(tmp_path, name):
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "secret.pkl").write_bytes(b"\x80")
    (folder / "MLmodel").write_text(f"flavors:\n  sklearn:\n    pickled_model: {name}\n")
    with pytest.raises(InputError, match="outside of its folder"):
        load_model(folder, trust=True)


def test_flavors_that_nothing_can_run_are_told(tmp_path):
    (tmp_path / "MLmodel").write_text("flavors:\n  crate: {version: 1}\n")
    with pytest.raises(InputError, match="no way known here; its flavors: crate"):
        load_model(tmp_path, trust=True)


def test_digest_is_that_of_the_folder(tmp_path):
    first = save_sklearn(tmp_path / "one")
    again = load_model(first, trust=True).info.digest
    assert load_model(first, trust=True).info.digest == again
    assert inspect_model(first).digest == again
    (first / "requirements.txt").write_text("other\n")
    assert load_model(first, trust=True).info.digest != again


def test_programs_of_torch_take_options_of_their_own(tmp_path):
    torch = pytest.importorskip("torch", reason="torch is not installed")
    folder = tmp_path / "net"
    (folder / "data").mkdir(parents=True)
    net = torch.nn.Linear(2, 1)
    torch.save(net, folder / "data" / "model.pth")
    (folder / "MLmodel").write_text("flavors:\n  pytorch: {model_data: data}\n")
    with pytest.raises(UntrustedModelError):
        load_model(folder)
    model = load_model(folder, trust=True, options={"options": "{output: logits}"})
    rows = torch.tensor(X.to_numpy(), dtype=torch.float32)
    wanted = torch.sigmoid(net(rows)).detach().numpy()[:, 0]
    np.testing.assert_allclose(model.predict(BATCH).values, wanted, atol=1e-6)
    assert model.info.digest != inspect_model(folder / "data" / "model.pth").digest


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Log one model into a store of MLflow and register it."""
    mlflow = require_mlflow("to test")
    folder = tmp_path_factory.mktemp("store") / "runs"
    patch = pytest.MonkeyPatch()
    patch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    patch.setenv("MLFLOW_TRACKING_URI", folder.as_uri())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with mlflow.start_run() as run:
            logged = mlflow.sklearn.log_model(
                FITTED,
                name="shop",
                registered_model_name="shop",
                signature=signature(Y),
                pip_requirements=["scikit-learn"],
                serialization_format="skops",
            )
            mlflow.log_text("notes", "notes/a.txt")
    patch.undo()
    return folder, run.info.run_id, logged.model_uri


@pytest.fixture
def tracking(store, monkeypatch, tmp_path):
    """Say where the store is, and work in an empty folder."""
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store[0].as_uri())
    return store


def test_models_are_fetched_from_a_store_and_nothing_is_left_behind(tracking, tmp_path):
    _, run, logged = tracking
    for uri in (f"runs:/{run}/shop", logged, "models:/shop/1", "models:/shop/latest"):
        model = load_model(uri, version="7")
        np.testing.assert_array_equal(model.predict(BATCH).probabilities, FITTED.predict_proba(X))
        assert len(model.info.digest) == 32
        assert model.info.name == uri
    assert inspect_model("models:/shop/1").facts["run"] == run
    assert list(tmp_path.iterdir()) == []


def test_folder_that_was_fetched_goes_away_with_the_model(tracking, monkeypatch, tmp_path):
    import gc
    import tempfile

    kept = tmp_path / "temporary"
    kept.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(kept))
    model = load_model("models:/shop/1")
    assert len(list(kept.glob("assay-mlflow-*"))) == 1
    assert model.predict(BATCH).labels is not None
    del model
    gc.collect()
    assert list(kept.glob("assay-mlflow-*")) == []


def test_what_the_store_does_not_have_is_told(tracking):
    for uri in ("models:/shop/9", "models:/nothing/1", "runs:/0123/model"):
        with pytest.raises(InputError, match=r"cannot fetch .*MLFLOW_TRACKING_URI"):
            load_model(uri)
    with pytest.raises(InputError, match=r"no model of MLflow.*a\.txt"):
        load_model(f"runs:/{tracking[1]}/notes")


@pytest.mark.parametrize("told", [None, "sqlite:///nothing.db", "file:nothing", "nothing"])
def test_no_store_is_made_where_there_is_none(tmp_path, monkeypatch, told):
    if told is not None:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", told)
    for act in (load_model, inspect_model):
        with pytest.raises(InputError, match=r"models:/shop/1 cannot be found: .*MLFLOW_TRACKING"):
            act("models:/shop/1")
    assert list(tmp_path.iterdir()) == []


def test_password_of_a_server_is_not_shown(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://me:hunter2@127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(InputError, match=r"me:\*\*\*@127") as caught:
        load_model("models:/shop/1")
    assert "hunter2" not in str(caught.value)


def test_file_uris_are_folders(tmp_path):
    folder = save_sklearn(tmp_path / "my shop", serialization_format="skops")
    model = load_model(folder.as_uri())
    assert model.info.name == "my shop"
    np.testing.assert_array_equal(model.predict(BATCH).probabilities, FITTED.predict_proba(X))


TYPED = pd.DataFrame(
    {
        "double": [1, 2],
        "float": [1.5, 2.5],
        "long": [1.0, 2.0],
        "integer": ["3", "4"],
        "boolean": [True, False],
        "string": [1, 2],
        "datetime": ["2024-01-01", "2024-02-01"],
    }
)
DTYPES = ["float64", "float32", "int64", "int32", "bool", "object", "datetime64[ns]"]


def test_columns_are_cast_to_the_types_of_the_signature():
    made = in_types(TYPED, [Field(name, name) for name in TYPED.columns])
    assert [str(dtype) for dtype in made.dtypes] == DTYPES
    assert made["string"].tolist() == ["1", "2"]
    assert TYPED["string"].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("kind", "values", "found"),
    [
        ("long", [1.5, 2.0], "'x' as long, and the table has float64 values, such as '1.5'"),
        ("long", [1.0, None], "no missing values, and 1 of 2 rows"),
        ("double", ["a", "b"], "'x' as double, .*such as 'a'"),
        ("boolean", ["yes", "no"], "'x' as boolean, .*such as 'yes'"),
        ("datetime", ["soon", "now"], "'x' as datetime, .*such as 'soon'"),
    ],
)
def test_values_that_cannot_be_of_the_type_are_named(kind, values, found):
    with pytest.raises(InputError, match=found):
        in_types(pd.DataFrame({"x": values}), [Field("x", kind)])


def test_missing_texts_stay_missing():
    made = in_types(pd.DataFrame({"x": ["a", None]}), [Field("x", "string")])
    assert made["x"].tolist() == ["a", None]
