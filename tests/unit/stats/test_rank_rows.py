"""Rank statistics with what each row adds."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from assay.stats.precision_recall import average_precision_of
from assay.stats.rank_rows import rank_rows
from assay.stats.roc import area_under_roc

KINDS = [(area_under_roc, roc_auc_score), (average_precision_of, average_precision_score)]


@pytest.mark.parametrize(("statistic", "reference"), KINDS)
def test_values_as_scikit_learn_and_influences_as_a_small_change(statistic, reference):
    rng = np.random.default_rng(0)
    score, positive = rng.normal(size=80).round(1), rng.random(80) < 0.4
    weight = rng.uniform(0.5, 2, size=80)
    found = rank_rows(score, positive, statistic, weight)
    assert found.value == pytest.approx(reference(positive, score, sample_weight=weight))
    assert weight @ found.influence == pytest.approx(0.0, abs=1e-12)
    for row in (0, 11, 57):
        more = weight.copy()
        more[row] += 1e-6
        slope = (reference(positive, score, sample_weight=more) - found.value) / 1e-6
        assert found.influence[row] == pytest.approx(slope, abs=1e-6)
