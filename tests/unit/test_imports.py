"""`import assay` and `assay --help` are light: a fresh interpreter tells what was loaded."""

import json
import subprocess
import sys

import pytest

import assay

HEAVY = (
    "numpy",
    "polars",
    "narwhals",
    "pandas",
    "pyarrow",
    "sklearn",
    "scipy",
    "altair",
    "pydantic",
    "yaml",
    "jinja2",
    "rich",
    "skops",
    "joblib",
)


def modules_after(code: str) -> set[str]:
    program = f"import sys, json\n{code}\nprint(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_import_loads_nothing_but_itself():
    loaded = modules_after("import assay")
    assert {name for name in loaded if name.startswith("assay")} == {"assay"}
    assert not loaded & {*HEAVY, "click", "importlib.metadata"}


def test_errors_and_values_are_light():
    loaded = modules_after("import assay; assay.InputError; assay.Estimate; assay.Finding")
    assert not loaded & {*HEAVY, "click"}


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["--hlep"], ["analize"]])
def test_the_top_of_the_command_line_is_light(arguments):
    loaded = modules_after(f"from assay.cli.root import run; run({arguments!r})")
    assert not loaded & set(HEAVY)


def test_every_public_name_is_there():
    for name in assay.__all__:
        assert getattr(assay, name) is not None


def test_names_are_listed_without_being_loaded():
    listed = modules_after("import assay; assert 'analyze' in dir(assay)")
    assert not listed & set(HEAVY)


def test_an_unknown_name_says_so():
    with pytest.raises(AttributeError, match="no attribute 'analise'"):
        assay.analise


def test_importing_every_module_changes_nothing(tmp_path):
    code = """
import os, pkgutil, sys, threading, warnings, logging, importlib
before = (list(warnings.filters), list(logging.root.handlers), dict(os.environ))
import assay
for module in pkgutil.walk_packages(assay.__path__, "assay."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
assert logging.root.handlers == before[1]
changed = dict(os.environ.items() ^ before[2].items())
assert not {name for name in changed if not name.startswith("_RJEM")}  # Polars' allocator
assert threading.active_count() == 1
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, timeout=60)
    assert not list(tmp_path.iterdir())
