"""Whole reports of four groups for `bias_coverage.py`: whether all intervals hold at once."""

from dataclasses import replace
from functools import cache

import numpy as np
from bias_coverage_cases import (
    GRID,
    MANY,
    SLACK,
    count_metrics,
    count_tables,
    metrics_with,
    score_grid,
)

from assay.bias.from_rows import tables_of_rows
from assay.bias.measurement import Measurement
from assay.bias.simultaneous import joint_level
from assay.bias.split import FacetTables, Split

JOINT_REPORTS = 1_000
ROWS = 2_000
SHARES = np.array([0.5, 0.3, 0.15, 0.05])
STRATA = np.array([0.5, 0.3, 0.2])
NAMES = ("g0", "g1", "g2", "g3")
THRESHOLD = 0.5
SHAPE = (4, 3, 2, 2)


def _differs(number: int) -> tuple[bool, ...]:
    """Every second report has a group that is unlike the others."""
    return (False, False, bool(number % 2), False)


def _measured(tables: FacetTables) -> dict[tuple[str, str], Measurement]:
    metrics = (*count_metrics("counts"), *metrics_with("scores"))
    found: dict[tuple[str, str], Measurement] = {}
    for group in NAMES:
        split = Split.of(tables, group)
        found |= {(group, metric.name): metric.function(split) for metric in metrics}
    return found


@cache
def _truth(differs: tuple[bool, ...]) -> dict[tuple[str, str], float | None]:
    law = np.zeros(SHAPE)
    group, scores, labels, weight = [], [], [], []
    for place, share in enumerate(SHARES):
        score, chance = score_grid(differs[place])
        for label, of_label in ((1, chance), (0, 1 - chance)):
            for answer in (0, 1):
                mass = float(of_label[(score >= THRESHOLD) == bool(answer)].sum()) / GRID
                law[place, :, label, answer] = share * STRATA * mass
            group.append(np.full(GRID, NAMES[place]))
            scores.append(score)
            labels.append(np.full(GRID, bool(label)))
            weight.append(share * of_label)
    of_scores = tables_of_rows(
        np.concatenate(group),
        score=np.concatenate(scores),
        positive=np.concatenate(labels),
        weight=np.concatenate(weight),
    )
    tables = replace(count_tables(SHAPE, MANY * law), scores=of_scores.scores)
    return {key: found.value for key, found in _measured(tables).items()}


def joint_report(number: int) -> tuple[bool, int]:
    """Draw one report.

    Returns
    -------
    bool, int
        Whether all its simultaneous intervals hold the truth, but those of numbers that the
        product marks as resting on too few rows; and how many there are.
    """
    rng = np.random.default_rng([number, ROWS])
    differs = _differs(number)
    group = rng.choice(4, ROWS, p=SHARES)
    grids = np.array([[score_grid(each)[i] for each in differs] for i in (0, 1)])
    score, chance = grids[:, group, rng.integers(0, GRID, ROWS)]
    label = rng.random(ROWS) < chance
    stratum = rng.choice(3, ROWS, p=STRATA)
    cell = np.ravel_multi_index(
        (group, stratum, label.astype(int), (score >= THRESHOLD).astype(int)), SHAPE
    )
    counts = np.bincount(cell, minlength=int(np.prod(SHAPE)))
    of_scores = tables_of_rows(np.array(NAMES)[group], score=score, positive=label)
    tables = replace(count_tables(SHAPE, counts), scores=of_scores.scores)
    found = _measured(tables)
    level = joint_level([(tables, list(found.values()))], seed=number).level
    held, count = True, 0
    for key, true in _truth(differs).items():
        each = found[key]
        ends = None if any(w.startswith("too few") for w in each.warnings) else each.ends(level)
        if ends is None or true is None:
            continue
        count += 1
        held &= ends.low - SLACK <= true <= ends.high + SLACK
    return bool(held), count
