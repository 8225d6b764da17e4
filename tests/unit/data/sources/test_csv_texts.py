"""Numbers with a text among them: the column stays text, and that is said with its place."""

import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.data.sources.csv import CsvReader
from assay.data.sources.reader import MAX_BYTES_IN_MEMORY, ReadOptions

NUMBERS = [f"{at / 7}" for at in range(200)]


def write(folder, **columns):
    path = folder / "t.csv"
    pl.DataFrame(columns).write_csv(path)
    return path


def findings(path, **told):
    notes = Dataset.read(path, **told).notes
    return [note for note in notes if note.rule == "texts_among_numbers"]


@pytest.mark.parametrize("max_bytes", [0, MAX_BYTES_IN_MEMORY])
def test_column_place_and_count_are_said(tmp_path, max_bytes):
    values = [*NUMBERS[:150], "broken", *NUMBERS[150:], "-"]
    path = write(tmp_path, price=values, other=["a", "b"] * 101)
    options = ReadOptions(max_bytes_in_memory=max_bytes)
    (note,) = CsvReader().open(str(path), options).notes
    assert "Column price of t.csv" in note.message
    assert "2 values are no numbers: the first is 'broken' in row 151" in note.message
    assert note.evidence["columns"] == ["price"]


def test_all_such_columns_are_named_once(tmp_path):
    (note,) = findings(write(tmp_path, a=[*NUMBERS, "x"], b=["y", *NUMBERS]))
    assert note.evidence["columns"] == ["a", "b"]
    assert note.message.endswith("So it is with b.")


@pytest.mark.parametrize(
    "values",
    [
        NUMBERS,
        [*NUMBERS, "NA"],  # means no value
        [str(2**70 + at) for at in range(200)],  # text, so that no digit is lost
        [*NUMBERS[:150], *["x"] * 50],  # as much text as that is no slip
        [*NUMBERS[:10], "x"],  # too few to say
        [f"2024-01-{at:02d}" for at in range(1, 31)],
    ],
)
def test_nothing_is_said_of(tmp_path, values):
    assert findings(write(tmp_path, a=values, b=["u"] * len(values))) == []


@pytest.mark.parametrize("kind", ["text", "categorical", "id"])
def test_what_is_declared_needs_no_word(tmp_path, kind):
    path = write(tmp_path, a=[*NUMBERS, "x"])
    assert findings(path, kinds={"a": kind}) == []
    assert findings(path, missing=["x"]) == []


@pytest.mark.parametrize("values", [["1,5", "2", None, "-13,25"], ["1.234,5", "7,0"], ["1,234"]])
def test_numbers_with_commas_are_said(tmp_path, values):
    path = tmp_path / "t.csv"
    pl.DataFrame({"price": values, "n": range(len(values))}).write_csv(path, separator=";")
    notes = Dataset.read(path).notes
    (note,) = [note for note in notes if note.rule == "numbers_with_commas"]
    assert note.message.startswith("Column price of t.csv was taken for text, because of commas")
    assert note.evidence["first"] == values[0]
    assert "numbers_with_commas" not in [
        note.rule for note in Dataset.read(path, kinds={"price": "text"}).notes
    ]


@pytest.mark.parametrize("values", [["1.2.3", "2.0.1"], ["1,5", "x"], [",", "1,"], [None, None]])
def test_other_texts_are_not(tmp_path, values):
    path = tmp_path / "t.csv"
    pl.DataFrame({"v": values, "n": [1, 2]}).write_csv(path, separator=";")
    assert "numbers_with_commas" not in [note.rule for note in Dataset.read(path).notes]
