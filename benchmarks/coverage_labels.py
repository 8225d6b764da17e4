"""Simulated rows with many labels for `coverage.py`: five labels, one of them rare."""

from collections.abc import Callable, Mapping

import numpy as np
from scipy.special import expit

from assay.metrics.catalogue import metrics_for
from assay.metrics.draws import draw_cells
from assay.metrics.measure import MetricInputs, measure
from assay.metrics.multilabel.from_rows import (
    answer_moments,
    exact_cube,
    label_sums,
    rank_moments,
)
from assay.metrics.multilabel.label_draws import draw_labels
from assay.result import Estimate
from assay.tables.cube import Cube
from assay.tables.score_table import ScoreTable

LABELS = ("common", "usual", "other", "seldom", "rare")
SHARES = (0.5, 0.4, 0.3, 0.2)
N_DRAWS = 1_000
BOTH = (False, True)
OF_A_LABEL = ("cube", "scores")
Table = Callable[[np.ndarray, np.ndarray], ScoreTable]


def simulate_labels(
    rare: float, n: int, rng: np.random.Generator, table: Table
) -> dict[str, Estimate]:
    """Draw one sample; return every metric's estimate by name, of one label for the rare one.

    Parameters
    ----------
    rare : float
        About the share of rows that have the rarest label.
    n : int
    rng : numpy.random.Generator
    table : callable
        Makes the score table of a label, its rows kept.
    """
    return _measured(*_draw(rare, n, rng), table, n_draws=N_DRAWS)


def labels_truth(rare: float, n: int, table: Table) -> Mapping[str, float]:
    """Return the value of every metric on `n` rows, many enough to stand for the population."""
    truth, scores = _draw(rare, n, np.random.default_rng(12345))
    found = _measured(truth, scores, table, n_draws=2)
    return {name: estimate.value for name, estimate in found.items() if estimate.value is not None}


def _draw(rare: float, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Labels that depend on three things in common, and scores that err on the bold side."""
    share = np.array([*SHARES, rare])
    mixing = np.random.default_rng(0).standard_normal((3, len(share)))
    honest = rng.standard_normal((n, 3)) @ mixing + np.log(share / (1 - share))
    truth = rng.random(honest.shape) < expit(honest)
    return truth, expit(1.3 * honest + 0.5 + 0.7 * rng.standard_normal(honest.shape))


def _measured(
    truth: np.ndarray, scores: np.ndarray, table: Table, *, n_draws: int
) -> dict[str, Estimate]:
    given = scores >= 0.5
    tables = [table(truth[:, at], scores[:, at]) for at in range(len(LABELS))]
    cells = np.bincount(2 * truth[:, -1] + given[:, -1], minlength=4).reshape(2, 2)
    cube = Cube.from_counts({"label": BOTH, "prediction": BOTH}, cells)
    inputs = MetricInputs(
        cube=cube,
        draws=draw_cells(cube, n_draws=n_draws),
        scores=tables[-1],
        class_scores=tables,
        label_matches=exact_cube(truth, given),
        label_answers=answer_moments(truth, given),
        label_ranks=rank_moments(truth, scores),
        label_draws=draw_labels(label_sums(truth, given), LABELS, n_draws=n_draws),
    )
    out: dict[str, Estimate] = {}
    for metric in metrics_for("multilabel"):
        found = measure(metric, inputs)
        if found is not None:
            rare = " (rare label)" if metric.needs in OF_A_LABEL else ""
            out[f"{metric.name}{rare}"] = found
    return out
