"""The page of bias: a sentence first, numbers as results.json has them, nothing from names."""

from dataclasses import replace

import pytest

from assay.bias.change import bias_change
from assay.bias.findings import bias_findings
from assay.bias.impossibility import impossibility_notes
from assay.bias.options.threshold_table import ThresholdTable
from assay.bias.options.thresholds import group_thresholds
from assay.bias.result import BiasResult
from assay.jobs.sections.bias.by_facet import ByFacet
from assay.jobs.sections.bias.page import bias_page
from assay.jobs.sections.bias.tables import interval_text
from assay.reports.html import render_report
from assay.reports.page import Figure, Heading, Paragraph, ReportContent, Table, Verdict
from assay.result import Estimate
from bias_samples import (
    FAIR,
    LONG,
    NASTY,
    OUTCOME,
    SEX,
    bias_sample,
    facet_sample,
    many_groups,
)


def of_kind(page, kind):
    return [block for block in page.blocks if isinstance(block, kind)]


def below(page, heading):
    """The blocks between a heading and the next one."""
    at = next(
        i
        for i, each in enumerate(page.blocks)
        if isinstance(each, Heading) and each.text == heading
    )
    rest = page.blocks[at + 1 :]
    end = next((i for i, each in enumerate(rest) if isinstance(each, Heading)), len(rest))
    return rest[:end]


def texts(blocks):
    return [block.text for block in blocks if isinstance(block, Paragraph)]


def html_of(page):
    verdict = Verdict("unknown", "No verdict.")
    return render_report(ReportContent("Bias", "", verdict, (), (page,), (), (), ""))


def tables(blocks):
    behind = [block.table for block in blocks if isinstance(block, Figure)]
    return [*(block for block in blocks if isinstance(block, Table)), *behind]


@pytest.fixture(scope="module")
def sample():
    result = bias_sample()
    notes = impossibility_notes(result.facets, outcome=OUTCOME)
    return replace(result, findings=bias_findings(result.facets, outcome=OUTCOME), notes=notes)


@pytest.fixture(scope="module")
def page(sample):
    return bias_page(sample)


def test_each_facet_begins_with_its_largest_disparity(page):
    assert texts(below(page, "By sex"))[0] == (
        "sex = Female has income '>50K' 23 points less often than the rest (21 to 25 points)."
    )
    said = texts(below(page, "By race"))[0]
    assert said.startswith("race = Black has income '>50K' 16 points less often")
    assert said.endswith("1 other group differs too.")


