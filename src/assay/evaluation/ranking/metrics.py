"""A judged ranking in; its metrics with their intervals, and which of them head it, out."""

from collections.abc import Collection

from assay.evaluation.ranking.items import ITEM_METRICS
from assay.evaluation.ranking.judged import JudgedRanking
from assay.evaluation.result import Head, MetricResult
from assay.metrics.ranking.named import KINDS, RankingMetric, ranking_metric

HEAD_CUTOFF = 10


def wanted_metrics(
    judged: JudgedRanking, only: Collection[str] | None
) -> tuple[RankingMetric, ...]:
    """Return the metrics to compute: those asked for by name, else those that suit the data.

    A cut-off that no query reaches is left out, since all of a query's documents are then shown;
    but the metric that heads the report is always there.

    Raises
    ------
    InputError
        If a name is not known.
    """
    if only is not None:
        asked = [name for name in only if name.lower() not in ITEM_METRICS]
        return tuple({each.name: each for each in map(ranking_metric, asked)}.values())
    reached = [k for k in judged.options.cutoffs if k < judged.longest]
    head = head_cutoff(judged)
    names: list[str] = []
    for base, kind in KINDS.items():
        if kind.needs_k:
            names += [f"{base}@{k}" for k in reached]
        elif base == "mrr":
            names.append(base)
        else:
            names += [f"{base}@{k}" for k in sorted({*reached, head})]
            names += [base] if judged.longest > max(head, *judged.options.cutoffs) else []
    return tuple(map(ranking_metric, names))


def head_cutoff(judged: JudgedRanking) -> int:
    """Return the cut-off of the metric that heads the report: 10, else the greatest told."""
    cutoffs = judged.options.cutoffs
    return HEAD_CUTOFF if HEAD_CUTOFF in cutoffs else max(cutoffs)


def compute(judged: JudgedRanking, wanted: Collection[RankingMetric]) -> tuple[MetricResult, ...]:
    """Return each metric's mean over queries."""
    shared = {**judged.options.to_dict(), "queries": judged.rows.n_queries}
    shared.pop("cutoffs")
    return tuple(
        MetricResult(
            name=metric.name,
            title=metric.title,
            estimate=judged.mean(judged.values(metric)),
            params={"k": metric.k, **_of(metric, shared)},
            greater_is_better=metric.greater_is_better,
            help=" ".join(metric.help),
        )
        for metric in wanted
    )


def _of(metric: RankingMetric, shared: dict) -> dict:  # type: ignore[type-arg]
    """Leave out what a metric does not depend on."""
    graded = metric.name.startswith("ndcg")
    return {
        name: value
        for name, value in shared.items()
        if name != ("relevant_above" if graded else "gain")
    }


def choose_ranking_head(judged: JudgedRanking, found: Collection[MetricResult]) -> Head:
    """Say which metrics stand at the top: NDCG at the cut-off, then MAP and MRR."""
    have = {each.name: each for each in found}
    k = head_cutoff(judged)
    names = tuple(name for name in (f"ndcg@{k}", f"map@{k}", "mrr") if name in have)
    names = names or tuple(list(have)[:1])
    return Head(names, "ranked_queries", _sentences(judged, names))


def _sentences(judged: JudgedRanking, names: tuple[str, ...]) -> tuple[str, ...]:
    options, ranked = judged.options, judged.ranked
    gain = "its relevance g" if options.gain == "linear" else "2^g - 1 for relevance g"
    ties = {
        "pessimistic": "the least relevant first",
        "stable": "as they stand in the table",
        "expected": "averaged over all their orders",
    }[options.ties]
    sizes = ranked.sizes
    told = (
        f"{judged.rows.n_queries:,} queries with {int(sizes.min()):,} to {int(sizes.max()):,} "
        f"documents each, {len(ranked.row) / judged.rows.n_queries:.1f} on average."
    )
    how = f"In NDCG a document adds {gain}; documents of equal score count {ties}."
    return (told, how) if names else (told,)
