"""The report in a real browser: both widths, both themes, and on paper."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from assay.jobs.sections.bias.page import bias_page
from assay.reports.html import render_report
from assay.reports.page import ReportContent
from bias_samples import bias_sample, facet_sample, many_groups
from report_samples import sample_content
from trust_samples import SAMPLES, sample

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESKTOP = 390, 1280
PAPER = {"width": 696, "height": 1016}  # A4 without its margins, at 96 px an inch
LEAST_CONTRAST = 4.5
SMALLEST_LETTERS = 11

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium"),
]

# For every text in a drawing: its colour against all that is painted below it.
TEXT_CONTRASTS = """
() => {
  const parse = text => text.match(/[\\d.]+/g).map(Number);
  const channel = c => { c /= 255; return c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4; };
  const light = c => .2126 * channel(c[0]) + .7152 * channel(c[1]) + .0722 * channel(c[2]);
  const page = parse(getComputedStyle(document.body).backgroundColor);
  return [...document.querySelectorAll('svg.chart text')].map(text => {
    text.scrollIntoView({block: 'center'});
    const box = text.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    let under = page;
    for (const shape of document.elementsFromPoint(x, y).reverse()) {
      const style = getComputedStyle(shape);
      if (!['path', 'rect'].includes(shape.tagName) || !style.fill.startsWith('rgb')) continue;
      const fill = parse(style.fill);
      const share = (fill[3] ?? 1) * style.fillOpacity * style.opacity;
      under = under.map((c, i) => (1 - share) * c + share * fill[i]);
    }
    const [a, b] = [light(parse(getComputedStyle(text).fill)), light(under)];
    return {text: text.textContent, contrast: (Math.max(a, b) + .05) / (Math.min(a, b) + .05)};
  }).filter(found => found.text);
}
"""

TEXT_SIZES = """
() => [...document.querySelectorAll('svg.chart text')].map(text => {
  const scale = text.ownerSVGElement.getScreenCTM().a;
  return scale * parseFloat(getComputedStyle(text).fontSize);
})
"""

CUT_LABELS = """
() => [...document.querySelectorAll('svg.chart text')].filter(text => {
  const box = text.getBoundingClientRect();
  return box.left < 0 || box.right > innerWidth;
}).map(text => text.textContent)
"""


def bias_content() -> ReportContent:
    """The same report, with the page of bias in place of the others."""
    facets = [
        facet_sample("sex", {"m": (60, 8, 10, 50), "f": (30, 20, 5, 70)}),
        facet_sample("district", many_groups(30)),
    ]
    page = bias_page(bias_sample(*facets))
    return replace(sample_content(), pages=(page,))


CONTENTS = {"metrics": sample_content, "bias": bias_content}


@pytest.fixture(scope="module", params=[*CONTENTS, *SAMPLES])
def html(request, tmp_path_factory) -> str:
    if request.param in CONTENTS:
        return render_report(CONTENTS[request.param]())
    return sample(request.param, tmp_path_factory.mktemp("sample"))[0]


of_made_up_pages = pytest.mark.parametrize("html", list(CONTENTS), indirect=True)
"""What only a page with every block, made up for it, is sure to have."""


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def open_page(browser, html, tmp_path) -> Iterator[Callable[..., object]]:
    path = tmp_path / "report.html"
    path.write_text(html, encoding="utf-8")
    contexts = []

    def opened(width: int = DESKTOP, scheme: str = "light", height: int = 900) -> object:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, offline=True
        )
        contexts.append(context)
        page = context.new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.asked.append(message.text))
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()


each_width = pytest.mark.parametrize("width", [PHONE, DESKTOP])
each_scheme = pytest.mark.parametrize("scheme", ["light", "dark"])


def unfold(page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")


@pytest.mark.parametrize("width", [320, PHONE, 768, DESKTOP])
@pytest.mark.parametrize("unfolded", [False, True])
def test_the_page_never_scrolls_sideways(open_page, width, unfolded):
    page = open_page(width)
    if unfolded:
        unfold(page)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width


def test_nothing_is_asked_of_the_network_and_nothing_complains(open_page):
    page = open_page()
    unfold(page)
    assert [url for url in page.asked if not url.startswith("file:")] == []


@each_width
@each_scheme
def test_axe_finds_nothing_serious(open_page, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(width, scheme)
    unfold(page)
    violations = Axe().run(page).response["violations"]
    found = [
        (v["id"], v["impact"], [node["html"][:120] for node in v["nodes"]]) for v in violations
    ]
    assert [v for v in found if v[1] in ("serious", "critical", "moderate")] == []


@each_scheme
def test_text_in_charts_stands_out_from_what_is_below_it(open_page, scheme):
    found = open_page(scheme=scheme).evaluate(TEXT_CONTRASTS)
    enough_to_mean_something = 10
    assert len(found) > enough_to_mean_something
    assert [one for one in found if one["contrast"] < LEAST_CONTRAST] == []


def test_dark_pages_have_other_chart_colours(open_page):
    fill = "getComputedStyle(document.querySelector('svg.chart text')).fill"
    assert open_page(scheme="light").evaluate(fill) != open_page(scheme="dark").evaluate(fill)


def test_charts_stay_readable_on_a_phone(open_page):
    page = open_page(PHONE)
    assert min(page.evaluate(TEXT_SIZES)) >= SMALLEST_LETTERS - 0.01
    assert page.evaluate(CUT_LABELS) == []


@of_made_up_pages
def test_charts_stand_in_two_columns_where_there_is_room(open_page):
    lefts = "[...new Set([...document.querySelectorAll('figure')].map(f => f.offsetLeft))].length"
    assert open_page(DESKTOP).evaluate(lefts) == 2
    assert open_page(PHONE).evaluate(lefts) == 1


@of_made_up_pages
def test_wide_tables_scroll_inside_their_own_region(open_page):
    page = open_page(PHONE)
    wide = "[...document.querySelectorAll('.scroll')].filter(r => r.scrollWidth > r.clientWidth)"
    assert page.evaluate(f"{wide}.length") > 0
    assert page.evaluate(f"{wide}.every(r => r.tabIndex === 0)")


def test_the_skip_link_is_first_and_leads_to_the_verdict(open_page):
    page = open_page()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#verdict"


def test_on_paper_nothing_is_cut(open_page):
    page = open_page(PAPER["width"], "dark", PAPER["height"])
    page.emulate_media(media="print")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PAPER["width"]
    boxes = page.evaluate(
        "[...document.querySelectorAll('figure, tr, .finding, .verdict')].map(e => "
        "[e.getBoundingClientRect().height, getComputedStyle(e).breakInside, "
        "e.querySelector('.finding') !== null])"
    )
    assert [b for b in boxes if b[0] > PAPER["height"] and not b[2]] == []  # b[2] may span pages
    assert {b[1] for b in boxes} == {"avoid"}


@of_made_up_pages
def test_paper_is_white_and_shows_what_was_folded(open_page):
    page = open_page(PAPER["width"], "dark", PAPER["height"])
    page.emulate_media(media="print")
    style = "getComputedStyle(document.body)"
    assert page.evaluate(f"{style}.backgroundColor") == "rgb(255, 255, 255)"
    shown = "document.querySelector('{}').checkVisibility({{contentVisibilityAuto: true}})"
    assert page.evaluate(shown.format("pre.config"))
    assert page.evaluate(shown.format(".finding .finding"))
    assert not page.evaluate(shown.format(".numbers table"))


def test_it_prints_to_a_few_pages(open_page):
    pdf = open_page().pdf(format="A4", print_background=True)
    assert pdf.startswith(b"%PDF")
    assert pdf.count(b"/Type /Page\n") in range(2, 36)
