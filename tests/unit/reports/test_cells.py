import pytest

from assay.reports.cells import view_table
from assay.reports.page import Table
from assay.result import Estimate


def one(cell, *others):
    rows = tuple((f"r{i}", c) for i, c in enumerate((cell, *others)))
    return view_table(Table("t", ("name", "value"), rows)).rows[0][1]


def test_a_full_estimate():
    cell = one(Estimate(value=0.8, low=0.7, high=0.9, n=1200, method="Wilson score"))
    assert (cell.kind, cell.text, cell.interval) == ("estimate", "0.8000", "[0.7000, 0.9000]")
    assert cell.about == "n 1,200 · Wilson score"
    assert (cell.bar.left, cell.bar.width, cell.bar.value) == (70.0, 20.0, 80.0)


def test_an_undefined_estimate_shows_its_reason_and_no_number():
    cell = one(Estimate.undefined("no row is predicted positive", n=0))
    assert (cell.kind, cell.text) == ("undefined", "no row is predicted positive")
    assert cell.bar is None


def test_too_few_is_marked_with_its_reason():
    cell = one(Estimate(value=0.5, low=0.1, high=0.9, n=2, warnings=("too few: 2 rows",)))
    assert cell.too_few
    assert cell.warnings == ("too few: 2 rows",)


def test_a_missing_interval_says_why():
    cell = one(Estimate(value=0.5, n=9, reason="no closed form"))
    assert cell.interval == ""
    assert "no interval: no closed form" in cell.warnings


def test_groups_and_effective_size_are_told():
    cell = one(Estimate(value=0.5, low=0.4, high=0.6, n=90, n_effective=61.6, unit="group"))
    assert cell.about == "n 90 · effective 62 · by group"


@pytest.mark.parametrize(
    ("others", "zero"),
    [((), None), ((Estimate(value=-0.2, low=-0.3, high=-0.1, n=9),), 50.0)],
)
def test_the_bar_starts_where_the_column_does(others, zero):
    cell = one(Estimate(value=0.5, low=0.4, high=0.6, n=9), *others)
    assert cell.bar.zero == zero


def test_no_bars_where_lengths_could_not_be_compared():
    far = Estimate(value=26000.0, low=25000.0, high=27000.0, n=9)
    near = Estimate(value=0.5, low=0.4, high=0.6, n=9)
    assert one(near, far).bar is None
    assert one(near, near, near, far).bar.value == 50.0
    assert one(far, near, near, near).bar is None


def test_a_few_intervals_below_zero_do_not_squeeze_the_rest():
    near = Estimate(value=0.5, low=0.4, high=0.6, n=9)
    below = Estimate(value=0.02, low=-0.03, high=0.07, n=9)
    assert one(near, near, near, below).bar.zero is None
    assert one(below, near, near, near).bar is None


def test_plain_cells():
    assert one(None).kind == "empty"
    assert one(True).text == "yes"
    assert one(1200).text == "1,200"
    assert one("a\nb").text == "a\\nb"


def test_only_columns_of_plain_numbers_are_set_right():
    rows = (("a", 1, None, True, "x"), ("b", 2.5, 3, False, "y"))
    view = view_table(Table("t", ("name", "n", "m", "flag", "text"), rows))
    assert view.numeric == (False, True, True, False, False)


@pytest.mark.parametrize(
    ("texts", "right"),
    [
        (("1,234", "-0.5", "76.3%", "1e-05", "894 (61.0%)"), True),
        (("12", "a few"), False),
        (("v1.2",), False),
    ],
)
def test_numbers_that_come_as_text_are_set_right_too(texts, right):
    view = view_table(Table("t", ("name", "n"), tuple(("x", text) for text in texts)))
    assert view.numeric[1] is right


def test_only_very_long_words_are_broken():
    assert one("x" * 25).unbroken
    assert not one("categorical and continuous values").unbroken


def test_size_and_method_stand_in_the_cell_only_where_there_is_one_column_of_estimates():
    e = Estimate(value=0.5, low=0.4, high=0.6, n=9)
    assert view_table(Table("t", ("a", "b"), (("x", e),))).show_about
    assert not view_table(Table("t", ("a", "b", "c"), (("x", e, e),))).show_about


def test_what_the_brackets_are_is_said_once():
    e = Estimate(value=0.5, low=0.4, high=0.6, n=9, level=0.9)
    view = view_table(Table("t", ("a", "b"), (("x", e), ("y", e))))
    assert view.brackets == "in brackets: 90 % interval, given the fitted model"
    assert view_table(Table("t", ("a",), (("x",),))).brackets == ""


def test_a_table_without_rows():
    view = view_table(Table("t", ("a", "b"), ()))
    assert view.rows == ()
    assert view.numeric == (False, False)


def test_help_keeps_its_lines_and_finds_its_row():
    view = view_table(Table("t", ("a",), (("x",), ("y",)), help={"y": "one\ntwo"}))
    assert view.helps == ("", "one\ntwo")


def test_no_bars_where_the_table_wants_none():
    near = Estimate(value=0.5, low=0.4, high=0.6, n=9)
    rows = (("mean absolute error", near),)
    assert view_table(Table("t", ("name", "value"), rows)).rows[0][1].bar is not None
    assert view_table(Table("t", ("name", "value"), rows, bars=False)).rows[0][1].bar is None
