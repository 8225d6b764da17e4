"""What all checks of leakage found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assay.data_quality.leakage.check import Check
from assay.overview import HasOverview, Overview
from assay.result import Finding, Json, Severity, worst_first

if TYPE_CHECKING:
    import altair as alt
    import polars as pl


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LeakageResult(HasOverview):
    """Every check with what it found, or why it could not say.

    Parameters
    ----------
    checks : tuple of Check
        In the order of the report.
    skills : mapping of str to float
        How well each feature alone tells the label, from 0 to 1.
    rows : mapping of str to int
        Rows of each table that was read.
    seed : int
        Of the samples.
    """

    checks: tuple[Check, ...]
    skills: Mapping[str, float] = field(default_factory=dict[str, float])
    rows: Mapping[str, int] = field(default_factory=dict[str, int])
    seed: int = 0

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found, worst first."""
        return worst_first([finding for check in self.checks for finding in check.findings])

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "checks": [check.to_dict() for check in self.checks],
            "skills": dict(self.skills),
            "rows": dict(self.rows),
            "seed": self.seed,
        }

    def to_frame(self) -> "pl.DataFrame":
        """Return one row a check.

        Returns
        -------
        polars.DataFrame
            Columns rule, title, status, severity, said, n_affected, sampled, turn_on.
        """
        import polars as pl  # noqa: PLC0415 - only needed here

        kinds = {
            "rule": pl.String,
            "title": pl.String,
            "status": pl.String,
            "severity": pl.String,
            "said": pl.String,
            "n_affected": pl.Int64,
            "sampled": pl.String,
            "turn_on": pl.String,
        }
        rows = [
            {
                "rule": check.rule,
                "title": check.title,
                "status": check.status,
                "severity": severity_of(check),
                "said": check.said,
                "n_affected": None if check.affected is None else int(check.affected.sum()),
                "sampled": check.sampled,
                "turn_on": check.turn_on,
            }
            for check in self.checks
        ]
        return pl.DataFrame(rows, schema=kinds)

    def plot(self) -> "alt.LayerChart | None":
        """Return how well each feature alone tells the label, as a chart; None without a label."""
        from assay.charts.column_skills import plot_column_skills  # noqa: PLC0415 - draws

        return plot_column_skills(self.skills) if self.skills else None

    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""
        rows = [(check.title, check.status, check.said) for check in self.checks]
        return Overview("Leakage and overlap", ("check", "status", "what"), rows)


def severity_of(check: Check) -> Severity | None:
    """Return the worst severity among a check's findings."""
    found = worst_first(check.findings)
    return found[0].severity if found else None
