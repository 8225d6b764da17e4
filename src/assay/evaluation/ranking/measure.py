"""A dataset with queries in; metrics over them, curves and findings out."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from assay.errors import InputError
from assay.evaluation.measured import Measured
from assay.evaluation.ranking.curves import ranking_curves
from assay.evaluation.ranking.findings import ranking_findings
from assay.evaluation.ranking.items import ITEM_METRICS, are_items, item_metrics
from assay.evaluation.ranking.judged import JudgedRanking
from assay.evaluation.ranking.metrics import (
    choose_ranking_head,
    compute,
    head_cutoff,
    wanted_metrics,
)
from assay.evaluation.ranking.rows import read_ranking
from assay.evaluation.result import MetricResult, NotComputed
from assay.metrics.ranking.named import ranking_metric
from assay.metrics.ranking.options import RankingOptions
from assay.result import Json

if TYPE_CHECKING:
    from assay.data.dataset import Dataset


def measure_ranking(
    data: "Dataset",
    *,
    options: RankingOptions | None = None,
    only: Collection[str] | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> Measured:
    """Judge the order of the documents of each query.

    Parameters
    ----------
    data : Dataset
        With a label (the relevance, zero or more), a query, and one column of scores or
        predictions. A weight counts by query. A column of ids adds what is said of items.
    options : RankingOptions or None
        None takes the defaults: linear gain, ties pessimistically, queries without a relevant
        document left out.
    only : collection of str or None
        Names of the metrics that are wanted; then no curves are made and no rules are run.
    level : float
        Coverage of the intervals, in (0, 1).
    seed : int
        Not used: nothing is drawn.

    Returns
    -------
    Measured
        ``facts["random_order"]`` has what a random order scores, in closed form.

    Raises
    ------
    InputError
        If the rows cannot be judged so, or `only` names an unknown metric.

    Examples
    --------
    >>> from assay.data.dataset import Dataset
    >>> data = Dataset.read({"y": [1, 0, 0, 2], "s": [0.2, 0.9, 0.1, 0.8], "q": [1, 1, 2, 2]},
    ...                     label="y", score="s", query_id="q")
    >>> found = measure_ranking(data, only=["mrr"])
    >>> found.metrics[0].estimate.value, found.facts["random_order"]
    (0.75, {'mrr': 0.75})
    """
    del seed
    judged = JudgedRanking(
        rows=read_ranking(data), options=options or RankingOptions(), level=level
    )
    wanted = wanted_metrics(judged, only)
    metrics = compute(judged, wanted)
    metrics = (*metrics, *_of_items(judged, only))
    head = ranking_metric(f"ndcg@{head_cutoff(judged)}")
    random = {each.name: judged.plain_mean(judged.random_values(each)) for each in wanted}
    facts: dict[str, Json] = {
        "queries": judged.rows.n_queries,
        "query": data.schema.query,
        "ranking": judged.options.to_dict(),
        "random_order": {name: value for name, value in random.items() if value is not None},
    }
    found = choose_ranking_head(judged, metrics)
    if only is not None:
        return Measured(metrics=metrics, head=found, facts=facts)
    return Measured(
        metrics=metrics,
        head=found,
        curves=ranking_curves(judged, head),
        findings=ranking_findings(judged, head),
        not_computed=_not_computed(judged),
        facts=facts,
    )


def _of_items(judged: JudgedRanking, only: Collection[str] | None) -> tuple[MetricResult, ...]:
    asked = None if only is None else {name.lower() for name in only}
    if asked is not None and not asked & set(ITEM_METRICS):
        return ()
    if not are_items(judged):
        if asked is None:
            return ()
        msg = (
            f"{', '.join(sorted(asked & set(ITEM_METRICS)))} need a column of items that several "
            "queries share; name it with --id"
        )
        raise InputError(msg)
    found = item_metrics(judged, head_cutoff(judged))
    return tuple(each for each in found if asked is None or each.name in asked)


def _not_computed(judged: JudgedRanking) -> tuple[NotComputed, ...]:
    if are_items(judged):
        return ()
    reason = (
        "no column of items was named"
        if judged.rows.item is None
        else "each row has an id of its own, so that it names no item that queries share"
    )
    return (NotComputed("Coverage, popularity and novelty of items", reason, "--id COLUMN"),)
