"""skops files are described without building what is in them."""

import json
import sys
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from assay.errors import InputError
from assay.models.formats import skops_facts
from assay.models.loading import inspect_model

sio = pytest.importorskip("skops.io")


def frame() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame({"a b": rng.normal(size=40), "c": rng.normal(size=40)})


def dump(model, tmp_path):
    path = tmp_path / "model.skops"
    sio.dump(model, path)
    return path


@pytest.mark.parametrize("words", [("no", "yes"), (0, 1), (False, True)])
def test_pipeline_is_described(tmp_path, words):
    X = frame()
    y = np.where(X["c"] > 0, words[1], words[0])
    path = dump(make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y), tmp_path)
    found = inspect_model(path)
    assert not found.runs_code
    assert (found.class_name, found.kind) == ("Pipeline", "classifier")
    assert found.library == "scikit-learn"
    assert found.feature_names == ("a b", "c")
    assert found.classes == words
    assert found.facts["steps"] == (
        "standardscaler: StandardScaler, logisticregression: LogisticRegression"
    )
    assert "sklearn.linear_model._logistic (LogisticRegression)" in found.facts["types"]
    assert "unknown types" not in found.facts


def test_version_of_a_single_estimator(tmp_path):
    import sklearn

    found = inspect_model(dump(Ridge().fit(frame(), np.arange(40.0)), tmp_path))
    assert found.library_version == sklearn.__version__
    assert (found.classes, found.kind) == (None, "unknown")


def test_unknown_types_are_named(tmp_path):
    model = RandomForestClassifier(2).fit(frame(), [0, 1] * 20)
    found = inspect_model(dump(model, tmp_path))
    assert found.runs_code
    assert "sklearn.tree._tree.Tree" in found.facts["unknown types"]
    assert "--trust-model" in found.advice


def test_nothing_that_a_file_names_is_imported(tmp_path):
    path = dump(Ridge().fit(frame(), np.arange(40.0)), tmp_path)
    with ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    schema = json.loads(files["schema.json"])
    schema["__module__"], schema["__class__"] = "antigravity", "Model"
    files["schema.json"] = json.dumps(schema).encode()
    with ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    found = inspect_model(path)
    assert found.runs_code
    assert found.class_name == "Model"
    assert "antigravity" in found.code
    assert "antigravity" not in sys.modules


@pytest.mark.parametrize("schema", ["", "{", "[]", "{}", '{"__module__": 1}'])
def test_damaged_description_is_refused(tmp_path, schema):
    path = tmp_path / "m.skops"
    with ZipFile(path, "w") as archive:
        archive.writestr("schema.json", schema)
    with pytest.raises(InputError, match="no skops file that can be read"):
        inspect_model(path)


def test_huge_description_is_refused(tmp_path, monkeypatch):
    path = dump(Ridge().fit(frame(), np.arange(40.0)), tmp_path)
    monkeypatch.setattr(skops_facts, "MAX_SCHEMA_BYTES", 10)
    with pytest.raises(InputError, match="larger than 10 bytes"):
        inspect_model(path)
