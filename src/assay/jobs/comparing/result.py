"""What comparing candidates returns; frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assay.evaluation.comparison.result import Comparison
from assay.evaluation.discipline.optimism import Optimism
from assay.jobs.comparing.advice import advice
from assay.jobs.comparing.changes import Change
from assay.jobs.comparing.marks import mark_of
from assay.overview import HasOverview, Overview
from assay.reports.format import estimate_text
from assay.result import Estimate, Finding, Json
from assay.tables.forest import ForestRow

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, kw_only=True)
class CandidateResult:
    """One of those compared.

    Parameters
    ----------
    name : str
    about : mapping
        What it is: kind, place, model, threshold, how long it took.
    values : mapping of str to Estimate
        Metric → its value on the rows.
    """

    name: str
    about: Mapping[str, Json] = field(default_factory=dict)
    values: Mapping[str, Estimate] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        values: dict[str, Json] = {name: each.to_dict() for name, each in self.values.items()}
        return {**self.about, "name": self.name, "values": values}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CompareResult(HasOverview):
    """Which candidate is better, by how much, and how sure that is.

    Parameters
    ----------
    kind : {"rows", "folds", "datasets"}
        What was compared: answers for rows, scores of folds, or scores on data sets.
    task : str or None
    baseline : str
        Name of the candidate that the others are compared with.
    metric : str
        The one that decides.
    title : str
        The metric for people.
    why_metric : str
        Who chose it.
    candidates : tuple of CandidateResult
        As they were named.
    comparisons : tuple of Comparison
        Each candidate with the baseline, by the metric that decides.
    further : tuple of Comparison
        The same by other metrics.
    pairs : tuple of Comparison
        All pairs, where there are more than two candidates.
    changes : tuple of Change
        What each candidate answers rightly that the baseline did not, and the other way round.
    omnibus : mapping
        Test of all candidates at once, for data sets; empty else.
    optimism : Optimism or None
        How much the best of three or more looks better by having been chosen on these rows.
    best : str
        Its name; "" where there is no `optimism`.
    models_seen : int or None
        Distinct models that were looked at on these rows up to now, by the ledger.
    n : int
        Rows, folds or data sets.
    margin : float
    level : float
    seed : int
    findings : tuple of Finding
        Worst first.
    """

    kind: str = "rows"
    task: str | None = None
    baseline: str
    metric: str
    title: str
    why_metric: str = ""
    candidates: tuple[CandidateResult, ...]
    comparisons: tuple[Comparison, ...]
    further: tuple[Comparison, ...] = ()
    pairs: tuple[Comparison, ...] = ()
    changes: tuple[Change, ...] = ()
    omnibus: Mapping[str, Json] = field(default_factory=dict)
    optimism: Optimism | None = None
    best: str = ""
    models_seen: int | None = None
    n: int = 0
    margin: float = 0.0
    level: float = 0.95
    seed: int = 0
    findings: tuple[Finding, ...] = ()

    def __getitem__(self, candidate: str) -> Comparison:
        """Return how a candidate compares with the baseline.

        Raises
        ------
        KeyError
            If there is no such candidate, or it is the baseline.
        """
        for each in self.comparisons:
            if each.candidate == candidate:
                return each
        raise KeyError(candidate)

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "kind": self.kind,
            "task": self.task,
            "baseline": self.baseline,
            "metric": self.metric,
            "title": self.title,
            "why_metric": self.why_metric,
            "candidates": [each.to_dict() for each in self.candidates],
            "comparisons": [
                {**each.to_dict(), "advice": advice(each)} for each in self.comparisons
            ],
            "further": [each.to_dict() for each in self.further],
            "pairs": [each.to_dict() for each in self.pairs],
            "changes": [each.to_dict() for each in self.changes],
            "omnibus": dict(self.omnibus),
            "optimism": None if self.optimism is None else self.optimism.to_dict(),
            "best": self.best or None,
            "models_seen": self.models_seen,
            "n": self.n,
            "margin": self.margin,
            "level": self.level,
            "seed": self.seed,
        }

    def to_frame(self) -> "pl.DataFrame":
        """Return one row for each comparison with the baseline, by every metric.

        Returns
        -------
        polars.DataFrame
            Columns candidate, baseline, metric, value (of the candidate), baseline_value,
            difference, low, high, level, n, p_value, p_adjusted, verdict, margin, rows_needed,
            test, reason.
        """
        import polars as pl  # noqa: PLC0415 - only needed here

        kinds = {
            **dict.fromkeys(("candidate", "baseline", "metric"), pl.String),
            **dict.fromkeys(("value", "baseline_value", "difference", "low", "high"), pl.Float64),
            "level": pl.Float64,
            "n": pl.Int64,
            **dict.fromkeys(("p_value", "p_adjusted"), pl.Float64),
            "verdict": pl.String,
            "margin": pl.Float64,
            "rows_needed": pl.Int64,
            **dict.fromkeys(("test", "reason"), pl.String),
        }
        rows = [_row(each) for each in (*self.comparisons, *self.further)]
        return pl.DataFrame(rows, schema=kinds)

    def plot(self) -> Any:  # noqa: ANN401 - an Altair chart; the library is not loaded here
        """Return the differences with their intervals as a forest plot."""
        from assay.charts.forest import plot_forest  # noqa: PLC0415 - brings the drawing library

        title = self.comparisons[0].title if self.comparisons else self.title
        return plot_forest(
            self.forest(),
            axis=f"difference in {title} (right: better than {self.baseline})",
            band=(-self.margin, self.margin) if self.margin else None,
            band_word="not worth having",
            words={"above": "better", "below": "worse", "plain": "not shown"},
        )

    def forest(self) -> tuple[ForestRow, ...]:
        """Return the rows of that plot."""
        return tuple(
            ForestRow(
                label=each.candidate,
                value=each.difference.value,
                low=each.difference.low,
                high=each.difference.high,
                mark=mark_of(each.verdict),
            )
            for each in self.comparisons
        )

    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""
        rows = [
            (
                each.candidate,
                estimate_text(each.candidate_value),
                estimate_text(each.difference),
                "" if each.p_value is None else f"{each.p_value:.3g}",
                each.verdict,
            )
            for each in self.comparisons
        ]
        heads = ("candidate", self.title, f"difference from {self.baseline}", "p", "verdict")
        return Overview(f"{self.title}, {self.n:,} {self.kind}", heads, rows)


def _row(each: Comparison) -> dict[str, object]:
    return {
        "candidate": each.candidate,
        "baseline": each.baseline,
        "metric": each.metric,
        "value": each.candidate_value.value,
        "baseline_value": each.baseline_value.value,
        "difference": each.difference.value,
        "low": each.difference.low,
        "high": each.difference.high,
        "level": each.difference.level,
        "n": each.difference.n,
        "p_value": each.p_value,
        "p_adjusted": each.p_adjusted,
        "verdict": each.verdict,
        "margin": each.margin,
        "rows_needed": each.rows_needed,
        "test": each.test,
        "reason": each.difference.reason,
    }
