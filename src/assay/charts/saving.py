"""A chart in; a PNG or SVG file out, without a network or a browser."""

import json
from pathlib import Path
from typing import Any, Literal

from assay.charts.theme import ROLES
from assay.errors import InputError

PAGES = {"light": "#ffffff", "dark": "#0f1419"}
SUFFIXES = (".png", ".svg")


def save_chart(
    chart: Any,  # noqa: ANN401  an Altair chart
    path: str | Path,
    *,
    theme: Literal["light", "dark"] = "light",
    scale: float = 2.0,
) -> Path:
    """Write a chart as a picture.

    Parameters
    ----------
    chart : altair chart
        Any object whose ``to_dict()`` gives a Vega-Lite specification.
    path : str or Path
        Ends in ``.png`` or ``.svg``; an existing file is replaced.
    theme : {"light", "dark"}
        Colours of the chart and of the page behind it.
    scale : float
        Pixels of a PNG for each pixel of the chart, above 0.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        If the ending, the theme or the scale is none of these, or the file cannot be written.
    """
    target = Path(path)
    kind = target.suffix.lower()
    if kind not in SUFFIXES:
        msg = f"a chart is saved as .png or .svg, and the file is {target.name!r}"
        raise InputError(msg)
    if theme not in PAGES or scale <= 0:
        msg = f"theme must be light or dark and scale above 0, not {theme!r} and {scale}"
        raise InputError(msg)
    spec = themed(chart.to_dict(), theme)
    made = _png(spec, scale) if kind == ".png" else _svg(spec).encode()
    try:
        target.write_bytes(made)
    except OSError as error:
        msg = f"{target} cannot be written: {error.strerror or error}"
        raise InputError(msg) from error
    return target


def themed(spec: dict[str, Any], theme: Literal["light", "dark"]) -> dict[str, Any]:
    """Return a chart's specification in the colours of a theme, on its page.

    Only strings that are one of the theme's colours are replaced, never data.

    Examples
    --------
    >>> themed({"mark": {"color": "#0072b2"}}, "dark")["mark"]
    {'color': '#5bb8f0'}
    """
    swap = {role.light: role.dark for role in ROLES} if theme == "dark" else {}
    made: dict[str, Any] = _swapped(json.loads(json.dumps(spec)), swap)
    made["config"] = {**made.get("config", {}), "background": PAGES[theme]}
    return made


def _swapped(node: Any, swap: dict[str, str]) -> Any:  # noqa: ANN401  walks JSON
    if isinstance(node, dict):
        kept = ("values", "datasets")
        return {k: each if k in kept else _swapped(each, swap) for k, each in node.items()}
    if isinstance(node, list):
        return [_swapped(each, swap) for each in node]
    return swap.get(node, node) if isinstance(node, str) else node


def _version() -> str | None:
    import altair as alt
    import vl_convert

    wanted = alt.SCHEMA_VERSION.lstrip("v").rsplit(".", 1)[0]
    return wanted if wanted in vl_convert.get_vegalite_versions() else None


def _png(spec: dict[str, Any], scale: float) -> bytes:
    import vl_convert

    return vl_convert.vegalite_to_png(spec, _version(), scale=scale, allowed_base_urls=[])


def _svg(spec: dict[str, Any]) -> str:
    import vl_convert

    return vl_convert.vegalite_to_svg(spec, _version(), allowed_base_urls=[])
