"""Task and positive answer from the label's values."""

import pytest

from assay.errors import InputError
from assay.evaluation.task import (
    LabelValues,
    choose_positive,
    infer_task,
    match_level,
    resolve_target,
    task_of_model,
)
from assay.models.predictor import ModelInfo


def label_of(storage, values, rows=None, *, complete=True):
    return LabelValues("y", storage, tuple(values), tuple(rows or [10] * len(values)), complete)


@pytest.mark.parametrize(
    ("storage", "values", "task"),
    [
        ("bool", (False, True), "binary"),
        ("int64", (0, 1), "binary"),
        ("utf8", ("no", "yes"), "binary"),
        ("float64", (0.0, 1.0), "binary"),
        ("float64", (0.5, 1.5), "binary"),
        ("int64", range(3), "multiclass"),
        ("int64", range(20), "multiclass"),
        ("utf8", [f"c{i}" for i in range(20)], "multiclass"),
        ("utf8", [f"c{i:03}" for i in range(40)], "multiclass"),
        ("float64", (0.0, 1.0, 2.0), "multiclass"),
        ("float64", [i / 7 for i in range(21)], "regression"),
        ("int64", range(101), "regression"),
    ],
)
def test_the_number_and_storage_of_values_give_the_task(storage, values, task):
    assert infer_task(label_of(storage, values))[0] == task


@pytest.mark.parametrize(
    ("storage", "values"),
    [("int64", range(21)), ("int64", range(100)), ("float64", (0.5, 1.0, 1.5))],
)
def test_an_ambiguous_label_asks_for_the_task(storage, values):
    with pytest.raises(InputError, match="--task multiclass or --task regression"):
        infer_task(label_of(storage, values))


@pytest.mark.parametrize("storage", ["int64", "float64", "utf8", "bool"])
def test_one_class_is_refused(storage):
    with pytest.raises(InputError, match=r"only the value 1 in 10 rows"):
        infer_task(label_of(storage, (1,)))


def test_free_text_is_refused():
    texts = [f"row {i}" for i in range(50)]
    with pytest.raises(InputError, match="an id or free text"):
        infer_task(label_of("utf8", texts, [1] * 50))


def test_numbers_with_a_text_among_them_are_told_so():
    texts = sorted([*(f"{i / 7}" for i in range(50)), "oops"])
    with pytest.raises(InputError, match="some of its values are no numbers, such as 'oops'"):
        infer_task(label_of("utf8", texts, [1] * 51))


def test_a_time_is_no_label():
    with pytest.raises(InputError, match="stored as time"):
        infer_task(label_of("time", (1, 2, 3)))


def test_uncounted_numbers_are_a_quantity():
    assert infer_task(label_of("int64", range(101), complete=False))[0] == "regression"
    assert infer_task(label_of("float64", range(101), complete=False))[0] == "regression"


@pytest.mark.parametrize(
    ("values", "positive"), [((False, True), True), ((0, 1), 1), ((-1, 1), 1), ((0.0, 1.0), 1)]
)
def test_the_larger_of_the_usual_codes_is_positive(values, positive):
    chosen, _, findings = choose_positive(label_of("int64", values, (1, 99)))
    assert chosen == positive
    assert findings == ()


def test_the_rarer_text_is_positive_and_said():
    chosen, _, (finding,) = choose_positive(label_of("utf8", ("<=50K", ">50K"), (75, 25)))
    assert chosen == ">50K"
    assert finding.rule == "positive_assumed"
    assert finding.evidence["share"] == 0.25


def test_equally_frequent_texts_ask_for_the_positive():
    with pytest.raises(InputError, match="--positive 'b'"):
        choose_positive(label_of("utf8", ("a", "b"), (40, 60)))


def test_a_text_means_the_number_it_writes():
    assert match_level("1", (0, 1)) == 1
    assert match_level("true", (False, True)) is True
    assert match_level("yes", ("no", "yes")) == "yes"
    with pytest.raises(InputError, match="'maybe' is not among the label's values: 'no', 'yes'"):
        match_level("maybe", ("no", "yes"))


def test_the_target_of_a_binary_label_puts_the_negative_first():
    target = resolve_target(label_of("utf8", ("a", "b"), (10, 90)))
    assert target.classes == ("b", "a")
    assert target.positive == "a"


@pytest.mark.parametrize(
    ("task", "storage", "values", "words"),
    [
        ("binary", "int64", (0, 1, 2), "needs two label values"),
        ("regression", "utf8", ("a", "b"), "needs numbers"),
        ("multiclass", "int64", (1,), "only the value 1"),
        ("clustering", "int64", (0, 1), "unknown task 'clustering'"),
    ],
)
def test_a_told_task_must_fit_the_label(task, storage, values, words):
    with pytest.raises(InputError, match=words):
        resolve_target(label_of(storage, values), task=task)


def test_a_told_task_is_taken():
    assert resolve_target(label_of("int64", range(30)), task="regression").task == "regression"
    many = resolve_target(label_of("int64", range(30)), task="multiclass")
    assert many.findings[0].rule == "many_classes"
    assert resolve_target(label_of("float64", (2.5,)), task="regression").classes == ()


def test_a_model_settles_the_task_where_it_can():
    regressor = ModelInfo(name="m", kind="regressor")
    three = ModelInfo(name="m", kind="classifier", classes=(0, 1, 2))
    two = ModelInfo(name="m", kind="classifier", classes=(0, 1))
    found = [task_of_model(model) for model in (None, regressor, three, two)]
    assert found == [None, "regression", "multiclass", None]


def test_where_nothing_hangs_on_it_the_last_value_may_be_assumed():
    label = LabelValues("paid", "utf8", ("no", "yes"), (50, 50))
    value, why, findings = choose_positive(label, assume=True)
    assert (value, why) == ("yes", "the last of the two values")
    assert [each.rule for each in findings] == ["positive_assumed"]
    with pytest.raises(InputError, match="--positive 'yes'"):
        choose_positive(label)
