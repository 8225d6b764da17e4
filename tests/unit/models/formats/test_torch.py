import functools
import io
import pickle
import subprocess
import sys
import warnings
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
import pytest

from assay.errors import InputError, MissingExtraError, UntrustedModelError
from assay.models.loading import inspect_model, load_model


@pytest.fixture(scope="module", autouse=True)
def torch_is_there():
    """Import torch when the first of these tests runs, not when they are collected."""
    global torch
    torch = pytest.importorskip("torch", reason="torch is not installed")


BATCH = pl.DataFrame(
    {"age": [0.0, 1.0, -2.0], "size in m²": [1, 2, 3], "new": [True, False, True]}
)
FACTORY = """
import torch
calls = []
def make(hidden=4):
    calls.append(hidden)
    first, last = torch.nn.Linear(3, hidden), torch.nn.Linear(hidden, 2)
    return torch.nn.Sequential(first, torch.nn.ReLU(), last)
def words():
    return ["no network"]
def breaks():
    raise RuntimeError("out of\\n luck")
"""


def network():
    torch.manual_seed(7)
    return torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))


def expected():
    rows = torch.tensor(BATCH.cast(pl.Float32).to_numpy())
    return network()(rows).softmax(dim=1).detach().numpy()


@pytest.fixture
def factory(tmp_path, monkeypatch):
    """Return the file with the function that builds the network."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    path = tmp_path / "net_of_tests.py"
    path.write_text(FACTORY)
    yield path
    sys.modules.pop(path.stem, None)


def by_zip(path):
    torch.save(network().state_dict(), path)


def by_old_pickle(path):
    torch.save(network().state_dict(), path, _use_new_zipfile_serialization=False)


def by_checkpoint(path):
    torch.save({"epoch": 3, "model_state_dict": network().state_dict(), "loss": 0.5}, path)


def by_safetensors(path):
    pytest.importorskip("safetensors", reason="safetensors is not installed")
    from safetensors.torch import save_file

    save_file(network().state_dict(), path)


def by_lightning(path):
    weights = {f"net.{name}": value for name, value in network().state_dict().items()}
    torch.save({"state_dict": weights, "optimizer_states": []}, path)


def by_module(path):
    torch.save(network(), path)


def by_old_module(path):
    torch.save(network(), path, _use_new_zipfile_serialization=False)


def by_checkpoint_of_module(path):
    torch.save({"model": network(), "epoch": 1}, path)


def by_script(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.script(network()).save(str(path))


def by_export(path):
    shapes = ({0: torch.export.Dim("rows")},)
    program = torch.export.export(network(), (torch.zeros(4, 3),), dynamic_shapes=shapes)
    torch.export.save(program, path)


WEIGHTS = [by_zip, by_old_pickle, by_checkpoint, by_safetensors]
PROGRAMS = [by_module, by_old_module, by_checkpoint_of_module, by_script, by_export]
SUFFIXES = {by_safetensors: ".safetensors", by_export: ".pt2"}


@functools.cache
def content(write):
    """Return what a writer writes; exporting a program takes seconds."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.pt2"
        write(path)
        return path.read_bytes()


def saved(write, folder, suffix=None):
    path = folder / f"model{SUFFIXES.get(write, '.pt') if suffix is None else suffix}"
    path.write_bytes(content(write))
    return path


def probabilities(path, **how):
    how.setdefault("classes", ("no", "yes"))
    return load_model(path, **how).predict(BATCH).probabilities


@pytest.mark.parametrize("write", WEIGHTS)
def test_weights_beside_a_factory_need_no_trust(tmp_path, factory, write):
    path = saved(write, tmp_path)
    for name in (f"{factory}:make", "net_of_tests:make"):
        made = probabilities(path, options={"factory": name, "output": "logits"})
        np.testing.assert_allclose(made, expected(), atol=1e-6)


@pytest.mark.parametrize("write", WEIGHTS)
def test_weights_are_inspected_without_the_factory(tmp_path, factory, write):
    path = saved(write, tmp_path)
    factory.write_text("raise SystemExit('must not run')")
    found = inspect_model(path, options={"factory": f"{factory}:make"})
    assert found.format == "torch"
    assert not found.runs_code
    assert found.facts["parameters"] == "26"
    assert "0.weight [4, 3]" in found.facts["shapes"]
    assert found.size == path.stat().st_size
    assert "factory=" in found.advice


