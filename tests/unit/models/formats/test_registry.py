"""Forms of models by entry point, and their settings."""

from typing import Literal

import pytest
from pydantic import Field

from assay.errors import InputError
from assay.models.formats.format import FormatOptions
from assay.models.formats.place import ModelPlace
from assay.models.formats.registry import find_formats, read_options, recognize, settings_of


class Options(FormatOptions):
    timeout: float = Field(default=60.0, gt=0, description="Seconds.")
    names: tuple[str, ...] = Field(default=(), description="Several.")
    template: str | None = Field(default=None, description="Text that looks like YAML.")
    mode: Literal["a", "b"] = "a"


class Form:
    name, title, options = "toy", "a toy", Options


def test_text_is_parsed_where_a_setting_takes_no_text():
    told = read_options(Form(), {"timeout": "5", "names": "[x, y]", "template": "{a: $b}"})
    assert told == Options(timeout=5, names=("x", "y"), template="{a: $b}")


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(InputError) as caught:
        read_options(Form(), {"timeuot": 1, "timeout": "-1", "mode": "c"})
    text = str(caught.value)
    assert "there is no option timeuot, did you mean timeout?" in text
    assert "timeout: Input should be greater than 0" in text
    assert "mode: Input should be 'a' or 'b'" in text
    assert "its options: timeout, names, template, mode" in text


def test_settings_are_told_with_their_defaults():
    first = settings_of(Form())[0]
    assert (first.name, first.default, first.description) == ("timeout", 60.0, "Seconds.")


def test_every_form_has_described_settings():
    bare = [
        f"{known.name}.{each.name}"
        for known in find_formats()
        for each in settings_of(known)
        if not each.description
    ]
    assert bare == []


@pytest.mark.parametrize("known", find_formats(), ids=lambda known: known.name)
def test_no_form_takes_what_is_no_model(known, tmp_path):
    table = b"a,b\n1,2\n"
    (tmp_path / "empty").mkdir()
    for place in (
        ModelPlace("t.csv", tmp_path / "t.csv", table),
        ModelPlace("empty", tmp_path / "empty"),
        ModelPlace("j.json", tmp_path / "j.json", b'{"rows": []}'),
        ModelPlace("z.zip", tmp_path / "z.zip", b"PK\x03\x04", ("a.txt",)),
    ):
        assert not known.recognizes(place)


def test_what_is_no_model_is_refused_with_what_is(tmp_path):
    with pytest.raises(InputError, match=r"is not a model .* ONNX"):
        recognize(ModelPlace("t.csv", tmp_path / "t.csv", b"a,b\n1,2\n"))
