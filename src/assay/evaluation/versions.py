"""Versions of what computes the numbers."""

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from assay.result import Json

PACKAGES = ("assay", "polars", "narwhals", "numpy", "scipy")


def environment() -> dict[str, Json]:
    """Return the versions of Python and of the libraries that took part.

    Examples
    --------
    >>> sorted(environment())
    ['assay', 'narwhals', 'numpy', 'polars', 'python', 'scipy']
    """
    return {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}}


@cache
def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
