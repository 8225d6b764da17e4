"""Sheets of workbooks."""
# ruff: noqa: DTZ001  a workbook's times have no zone

import base64
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from pathlib import Path

import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.data.sources.excel import READER, open_excel
from assay.data.sources.reader import ReadOptions
from assay.data.sources.source import NoRowsError
from assay.errors import InputError, MissingExtraError

pytest.importorskip("fastexcel")
xlsxwriter = pytest.importorskip("xlsxwriter")

Cell = object
Table = Sequence[Sequence[Cell]]
ERROR = "#DIV/0!"
ORDERS = [
    ["n", "price", "name", "paid", "day", "code"],
    [1, 0.5, "Zoë", True, datetime(2024, 1, 31), "007"],
    [2, None, "", False, datetime(2024, 2, 1, 10, 30), "012"],
]
# One sheet "Old" of the columns n, x, t, ok, day and two rows, in the format of Excel 97.
OLD_XLS = (
    "eNrtWE1oE1EQ/t7bTZrENj81FVqhhILVxlYQL17aqKA9WasXpQiamhwkbSKhB+NBqzVHQfCkeCnUg5eqF39QQcGDoF"
    "DRgyAIiR57Eip4aLPOzG5qGhEa0EJkv/BmZ+a9+d5k39/uvluIlGYfdJVRhyEYqFh+eGt8ioq/aoRB9ZbFavXqo2K5"
    "aCr4fTSQXg+etr1t4THk8S5D4775kiTwhcpJnMNILpuObSAOSA5JxTkMklS4TZ4gOiWrdpFnRG4WeU9aPhO5TzzXRA"
    "5S25Iaw0JiJL7XmcUndI/UBcG8jyTmk3h2owOveRZfuq7sth7sz59NTjRZRbfZijnQgA6ns+k82yHcQQAoEAYmJwdS"
    "qRKiNNhz+G7FgKXqqn4Rc/0b61cg/4+1/pY/+H00iPX+G9oEpmGdlkVSxCaETK4xcGQitYw+ngVSaIZkqZynMkVzPZ"
    "cxgFSyQGaStLHcYoC3d9kOwmu2gzZZJq0kUwiJHpHFEqZ8lu9+e394fDRxSjzTcgTYB8U2zgsWLnMEBQdhZ8XwUIlL"
    "xE6RV4R1q+hdIqPUhq69ox2OcmhG2lyV2l7qZ4/gQ2J7jb6D9OLi0cfdxa+JPtLnh8sXovMfE7PooYMrRfH8m0G/6l"
    "e3bjKeJKpX5Wwqn0V2/rbB+HTYyd1yTsMQVnhJESIibYvvjlq1tHOvbMsgy1i1TLJMh1nVMT+nbJQwe0W+EWaOU8LJ"
    "d9CjfWQZ0t9FzTUmRcVfaWHUdYzcQgtXwMlAC5PXYdLCBKcdM+0ipiHdjoccRpvqLwTgwoULFy5cuHDhokmh5CHVfj"
    "A3nUdzr/PGwN91VqhU3M8k/y2OIUe/KXqpPIgsXfMoNDR/tsCjqlxqnTHV74WM49R7HhmMSx6ZhucvvbSp2v+z7sDw"
    "31tCjfZfaSTPf9z/TzhL18s="
)


def write(path: Path, sheets: Mapping[str, Table]) -> Path:
    """Write a workbook; a cell of None is left out, one of `ERROR` is a formula that fails."""
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    if cell == ERROR:
                        sheet.write_formula(r, c, "=1/0", None, ERROR)
                    elif isinstance(cell, datetime | time):
                        sheet.write_datetime(r, c, cell, day)
                    elif isinstance(cell, str):
                        sheet.write_string(r, c, cell)
                    elif cell is not None:
                        sheet.write(r, c, cell)
    return path


def read(folder: Path, rows: Table, *texts: str) -> pl.DataFrame:
    path = write(folder / "book.xlsx", {"Sheet1": rows})
    return open_excel(path, texts=frozenset(texts)).frame.collect()


def refused(folder: Path, rows: Table) -> str:
    with pytest.raises(InputError) as error:
        read(folder, rows)
    return str(error.value)


def test_types_follow_from_the_cells(tmp_path: Path) -> None:
    frame = read(tmp_path, ORDERS)
    assert dict(frame.schema) == {
        "n": pl.Int64(),
        "price": pl.Float64(),
        "name": pl.String(),
        "paid": pl.Boolean(),
        "day": pl.Datetime("ms"),
        "code": pl.String(),
    }
    assert frame.row(0) == (1, 0.5, "Zoë", True, datetime(2024, 1, 31), "007")
    assert frame.row(1) == (2, None, None, False, datetime(2024, 2, 1, 10, 30), "012")