def test_no_disparity_is_said_and_not_taken_for_proof():
    sure = bias_page(bias_sample(facet_sample("sex", FAIR)))
    assert texts(below(sure, "By sex")) == [
        "No difference by sex is shown to be beyond what is tolerated."
    ]
    few = {name: tuple(x // 40 for x in counts) for name, counts in FAIR.items()}
    unsure = texts(below(bias_page(bias_sample(facet_sample("sex", few))), "By sex"))
    assert unsure[0].endswith("That does not show that there is none.")


def test_every_estimate_of_the_page_is_one_of_the_result(sample, page):
    numbers = [row.numbers.values() for facet in sample.facets for row in facet.groups]
    known = [each for group in numbers for each in group]
    measures = [*sample.measures, *(m for facet in sample.facets for m in facet.worst_pairs)]
    known += [each.estimate for each in measures]
    cells = [cell for table in tables(page.blocks) for row in table.rows for cell in row]
    shown = [cell for cell in cells if isinstance(cell, Estimate)]
    assert len(shown) > 200
    assert all(any(cell is each for each in known) for cell in shown)


def test_each_metric_has_its_help_and_its_words(page):
    (table,) = [
        block
        for block in below(page, "By sex")
        if isinstance(block, Table) and block.caption == "sex = Female against the rest"
    ]
    rows = {row[0]: row for row in table.rows}
    first = rows["DPL: difference in positive proportions in labels"]
    assert first[3] == "-0.1 to 0.1"
    assert first[4].endswith("23 points less often than the rest")
    help_text = table.help[first[0]]
    assert "Not to be used:" in help_text
    assert "{" not in help_text


def test_seldom_metrics_are_folded(page):
    folded = [t for t in below(page, "By sex") if isinstance(t, Table) and t.folded]
    assert [t.caption for t in folded] == [
        "sex = Female against the rest: 2 more metrics, which fewer need"
    ]
    assert {row[0].split(":")[0] for row in folded[0].rows} == {"KL", "TE"}


def test_groups_with_too_few_rows_are_marked(page):
    groups = [t for t in below(page, "By race") if isinstance(t, Table)]
    groups = [t for t in groups if t.caption.startswith("Groups of")]
    assert all("Other (too few rows)" in [row[0] for row in t.rows] for t in groups)
    assert "selection rate, pooled" in {name for t in groups for name in t.columns}


def test_what_was_left_out_of_a_facet_is_said(page):
    assert "120 rows without a value of sex are left out." in texts(below(page, "By sex"))
    assert "40 rows of rare values are gathered in (other)." in texts(below(page, "By race"))


def test_a_combination_of_two_facets_has_its_map(page):
    titles = [b.title for b in below(page, "By sex × race") if isinstance(b, Figure)]
    assert "Selection rate of each combination" in titles
    figure = next(
        b
        for b in below(page, "By sex × race")
        if isinstance(b, Figure) and b.title.startswith("Selection rate of each")
    )
    assert "1 of 5 combinations has too few rows" in figure.alternative
    assert ("Female", "Black", 770) in [row[:3] for row in figure.table.rows]


def test_names_of_three_parts_make_no_map():
    counts = {"a × b × c": (50, 20, 20, 200), "a × b": (80, 20, 20, 200)}
    facet = facet_sample("x × y", counts, how="intersection", columns=("x", "y"))
    titles = [b.title for b in of_kind(bias_page(bias_sample(facet)), Figure)]
    # Only the group that divides in two can be placed.
    figure = [t for t in titles if t.endswith("each combination")]
    assert len(figure) == 1


def test_a_hundred_groups_show_the_largest_twenty():
    page = bias_page(bias_sample(facet_sample("country", many_groups())))
    blocks = below(page, "By country")
    assert max(len(t.rows) for t in tables(blocks) if not t.folded) == 20
    folded = [t for t in blocks if isinstance(t, Table) and t.folded and len(t.rows) == 80]
    assert {t.caption.partition(":")[0] for t in folded} == {
        "The smaller groups of country",
        "The smaller groups of country, continued",
        "The smaller differences by country",
    }
    assert "the 20 largest of 100" in next(b.title for b in blocks if isinstance(b, Figure))
    html = html_of(page)
    assert len(html) < 1_000_000


def test_names_from_the_data_cannot_break_out(page):
    html = html_of(page)
    assert NASTY not in html
    assert "could not be drawn" not in html
    assert "<script" not in html


def test_long_names_draw():
    counts = {LONG: SEX["Female"], NASTY: SEX["Male"]}
    html = html_of(bias_page(bias_sample(facet_sample(LONG, counts))))
    assert "could not be drawn" not in html


def test_the_mode_is_said_where_it_is_not_the_usual_one():
    usual = texts(bias_page(bias_sample(facet_sample("sex", FAIR))).blocks)
    assert not any("smclarify" in text for text in usual)
    compat = bias_sample(facet_sample("sex", FAIR), mode="smclarify-0.5")
    assert any("smclarify-0.5" in text for text in texts(bias_page(compat).blocks))


def test_one_group_without_predictions_and_undefined_values_draw():
    nobody = {"a": (0, 0, 0, 40), "d": (0, 0, 0, 50)}
    html = html_of(bias_page(bias_sample(facet_sample("sex", nobody, reported=("d",)))))
    assert "undefined" in html


def test_an_infinite_value_is_shown_as_such():
    counts = {"a": (50, 5, 10, 60), "d": (50, 0, 10, 60)}
    page = bias_page(bias_sample(facet_sample("sex", counts, reported=("d",))))
    cells = [row[1] for t in tables(page.blocks) for row in t.rows if row[0].startswith("TE:")]
    assert "∞" in cells


def test_a_result_without_facets_is_a_page():
    assert bias_page(BiasResult(task="binary", positive="", facets=())).blocks


def test_metrics_of_all_rows_and_notes_have_their_place(sample):
    whole = replace(sample.facets[0].measures[0], facet="", group="")
    page = bias_page(replace(sample, whole=(whole,)))
    assert below(page, "All rows")[0].rows[0][1] is whole.estimate
    assert texts(below(page, "To be known before a number is used")) == list(sample.notes)


def test_the_change_between_versions_is_laid_out(sample):
    change = bias_change([], [], names=("raw", "clean"), same_rows=True)
    page = bias_page(replace(sample, options={"change": change}))
    said = texts(below(page, "What changed from raw to clean"))
    assert said[0] == "No change from raw to clean is shown to be beyond what is tolerated."
    assert "The same rows" not in said[0]
    assert len(said) == 2


def test_options_are_marked_as_such(sample):
    table = ThresholdTable.of_arrays(
        ["Male", "Female"],
        [0.2, 0.6, 0.9],
        [[[60, 20, 10], [10, 40, 60]], [[50, 30, 0], [30, 40, 10]]],
    )
    found = group_thresholds(table)
    page = bias_page(replace(sample, options={"thresholds": ByFacet(facets={"sex": found})}))
    blocks = below(page, "Options, not advice to ship")
    assert blocks[0].tone == "warning"
    figure = next(b for b in blocks if isinstance(b, Figure))
    assert figure.title == "Thresholds by group, sex"
    assert figure.table.rows[0][1] is found.points[0].gap
    assert "could not be drawn" not in html_of(page)


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        ((-0.1, 0.1), "-0.1 to 0.1"),
        ((0.8, 1.25), "0.8 to 1.25"),
        ((0.5, float("inf")), "0.5 to ∞"),
    ],
)
def test_an_interval_as_text(interval, text):
    assert interval_text(interval) == text
