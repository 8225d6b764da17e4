"""Standard errors of metrics of counts against a brute-force bootstrap of rows and of units."""

import numpy as np
import pytest

from assay.bias.catalogue import find_bias_metric
from assay.bias.cells import GroupCells
from assay.bias.split import FacetTables, Split
from assay.tables.units import CellsByUnit

NAMES = (
    "CI", "DPL", "DPPL", "DI", "DCA", "DCR", "AD", "RD", "SD", "DAR", "DRR", "TE", "GE",
    "average_odds_difference", "equalized_odds_difference", "f1_difference",
    "balanced_accuracy_difference", "facet_imbalance_among_positives",
)  # fmt: skip
AT = np.argwhere(np.ones((2, 2, 2), dtype=bool))
N_ROWS, N_UNITS, N_DRAWS = 3_000, 300, 600


def split_of(cell, w, unit=None, *, weighted=False):
    n, sums, squares = (np.bincount(cell, weights=w**power, minlength=8) for power in range(3))
    by_unit = None
    if unit is not None:
        held = np.bincount(unit * 8 + cell, weights=w, minlength=N_UNITS * 8)
        at = np.flatnonzero(held)
        by_unit = CellsByUnit(at // 8, at % 8, held[at], N_UNITS, "group")
    cells = GroupCells(
        ("a", "d"),
        AT[:, 0],
        n.astype(np.int64),
        sums,
        squares,
        weighted,
        by_unit,
        positive=AT[:, 1] == 1,
        predicted=AT[:, 2] == 1,
    )
    return Split.of(FacetTables(groups=cells.groups, cells=cells), "d")


def drawn_rows(kind):
    """Draw rows of two facets, whose labels and errors go together inside units."""
    rng = np.random.default_rng(7)
    unit = rng.integers(0, N_UNITS, N_ROWS)
    lean = 0.25 * rng.standard_normal(N_UNITS)[unit] if kind == "units" else 0.0
    in_d = rng.random(N_ROWS) < 0.4 + lean
    label = rng.random(N_ROWS) < 0.5 - 0.15 * in_d + lean
    chance = np.where(label, 0.75 - 0.2 * in_d, 0.2 + 0.1 * in_d)
    predicted = rng.random(N_ROWS) < chance + lean
    w = rng.choice([1.0, 2.0, 6.0], N_ROWS) if kind == "weights" else np.ones(N_ROWS)
    return 4 * in_d + 2 * label + predicted, w, unit


def samples(kind, cell, w, unit):
    rng = np.random.default_rng(8)
    rows_of = [np.flatnonzero(unit == one) for one in range(N_UNITS)]
    for _ in range(N_DRAWS):
        if kind == "units":
            rows = np.concatenate([rows_of[one] for one in rng.integers(0, N_UNITS, N_UNITS)])
        else:
            rows = rng.integers(0, N_ROWS, N_ROWS)
        yield split_of(cell[rows], w[rows])


@pytest.mark.parametrize("kind", ["rows", "weights", "units"])
def test_errors_agree_with_the_bootstrap(kind):
    cell, w, unit = drawn_rows(kind)
    split = split_of(cell, w, unit if kind == "units" else None, weighted=kind == "weights")
    metrics = [find_bias_metric(name) for name in NAMES]
    found = [metric.function(split) for metric in metrics]
    redrawn = np.array(
        [[m.function(other).value for m in metrics] for other in samples(kind, cell, w, unit)]
    )
    ratio = np.array([each.error for each in found]) / redrawn.std(axis=0, ddof=1)
    assert ratio == pytest.approx(np.ones(len(NAMES)), abs=0.12)
    for each, errors in zip(found, redrawn.std(axis=0, ddof=1), strict=True):
        if each.p_value is None:  # symmetric enough at this size
            low, high = each.ends(0.95)
            assert (high - low) / (2 * 1.96) == pytest.approx(errors, rel=0.15)
            assert each.unit == ("group" if kind == "units" else "row")
            assert "effective" in each.method or kind == "rows"
