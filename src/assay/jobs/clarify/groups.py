"""What a config's facets and label values mean on the rows: values, or above a number."""

from collections.abc import Sequence
from dataclasses import dataclass

from assay.bias.facet_text import number_text, value_text
from assay.bias.resolve_columns import ColumnValues
from assay.errors import InputError

MANY_VALUES = 20
"""A number with more distinct values than this is continuous, with one threshold."""
CATEGORICAL = ("categorical", "ordinal", "boolean", "text", "id")

Value = int | float | str


@dataclass(frozen=True)
class Selected:
    """The rows that a list of values, or a threshold, stands for.

    Parameters
    ----------
    levels : tuple
        Values of the column that are meant; () for a threshold.
    threshold : float or None
        Rows above it are meant.
    text : str
        As analysis.json writes it: ``1``, ``0,1`` or ``(45, 77]``.
    note : str
        What was decided, for people; "" where there was nothing to decide.
    """

    levels: tuple[object, ...] = ()
    threshold: float | None = None
    text: str = ""
    note: str = ""


def select(what: str, values: Sequence[Value], column: ColumnValues) -> Selected:
    """Decide what listed values mean in a column.

    A declared kind wins. Truth values, texts and columns of two values are categories; a number
    with more than 20 distinct values, and with one listed number, is continuous: rows above it
    are meant. So they are where one number lies between the values and is none of them, as 0.5
    for labels 0.0 and 1.0.

    Parameters
    ----------
    what : str
        For messages: "the facet", "the label".
    values : sequence of int, float or str
        At least one.
    column : ColumnValues

    Raises
    ------
    InputError
        If no row has any of the values, or none lies above the threshold.
    """
    number = _number(values[0]) if len(values) == 1 and column.is_number else None
    declared = column.column.why == "declared"
    kind = column.column.kind
    if number is not None and not (declared and kind in CATEGORICAL):
        continuous = declared or column.n_distinct > MANY_VALUES
        between = column.n_values and number < column.maximum
        if continuous or (between and not _matched(values, column)):
            return _above(what, number, column, declared=declared)
    found = [each for value in values for each in _matched([value], column)]
    if not found:
        raise _no_row(what, values, column)
    absent = [value for value in values if not _matched([value], column)]
    levels = tuple(dict.fromkeys(found))
    text = ",".join(value_text(level) for level in levels)
    return Selected(levels=levels, text=text, note=_note_of(values, absent, column))


def _no_row(what: str, values: Sequence[Value], column: ColumnValues) -> InputError:
    many = column.is_number and column.n_distinct > MANY_VALUES
    n_shown = 5 if many else 20
    shown = ", ".join(repr(level) for level in column.levels[:n_shown])
    more = ", …" if len(column.levels) > n_shown or column.n_unlisted else ""
    number = column.is_number and len(values) == 1 and _number(values[0]) is not None
    above = ", nor lies above it" if number else ""
    alone = ", or one number alone, which is a threshold" if many and len(values) > 1 else ""
    msg = (
        f"no row has {_listed(values)} in {what} {column.name!r}{above}; its values are: "
        f"{shown}{more}; list one of these{alone}"
    )
    return InputError(msg)


def _note_of(values: Sequence[Value], absent: Sequence[Value], column: ColumnValues) -> str:
    """Say which values no row has, and that several numbers of a measure are values."""
    if absent:
        return f"{column.name}: no row has {_listed(absent)}"
    measure = column.is_number and column.column.why != "declared"
    if len(values) > 1 and measure and column.n_distinct > MANY_VALUES:
        listed = " and ".join(map(repr, values))
        return f"{column.name}: {listed} are values, because more than one is listed"
    return ""


def _above(what: str, number: float, column: ColumnValues, *, declared: bool) -> Selected:
    high = column.maximum
    if number >= high:
        msg = (
            f"the threshold {number_text(number)} of {what} {column.name!r} is at or above its "
            f"maximum, {number_text(high)}: no row lies above it; choose a smaller number"
        )
        raise InputError(msg)
    if declared:
        why = "its kind was declared"
    elif column.n_distinct > MANY_VALUES:
        why = f"it holds numbers, {column.n_distinct:,} different ones"
    else:
        why = "no row has that very number"
    text = f"({number_text(number)}, {number_text(high)}]"
    note = f"{column.name}: {number_text(number)} is a threshold, because {why}"
    return Selected(threshold=number, text=text, note=note)


def _number(value: Value) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _matched(values: Sequence[Value], column: ColumnValues) -> tuple[object, ...]:
    """Return the column's values that are listed: as they are, else read as its type."""
    texts = {value_text(level): level for level in column.levels if level is not None}
    texts |= {str(level).lower(): level for level in column.levels if isinstance(level, bool)}
    found = []
    for value in values:
        number = _number(value) if column.is_number or column.column.storage == "bool" else None
        key = str(value).lower() if column.column.storage == "bool" else value_text(value)
        if key in texts:
            found.append(texts[key])
        elif number is not None and column.column.storage == "bool" and number in (0.0, 1.0):
            found.append(bool(number))
        elif number is not None and value_text(number) in texts:
            found.append(texts[value_text(number)])
    return tuple(dict.fromkeys(found))


def _listed(values: Sequence[Value]) -> str:
    return " or ".join(repr(value) for value in values)


def quote(text: str) -> str:
    """Return a name or value so that no sign of the facets' grammar in it is read.

    Examples
    --------
    >>> quote("sex"), quote("a>b")
    ('sex', '`a>b`')
    """
    plain = text == text.strip() and text and not set(text) & set("><=≥≤:,*×`")
    return text if plain else "`" + text.replace("`", "``") + "`"
