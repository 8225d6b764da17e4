import pytest

from assay.errors import InputError
from assay.models.features import MissingFeatureError, Wanted, choose_columns


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
