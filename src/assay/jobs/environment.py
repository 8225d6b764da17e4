"""Where a result was made: versions of what computed it, and the platform."""

import platform
from importlib.metadata import PackageNotFoundError, version

from assay.result import Json

LIBRARIES = ("polars", "narwhals", "pyarrow", "numpy", "scipy", "scikit-learn", "pandas", "altair")


def describe_environment() -> dict[str, Json]:
    """Return the versions of assay, Python and the libraries that touch the numbers.

    Examples
    --------
    >>> sorted(describe_environment())
    ['assay', 'libraries', 'platform', 'python']
    """
    return {
        "assay": version("assay"),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "libraries": {name: _version(name) for name in LIBRARIES},
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
