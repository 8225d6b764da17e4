"""What the charts of attributions share: colours of signs and of values, names beside rows."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from assay.charts import theme

if TYPE_CHECKING:
    import altair as alt

RAISES, LOWERS = "raises it", "lowers it"
SIGNS = {RAISES: theme.BLUE, LOWERS: theme.VERMILLION}
HIGH, LOW, UNORDERED = "high", "low", "no order"
ENDS = {LOW: theme.GREEN, HIGH: theme.PURPLE, UNORDERED: theme.MUTED}
TWO_LINES = 36
PALEST = 0.2
"""Opacity of a dot in the middle between low and high."""


def sign_of(value: float) -> str:
    """Return the word for an attribution's sign."""
    return RAISES if value >= 0 else LOWERS


def value_look(shade: float | None) -> tuple[str, float]:
    """Return the word for a value's place among others, and the opacity of its dot.

    Green for low and purple for high values, paler towards the middle: two hues that people with
    any colour vision tell apart, on light and dark pages.

    Examples
    --------
    >>> value_look(1.0), value_look(None)
    (('high', 1.0), ('no order', 0.7))
    """
    if shade is None:
        return UNORDERED, 0.7
    away = abs(2 * shade - 1)
    return (HIGH if shade >= 0.5 else LOW), PALEST + (1 - PALEST) * away


def colours(
    field: str, known: Mapping[str, str], found: Sequence[str], *, columns: int = 2
) -> "alt.Color":
    """Return the colour channel of words, with a legend of those that occur.

    Parameters
    ----------
    field : str
    known : mapping of str to str
        Word → colour, in the order of the legend.
    found : sequence of str
        Words that occur; a single one needs no legend.
    columns : int
        Words beside each other.
    """
    import altair as alt

    there = [word for word in known if word in set(found)]
    scale = alt.Scale(domain=there, range=[known[word] for word in there])
    wide = alt.Legend(columns=columns, labelLimit=170)
    return alt.Color(f"{field}:N", scale=scale, legend=wide if len(there) > 1 else None)


def row_height(labels: Sequence[str], height: int) -> int:
    """Return the height of a row in pixels: more where a label has two lines.

    Examples
    --------
    >>> row_height(["age"], 24), row_height([theme.wrapped("years since promotion")], 24)
    (24, 36)
    """
    broken = any(theme.BREAK in label for label in labels)
    return max(height, TWO_LINES) if broken else height
