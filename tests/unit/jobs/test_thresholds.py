"""The threshold: given, asked for by costs, or chosen on validation rows."""

import numpy as np
import pytest

from assay.data.dataset import Dataset
from assay.errors import InputError
from assay.evaluation.goal import Costs
from assay.evaluation.task import Target
from assay.jobs.thresholds import settle_threshold

TARGET = Target("binary", (0, 1), 1)
COSTS = Costs(false_positive=1, false_negative=3)


def scored(seed, n=400):
    rng = np.random.default_rng(seed)
    score = rng.beta(0.6, 0.9, n)
    return Dataset.from_arrays(y_true=(rng.random(n) < score).astype(int), y_score=score)


DATA, VALIDATION = scored(0), scored(1)


def settle(wanted, *, data=DATA, validation=None, target=TARGET, **more):
    return settle_threshold(wanted, data=data, validation=validation, target=target, **more)


def test_many_labels_take_one_number_and_no_goal():
    data = Dataset.from_arrays(y_true=[[0, 1], [1, 0]], y_score=[[0.1, 0.9], [0.8, 0.4]])
    target = Target("multilabel", ("label_0", "label_1"))
    assert settle(0.3, data=data, target=target).value == 0.3
    with pytest.raises(InputError, match=r"'f1' was given.*one number that all of them use"):
        settle("f1", data=data, validation=data, target=target)
    with pytest.raises(InputError, match="costs were given, and a row may have many labels"):
        settle(None, data=data, target=target, costs=COSTS)
    answers = Dataset.from_arrays(y_true=[[0, 1], [1, 0]], y_pred=[[0, 1], [1, 1]])
    with pytest.raises(InputError, match="there are no scores"):
        settle(0.3, data=answers, target=target)


def test_nothing_wanted_is_no_threshold():
    assert settle(None) is None


def test_a_number_is_taken():
    found = settle(0.3)
    assert (found.value, found.chosen_on) == (0.3, "given")


def test_a_goal_is_met_on_the_validation_rows():
    found = settle("recall>=0.9", validation=VALIDATION)
    assert (found.chosen_on, found.goal) == ("validation", "recall>=0.9")
    assert found.findings == ()


def test_the_judged_rows_as_validation_are_an_error_finding():
    found = settle("f1", validation=DATA)
    assert [each.rule for each in found.findings] == ["threshold_on_test"]


def test_costs_alone_give_the_threshold_of_true_probabilities():
    found = settle(None, costs=COSTS)
    assert (found.value, found.goal) == (0.25, "cost")


def test_costs_with_validation_rows_are_met_there():
    found = settle(None, costs=COSTS, validation=VALIDATION)
    assert (found.chosen_on, found.goal) == ("validation", "cost")


def test_costs_of_given_answers_need_no_threshold():
    answers = Dataset.from_arrays(y_true=[0, 1], y_pred=[0, 1])
    assert settle(None, data=answers, costs=COSTS) is None


@pytest.mark.parametrize(
    ("wanted", "more", "words"),
    [
        (0.5, {"target": Target("regression")}, "the task is regression"),
        (None, {"target": Target("multiclass", ("a", "b", "c")), "costs": COSTS}, "costs of"),
        (0.5, {"data": Dataset.from_arrays(y_true=[0, 1], y_pred=[0, 1])}, "--score"),
    ],
)
def test_refused(wanted, more, words):
    with pytest.raises(InputError, match=words):
        settle(wanted, **more)
