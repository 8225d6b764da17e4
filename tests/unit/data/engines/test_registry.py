"""Engines by name."""

import pytest

from assay.data.engines.registry import get_engine
from assay.errors import InputError


def test_polars():
    assert get_engine("polars").name == "polars"


def test_unknown_with_a_suggestion():
    with pytest.raises(InputError, match=r"'polar' is not known.*did you mean polars\?"):
        get_engine("polar")
