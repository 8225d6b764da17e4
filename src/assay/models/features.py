"""Which columns of a table a model reads, in which order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from assay.errors import InputError

NO_LETTER = re.compile(r"\W")


class MissingFeatureError(InputError):
    """The model was fitted on columns that the table does not have.

    Parameters
    ----------
    missing : sequence of str
        What the model wants and the table lacks, in the model's order.
    available : sequence of str
        Columns that the table offers.
    advice : str
        What can be done for this model, beside adding and renaming columns.
    """

    def __init__(self, missing: Sequence[str], available: Sequence[str], advice: str = "") -> None:
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
            f"the model reads columns that the table does not have: {', '.join(hints)}; "
            f"the table has: {shown}. Add the columns, or rename those that go by another name"
            + (f". {advice}" if advice else "")
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
        Whether its names may have underscores for what is neither letter nor digit in the
        table's (LightGBM's have them for spaces).
    packed : bool
        Whether a single column may hold all `count` values of a row, as a list.
    advice : str
        What can be done when the table lacks a column.
    """

    names: tuple[str, ...] | None = None
    count: int | None = None
    one_column: bool = False
    underlined: bool = False
    packed: bool = False
    advice: str = ""


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
            known = {NO_LETTER.sub("_", name): name for name in available} | known
        missing = [name for name in wanted.names if name not in known]
        if missing:
            raise MissingFeatureError(missing, available, wanted.advice)
        return tuple(known[name] for name in wanted.names)
    expected = 1 if wanted.one_column else wanted.count
    if wanted.packed and len(available) == 1:
        return tuple(available)
    if expected is not None and expected != len(available):
        read = "a single column" if wanted.one_column else f"{expected} columns without names"
        msg = (
            f"the model was fitted on {read}, and the table offers {len(available)}: "
            f"{', '.join(map(_shown, available[:30]))}. Leave out those that it does not read "
            "with --ignore (ignore=[…] in Python), name those that it reads, in order, with "
            "--feature, or fit it on a frame, so that it knows its columns by name"
            + (f". {wanted.advice}" if wanted.advice else "")
        )
        raise InputError(msg)
    return tuple(available)
