"""Rows in, the small tables that metrics read out: what an engine would have made."""

import numpy as np

from assay.tables.cube import Cube
from assay.tables.moments import Moments
from assay.tables.score_table import ScoreRows, ScoreTable
from assay.tables.units import CellsByUnit


def cube_of(label, prediction, weight=None, unit=None):
    """Count label against prediction, weighted and by unit where given."""
    label, prediction = np.asarray(label), np.asarray(prediction)
    w = np.ones(len(label)) if weight is None else np.asarray(weight, dtype=float)
    levels, codes = [], []
    for values in (label, prediction):
        distinct, place = np.unique(values, return_inverse=True)
        levels.append(tuple(distinct.tolist()))
        codes.append(place)
    pairs, cell = np.unique(np.stack(codes, axis=1), axis=0, return_inverse=True)
    cell = cell.ravel()
    n = np.bincount(cell, minlength=len(pairs))
    w1 = np.bincount(cell, weights=w, minlength=len(pairs))
    w2 = np.bincount(cell, weights=w**2, minlength=len(pairs))
    by_unit = None
    if unit is not None:
        unit = np.asarray(unit)
        n_units = int(unit.max()) + 1
        dense = np.zeros((n_units, len(pairs)))
        np.add.at(dense, (unit, cell), w)
        at = np.nonzero(dense)
        by_unit = CellsByUnit(at[0], at[1], dense[at], n_units)
    keys = ("label", "prediction")
    return Cube(keys, tuple(levels), pairs, n, w1, w2, weight is not None, by_unit)


def scores_of(y, s, weight=None, unit=None):
    """Count positives and negatives at each score."""
    y, s = np.asarray(y, dtype=bool), np.asarray(s, dtype=float)
    w = np.ones(len(y)) if weight is None else np.asarray(weight, dtype=float)
    distinct, place = np.unique(s, return_inverse=True)

    def total(side, values):
        return np.bincount(place[side], weights=values[side], minlength=len(distinct))

    one = np.ones(len(y))
    rows = None
    if unit is not None:
        unit = np.asarray(unit, dtype=np.int32)
        rows = ScoreRows(place.astype(np.int32), y, w, unit, int(unit.max()) + 1)
    extra = {}
    if weight is not None:
        extra = {
            "w_pos": total(y, w),
            "w_neg": total(~y, w),
            "w2_pos": total(y, w**2),
            "w2_neg": total(~y, w**2),
        }
    n_pos, n_neg = total(y, one).astype(np.int64), total(~y, one).astype(np.int64)
    return ScoreTable(distinct, n_pos, n_neg, rows=rows, **extra)


def moments_of(quantities, weight=None, unit=None):
    """Sum named per-row quantities, weighted and by unit where given."""
    values = np.stack(list(quantities.values()))
    finite = np.isfinite(values).all(axis=0)
    x = values[:, finite]
    w = np.ones(x.shape[1]) if weight is None else np.asarray(weight, dtype=float)[finite]
    z = np.vstack([np.ones(x.shape[1]), x])
    mean = (w * x).sum(axis=1) / w.sum() if x.shape[1] else np.zeros(len(x))
    third = ((w * (x - mean[:, None])) ** 3).sum(axis=1)
    by_unit = None
    if unit is not None:
        unit = np.asarray(unit)[finite]
        by_unit = np.zeros((int(unit.max()) + 1, len(z)))
        np.add.at(by_unit, unit, (z * w).T)
        third = ((by_unit[:, 1:] - by_unit[:, [0]] * mean) ** 3).sum(axis=0)
    return Moments(
        tuple(quantities),
        x.shape[1],
        (z * w) @ z.T,
        (z * w**2) @ z.T,
        third,
        x.min(axis=1, initial=np.inf),
        x.max(axis=1, initial=-np.inf),
        n_skipped=int((~finite).sum()),
        by_unit=by_unit,
        unit_kind="row" if unit is None else "group",
        weighted=weight is not None,
    )
