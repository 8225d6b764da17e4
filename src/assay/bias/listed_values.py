"""Values as people list them in, the values that the column has out."""

from collections.abc import Sequence
from datetime import datetime
from difflib import get_close_matches

from assay.bias.facet_text import value_text
from assay.bias.resolve_columns import NUMBERS, ColumnValues
from assay.errors import InputError
from assay.tables.cube import Level

_TRUTHS = {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}
_N_SHOWN = 20


def converted(value: Level, storage: str) -> tuple[Level, ...]:
    """Return what a listed value may mean in a column: as it is, or as the column would write it.

    Parameters
    ----------
    value : None, bool, int, float or str
    storage : str
        Of the column: see `assay.data.schema.Storage`.

    Returns
    -------
    tuple
        () where it can mean nothing there.

    Examples
    --------
    >>> converted("1", "int64"), converted("True", "bool"), converted(1, "utf8")
    ((1,), (True,), ('1',))
    >>> converted("1.0", "int64"), converted("one", "int64")
    ((1,), ())
    """
    text = str(value).strip()
    if value is None:
        return ()
    if storage in NUMBERS:
        return _numbers(value, text, storage)
    if storage == "bool":
        truth = _TRUTHS.get(text.lower())
        return () if truth is None else (truth,)
    if isinstance(value, str):
        return (value,)
    if isinstance(value, bool):
        return text, text.lower()
    return tuple(dict.fromkeys((text, value_text(value))))


def _numbers(value: Level, text: str, storage: str) -> tuple[Level, ...]:
    if isinstance(value, bool) or text.lower() in ("true", "false"):
        return (int(text.lower() == "true"),)
    try:
        number = int(text) if storage == "int64" else float(text)
    except ValueError:
        try:
            number = float(text)
        except ValueError:
            return ()
    if storage == "int64":
        return (int(number),) if number == number and number % 1 == 0 else ()
    return (number,)


def match_values(values: Sequence[Level], column: ColumnValues) -> tuple[list[Level], list[Level]]:
    """Return the column's values that are meant, and the listed values that no row has.

    Values are compared as they are first; only if no row matches are they converted to what the
    column holds.

    Parameters
    ----------
    values : sequence
    column : ColumnValues

    Returns
    -------
    (list, list)

    Raises
    ------
    InputError
        If no row has any of them; names the values that occur.
    """
    known = {level: level for level in column.levels}
    alike = [v for v in values if v in known and _same_kind(v, column.column.storage)]
    if alike:
        return [known[v] for v in alike], [v for v in values if v not in alike]
    found: list[Level] = []
    absent: list[Level] = []
    for value in values:
        here = [level for level in _meanings(value, column) if level in known]
        found += [level for level in here if level not in found]
        absent += [] if here else [value]
    if not found:
        raise InputError(_no_match(values, column))
    return found, absent


def _same_kind(value: Level, storage: str) -> bool:
    return isinstance(value, bool) == (storage == "bool")


def _meanings(value: Level, column: ColumnValues) -> tuple[Level, ...]:
    if column.column.storage != "time":
        return converted(value, column.column.storage)
    try:
        moment = datetime.fromisoformat(str(value).strip())
    except ValueError:
        return ()
    return tuple(level for level in column.levels if _moment(level) == moment)


def _moment(level: Level) -> datetime | None:
    try:
        return datetime.fromisoformat(str(level))
    except ValueError:
        return None


def _no_match(values: Sequence[Level], column: ColumnValues) -> str:
    asked = ", ".join(repr(value) for value in values)
    order = sorted(range(len(column.levels)), key=lambda at: -int(column.n[at]))[:_N_SHOWN]
    have = [value_text(column.levels[at]) for at in order]
    more = ", …" if len(column.levels) > len(have) or column.n_unlisted else ""
    texts = [value_text(level) for level in column.levels]
    folded = {text.casefold(): text for text in texts}
    near: list[str] = []
    for value in values:
        match = get_close_matches(str(value).casefold(), folded, n=1)
        near += [folded[match[0]]] if match else []
    hint = f"did you mean {', '.join(dict.fromkeys(near))}? " if near else ""
    return (
        f"no row has {asked} in the facet column {column.name!r}; {hint}"
        f"its values are: {', '.join(have)}{more}"
    )
