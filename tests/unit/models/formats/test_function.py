import sys
import textwrap

import pandas as pd
import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.errors import InputError, ModelError
from assay.models.loading import inspect_model, load_model
from assay.models.scoring import score_dataset

X = pl.DataFrame({"a": [-1.0, 2.0], "b": ["x", "y"]})
CODE = """
    import polars as pl
    from beside import EDGE

    def over(rows):
        return rows["a"] > EDGE

    class Rule:
        def __call__(self, rows):
            return ["hi" if a > EDGE else "lo" for a in rows["a"]]

        def predict(self, rows):
            return self(rows)

        def shout(self, rows):
            return [text.upper() for text in self(rows)]

    class Called(Rule):
        predict = None
        del predict

    rule, number = Rule(), 7
    called = lambda rows: rule(rows)

    def broken(rows):
        raise ValueError("no weights")
"""


@pytest.fixture(autouse=True)
def own_imports(monkeypatch):
    """Undo what importing the user's code adds."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in ("mine", "beside", "shop") or name.startswith("json_"):
            del sys.modules[name]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "mine.py").write_text(textwrap.dedent(CODE))
    (tmp_path / "beside.py").write_text("EDGE = 0.0\n")
    return tmp_path


def test_a_function_in_a_file(folder):
    made = load_model(f"{folder / 'mine.py'}:over")
    assert made.predict(X).labels.tolist() == [False, True]
    assert made.calls == 1
    assert made.info.digest is None
    assert made.info.name == f"{folder / 'mine.py'}:over"


def test_a_function_in_a_module_of_the_current_folder(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert load_model("mine:over").predict(X).labels.tolist() == [False, True]


def test_a_function_in_a_package_on_the_python_path(folder, tmp_path_factory):
    package = tmp_path_factory.mktemp("code") / "shop"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "models.py").write_text(textwrap.dedent(CODE))
    made = load_model("shop.models:rule.shout", python_path=[package.parent, folder])
    assert made.predict(X).labels.tolist() == ["LO", "HI"]


@pytest.mark.parametrize("name", ["rule", "called", "rule.predict"])
def test_objects_and_methods(folder, name):
    made = load_model(f"{folder / 'mine.py'}:{name}")
    assert made.predict(X).labels.tolist() == ["lo", "hi"]


@pytest.mark.parametrize("name", ["rule", "rule.predict", "called"])
def test_features_are_what_it_gets(folder, name):
    wider = X.with_columns(c=pl.lit(1)).select("c", "b", "a")
    made = load_model(f"{folder / 'mine.py'}:{name}", features=["b", "a"], container="polars")
    assert made.info.feature_names == ("b", "a")
    assert made.predict(wider).labels.tolist() == ["lo", "hi"]


FITTED = """
    import numpy as np
    import pandas as pd
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LinearRegression
    from sklearn.pipeline import make_pipeline

    X = pd.DataFrame({"a": [0.0, 1.0, 3.0], "b": [1.0, 0.0, 5.0]})
    y = [0.0, 2.0, 6.0]
    framed = LinearRegression().fit(X, y)
    arrayed = LinearRegression().fit(X.to_numpy(), y)
    words = make_pipeline(CountVectorizer(), LinearRegression()).fit(["no", "yes", "yes yes"], y)
