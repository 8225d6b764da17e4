"""What the explanations section found."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.evaluation.result import NotComputed
from assay.explainability.importance import GlobalImportance
from assay.explainability.pair_importance import PairImportance
from assay.explainability.result import Explanation
from assay.jobs.sections.explanations.plots import plot_files
from assay.overview import HasOverview, Overview
from assay.result import Finding, Json, worst_first

if TYPE_CHECKING:
    from assay.explainability.counterfactuals.result import Counterfactuals
    from assay.explainability.effects.dependence import Dependence
    from assay.explainability.effects.joint_dependence import JointDependence
    from assay.explainability.effects.permutation_result import PermutationImportance
    from assay.explainability.group_importance import GroupImportance
    from assay.explainability.rank_stability import RankStability
    from assay.explainability.text.explanation import TextExplanation

MOST_ROWS = 5


@dataclass(frozen=True, kw_only=True)
class ShownRow:
    """A row whose attributions are shown one by one.

    Parameters
    ----------
    place : int
        In the explanation.
    why : str
        Why this row, for people: "highest score".
    """

    place: int
    why: str


def sampled_errors(made: Explanation) -> "NDArray[np.float64] | None":
    """Return the standard errors that are not 0; None where no attribution was sampled."""
    errors = made.standard_errors
    if errors is None or not (errors > 0).any():
        return None
    return errors[errors > 0]


def _sizes_of_errors(made: Explanation) -> dict[str, Json] | None:
    errors = sampled_errors(made)
    if errors is None:
        return None
    return {
        "median": float(np.median(errors)),
        "largest": float(errors.max()),
        "attributions": len(errors),
    }


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Explanations(HasOverview):
    """Attributions of rows, their sum over the table, effects of columns, and ways to flip.

    Parameters
    ----------
    explanation : Explanation or None
        None for texts.
    text : TextExplanation or None
    importance : GlobalImportance or None
    which : str
        Which rows are explained, for people.
    shown : tuple of ShownRow
    asked : bool
        Whether the rows were named.
    pairs : tuple of PairImportance
        Those that do the most together.
    dependence : tuple of Dependence or JointDependence
    permutation : PermutationImportance or None
    stability : RankStability or None
        How far the order of the columns rests on the choice of the background.
    groups : tuple of GroupImportance
    counterfactuals : Counterfactuals or None
    not_computed : tuple of NotComputed
    notes : tuple of Finding
    plots : {"png", "svg"} or None
        The form of pictures that are written beside the report.
    clarify : mapping
        Clarify's files: name → writer.
    analysis : mapping
        What analysis.json says under ``explanations``; empty where no analysis_config.json asks.
    """

    explanation: Explanation | None = None
    text: "TextExplanation | None" = None
    importance: GlobalImportance | None = None
    which: str = ""
    shown: tuple[ShownRow, ...] = ()
    asked: bool = False
    pairs: tuple[PairImportance, ...] = ()
    dependence: "tuple[Dependence | JointDependence, ...]" = ()
    permutation: "PermutationImportance | None" = None
    stability: "RankStability | None" = None
    groups: "tuple[GroupImportance, ...]" = ()
    counterfactuals: "Counterfactuals | None" = None
    not_computed: tuple[NotComputed, ...] = ()
    notes: tuple[Finding, ...] = ()
    plots: str | None = None
    clarify: Mapping[str, Any] = field(default_factory=dict[str, Any])
    analysis: Mapping[str, Json] = field(default_factory=dict[str, Json])

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a person should know, worst first."""
        parts = (
            self.explanation,
            self.text,
            self.importance,
            *self.dependence,
            self.permutation,
            self.stability,
            *self.groups,
            self.counterfactuals,
        )
        found = [note for part in parts if part is not None for note in part.findings]
        return worst_first([*self.notes, *found])

    @property
    def files(self) -> Mapping[str, Any]:
        """Name → what writes that file beside the report."""
        if self.explanation is None:
            return self.clarify
        return {
            "explanations.parquet": self._write_parquet,
            **plot_files(self),
            **self.clarify,
        }

    def _write_parquet(self, path: Path) -> None:
        if self.explanation is not None:
            self.explanation.to_frame().write_parquet(path)

    def to_frame(self) -> pl.DataFrame:
        """Return the attributions, one line for each row, output and player (or piece of text)."""
        if self.explanation is not None:
            return self.explanation.to_frame()
        return pl.DataFrame() if self.text is None else self.text.to_frame()

    def plot(self) -> Any:  # noqa: ANN401  an Altair chart
        """Return the chart of what matters most."""
        if self.importance is not None:
            return self.importance.plot()
        return None if self.text is None else self.text.plot()

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; every attribution is in explanations.parquet."""
        return {
            "explained": self._explained(),
            "importance": None if self.importance is None else self.importance.to_dict(),
            "rows": list(self._rows()),
            "text": None if self.text is None else self._text(self.text),
            "interactions": [pair.to_dict() for pair in self.pairs],
            "dependence": [each.to_dict() for each in self.dependence],
            "permutation": None if self.permutation is None else self.permutation.to_dict(),
            "stability": None if self.stability is None else self.stability.to_dict(),
            "groups": [each.to_dict() for each in self.groups],
            "counterfactuals": (
                None if self.counterfactuals is None else self.counterfactuals.to_dict()
            ),
            "left_out": [each.to_dict() for each in self.not_computed],
            "findings": [finding.to_dict() for finding in self.findings],
        }

    def _text(self, made: "TextExplanation") -> dict[str, Json]:
        return {**made.to_dict(), "which": self.which}

    def _explained(self) -> dict[str, Json] | None:
        made = self.explanation
        if made is None:
            return None
        skipped = (
            *("values", "standard_errors", "base_values", "predictions", "findings", "rows"),
            *("interactions", "interaction_errors", "row_weights"),
        )
        alone = replace(made, interactions=None, interaction_errors=None)  # many: not written out
        told = {key: value for key, value in alone.to_dict().items() if key not in skipped}
        n_exact, n_converged = int(made.exact.sum()), int(made.converged.sum())
        return {
            **told,
            "exact": n_exact,
            "converged": n_converged,
            "standard_error": _sizes_of_errors(made),
            "n_rows": len(made),
            "which": self.which,
            "rows": [int(row) for row in made.rows],
        }

    def _rows(self) -> "list[Json]":
        made = self.explanation
        if made is None:
            return []
        return [
            {
                "row": made.rows[each.place],
                "why": each.why,
                "asked": self.asked,
                "output": output,
                "base": float(made.base_values[each.place, at]),
                "prediction": float(made.predictions[each.place, at]),
                "players": self._players(made, each.place, at),
            }
            for each in self.shown
            for at, output in enumerate(made.outputs)
        ]

    def _players(self, made: Explanation, place: int, output: int) -> "list[Json]":
        values = made.values[place, :, output]
        errors = made.standard_errors
        order = sorted(range(len(values)), key=lambda player: -abs(values[player]))
        return [
            {
                "player": made.players[player],
                "value": float(values[player]),
                "standard_error": (
                    None if errors is None else float(errors[place, player, output])
                ),
                "data_value": str(cell)
                if (cell := made.value_of(place, player)) is not None
                else "",
            }
            for player in order
        ]

    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""
        for shown in (self.importance, self.text):
            if shown is not None:
                return shown.overview()
        return Overview("Nothing is explained")

    def _repr_html_(self) -> str:
        return super()._repr_html_() if self.text is None else self.text._repr_html_()
