"""Sections are found by entry point; a broken one is named with its package."""

import sys

import pytest

from assay.errors import InputError
from assay.jobs.registry import find_sections

GOOD = """
from assay.jobs.section import SectionConfig
class S:
    name, title, order, needs, config = "{name}", "T", {order}, (), SectionConfig
    def tables(self, request): return {{}}
    def cost(self, request): return 0.0
    def run(self, context): ...
    def page(self, result): ...
    def skipped(self, result): return ()
SECTION = S()
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    def add(module, code, entry):
        (tmp_path / f"{module}.py").write_text(code)
        info = tmp_path / f"{module}-1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1\n")
        (info / "entry_points.txt").write_text(f"[assay.sections]\n{entry}\n")
        monkeypatch.syspath_prepend(str(tmp_path))
        added.append(module)

    added: list[str] = []
    yield add
    for module in added:
        sys.modules.pop(module, None)


def test_the_order_of_the_report(install):
    install("mid_plug", GOOD.format(name="mid", order=50), "mid = mid_plug:SECTION")
    assert [section.name for section in find_sections()] == [
        "leakage",
        "evaluation",
        "baselines",
        "fit",
        "slices",
        "explanations",
        "prediction_intervals",
        "bias",
        "mid",
        "discipline",
        "data",
    ]


@pytest.mark.parametrize(
    ("code", "entry", "words"),
    [
        ("1 / 0", "bad = bad_plug:SECTION", "cannot be loaded: division by zero"),
        ("", "bad = bad_plug:SECTION", "cannot be loaded"),
        ("SECTION = object()", "bad = bad_plug:SECTION", "has no name, title"),
        (
            GOOD.format(name="data", order=1),
            "data = bad_plug:SECTION",
            "two packages ship a section named 'data'",
        ),
        (
            GOOD.format(name="bad", order=1).replace("(), SectionConfig", "(), dict"),
            "bad = bad_plug:SECTION",
            "config of another base",
        ),
    ],
)
def test_a_broken_section_is_named(install, code, entry, words):
    install("bad_plug", code, entry)
    with pytest.raises(InputError) as caught:
        find_sections()
    assert words in str(caught.value)
    assert "bad_plug" in str(caught.value)
