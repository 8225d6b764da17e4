"""Arrays in, the tables of scores and numbers by group out: the form for rows in memory."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assay.bias.cells import GroupCells
from assay.bias.group_means import GroupMeans, moments_of_entries
from assay.bias.group_numbers import GroupNumbers
from assay.bias.group_scores import GroupScores
from assay.bias.split import FacetTables
from assay.errors import InputError
from assay.stats.sums import sums_by
from assay.tables.units import CellsByUnit

Floats = NDArray[np.float64]


def tables_of_rows(
    group: Sequence[str],
    *,
    score: ArrayLike | None = None,
    positive: ArrayLike | None = None,
    label: ArrayLike | None = None,
    prediction: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    unit: ArrayLike | None = None,
    as_probabilities: bool = True,
) -> FacetTables:
    """Return the tables of one facet from a few rows.

    Parameters
    ----------
    group : sequence of str, length n_samples
        Group of each row.
    score : array-like of float or None, shape (n_samples,)
        With `positive`, whether the outcome is positive; without, its labels are unknown.
    positive : array-like of bool or None, shape (n_samples,)
    label, prediction : array-like of float or None, shape (n_samples,)
        True and predicted numbers.
    weight : array-like of float or None, shape (n_samples,)
    unit : array-like or None, shape (n_samples,)
        Names of independent units.
    as_probabilities : bool
        Whether scores are probabilities of the positive outcome.

    Returns
    -------
    FacetTables
        Its cells count rows by group and, where it is known, by outcome.

    Raises
    ------
    InputError
        If the shapes differ.

    Examples
    --------
    >>> tables = tables_of_rows(["a", "d", "d"], score=[0.1, 0.2, 0.4])
    >>> tables.groups, tables.scores.score.tolist()
    (('a', 'd'), [0.1, 0.2, 0.4])
    """
    names, place = np.unique(np.asarray(group, dtype=str), return_inverse=True)
    given = [score, positive, label, prediction, weight, unit]
    sizes = {np.size(values) for values in given if values is not None}
    if sizes - {place.size}:
        msg = f"there are {place.size} groups but {sizes - {place.size}} values; give one a row"
        raise InputError(msg)
    groups = tuple(str(name) for name in names)
    w = None if weight is None else np.asarray(weight, dtype=np.float64)
    flags = None if positive is None else np.asarray(positive, dtype=np.bool_)
    scores = numbers = None
    if score is not None:
        scores = _sorted(groups, place, score, flags, w, unit, as_probabilities=as_probabilities)
    if label is not None or prediction is not None:
        numbers = _numbers(groups, place, label, prediction, w, unit)
    outcome = np.zeros(place.size, dtype=np.int64) if flags is None else flags
    counts = np.bincount(place * 2 + outcome, minlength=2 * len(groups)).reshape(-1, 2)
    cells = GroupCells.from_counts(groups, counts)
    return FacetTables(groups=groups, cells=cells, scores=scores, numbers=numbers)


def _sorted(
    groups: tuple[str, ...],
    place: NDArray[np.int64],
    values: ArrayLike,
    positive: NDArray[np.bool_] | None,
    weight: Floats | None,
    unit: ArrayLike | None,
    *,
    as_probabilities: bool = False,
) -> GroupScores:
    score = np.asarray(values, dtype=np.float64)
    ranks, rank = np.unique(score, return_inverse=True)
    label = np.zeros(score.size, dtype=np.int64) if positive is None else positive
    joint = (rank * 2 + label) * len(groups) + place
    found, entry, n = np.unique(joint, return_inverse=True, return_counts=True)
    at = found // len(groups)
    w = w2 = n.astype(np.float64)
    if weight is not None:
        w, w2 = (sums_by(entry, part, len(found)) for part in (weight, weight**2))
    return GroupScores(
        groups,
        found % len(groups),
        at // 2,
        ranks[at // 2],
        None if positive is None else at % 2 == 1,
        n,
        w,
        w2,
        ranks,
        ranks,
        weighted=weight is not None,
        by_unit=_by_unit(entry, len(found), weight, unit),
        as_probabilities=as_probabilities,
    )


def _by_unit(
    entry: NDArray[np.int64], n_entries: int, weight: Floats | None, unit: ArrayLike | None
) -> CellsByUnit | None:
    if unit is None:
        return None
    names, code = np.unique(np.asarray(unit), return_inverse=True)
    found, place = np.unique(code * n_entries + entry, return_inverse=True)
    w = sums_by(place, np.ones(entry.size) if weight is None else weight, len(found))
    return CellsByUnit(found // n_entries, found % n_entries, w, len(names))


def _numbers(
    groups: tuple[str, ...],
    place: NDArray[np.int64],
    label: ArrayLike | None,
    prediction: ArrayLike | None,
    weight: Floats | None,
    unit: ArrayLike | None,
) -> GroupNumbers:
    terms: dict[str, Floats] = {}
    if label is not None:
        terms["label"] = np.asarray(label, dtype=np.float64)
    if prediction is not None:
        terms["prediction"] = np.asarray(prediction, dtype=np.float64)
    if len(terms) > 1:
        error = terms["prediction"] - terms["label"]
        terms |= {"error": error, "absolute_error": np.abs(error), "squared_error": error**2}
    w = np.ones(place.size) if weight is None else weight
    moments = moments_of_entries(
        groups,
        place,
        terms,
        (np.ones(place.size, dtype=np.int64), w, w**2),
        among=np.ones(place.size, dtype=np.bool_),
        weighted=weight is not None,
        units=_by_unit(np.arange(place.size), place.size, weight, unit),
    )
    values = [
        _sorted(groups, place, terms[name], None, weight, unit) if name in terms else None
        for name in ("prediction", "error")
    ]
    return GroupNumbers(groups, GroupMeans(groups, moments), *values)
