"""Rows of which every coalition is evaluated."""

import numpy as np
from numpy.typing import NDArray

from assay.explainability.shapley.attributed import Attributed
from assay.explainability.shapley.exact import every_coalition, noise_of_values, shapley_values
from assay.explainability.shapley.groups import Group
from assay.explainability.shapley.interactions import exact_interactions
from assay.explainability.shapley.pair_rest import noise_of_interactions
from assay.explainability.shapley.run import Answers, Memory, Run
from assay.explainability.shapley.stopping import is_precise

Floats = NDArray[np.float64]
Index = NDArray[np.intp]
TOGETHER = 4096
"""More coalitions than these are asked one row at a time, which bounds the memory."""


def attribute_enumerated(run: Run, group: Group, rows: Index, memory: Memory) -> Attributed:
    """Attribute exactly; a noisy model leaves the standard error of its own noise."""
    del memory  # nothing is tuned
    answers = Answers(run, rows, group.players)
    n_coalitions = 2 ** len(group.players)
    together = len(rows) if n_coalitions <= TOGETHER else 1
    for start in range(0, len(rows), together):
        _fill(run, answers, np.arange(start, min(start + together, len(rows))))
    noisy = bool(run.games.noise.any()) and len(group.players) > 0
    answers.exact[:] = not noisy
    answers.converged[:] = True
    if noisy:
        answers.converged[:] = is_precise(answers.values, answers.errors, run.budget)
    answers.calls[:] = n_coalitions
    return answers.told(_METHODS.get(len(group.players), "enumeration"))


_METHODS = {0: "nothing varies", 1: "difference"}


def _fill(run: Run, answers: Answers, places: Index) -> None:
    players = answers.players
    on = every_coalition(len(players))
    found = run.values(answers.rows[places], players, on)
    answers.base[places], answers.predictions[places] = found[:, 0], found[:, -1]
    if not len(players):
        return
    table = found.transpose(1, 0, 2).reshape(len(on), -1)
    values = shapley_values(table).reshape(len(players), len(places), -1).transpose(1, 0, 2)
    error = np.sqrt(run.games.noise * noise_of_values(len(players)))
    answers.fill(places, values, np.broadcast_to(error, values.shape))
    if run.interactions:
        answers.fill_pairs(
            places, exact_interactions(table), _errors_of_pairs(run, answers, places)
        )


def _errors_of_pairs(run: Run, answers: Answers, places: Index) -> Floats:
    """Return the standard errors that the model's own noise leaves, 0 without."""
    n = len(answers.players)
    error = np.sqrt(run.games.noise * noise_of_interactions(n))
    off_diagonal = ~np.eye(n, dtype=bool)
    return np.tile(error, len(places))[:, None, None] * off_diagonal
