import pytest

from assay.errors import InputError
from assay.models.features import MissingFeatureError, Wanted, choose_columns


def test_all_missing_columns_are_named_with_near_ones():
    with pytest.raises(MissingFeatureError) as caught:
        choose_columns(Wanted(names=("age", "workclass", "zip")), ["age", "work_class", "sex"])
    assert caught.value.missing == ("workclass", "zip")
    assert "workclass (did you mean work_class?), zip" in str(caught.value)
    assert "the table has: age, work_class, sex" in str(caught.value)


def test_names_give_the_order():
    assert choose_columns(Wanted(names=("c", "a")), ["a", "b", "c"]) == ("c", "a")


def test_without_names_all_are_taken_and_counted():
    assert choose_columns(Wanted(count=2), ["a", "b"]) == ("a", "b")
    assert choose_columns(Wanted(), ["a", "b"]) == ("a", "b")
    with pytest.raises(InputError, match=r"2 columns without names, and the table offers 3"):
        choose_columns(Wanted(count=2), ["a", "b", "c"])


def test_a_reader_of_text_takes_one_column():
    assert choose_columns(Wanted(one_column=True), ["text"]) == ("text",)
    with pytest.raises(InputError, match="a single column, and the table offers 2"):
        choose_columns(Wanted(one_column=True), ["text", "length"])


def test_long_tables_are_not_listed_in_full():
    with pytest.raises(MissingFeatureError, match="…"):
        choose_columns(Wanted(names=("x",)), [f"column {place}" for place in range(50)])


def test_names_with_line_breaks_are_told_on_one_line():
    with pytest.raises(MissingFeatureError) as caught:
        choose_columns(Wanted(names=("a\nb",)), ["a\nc", "<i>é</i>"])
    assert r"'a\nb' (did you mean 'a\nc'?)" in str(caught.value)
    assert "the table has: 'a\\nc', <i>é</i>." in str(caught.value)
    with pytest.raises(InputError, match=r"offers 1: 'a\\nc'"):
        choose_columns(Wanted(count=2), ["a\nc"])
