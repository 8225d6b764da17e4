import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.errors import ModelError
from assay.models.failing_row import find_failing_row
from assay.models.predictor import ServiceError


@given(st.integers(1, 300), st.data())
def test_first_failing_row_is_found_in_few_calls(n_rows, data):
    bad = data.draw(st.sets(st.integers(0, n_rows - 1), min_size=1))
    calls = []

    def predict(start, stop):
        calls.append((start, stop))
        if any(start <= row < stop for row in bad):
            raise ModelError("no")

    found = find_failing_row(predict, n_rows)
    assert found is not None
    assert found[0] == min(bad)
    assert len(calls) <= n_rows.bit_length() + 1


def test_a_service_that_fails_is_not_asked_further():
    calls = []

    def predict(start, stop):
        calls.append((start, stop))
        raise ServiceError("gone")

    with pytest.raises(ServiceError):
        find_failing_row(predict, 1_000)
    assert len(calls) == 1


def test_a_failure_of_the_batch_alone_has_no_row():
    def predict(start, stop):
        if stop - start > 1:
            raise ModelError("too many")

    assert find_failing_row(predict, 64) is None
