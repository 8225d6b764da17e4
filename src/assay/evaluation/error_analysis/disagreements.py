"""Answers of a model and of a baseline in; what the model fixed and what it broke out."""

from dataclasses import dataclass, replace

import numpy as np

from assay.evaluation.judged import Answers
from assay.evaluation.losses import row_losses
from assay.evaluation.slices.find import find_in_material
from assay.evaluation.slices.material import Material, SliceSettings
from assay.evaluation.slices.result import SliceSearch
from assay.evaluation.slices.significance import LossRows
from assay.result import Json

BROKEN = "broken"


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    """Row by row: a model beside a baseline.

    Parameters
    ----------
    baseline : str
    fixed : int
        Rows that the baseline has wrong and the model right; for numbers, rows with the smaller
        absolute error.
    broken : int
        The other way round.
    both_right, both_wrong : int or None
        None for numbers.
    rows : int
    slices : SliceSearch
        Where answers are broken more often than elsewhere; for numbers, where the absolute error
        has grown most.
    """

    baseline: str
    fixed: int
    broken: int
    both_right: int | None
    both_wrong: int | None
    rows: int
    slices: SliceSearch

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "baseline": self.baseline,
            "fixed": self.fixed,
            "broken": self.broken,
            "both_right": self.both_right,
            "both_wrong": self.both_wrong,
            "rows": self.rows,
            "slices": self.slices.to_dict(),
        }


def disagreement_with(
    baseline: Answers, material: Material, settings: SliceSettings
) -> Disagreement | None:
    """Compare with a baseline row by row.

    Parameters
    ----------
    baseline : Answers
        For the rows of `material`.
    material : Material
    settings : SliceSettings

    Returns
    -------
    Disagreement or None
        None where the two have no answers that can be told right or wrong.
    """
    rows, answers = material.rows, material.answers
    numbers = answers.values is not None and baseline.values is not None
    classes = answers.labels is not None and baseline.labels is not None
    if not numbers and not classes:
        return None
    name = "absolute_error" if numbers else "error"
    ours, theirs = (row_losses(rows, each, name) for each in (answers, baseline))
    grown = ours - theirs if numbers else ((ours > 0) & (theirs == 0)).astype(np.float64)
    judged = LossRows(
        grown, material.losses.weight, material.losses.unit, material.losses.unit_kind
    )
    loss = "growth of the absolute error" if numbers else BROKEN
    changed = replace(material, losses=judged, loss=loss, named=())
    found = replace(find_in_material(changed, settings), findings=())
    return Disagreement(
        baseline=baseline.name,
        fixed=int(np.count_nonzero(ours < theirs)),
        broken=int(np.count_nonzero(ours > theirs)),
        both_right=None if numbers else int(np.count_nonzero((ours == 0) & (theirs == 0))),
        both_wrong=None if numbers else int(np.count_nonzero((ours > 0) & (theirs > 0))),
        rows=rows.n,
        slices=found,
    )