def test_a_workbook_is_read_like_a_csv_of_the_same_rows(tmp_path: Path) -> None:
    table = [["age", "job", "paid"], [31, "cook", "yes"], [None, "NA", "no"], [45, "baker", "no"]]
    book = Dataset.read(write(tmp_path / "jobs.xlsx", {"Jobs": table}), label="paid")
    (tmp_path / "jobs.csv").write_text("age,job,paid\n31,cook,yes\n,NA,no\n45,baker,no\n")
    text = Dataset.read(tmp_path / "jobs.csv", label="paid")
    assert book.fingerprint() == text.fingerprint()
    assert book.schema.columns == text.schema.columns
    assert book.notes == ()


def test_missing_marks_among_numbers_leave_numbers(tmp_path: Path) -> None:
    frame = read(tmp_path, [["x"], [1.5], ["n/a"], [2], [""]])
    assert frame["x"].to_list() == [1.5, None, 2.0]


def test_other_marks_can_be_told(tmp_path: Path) -> None:
    path = write(tmp_path / "book.xlsx", {"S": [["x", "t"], [1, "NA"], ["-", "a"]]})
    source = READER.open(str(path), ReadOptions(missing=["-"]))
    assert source.frame.collect().to_dict(as_series=False) == {"x": [1, None], "t": ["NA", "a"]}
    assert source.missing_values == ("", "-")


def test_mixed_cells_are_refused_with_their_places(tmp_path: Path) -> None:
    rows = [["id", "x"], [1, None], [2, 12], [3, 12.5], [4, "many"]]
    message = refused(tmp_path, rows)
    assert "column 'x' mixes types: row 2 is a number, '12', row 4 is text, 'many'" in message
    assert "--types x=text" in message


def test_mixtures_are_found_far_down(tmp_path: Path) -> None:
    rows = [["x"], *([n] for n in range(3000)), ["late"]]
    assert "row 3001 is text, 'late'" in refused(tmp_path, rows)


@pytest.mark.parametrize(
    ("cells", "kinds"),
    [
        ([True, 2], "row 1 is true or false, 'true', row 2 is a number, '2'"),
        ([datetime(2024, 1, 2), 3], "row 1 is a date or time, '2024-01-02 00:00:00', row 2 is a"),
        ([7, "8"], "row 1 is a number, '7', row 2 is text, '8'"),
        ([datetime(2024, 1, 2), "May"], "row 2 is text, 'May'"),
        ([True, "yes"], "row 1 is true or false, 'true', row 2 is text, 'yes'"),
        ([10**12, "x"], "row 1 is a number, '1000000000000', row 2 is text"),
    ],
)
def test_each_mixture_is_told(tmp_path: Path, cells: list[Cell], kinds: str) -> None:
    assert kinds in refused(tmp_path, [["x"], *([cell] for cell in cells)])


def test_a_column_declared_text_may_mix_and_the_others_keep_their_types(tmp_path: Path) -> None:
    rows = [["x", "n", "d"], [12, 1, datetime(2024, 1, 2)], ["many", 2.5, None], [0.5, None, None]]
    frame = read(tmp_path, rows, "x")
    assert frame["x"].to_list() == ["12", "many", "0.5"]
    assert frame.dtypes == [pl.String, pl.Float64, pl.Datetime("ms")]


def test_kinds_reach_the_workbook(tmp_path: Path) -> None:
    rows = [["code", "y"], [1001, 0], ["A7", 1]]
    path = write(tmp_path / "book.xlsx", {"S": rows})
    data = Dataset.read(path, label="y", kinds={"code": "text"})
    assert data.sample(2)["code"].to_list() == ["1001", "A7"]


def test_blank_rows_and_columns_are_no_rows_and_columns(tmp_path: Path) -> None:
    rows = [[], [], [None, "a", None, "b"], [None, 1, None, 2], [], [None, 3, None, 4], ["", " "]]
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        sheet.write_blank(30, 8, None, bold)
        for r, row in enumerate(rows[:-1]):
            for c, cell in enumerate(row):
                if cell is not None:
                    sheet.write(r, c, cell)
    frame = open_excel(path).frame.collect()
    assert frame.to_dict(as_series=False) == {"a": [1, 3], "b": [2, 4]}


def test_a_column_without_a_name_is_called_as_in_a_csv(tmp_path: Path) -> None:
    assert read(tmp_path, [[None, "a"], [0, 1], [1, 5]]).columns == ["Unnamed: 0", "a"]


