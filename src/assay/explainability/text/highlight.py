"""An explained text in; HTML that shows what each unit adds out."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from assay.charts.theme import ROLES
from assay.explainability.text.bars import unit_bars

if TYPE_CHECKING:
    from assay.explainability.text.explanation import ExplainedText

STRONGEST = 0.45
"""Opacity of the strongest colour: ink stays readable on it, on light and on dark pages."""
LINES = (1.0, 4.0)
"""Thickness of the line under the weakest and the strongest unit, in pixels."""
CONTROLS = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n\r"} | {127: 0x2421}
"""Control characters are shown by their pictures; a page may not hold them."""


def _numbers(colour: str) -> str:
    return " ".join(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5))


def _style() -> str:
    """Return the style sheet; blue and vermillion are told apart by all kinds of sight."""
    role = {each.name: each for each in ROLES}
    up, down = role["chart-blue"], role["chart-vermillion"]
    return (
        f".assay-text{{--up:{_numbers(up.light)};--down:{_numbers(down.light)};margin:1rem 0}}"
        "@media screen and (prefers-color-scheme:dark){"
        f".assay-text{{--up:{_numbers(up.dark)};--down:{_numbers(down.dark)}}}}}"
        ".assay-text .body{white-space:pre-wrap;overflow-wrap:anywhere;line-height:2;"
        "unicode-bidi:isolate;max-width:72ch;margin:.5rem 0}"
        ".assay-text mark{color:inherit;padding:.1em 0;border-radius:2px;"
        "text-decoration-line:underline;text-decoration-thickness:var(--w);"
        "text-underline-offset:.2em;text-decoration-skip-ink:none}"
        f".assay-text .up{{background:rgb(var(--up)/calc(var(--a)*{STRONGEST}));"
        "text-decoration-style:solid;text-decoration-color:rgb(var(--up))}"
        f".assay-text .down{{background:rgb(var(--down)/calc(var(--a)*{STRONGEST}));"
        "text-decoration-style:dashed;text-decoration-color:rgb(var(--down))}"
        ".assay-text .open{background:none}"
        ".assay-text .none{background:none;text-decoration:none}"
        ".assay-text .legend{display:flex;flex-wrap:wrap;gap:.25rem 1rem;font-size:.85rem}"
        ".assay-text table{border-collapse:collapse;font-size:.9rem}"
        ".assay-text td,.assay-text th{padding:.1rem .7rem .1rem 0;text-align:left}"
        ".assay-text td.n{text-align:right;font-variant-numeric:tabular-nums}"
    )


STYLE = _style()


def signed(number: float) -> str:
    """Write a number with its sign.

    Examples
    --------
    >>> signed(-0.1234), signed(0.0)
    ('−0.123', '0')
    """
    return f"{number:+.3g}".replace("-", "−") if number else "0"


def highlight_row(
    text: "ExplainedText", outputs: Sequence[str], output: int, *, style: bool = True
) -> str:
    """Show one text: blue and a solid line raise the score, vermillion and a dashed line lower it.

    The strength of the colour and the thickness of the line grow with the absolute value. Units
    whose value cannot be told from 0 have the line alone. Each unit's numbers are its title, and
    the largest are in a table below, so that nothing is said by colour alone.

    Parameters
    ----------
    text : ExplainedText
    outputs : sequence of str
    output : int
        Which of them is shown.
    style : bool
        Whether the style sheet comes with it; once on a page is enough.

    Returns
    -------
    str
        Escaped HTML without scripts, for light and dark pages.
    """
    name = outputs[output]
    largest = float(np.abs(text.values[:, output]).max(initial=0.0))
    return (
        f'<div class="assay-text">{f"<style>{STYLE}</style>" if style else ""}'
        f"{_head(text, name, output)}"
        f'<p class="body" dir="auto">{_body(text, output, largest)}</p>'
        f"{_legend(largest, name)}{_table(text, name, output)}</div>"
    )


def highlight_page(
    rows: Sequence["ExplainedText"], outputs: Sequence[str], output: int, *, n_rows: int
) -> str:
    """Show some texts below each other; names the ways to get more."""
    shown = "".join(
        highlight_row(row, outputs, output, style=place == 0) for place, row in enumerate(rows)
    )
    return f"{shown}<p>{len(rows)} of {n_rows:,} texts; to_frame(), to_dict(), plot()</p>"


def _head(text: "ExplainedText", name: str, output: int) -> str:
    said = (
        f"{name}: {text.base[output]:.3g} with everything off, "
        f"{text.prediction[output]:.3g} for this text"
    )
    return f"<p><strong>Row {text.row}.</strong> {_escaped(said)}</p>"


def _body(text: "ExplainedText", output: int, largest: float) -> str:
    pieces, before = [], 0
    for place, unit in enumerate(text.units):
        value, error = text.values[place, output], text.standard_errors[place, output]
        pieces.append(_escaped(text.text[before : unit.start]))
        said = f"{signed(value)}" + (f" ± {1.96 * error:.2g}" if error else "")
        told = value != 0 and abs(value) > 1.96 * error
        pieces.append(_mark(_escaped(unit.text), value, largest, said, told=told))
        before = unit.end
    if not text.text.strip():
        return "<em>(nothing but space)</em>" if text.text else "<em>(empty)</em>"
    return "".join([*pieces, _escaped(text.text[before:])])


def _mark(inner: str, value: float, largest: float, said: str, *, told: bool) -> str:
    share = abs(value) / largest if largest else 0.0
    kind = "up" if value > 0 else "down" if value < 0 else "none"
    line = LINES[0] + share * (LINES[1] - LINES[0])
    hollow = "" if told or kind == "none" else " open"
    return (
        f'<mark class="{kind}{hollow}" style="--a:{share:.3f};--w:{line:.1f}px" '
        f'title="{said}">{inner}</mark>'
    )


def _legend(largest: float, name: str) -> str:
    if not largest:
        return '<p class="legend">No unit changes the score.</p>'
    steps = [
        _mark(
            f"&nbsp;{signed(part * largest)}&nbsp;", part, 1.0, signed(part * largest), told=True
        )
        for part in (-1.0, -0.5, 0.5, 1.0)
    ]
    words = f"dashed: lowers {name}", f"solid: raises {name}", "no fill: not told from 0"
    return f'<p class="legend">{"".join(steps)}<span>{_escaped(" · ".join(words))}</span></p>'


def _table(text: "ExplainedText", name: str, output: int) -> str:
    rows = "".join(
        f'<tr><td><bdi>{_escaped(bar.player)}</bdi></td><td class="n">{signed(bar.value)}</td>'
        f'<td class="n">{_range(bar.low, bar.high)}</td></tr>'
        for bar in unit_bars(text, output)
    )
    if not rows:
        return ""
    head = f"<tr><th>unit</th><th>adds to {_escaped(name)}</th><th>95 % interval</th></tr>"
    return (
        f"<details><summary>Largest values</summary><table><thead>{head}</thead>"
        f"<tbody>{rows}</tbody></table></details>"
    )


def _range(low: float | None, high: float | None) -> str:
    if low is None or high is None or low == high:
        return "exact"
    return f"{signed(low)} to {signed(high)}"


def _escaped(text: str) -> str:
    return escape(text.translate(CONTROLS))
