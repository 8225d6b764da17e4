"""Pickles are looked into without being run."""

import bz2
import gzip
import lzma
import os
import pickle
import struct
import time
import zlib
from functools import partial

import joblib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from assay.errors import InputError
from assay.models.formats import pickle_machine
from assay.models.formats.pickle_machine import Made, Name, follow
from assay.models.formats.pickle_stream import PickleStream
from assay.models.loading import inspect_model

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
COMPRESSIONS = {
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, format=lzma.FORMAT_ALONE),
}


def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    a, sex = rng.normal(size=60), np.where(rng.random(60) > 0.5, "m", "f")
    return pd.DataFrame({"a b": a, "sex": sex, "ü": rng.normal(size=60)})


def labels(frame: pd.DataFrame, words):
    return np.where(frame["ü"] > 0, words[1], words[0])


@pytest.fixture(scope="module")
def pipeline():
    frame = table()
    encode = ColumnTransformer([("hot", OneHotEncoder(), ["sex"])], remainder="passthrough")
    model = make_pipeline(encode, RandomForestClassifier(5, random_state=0))
    return model.fit(frame, labels(frame, ("no", "yes")))


class Bomb:
    """Leaves a mark when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_pipeline_is_described(pipeline, tmp_path, protocol):
    path = tmp_path / "model.pkl"
    path.write_bytes(pickle.dumps(pipeline, protocol=protocol))
    found = inspect_model(path)
    assert found.runs_code
    assert (found.class_name, found.kind) == ("Pipeline", "classifier")
    assert found.library == "scikit-learn"
    assert found.library_version.startswith("1.")
    assert found.feature_names == ("a b", "sex", "ü")
    assert found.classes == ("no", "yes")
    steps = "columntransformer: ColumnTransformer, randomforestclassifier: RandomForestClassifier"
    assert found.facts["steps"] == steps
    assert int(found.facts["protocol"]) in (protocol, protocol - 1)  # 5 adds only buffers
    assert "sklearn.ensemble._forest (RandomForestClassifier)" in found.facts["imports"]
    assert "reaches" not in found.facts
    assert "not read" not in found.facts
    assert found.digest is not None
    assert found.size == path.stat().st_size


@pytest.mark.parametrize("compress", [0, 3, ("gzip", 1), ("xz", 1), ("bz2", 1), ("lzma", 1)])
def test_arrays_of_joblib_are_passed_over(pipeline, tmp_path, compress):
    path = tmp_path / "model.joblib"
    joblib.dump(pipeline, path, compress=compress)
    found = inspect_model(path)
    assert "not read" not in found.facts
    assert found.feature_names == ("a b", "sex", "ü")
    assert found.classes == ("no", "yes")
    assert found.class_name == "Pipeline"


@pytest.mark.parametrize("words", [("no", "yes"), (0, 1), (False, True), (-1.0, 2.0)])
@pytest.mark.parametrize("protocol", [0, 2, 5, "joblib"])
def test_classes_of_every_kind_are_read(tmp_path, words, protocol):
    frame = table()
    model = LogisticRegression().fit(frame[["ü"]], labels(frame, words))
    path = tmp_path / "model.pkl"
    if protocol == "joblib":
        joblib.dump(model, path)
    else:
        path.write_bytes(pickle.dumps(model, protocol=protocol))
    found = inspect_model(path)
    assert found.classes == words
    assert [*map(type, found.classes)] == [*map(type, words)]
    assert found.kind == "classifier"


def test_regressor_is_told(tmp_path):
    model = LinearRegression().fit([[1.0], [2.0]], [1.0, 2.0])
    (tmp_path / "m").write_bytes(pickle.dumps(model))
    found = inspect_model(tmp_path / "m")
    assert (found.kind, found.feature_names, found.classes) == ("regressor", None, None)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("compression", ["", *COMPRESSIONS])
def test_bomb_is_named_and_not_set_off(tmp_path, protocol, compression):
    mark, path = tmp_path / "mark", tmp_path / "bomb"
    content = pickle.dumps({"model": Bomb(mark)}, protocol=protocol)
    path.write_bytes(COMPRESSIONS[compression](content) if compression else content)
    found = inspect_model(path)
    assert not mark.exists()
    assert found.runs_code
    assert f"{os.name}.system (the operating system)" in found.facts["reaches"]
    assert f"{os.name}.system" in found.code
    assert found.facts["holds"] == "a dict with 1 key(s): model"
    assert found.facts.get("compressed by", "") == compression


def made(*pieces: bytes) -> bytes:
    return b"\x80\x04" + b"".join(pieces) + b"."


def text(word: str) -> bytes:
    return b"\x8c" + bytes([len(word)]) + word.encode()


HIDDEN = {
    "memoised": made(
        text("eval"), b"\x94", text("builtins"), b"\x940h\x01h\x00\x93", text("1"), b"\x85R"
    ),
    "put together": made(
        b"cbuiltins\ngetattr\n(", text("x"), text("y"), b"tR", text("z"), b"\x93"
    ),
    "instance": b"\x80\x02(cos\nsystem\nX\x01\x00\x00\x001o.",
    "old instance": b"(S'ls'\nios\nsystem\n.",
    "dropped": made(b"csubprocess\ncall\n)R0N"),
    "in a state": made(b"ccollections\nOrderedDict\n)R}", text("a"), b"csocket\nsocket\n)Rsb"),
    "extension": made(b"\x82\x07)R", b"0ccode\nInteractiveInterpreter\n)R"),
}


@pytest.mark.parametrize("way", HIDDEN)
def test_hidden_names_are_found(tmp_path, way):
    (tmp_path / "m").write_bytes(HIDDEN[way])
    stream = PickleStream(tmp_path / "m")
    content = follow(stream)
    stream.close()
    assert content.stopped == ""
    found = inspect_model(tmp_path / "m") if way != "old instance" else None
    if found is not None:
        assert found.facts["reaches"], found


def test_harmless_names_do_not_alarm(tmp_path):
    (tmp_path / "m").write_bytes(made(b"ccollections\nOrderedDict\n)R"))
    found = inspect_model(tmp_path / "m")
    assert "reaches" not in found.facts
    assert found.class_name == "OrderedDict"


def test_picture_is_inert(tmp_path):
    (tmp_path / "m").write_bytes(pickle.dumps(Bomb(tmp_path / "mark"), protocol=2))
    stream = PickleStream(tmp_path / "m")
    top = follow(stream).top
    stream.close()
    assert isinstance(top, Made)
    assert top.maker == Name(os.name, "system")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("save", [joblib.dump, lambda m, p: p.write_bytes(pickle.dumps(m))])
def test_cut_off_file_says_how_far_it_was_read(pipeline, tmp_path, share, save):
    path = tmp_path / "model"
    save(pipeline, path)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    found = inspect_model(path)
    assert found.facts["not read"]
    assert "could not be read to its end" in found.code


def test_what_only_begins_like_a_pickle_is_refused(tmp_path):
    (tmp_path / "m").write_bytes(b"\x80\x04\xff\xff")
    with pytest.raises(InputError, match="is none, or is damaged"):
        inspect_model(tmp_path / "m")


def test_compression_that_cannot_be_read_is_said(tmp_path):
    (tmp_path / "m").write_bytes(b"\x04\x22\x4d\x18" + bytes(100))
    found = inspect_model(tmp_path / "m")
    assert found.facts["not read"] == "it is compressed by lz4"
    assert found.runs_code


class ZlibFile:
    """Writes as joblib's own does."""

    def __init__(self, path, mode):
        self.file, self.inner = path.open(mode), zlib.compressobj()

    def write(self, data):
        self.file.write(self.inner.compress(data))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.write(self.inner.flush())
        self.file.close()


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_much_from_little_is_not_held_in_memory(tmp_path, compression):
    import tracemalloc

    size = 100 * 2**20
    zeros = bytes(2**20)
    head = b"\x80\x04\x8e" + struct.pack("<Q", size)
    opened = {
        "gzip": gzip.open,
        "bzip2": bz2.open,
        "xz": lzma.open,
        "lzma": partial(lzma.open, format=lzma.FORMAT_ALONE),
        "zlib": ZlibFile,
    }
    if compression in ("bzip2", "xz", "lzma"):
        size = 40 * 2**20
        head = b"\x80\x04\x8e" + struct.pack("<Q", size)
    with opened[compression](tmp_path / "m", "wb") as file:
        file.write(head)
        for _ in range(size // len(zeros)):
            file.write(zeros)
        file.write(b".")
    start = time.monotonic()
    tracemalloc.start()
    found = inspect_model(tmp_path / "m")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "not read" not in found.facts
    assert peak < size + 24 * 2**20  # zeros stand for what is skipped, once
    assert time.monotonic() - start < 30


def test_endless_instructions_are_cut_off(tmp_path, monkeypatch):
    monkeypatch.setattr(pickle_machine, "MAX_STEPS", 1_000)
    (tmp_path / "m").write_bytes(made(b"N0" * 5_000, b"N"))
    assert "first 1,000 instructions" in inspect_model(tmp_path / "m").facts["not read"]


@settings(max_examples=300)
@given(st.data())
def test_damage_is_never_more_than_a_message(tmp_path_factory, pipeline, data):
    path = tmp_path_factory.mktemp("fuzz") / "m"
    content = bytearray(
        pickle.dumps(pipeline.steps[0][1], protocol=data.draw(st.sampled_from([0, 2, 4, 5])))
    )
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(2, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(content))
    try:
        found = inspect_model(path)
    except InputError:
        return
    assert found.format
