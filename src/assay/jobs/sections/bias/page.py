"""A measurement of bias in; its part of the report out."""

from assay.bias.changes import BiasChange
from assay.bias.disparities import Groups
from assay.bias.families import ORDER
from assay.bias.result import BiasResult, FacetResult
from assay.bias.shown import shown_disparities
from assay.jobs.sections.bias.change_blocks import change_blocks
from assay.jobs.sections.bias.figures import by_size, facet_figures
from assay.jobs.sections.bias.option_blocks import option_blocks
from assay.jobs.sections.bias.tables import (
    all_groups_tables,
    associations_table,
    group_tables,
    measures_table,
    metrics_tables,
    worst_pairs_table,
)
from assay.jobs.sections.bias.words import first_sentence, notes_of, opening
from assay.reports.page import Block, Heading, Page, Paragraph


def bias_page(result: BiasResult) -> Page:
    """Lay out what is known of each facet: a sentence first, then tables and charts.

    Parameters
    ----------
    result : BiasResult

    Returns
    -------
    Page
        All its numbers are in ``result.to_dict()``.
    """
    shown = shown_disparities(result.facets, level=result.level)
    blocks: list[Block] = [*map(Paragraph, opening(result))]
    for facet in result.facets:
        blocks += _facet(result, facet, Groups.of(facet, shown))
    if result.whole:
        blocks.append(Heading("All rows"))
        note = "Of all rows together: no facet changes these."
        blocks.append(measures_table("Metrics of all rows", result.whole, note=note))
    change = result.options.get("change")
    if isinstance(change, BiasChange):
        blocks += change_blocks(change)
    blocks += option_blocks(result.options)
    if result.notes:
        blocks.append(Heading("To be known before a number is used"))
        blocks += [Paragraph(note) for note in result.notes]
    return Page("bias", "Whom it treats differently", tuple(blocks))


def _facet(result: BiasResult, facet: FacetResult, groups: Groups) -> list[Block]:
    order = by_size(facet)
    blocks: list[Block] = [Heading(f"By {facet.name}"), Paragraph(first_sentence(facet, groups))]
    blocks += [Paragraph(note, tone="note") for note in notes_of(facet)]
    blocks += group_tables(facet)
    blocks += all_groups_tables(facet, order)
    if order:
        blocks += metrics_tables(facet, _told_of(groups, order))
    blocks += worst_pairs_table(facet)
    blocks += associations_table(facet)
    blocks += facet_figures(result, facet, groups)
    return blocks


def _told_of(groups: Groups, order: list[str]) -> str:
    """Return the group whose metrics are all listed: the one that the facet's sentence names."""
    for family in ORDER:
        for group in order:
            if family in groups.shown.get(group, {}):
                return group
    return order[0]
