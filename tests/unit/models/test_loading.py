import gzip
import pickle
import subprocess
import sys
import textwrap
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pytest
import skops.io
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from assay.errors import InputError, MissingExtraError, UntrustedModelError
from assay.models.loading import load_model

X = pd.DataFrame({"a": [0.0, 1, 2, 3]})
Y = np.array([0, 0, 1, 1])


@pytest.fixture
def model():
    return LogisticRegression().fit(X, Y)


@pytest.fixture(autouse=True)
def own_path(monkeypatch):
    """Undo what --python-path adds."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield
    for name in ("parts", "train", "scripted"):
        sys.modules.pop(name, None)


def answers(path: Path, **how) -> list[int]:
    return load_model(path, **how).predict(pl.from_pandas(X)).labels.tolist()


def by_pickle(model, path):
    path.write_bytes(pickle.dumps(model))


def by_old_pickle(model, path):
    path.write_bytes(pickle.dumps(model, protocol=0))


def by_joblib(model, path):
    joblib.dump(model, path)


def by_compressed_joblib(model, path):
    joblib.dump(model, path, compress=("zlib", 3))


def by_gzip(model, path):
    path.write_bytes(gzip.compress(pickle.dumps(model)))


WRITERS = [by_pickle, by_old_pickle, by_joblib, by_compressed_joblib, by_gzip]


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("suffix", [".joblib", ".skops", ".csv", ""])
def test_pickle_needs_trust_whatever_its_suffix(tmp_path, model, write, suffix):
    path = tmp_path / f"model{suffix}"
    write(model, path)
    with pytest.raises(UntrustedModelError, match=r"--trust-model .*trust=True") as caught:
        load_model(path)
    assert caught.value.exit_status == 2
    assert answers(path, trust=True) == Y.tolist()


class Bomb:
    def __reduce__(self):
        return Path.touch, (Path("exploded"),)


def test_untrusted_pickle_does_not_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    by_pickle(Bomb(), Path("model.joblib"))
    with pytest.raises(UntrustedModelError):
        load_model("model.joblib")
    assert not Path("exploded").exists()


def test_digest_name_and_container(tmp_path, model):
    import hashlib

    path = tmp_path / "income.joblib"
    by_joblib(model, path)
    info = load_model(path, trust=True, container="polars").info
    assert info.digest == hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
    assert (info.name, info.class_name, info.container) == (
        "income.joblib",
        "LogisticRegression",
        "polars",
    )
    assert info.findings == ()
    assert load_model(path, trust=True, name="census").info.name == "census"


def test_skops_needs_no_trust(tmp_path, model):
    path = tmp_path / "model.joblib"  # the content counts
    skops.io.dump(model, path)
    assert answers(path) == Y.tolist()


def plus_one(X):
    return X + 1


def test_unknown_type_in_skops_is_named(tmp_path):
    path = tmp_path / "model.skops"
    pipeline = make_pipeline(FunctionTransformer(plus_one), LogisticRegression()).fit(X, Y)
    skops.io.dump(pipeline, path)
    with pytest.raises(UntrustedModelError, match=r"plus_one.*--trust-model"):
        load_model(path)


def test_missing_skops_names_the_extra(tmp_path, model, monkeypatch):
    path = tmp_path / "model.skops"
    skops.io.dump(model, path)
    monkeypatch.setitem(sys.modules, "skops.io", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'assay\[skops\]'"):
        load_model(path)


def test_broken_skops_is_refused(tmp_path, model):
    from zipfile import ZipFile

    path = tmp_path / "model.skops"
    with ZipFile(path, "w") as archive:
        archive.writestr("schema.json", "{}")
    with pytest.raises(InputError, match="cannot be loaded"):
        load_model(path)


BAD_FILES = {
    "empty": (b"", "is empty"),
    "table": (b"age,income\n1,2\n", "is not a model"),
    "parquet": (b"PAR1....", "is not a model"),
    "cut zip": (b"PK\x03\x04rest", "cut off or damaged"),
}


@pytest.mark.parametrize("what", BAD_FILES)
@pytest.mark.parametrize("trust", [False, True])
def test_file_that_is_no_model_is_refused(tmp_path, what, trust):
    content, found = BAD_FILES[what]
    path = tmp_path / "model.joblib"
    path.write_bytes(content)
    with pytest.raises(InputError, match=found):
        load_model(path, trust=trust)


def test_missing_file_and_folder_are_refused(tmp_path):
    with pytest.raises(InputError, match="there is no model file"):
        load_model(tmp_path / "none.joblib")
    with pytest.raises(InputError, match="is a folder"):
        load_model(tmp_path)
    with pytest.raises(InputError, match=r"--python-path .* is not a folder"):
        load_model(write_tree(tmp_path), trust=True, python_path=[tmp_path / "none"])


def write_tree(folder: Path) -> Path:
    by_pickle(LogisticRegression().fit(X, Y), folder / "m.pkl")
    return folder / "m.pkl"


@pytest.mark.parametrize("write", [by_pickle, by_joblib, by_compressed_joblib, by_gzip])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.98])
def test_cut_file_is_refused(tmp_path, model, write, share):
    path = tmp_path / "model.joblib"
    write(model, path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(InputError, match="cannot be loaded"):
        load_model(path, trust=True)


@pytest.mark.parametrize("held", [{"a": 1}, [1, 2], "text", LogisticRegression()])
def test_file_of_something_else_is_refused(tmp_path, held):
    path = tmp_path / "model.pkl"
    by_pickle(held, path)
    with pytest.raises(InputError, match="was loaded, but"):
        load_model(path, trust=True)


SCRIPT = """
import sys
import pickle
import numpy as np


