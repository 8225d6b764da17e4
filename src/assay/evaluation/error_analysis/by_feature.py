"""Residuals and coded columns in; where predictions are too high or too low, by column, out."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from assay.data.conditions import Condition, conditions_text
from assay.evaluation.judged import Answers, Floats, JudgedRows
from assay.evaluation.slices.atoms import CodedColumn
from assay.evaluation.slices.estimates import mean_loss
from assay.evaluation.slices.significance import LossRows, testable
from assay.result import Estimate, Json
from assay.stats.false_discovery import benjamini_hochberg
from assay.stats.mean_difference import mean_difference
from assay.stats.special import student_cdf
from assay.stats.sums import sums_by

MIN_ROWS = 30
FALSE_SHARE = 0.05
MOST = 12


@dataclass(frozen=True, kw_only=True)
class FeatureError:
    """Rows with like values of one column, whose predictions lean to one side.

    Parameters
    ----------
    name : str
        The rows, as people read it.
    column : str
    error : Estimate
        Mean of predicted minus true, for scores of predicted probability minus share of
        positives: above 0 predictions are too high.
    rest : float
        The same of all other rows.
    p_adjusted : float
        Two-sided, of no difference to the rest; after Benjamini and Hochberg over all of them.
    """

    name: str
    column: str
    error: Estimate
    rest: float
    p_adjusted: float

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "name": self.name,
            "column": self.column,
            "error": self.error.to_dict(),
            "rest": self.rest,
            "p_adjusted": self.p_adjusted,
        }


@dataclass(frozen=True, kw_only=True)
class ErrorsByFeature:
    """Where predictions lean.

    Parameters
    ----------
    what : {"residual", "probability"}
    looked_at : int
        Groups of rows that were tested.
    leaning : tuple of FeatureError
        Those that differ from the rest beyond chance, the surest first; at most 12.
    found : int
        How many there are in all.
    """

    what: str
    looked_at: int
    leaning: tuple[FeatureError, ...]
    found: int

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "what": self.what,
            "looked_at": self.looked_at,
            "leaning": [each.to_dict() for each in self.leaning],
            "found": self.found,
        }


def residuals_of(rows: JudgedRows, answers: Answers) -> tuple[str, Floats] | None:
    """Return what residuals are and their values; None where answers are classes alone."""
    if answers.values is not None:
        return "residual", answers.values - rows.truth.astype(np.float64)
    scores = answers.scores
    if scores is None or scores.ndim != 1 or not answers.as_probabilities:
        return None
    return "probability", scores - rows.truth.astype(np.float64)


def errors_by_feature(
    what: str, rows: LossRows, columns: Sequence[CodedColumn], *, level: float = 0.95
) -> ErrorsByFeature:
    """Test the mean residual of each bin or level of each column against all other rows.

    Parameters
    ----------
    what : str
    rows : LossRows
        Whose `losses` are residuals.
    columns : sequence of CodedColumn
    level : float

    Returns
    -------
    ErrorsByFeature
    """
    tested: list[tuple[int, int, float]] = []
    for place, column in enumerate(columns):
        for code, p in _p_values(rows, column):
            tested.append((place, code, p))
    adjusted = benjamini_hochberg([p for _, _, p in tested])
    order = np.argsort([p for _, _, p in tested], kind="stable") if tested else []
    sure = [at for at in order if (adjusted[at] or 0.0) <= FALSE_SHARE]
    leaning: list[FeatureError] = []
    for at in sure[:MOST]:
        place, code, _ = tested[at]
        inside = columns[place].codes == code
        told = bin_conditions(columns[place], code)
        outside = mean_loss(rows, ~inside, level=level)
        leaning.append(
            FeatureError(
                name=conditions_text(told),
                column=told[0].column,
                error=mean_loss(rows, inside, level=level),
                rest=float(outside.value or 0.0),
                p_adjusted=float(adjusted[at] or 0.0),
            )
        )
    return ErrorsByFeature(
        what=what, looked_at=len(tested), leaning=tuple(leaning), found=len(sure)
    )


def bin_conditions(column: CodedColumn, code: int) -> tuple[Condition, ...]:
    """Return what the rows of one code satisfy; () for rare levels."""
    single = [a.condition for a in column.atoms if a.first == a.last == code]
    for sign in ("=", "missing"):
        for condition in single:
            if condition.sign == sign:
                return (condition,)
    above = [a.condition for a in column.atoms if a.condition.sign == ">" and a.first == code]
    below = [a.condition for a in column.atoms if a.condition.sign == "≤" and a.last == code]
    return (*above, *below)


def _p_values(rows: LossRows, column: CodedColumn) -> list[tuple[int, float]]:
    """Return the two-sided p-value of each code with enough rows that has a name."""
    codes = [code for code in range(column.n_codes) if bin_conditions(column, code)]
    n = np.bincount(column.codes, minlength=column.n_codes)
    codes = [code for code in codes if MIN_ROWS <= n[code] <= rows.n - MIN_ROWS]
    if rows.weight is None and rows.unit is None:
        return _plain(rows.losses, column, codes, n)
    found: list[tuple[int, float]] = []
    for code in codes:
        inside = column.codes == code
        if testable(rows, inside) is None:
            made = mean_difference(rows.losses, inside, weight=rows.weight, unit=rows.unit)
            if made.error > 0:
                found.append((code, _two_sided(made.value / made.error, made.freedom)))
    return found


def _plain(
    values: Floats, column: CodedColumn, codes: Sequence[int], n: NDArray[np.intp]
) -> list[tuple[int, float]]:
    """Return Welch's p-values from sums by code alone."""
    centred = values - values.mean()
    first = sums_by(column.codes, centred, column.n_codes)
    second = sums_by(column.codes, centred**2, column.n_codes)
    all_first, all_second = float(centred.sum()), float(centred @ centred)
    found: list[tuple[int, float]] = []
    for code in codes:
        into, out = int(n[code]), len(values) - int(n[code])
        means = first[code] / into, (all_first - first[code]) / out
        squares = (
            second[code] - into * means[0] ** 2,
            all_second - second[code] - out * means[1] ** 2,
        )
        parts = [
            max(float(s), 0.0) / (k - 1) / k for s, k in zip(squares, (into, out), strict=True)
        ]
        error = sqrt(sum(parts))
        if error > 0:
            below = parts[0] ** 2 / (into - 1) + parts[1] ** 2 / (out - 1)
            t = float(means[0] - means[1]) / error
            found.append((code, _two_sided(t, sum(parts) ** 2 / below)))
    return found


def _two_sided(t: float, freedom: float) -> float:
    return min(1.0, 2 * student_cdf(-abs(t), freedom))
