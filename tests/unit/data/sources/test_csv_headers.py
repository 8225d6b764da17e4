"""CSV without a header line, whose columns are named by the user; JSON searched as a whole."""

import json

import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.errors import InputError

NAMES = ["age", "job", "pay"]


def rows_of(path, **options):
    data = Dataset.read(path, headers=NAMES, **options)
    return data.frame.collect().to_native()


def write(folder, text, name="a.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    [
        "31,clerk,1.5\n45,,2\n",
        "\ufeff31,clerk,1.5\n45,,2\n",
        "age,job,pay\n31,clerk,1.5\n45,,2\n",
        "age, job ,pay\n31,clerk,1.5\n45,,2\n",
        '"31","clerk","1.5"\n45,"",2\n',
    ],
    ids=["none", "mark", "header", "blanks", "quotes"],
)
def test_the_first_line_is_a_row_unless_it_holds_the_names(tmp_path, text):
    expected = pl.DataFrame({"age": [31, 45], "job": ["clerk", None], "pay": [1.5, 2.0]})
    assert rows_of(write(tmp_path, text)).equals(expected)


@pytest.mark.parametrize("quoted", [False, True])
def test_the_first_row_counts_for_the_types(tmp_path, quoted):
    first = '"x"' if quoted else "x"
    lines = [f"{first},a,1", *(f"{i},b,2" for i in range(50))]
    frame = rows_of(write(tmp_path, "\n".join(lines)))
    assert frame.height == 51
    assert frame["age"].dtype == pl.String


def test_one_row_is_enough(tmp_path):
    assert rows_of(write(tmp_path, "1,b,2\n")).rows() == [(1, "b", 2)]


def test_files_of_a_folder_have_no_header_each(tmp_path):
    write(tmp_path, "1,b,2\n", "1.csv")
    write(tmp_path, "3,c,4\n", "2.csv")
    assert rows_of(tmp_path).rows() == [(1, "b", 2), (3, "c", 4)]


def test_a_large_file_is_scanned_from_its_first_line(tmp_path):
    from assay.data.sources.csv import open_csv

    path = write(tmp_path, "".join(f"{i},b,{i / 2}\n" for i in range(100)))
    for quoted in (False, True):
        if quoted:
            path.write_text(path.read_text(encoding="utf-8").replace("b", '"b"'), encoding="utf-8")
        source = open_csv(path, headers=NAMES, max_bytes_in_memory=0)
        assert source.frame.collect()["age"].to_list() == list(range(100))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("1,2\n", "has 2 columns, and 3 names were told"),
        ("job,age,pay\na,1,2\n", "is a header, and not the one that was told: expected age, job"),
        ("1,a,2\n1,a\n", "line 2: 2 fields where the header has 3"),
    ],
)
def test_names_that_do_not_fit_are_refused(tmp_path, text, what):
    with pytest.raises(InputError, match=what):
        rows_of(write(tmp_path, text))


def test_names_that_repeat_are_refused(tmp_path):
    with pytest.raises(InputError, match="age"):
        Dataset.read(write(tmp_path, "1,2\n"), headers=["age", "age"])


def test_headers_mean_nothing_to_other_formats(tmp_path):
    path = tmp_path / "a.parquet"
    pl.DataFrame({"a": [1]}).write_parquet(path)
    with pytest.raises(InputError, match=r"--headers .* means nothing to Parquet"):
        Dataset.read(path, headers=["a"])


def test_a_list_is_searched_as_a_whole_where_that_is_said(tmp_path):
    document = [{"x": [1, None], "y": "a"}, {"x": [2, 5], "y": "b"}]
    path = write(tmp_path, json.dumps(document), "a.json")
    columns = {"p": "map(&[0], [*].x)", "q": "map(&[1], [*].x)", "y": "[*].y"}
    data = Dataset.read(path, records="$", columns=columns)
    assert data.frame.collect().to_native().rows() == [(1, None, "a"), (2, 5, "b")]
