"""ISO text becomes moments in UTC."""

import polars as pl
import pytest

from assay.data.times import parse_iso, to_utc


def moment(text):
    made = pl.DataFrame({"at": [text]}, schema={"at": pl.String}).select(
        parse_iso(pl.col("at")).dt.to_string("iso")
    )
    return made.item()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-02-29", "2024-02-29 00:00:00.000000000"),
        ("2024-02-29 12:30", "2024-02-29 12:30:00.000000000"),
        ("2024-02-29T12:30:01", "2024-02-29 12:30:01.000000000"),
        ("2024-02-29 12:30:01.5", "2024-02-29 12:30:01.500000000"),
        ("2024-02-29T12:30:01.123456789Z", "2024-02-29 12:30:01.123456789"),
        ("2024-02-29T12:30:01+02:00", "2024-02-29 10:30:01.000000000"),
        ("2024-02-29 12:30:01-0130", "2024-02-29 14:00:01.000000000"),
    ],
)
def test_iso(text, expected):
    assert moment(text) == expected


@pytest.mark.parametrize("text", ["2024-02-30", "20240229", "29.02.2024", "12:30", "", "x", None])
def test_not_iso(text):
    assert moment(text) is None


def test_zones_are_taken_off():
    at = pl.Series("at", ["2024-07-01T12:00:00+02:00"]).str.to_datetime(time_zone="Europe/Berlin")
    made = at.to_frame().select(to_utc(pl.col("at"), at.dtype)).to_series()
    assert made.dtype == pl.Datetime("ns")
    assert str(made[0]) == "2024-07-01 10:00:00"
