"""What judging rows by their order gives: the parts of an EvaluationResult."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from assay.evaluation.curves import Curves
from assay.evaluation.result import Head, MetricResult, NotComputed
from assay.result import Finding, Json


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """Metrics, curves and findings of rows that were judged within queries or along series.

    Parameters
    ----------
    metrics : tuple of MetricResult
    head : Head
        Which of them stand at the top, and why.
    curves : Curves
    findings : tuple of Finding
    not_computed : tuple of NotComputed
    facts : mapping
        What was judged: queries, series, times; goes beside the number of rows.
    """

    metrics: tuple[MetricResult, ...]
    head: Head
    curves: Curves = field(default_factory=Curves)
    findings: tuple[Finding, ...] = ()
    not_computed: tuple[NotComputed, ...] = ()
    facts: Mapping[str, Json] = field(default_factory=dict)
