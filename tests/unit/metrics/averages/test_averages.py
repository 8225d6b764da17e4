"""Named averages over classes."""

import numpy as np
import pytest
from sklearn import metrics as sk

from assay.metrics.averages.macro_f1 import macro_f1
from assay.metrics.averages.macro_precision import macro_precision
from assay.metrics.averages.macro_recall import macro_recall
from assay.metrics.averages.micro_f1 import micro_f1
from assay.metrics.averages.micro_precision import micro_precision
from assay.metrics.averages.micro_recall import micro_recall
from assay.metrics.averages.weighted_f1 import weighted_f1
from assay.metrics.averages.weighted_precision import weighted_precision
from assay.metrics.averages.weighted_recall import weighted_recall
from assay.metrics.draws import draw_cells
from assay.tables.cube import Cube
from metric_tables import cube_of

PEERS = {
    macro_precision: (sk.precision_score, "macro"),
    macro_recall: (sk.recall_score, "macro"),
    macro_f1: (sk.f1_score, "macro"),
    weighted_precision: (sk.precision_score, "weighted"),
    weighted_recall: (sk.recall_score, "weighted"),
    weighted_f1: (sk.f1_score, "weighted"),
    micro_precision: (sk.precision_score, "micro"),
    micro_recall: (sk.recall_score, "micro"),
    micro_f1: (sk.f1_score, "micro"),
}
NAMES = ("a", "b", "c")


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("metric", PEERS)
def test_as_scikit_learn(metric, weighted):
    rng = np.random.default_rng(21)
    y = rng.choice(NAMES, p=[0.5, 0.3, 0.2], size=500)
    p = np.where(rng.random(500) < 0.6, y, rng.choice(NAMES, size=500))
    w = rng.gamma(1.0, size=500) if weighted else None
    peer, average = PEERS[metric]
    found = metric(cube_of(y, p, w))
    assert found.value == pytest.approx(peer(y, p, average=average, sample_weight=w), abs=1e-10)
    assert 0 < found.low < found.value < found.high < 1


def cube(counts):
    return Cube.from_counts({"label": NAMES, "prediction": NAMES}, counts)


def test_by_hand():
    found = macro_f1(cube([[4, 0, 0], [2, 2, 0], [0, 0, 4]]))
    assert found.value == pytest.approx((8 / 10 + 4 / 6 + 1) / 3)


def test_a_class_never_predicted_is_left_out_and_named():
    counts = [[40, 0, 10], [20, 0, 20], [0, 0, 40]]
    found = macro_precision(cube(counts))
    assert found.value == pytest.approx((40 / 60 + 40 / 70) / 2)
    assert "classes never predicted, left out of the average: b" in found.warnings


def test_a_class_without_rows_is_left_out_and_named():
    counts = [[40, 0, 10], [0, 0, 0], [5, 0, 40]]
    assert macro_recall(cube(counts)).value == pytest.approx((40 / 50 + 40 / 45) / 2)
    assert any("left out of the mean: b" in text for text in macro_recall(cube(counts)).warnings)
    assert any("left out of the average: b" in text for text in macro_f1(cube(counts)).warnings)


def test_shared_draws_give_the_same_interval_every_time():
    drawn = draw_cells(cube([[40, 5, 5], [5, 30, 5], [5, 5, 40]]), seed=4)
    table = cube([[40, 5, 5], [5, 30, 5], [5, 5, 40]])
    one, other = (macro_f1(table, draws=drawn) for _ in range(2))
    assert one == other
    assert one.seed == 4


@pytest.mark.parametrize("metric", PEERS)
def test_an_empty_table_is_undefined(metric):
    assert metric(cube(np.zeros((3, 3), dtype=int))).value is None
