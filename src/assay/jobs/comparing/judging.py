"""What every candidate says of the rows in; who is better than whom, by which metric, out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from assay.data.dataset import Dataset
from assay.errors import InputError
from assay.evaluation.checks import Use
from assay.evaluation.comparison.compare import compare_answers
from assay.evaluation.comparison.heading import heading_metric
from assay.evaluation.comparison.many import adjusted
from assay.evaluation.comparison.metric_of import metric_of
from assay.evaluation.comparison.result import Comparison
from assay.evaluation.comparison.unpaired import compare_unpaired
from assay.evaluation.judged import JudgedRows
from assay.evaluation.threshold import Threshold
from assay.jobs.comparing.answering import Answered
from assay.jobs.comparing.changes import Change, find_changes
from assay.jobs.comparing.choosing import flattery_of_best
from assay.jobs.comparing.findings import compare_findings
from assay.jobs.comparing.result import CandidateResult, CompareResult
from assay.jobs.running import Progress
from assay.metrics.catalogue import find_metric
from assay.result import Estimate, Finding, worst_first
from assay.stats.multiple import bonferroni_level

BESIDE: dict[str, tuple[str, ...]] = {
    "binary": ("accuracy", "f1", "mcc", "roc_auc", "average_precision", "log_loss", "brier"),
    "multiclass": ("accuracy", "macro_f1", "roc_auc_ovr_macro", "log_loss", "brier"),
    "multilabel": ("macro_f1", "micro_f1", "subset_accuracy", "hamming_loss"),
    "regression": ("rmse", "mae", "r2"),
    "forecasting": ("mae", "rmse"),
    "ranking": ("ndcg", "map", "mrr"),
}
"""Metrics that are shown beside the one that decides, where the answers have what they need."""
TOLD, CHOSEN = "told", "the usual one for this task, these classes and these answers"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked of a comparison.

    Parameters
    ----------
    baseline : str
        Name of the candidate that the others are compared with.
    metrics : tuple of str
        The first decides; empty for the usual one.
    margin : float
    level : float
    seed : int
    use : {"probability", "ranking"} or None
        What scores are used for.
    """

    baseline: str
    metrics: tuple[str, ...] = ()
    margin: float = 0.0
    level: float = 0.95
    seed: int = 0
    use: Use | None = None


def judge(
    answered: Sequence[Answered],
    rows: JudgedRows | None,
    asked: Asked,
    *,
    task: str,
    n: int,
    data: Dataset | None = None,
    findings: tuple[Finding, ...] = (),
    progress: Progress,
) -> CompareResult:
    """Compare all candidates with the baseline, and with each other.

    Parameters
    ----------
    answered : sequence of Answered
    rows : JudgedRows or None
        None where no candidate has answers.
    asked : Asked
    task : str
    n : int
        Rows.
    data : Dataset or None
        For the column that names rows.
    findings : tuple of Finding
        Of the data.
    progress : callable

    Returns
    -------
    CompareResult

    Raises
    ------
    InputError
        If a metric that was told does not fit the task or the answers.
    """
    head, why = _head(answered, rows, asked, task)
    beside = _beside(answered, rows, asked, task, head)
    matcher = _Matcher(rows, asked)
    base = next(each for each in answered if each.name == asked.baseline)
    others = [each for each in answered if each is not base]
    progress("Comparing", 0, len(beside) + 1)
    comparisons = matcher.all([(each, base) for each in others], head)
    further: list[Comparison] = []
    for done, metric in enumerate(beside, start=1):
        progress("Comparing", done, len(beside) + 1)
        try:
            further += matcher.all([(each, base) for each in others], metric)
        except InputError:
            if metric in asked.metrics:  # what nobody asked for is shown where it can be
                raise
    pairs: tuple[Comparison, ...] = ()
    if len(others) > 1:
        both = [(second, first) for first, second in combinations(answered, 2)]
        pairs = matcher.all(both, head)
    changes = _changes(rows, base, others, data)
    shown = [head, *dict.fromkeys(each.metric for each in further)]
    about = tuple(
        CandidateResult(
            name=each.name,
            about=each.to_dict(),
            values={metric: matcher.value(each, metric) for metric in shown},
        )
        for each in answered
    )
    found = compare_findings(comparisons, changes, answered)
    given = [each.answers for each in answered if each.answers is not None]
    optimism = None
    if rows is not None:
        optimism = flattery_of_best(rows, given, head, level=asked.level, seed=asked.seed)
    told = [*findings, *(one for each in answered for one in each.findings)]
    return CompareResult(
        task=task,
        baseline=base.name,
        metric=comparisons[0].metric,
        title=comparisons[0].title,
        why_metric=why,
        candidates=about,
        comparisons=comparisons,
        further=tuple(further),
        pairs=pairs,
        changes=changes,
        optimism=optimism,
        best="" if optimism is None else given[optimism.chosen].name,
        n=n,
        margin=asked.margin,
        level=asked.level,
        seed=asked.seed,
        findings=worst_first(_once([*found, *told])),
    )


