"""What was answered about rows in order, not yet read as predictions."""

from collections.abc import Iterable
from dataclasses import dataclass

SHOWN = 60


@dataclass(frozen=True, eq=False)
class Answers:
    """A label, scores or both for each row, as the values of JSON that they came as.

    Parameters
    ----------
    labels : list or None, length n_rows
        One value a row, or one list a row whose items go with those of `scores`.
    scores : list or None, length n_rows
        A number, a list of numbers, or an object class → number a row. Without `labels`, a
        text is a label, and a number may be a label, a score or a quantity.
    """

    labels: list[object] | None = None
    scores: list[object] | None = None

    def __len__(self) -> int:
        return len(self.labels if self.labels is not None else self.scores or ())

    def head(self, n_rows: int) -> "Answers":
        """Return the answers for the first rows."""
        return Answers(
            None if self.labels is None else self.labels[:n_rows],
            None if self.scores is None else self.scores[:n_rows],
        )


def join_answers(pieces: Iterable[Answers]) -> Answers:
    """Put the answers for consecutive rows together.

    Raises
    ------
    ValueError
        If some have labels or scores and others none.

    Examples
    --------
    >>> join_answers([Answers(scores=[0.1]), Answers(scores=[0.2])]).scores
    [0.1, 0.2]
    """
    pieces = [piece for piece in pieces if len(piece)]
    made: list[list[object] | None] = []
    for part in ("labels", "scores"):
        columns = [getattr(piece, part) for piece in pieces]
        there = [column for column in columns if column is not None]
        if there and len(there) < len(columns):
            msg = f"some answers have {part} and others have none"
            raise ValueError(msg)
        made.append([value for column in there for value in column] if there else None)
    return Answers(*made)


def describe(value: object) -> str:
    """Name a value of JSON for a message: untrusted text, shortened and on one line.

    Examples
    --------
    >>> describe("NaN"), describe(None), describe({"a": 1})
    ("the text 'NaN'", 'null', "the object {'a': 1}")
    """
    if value is None:
        return "null"
    kinds = {str: "the text ", dict: "the object ", list: "the list ", bool: ""}
    return kinds.get(type(value), "") + shorten(repr(value))


def shorten(text: str, limit: int = SHOWN) -> str:
    r"""Fold white space and cut a text that others wrote.

    Examples
    --------
    >>> shorten("a\n  b" + "c" * 100, 8)
    'a bccccc…'
    """
    folded = " ".join(text[: 20 * limit].split())
    shown = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in folded)
    return shown if len(shown) <= limit else f"{shown[:limit]}…"
