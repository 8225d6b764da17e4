"""Which columns' effects are drawn, as a user names them."""

from collections.abc import Sequence

from assay.errors import ColumnNotFoundError, InputError


def read_effect(text: str, columns: Sequence[str]) -> str | tuple[str, str]:
    """Read a column, or two joined by ``*``.

    Parameters
    ----------
    text : str
    columns : sequence of str
        That the model reads.

    Raises
    ------
    ColumnNotFoundError
        If the model reads no such column.
    InputError
        If a column is joined with itself.

    Examples
    --------
    >>> read_effect("age", ["age", "hours"]), read_effect("age*hours", ["age", "hours"])
    ('age', ('age', 'hours'))
    """
    if text in columns:
        return text
    first, sign, second = (part.strip() for part in text.partition("*"))
    missing = [each for each in ((first, second) if sign else (text,)) if each not in columns]
    if missing:
        raise ColumnNotFoundError(missing, columns, where="the model reads; it")
    if first == second:
        msg = f"--dependence {text}: {first!r} is joined with itself; name two columns"
        raise InputError(msg)
    return first, second
