"""Names of engines to engines."""

from difflib import get_close_matches

from assay.data.engines.protocol import Engine
from assay.errors import InputError

ENGINES = ("polars",)


def get_engine(name: str) -> Engine:
    """Return the engine of that name.

    Raises
    ------
    InputError
        If there is none.

    Examples
    --------
    >>> get_engine("polars").name
    'polars'
    """
    if name == "polars":
        from assay.data.engines.polars import PolarsEngine  # noqa: PLC0415 - loads Polars

        return PolarsEngine()
    near = get_close_matches(name, ENGINES, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    msg = f"engine {name!r} is not known; there is: {', '.join(ENGINES)}{hint}"
    raise InputError(msg)