def test_a_named_column_without_values_stays(tmp_path: Path) -> None:
    frame = read(tmp_path, [["a", "gap"], [1, None], [2, None]])
    assert dict(frame.schema) == {"a": pl.Int64(), "gap": pl.Float64()}


def test_times_of_day_have_no_day(tmp_path: Path) -> None:
    frame = read(tmp_path, [["t"], [time(10, 30)], [time(23, 5)]])
    assert frame["t"].to_list() == [time(10, 30), time(23, 5)]


def test_names_that_repeat_are_refused(tmp_path: Path) -> None:
    assert "more than one column named 'a' (columns 1, 3)" in refused(
        tmp_path, [["a", "b", "a"], [1, 2, 3]]
    )


def test_cells_in_error_are_missing_and_told(tmp_path: Path) -> None:
    rows = [["x", "y", "z"], [1, ERROR, "a"], [ERROR, ERROR, "b"], [2.5, 1, "c"]]
    source = open_excel(write(tmp_path / "book.xlsx", {"S": rows}))
    assert source.frame.collect()["x"].to_list() == [1.0, None, 2.5]
    (note,) = source.notes
    assert (note.rule, note.severity) == ("sheet_errors", "warning")
    assert "'x' (1), 'y' (2)" in note.message
    assert note.evidence == {"cells": 3}


def test_the_first_sheet_with_content_is_taken_and_told(tmp_path: Path) -> None:
    sheets = {"Cover": [], "Data": [["x"], [1]], "More": [["y"], [2]]}
    path = write(tmp_path / "book.xlsx", sheets)
    source = open_excel(path)
    assert source.name == "book.xlsx [Data]"
    (note,) = source.notes
    assert (note.rule, note.severity) == ("sheet_assumed", "info")
    assert "book.xlsx has 3 sheets; 'Data', the first with content, was taken." in note.message
    named = open_excel(path, sheet="More")
    assert named.frame.collect()["y"].to_list() == [2]
    assert named.notes == ()


def test_an_unknown_sheet_lists_those_that_are_there(tmp_path: Path) -> None:
    path = write(tmp_path / "book.xlsx", {"Train": [["x"], [1]], "Test": [["x"], [2]]})
    with pytest.raises(InputError, match=r"did you mean 'Train'.* there is: 'Train', 'Test'"):
        open_excel(path, sheet="train")


def test_an_empty_sheet_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "book.xlsx", {"A": [["x"], [1]], "Blank": [], "Header": [["x"]]})
    with pytest.raises(NoRowsError, match=r"sheet 'Blank' of book\.xlsx is empty"):
        open_excel(path, sheet="Blank")
    with pytest.raises(NoRowsError, match="has a header and no rows"):
        open_excel(path, sheet="Header")
    with pytest.raises(NoRowsError, match="no sheet with content"):
        open_excel(write(tmp_path / "none.xlsx", {"A": [], "B": []}))


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "data.xlsx"
    text.write_text("a,b\n1,2\n")
    whole = write(tmp_path / "whole.xlsx", {"S": ORDERS}).read_bytes()
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(whole[: len(whole) // 2])
    for path in (text, cut):
        with pytest.raises(InputError, match="cannot be opened as a workbook") as error:
            open_excel(path)
        assert "\n" not in str(error.value)


def test_an_old_workbook(tmp_path: Path) -> None:
    path = tmp_path / "old.xls"
    path.write_bytes(zlib.decompress(base64.b64decode("".join(OLD_XLS))))
    frame = open_excel(path).frame.collect()
    assert frame.rows() == [
        (1, 0.5, "a", True, datetime(2024, 1, 31)),
        (2, None, "Zoë", False, datetime(2024, 2, 1)),
    ]


def test_an_open_document(tmp_path: Path) -> None:
    path = tmp_path / "sheet.ods"
    _write_ods(path, [["n", "t"], [1.5, "a"], [2.0, "Zoë"]])
    frame = open_excel(path).frame.collect()
    assert frame.to_dict(as_series=False) == {"n": [1.5, 2.0], "t": ["a", "Zoë"]}


def test_a_missing_library_names_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "fastexcel", None)
    with pytest.raises(MissingExtraError, match=r"assay\[excel\]"):
        open_excel(tmp_path / "book.xlsx")


def _write_ods(path: Path, rows: Table) -> None:
    def cell(value: Cell) -> str:
        if isinstance(value, str):
            kind = 'office:value-type="string"'
        else:
            kind = f'office:value-type="float" office:value="{value}"'
        return f"<table:table-cell {kind}><text:p>{value}</text:p></table:table-cell>"

    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="S">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
