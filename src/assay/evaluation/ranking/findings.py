"""A judged ranking in, what a reader must know of its queries out."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from assay.evaluation.ranking.judged import JudgedRanking
from assay.metrics.ranking.named import RankingMetric
from assay.metrics.ranking.queries import rank_documents
from assay.result import Finding

Flags = NDArray[np.bool_]
MANY = 0.5
SOME = 0.1
ROUNDING = 1e-9


def ranking_findings(judged: JudgedRanking, head: RankingMetric) -> tuple[Finding, ...]:
    """Return what limits the reading of the numbers.

    Parameters
    ----------
    judged : JudgedRanking
    head : RankingMetric
        The metric that heads the report.
    """
    found = (
        _without_relevant(judged),
        _without_choice(judged),
        _tied(judged, head),
        _repeated(judged),
        _no_better(judged, head),
    )
    return tuple(each for each in found if each is not None)


def _without_relevant(judged: JudgedRanking) -> Finding | None:
    empty = judged.ranked.n_relevant == 0
    count, n = int(empty.sum()), judged.rows.n_queries
    if not count:
        return None
    share, zero = count / n, judged.options.empty == "zero"
    treated = "count as 0" if zero else "are left out of the means"
    names = judged.rows.named(empty)
    return Finding(
        rule="queries_without_relevant",
        severity="warning" if share >= MANY else "info",
        message=(
            f"{count:,} of {n:,} queries ({share:.1%}) have no relevant document and {treated}: "
            f"{', '.join(names)}{' and more' if count > len(names) else ''}."
        ),
        where={"queries": list(names)},
        evidence={"queries": count, "of": n, "share": share, "counted_as_zero": zero},
        cause="Nothing that was asked for is among their documents, or nobody judged them.",
        advice=(
            "Look at a few of them. To count them as failures, as some tools do, use "
            "--evaluation-ranking-empty zero."
        ),
    )


def _without_choice(judged: JudgedRanking) -> Finding | None:
    """Notice queries that any order solves: they lift every mean and say nothing."""
    ranked = judged.ranked
    best = np.full(judged.rows.n_queries, -np.inf)
    least = np.full(judged.rows.n_queries, np.inf)
    np.maximum.at(best, ranked.query, ranked.relevance)
    np.minimum.at(least, ranked.query, ranked.relevance)
    same = (best == least) & (best > 0)
    counted = int((best > 0).sum())
    count, single = int(same.sum()), int((same & (ranked.sizes == 1)).sum())
    if not counted or count < SOME * counted:
        return None
    every = count == counted
    names = judged.rows.named(same)
    return Finding(
        rule="queries_without_choice",
        severity="warning" if every else "info",
        message=(
            f"In {count:,} of {counted:,} queries any order is as good as any other: {single:,} "
            "have one document, the others documents of equal relevance. They score NDCG 1 "
            "whatever the model does."
        ),
        where={"queries": list(names)},
        evidence={"queries": count, "of": counted, "single_document": single},
        cause="Only documents that were chosen are in the table, or the query column is too fine.",
        advice=(
            "Add the documents that were shown and not chosen"
            + ("; as it is nothing was ranked." if every else ", or read the gain over random.")
        ),
    )


def _tied(judged: JudgedRanking, head: RankingMetric) -> Finding | None:
    """Notice where equal scores, and not the model, decide the order."""
    rows, options = judged.rows, judged.options
    worst = _under(judged, head, "pessimistic")
    mean = _under(judged, head, "expected")
    counts = np.isfinite(worst)
    if not counts.any():
        return None
    moved = np.abs(worst - mean)[counts] > ROUNDING
    share = float(moved.mean())
    if share < SOME:
        return None
    low, middle = float(worst[counts].mean()), float(mean[counts].mean())
    apart = rows.scores[judged.ranked.row]
    same_query = np.diff(judged.ranked.query) == 0
    constant = not bool((np.diff(apart)[same_query] != 0).any())
    said = (
        "The scores are equal within every query: they order nothing."
        if constant
        else f"Equal scores decide the order in {share:.1%} of the queries."
    )
    return Finding(
        rule="tied_scores",
        severity="warning" if constant or share >= MANY else "info",
        message=(
            f"{said} With the least relevant first {head.title} is {low:.3g}, on average over "
            f"the orders {middle:.3g}."
        ),
        where={"columns": []},
        evidence={
            "share": share,
            "pessimistic": low,
            "expected": middle,
            "ties": options.ties,
            "constant": constant,
        },
        cause="Scores that were rounded, cut into classes, or are a constant.",
        advice="Give the scores unrounded, or break ties by a rule of your own before.",
    )


def _under(judged: JudgedRanking, metric: RankingMetric, ties: str) -> np.ndarray:
    options = replace(judged.options, ties=ties)  # type: ignore[arg-type]
    if options == judged.options:
        return judged.values(metric)
    rows = judged.rows
    ranked = rank_documents(rows.query, rows.relevance, rows.scores, options=options)
    return metric.of_queries(ranked, options)


def _repeated(judged: JudgedRanking) -> Finding | None:
    rows = judged.rows
    if rows.item is None:
        return None
    pairs = rows.query * (int(rows.item.max()) + 1) + rows.item
    _, first, times = np.unique(pairs, return_index=True, return_counts=True)
    count = int((times > 1).sum())
    if not count:
        return None
    again = np.zeros(rows.n_queries, dtype=np.bool_)
    again[rows.query[first[times > 1]]] = True
    names = rows.named(again)
    return Finding(
        rule="documents_repeated",
        severity="warning",
        message=(
            f"{count:,} documents stand more than once in the same query, in "
            f"{int(again.sum()):,} queries: {', '.join(names)}"
            f"{' and more' if int(again.sum()) > len(names) else ''}. Each row counts."
        ),
        where={"queries": list(names)},
        evidence={"documents": count, "queries": int(again.sum())},
        cause="A join that doubled rows, or a query id that was used twice.",
        advice="Keep one row for each query and document, or make the query ids distinct.",
    )


def _no_better(judged: JudgedRanking, head: RankingMetric) -> Finding | None:
    apart = judged.values(head) - judged.random_values(head)
    gained = judged.mean(apart, bounds=(-1.0, 1.0))
    if gained.value is None or gained.low is None or gained.low > 0:
        return None
    worse = gained.high is not None and gained.high < 0
    held = "is worse than" if worse else "is not shown to be better than"
    return Finding(
        rule="no_better_than_random_order",
        severity="warning",
        message=(
            f"The order {held} a random one: {head.title} differs by {gained.value:+.3g} "
            f"({gained.low:+.3g} to {gained.high:+.3g}), query by query."
        ),
        evidence={
            "difference": gained.value,
            "low": gained.low,
            "high": gained.high,
            "queries": gained.n,
        },
        cause=(
            "The greater score may mean the worse document."
            if worse
            else "The scores do not follow relevance, or there are few queries."
        ),
        advice=(
            "Turn the sign of the scores around, if small ones are good."
            if worse
            else "Look at the queries at the left end of the chart of differences."
        ),
    )
