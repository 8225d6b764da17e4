"""Which model of this machine stands for a name: tables of models, and what they may say."""

import pytest

from assay.errors import InputError
from assay.jobs.clarify.config import ENDPOINT, ENDPOINTS, _endpoints
from assay.jobs.clarify.models import read_mapping


def write(folder, text, name="models.yaml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("models.yaml", "loans: m.joblib\nfast: {url: 'http://host/a', options: {timeout: 5}}\n"),
        (
            "models.json",
            '{"loans": "m.joblib", "fast": {"url": "http://host/a", "options": {"timeout": 5}}}',
        ),
    ],
)
def test_a_table_of_models(tmp_path, name, text):
    assert read_mapping(write(tmp_path, text, name)) == {
        "loans": {"path": (tmp_path / "m.joblib").as_posix()},
        "fast": {"path": "http://host/a", "options": {"timeout": 5}},
    }


def test_models_that_need_more_than_a_place(tmp_path):
    text = (
        "loans: {path: m.pkl, trust: true, python_path: [lib]}\nown: {python: 'pkg.mod:score'}\n"
    )
    assert read_mapping(write(tmp_path, text)) == {
        "loans": {
            "path": (tmp_path / "m.pkl").as_posix(),
            "trust": True,
            "python_path": [(tmp_path / "lib").as_posix()],
        },
        "own": {"path": "pkg.mod:score"},
    }


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("loans: {}", "exactly one of"),
        ("loans: {path: a, url: b}", "path and url"),
        ("loans: {pth: a}", "wrong at loans"),
        ("- a", "wrong at"),
        ("a: [", "cannot be read"),
    ],
)
def test_a_table_that_is_wrong(tmp_path, text, what):
    with pytest.raises(InputError, match=what):
        read_mapping(write(tmp_path, text))


def test_no_table(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_mapping(tmp_path / "none.yaml")


def test_pairs_win_over_the_table(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    table = write(tmp_path, "loans: a.skops\nother: b.skops\n")
    found = _endpoints(
        {
            ENDPOINTS: ("--endpoints", str(table)),
            ENDPOINT: ("--endpoint", {"loans": "c.skops"}),
        }
    )
    assert {name: part["path"] for name, part in found.items()} == {
        "loans": (tmp_path / "c.skops").as_posix(),
        "other": (tmp_path / "b.skops").as_posix(),
    }
