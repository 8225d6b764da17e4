"""Rows, losses and columns in; the named slices and the weak ones that were confirmed out."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.conditions import Condition, conditions_text, rows_where
from assay.data.schema import Column
from assay.evaluation.judged import Answers, JudgedRows
from assay.evaluation.slices.atoms import CodedColumn, code_column, code_numbers
from assay.evaluation.slices.columns import code_columns
from assay.evaluation.slices.estimates import loss_difference, mean_loss, right_share
from assay.evaluation.slices.examples import confidence_of, rows_to_read
from assay.evaluation.slices.findings import slice_findings
from assay.evaluation.slices.foreseen import beyond_foreseen
from assay.evaluation.slices.in_train import TrainRows, in_train
from assay.evaluation.slices.material import Material, SliceSettings, gather
from assay.evaluation.slices.result import Slice, SliceSearch
from assay.evaluation.slices.search import Candidate, Searched, search_slices
from assay.evaluation.slices.sensitivity import sensitivity_of
from assay.evaluation.slices.significance import Chances, LossRows, slice_chances, testable
from assay.stats.false_discovery import benjamini_hochberg

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

Flags = NDArray[np.bool_]
FALSE_SHARE = 0.05
FOUND_SHARE = 0.03
"""Below 0.05: slices of one table may depend on each other negatively, and false alarms in at most
5 % of the tables is a promise."""
SHARED = 0.5
"""Slices that share this much of the smaller one's rows are told as one."""
METRICS = {
    "error": "share of right answers",
    "log_loss": "log loss",
    "brier": "Brier score",
    "absolute_error": "mean absolute error",
    "squared_error": "mean squared error",
}
CONFIDENCE = "(confidence of the answer)"
TRUTH = "(true answer)"


def find_in(
    data: "Dataset",
    rows: JudgedRows,
    answers: Answers,
    settings: SliceSettings | None = None,
    *,
    train: TrainRows | None = None,
) -> SliceSearch:
    """Judge named slices, and look for weak ones.

    Parameters
    ----------
    data : Dataset
        With the columns that are searched; its rows are those of `rows`.
    rows : JudgedRows
    answers : Answers
    settings : SliceSettings or None
    train : TrainRows or None
        Rows that the model was fitted on; says what a weak slice may come from.

    Returns
    -------
    SliceSearch

    Raises
    ------
    InputError
        If a named slice cannot be read, or a column is missing.
    """
    settings = settings or SliceSettings()
    return find_in_material(gather(data, rows, answers, settings), settings, train=train)


def find_in_material(
    material: Material, settings: SliceSettings, *, train: TrainRows | None = None
) -> SliceSearch:
    """Do what `find_in` does with rows that were read already."""
    losses = material.losses
    rng = np.random.default_rng([settings.seed, losses.n])
    named, held = _named(material, settings, rng)
    base = SliceSearch(
        loss=material.loss,
        metric=METRICS.get(material.loss, f"mean of {material.loss}"),
        mean=mean_loss(losses, np.ones(losses.n, dtype=np.bool_), level=settings.level),
        named=len(named),
        columns=material.searchable.names,
        rows=material.n_rows,
        rows_read=losses.n,
        level=settings.level,
        seed=settings.seed,
    )
    base, found, inside = _searched(base, material, settings, rng)
    both = [*zip(found, inside, strict=True), *zip(named, held, strict=True)]
    confirmed = _with_parts([each for each in both if each[0].confirmed])
    if train is not None:
        parts = in_train([one.conditions for one in confirmed], train)
        confirmed = [replace(one, train=part) for one, part in zip(confirmed, parts, strict=True)]
    rest = sorted((each for each in named if not each.confirmed), key=_by_lower_bound)
    base = replace(base, slices=(*confirmed, *rest))
    return replace(base, findings=slice_findings(base))


def _by_lower_bound(each: Slice) -> float:
    return -each.difference.low if each.difference.low is not None else np.inf


