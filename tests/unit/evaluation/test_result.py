"""What a result offers beside its numbers."""

import json

import pytest

import assay
from assay.errors import InputError
from assay.evaluation.curves import Curves
from assay.evaluation.result import EvaluationResult, Head, MetricResult
from assay.result import Estimate, Result


def metric(name, label=None, average=None, value=0.5):
    estimate = (
        Estimate.undefined("no row is of the class") if value is None else Estimate(value=value)
    )
    return MetricResult(name=name, title=name, estimate=estimate, label=label, average=average)


@pytest.fixture
def result():
    metrics = (
        metric("recall", label="a", value=0.1),
        metric("recall", label="b", value=0.2),
        metric("macro_f1", average="macro", value=0.3),
        metric("precision", label="b", value=None),
    )
    return EvaluationResult(
        task="multiclass",
        classes=("a", "b"),
        head=Head((), "balanced"),
        metrics=metrics,
        curves=Curves(),
    )


def test_it_is_a_result(result):
    assert isinstance(result, Result)


def test_a_metric_is_found_by_name_class_and_average(result):
    assert result["recall"].value == 0.1
    assert result.metric("recall", label="b").estimate.value == 0.2
    assert result.metric("macro_f1", average="macro").estimate.value == 0.3
    assert "recall" in result
    assert "roc_auc" not in result


@pytest.mark.parametrize(
    "wanted",
    [
        {"name": "roc_auc"},
        {"name": "recall", "label": "c"},
        {"name": "recall", "average": "macro"},
    ],
)
def test_a_metric_that_is_not_there_is_refused_with_what_is(result, wanted):
    with pytest.raises(InputError, match="it has: recall, macro_f1, precision"):
        result.metric(**wanted)


def test_the_table_keeps_its_columns_when_it_is_empty(result):
    empty = EvaluationResult(task="binary", head=Head((), "balanced"), metrics=(), curves=Curves())
    assert empty.to_frame().columns == result.to_frame().columns
    assert empty.to_frame().schema == result.to_frame().schema


def test_what_is_undefined_has_its_reason_everywhere(result):
    assert result.to_frame()["reason"].to_list()[-1] == "no row is of the class"
    assert result.to_dict()["metrics"][-1]["value"] is None
    assert "no row is of the class" in result._repr_html_()
    json.dumps(result.to_dict(), allow_nan=False)


def test_the_figure_draws_what_has_a_value(result):
    drawn = result.plot().to_dict()
    (rows,) = drawn["datasets"].values()
    assert [row["name"] for row in rows] == ["recall · a", "recall · b", "macro_f1 · macro"]


def test_the_same_rows_and_seed_give_the_same_result():
    given = {"y_true": [0, 1] * 30, "y_score": [0.2, 0.7, 0.6, 0.4] * 15}
    first, second = assay.evaluate(**given, seed=7), assay.evaluate(**given, seed=7)
    assert first.to_dict() == second.to_dict()
    assert first["mcc"].seed == 7
