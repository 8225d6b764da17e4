"""What all tests share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from postgresql_server import PostgresqlServer, find_binaries, running_postgresql

# A busy machine is no failure: examples have no time limit. CI judges a commit by the same
# examples each time; new ones are drawn wherever else the tests are run.
settings.register_profile(
    "assay",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("assay")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Return the folder of real data; tests that need it are skipped where it is absent."""
    default = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("ASSAY_DATA", default))
    if not folder.is_dir():
        pytest.skip(f"no data in {folder}; set ASSAY_DATA")
    return folder


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """Yield a PostgreSQL server on loopback; its tests are skipped where it is not installed."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    with running_postgresql(binaries) as server:
        yield server
