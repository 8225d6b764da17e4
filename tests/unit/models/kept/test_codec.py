import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.models.kept.codec import UnstorableError, alike, cut, decode, encode, join
from assay.models.predictor import Prediction


def same(a: Prediction, b: Prediction) -> None:
    for name in ("labels", "values", "probabilities"):
        first, second = getattr(a, name), getattr(b, name)
        assert (first is None) == (second is None), name
        if first is not None:
            assert first.dtype == second.dtype, name
            assert first.shape == second.shape
            assert [*map(repr, first.ravel().tolist())] == [*map(repr, second.ravel().tolist())]
    assert repr(a.classes) == repr(b.classes)
    assert a.multilabel == b.multilabel


LABELS = {
    "truth": np.array([True, False, True]),
    "int64": np.array([1, 0, -5]),
    "int8": np.array([1, 0, -5], dtype=np.int8),
    "uint64": np.array([2**64 - 1, 0, 1], dtype=np.uint64),
    "float": np.array([0.1, -0.0, 5e-324]),
    "float32": np.array([0.1, 1.0, 2.0], dtype=np.float32),
    "text": np.array(["no", "", "naïve ☃"]),
    "objects of text": np.array(["a", "bb", "a"], dtype=object),
    "mixed": np.array([1, True, "1"], dtype=object),
    "mixed numbers": np.array([1, 1.0, 10**30], dtype=object),
    "multilabel": np.array([[True, False], [False, False], [True, True]]),
}


@pytest.mark.parametrize("kind", LABELS)
def test_labels_come_back_as_they_were(kind):
    labels = LABELS[kind]
    given = Prediction(labels=labels, multilabel=labels.ndim == 2)
    same(decode(encode(given)), given)


def test_scores_and_classes_come_back_as_they_were():
    scores = np.random.default_rng(0).uniform(size=(5, 3))
    given = Prediction(
        labels=np.array(["a", "b", "c", "a", "b"]), probabilities=scores, classes=("a", "b", "c")
    )
    same(decode(encode(given)), given)
    same(decode(encode(Prediction(values=scores[:, 0]))), Prediction(values=scores[:, 0]))
    strange = Prediction(probabilities=scores, classes=(1, True, 1.0))
    same(decode(encode(strange)), strange)


@given(st.lists(st.one_of(st.text(), st.integers(), st.booleans()), min_size=1))
def test_any_labels_come_back(labels):
    array = np.empty(len(labels), dtype=object)
    array[:] = labels
    try:
        table = encode(Prediction(labels=array))
    except UnstorableError:
        assert any(isinstance(each, str) and not each.isprintable() for each in labels)
        return
    assert [*map(repr, decode(table).labels.tolist())] == [*map(repr, labels)]


def test_numpy_scalars_become_plain():
    labels = np.empty(2, dtype=object)
    labels[:] = [np.int64(3), np.str_("x")]
    assert decode(encode(Prediction(labels=labels))).labels.tolist() == [3, "x"]


@pytest.mark.parametrize(
    "labels",
    [np.array(["2020-01-01"], dtype="M8[s]"), np.array([(1, 2), None], dtype=object)],
)
def test_labels_that_cannot_be_written_are_refused(labels):
    with pytest.raises(UnstorableError):
        encode(Prediction(labels=labels))


def test_slices_of_an_answer_are_written_as_they_are():
    whole = Prediction(probabilities=np.arange(12.0).reshape(4, 3)[:, ::-1], classes=("a", 1, 2.0))
    same(decode(encode(cut(whole, 1, 3))), cut(whole, 1, 3))


def test_answers_of_different_kinds_are_not_joined():
    texts, numbers = Prediction(labels=np.array(["a"])), Prediction(labels=np.array([1]))
    assert join([texts, numbers]) is None
    assert join([texts, Prediction(values=np.array([1.0]))]) is None
    assert not alike([encode(texts), encode(numbers)])
    longer = Prediction(labels=np.array(["abc"]))
    joined = join([texts, longer])
    assert joined is not None
    assert joined.labels.tolist() == ["a", "abc"]
    assert alike([encode(texts), encode(longer)])
    together = pa.concat_tables([encode(texts), encode(longer)]).unify_dictionaries()
    assert decode(together).labels.tolist() == ["a", "abc"]