def test_factory_takes_arguments_and_the_user_hears_what_does_not_fit(tmp_path, factory):
    path = saved(by_zip, tmp_path)
    told = {"factory": f"{factory}:make", "factory_args": "{hidden: 5}"}
    with pytest.raises(
        InputError, match=r"another shape: 0.weight: \[4, 3\] in the file, \[5, 3\]"
    ):
        load_model(path, options=told)
    assert load_model(path, options={**told, "factory_args": {"hidden": 4}})


def test_names_of_weights_must_be_those_of_the_network(tmp_path, factory):
    path = saved(by_lightning, tmp_path)
    told = {"factory": f"{factory}:make", "output": "logits"}
    with pytest.raises(
        InputError, match=r"missing in the file: 0.weight.*unknown to the network: net.0.weight"
    ):
        load_model(path, options=told)
    made = probabilities(path, options={**told, "strip_prefix": "net."})
    np.testing.assert_allclose(made, expected(), atol=1e-6)


def test_weights_alone_ask_for_the_factory(tmp_path):
    with pytest.raises(
        InputError, match=r"4 tensors, 26 numbers.*factory=package.module:function"
    ):
        load_model(saved(by_zip, tmp_path))


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("words", "returned a list and no torch.nn.Module"),
        ("breaks", "failed .RuntimeError: out of luck."),
        ("nothing", "no nothing"),
        ("calls", "is a list, which cannot be called"),
    ],
)
def test_bad_factories_are_told_apart(tmp_path, factory, name, found):
    path = saved(by_zip, tmp_path)
    with pytest.raises(InputError, match=found):
        load_model(path, options={"factory": f"{factory}:{name}"})


def test_factory_must_name_a_function(tmp_path):
    with pytest.raises(InputError, match="factory=make names no function"):
        load_model(saved(by_zip, tmp_path), options={"factory": "make"})


def test_entry_of_a_checkpoint_is_named(tmp_path, factory):
    path = tmp_path / "both.pt"
    torch.save({"ema": network().state_dict(), "raw": network().state_dict()}, path)
    told = {"factory": f"{factory}:make", "output": "logits"}
    with pytest.raises(InputError, match=r"entries ema, raw .*state_key=NAME"):
        load_model(path, options=told)
    made = probabilities(path, options={**told, "state_key": "ema"})
    np.testing.assert_allclose(made, expected(), atol=1e-6)


@pytest.mark.parametrize("suffix", [None, ".safetensors", ".csv", ""])
@pytest.mark.parametrize("write", PROGRAMS)
def test_programs_need_trust_whatever_their_suffix(tmp_path, write, suffix):
    path = saved(write, tmp_path, suffix)
    with pytest.raises(UntrustedModelError, match="--trust-model"):
        load_model(path)
    found = inspect_model(path)
    assert found.runs_code
    assert found.format == "torch"


@pytest.mark.parametrize("write", PROGRAMS)
def test_trusted_programs_predict(tmp_path, write):
    made = probabilities(saved(write, tmp_path), trust=True, output="logits")
    np.testing.assert_allclose(made, expected(), atol=1e-6)


