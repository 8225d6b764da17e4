"""A model and a facet in; what it says of the same rows with only the facet changed, out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.bias.cells import Flags
from assay.bias.facet import Facet
from assay.bias.facet_flip_values import choose_replacements
from assay.bias.flip_test_reservoir import Reservoir
from assay.bias.flip_test_sample import BATCH_ROWS, place_rows
from assay.bias.outcomes import Outcomes
from assay.data.dataset import Dataset
from assay.data.engines.mixing import row_keys
from assay.errors import InputError, ModelError
from assay.models.predictor import Predictor
from assay.models.scoring import score_dataset

Floats = NDArray[np.float64]
MAX_ROWS = 2_000
"""Rows of a facet that the model is asked about again, shared among its reported groups."""
MAX_VALUES = 8
"""Other values that are put into a row; of more, so many are drawn by how frequent they are."""


@dataclass(frozen=True, kw_only=True, eq=False)
class FlippedAnswers:
    """Rows of one facet, and how the model's answer changes with the facet's value.

    Parameters
    ----------
    groups : tuple of str
    group : ndarray of int, shape (n_rows,)
    gap : ndarray of float, shape (n_rows,)
        Mean score with the other values, less the score with the row's own.
    changed : ndarray of float, shape (n_rows,)
        Share of the other values with which the answer is another one.
    n_data : ndarray of int, shape (n_groups,)
        Rows of each group in the data.
    weight : ndarray of float or None, shape (n_rows,)
    unit : ndarray of int or None, shape (n_rows,)
    unit_kind : str
    of : {"probability", "answer", "number"}
        What the gap is of: the probability of the positive outcome, whether it is predicted, or
        the predicted number.
    how : str
        Which values were put into the rows, in words.
    reason : str
        Why the model was not asked; "" where it was.
    seed : int
    """

    groups: tuple[str, ...] = ()
    group: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    gap: Floats = field(default_factory=lambda: np.zeros(0))
    changed: Floats = field(default_factory=lambda: np.zeros(0))
    n_data: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    weight: Floats | None = None
    unit: NDArray[np.int64] | None = None
    unit_kind: str = "row"
    of: str = "probability"
    how: str = ""
    reason: str = ""
    seed: int = 0


def flip_facet(
    data: Dataset,
    facet: Facet,
    predictor: Predictor,
    outcomes: Outcomes,
    *,
    max_rows: int = MAX_ROWS,
    max_values: int = MAX_VALUES,
    label_map: Mapping[str, str] | None = None,
    seed: int = 0,
) -> FlippedAnswers:
    """Ask the model about rows again, with another value of the facet and all else as it is.

    Parameters
    ----------
    data : Dataset
        Columns of predictions and scores are not read.
    facet : Facet
        Of values of one column.
    predictor : Predictor
    outcomes : Outcomes
        Its task and its positive predictions.
    max_rows : int
        Rows that are asked about, shared evenly among the reported groups.
    max_values : int
        Values that are put into each row; where there are more others, so many are drawn by how
        frequent they are. The model is asked about max_rows × (1 + max_values) rows at most.
    label_map : mapping of str to str or None
        Model's class → data's label, where they are not the same text.
    seed : int

    Returns
    -------
    FlippedAnswers
        Where the model was not asked, or failed, `reason` says why.
    """
    reason = _why_not(data, facet, predictor, outcomes)
    if reason:
        return FlippedAnswers(groups=facet.groups, reason=reason)
    data = data.with_units()
    drawn = _draw(data, facet, max_rows, seed)
    chosen = choose_replacements(facet, drawn.table, drawn.group, drawn.n_data, drawn.asked)
    if chosen.reason:
        return FlippedAnswers(groups=facet.groups, reason=chosen.reason)
    picks = chosen.pick(max_values, np.random.default_rng(seed))
    try:
        scored = _ask(data, facet.columns[0], predictor, outcomes, drawn, picks.row, label_map)
        answers, of = _answers(scored, outcomes)
    except (InputError, ModelError) as error:
        reason = (
            f"the model could not be asked about rows with another {facet.columns[0]}: {error}"
        )
        return FlippedAnswers(groups=facet.groups, reason=reason)
    score, said = (part.reshape(-1, len(drawn.asked)).T for part in answers)
    gap = np.sum(score[:, 1:] * picks.share, axis=1) - score[:, 0]
    changed = np.sum((said[:, 1:] != said[:, :1]) * picks.share, axis=1)
    kept = np.isfinite(gap)
    return FlippedAnswers(
        groups=facet.groups,
        group=drawn.group[drawn.asked][kept],
        gap=gap[kept],
        changed=changed[kept],
        n_data=drawn.n_data,
        weight=_column(drawn, data.schema.weight, kept),
        unit=_units(drawn, data.unit[0], kept),
        unit_kind=data.unit[1],
        of=of,
        how=picks.how,
        seed=seed,
    )


def _why_not(data: Dataset, facet: Facet, predictor: Predictor, outcomes: Outcomes) -> str:
    if facet.is_intersection:
        return "the facet is a combination of columns; each of them is changed by itself"
    if facet.how not in ("values", "listed"):
        return "the facet cuts a number, and no single number stands for the other group"
    if outcomes.task != "regression" and not outcomes.predictions_positive:
        return "no positive outcome was settled"
    column, names = facet.columns[0], predictor.info.feature_names
    read = data.schema.features if names is None else names
    if column not in read:
        return f"the model {predictor.info.name} does not read the column {column}"
    return ""


@dataclass(frozen=True, eq=False)
class _Drawn:
    """Sampled rows of the data: those that are asked about, and some of the other groups."""

    row: NDArray[np.int64]
    group: NDArray[np.int64]
    asked: NDArray[np.intp]
    table: pl.DataFrame
    n_data: NDArray[np.int64]


def _draw(data: Dataset, facet: Facet, max_rows: int, seed: int) -> _Drawn:
    reservoir, start = Reservoir(len(facet.groups), max_rows), 0
    keys = {f"k{i}": key for i, key in enumerate(facet.keys)}
    for batch in data.engine.batches(data.frame.select(**keys), batch_rows=BATCH_ROWS):
        group = place_rows(facet, batch.get_columns())
        reservoir.add(group, row_keys(start, start + batch.height, seed), start)
        start += batch.height
    chosen = reservoir.choose(facet.reported, max_asked=max_rows, max_rest=max_rows)
    asked: list[NDArray[np.intp]] = []
    for place in facet.reported:
        own = np.flatnonzero(chosen.group == place)
        asked.append(own[np.argsort(chosen.key[own])][: chosen.n_asked[place]])
    names = [name for name in data.schema.names if not _is_answer(data, name)]
    parts: list[pl.DataFrame] = []
    start = 0
    for batch in data.engine.batches(data.frame, names, batch_rows=BATCH_ROWS):
        low, high = np.searchsorted(chosen.row, [start, start + batch.height])
        parts.append(batch[chosen.row[low:high] - start])
        start += batch.height
    table = pl.concat(parts, rechunk=True)
    at = np.sort(np.concatenate([np.zeros(0, dtype=np.intp), *asked]))
    return _Drawn(chosen.row, chosen.group, at, table, chosen.n_data)


def _is_answer(data: Dataset, name: str) -> bool:
    return data.schema[name].role in ("prediction", "score")


def _ask(
    data: Dataset,
    column: str,
    predictor: Predictor,
    outcomes: Outcomes,
    drawn: _Drawn,
    values_from: NDArray[np.intp],
    label_map: Mapping[str, str] | None,
) -> Dataset:
    """Ask about the rows as they are and with each replacement, all at once.

    `values_from`, shape (n_asked, n_values), are the rows whose value is put in: the value keeps
    its type, a category its categories.
    """
    copies = 1 + values_from.shape[1]
    rows = np.tile(drawn.asked, copies)
    values = np.concatenate([drawn.asked, values_from.T.reshape(-1)])
    table = drawn.table[rows].with_columns(drawn.table[column][values])
    original = data.original
    if original is not None:
        taken = original[column].iloc[drawn.row[values]]
        original = original.iloc[drawn.row[rows]].reset_index(drop=True)
        original[column] = taken.array
    columns = tuple(each for each in data.schema.columns if not _is_answer(data, each.name))
    altered = replace(
        data,
        frame=nw.from_native(table.lazy()),
        schema=replace(data.schema, columns=columns),
        original=original,
        notes=(),
        classes=None,
    )
    return score_dataset(
        predictor,
        altered,
        task=outcomes.task,
        positive=data.schema.positive,
        label_map=label_map,
    )


def _answers(scored: Dataset, outcomes: Outcomes) -> tuple[tuple[Floats, Floats], str]:
    """Return the score and the answer for every row that was asked about.

    They are the very expressions that the rest of the report reads, threshold included.
    """
    if outcomes.predicted_number is not None:
        numbers = _column_of(scored, outcomes.predicted_number)
        return (numbers, numbers), "number"
    answered = outcomes.answer_is_positive
    assert answered is not None  # `_why_not` has looked
    answer = _column_of(scored, answered)
    if outcomes.score is None:
        return (answer, answer), "answer"
    score = _column_of(scored, outcomes.score)
    if not _are_probabilities(score):
        return (answer, answer), "answer"
    return (score, answer), "probability"


def _column_of(scored: Dataset, expression: nw.Expr) -> Floats:
    return scored.evaluate(expression.cast(nw.Float64)).to_numpy().astype(np.float64)


def _are_probabilities(score: Floats) -> bool:
    known = score[np.isfinite(score)]
    return bool(len(known) and known.min() >= 0 and known.max() <= 1 + 1e-9)


def _column(drawn: _Drawn, name: str | None, kept: Flags) -> Floats | None:
    if name is None:
        return None
    return drawn.table[name][drawn.asked].cast(pl.Float64).to_numpy()[kept]


def _units(drawn: _Drawn, name: str | None, kept: Flags) -> NDArray[np.int64] | None:
    if name is None:
        return None
    return drawn.table[name][drawn.asked].cast(pl.Int64).to_numpy()[kept]
