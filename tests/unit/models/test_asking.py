import warnings

import numpy as np
import pytest

from assay.errors import InputError, ModelError
from assay.models.answers import as_numbers
from assay.models.asking import Asker
from assay.models.predictor import PartialAnswerError, Prediction


def numbers(start, stop):
    return Prediction(values=np.arange(start, stop, dtype=float))


def test_rows_are_counted_from_one_for_people():
    def predict(start, stop):
        if start <= 71_002 < stop:
            raise ModelError("ValueError: too long")
        return numbers(start, stop)

    with pytest.raises(ModelError) as caught:
        Asker(predict, "people.csv").ask(65_536, 131_072)
    assert caught.value.row == 71_002
    assert str(caught.value) == (
        "the model failed on row 71,003 of people.csv (row 71002 counted from 0): "
        "ValueError: too long"
    )


def test_cause_is_kept():
    def predict(start, stop):
        raise ModelError("ZeroDivisionError") from ZeroDivisionError()

    with pytest.raises(ModelError) as caught:
        Asker(predict, "t").ask(0, 4)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_failure_of_no_single_row_names_the_batch():
    def predict(start, stop):
        if stop - start > 1:
            raise ModelError("MemoryError: too many rows at once")
        return numbers(start, stop)

    with pytest.raises(ModelError, match=r"rows 11 to 20 of t: MemoryError") as caught:
        Asker(predict, "t").ask(10, 20)
    assert caught.value.row is None


@pytest.mark.parametrize("error", [KeyboardInterrupt(), InputError("a column is missing")])
def test_what_is_not_the_models_fault_passes(error):
    calls = []

    def predict(start, stop):
        calls.append(start)
        raise error

    with pytest.raises(type(error)) as caught:
        Asker(predict, "t").ask(0, 100)
    assert caught.value is error
    assert calls == [0]


def test_warnings_become_one_finding():
    def predict(start, stop):
        warnings.warn("old format", FutureWarning, stacklevel=1)
        warnings.warn("for whoever writes the library", DeprecationWarning, stacklevel=1)
        if start == 0:
            warnings.warn("unknown category", UserWarning, stacklevel=1)
        return numbers(start, stop)

    asker = Asker(predict, "t")
    assert asker.findings() == ()
    for start in range(0, 50, 10):
        asker.ask(start, start + 10)
    (finding,) = asker.findings()
    assert finding.rule == "model_warnings"
    assert finding.severity == "info"
    assert finding.evidence["warnings"] == [
        {"text": "FutureWarning: old format", "times": 5},
        {"text": "UserWarning: unknown category", "times": 1},
    ]


def count_of(rows_to_answers):
    def predict(start, stop):
        return Prediction(values=as_numbers(np.zeros(rows_to_answers(start, stop)), stop - start))

    return predict


@pytest.mark.parametrize("fixed", [0, 1, 2, 3, 7, 999])
def test_fixed_number_of_answers_is_a_fault_of_the_batch(fixed):
    with pytest.raises(ModelError) as caught:
        Asker(count_of(lambda start, stop: fixed), "t").ask(0, 1_000)
    assert caught.value.row is None
    assert str(caught.value) == (
        f"the model failed on rows 1 to 1,000 of t: it returned {fixed} predictions for 1,000 "
        "rows; it must be one a row"
    )


def test_row_for_which_no_answer_comes_is_named():
    dropped = count_of(lambda start, stop: stop - start - (start <= 17 < stop))
    with pytest.raises(ModelError, match=r"row 18 of t.*returned 0 predictions for 1 rows"):
        Asker(dropped, "t").ask(0, 100)


def keeping(predict):
    kept = []
    asker = Asker(predict, "t", lambda start, stop, answer: kept.append((start, stop, answer)))
    return asker, kept


def test_answers_before_a_failure_are_handed_on():
    def predict(start, stop):
        if start <= 13 < stop:
            raise ModelError("no")
        return numbers(start, stop)

    asker, kept = keeping(predict)
    with pytest.raises(ModelError, match="row 14 of t"):
        asker.ask(8, 40)
    rows = [value for start, stop, answer in kept for value in answer.values.tolist()]
    assert rows == list(range(8, 13))
    assert [start for start, _, _ in kept] == sorted(start for start, _, _ in kept)


def test_part_of_an_answer_is_handed_on():
    def predict(start, stop):
        raise PartialAnswerError("gone", done=numbers(start, start + 3), n_done=3)

    asker, kept = keeping(predict)
    with pytest.raises(ModelError, match="failed on rows 14 to 20 of t: gone"):
        asker.ask(10, 20)
    ((start, stop, answer),) = kept
    assert (start, stop, answer.values.tolist()) == (10, 13, [10.0, 11.0, 12.0])


def test_part_of_an_answer_that_cannot_be_read_is_not():
    def predict(start, stop):
        raise PartialAnswerError("gone", done=numbers(start, start + 3), n_done=3, row=3)

    def read(answer):
        raise ModelError("strange")

    asker, kept = keeping(predict)
    with pytest.raises(ModelError, match="row 14 of t") as caught:
        asker.ask(10, 20, read)
    assert caught.value.row == 13
    assert kept == []


def test_answers_of_no_certain_row_are_not_handed_on():
    asker, kept = keeping(count_of(lambda start, stop: 7))
    with pytest.raises(ModelError, match="rows 1 to 1,000 of t"):
        asker.ask(0, 1_000)
    assert kept == []
