"""Steps from the base value to the prediction in; a waterfall out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assay.charts import theme
from assay.charts.attribution_marks import SIGNS, colours, row_height, sign_of
from assay.charts.named_rows import names_beside
from assay.tables.attribution_points import WaterfallStep

if TYPE_CHECKING:
    import altair as alt

ROW = 30
FRAME = 76
LETTERS = 17
LETTER = 0.022
"""Room for a letter of a printed number, as a share of the axis."""


def plot_waterfall(steps: Sequence[WaterfallStep], *, axis: str = "score") -> "alt.LayerChart":
    """Draw how attributions lead from the base value to the prediction.

    Each step begins where the one above it ends. A step whose interval holds 0 is hollow; a line
    is the interval of its end. The printed numbers add up.

    Parameters
    ----------
    steps : sequence of WaterfallStep
        From top to bottom.
    axis : str
        What the score is.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> steps = [
    ...     WaterfallStep("base value", "base", 0.0, 0.3, "0.30"),
    ...     WaterfallStep("age", "step", 0.3, 0.5, "+0.20", 0.45, 0.55, told="30"),
    ...     WaterfallStep("prediction", "prediction", 0.0, 0.5, "0.50"),
    ... ]
    >>> [layer["mark"]["type"] for layer in plot_waterfall(steps).to_dict()["layer"]]
    ['rule', 'bar', 'bar', 'rule', 'point', 'text']
    """
    import altair as alt

    domain = _domain(steps)
    rows = [_row(each) for each in steps]
    labels = [str(each["label"]) for each in rows]
    scale = alt.Scale(domain=domain, nice=False, zero=False)
    about = {"title": axis, "scale": scale, "axis": theme.number_axis(domain)}
    words = [str(each["tone"]) for each in rows if each["kind"] in ("step", "rest")]
    base = alt.Chart(theme.values(rows)).encode(y=names_beside(labels))
    moves = base.transform_filter("datum.kind === 'step' || datum.kind === 'rest'").encode(
        x=alt.X("start:Q", **about), x2="end:Q", color=colours("tone", SIGNS, words)
    )
    solid = moves.transform_filter("datum.shown").mark_bar(height=15)
    hollow = moves.transform_filter("!datum.shown").mark_bar(
        height=14, filled=False, strokeWidth=1.4
    )
    whisker = (
        base.transform_filter("isValid(datum.low)")
        .mark_rule(color=theme.INK, strokeWidth=1.4)
        .encode(x=alt.X("low:Q", **about), x2="high:Q")
    )
    ends = (
        base.transform_filter("datum.kind === 'base' || datum.kind === 'prediction'")
        .mark_point(filled=True, shape="diamond", size=80, color=theme.INK, opacity=1)
        .encode(x=alt.X("end:Q", **about))
    )
    text = base.mark_text(align="left", dx=6, fontSize=11).encode(
        x=alt.X("right:Q", **about), text="printed:N", color=alt.value(theme.INK)
    )
    start = theme.mark_at(steps[0].end if steps else 0.0).encode(x=alt.X("x:Q", **about))
    notes = ["dashed: base value"]
    notes += ["line: interval"] if any(each.low is not None for each in steps) else []
    notes += ["hollow: holds 0"] if any(not each.shown for each in steps) else []
    height = (
        row_height(labels, ROW) * max(len(steps), 1) + FRAME + (18 if len(set(words)) > 1 else 0)
    )
    layers = (start, solid, hollow, whisker, ends, text)
    return theme.finish(*layers, height=height, note=" · ".join(notes))


def _domain(steps: Sequence[WaterfallStep]) -> list[float]:
    """Return the ends of the axis: all that is drawn, and room for the printed numbers."""
    numbers = [each.end for each in steps]
    numbers += [end for each in steps for end in (each.low, each.high) if end is not None]
    low, high = (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
    room = (high - low) or abs(high) or 1.0
    longest = max((len(each.printed) for each in steps), default=0)
    return [low - 0.05 * room, high + (0.06 + LETTER * longest * 1.4) * room]


def _label(step: WaterfallStep) -> str:
    """Return name and value, in two lines where they are long, so that the value is never cut."""
    if not step.told:
        return theme.wrapped(step.label)
    whole = f"{step.label} = {step.told}"
    return whole if len(whole) <= LETTERS else f"{step.label}{theme.BREAK}= {step.told}"


def _row(step: WaterfallStep) -> dict[str, object]:
    moves = step.kind in ("step", "rest")
    corners = (step.start, step.end) if moves else (step.end,)
    return {
        "label": _label(step),
        "kind": step.kind,
        "start": step.start if moves else step.end,
        "end": step.end,
        "low": step.low,
        "high": step.high,
        "right": max(*corners, *(() if step.high is None else (step.high,)), corners[0]),
        "tone": sign_of(step.end - step.start),
        "printed": step.printed,
        "shown": step.shown,
    }
