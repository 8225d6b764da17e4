"""Learning curves of learners whose quality is known."""

import numpy as np
import pytest

from assay.errors import ModelError
from assay.evaluation.fit.learner import Lesson
from assay.evaluation.fit.learning_curve import learning_curve
from assay.evaluation.fit.measure import Measure
from assay.evaluation.judged import Answers, JudgedRows

ROWS = JudgedRows(task="binary", truth=np.array([0, 1] * 1000), classes=(0, 1))


class Known:
    """Its score on rows kept apart is a function of the rows that it was fitted on."""

    name = "known"
    stochastic = True

    def __init__(self, quality, *, noise=0.0, seconds=0.0, fails_from=None):
        self.quality, self.noise = quality, noise
        self.seconds, self.fails_from = seconds, fails_from
        self.train = self.judged = ROWS
        self.fitted = []

    def fit(self, places, *, seed=None, judge=None):
        n = len(places)
        if self.fails_from is not None and n >= self.fails_from:
            msg = "it is too much"
            raise ModelError(msg)
        self.fitted.append((n, seed))
        draw = np.random.default_rng([n, seed or 0]).normal() * self.noise
        told = Answers(name="a", scores=np.array([self.quality(n) + draw]))
        return Lesson(told, Answers(name="a", scores=np.array([1.0])), self.seconds)


def score(rows, answers):
    return float(answers.scores[0])


ACCURACY = Measure("accuracy", "accuracy", greater_is_better=True, value=score)
RMSE = Measure("rmse", "RMSE", greater_is_better=False, value=score)


def rising(n):
    return 0.9 - 3 * n**-0.5


def test_a_rising_curve_goes_on_to_what_more_rows_bring():
    found = learning_curve(Known(rising, noise=0.001), ACCURACY, margin=0.002)
    assert found.sizes == (200, 356, 632, 1125, 2000)
    assert found.judged[-1].value == pytest.approx(rising(2000), abs=0.002)
    assert list(found.ahead) == [4000, 8000]
    then = found.ahead[4000]
    assert then.level == 0.8
    assert then.covers(rising(4000))
    assert found.told
    assert found.gain == pytest.approx(rising(4000) - rising(2000), abs=0.01)
    assert "more rows of this kind would help" in found.statement


def test_an_error_falls_where_a_score_rises():
    found = learning_curve(Known(lambda n: 1 + 30 * n**-0.5), RMSE)
    assert found.gain == pytest.approx(30 * (2000**-0.5 - 4000**-0.5), abs=1e-3)
    assert found.told
    assert found.floor == pytest.approx(1, abs=0.02)


def test_a_flat_curve_does_not_promise():
    found = learning_curve(Known(lambda n: 0.8, noise=0.01), ACCURACY)
    assert not found.told
    assert "cannot be told" in found.statement


def test_a_flat_steady_curve_says_that_more_rows_bring_less_than_the_margin():
    found = learning_curve(Known(lambda n: 0.8, noise=0.0001), ACCURACY, margin=0.01)
    assert not found.told
    assert "less than the margin" in found.statement


def test_each_size_is_fitted_three_times_on_nested_rows():
    learner = Known(rising)
    learning_curve(learner, ACCURACY, seed=5)
    assert [n for n, _ in learner.fitted] == [
        n for n in (200, 356, 632, 1125, 2000) for _ in "abc"
    ]
    assert {seed for _, seed in learner.fitted} == {5, 6, 7}


def test_what_the_budget_does_not_hold_is_left_out_and_said():
    found = learning_curve(Known(rising), ACCURACY, budget=0.0)
    assert found == "fits on 200 rows take longer than --budget leaves (0 seconds)"


def test_what_is_left_out_is_told_by_size(monkeypatch):
    from assay.evaluation.fit import learning_curve as module

    clock = iter(np.arange(0, 10_000, 1.0))
    monkeypatch.setattr(module.time, "perf_counter", lambda: next(clock))
    found = learning_curve(Known(rising), ACCURACY, budget=25)
    assert found.sizes == (200, 356)
    assert found.notes[0].startswith("Fits on 632 rows and more were left out")
    assert "2 sizes are too few to say what more rows would bring" in found.notes[1]


def test_without_a_seed_all_rows_are_fitted_once():
    learner = Known(rising)
    learner.stochastic = False
    learning_curve(learner, ACCURACY)
    assert [n for n, _ in learner.fitted].count(2000) == 1


def test_a_procedure_that_fails_says_on_how_many_rows():
    found = learning_curve(Known(rising, fails_from=1000), ACCURACY)
    assert found == "it could not be fitted on 1,125 of its rows: it is too much"


def test_too_few_rows_have_no_curve():
    learner = Known(rising)
    learner.train = ROWS.take(np.arange(40))
    assert learning_curve(learner, ACCURACY) == "40 train rows are too few for a curve"


def test_an_undefined_metric_has_no_curve():
    none = Measure("f1", "F1", greater_is_better=True, value=lambda rows, answers: None)
    assert learning_curve(Known(rising), none) == "F1 is undefined on the judged rows"


def test_what_is_stored_is_plain():
    import json

    found = learning_curve(Known(rising, noise=0.001), ACCURACY)
    stored = found.to_dict()
    assert json.loads(json.dumps(stored, allow_nan=False)) == stored
    assert [each["rows"] for each in stored["sizes"]] == list(found.sizes)
