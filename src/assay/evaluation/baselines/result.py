"""What the ladder of simple models returns; all frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from assay.evaluation.comparison.result import Comparison
from assay.evaluation.task import Task
from assay.overview import HasOverview, Overview, with_interval
from assay.result import Estimate, Finding, Json
from assay.tables.forest import ForestRow, Mark

if TYPE_CHECKING:
    import altair as alt
    import polars as pl

RungKind = Literal["rung", "incumbent", "candidate"]
Mode = Literal["split", "cross_validation", "repeated_cross_validation", "train", "answers"]

MARKS: Mapping[str, Mark] = {"rung": "plain", "incumbent": "below", "candidate": "above"}
MARK_WORDS: Mapping[Mark, str] = {
    "plain": "simple model",
    "below": "incumbent",
    "above": "what is judged",
}


@dataclass(frozen=True, kw_only=True)
class RungResult:
    """One simple model, an incumbent, or the candidate itself, judged on the judged rows.

    Parameters
    ----------
    name : str
        Stable, for example "prior" or "gradient_boosting".
    title : str
        For people.
    rung : int or None
        0 knows nothing of the features, 1 has one idea, 2 is linear or simple, 3 is the bar; None
        for an incumbent and for the candidate.
    kind : {"rung", "incumbent", "candidate"}
    why : str
        What this model is for, or where it is from.
    metrics : mapping of str to Estimate
        Name in the catalogue → value; the ladder's `metric` first.
    fit_seconds : float or None
        Preparing the columns included; None where it was not fitted here.
    predict_ms : float or None
        Milliseconds for 1,000 rows.
    size_bytes : int or None
        Length of the pickled model.
    rows_fitted : int or None
    threshold : float or None
        From which score its answer is positive; None where it has none, or its answers were given.
    notes : tuple of str
        What a reader must know, for example that it was fitted on a sample.
    rules : tuple of str
        The model in words, line by line, where it can be read.
    """

    name: str
    title: str
    rung: int | None = None
    kind: RungKind = "rung"
    why: str = ""
    metrics: Mapping[str, Estimate] = field(default_factory=dict)
    fit_seconds: float | None = None
    predict_ms: float | None = None
    size_bytes: int | None = None
    rows_fitted: int | None = None
    threshold: float | None = None
    notes: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "name": self.name,
            "title": self.title,
            "rung": self.rung,
            "kind": self.kind,
            "why": self.why,
            "metrics": {name: value.to_dict() for name, value in self.metrics.items()},
            "fit_seconds": self.fit_seconds,
            "predict_ms": self.predict_ms,
            "size_bytes": self.size_bytes,
            "rows_fitted": self.rows_fitted,
            "threshold": self.threshold,
            "notes": list(self.notes),
            "rules": list(self.rules),
        }


@dataclass(frozen=True)
class NotRun:
    """A rung that did not run, and why."""

    name: str
    title: str
    rung: int | None
    reason: str

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {"name": self.name, "title": self.title, "rung": self.rung, "reason": self.reason}


@dataclass(frozen=True, kw_only=True, repr=False)
class LadderResult(HasOverview):
    """The ladder: what simple models reach, and whether the candidate is worth having.

    Parameters
    ----------
    task : str
    metric : str
        The one that all are compared by, in the catalogue.
    metric_title : str
    greater_is_better : bool
    compared : str
        At which thresholds answers are compared, or why by none, for people; "" where nothing
        need be said.
    mode : {"split", "cross_validation", "repeated_cross_validation", "train", "answers"}
        How the rungs came to answer for rows that they were not fitted on; "answers" where
        nothing was fitted.
    how : str
        The same for people, with the numbers of rows.
    n_train, n_judged : int
        Rows fitted on (of one fold, the greatest), and rows judged.
    rungs : tuple of RungResult
        Cheapest first, incumbents after the rungs, the candidate last.
    not_run : tuple of NotRun
    comparisons : tuple of Comparison
        Candidate against each rung and incumbent; the default opponent first.
    opponent : str or None
        Title of the default opponent, as the comparisons name it.
    preparation : tuple of str
        How each column was prepared, line by line.
    shuffled : Estimate or None
        What the strongest rung scores when it was fitted on shuffled labels, in a metric of order
        or R²: chance, or something leaks.
    shuffled_metric : str
    shuffled_chance : float or None
        What chance gives in that metric.
    findings : tuple of Finding
    level : float
    seed : int
    """

    task: Task
    metric: str
    metric_title: str
    greater_is_better: bool
    mode: Mode
    compared: str = ""
    how: str = ""
    n_train: int = 0
    n_judged: int = 0
    rungs: tuple[RungResult, ...] = ()
    not_run: tuple[NotRun, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    opponent: str | None = None
    preparation: tuple[str, ...] = ()
    shuffled: Estimate | None = None
    shuffled_metric: str = ""
    shuffled_chance: float | None = None
    findings: tuple[Finding, ...] = ()
    level: float = 0.95
    seed: int = 0

    def __getitem__(self, name: str) -> RungResult:
        """Return the rung of that name.

        Raises
        ------
        KeyError
            If there is none.
        """
        for each in self.rungs:
            if each.name == name:
                return each
        raise KeyError(name)

    @property
    def candidate(self) -> RungResult | None:
        """The judged model, where there is one."""
        return next((each for each in self.rungs if each.kind == "candidate"), None)

    @property
    def best(self) -> RungResult | None:
        """The simple model or incumbent with the best value: what a model must beat."""
        able = [r for r in self.rungs if r.kind != "candidate" and self.value(r) is not None]
        sign = 1.0 if self.greater_is_better else -1.0
        return max(able, key=lambda each: sign * (self.value(each) or 0.0), default=None)

    def value(self, rung: RungResult) -> float | None:
        """Return a rung's value of the metric that all are compared by."""
        found = rung.metrics.get(self.metric)
        return None if found is None else found.value

    def comparison(self, baseline: str | None = None) -> Comparison | None:
        """Return the candidate's comparison with a rung; None is the default opponent."""
        wanted = self.opponent if baseline is None else baseline
        return next((each for each in self.comparisons if each.baseline == wanted), None)

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; passes ``json.dumps(..., allow_nan=False)``."""
        best = self.best
        return {
            "task": self.task,
            "metric": self.metric,
            "metric_title": self.metric_title,
            "greater_is_better": self.greater_is_better,
            "compared": self.compared,
            "mode": self.mode,
            "how": self.how,
            "n_train": self.n_train,
            "n_judged": self.n_judged,
            "to_beat": None if best is None else best.name,
            "rungs": [each.to_dict() for each in self.rungs],
            "not_run": [each.to_dict() for each in self.not_run],
            "comparisons": [each.to_dict() for each in self.comparisons],
            "opponent": self.opponent,
            "preparation": list(self.preparation),
            "shuffled": None if self.shuffled is None else self.shuffled.to_dict(),
            "shuffled_metric": self.shuffled_metric,
            "shuffled_chance": self.shuffled_chance,
            "level": self.level,
            "seed": self.seed,
        }

    def to_frame(self) -> "pl.DataFrame":
        """Return one row a rung and metric."""
        import polars as pl  # noqa: PLC0415 - only needed here

        kinds = {
            "name": pl.String,
            "title": pl.String,
            "rung": pl.Int64,
            "kind": pl.String,
            "metric": pl.String,
            "value": pl.Float64,
            "low": pl.Float64,
            "high": pl.Float64,
            "reason": pl.String,
            "fit_seconds": pl.Float64,
            "predict_ms": pl.Float64,
            "size_bytes": pl.Int64,
            "rows_fitted": pl.Int64,
        }
        rows = [
            {
                **{key: getattr(rung, key) for key in ("name", "title", "rung", "kind")},
                "metric": metric,
                **{key: getattr(found, key) for key in ("value", "low", "high", "reason")},
                **{key: getattr(rung, key) for key in list(kinds)[-4:]},
            }
            for rung in self.rungs
            for metric, found in rung.metrics.items()
        ]
        return pl.DataFrame(rows, schema=kinds)

    def forest_rows(self) -> tuple[ForestRow, ...]:
        """Return quality with its interval, one row a model, as the chart draws it."""
        rows = []
        for each in self.rungs:
            found = each.metrics.get(self.metric)
            ends = (None, None, None) if found is None else (found.value, found.low, found.high)
            rows.append(ForestRow(each.title, *ends, mark=MARKS[each.kind]))
        return tuple(rows)

    def plot(self) -> "alt.LayerChart":
        """Draw the quality of each model with its interval."""
        from assay.charts.forest import plot_forest  # noqa: PLC0415 - only when drawn

        return plot_forest(
            self.forest_rows(), axis=self.metric_title, reference=None, words=MARK_WORDS
        )

    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""
        rows = []
        for each in self.rungs:
            found = each.metrics.get(self.metric)
            value = "" if found is None else with_interval(found)
            fitted = "" if each.fit_seconds is None else f"{each.fit_seconds:.2f}"
            rows.append((each.title, value, fitted))
        title = f"Simple models by {self.metric_title}"
        return Overview(title, ("model", self.metric_title, "fit seconds"), rows)
