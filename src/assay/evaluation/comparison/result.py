"""What comparing two candidates returns; all frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from assay.result import Estimate, Json

Word = Literal[
    "better",
    "better, but perhaps by less than the margin",
    "not shown to be better",
    "equivalent within the margin",
    "worse",
]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Candidate against baseline on the same rows, by one metric.

    Parameters
    ----------
    candidate, baseline : str
        What the two are called.
    metric : str
        In the catalogue, for example "accuracy".
    title : str
        The metric for people.
    greater_is_better : bool
        Of the metric; `difference` is signed so that more is better for the candidate.
    candidate_value, baseline_value : Estimate
        Each on the same rows.
    difference : Estimate
        Candidate minus baseline, signed so that more is better.
    p_value : float or None
        Two-sided, of no difference.
    p_adjusted : float or None
        After Holm's step-down over the comparisons of one report; None for one comparison.
    test : str
        Which test decided, for people: "DeLong", "paired bootstrap", ….
    margin : float
        The smallest gain worth having.
    verdict : Word
    rows_needed : int or None
        Rows that would show a difference of this size (or of the margin) with 80 % power; only
        where it was not shown.
    further : mapping
        Other tests and numbers beside, for example McNemar's counts and mid-p.
    notes : tuple of str
        What a reader must know.
    """

    candidate: str
    baseline: str
    metric: str
    title: str
    greater_is_better: bool
    candidate_value: Estimate
    baseline_value: Estimate
    difference: Estimate
    p_value: float | None
    p_adjusted: float | None = None
    test: str = ""
    margin: float = 0.0
    verdict: Word = "not shown to be better"
    rows_needed: int | None = None
    further: Mapping[str, Json] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "candidate": self.candidate,
            "baseline": self.baseline,
            "metric": self.metric,
            "title": self.title,
            "greater_is_better": self.greater_is_better,
            "candidate_value": self.candidate_value.to_dict(),
            "baseline_value": self.baseline_value.to_dict(),
            "difference": self.difference.to_dict(),
            "p_value": self.p_value,
            "p_adjusted": self.p_adjusted,
            "test": self.test,
            "margin": self.margin,
            "verdict": self.verdict,
            "rows_needed": self.rows_needed,
            "further": dict(self.further),
            "notes": list(self.notes),
        }
