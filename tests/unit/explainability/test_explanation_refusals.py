"""What nobody can explain is refused in one paragraph, whatever is wrong with it."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from assay.errors import InputError
from assay.explainability.counterfactuals.find import find_counterfactuals
from assay.explainability.effects.measure import measure_dependence
from assay.explainability.effects.permutation import permutation_importance
from assay.explainability.explain import explain, prepare_explainer
from assay.explainability.text.explain import explain_text

X = np.random.default_rng(0).normal(size=(30, 3))


def product(rows):
    return rows[:, 0] * rows[:, 1]


def fail(*_):
    raise ZeroDivisionError("by nothing")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"limit_predictions": 1}, "no row was explained: the limit of 1 predictions"),
        ({"seconds": 1e-9}, "no row was explained: the limit of 1e-09 seconds"),
        ({"background": (X,)}, "found 1 things"),
        ({"background": ()}, "found 0 things"),
        ({"background": X, "weights": "heavy"}, "weights must be numbers"),
        ({"classes": 3}, "classes must be a list of names"),
        ({"players": 5}, "players=5 names no columns"),
        ({"players": {"a": 5.0}}, "a player has the columns 5.0"),
        ({"keep": 3}, "keep=3 is no folder"),
        ({"background": pd.DataFrame(X)}, "not a numpy ndarray and a pandas DataFrame"),
    ],
)
def test_explain_refuses(told, words):
    with pytest.raises(InputError, match=words):
        explain(product, X[:2], **told)


def test_frames_of_two_libraries_are_told_apart():
    frame = pl.DataFrame({"x0": X[:, 0], "x1": X[:, 1]})
    with pytest.raises(InputError, match="a pandas DataFrame and a polars DataFrame"):
        explain(len, frame.to_pandas(), background=frame)


def test_a_file_is_no_folder_for_finished_rows(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="no folder that can be written"):
        explain(product, X[:2], keep=tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"n_background": "ten"}, "'ten' was given"),
        ({"n_background": 2.5}, "2.5 was given"),
        ({"settings": {"calls": 3}}, "not dict"),
    ],
)
def test_prepare_explainer_refuses(told, words):
    with pytest.raises(InputError, match=words):
        prepare_explainer(product, X, **told)


@pytest.mark.parametrize(
    "told",
    [
        {"resolution": "a"}, {"resolution": 1.5}, {"rows": "a"}, {"ice": -1}, {"ice": "a"},
        {"seed": -1}, {"weights": "a"},
    ],
)  # fmt: skip
def test_measure_dependence_refuses(told):
    with pytest.raises(InputError, match=next(iter(told))):
        measure_dependence(product, X, 0, **told)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"repeats": "a"}, "repeats must be"),
        ({"seed": -1}, "seed must be"),
        ({"players": []}, "players must be a mapping"),
        ({"loss": fail}, "the loss fails: ZeroDivisionError: by nothing"),
        ({"metric": fail}, "the metric fails: ZeroDivisionError: by nothing"),
        ({"metric": lambda *_: "good"}, "the metric fails: ValueError"),
    ],
)
def test_permutation_importance_refuses(told, words):
    with pytest.raises(InputError, match=words):
        permutation_importance(product, X, X[:, 0], **told)


@pytest.mark.parametrize(
    "told",
    [
        {"threshold": "a"}, {"mutable": 3}, {"n": "a"}, {"max_changes": 1.5}, {"seed": -1},
        {"predictions": "a"},
    ],
)  # fmt: skip
def test_find_counterfactuals_refuses(told):
    with pytest.raises(InputError, match=next(iter(told))):
        find_counterfactuals(product, X[:1], X, **{"threshold": 0.5, **told})


@pytest.mark.parametrize("given", [None, 3])
def test_explain_text_refuses(given):
    with pytest.raises(InputError, match="a text or a list of texts is wanted"):
        explain_text(lambda texts: np.ones(len(texts)), given)


def test_twin_columns_and_unknown_scales_have_no_effect():
    twins = pd.DataFrame(X[:, :2], columns=["a", "a"])
    with pytest.raises(InputError, match="more than one is called 'a'"):
        measure_dependence(len, twins, "a")
    with pytest.raises(InputError, match="unknown scale 'colour'"):
        measure_dependence(product, X, 0, scale="colour")