def _named(
    material: Material, settings: SliceSettings, rng: np.random.Generator
) -> tuple[list[Slice], list[Flags]]:
    """Judge every named slice on all rows; return their rows as well."""
    if not material.named:
        return [], []
    masks = [rows_where(material.frame, told).to_numpy() for _, told in material.named]
    chances = slice_chances(material.losses, masks, rng)
    adjusted = benjamini_hochberg([None if c is None else c.two_sided for c in chances])
    made: list[Slice] = []
    for (_, told), inside, chance, p in zip(material.named, masks, chances, adjusted, strict=True):
        one = _slice(material, told, inside, material.losses, inside, chance, settings)
        everyone = np.ones(material.losses.n, dtype=np.bool_)
        one = _with_beyond(one, material, everyone, inside, settings.level)
        worse = p is not None and p <= FALSE_SHARE and (one.difference.low or 0.0) > 0
        two_sided = None if chance is None else chance.two_sided
        made.append(replace(one, origin="named", p_value=two_sided, p_adjusted=p, confirmed=worse))
    return made, masks


def _searched(
    base: SliceSearch, material: Material, settings: SliceSettings, rng: np.random.Generator
) -> tuple[SliceSearch, list[Slice], list[Flags]]:
    """Search one half of the rows, and test what was found on the other."""
    if not material.searchable.names and not (settings.by_confidence or settings.by_truth):
        return replace(base, reason="There are no columns but the answers to search."), [], []
    half = first_half(material.losses, rng)
    columns = code_columns(
        material.frame,
        material.searchable,
        material.losses.losses,
        half,
        coded_before=material.coded,
    )
    columns += _of_answers(material, settings)
    if not columns:
        return replace(base, reason="No column has two values that are frequent enough."), [], []
    searched, judged = material.losses.take(half), material.losses.take(~half)
    coded = [CodedColumn(c.codes[half], c.n_codes, c.atoms) for c in columns]
    half_searched = Searched(coded, searched.losses, searched.weight, searched.unit)
    candidates, bar = search_slices(half_searched)
    everywhere = [_mask(columns, each) for each in candidates]
    masks = [inside[~half] for inside in everywhere]
    chances = slice_chances(judged, masks, rng)
    adjusted = benjamini_hochberg([None if c is None else c.worse for c in chances])
    found: list[Slice] = []
    held: list[Flags] = []
    for candidate, inside, chance, p in zip(
        candidates, everywhere, chances, adjusted, strict=True
    ):
        if chance is None or p is None or p > FOUND_SHARE:
            continue
        told = simplified([atom.condition for atom in candidate.atoms])
        one = _slice(material, told, inside, judged, inside[~half], chance, settings)
        if one.difference.low is None or one.difference.low > 0:
            one = _with_beyond(one, material, ~half, inside[~half], settings.level)
            found.append(replace(one, p_value=chance.worse, p_adjusted=p, confirmed=True))
            held.append(inside)
    constant = searched.n == 0 or float(np.ptp(material.losses.losses)) == 0
    reason = "All rows have the same loss." if constant else None
    base = replace(
        base,
        searched=sum(len(column.atoms) for column in columns),
        tested=sum(chance is not None for chance in chances),
        sensitivity=None
        if constant
        else sensitivity_of(
            half_searched, judged, bar=bar, tested=len(candidates) + 1, alpha=FOUND_SHARE
        ),
        reason=reason,
    )
    return base, found, held


def _with_beyond(
    one: Slice, material: Material, some: Flags, inside: Flags, level: float
) -> Slice:
    """Add the loss of a slice beyond what was to be expected, on the rows that judge it.

    Of rows that were chosen by their true answer nothing can be foreseen: no score knows that.
    """
    if any(each.column == TRUTH for each in one.conditions):
        return one
    rows, answers = material.rows.take(some), material.answers.take(some)
    told = beyond_foreseen(material.losses.take(some), rows, answers, material.loss)
    if told is None:
        return one
    kind, beyond = told
    return replace(one, beyond=mean_loss(beyond, inside, level=level), beyond_kind=kind)


def _with_parts(confirmed: Sequence[tuple[Slice, Flags]]) -> list[Slice]:
    """Sort slices, and say of each with which worse one it shares half of its rows, or of its."""
    made: list[tuple[Slice, Flags]] = []
    for each, inside in sorted(confirmed, key=lambda pair: _by_lower_bound(pair[0])):
        n = np.count_nonzero(inside)
        sharing = [
            other.name
            for other, rows in made
            if other.part_of is None
            and np.count_nonzero(inside & rows) >= SHARED * min(n, np.count_nonzero(rows))
        ]
        made.append((replace(each, part_of=sharing[0] if sharing else None), inside))
    return [each for each, _ in made]


