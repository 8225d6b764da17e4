"""Rows of which a choice of coalitions is evaluated, on nested designs."""

import numpy as np
from numpy.typing import NDArray

from assay.explainability.shapley.asked import Asked
from assay.explainability.shapley.attributed import Attributed
from assay.explainability.shapley.design import paired_design
from assay.explainability.shapley.groups import Group
from assay.explainability.shapley.level import Level, method_of, useful_calls
from assay.explainability.shapley.run import Answers, Memory, Run
from assay.explainability.shapley.stopping import is_precise, ladder

Index = NDArray[np.intp]


def attribute_sampled(run: Run, group: Group, rows: Index, memory: Memory) -> Attributed:
    """Attribute by regression; rows that are precise enough ask no more."""
    n_players = len(group.players)
    asks_precision = run.budget.tolerance is not None or run.budget.settle_top is not None
    steps = ladder(n_players, useful_calls(n_players, group.calls))
    if not asks_precision and run.stop is None:
        steps = steps[-1:]  # nothing is looked at before: all is asked at once
    answers = Answers(run, rows, group.players)
    asked = Asked(run, rows, group.players, paired_design(n_players, steps[0], run.seed))
    answers.base, answers.predictions = asked.base, asked.predictions
    varying = run.varying[np.ix_(rows, group.players)]
    waiting = np.arange(len(rows))
    for calls in steps:
        design = paired_design(n_players, calls, run.seed)
        asked.extend(design, waiting)
        last = calls == steps[-1]
        ends = last or run.stopped
        if not (ends or asks_precision):
            continue
        level = Level(run, group, design, calls, memory)
        values, errors = level.values(asked.odd(waiting), varying[waiting])
        precise = is_precise(values, errors, run.budget)
        ready = precise | ends
        places = waiting[ready]
        answers.fill(places, values[ready], errors[ready])
        answers.converged[places] = precise[ready] if asks_precision else last
        answers.calls[places] = design.calls
        if run.interactions and len(places):
            answers.fill_pairs(places, *level.indices(asked.even(places), varying[places]))
        waiting = waiting[~ready]
        if not len(waiting):
            break
    return answers.told(method_of(n_players, steps[-1]))
