"""Labelled values with intervals in; a forest plot with a reference line and a band out."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assay.charts import theme
from assay.charts.named_rows import names_beside
from assay.tables.forest import ForestRow, Mark

if TYPE_CHECKING:
    import altair as alt

ROW = 34
FRAME = 92
LEGEND_ROW = 16
LETTERS_BESIDE = 36
"""So many letters of a legend stand side by side."""
COLOURS: dict[Mark, str] = {
    "above": theme.GREEN,
    "below": theme.VERMILLION,
    "inside": theme.PURPLE,
    "plain": theme.BLUE,
    "few": theme.MUTED,
}
SHAPES: dict[Mark, str] = {
    "above": "triangle-right",
    "below": "triangle-left",
    "inside": "diamond",
    "plain": "circle",
    "few": "square",
}
WORDS: dict[Mark, str] = {
    "above": "above",
    "below": "below",
    "inside": "within the margin",
    "plain": "not shown",
    "few": "too few rows",
}


def plot_forest(
    rows: Sequence[ForestRow],
    *,
    axis: str = "difference",
    reference: float | None = 0.0,
    reference_word: str = "no difference",
    band: tuple[float, float] | None = None,
    band_word: str = "margin",
    words: Mapping[Mark, str] | None = None,
) -> "alt.LayerChart":
    """Draw a row for each value: a dot with its interval, and the value written above it.

    Parameters
    ----------
    rows : sequence of ForestRow
        From top to bottom. An interval without an end is drawn to the edge; a row without a
        value keeps its place.
    axis : str
        What the values are.
    reference : float or None
        Where the dashed line stands; None for no line.
    reference_word : str
        What it means, for the note above the chart.
    band : (float, float) or None
        Shaded, for example the margin of equivalence.
    band_word : str
        What it means.
    words : mapping or None
        Mark → what it means, for the legend; None takes the words of a difference. There is a
        legend only where rows differ in their mark.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> rows = [ForestRow("new", 0.02, 0.01, 0.03, "above"), ForestRow("old", 0.0, -0.01, 0.01)]
    >>> chart = plot_forest(rows, band=(-0.005, 0.005))
    >>> [layer["mark"]["type"] for layer in chart.to_dict()["layer"]]
    ['rect', 'rule', 'rule', 'point', 'text']
    """
    import altair as alt

    said: dict[Mark, str] = {**WORDS, **(words or {})}
    domain = _domain(rows, reference, band)
    scale = alt.Scale(domain=domain, nice=False, clamp=True)
    marks: list[Mark] = [mark for mark in COLOURS if any(row.mark == mark for row in rows)]
    drawn = [_drawn(row, domain, said) for row in rows if row.value is not None]
    columns = 2 if sum(len(said[mark]) for mark in marks) <= LETTERS_BESIDE else 1
    legend = alt.Legend(columns=columns, labelLimit=150) if len(marks) > 1 else None
    base = alt.Chart(theme.values(drawn)).encode(
        y=names_beside([theme.wrapped(row.label) for row in rows]),
        color=alt.Color("mark:N", scale=_scale(marks, said, COLOURS), legend=legend),
    )
    ticks = theme.number_axis(domain)
    x = alt.X("low:Q", title=axis, scale=scale, axis=ticks)
    bar = base.mark_rule(strokeWidth=2.4).encode(x=x, x2="high:Q")
    dot = base.mark_point(filled=True, size=64, opacity=1).encode(
        x=alt.X("value:Q", title=axis, scale=scale, axis=ticks),
        shape=alt.Shape("mark:N", scale=_scale(marks, said, SHAPES), legend=legend),
    )
    text = base.mark_text(dy=-10, fontSize=11).encode(
        x=alt.X("value:Q", title=axis, scale=scale, axis=ticks),
        text="text:N",
        color=alt.value(theme.INK),
    )
    layers: list[Any] = [bar, dot, text]
    if reference is not None:
        line = theme.mark_at(reference).encode(x=alt.X("x:Q", title=axis, scale=scale))
        layers.insert(0, line)
    if band is not None:
        layers.insert(0, _band(band, scale))
    height = ROW * max(len(rows), 1) + FRAME + _legend_height(len(marks), columns)
    note = _note(reference, reference_word, band, band_word)
    return theme.finish(*layers, height=height, note=note)


def _note(
    reference: float | None, word: str, band: tuple[float, float] | None, band_word: str
) -> str:
    said = [f"shaded: {band_word}"] if band is not None else []
    return " · ".join([*said, f"dashed: {word}"] if reference is not None else said)


def _scale(marks: Sequence[Mark], said: Mapping[Mark, str], looks: Mapping[Mark, str]) -> Any:  # noqa: ANN401 - altair's own type
    import altair as alt

    return alt.Scale(domain=[said[mark] for mark in marks], range=[looks[mark] for mark in marks])


def _legend_height(marks: int, columns: int) -> int:
    return LEGEND_ROW * -(-marks // columns) if marks > 1 else 0


def _drawn(row: ForestRow, domain: Sequence[float], said: Mapping[Mark, str]) -> dict[str, object]:
    start, end = domain
    assert row.value is not None  # rows without a value are not drawn
    open_ended = row.low is not None or row.high is not None
    low = row.low if row.low is not None else start if open_ended else row.value
    high = row.high if row.high is not None else end if open_ended else row.value
    return {
        "label": theme.wrapped(row.label),
        "value": row.value,
        "low": max(low, start),
        "high": min(high, end),
        "mark": said[row.mark],
        "text": f"{row.value:.3g}",
    }


def _band(band: tuple[float, float], scale: "alt.Scale") -> "alt.Chart":
    import altair as alt

    return (
        alt.Chart(theme.values([{"from": band[0], "to": band[1]}]))
        .mark_rect(color=theme.MUTED, opacity=0.13)
        .encode(x=alt.X("from:Q", scale=scale), x2="to:Q")
    )


def _domain(
    rows: Sequence[ForestRow], reference: float | None, band: tuple[float, float] | None
) -> list[float]:
    """Return the ends of the axis: all that is drawn, and a little room around it."""
    numbers = [*(() if reference is None else (reference,)), *(band or ())]
    for row in [row for row in rows if row.mark != "few"] or rows:
        numbers += [each for each in (row.value, row.low, row.high) if each is not None]
    numbers += [row.value for row in rows if row.value is not None]
    low, high = (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
    room = 0.06 * ((high - low) or abs(high) or 1.0)
    return [low - room, high + room]
