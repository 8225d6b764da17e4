"""Tests and doctests keep what outlives a run out of the checkout."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest


@pytest.fixture(scope="session", autouse=True)
def _store_of_the_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep what outlives a run out of the checkout, also for fixtures of wider scope."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("store")
        patch.setenv("ASSAY_HOME", str(folder / "session"))
        yield folder


@pytest.fixture(scope="module", autouse=True)
def _store_of_the_module(_store_of_the_session: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASSAY_HOME", str(_store_of_the_session / uuid4().hex))
        yield


@pytest.fixture(autouse=True)
def _store_of_the_test(_store_of_the_session: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test a store of its own: no look of another test is counted in it."""
    monkeypatch.setenv("ASSAY_HOME", str(_store_of_the_session / uuid4().hex))
