"""What is said of rows and a background that do not go together."""

from collections.abc import Sequence
from typing import NoReturn

from assay.errors import InputError

SHOWN = 5


def refuse_dtypes(name: str, found: Sequence[str]) -> NoReturn:
    """Raise an error for a column whose dtypes do not go together.

    Raises
    ------
    InputError
    """
    told = " and ".join(dict.fromkeys(found))
    msg = (
        f"column {name!r} of the rows does not go with the background's: {told}; the model "
        "would not see the same kind of value in both, so give both the same dtype"
    )
    raise InputError(msg)


def refuse_categories(name: str, unknown: Sequence[object]) -> NoReturn:
    """Raise an error for values that the background's categories do not have.

    Raises
    ------
    InputError
    """
    shown = ", ".join(repr(value) for value in unknown[:SHOWN])
    more = f" and {len(unknown) - SHOWN} more" if len(unknown) > SHOWN else ""
    msg = (
        f"column {name!r} of the rows has values that are no categories of the background's: "
        f"{shown}{more}; give both columns the same categories"
    )
    raise InputError(msg)


def check_columns(rows: Sequence[str], background: Sequence[str]) -> None:
    """Refuse columns that are not the background's, or are in another order.

    Raises
    ------
    InputError
    """
    twice = sorted({name for name in background if list(background).count(name) > 1})
    if twice:
        msg = f"columns must have names of their own; more than one is called {_listed(twice)}"
        raise InputError(msg)
    if list(rows) == list(background):
        return
    lacking = [name for name in background if name not in set(rows)]
    extra = [name for name in rows if name not in set(background)]
    if not lacking and not extra and len(rows) == len(background):
        msg = (
            f"the rows have the background's columns in another order: {_listed(rows)} beside "
            f"{_listed(background)}; take them in its order: rows[list(background.columns)]"
        )
        raise InputError(msg)
    told = [f"lack {_listed(lacking)}"] if lacking else []
    told += [f"have {_listed(extra)} beside them"] if extra else []
    msg = (
        f"the rows do not have the background's columns: they {' and '.join(told)}; both must "
        "have the columns that the model is given, in one order"
    )
    raise InputError(msg)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(repr(name) for name in names[:SHOWN]) + more
