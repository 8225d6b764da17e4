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
    with pytest.raises(InputError, match=r"a single column, and the table offers 2: .*--feature"):
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


def test_one_column_may_hold_many_values():
    wanted = Wanted(count=3, packed=True)
    assert choose_columns(wanted, ["image"]) == ("image",)
    with pytest.raises(InputError, match="3 columns without names"):
        choose_columns(wanted, ["a", "b"])


def test_underlined_names_stand_for_any_sign():
    wanted = Wanted(names=("age_yr", "b_1"), underlined=True)
    assert choose_columns(wanted, ["b-1", "age yr"]) == ("age yr", "b-1")


def test_advice_ends_the_message():
    with pytest.raises(MissingFeatureError, match=r"name\. Map it$"):
        choose_columns(Wanted(names=("a",), advice="Map it"), ["b"])
