"""The whole page: complete, escaped, in order, and without anything to fetch or run."""

import dataclasses
import re
from html.parser import HTMLParser

import altair as alt
import pytest

from assay.reports.html import render_report
from assay.reports.page import Figure, Page, ReportContent, Table, Verdict
from assay.result import Finding
from report_samples import NASTY, sample_content

MEBIBYTE = 2**20
VOID = {"meta", "link", "img", "br", "hr", "input"}


class Outline(HTMLParser):
    """Collects tags with their attributes, headings, ids, and how deep tags are left open."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[int] = []
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open, tag
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page():
    return render_report(sample_content())


@pytest.fixture(scope="module")
def outline(page):
    parser = Outline()
    parser.feed(page)
    return parser


def empty(**changes) -> ReportContent:
    verdict = Verdict("good", "Fine.")
    return dataclasses.replace(ReportContent("t", "", verdict, (), (), (), (), ""), **changes)


def test_every_tag_is_closed(outline):
    assert outline.open == []


def test_nothing_is_fetched_and_nothing_runs(page, outline):
    tags = {tag for tag, _ in outline.tags}
    assert tags.isdisjoint({"script", "link", "img", "iframe", "object", "base", "form"})
    for _, attributes in outline.tags:
        assert not any(name.startswith("on") for name in attributes)
        for name in ("src", "href", "xlink:href", "action"):
            assert (attributes.get(name) or "#").startswith("#")
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)
    assert "default-src 'none'" in page


def test_the_page_is_small(page):
    assert len(page.encode()) < MEBIBYTE / 2


def test_foreign_text_is_escaped_everywhere(page):
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "<img" not in page
    assert "\x00" not in page
    assert "\u202e" not in page


def test_one_title_and_headings_in_order(outline):
    assert outline.headings.count(1) == 1
    assert outline.headings[0] == 1
    steps = zip(outline.headings, outline.headings[1:], strict=False)
    assert all(later <= earlier + 1 for earlier, later in steps)


def test_ids_are_unique_and_links_lead_somewhere(outline):
    ids = [a["id"] for _, a in outline.tags if "id" in a]
    assert len(ids) == len(set(ids))
    targets = {a["href"][1:] for tag, a in outline.tags if tag == "a"}
    named = [a.get("aria-labelledby") for _, a in outline.tags if a.get("aria-labelledby")]
    assert targets | set(named) <= set(ids)


def test_the_order_is_verdict_findings_contents_sections_skipped_provenance(page):
    marks = (
        'id="verdict"',
        'id="findings"',
        'aria-label="Contents"',
        'id="section-metrics"',
        'id="section-binary"',
        'id="skipped"',
        'id="provenance"',
    )
    places = [page.index(mark) for mark in marks]
    assert places == sorted(places)


def test_a_finding_shows_all_that_it_has(page):
    for text in (
        "Likely cause",
        "What to do",
        "Leave it out with --ignore",
        "leak_target",
        "first seen 2026-11-23",
        "0.2362",
        "1 consequence of this",
        "threshold_moves",
    ):
        assert text in page


def test_severity_is_a_word_and_not_a_colour_alone(page):
    found = re.findall(r'<span class="severity">(\w+)</span>', page)
    assert found == ["Error", "Warning", "Note", "Note"]


@pytest.mark.parametrize(
    ("level", "word"),
    [("good", "Good"), ("caution", "Caution"), ("bad", "Not good"), ("unknown", "No verdict")],
)
def test_the_verdict_is_a_word_too(level, word):
    page = render_report(empty(verdict=Verdict(level, "Headline.")))
    assert f'<p class="verdict-word">{word}</p>' in page


def test_silence_is_said(page):
    assert "No findings" in render_report(empty())
    assert "No findings" not in page


def test_findings_are_counted():
    three = tuple(Finding(rule="r", severity=s, message="m") for s in ("error", "error", "info"))
    assert "2 errors, 1 note" in render_report(empty(findings=three))


def test_every_figure_has_its_words_and_its_table(page, outline):
    figures = page.split("<figure>")[1:]
    wanted = sum(
        isinstance(block, Figure) for part in sample_content().pages for block in part.blocks
    )
    assert len(figures) == wanted > 0
    for figure in figures:
        body = figure.split("</figure>")[0]
        assert re.search(r'<p class="alternative">[^<]+', body)
        assert "<desc" in body
        assert "<table>" in body


def test_every_table_has_a_caption_and_its_region_a_name(page, outline):
    assert page.count("<table>") == page.count("<caption")
    regions = [a for _, a in outline.tags if a.get("role") == "region"]
    assert len(regions) == page.count("<table>")
    assert all(a["aria-label"] and a["tabindex"] == "0" for a in regions)


def test_an_undefined_number_says_why(page):
    assert "<b>undefined</b>: there are only 2 classes" in page


def test_too_few_is_marked(page):
    assert '<b class="mark">too few</b>' in page
    assert "too few: 2 positive rows" in page


def test_skipped_parts_name_their_flag(page):
    assert "<code>--train train.parquet</code>" in page


def test_the_config_keeps_its_lines():
    page = render_report(empty(config="a: 1\nb: <2>\tc"))
    assert "<code>a: 1\nb: &lt;2&gt;\\tc</code>" in page


def test_empty_parts_leave_no_empty_headings():
    page = render_report(empty())
    assert 'id="skipped"' not in page
    assert "<pre" not in page


def test_a_page_of_nothing_but_nasty_names():
    table = Table(NASTY, (NASTY,), ((NASTY,),), help={NASTY: NASTY}, note=NASTY, folded=True)
    page = render_report(empty(title=NASTY, subtitle=NASTY, pages=(Page("p", NASTY, (table,)),)))
    assert "<script" not in page


def test_a_chart_that_cannot_be_drawn_leaves_its_reason_and_its_table():
    chart = alt.Chart("http://127.0.0.1:9/rows.csv").mark_point().encode(x="a:Q")
    table = Table("The numbers", ("a",), ((0.1375,),))
    figure = Figure("Title", "In words.", chart, table)
    page = render_report(empty(pages=(Page("p", "P", (figure, figure)),)))
    assert page.count("This chart could not be drawn") == 2
    assert "may not lead elsewhere" in page
    assert page.count("0.1375") == 2
    assert "In words." in page


def test_the_same_content_gives_the_same_page(page):
    assert render_report(sample_content()) == page


def test_long_evidence_ends_and_says_how_much_is_left_out():
    many = {f"label {i:02d}": i for i in range(60)}
    finding = Finding(
        rule="rare_labels",
        severity="info",
        message="Rare.",
        where={"labels": list(many)},
        evidence=many,
        cause="c",
        advice="a",
    )
    page = render_report(empty(findings=(finding,)))
    assert page.count("label 09") == 2
    assert "label 10" not in page
    assert page.count("50 more in results.json") == 2
