import re
from xml.etree import ElementTree as ET

import altair as alt
import numpy as np
import pytest

from assay.charts import theme
from assay.charts.confusion import plot_confusion
from assay.reports.svg import chart_svg
from assay.tables.curves import ConfusionTable
from report_samples import every_chart

CHARTS = every_chart()
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def drawings():
    return {
        name: chart_svg(chart, title=f"T {name}", description="D <&>", key=f"k{i}")
        for i, (name, chart) in enumerate(CHARTS.items())
    }


@pytest.mark.parametrize("name", CHARTS)
def test_only_variables_colour_a_drawing(drawings, name):
    svg = drawings[name]
    for role in theme.ROLES:
        assert role.light not in svg.lower()
    colours = re.findall(r'(?:fill|stroke)="([^"]+)"', svg)
    allowed = re.compile(r"none|transparent|var\(--chart-[a-z]+\)|url\(#k\d+-\w+\)")
    assert any(colour.startswith("var(") for colour in colours)
    assert [colour for colour in colours if not allowed.fullmatch(colour)] == []


@pytest.mark.parametrize("name", CHARTS)
def test_a_drawing_is_named_described_and_without_fixed_width(drawings, name):
    root = ET.fromstring(drawings[name])
    key = root.get("aria-labelledby").removesuffix("-title")
    assert root.get("role") == "img"
    assert root.get("width") is None
    assert root.get("height") is None
    assert root.get("viewBox").startswith(f"0 0 {theme.WIDTH} ")
    assert root.find(f"{SVG}title").text == f"T {name}"
    assert root.find(f"{SVG}title").get("id") == f"{key}-title"
    assert root.find(f"{SVG}desc").text == "D <&>"
    assert root.find(f"{SVG}desc").get("id") == root.get("aria-describedby")


@pytest.mark.parametrize("name", CHARTS)
def test_text_stays_readable_when_a_phone_shows_it_at_its_own_size(drawings, name):
    sizes = [float(s) for s in re.findall(r'font-size="([\d.]+)px"', drawings[name])]
    assert sizes
    assert min(sizes) >= 11


@pytest.mark.parametrize("name", CHARTS)
def test_nothing_is_named_that_could_be_fetched(drawings, name):
    without_namespace = re.sub(r'xmlns(:\w+)?="[^"]+"', "", drawings[name])
    assert "http" not in without_namespace
    assert "href" not in without_namespace


def test_ids_do_not_meet_on_a_page(drawings):
    ids = [i for svg in drawings.values() for i in re.findall(r'\bid="([^"]+)"', svg)]
    assert len(ids) == len(set(ids))
    for svg in drawings.values():
        assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= set(re.findall(r'\bid="([^"]+)"', svg))


def test_labels_cannot_break_out(drawings):
    svg = drawings["confusion with nasty labels"]
    assert "<script" not in svg
    assert "<img" not in svg
    assert "age\\nin\\x00y" in svg


def test_cells_of_one_shade_become_one_path_and_none_is_lost():
    counts = np.full((30, 30), 3) + np.diag(np.full(30, 90))
    labels = tuple(f"class {i}" for i in range(30))
    chart = plot_confusion(ConfusionTable(labels, counts, counts.astype(float)))
    svg = chart_svg(chart, title="t", description="d", key="k")
    shaded = re.findall(r'<path d="([^"]*)"[^>]*fill-opacity="([^"]*)"', svg)
    assert sorted(d.count("M") for d, _ in shaded) == [30, 870]


ROWS = [{"x": 1, "to": "javascript:alert(1)", "picture": "http://127.0.0.1:9/a.png"}]


def test_a_picture_with_an_address_is_refused():
    chart = alt.Chart(alt.Data(values=ROWS)).mark_image().encode(x="x:Q", url="picture:N")
    with pytest.raises(ValueError, match=r"may not lead elsewhere.*'url'"):
        chart_svg(chart, title="t", description="d", key="k")


def test_a_chart_with_links_is_refused_and_the_next_one_is_drawn():
    links = alt.Chart(alt.Data(values=ROWS)).mark_point().encode(x="x:Q", href="to:N")
    with pytest.raises(ValueError, match=r"may not lead elsewhere.*'href'"):
        chart_svg(links, title="t", description="d", key="k")
    plain = alt.Chart(alt.Data(values=ROWS)).mark_point().encode(x="x:Q")
    assert "<path" in chart_svg(plain, title="t", description="d", key="k")


def test_a_chart_that_wants_data_from_elsewhere_is_refused():
    chart = alt.Chart("http://127.0.0.1:9/rows.csv").mark_point().encode(x="a:Q")
    with pytest.raises(ValueError, match=r"may not lead elsewhere.*'url'"):
        chart_svg(chart, title="t", description="d", key="k")


def test_columns_may_be_called_url_and_href():
    rows = [{"url": 1, "href": 2}]
    chart = alt.Chart(alt.Data(values=rows)).mark_point().encode(x="url:Q", y="href:Q")
    assert "<path" in chart_svg(chart, title="t", description="d", key="k")
