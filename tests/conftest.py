"""What all tests share."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no failure: examples have no time limit.
settings.register_profile("assay", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("assay")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Return the folder of real data; tests that need it are skipped where it is absent."""
    default = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("ASSAY_DATA", default))
    if not folder.is_dir():
        pytest.skip(f"no data in {folder}; set ASSAY_DATA")
    return folder
