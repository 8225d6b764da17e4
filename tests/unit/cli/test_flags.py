"""Flags are places in the config: the table and the schema hold each other."""

from typing import Literal

import pytest
from pydantic import BaseModel, Field

from assay.cli.flag import collect, parameter_name
from assay.cli.section_flags import section_flags
from assay.cli.shared_flags import SHARED
from assay.jobs.config import AnalyzeConfig, ModelPart, OptionsPart, ReadPart, RolesPart
from assay.jobs.section import SectionConfig

OF_A_FILE = "clarify"  # made from an analysis_config.json; its flags help to read that file
PARTS: dict[str, type[BaseModel]] = {
    "model": ModelPart,
    "roles": RolesPart,
    "options": OptionsPart,
    "read": ReadPart,
}


def places():
    for name in AnalyzeConfig.model_fields:
        if name in PARTS:
            yield from ((name, key) for key in PARTS[name].model_fields)
        elif name not in ("sections", OF_A_FILE):
            yield (name,)


def test_every_place_of_the_config_has_one_flag():
    told = [flag.keys for flag in SHARED if flag.keys[0] != OF_A_FILE]
    assert sorted(told) == sorted(places())


def test_no_two_flags_have_one_name():
    assert len({flag.name for flag in SHARED}) == len(SHARED)


@pytest.mark.parametrize("flag", SHARED, ids=lambda flag: flag.name)
def test_a_flag_has_help_that_ends_well(flag):
    assert flag.help.endswith(".")
    assert ("Repeatable" in flag.help or "repeat it" in flag.help) == (
        flag.multiple or bool(flag.pairs)
    )


class Everything(SectionConfig):
    depth: int = Field(default=3, description="How deep.")
    rate: float | None = Field(default=None, description="How fast.")
    loud: bool = Field(default=False, description="How loud.")
    kind: Literal["a", "b"] = Field(default="a", description="Which.")
    names: tuple[str, ...] = Field(default=(), description="Who.")
    numbers: list[int] = Field(default_factory=list, description="How many.")


class Thing:
    name, title, order, needs, config = "my_thing", "My thing", 1, (), Everything


def test_fields_become_flags():
    found = {flag.keys[-1]: flag for flag in section_flags([Thing])}
    assert found["depth"].name == "--my-thing-depth"
    assert (found["depth"].value_type, found["rate"].value_type) == (int, float)
    assert found["loud"].name == "--my-thing-loud/--no-my-thing-loud"
    assert found["kind"].choices == ("a", "b")
    assert found["names"].multiple
    assert (found["numbers"].multiple, found["numbers"].value_type) == (True, int)
    assert found["depth"].group == "Section my_thing (My thing)"


def test_only_given_flags_are_collected():
    flags = section_flags([Thing])
    given = {parameter_name(flag.keys): None for flag in flags}
    assert collect(flags, given) == {}
    given["sections__my_thing__loud"] = False
    given["sections__my_thing__names"] = ()
    assert collect(flags, given) == {
        ("sections", "my_thing", "loud"): ("--my-thing-loud", False),
    }
