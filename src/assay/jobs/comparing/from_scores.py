"""Scores of folds or on data sets in; who is better than whom out."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.evaluation.comparison.data_sets import OverDataSets, compare_over_data_sets
from assay.evaluation.comparison.folds import compare_folds
from assay.evaluation.comparison.many import adjusted
from assay.evaluation.comparison.result import Comparison
from assay.evaluation.comparison.words import NOT_SHOWN, verdict_word
from assay.jobs.comparing.findings import compare_findings
from assay.jobs.comparing.naming import choose_baseline
from assay.jobs.comparing.options import CompareOptions
from assay.jobs.comparing.result import CandidateResult, CompareResult
from assay.jobs.comparing.score_tables import read_folds, read_sets
from assay.jobs.config import AnalyzeConfig
from assay.metrics.catalogue import METRICS
from assay.metrics.metric import Metric
from assay.result import Estimate, worst_first
from assay.stats.multiple import bonferroni_level
from assay.stats.pseudomedian import pseudomedian

Floats = NDArray[np.float64]
RANKS_NOTE = (
    "With more than two candidates mean ranks over data sets are compared, 1 the best; the "
    "interval is Nemenyi's and holds for all pairs together, and a margin has no place in it."
)
CONDITIONAL = "these data sets"


def compare_scores(config: AnalyzeConfig, options: CompareOptions) -> tuple[CompareResult, str]:
    """Compare candidates by a table of their scores.

    Parameters
    ----------
    config : AnalyzeConfig
        For margin, level and seed.
    options : CompareOptions
        Names the table.

    Returns
    -------
    (CompareResult, str)
        And the name of the table.

    Raises
    ------
    InputError
        If two tables are named, or the table is wrong.
    """
    if options.folds is not None and options.datasets is not None:
        msg = "--folds and --datasets were both given; compare by one table"
        raise InputError(msg)
    metric = score_metric(options)
    if options.folds is not None:
        return _by_folds(options.folds, metric, config, options), Path(options.folds).name
    assert options.datasets is not None
    return _by_sets(options.datasets, metric, config, options), Path(options.datasets).name


def score_metric(options: CompareOptions) -> Metric:
    """Say what the scores are, and which direction is better.

    Returns
    -------
    Metric
        Of the catalogue where it has that name, else one of that name; more is better unless the
        catalogue, or the user, says otherwise.

    Examples
    --------
    >>> score_metric(CompareOptions(metrics=("rmse",))).greater_is_better
    False
    """
    told = options.metrics[0] if options.metrics else "score"
    known = next((m for m in METRICS if told.lower() in (m.name, m.acronym.lower())), None)
    metric = known or replace(METRICS[0], name=told, title=told, greater_is_better=True)
    if options.less_is_better is None:
        return metric
    return replace(metric, greater_is_better=not options.less_is_better)


def _by_folds(
    place: str, metric: Metric, config: AnalyzeConfig, options: CompareOptions
) -> CompareResult:
    told = config.options
    folds = {each.name: each for each in read_folds(place)}
    names = list(folds)
    base = choose_baseline(names, options.against)

    def compared(pairs: Sequence[tuple[str, str]], level: float) -> list[Comparison]:
        return [
            compare_folds(metric, folds[new], folds[old], margin=told.margin, level=level)
            for new, old in pairs
        ]

    against = [(name, base) for name in names if name != base]
    pairs = [(b, a) for a, b in combinations(names, 2)] if len(names) > 2 else []
    own = compared(against, told.level)
    values = {base: own[0].baseline_value} | {each.candidate: each.candidate_value for each in own}
    comparisons = adjusted(
        compared(against, bonferroni_level(told.level, len(against))), level=told.level
    )
    every = compared(pairs, bonferroni_level(told.level, len(pairs)))
    return _result(
        "folds",
        metric,
        config,
        comparisons,
        values={name: values[name] for name in names},
        base=base,
        n=len(folds[base].scores),
        pairs=adjusted(every, level=told.level) if every else (),
    )


def _by_sets(
    place: str, metric: Metric, config: AnalyzeConfig, options: CompareOptions
) -> CompareResult:
    told = config.options
    names, scores = read_sets(place)
    base = choose_baseline(names, options.against)
    better = metric.greater_is_better is not False
    found = compare_over_data_sets(names, scores, greater_is_better=better, level=told.level)
    values = _means(names, scores)
    at = names.index(base)
    pairs: tuple[Comparison, ...] = ()
    if len(names) == 2:
        comparisons = (_signed(names, scores, at, metric, found, values, told.margin),)
    else:
        places = range(len(names))
        comparisons = tuple(_ranked(i, at, metric, found) for i in places if i != at)
        pairs = tuple(_ranked(j, i, metric, found) for i, j in combinations(places, 2))
    omnibus = {
        "test": found.test,
        "statistic": found.statistic,
        "p_value": found.p_value,
        "mean_ranks": dict(zip(names, found.ranks, strict=True)),
        "critical_distance": found.critical_distance,
    }
    result = _result(
        "datasets",
        metric,
        config,
        comparisons,
        values=values,
        base=base,
        n=len(scores),
        pairs=pairs,
    )
    return replace(result, omnibus=omnibus)


def _means(names: Sequence[str], scores: Floats) -> dict[str, Estimate]:
    """Return the mean over data sets; scores of different data sets have no common spread."""
    reason = "scores of different data sets share no scale: no interval of their mean"
    return {
        name: Estimate(value=float(mean), n=len(scores), unit="data set", reason=reason)
        for name, mean in zip(names, scores.mean(axis=0), strict=True)
    }


def _signed(
    names: Sequence[str],
    scores: Floats,
    at: int,
    metric: Metric,
    found: OverDataSets,
    values: dict[str, Estimate],
    margin: float,
) -> Comparison:
    """Compare two candidates by the signed ranks of their differences."""
    better = metric.greater_is_better is not False
    gaps = (scores[:, 1 - at] - scores[:, at]) * (1.0 if better else -1.0)
    value, interval = pseudomedian(gaps, level=found.level)
    low, high = (None, None) if interval is None else (interval.low, interval.high)
    return Comparison(
        candidate=names[1 - at],
        baseline=names[at],
        metric=metric.name,
        title=metric.title,
        greater_is_better=better,
        candidate_value=values[names[1 - at]],
        baseline_value=values[names[at]],
        difference=Estimate(
            value=value,
            low=low,
            high=high,
            level=found.level,
            n=len(gaps),
            unit="data set",
            method="Hodges–Lehmann, by Wilcoxon's signed ranks",
            conditional_on=CONDITIONAL,
            reason=None if interval else "too few data sets for an interval of this level",
        ),
        p_value=found.p_value,
        test=found.test,
        margin=margin,
        verdict=verdict_word(low, high, margin),
        further={"statistic": found.statistic, "mean_ranks": list(found.ranks)},
    )


def _ranked(i: int, at: int, metric: Metric, found: OverDataSets) -> Comparison:
    """Compare two of several candidates by their mean ranks."""
    assert found.critical_distance is not None  # there are more than two
    gap = found.ranks[at] - found.ranks[i]
    low, high = gap - found.critical_distance, gap + found.critical_distance
    rejected = found.p_value < 1 - found.level
    names = found.models
    return Comparison(
        candidate=names[i],
        baseline=names[at],
        metric=metric.name,
        title=f"mean rank by {metric.title}",
        greater_is_better=metric.greater_is_better is not False,
        candidate_value=_rank(found, i),
        baseline_value=_rank(found, at),
        difference=Estimate(
            value=gap,
            low=low,
            high=high,
            level=found.level,
            n=found.n_data_sets,
            unit="data set",
            method="Nemenyi's critical distance",
            conditional_on=CONDITIONAL,
        ),
        p_value=None,
        test="Friedman, then Nemenyi",
        verdict=verdict_word(low, high) if rejected else NOT_SHOWN,
        notes=(RANKS_NOTE,),
    )


def _rank(found: OverDataSets, i: int) -> Estimate:
    reason = "ranks are compared by Nemenyi's critical distance"
    return Estimate(value=found.ranks[i], n=found.n_data_sets, unit="data set", reason=reason)


def _result(
    kind: str,
    metric: Metric,
    config: AnalyzeConfig,
    comparisons: tuple[Comparison, ...],
    *,
    values: dict[str, Estimate],
    base: str,
    n: int,
    pairs: tuple[Comparison, ...],
) -> CompareResult:
    told = config.options
    return CompareResult(
        kind=kind,
        baseline=base,
        metric=metric.name,
        title=metric.title,
        why_metric="told",
        candidates=tuple(
            CandidateResult(
                name=name,
                about={"kind": "scores", "place": IN_TABLE},
                values={metric.name: value},
            )
            for name, value in values.items()
        ),
        comparisons=comparisons,
        pairs=pairs,
        n=n,
        margin=told.margin,
        level=told.level,
        seed=told.seed,
        findings=worst_first(compare_findings(comparisons)),
    )


IN_TABLE = "(a table of scores)"