"""


def test_features_of_estimators_are_those_they_do_not_say_themselves(folder):
    (folder / "mine.py").write_text(textwrap.dedent(FITTED))
    place = folder / "mine.py"
    table = pl.DataFrame({"id": [7], "b": [0.5], "text": ["yes"], "a": [4.0]})
    made = load_model(f"{place}:arrayed", features=["a", "b"])
    assert made.predict(table).values.round(6).tolist() == [8.0]
    text = load_model(f"{place}:words", features=["text"])
    assert text.predict(table).values.round(6).tolist() == [2.0]
    same = load_model(f"{place}:framed", features=["a", "b"])
    assert same.predict(table).values.round(6).tolist() == [8.0]
    with pytest.raises(InputError, match=r"says itself which columns it reads \(a, b\)"):
        load_model(f"{place}:framed", features=["b", "a"])
    with pytest.raises(InputError, match=r"reads 2 columns, and --feature names 1: a"):
        load_model(f"{place}:arrayed", features=["a"])


def test_what_was_said_about_it_counts(folder):
    (folder / "mine.py").write_text(
        "def chances(rows):\n    assert list(rows.columns) == ['a']\n"
        "    return [[0.2, 0.8]] * len(rows)\n"
    )
    made = load_model(
        f"{folder / 'mine.py'}:chances",
        container="polars",
        classes=["n", "y"],
        output="probability",
        features=["a"],
        name="chances",
        version="3",
    )
    answer = made.predict(X)
    assert answer.classes == ("n", "y")
    info = made.info
    assert (info.name, info.container, info.version, info.kind) == (
        "chances",
        "polars",
        "3",
        "classifier",
    )


def test_pandas_is_given_unless_told_otherwise(folder):
    (folder / "mine.py").write_text(
        "def kind(rows):\n    return [type(rows).__module__] * len(rows)\n"
    )
    made = load_model(f"{folder / 'mine.py'}:kind")
    assert made.predict(X).labels[0].startswith(pd.DataFrame.__module__.split(".")[0])


def test_the_address_holds_the_files_digest(folder, monkeypatch):
    text = f"{folder / 'mine.py'}:over"
    before = load_model(text).info.address
    assert before.startswith(text)
    (folder / "mine.py").write_text("def over(rows):\n    return rows['a'] > 5\n")
    after = load_model(text)
    assert after.info.address != before
    assert after.predict(X).labels.tolist() == [False, False]
    monkeypatch.chdir(folder)
    assert load_model("mine:over").info.address == "mine:over"


def test_a_file_may_have_the_name_of_another_module(folder):
    (folder / "json.py").write_text("def one(rows):\n    return [1.5] * len(rows)\n")
    import json

    made = load_model(f"{folder / 'json.py'}:one")
    assert made.predict(X).values.tolist() == [1.5, 1.5]
    assert sys.modules["json"] is json


def test_its_errors_name_the_row(folder):
    made = load_model(f"{folder / 'mine.py'}:broken")
    data = Dataset.read(X.with_columns(y=pl.Series([0, 1])), label="y")
    with pytest.raises(ModelError, match="ValueError: no weights"):
        score_dataset(made, data)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("ovr", "mine has no ovr; did you mean over"),
        ("zzz", r"mine has no zzz; it has: .*over"),
        ("rule.shot", "Rule has no shot; did you mean shout"),
        ("Rule", r"is a class; .*model = Rule\(…\)"),
        ("number", "is a int, which cannot be called"),
    ],
)
def test_names_that_are_no_model(folder, name, told):
    with pytest.raises(InputError, match=told):
        load_model(f"{folder / 'mine.py'}:{name}")


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (
            "import no_such_library",
            r"ModuleNotFoundError.*\(mine.py, line 1\); install no_such_lib",
        ),
        ("x = 1\n1 / 0", r"ZeroDivisionError: division by zero \(mine.py, line 2\)"),
        ("def f(:", "SyntaxError"),
        ("import sys; sys.exit(1)", "ends the program when it is imported.*__main__"),
    ],
)
def test_files_that_cannot_be_imported(folder, code, told):
    (folder / "mine.py").write_text(code)
    with pytest.raises(InputError, match=told):
        load_model(f"{folder / 'mine.py'}:f")
    assert "mine" not in sys.modules


def test_modules_and_files_that_are_not_there(folder, monkeypatch):
    with pytest.raises(InputError, match=r"there is no file .*mines.py; did you mean .*mine.py"):
        load_model(f"{folder / 'mines.py'}:f")
    with pytest.raises(InputError, match=r"there is no file .*; check the path"):
        load_model(f"{folder / 'none' / 'x.py'}:f")
    monkeypatch.chdir(folder)
    with pytest.raises(InputError, match=r"no module mines; did you mean mine.*--python-path"):
        load_model("mines:f")
    with pytest.raises(InputError, match=r"there is no module assay\.modelz; did you mean models"):
        load_model("assay.modelz:f")


def test_inspecting_imports_nothing(folder):
    (folder / "mine.py").write_text("raise RuntimeError")
    found = inspect_model(f"{folder / 'mine.py'}:over")
    assert found.runs_code
    assert "calls over" in found.code
    assert found.digest is not None
    assert found.size == len("raise RuntimeError")
    assert inspect_model("shop.models:f").digest is None
