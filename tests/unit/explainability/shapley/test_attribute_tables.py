"""The estimator over rows of a table: how the model is asked must not show in the numbers."""

import numpy as np
import pytest

from assay.explainability.maskers.table import Player, TableGames
from assay.explainability.pool import pool_rows
from assay.explainability.scores import Scores
from assay.explainability.shapley.attribute import attribute
from assay.explainability.shapley.attributed import Budget, join_attributed


def model(rows):
    bent = np.tanh(rows[:, 0] * rows[:, 1] + rows[:, 2:].sum(axis=1))
    return np.column_stack([bent, rows[:, 3] * rows[:, 4]])


def games(batch_rows=None):
    draw = np.random.default_rng(0)
    rows, background = draw.normal(size=(10, 11)), draw.normal(size=(5, 11))
    background[:, 10] = rows[:4, 10] = 1.0
    rows[0, :] = background[0]
    return TableGames(
        pool_rows([rows, background]),
        10,
        np.full(5, 0.2),
        Scores(model, ("first", "second")),
        [Player(f"x{place}", (place,)) for place in range(11)],
        batch_rows=batch_rows,
    )


@pytest.mark.parametrize("batch_rows", [1, 7, 64, 1000])
def test_the_size_of_the_batches_does_not_show(batch_rows):
    budget = Budget(calls=128, tolerance=0.003)
    usual = join_attributed(list(attribute(games(), budget)))
    other = join_attributed(list(attribute(games(batch_rows), budget)))
    assert (other.values == usual.values).all()
    assert (other.standard_errors == usual.standard_errors).all()
    assert (other.calls == usual.calls).all()
    assert not usual.values[:4, 10].any()
