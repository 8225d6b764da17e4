"""How much quality moves over seeds and folds of learners that are known."""

import numpy as np
import pytest
from scipy import stats

from assay.errors import InputError
from assay.evaluation.fit.learner import Lesson
from assay.evaluation.fit.measure import Measure
from assay.evaluation.fit.stability import fold_spread, seed_spread
from assay.evaluation.judged import Answers, JudgedRows

ROWS = JudgedRows(task="binary", truth=np.array([0, 1] * 50), classes=(0, 1))


class Wavering:
    """Answers that change with the seed; quality that changes with the fold."""

    name, stochastic = "wavering", True
    train = judged = ROWS

    def __init__(self, flips=10, qualities=(0.8,) * 5, fails=False):
        self.flips, self.qualities, self.fails = flips, qualities, fails
        self.folds = 0

    def fit(self, places, *, seed=None, judge=None):
        if self.fails:
            msg = "no class 1"
            raise InputError(msg)
        if judge is not None:
            quality = self.qualities[self.folds]
            self.folds += 1
            own = Answers(name="w", scores=np.array([quality + 0.1]))
            return Lesson(Answers(name="w", scores=np.array([quality])), own, 0.0)
        labels = ROWS.truth.copy()
        start = (seed or 0) * self.flips
        labels[start : start + self.flips] = 1 - labels[start : start + self.flips]
        return Lesson(Answers(name="w", labels=labels), Answers(name="w", labels=labels), 0.0)


def accuracy(rows, answers):
    return float((answers.labels == rows.truth).mean())


def score(rows, answers):
    return float(answers.scores[0])


ACCURACY = Measure("accuracy", "accuracy", greater_is_better=True, value=accuracy)
SCORE = Measure("accuracy", "accuracy", greater_is_better=True, value=score)
FOLDS = np.arange(100) % 5


def test_answers_that_change_with_the_seed_are_counted():
    found = seed_spread(Wavering(flips=10), ACCURACY)
    assert found.values == (0.9,) * 5
    assert found.spread == pytest.approx(0)
    assert found.churn == pytest.approx(0.2)  # ten rows of one fit and ten of the other
    assert found.churn_of == "answers"


def test_without_a_seed_nothing_is_repeated():
    steady = Wavering()
    steady.stochastic = False
    assert seed_spread(steady, ACCURACY).startswith("it has no seed")


def test_folds_give_the_corrected_interval():
    qualities = (0.8, 0.7, 0.75, 0.9, 0.85)
    found = fold_spread(Wavering(qualities=qualities), SCORE, FOLDS)
    assert found.values == qualities
    assert found.mean.value == pytest.approx(0.8)
    half = stats.t.ppf(0.975, 4) * np.std(qualities, ddof=1) * np.sqrt(1 / 5 + 1 / 4)
    assert found.mean.high - found.mean.value == pytest.approx(half)
    assert found.gap.value == pytest.approx(0.1)
    assert found.gap.low == pytest.approx(0.1)


def test_what_cannot_be_fitted_says_why():
    assert seed_spread(Wavering(fails=True), ACCURACY) == (
        "it could not be fitted again: no class 1"
    )
    assert fold_spread(Wavering(fails=True), SCORE, FOLDS) == (
        "it could not be fitted without fold 1: no class 1"
    )


def test_a_slow_fit_is_not_repeated():
    found = seed_spread(Wavering(), ACCURACY, budget=0.0)
    assert found.startswith("one fit takes")
    assert fold_spread(Wavering(), SCORE, FOLDS, budget=0.0).startswith("one fold takes")