def first_half(losses: LossRows, rng: np.random.Generator) -> Flags:
    """Choose half of the rows at random; rows of one unit stay together."""
    unit = np.arange(losses.n) if losses.unit is None else losses.unit
    n_units = int(unit.max()) + 1 if len(unit) else 0
    chosen = np.zeros(n_units, dtype=np.bool_)
    chosen[rng.permutation(n_units)[: n_units // 2]] = True
    return chosen[unit]


def _of_answers(material: Material, settings: SliceSettings) -> list[CodedColumn]:
    """Return confidence and truth as columns, where they are to be searched."""
    made: list[CodedColumn | None] = []
    if settings.by_confidence:
        confidence = confidence_of(material.answers)
        made.append(None if confidence is None else code_numbers(confidence, CONFIDENCE))
    if settings.by_truth and material.rows.truth.ndim == 1:
        made += _of_truth(material.rows)
    return [each for each in made if each is not None]


def _of_truth(rows: JudgedRows) -> list[CodedColumn]:
    """Return the true class by its name, or the true number, as a column."""
    if not rows.classes:
        numbers = code_numbers(rows.truth.astype(np.float64), TRUTH)
        return [] if numbers is None else [numbers]
    names = pl.Series(TRUTH, [str(each) for each in rows.classes], dtype=pl.String)
    return code_column(names.gather(rows.truth), Column(TRUTH, "feature", "categorical", "utf8"))


def _mask(columns: Sequence[CodedColumn], candidate: Candidate) -> Flags:
    inside = np.ones(len(columns[0].codes), dtype=np.bool_)
    for (column, _), atom in zip(candidate.places, candidate.atoms, strict=True):
        inside &= columns[column].holds(atom)
    return inside


def simplified(conditions: Sequence[Condition]) -> tuple[Condition, ...]:
    """Drop what another condition on the same column says already.

    Examples
    --------
    >>> told = [Condition("age", "≤", (40.0,)), Condition("age", "≤", (25.0,))]
    >>> [each.text for each in simplified(told)]
    ['age ≤ 25']
    """
    kept: list[Condition] = []
    for each in conditions:
        same = [
            other
            for other in conditions
            if (other.column, other.part, other.sign) == (each.column, each.part, each.sign)
        ]
        ends = [float(other.values[0]) for other in same] if each.sign in "≤>" else []
        tightest = {"≤": min, ">": max}[each.sign](ends) if ends else None
        implied = each.sign == "present" and any(
            other.column == each.column and other.sign != "present" for other in conditions
        )
        if not implied and (tightest is None or float(each.values[0]) == tightest):
            kept.append(each)
    return tuple(dict.fromkeys(kept))


def _slice(
    material: Material,
    conditions: tuple[Condition, ...],
    everywhere: Flags,
    judged: LossRows,
    inside: Flags,
    chance: Chances | None,
    settings: SliceSettings,
) -> Slice:
    """Describe one slice; numbers are from `judged`, rows to read from everywhere."""
    level = settings.level
    loss = mean_loss(judged, inside, level=level)
    difference = loss_difference(judged, inside, level=level)
    return Slice(
        name=conditions_text(conditions),
        origin="found",
        conditions=conditions,
        rows=int(np.count_nonzero(everywhere)),
        share=float(np.count_nonzero(everywhere) / max(len(everywhere), 1)),
        loss=loss,
        rest=mean_loss(judged, ~inside, level=level),
        difference=difference,
        p_value=None,
        test=chance.method if chance is not None else testable(judged, inside) or "",
        share_of_loss=_share_of_loss(judged, inside),
        metric=right_share(loss) if material.loss == "error" else loss,
        examples=rows_to_read(material, everywhere),
    )


def _share_of_loss(judged: LossRows, inside: Flags) -> float | None:
    if not judged.n or judged.losses.min() < 0:
        return None
    mass = judged.losses if judged.weight is None else judged.losses * judged.weight
    total = float(mass.sum())
    return float(mass[inside].sum()) / total if total > 0 else None
