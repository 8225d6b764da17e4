import numpy as np
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

from assay.errors import InputError, ModelError
from assay.models.callable import wrap_callable
from assay.models.local import LocalModel
from assay.models.wrap import as_predictor

BATCH = pl.DataFrame({"a": [0.25, 0.75], "b": ["x", "y"]})


def test_predictor_is_returned_as_it_is():
    predictor = as_predictor(lambda rows: rows["a"])
    assert as_predictor(predictor) is predictor


def test_container_of_a_wrapped_model_can_be_told_later():
    predictor = as_predictor(as_predictor(lambda rows: rows["a"]), container="polars")
    assert predictor.info.container == "polars"
    with pytest.raises(InputError, match="unknown model input"):
        as_predictor(predictor, container="arrow")


@pytest.mark.parametrize("model", [None, 3, "model.joblib", {"a": 1}, dict])
def test_what_is_no_model_is_refused(model):
    with pytest.raises(InputError, match="is not a model"):
        as_predictor(model)


def test_estimator_is_known_by_its_methods():
    model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    assert as_predictor(model).info.class_name == "LogisticRegression"


@pytest.mark.parametrize(
    ("output", "kind", "score_kind"),
    [
        ("label", "classifier", "none"),
        ("probability", "classifier", "probability"),
        ("number", "regressor", "none"),
        (None, "unknown", "unknown"),
    ],
)
def test_told_output_tells_the_kind(output, kind, score_kind):
    info = wrap_callable(len, output=output).info
    assert (info.kind, info.score_kind) == (kind, score_kind)


def test_unknown_output_is_refused():
    with pytest.raises(InputError, match="unknown output 'score'"):
        wrap_callable(len, output="score")


def test_told_probability_is_checked():
    model = wrap_callable(lambda rows: rows["a"] * 2, output="probability")
    with pytest.raises(ModelError, match=r"1\.5 as the probability") as caught:
        model.predict(BATCH)
    assert caught.value.row == 1


def test_function_reads_the_columns_it_names():
    seen = []

    def function(rows):
        seen.append(rows.columns)
        return rows["a"]

    wrap_callable(function, container="polars", feature_names=["a"]).predict(BATCH)
    assert seen == [["a"]]


def test_error_of_the_function_is_the_cause():
    def function(rows):
        raise ZeroDivisionError

    with pytest.raises(ModelError, match=r"^ZeroDivisionError$") as caught:
        wrap_callable(function).predict(BATCH)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_calls_are_counted_over_all_tables():
    from assay.models.layout import Layout

    model = wrap_callable(lambda rows: np.zeros(len(rows)))
    other = model.reading(Layout("csv"))
    model.predict(BATCH)
    other.predict(BATCH)
    assert isinstance(other, LocalModel)
    assert model.calls == other.calls == 2
