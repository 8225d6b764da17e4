"""What error analysis returns; all frozen."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from assay.evaluation.error_analysis.by_feature import ErrorsByFeature
from assay.evaluation.error_analysis.disagreements import Disagreement
from assay.evaluation.error_analysis.mistakes import ConfusedPair
from assay.evaluation.error_analysis.over_time import ErrorOverTime
from assay.evaluation.result import NotComputed
from assay.evaluation.slices.result import FRAME, RowToRead, SliceSearch
from assay.overview import HasOverview, Overview
from assay.result import Finding, Json

if TYPE_CHECKING:
    import altair as alt


@dataclass(frozen=True, kw_only=True, repr=False)
class ErrorAnalysis(HasOverview):
    """Where, when and how a model goes wrong.

    Parameters
    ----------
    slices : SliceSearch or None
        None where rows are not judged one by one.
    over_time : ErrorOverTime or None
    by_feature : ErrorsByFeature or None
    mistakes : tuple of RowToRead
        The surest wrong answers, or the numbers that are furthest off.
    pairs : tuple of ConfusedPair
    disagreements : tuple of Disagreement
        One for each baseline.
    findings : tuple of Finding
    not_computed : tuple of NotComputed
    """

    slices: SliceSearch | None
    over_time: ErrorOverTime | None = None
    by_feature: ErrorsByFeature | None = None
    mistakes: tuple[RowToRead, ...] = ()
    pairs: tuple[ConfusedPair, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    findings: tuple[Finding, ...] = ()
    not_computed: tuple[NotComputed, ...] = ()

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; passes ``json.dumps(..., allow_nan=False)``."""
        return {
            **(self.slices.to_dict() if self.slices is not None else {"slices": []}),
            "over_time": None if self.over_time is None else self.over_time.to_dict(),
            "by_feature": None if self.by_feature is None else self.by_feature.to_dict(),
            "mistakes": [each.to_dict() for each in self.mistakes],
            "pairs": [each.to_dict() for each in self.pairs],
            "disagreements": [each.to_dict() for each in self.disagreements],
            "findings": [each.to_dict() for each in self.findings],
            "not_computed": [each.to_dict() for each in self.not_computed],
        }

    def to_frame(self) -> pl.DataFrame:
        """Return one row a slice, always with the same columns."""
        if self.slices is not None:
            return self.slices.to_frame()
        return pl.DataFrame(schema=FRAME)

    def plot(self) -> "alt.LayerChart | None":
        """Return the slices' differences to the rest; None without slices."""
        return None if self.slices is None or not self.slices.slices else self.slices.plot()

    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""
        if self.slices is None:
            return Overview(self.not_computed[0].reason if self.not_computed else "No weak slices")
        return self.slices.overview()
