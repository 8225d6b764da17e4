import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.reports.format import (
    estimate_numbers,
    estimate_text,
    number,
    plain,
    words,
)
from assay.result import Estimate


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.0, "0"),
        (-0.0, "0"),
        (-0.00004, "-4e-05"),
        (7, "7"),
        (1234567, "1,234,567"),
        (-1234567, "-1,234,567"),
        (0.5, "0.5"),
        (0.87341, "0.8734"),
        (0.012345, "0.01235"),
        (12.3456, "12.35"),
        (999.96, "1,000"),
        (1234.5678, "1,235"),
        (180921.4, "180,921"),
        (1.3e-12, "1.3e-12"),
        (float("inf"), "∞"),
        (float("-inf"), "-∞"),
        (float("nan"), "not a number"),
    ],
)
def test_numbers(value, text):
    assert number(value) == text


def test_fixed_decimals_keep_zeros_and_lose_the_sign_of_zero():
    assert number(0.5, decimals=3) == "0.500"
    assert number(-0.0001, decimals=3) == "0.000"


@given(st.floats(min_value=1e-4, max_value=9_999, allow_nan=False))
def test_four_significant_digits_are_close_and_read_back(value):
    assert float(number(value).replace(",", "")) == pytest.approx(value, rel=5e-4)


@given(st.integers())
def test_whole_numbers_are_exact(value):
    assert int(number(value).replace(",", "")) == value


@pytest.mark.parametrize(
    ("numbers", "texts"),
    [
        ((0.8734, 0.869, 0.878), ("0.8734", "0.8690", "0.8780")),
        ((26143.2, 24011.9, 28300.1), ("26,143", "24,012", "28,300")),
        ((0.0, -0.01, 0.01), ("0.000", "-0.010", "0.010")),
        ((0.5, None, None), ("0.5000", "", "")),
        ((0.0007776, -0.0428186, 0.0443737), ("0.00078", "-0.04282", "0.04437")),
        ((0.0, 0.0, 0.002554), ("0.0000", "0.0000", "0.0026")),
        ((2e-7, 1e-7, 3e-7), ("2e-07", "1e-07", "3e-07")),
    ],
)
def test_an_estimate_and_its_ends_share_decimals(numbers, texts):
    value, low, high = numbers
    assert estimate_numbers(Estimate(value=value, low=low, high=high, n=9)) == texts


def test_estimates_in_words():
    assert estimate_text(Estimate.undefined("no positive row")) == "undefined: no positive row"
    thin = Estimate(value=0.5, low=0.1, high=0.9, n=2, warnings=("too few: 2 rows",))
    assert estimate_text(thin).endswith("(too few)")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "—"),
        (False, "no"),
        (3, "3"),
        ("a\tb", "a\\tb"),
        (["age", "sex"], "age, sex"),
        ({"n_rows": 3, "columns": ["a", "b"]}, "n rows 3, columns a, b"),
        ([], ""),
    ],
)
def test_any_value_in_one_line(value, text):
    assert plain(value) == text


def test_numpy_numbers_are_numbers():
    assert plain(np.float64(0.25)) == "0.25"


def test_names_become_words():
    assert words("n_rows") == "n rows"
