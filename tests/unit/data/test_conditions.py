"""Conditions as people write them."""

from datetime import datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.data.conditions import Condition, conditions_text, parse_conditions, rows_where
from assay.errors import ColumnNotFoundError, InputError

FRAME = pl.DataFrame(
    {
        "age": [30.0, 50.0, None, float("nan")],
        "sex": ["F", "M", "F", None],
        "paid": [True, False, None, True],
        "day": [datetime(2024, 3, 4, 5), datetime(2023, 1, 1), None, datetime(2024, 12, 31)],  # noqa: DTZ001
        "rock and roll": [1, 2, 3, 4],
        "a>b": ["x,y", "z", "R&D", "`q`"],
        "date": ["2024-01-01", "2024-02-02", None, "2023-01-01"],
    }
)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("age>40", [1]),
        ("age >= 30 & sex=F", [0]),
        ("age=50,30", [0, 1]),
        ("sex!=F", [1]),
        ("age is missing", [2, 3]),
        ("sex is not missing and paid=true", [0]),
        ("month of day = 3", [0]),
        ("weekday of day = 7", [1]),
        ("hour of day ≥ 5", [0]),
        ("day > 2023-06-01", [0, 3]),
        ("date>=2024-01-15", [1]),
        ("`rock and roll` > 2", [2, 3]),
        ("`a>b` = `x,y`", [0]),
        ("a>b=R&D", [2]),
        ("`a>b` = ```q```", [3]),
        ("length of sex = 1", [0, 1, 2]),
    ],
)
def test_conditions_choose_rows_and_can_be_read_back(text: str, rows: list[int]) -> None:
    told = parse_conditions(text, FRAME.columns)
    assert rows_where(FRAME, told).arg_true().to_list() == rows
    assert parse_conditions(conditions_text(told), FRAME.columns) == told


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("age", "no sign"),
        ("age>", "empty value"),
        ("> 4", "names no column"),
        ("age>1,2", "give one"),
        ("", "no sign"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_conditions(text, FRAME.columns)


def test_an_unknown_column_is_named_with_those_that_are_near() -> None:
    with pytest.raises(ColumnNotFoundError, match="did you mean age"):
        parse_conditions("agee>4", FRAME.columns)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("age>old", "needs a number"),
        ("sex>3", "holds no numbers"),
        ("paid=maybe", "true or false"),
        ("day>soon", "needs a time"),
    ],
)
def test_values_that_do_not_suit_their_column(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        rows_where(FRAME, parse_conditions(text, FRAME.columns))


@given(
    column=st.text(min_size=1, max_size=12),
    values=st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=3, unique=True),
)
def test_any_name_and_any_text_survive_reading_back(column: str, values: list[str]) -> None:
    told = (Condition(column, "=", tuple(values)),)
    assert parse_conditions(conditions_text(told), [column]) == told


@given(cut=st.floats(-1e6, 1e6), value=st.floats(-1e6, 1e6))
def test_a_number_is_either_above_a_cut_or_not(cut: float, value: float) -> None:
    frame = pl.DataFrame({"x": [value]})
    above = rows_where(frame, [Condition("x", ">", (cut,))])[0]
    below = rows_where(frame, [Condition("x", "≤", (cut,))])[0]
    assert above is (value > cut)
    assert below is not above
