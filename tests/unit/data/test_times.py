"""ISO text becomes moments in UTC."""

import polars as pl
import pytest

from assay.data.times import is_far, parse_iso, to_utc, utc_count


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


FAR_DAYS = ["1500-01-01", "1677-12-31", "2020-02-29", "2262-01-02", "9999-12-31"]


@pytest.mark.parametrize(
    "dtype", [pl.String, pl.Date, pl.Datetime("us"), pl.Datetime("ms", "UTC")]
)
def test_far_times_keep_their_order_and_stay_apart(dtype):
    days = pl.Series("at", FAR_DAYS)
    if dtype != pl.String:
        days = days.str.to_date().cast(dtype)
    made = days.to_frame().select(
        moment=to_utc(pl.col("at"), days.dtype), count=utc_count(pl.col("at"), days.dtype)
    )
    assert made["moment"].is_sorted()
    assert made["moment"][2].isoformat() == "2020-02-29T00:00:00"
    assert made["count"].n_unique() == len(FAR_DAYS)
    assert made["count"][2] == made["moment"].cast(pl.Int64)[2]
    text = pl.DataFrame({"at": FAR_DAYS}).select(utc_count(pl.col("at"), pl.String()))
    assert made["count"].to_list() == text["at"].to_list()


@pytest.mark.parametrize(("first", "last"), [(0, 1677), (2262, 9999)])
def test_far_years_are_those_that_nanoseconds_cannot_hold(first, last):
    years = range(10_000)
    text = pl.DataFrame({"at": [f"{year:04}-06-01" for year in years]})
    far = text.select(is_far(pl.col("at")))["at"].to_list()
    assert all(far[year] for year in range(first, last + 1))
    assert not any(far[1678:2262])


def test_nanoseconds_are_taken_as_they_are():
    at = pl.Series("at", [1, -5, None]).cast(pl.Datetime("ns"))
    made = at.to_frame().select(to_utc(pl.col("at"), at.dtype)).to_series()
    assert made.cast(pl.Int64).to_list() == [1, -5, None]