class Bomb:
    """Touches a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (Path(self.path),)


@pytest.mark.parametrize("old", [False, True])
def test_nothing_of_an_untrusted_file_runs(tmp_path, old):
    path, mark = tmp_path / "model.pt", tmp_path / "exploded"
    content = {"0.weight": torch.zeros(2), "extra": Bomb(mark)}
    torch.save(content, path, _use_new_zipfile_serialization=not old)
    with pytest.raises(UntrustedModelError):
        load_model(path)
    assert inspect_model(path).runs_code
    assert not mark.exists()


def test_class_of_the_training_script_is_found_on_the_python_path(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    script = tmp_path / "train_net.py"
    script.write_text(
        "import torch\n"
        "class Double(torch.nn.Module):\n"
        "    def forward(self, rows):\n"
        "        return rows[:, 0] * 2\n"
        "if __name__ == '__main__':\n"
        "    torch.save(Double(), 'model.pt')\n"
    )
    subprocess.run([sys.executable, str(script)], cwd=tmp_path, check=True, timeout=300)
    with pytest.raises(InputError, match=r"Double.*--python-path"):
        load_model(tmp_path / "model.pt", trust=True)
    model = load_model(tmp_path / "model.pt", trust=True, python_path=[tmp_path], output="number")
    assert model.predict(BATCH).values.tolist() == [0.0, 2.0, -4.0]


def test_pickle_of_another_library_is_not_taken_for_one_of_torch(tmp_path):
    path = tmp_path / "model.pt"
    path.write_bytes(pickle.dumps({"weights": [1.0]}))
    assert inspect_model(path).format == "pickle"


@pytest.mark.parametrize("write", [*WEIGHTS, by_module, by_old_module])
def test_cut_off_files_are_refused(tmp_path, factory, write):
    path = saved(write, tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(InputError, match="cut off"):
        load_model(path, options={"factory": f"{factory}:make"}, trust=True)
    if write is not by_old_module:  # its first class is reason enough to ask for trust
        with pytest.raises(InputError, match="cut off"):
            inspect_model(path)


def test_what_is_neither_weights_nor_network_is_told(tmp_path):
    path = tmp_path / "numbers.pt"
    torch.save([1, 2, 3], path)
    with pytest.raises(InputError, match="holds a list"):
        load_model(path, options={"factory": "collections:OrderedDict"})
    assert "holds a list" in inspect_model(path).facts["weights"]


def test_archive_with_a_damaged_pickle_is_refused(tmp_path):
    path = tmp_path / "model.pt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model/data.pkl", b"no pickle at all")
        archive.writestr("model/version", b"3\n")
    with pytest.raises(InputError, match="cut off, damaged"):
        load_model(path)


def test_digest_covers_weights_and_factory(tmp_path, factory):
    path = saved(by_zip, tmp_path)
    told = {"factory": f"{factory}:make", "output": "logits"}
    first = load_model(path, options=told).info.digest
    assert load_model(path, options=told).info.digest == first
    factory.write_text(FACTORY.replace("ReLU", "GELU"))
    assert load_model(path, options=told).info.digest != first


def test_options_are_checked_at_once(tmp_path, factory):
    path = saved(by_zip, tmp_path)
    with pytest.raises(InputError, match=r"output: .*batch_rows: .*greater than 0"):
        load_model(path, options={"output": "odds", "batch_rows": "0"})
    told = {"factory": f"{factory}:make", "output": "logits", "nulls": "0", "batch_rows": "2"}
    model = load_model(path, options=told)
    filled = model.predict(BATCH.with_columns(age=pl.Series([None, 1.0, -2.0])))
    np.testing.assert_array_equal(filled.probabilities, model.predict(BATCH).probabilities)


def test_features_name_the_columns_and_their_order(tmp_path, factory):
    path = saved(by_zip, tmp_path)
    wider = BATCH.select("new", "size in m²", pl.lit("x").alias("id"), "age")
    told = {"factory": f"{factory}:make", "output": "logits"}
    model = load_model(path, options=told, features=BATCH.columns)
    np.testing.assert_allclose(model.predict(wider).probabilities, expected(), atol=1e-6)
    assert model.info.findings == ()
    by_place = load_model(path, options=told)
    assert [finding.rule for finding in by_place.info.findings] == ["columns_by_position"]


def test_missing_library_is_named(tmp_path, monkeypatch):
    path = saved(by_zip, tmp_path)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtraError, match=r"assay\[torch\]"):
        load_model(path)


def test_bytes_that_only_begin_like_safetensors_are_refused(tmp_path):
    path = tmp_path / "model.safetensors"
    buffer = io.BytesIO()
    buffer.write((1 << 40).to_bytes(8, "little") + b'{"a":')
    path.write_bytes(buffer.getvalue())
    with pytest.raises(InputError, match="cut off or damaged"):
        inspect_model(path)
