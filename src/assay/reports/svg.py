"""Altair chart in, inline SVG for the page out: offline, themed, described, any width."""

import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

from assay.charts import theme
from assay.plain_text.hidden import visible

NAMESPACE = "http://www.w3.org/2000/svg"
COLOURS = {role.light.lower(): f"var(--{role.name})" for role in theme.ROLES}
NOISE = re.compile(r"^(role|aria-.*|pointer-events|font-family|class|version)$|href$")
LONG_DECIMAL = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")
REFERENCE = re.compile(r"url\(#([^)]+)\)")


def chart_svg(chart: Any, *, title: str, description: str, key: str) -> str:  # noqa: ANN401
    """Draw a chart as an SVG element for an HTML page.

    Colours that have a role in `charts.theme` become variables of the style sheet, hidden
    characters are made visible, and nothing is fetched: links, and pictures and data with an
    address, are refused.

    Parameters
    ----------
    chart : altair chart
        Any object whose ``to_dict()`` gives a Vega-Lite specification.
    title, description : str
        The accessible name and the text alternative.
    key : str
        Prefix of the ids inside; unique on the page.

    Returns
    -------
    str
        ``<svg …>…</svg>`` without fixed width; its view box keeps the shape.

    Raises
    ------
    ValueError
        If the specification cannot be drawn, has links, or wants data from elsewhere.
    """
    spec = chart.to_dict()
    _refuse_outside(spec)
    root = ET.fromstring(_draw(_visible_texts(spec)))
    _join_cells(root)
    _tidy(root, key)
    return _describe(root, title=title, description=description, key=key)


def _draw(spec: dict[str, Any]) -> str:
    import altair as alt
    import vl_convert

    wanted = alt.SCHEMA_VERSION.lstrip("v").rsplit(".", 1)[0]
    known = wanted in vl_convert.get_vegalite_versions()
    version = wanted if known else None
    return vl_convert.vegalite_to_svg(spec, version, allowed_base_urls=[])


def _refuse_outside(node: Any) -> None:  # noqa: ANN401 - walks JSON
    """Refuse links and addresses before the renderer sees them; its own refusals linger."""
    if isinstance(node, list):
        for item in node:
            _refuse_outside(item)
    if not isinstance(node, Mapping):
        return
    for key, item in node.items():
        if key in ("href", "url"):
            msg = f"a chart on the page may not lead elsewhere, and this one has {key!r}: {item!r}"
            raise ValueError(msg)
        if key not in ("datasets", "values"):  # the rows, whose columns may have any name
            _refuse_outside(item)


def _visible_texts(node: Any) -> Any:  # noqa: ANN401 - walks JSON
    if isinstance(node, str):
        return visible(node)
    if isinstance(node, Mapping):
        return {key: _visible_texts(item) for key, item in node.items()}
    if isinstance(node, list):
        return [_visible_texts(item) for item in node]
    return node


def _tidy(root: ET.Element, key: str) -> None:
    for parent in root.iter():
        for child in list(parent):
            if child.get("display") == "none" or child.get("class") == "background":
                parent.remove(child)
    for element in root.iter():
        for name, text in list(element.attrib.items()):
            if NOISE.search(name) or (name == "opacity" and text == "1"):
                del element.attrib[name]
            else:
                element.set(name, _attribute(name, text, key))


def _join_cells(root: ET.Element) -> None:
    """Draw cells of one colour and shade as one path: a large matrix becomes a small file."""
    for group in root.iter(f"{{{NAMESPACE}}}g"):
        if "mark-rect" not in (group.get("class") or ""):
            continue
        joined: dict[tuple[tuple[str, str], ...], ET.Element] = {}
        for cell in list(group):
            look = tuple(
                (name, LONG_DECIMAL.sub(_short, text))
                for name, text in sorted(cell.attrib.items())
                if name != "d" and not NOISE.search(name)
            )
            first = joined.setdefault(look, cell)
            if first is not cell and cell.tag == f"{{{NAMESPACE}}}path":
                first.set("d", first.get("d", "") + cell.get("d", ""))
                group.remove(cell)


def _attribute(name: str, text: str, key: str) -> str:
    if name == "id":
        return f"{key}-{text}"
    if name in ("fill", "stroke"):
        return COLOURS.get(text.lower(), REFERENCE.sub(rf"url(#{key}-\1)", text))
    text = REFERENCE.sub(rf"url(#{key}-\1)", text)
    return LONG_DECIMAL.sub(_short, text) if name != "id" else text


def _short(match: re.Match[str]) -> str:
    return f"{float(match.group()):.2f}".rstrip("0").rstrip(".")


def _describe(root: ET.Element, *, title: str, description: str, key: str) -> str:
    width, height = root.attrib.pop("width"), root.attrib.pop("height")
    root.attrib.setdefault("viewBox", f"0 0 {width} {height}")
    root.set("class", "chart")
    root.set("role", "img")
    root.set("aria-labelledby", f"{key}-title")
    root.set("aria-describedby", f"{key}-description")
    for name, text in (("desc", description), ("title", title)):
        element = ET.Element(f"{{{NAMESPACE}}}{name}", {"id": f"{key}-{_LONG[name]}"})
        element.text = visible(text)
        root.insert(0, element)
    ET.register_namespace("", NAMESPACE)
    return ET.tostring(root, encoding="unicode")


_LONG = {"desc": "description", "title": "title"}
