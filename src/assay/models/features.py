"""Which columns of a table a model reads, in which order."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from assay.errors import InputError


class MissingFeatureError(InputError):
    """The model was fitted on columns that the table does not have.

    Parameters
    ----------
    missing : sequence of str
        What the model wants and the table lacks, in the model's order.
    available : sequence of str
        Columns that the table offers.
    """

    def __init__(self, missing: Sequence[str], available: Sequence[str]) -> None:
        self.missing = tuple(missing)
        self.available = tuple(available)
        hints = []
        for name in self.missing:
            close = get_close_matches(name, self.available, n=1)
            hint = f" (did you mean {_shown(close[0])}?)" if close else ""
            hints.append(_shown(name) + hint)
        shown = ", ".join(map(_shown, self.available[:30]))
        shown += ", …" if len(self.available) > 30 else ""
        super().__init__(
            f"the model was fitted on columns that the table does not have: {', '.join(hints)}; "
            f"the table has: {shown}. Add the columns, or rename those that go by another name"
        )


def _shown(name: str) -> str:
    """Write a name on one line: with escapes where it has line breaks and the like."""
    return name if name.isprintable() else repr(name)


@dataclass(frozen=True)
class Wanted:
    """What a model says about its columns.

    Parameters
    ----------
    names : tuple of str or None
        Columns by name, in order; None when the model does not know names.
    count : int or None
        How many columns; None when the model does not say.
    one_column : bool
        Whether it reads a single column of text rather than a table.
    underlined : bool
        Whether its names have underscores for the spaces of the table's (LightGBM's have).
    """

    names: tuple[str, ...] | None = None
    count: int | None = None
    one_column: bool = False
    underlined: bool = False


def choose_columns(wanted: Wanted, available: Sequence[str]) -> tuple[str, ...]:
    """Return the columns to hand over: those by name, else all, in the table's order.

    Raises
    ------
    MissingFeatureError
        If the table lacks a column that the model was fitted on.
    InputError
        If the model was fitted without names on another number of columns.

    Examples
    --------
    >>> choose_columns(Wanted(names=("b", "a")), ["a", "b", "c"])
    ('b', 'a')
    """
    if wanted.names is not None:
        known = {name: name for name in available}
        if wanted.underlined:
            known = {name.replace(" ", "_"): name for name in available} | known
        missing = [name for name in wanted.names if name not in known]
        if missing:
            raise MissingFeatureError(missing, available)
        return tuple(known[name] for name in wanted.names)
    expected = 1 if wanted.one_column else wanted.count
    if expected is not None and expected != len(available):
        read = "a single column" if wanted.one_column else f"{expected} columns without names"
        msg = (
            f"the model was fitted on {read}, and the table offers {len(available)}: "
            f"{', '.join(map(_shown, available[:30]))}. Leave out those that it does not read "
            "with --ignore (ignore=[…] in Python), or fit it on a frame, so that it knows its "
            "columns by name"
        )
        raise InputError(msg)
    return tuple(available)
