"""What must hold for the evaluation of any labels and predictions."""

import json

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import assay
from assay.errors import InputError

SLOWLY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def scored(draw):
    n = draw(st.integers(2, 60))
    y = draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))
    y[0], y[1] = 0, 1  # both classes
    score = draw(st.lists(st.sampled_from([i / 8 for i in range(9)]), min_size=n, max_size=n))
    weight = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    weight[0] = weight[1] = 1
    return np.array(y), np.array(score), np.array(weight)


def check_intervals(result):
    json.dumps(result.to_dict(), allow_nan=False)
    for each in result.metrics:
        found = each.estimate
        assert found.value is not None or found.reason, each.name
        if found.low is not None and found.high is not None and found.value is not None:
            assert found.low <= found.value <= found.high, each.name


@SLOWLY
@given(scored())
def test_any_scores_have_a_result_with_sound_intervals(rows):
    y, score, weight = rows
    check_intervals(assay.evaluate(y_true=y, y_score=score))
    check_intervals(assay.evaluate(y_true=y, y_score=score, weight=weight))


@SLOWLY
@given(scored())
def test_any_groups_have_a_result_with_sound_intervals(rows):
    y, score, unit = rows
    check_intervals(assay.evaluate(y_true=y, y_score=score, group=unit))


@SLOWLY
@given(scored(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows, random):
    y, score, weight = rows
    order = list(range(len(y)))
    random.shuffle(order)
    first = assay.evaluate(y_true=y, y_score=score, weight=weight)
    second = assay.evaluate(y_true=y[order], y_score=score[order], weight=weight[order])
    for one, other in zip(first.metrics, second.metrics, strict=True):
        assert (one.estimate.value is None) == (other.estimate.value is None)
        if one.estimate.value is not None:
            assert np.isclose(one.estimate.value, other.estimate.value, rtol=1e-9, atol=1e-12)


@SLOWLY
@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=1, max_size=60))
def test_any_numbers_have_a_result_with_sound_intervals(pairs):
    y, predicted = np.array(pairs).T
    check_intervals(assay.evaluate(y_true=y, y_pred=predicted, task="regression"))


@SLOWLY
@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=40), st.randoms())
def test_any_classes_have_a_result_or_an_error_that_says_why(labels, random):
    predicted = [random.choice("abcd") for _ in labels]
    try:
        result = assay.evaluate(y_true=labels, y_pred=predicted)
    except InputError as error:
        assert len(str(error)) > 40  # noqa: PT017 - whether there is an error depends on the rows
        return
    check_intervals(result)
    assert result.curves.confusion.counts.sum() == len(labels)
