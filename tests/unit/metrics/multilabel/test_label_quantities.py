"""What each row with many labels scores: worked out by hand, and whatever the order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from assay.metrics.multilabel.quantities import answer_quantities, rank_quantities

SHAPE = st.tuples(st.integers(1, 12), st.integers(2, 6))


def flags(*rows):
    return np.array(rows, dtype=bool)


def test_answers_by_hand():
    truth = flags([1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [1, 1, 1, 1])
    given_labels = flags([1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0], [0, 1, 0, 0], [1, 1, 1, 1])
    found = answer_quantities(truth, given_labels)
    assert found["hamming_loss"].tolist() == [0.25, 0.75, 0.0, 0.25, 0.0]
    assert found["jaccard"].tolist() == [0.5, 0.0, 1.0, 0.0, 1.0]
    assert found["f1"].tolist() == pytest.approx([2 / 3, 0.0, 1.0, 0.0, 1.0])
    assert found["empty"].tolist() == [0, 0, 1, 0, 0]


def test_ranks_by_hand():
    truth = flags([0, 1, 0, 1], [1, 0, 0, 0], [0, 0, 0, 0], [1, 1, 1, 1])
    scores = np.array([[0.9, 0.8, 0.7, 0.6], [0.5, 0.5, 0.2, 0.1], [0.1] * 4, [0.3] * 4])
    found = rank_quantities(truth, scores)
    # true labels of row 1 at ranks 2 and 4: (1/2 + 2/4) / 2; a tie takes the last rank
    assert found["average_precision"].tolist() == [0.5, 0.5, 1.0, 1.0]
    assert found["coverage"].tolist() == [4.0, 2.0, 0.0, 4.0]
    assert found["ranking_loss"].tolist() == [0.75, 1 / 3, 0.0, 0.0]
    assert found["without_label"].tolist() == [0, 0, 1, 0]


@st.composite
def labels_and_scores(draw):
    shape = draw(SHAPE)
    truth = draw(arrays(bool, shape))
    levels = draw(arrays(np.int8, shape, elements=st.integers(0, 4)))
    return truth, levels / 4


@settings(max_examples=60)
@given(labels_and_scores(), st.randoms(use_true_random=False))
def test_the_order_of_labels_changes_nothing(drawn, random):
    truth, scores = drawn
    order = list(range(truth.shape[1]))
    random.shuffle(order)
    for one, other in (
        (rank_quantities(truth, scores), rank_quantities(truth[:, order], scores[:, order])),
        (
            answer_quantities(truth, scores > 0.5),
            answer_quantities(truth[:, order], scores[:, order] > 0.5),
        ),
    ):
        for name, values in one.items():
            assert values == pytest.approx(other[name], abs=1e-12), name


@settings(max_examples=60)
@given(labels_and_scores())
def test_each_row_stays_inside_its_range(drawn):
    truth, scores = drawn
    found = answer_quantities(truth, scores > 0.5) | rank_quantities(truth, scores)
    for name, values in found.items():
        top = truth.shape[1] if name == "coverage" else 1.0
        assert np.isfinite(values).all()
        assert (values >= 0).all()
        assert (values <= top).all(), name
    assert (found["coverage"] >= truth.sum(axis=1)).all()
    assert (found["jaccard"] <= found["f1"]).all()
