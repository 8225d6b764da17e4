"""What packages bring under an entry point is loaded whole or refused with its place."""

import sys

import pytest

from assay.errors import InputError
from assay.plugins import load_plugins

GROUP = "assay.test_things"


@pytest.fixture
def install(tmp_path, monkeypatch):
    def add(module, code, entry):
        (tmp_path / f"{module}.py").write_text(code)
        info = tmp_path / f"{module}-1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1\n")
        (info / "entry_points.txt").write_text(f"[{GROUP}]\n{entry}\n")
        monkeypatch.syspath_prepend(str(tmp_path))
        added.append(module)

    added: list[str] = []
    yield add
    for module in added:
        sys.modules.pop(module, None)


def test_all_are_loaded_by_name(install):
    install("zed_plug", "THING = 'text'", "zed = zed_plug:THING")
    install("any_plug", "THING = 'more'", "any = any_plug:THING")
    assert load_plugins(GROUP, "thing", ["upper"]) == {"any": "more", "zed": "text"}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import nothing_such", "cannot be loaded: No module named 'nothing_such'"),
        ("THING = 1", "has no upper, lower"),
    ],
)
def test_what_cannot_be_used_is_named(install, code, words):
    install("bad_plug", code, "bad = bad_plug:THING")
    with pytest.raises(InputError) as caught:
        load_plugins(GROUP, "thing", ["upper", "lower"])
    assert words in str(caught.value)
    assert "bad_plug:THING" in str(caught.value)


def test_two_of_one_name_are_refused(install):
    install("one_plug", "THING = 'a'", "same = one_plug:THING")
    install("two_plug", "THING = 'b'", "same = two_plug:THING")
    with pytest.raises(InputError, match="two packages ship a thing named 'same'"):
        load_plugins(GROUP, "thing", [])
