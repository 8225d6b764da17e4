"""Many columns and a target in; the few that may tell most by themselves out."""

from collections.abc import Sequence

import numpy as np

from assay.models.baseline.features import text_lengths
from assay.models.baseline.tables import Floats, Part, Table

BINS = 10
FEW = 20
"""Up to so many columns each is tried by cross-validation."""


def shortlist(
    names: Sequence[str], table: Table, parts: Sequence[Part], target: Floats
) -> list[str]:
    """Return the columns worth trying one by one: at most twenty, in their order.

    Each is cut into ten bins of even size (levels stay as they are), with one more for missing
    values; its score is the share of the target's variance between the bins, less what so many
    bins explain by chance (epsilon squared).

    Parameters
    ----------
    names : sequence of str
    table : Table
    parts : sequence of Part
    target : ndarray of float, shape (n_rows, width)
        0 and 1 for classes, or the numbers.

    Returns
    -------
    list of str
    """
    if len(names) <= FEW:
        return list(names)
    scores = dict.fromkeys(names, -np.inf)
    for at, part in enumerate(parts):
        binned = part.how not in ("one_hot", "target")
        score = between_bins(table.matrix[:, at], target, binned=binned)
        scores[part.column.name] = max(scores[part.column.name], score)
    for name, text in zip(table.text_names, table.texts, strict=True):
        scores[name] = between_bins(text_lengths(text)[:, 0], target, binned=True)
    best = set(sorted(scores, key=lambda name: -scores[name])[:FEW])
    return [name for name in names if name in best]


def between_bins(values: Floats, target: Floats, *, binned: bool) -> float:
    """Return epsilon squared of a target between the bins, or the levels, of a column.

    Examples
    --------
    >>> between_bins(np.array([0.0, 0.0, 1.0, 1.0]), np.array([[1.0], [1.0], [5.0], [5.0]]),
    ...              binned=False)
    1.0
    """
    missing = np.isnan(values)
    codes = np.zeros(values.size, dtype=np.int64)
    known = values[~missing]
    if binned and known.size:
        edges = np.unique(np.quantile(known, np.arange(1, BINS) / BINS))
        codes[~missing] = np.searchsorted(edges, known, side="left") + 1
    else:
        codes[~missing] = known.astype(np.int64) + 2  # -1 is an unknown level
    places = np.unique(codes, return_inverse=True)[1]
    rows = np.bincount(places)
    sums = np.column_stack([np.bincount(places, column) for column in target.T])
    centre = target.mean(axis=0)
    between = float(((sums / rows[:, None] - centre) ** 2 * rows[:, None]).sum())
    total = float(((target - centre) ** 2).sum())
    free = values.size - rows.size
    if total == 0 or free <= 0:
        return 0.0
    return 1 - (total - between) / free * (values.size - 1) / total
