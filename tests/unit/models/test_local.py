import polars as pl
import pytest

from assay.errors import ModelError
from assay.models.callable import wrap_callable
from assay.models.local import MESSAGE_LENGTH


@pytest.mark.parametrize("text", ["no " * 5000, "\x1b[31mred\x07\n\n at once"])
def test_errors_of_a_model_are_told_in_short_and_in_plain_letters(text):
    def broken(rows):
        raise ValueError(text)

    with pytest.raises(ModelError, match="ValueError: ") as caught:
        wrap_callable(broken).predict(pl.DataFrame({"a": [1]}))
    told = str(caught.value)
    assert told.isprintable()
    assert len(told) <= MESSAGE_LENGTH + len("ValueError: …")
    assert str(caught.value.__cause__) == text
