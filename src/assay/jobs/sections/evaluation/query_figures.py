"""The curves of a ranking in; figures with their words and their tables out."""

import numpy as np

from assay.charts.first_relevant import plot_first_relevant
from assay.charts.ndcg_by_cutoff import plot_ndcg_by_cutoff
from assay.charts.query_differences import plot_query_differences
from assay.evaluation.curves import Curves
from assay.jobs.sections.evaluation.columns import table_of, thin_table_of
from assay.reports.format import number
from assay.reports.page import Figure
from assay.tables.curves import FirstRelevant, NdcgByCutoff, QueryDifferences


def query_figures(curves: Curves) -> tuple[Figure, ...]:
    """Return a figure for each curve of a ranking that there is."""
    figures: list[Figure] = []
    if curves.ndcg_by_cutoff is not None:
        figures.append(_by_cutoff(curves.ndcg_by_cutoff))
    if curves.query_differences is not None:
        figures.append(_differences(curves.query_differences))
    if curves.first_relevant is not None:
        figures.append(_first(curves.first_relevant))
    return tuple(figures)


def _by_cutoff(points: NdcgByCutoff) -> Figure:
    first, last = int(points.k[0]), int(points.k[-1])
    return Figure(
        title="How good the first places are",
        alternative=(
            f"NDCG of the first k places with its interval: {number(float(points.value[0]))} at "
            f"k = {first}, {number(float(points.value[-1]))} at k = {last}; a random order scores "
            f"{number(float(points.random[0]))} and {number(float(points.random[-1]))}."
        ),
        chart=plot_ndcg_by_cutoff(points),
        table=thin_table_of(
            "NDCG of the first k places",
            {
                "k": points.k.astype(np.float64),
                "NDCG": points.value,
                "low": points.low,
                "high": points.high,
                "random order": points.random,
            },
        ),
        caption="A random order scores above 0, because some relevant document comes by chance.",
    )


def _differences(points: QueryDifferences) -> Figure:
    middle = float(points.difference[len(points.difference) // 2])
    return Figure(
        title="Which queries gain and which lose",
        alternative=(
            f"{points.metric} minus that of a random order for {points.n:,} queries, ascending: "
            f"below 0 in {points.worse:.1%} of them, {number(middle)} in the middle."
        ),
        chart=plot_query_differences(points),
        table=thin_table_of(
            f"{points.metric} minus that of a random order",
            {"share of queries": points.share, "difference": points.difference},
        ),
        caption="0 also stands for queries that any order solves.",
    )


def _first(points: FirstRelevant) -> Figure:
    return Figure(
        title="Where the first relevant document stands",
        alternative=(
            f"At place 1 in {points.share[0]:.1%} of the queries (in a random order "
            f"{points.random[0]:.1%}), at place {points.place[-1]} in {points.share[-1]:.1%} "
            f"({points.random[-1]:.1%})."
        ),
        chart=plot_first_relevant(points),
        table=table_of(
            "Place of the first relevant document",
            {
                "place": np.array(points.place),
                "share of queries": points.share,
                "random order": points.random,
            },
        ),
    )
