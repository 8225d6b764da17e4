"""Delimiters are told by user, suffix or header; what is doubtful is asked for."""

import pytest

from assay.data.dataset import Dataset
from assay.data.sources.csv_delimiter import check_delimiter
from assay.data.sources.open import open_source
from assay.data.sources.reader import ReadOptions
from assay.errors import InputError


def read(folder, name, text, **told):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return open_source(path, ReadOptions(**told))


@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.dat"])
@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_one_candidate_in_the_header_is_taken_and_said(tmp_path, name, mark):
    source = read(tmp_path, name, f"a{mark}b\n1{mark}x,y\n")
    assert source.frame.collect().rows() == [(1, "x,y")]
    (note,) = source.notes
    assert (note.rule, note.severity, note.evidence["delimiter"]) == (
        "delimiter_guessed",
        "info",
        mark,
    )


def test_notes_reach_the_dataset(tmp_path):
    (tmp_path / "a.csv").write_text("a;b\n1;2\n")
    data = Dataset.read(tmp_path / "a.csv")
    assert [note.rule for note in data.notes] == ["delimiter_guessed"]
    assert [note.rule for note in data.like(tmp_path / "a.csv").notes] == ["delimiter_guessed"]
    told = Dataset.read(tmp_path / "a.csv", delimiter=";")
    assert told.notes == told.like(tmp_path / "a.csv").notes == ()


@pytest.mark.parametrize(
    ("name", "text", "columns"),
    [
        ("a.csv", "a,b;c\n1,2;3\n", ["a", "b;c"]),
        ("a.csv", "one\n1\n", ["one"]),
        ("a.csv", "one column\n1\n", ["one column"]),
        ("a.tsv", "a;b\tc\n1\t2\n", ["a;b", "c"]),
        ("a.psv", "a|b,c\n1|2\n", ["a", "b,c"]),
        ("a.txt", "a,b\n1,2\n", ["a", "b"]),
        ("a.txt", '"a,b";c\n1;2\n', ["a,b", "c"]),
        ("a.csv", "\n\n\ufeffa;b\n1;2\n".replace("\n\n\ufeff", "\ufeff"), ["a", "b"]),
    ],
)
def test_what_is_taken(tmp_path, name, text, columns):
    assert read(tmp_path, name, text).frame.collect().columns == columns


def test_what_was_told_wins(tmp_path):
    made = read(tmp_path, "a.csv", "a,b;c\n1,5;2\n", delimiter=";").frame.collect()
    assert made.rows() == [("1,5", 2)]
    assert read(tmp_path, "a.tsv", "a;b\n1;2\n", delimiter=";").frame.collect().width == 2


def test_doubtful_headers_are_asked_about(tmp_path):
    with pytest.raises(InputError, match=r"'a;b\|c' has semicolons and bars; say which.*';'"):
        read(tmp_path, "a.csv", "a;b|c\n1;2|3\n")
    with pytest.raises(InputError, match=r"no comma, semicolon, tab or bar.*for one blank"):
        read(tmp_path, "a.dat", "a b\n1 2\n")
    assert read(tmp_path, "a.dat", "a b\n1 2\n", delimiter=" ").frame.collect().rows() == [(1, 2)]


@pytest.mark.parametrize("told", ["", ";;", '"', "\n", "é", "||"])
def test_delimiters_that_cannot_be(told):
    with pytest.raises(InputError, match="one ASCII character"):
        check_delimiter(told)


def test_tabs_can_be_written_out():
    assert check_delimiter("\\t") == check_delimiter("tab") == "\t"