class Threshold:
    classes_ = np.array([0, 1])
    feature_names_in_ = np.array(["a"])

    def predict(self, X):
        return (X["a"] > 1.5).astype(int)


if __name__ == "__main__":
    with open(sys.argv[1], "wb") as file:
        pickle.dump(Threshold(), file)
"""


@pytest.fixture
def scripted(tmp_path):
    """A model whose class was defined in the script that saved it."""
    folder = tmp_path / "project"
    folder.mkdir()
    script = folder / "scripted.py"
    script.write_text(textwrap.dedent(SCRIPT))
    path = tmp_path / "model.pkl"
    subprocess.run([sys.executable, str(script), str(path)], check=True)
    return path, folder


def test_class_of_a_script_asks_for_its_folder(scripted):
    path, folder = scripted
    with pytest.raises(InputError, match="--python-path DIR") as caught:
        load_model(path, trust=True)
    assert "Threshold" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert answers(path, trust=True, python_path=[folder]) == Y.tolist()
    assert not hasattr(sys.modules["__main__"], "Threshold")


def test_class_of_a_script_is_found_under_python_m(scripted):
    """The module __main__ then goes by another name in the error of pickle."""
    path, folder = scripted
    (folder / "runner.py").write_text(
        "import sys\nfrom assay.models.loading import load_model\n"
        "print(load_model(sys.argv[1], trust=True, python_path=sys.argv[2:]).info.class_name)\n"
    )
    command = [sys.executable, "-m", "runner", str(path)]
    told = subprocess.run(
        [*command, "."], cwd=folder, check=True, capture_output=True, text=True
    ).stdout
    assert told.split() == ["Threshold"]
    refused = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    assert "--python-path DIR" in refused.stderr


def test_script_that_cannot_be_imported_is_named(scripted):
    path, folder = scripted
    (folder / "scripted.py").write_text(SCRIPT + "\nsys.exit('usage: scripted.py FILE')\n")
    with pytest.raises(InputError, match=r"scripted\.py.*usage.*if __name__"):
        load_model(path, trust=True, python_path=[folder])


def test_missing_module_asks_for_its_folder(tmp_path, monkeypatch):
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "parts.py").write_text(textwrap.dedent(SCRIPT))
    path = tmp_path / "model.pkl"
    with monkeypatch.context() as patched:
        patched.syspath_prepend(folder)
        import parts

        by_pickle(parts.Threshold(), path)
    del sys.modules["parts"]
    with pytest.raises(InputError, match=r"the module parts.*--python-path DIR") as caught:
        load_model(path, trust=True)
    assert "\n" not in str(caught.value)
    assert answers(path, trust=True, python_path=[str(folder)]) == Y.tolist()


def test_name_that_a_module_no_longer_has(tmp_path):
    path = tmp_path / "model.pkl"
    path.write_bytes(b"\x80\x04\x8c\x04json\x8c\x07NoClass\x93.")
    with pytest.raises(InputError, match="NoClass from the module json"):
        load_model(path, trust=True)


def test_module_that_its_package_no_longer_has(tmp_path):
    path = tmp_path / "model.pkl"
    path.write_bytes(b"\x80\x04\x8c\x0csklearn.gone\x8c\x05Class\x93.")
    with pytest.raises(InputError, match="another version of sklearn"):
        load_model(path, trust=True)


def test_other_version_of_the_library_is_a_finding(tmp_path, model, monkeypatch):
    import sklearn

    path = tmp_path / "model.pkl"
    with monkeypatch.context() as patched:
        patched.setattr("sklearn.base.__version__", "1.2.0")
        by_pickle(make_pipeline(FunctionTransformer(), model), path)
    (finding,) = load_model(path, trust=True).info.findings
    assert finding.rule == "model_library_version"
    assert finding.severity == "warning"
    assert finding.evidence == {
        "saved_by": "1.2.0",
        "run_by": sklearn.__version__,
        "estimators": ["FunctionTransformer", "LogisticRegression", "Pipeline"],
    }


def test_loading_module_is_light():
    code = "import sys, assay.models.loading; print(*sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert not {"sklearn", "pandas", "joblib", "skops"} & set(out.stdout.split())


def test_a_model_in_memory_is_told_where_to_go():
    with pytest.raises(InputError, match="LogisticRegression is a model already"):
        load_model(LogisticRegression())
