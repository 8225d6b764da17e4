import pytest

from assay.errors import InputError
from assay.models.answers import AnswerError
from assay.models.predictor import ServiceError
from assay.models.remote.answers import Answers, join_answers
from assay.models.remote.faults import RowsRefusedError, TooManyRowsError
from assay.models.remote.splitting import ask_or_split


class Service:
    """Answers with the rows' numbers; fails as told."""

    def __init__(self, bad=(), most=1000, error=RowsRefusedError):
        self.bad, self.most, self.error, self.asked = set(bad), most, error, []

    def __call__(self, start, stop):
        self.asked.append((start, stop))
        if stop - start > self.most:
            raise TooManyRowsError("answered with status 413")
        if self.bad & set(range(start, stop)):
            raise self.error("answered with status 500")
        return Answers(scores=list(range(start, stop)))


def done(outcome):
    return join_answers(outcome.pieces).scores or []


def test_all_at_once():
    service = Service()
    outcome = ask_or_split(service, 3, 10)
    assert done(outcome) == [*range(3, 10)]
    assert outcome.error is None
    assert service.asked == [(3, 10)]


@pytest.mark.parametrize("bad", range(16))
@pytest.mark.parametrize("error", [RowsRefusedError, AnswerError])
def test_the_failing_row_is_found_and_what_stands_before_is_kept(bad, error):
    service = Service([bad], error=error)
    outcome = ask_or_split(service, 0, 16)
    assert done(outcome) == [*range(bad)]
    assert outcome.error.row == bad
    assert str(outcome.error).startswith("it answered with status 500")
    assert len(service.asked) <= 11


def test_rows_are_named_from_the_tables_start():
    assert ask_or_split(Service([13]), 10, 20).error.row == 13


def test_too_many_rows_are_divided_until_they_fit():
    service = Service(most=3)
    outcome = ask_or_split(service, 0, 10)
    assert done(outcome) == [*range(10)]
    assert outcome.too_many
    assert outcome.largest == 3


def test_a_service_that_fails_on_any_row_is_asked_no_further():
    service = Service(range(1000))
    outcome = ask_or_split(service, 0, 512)
    assert isinstance(outcome.error, ServiceError)
    assert "whatever the row" in str(outcome.error)
    assert len(service.asked) < 15


@pytest.mark.parametrize("error", [ServiceError, InputError])
def test_other_errors_end_it_at_once(error):
    service = Service([5], error=error)
    outcome = ask_or_split(service, 0, 10)
    assert isinstance(outcome.error, error)
    assert service.asked == [(0, 10)]