@dataclass(frozen=True, eq=False)
class _Matcher:
    """Compares pairs of candidates: row by row where both have answers, else by their numbers."""

    rows: JudgedRows | None
    asked: Asked

    def all(
        self, pairs: Sequence[tuple[Answered, Answered]], metric: str
    ) -> tuple[Comparison, ...]:
        """Compare pairs of (candidate, baseline) by one metric, allowing for their number."""
        level = bonferroni_level(self.asked.level, len(pairs))
        found = [self._one(first, second, metric, level) for first, second in pairs]
        return adjusted(found, level=self.asked.level)

    def value(self, answered: Answered, metric: str, level: float | None = None) -> Estimate:
        """Return a metric of one candidate; an earlier number where there are no answers."""
        level = self.asked.level if level is None else level
        if answered.answers is not None and self.rows is not None:
            seed = self.asked.seed
            return metric_of(self.rows, answered.answers, metric, level=level, seed=seed)
        assert answered.earlier is not None  # what has no answers was read from results.json
        number = answered.earlier.numbers.get(metric)
        if number is None:
            return Estimate.undefined(f"the earlier output has no {metric}")
        return at_level(number, level)

    def _one(
        self, candidate: Answered, baseline: Answered, metric: str, level: float
    ) -> Comparison:
        asked = self.asked
        if (
            self.rows is not None
            and candidate.answers is not None
            and baseline.answers is not None
        ):
            return compare_answers(
                self.rows,
                candidate.answers,
                baseline.answers,
                metric=metric,
                margin=asked.margin,
                level=level,
                seed=asked.seed,
            )
        title, better = _about(metric, candidate, baseline)
        return compare_unpaired(
            (candidate.name, baseline.name),
            (self.value(candidate, metric, level), self.value(baseline, metric, level)),
            metric=metric,
            title=title,
            greater_is_better=better,
            margin=asked.margin,
        )


def at_level(number: Estimate, level: float) -> Estimate:
    """Return an estimate whose ends are moved to another level, as those of a normal one move.

    Examples
    --------
    >>> wide = at_level(Estimate(value=0.5, low=0.4, high=0.6, n=9), 0.99)
    >>> round(wide.low, 3), round(wide.high, 3)
    (0.369, 0.631)
    """
    from scipy.special import ndtri  # noqa: PLC0415 - only needed here

    if number.value is None or number.low is None or number.high is None or number.level == level:
        return number
    factor = float(ndtri((1 + level) / 2) / ndtri((1 + number.level) / 2))
    return replace(
        number,
        low=number.value - factor * (number.value - number.low),
        high=number.value + factor * (number.high - number.value),
        level=level,
        method=f"{number.method}, ends moved from the level {number.level:g}",
    )


def _head(
    answered: Sequence[Answered], rows: JudgedRows | None, asked: Asked, task: str
) -> tuple[str, str]:
    """Return the metric that decides, and who chose it."""
    known = [each.earlier.numbers for each in answered if each.answers is None and each.earlier]
    if asked.metrics:
        return _named(asked.metrics[0], task, known), TOLD
    if rows is not None:
        given = [each.answers for each in answered if each.answers is not None]
        usual = heading_metric(rows, *given, use=asked.use, threshold=_threshold(answered))
        if all(usual in numbers for numbers in known):
            return usual, CHOSEN
    first = next(each.earlier for each in answered if each.earlier is not None)
    for metric in first.heads:
        if all(metric in numbers for numbers in known):
            return metric, "it heads the first earlier report"
    msg = "the earlier outputs share no metric; run assay analyze again for one of them"
    raise InputError(msg)


def _threshold(answered: Sequence[Answered]) -> Threshold | None:
    """Return a threshold whose goal is that of all candidates with scores; None without one."""
    told = [each.threshold for each in answered if each.threshold is not None]
    return told[0] if told and len({each.goal for each in told}) == 1 else None


def _named(metric: str, task: str, known: Sequence[object]) -> str:
    name = find_metric(metric, task=_task(task)).name  # type: ignore[arg-type]
    for numbers in known:
        if name not in numbers:  # type: ignore[operator]
            listed = ", ".join(numbers)  # type: ignore[arg-type]
            msg = f"an earlier output has no {name}; it has: {listed}"
            raise InputError(msg)
    return name


def _task(task: str) -> str:
    return "regression" if task == "forecasting" else task


def _beside(
    answered: Sequence[Answered],
    rows: JudgedRows | None,
    asked: Asked,
    task: str,
    head: str,
) -> list[str]:
    """Return the metrics that are shown beside: those told, else the usual company."""
    known = [each.earlier.numbers for each in answered if each.answers is None and each.earlier]
    told = [_named(metric, task, known) for metric in asked.metrics[1:]]
    if told or len(asked.metrics) > 1:
        return [metric for metric in dict.fromkeys(told) if metric != head]
    usual = [metric for metric in BESIDE.get(task, ()) if metric != head]
    return [metric for metric in usual if all(metric in numbers for numbers in known)]


def _about(metric: str, *answered: Answered) -> tuple[str, bool]:
    """Return title and direction of a metric as an earlier output has them."""
    for each in answered:
        if each.earlier is not None and metric in each.earlier.titles:
            title, better = each.earlier.titles[metric]
            return title, better is not False
    return metric, True


def _changes(
    rows: JudgedRows | None,
    base: Answered,
    others: Sequence[Answered],
    data: Dataset | None,
) -> tuple[Change, ...]:
    if rows is None or base.answers is None:
        return ()
    found = [
        find_changes(rows, each.answers, base.answers, data=data)
        for each in others
        if each.answers is not None
    ]
    return tuple(each for each in found if each is not None)


def _once(findings: Sequence[Finding]) -> list[Finding]:
    kept: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        kept.setdefault((finding.rule, finding.message), finding)
    return list(kept.values())
