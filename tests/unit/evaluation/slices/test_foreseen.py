"""A slice that is hard and known to be hard is information; one that surprises is a warning."""

import numpy as np
import polars as pl
import pytest

import assay
from assay.evaluation.judged import Answers, JudgedRows
from assay.evaluation.slices.foreseen import beyond_foreseen
from assay.evaluation.slices.significance import LossRows

N = 6_000


def rows(classes=(0, 1), truth=(0, 1, 1)):
    return JudgedRows(task="binary", truth=np.array(truth), classes=classes)


def test_what_is_foreseen_is_the_mean_under_the_scores():
    p = np.array([0.2, 0.6, 0.9])
    told = Answers(name="m", labels=(p >= 0.5).astype(int), scores=p)
    losses = LossRows(np.zeros(3))
    for loss, expected in (
        ("error", [0.2, 0.4, 0.1]),
        ("brier", p * (1 - p)),
        ("log_loss", -(p * np.log(p) + (1 - p) * np.log(1 - p))),
    ):
        kind, beyond = beyond_foreseen(losses, rows(), told, loss)
        assert kind == "beyond the scores"
        np.testing.assert_allclose(-beyond.losses, expected)


def test_several_classes_and_labels_are_foreseen_too():
    scores = np.array([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]])
    several = JudgedRows(task="multiclass", truth=np.array([0, 2]), classes=("a", "b", "c"))
    told = Answers(name="m", labels=np.array([0, -1]), scores=scores)
    _, beyond = beyond_foreseen(LossRows(np.zeros(2)), several, told, "error")
    np.testing.assert_allclose(-beyond.losses, [0.5, 1.0])  # a class that no row has: wrong
    _, beyond = beyond_foreseen(LossRows(np.zeros(2)), several, told, "brier")
    np.testing.assert_allclose(-beyond.losses, 1 - (scores**2).sum(axis=1))
    many = JudgedRows(task="multilabel", truth=np.zeros((1, 2), dtype=bool), classes=("a", "b"))
    told = Answers(name="m", labels=np.array([[True, False]]), scores=np.array([[0.9, 0.3]]))
    _, beyond = beyond_foreseen(LossRows(np.zeros(1)), many, told, "error")
    np.testing.assert_allclose(-beyond.losses, [0.2])


def test_without_probabilities_nothing_is_foreseen():
    labels = Answers(name="m", labels=np.array([0, 1, 1]))
    assert beyond_foreseen(LossRows(np.zeros(3)), rows(), labels, "error") is None
    ranks = Answers(name="m", scores=np.array([3.0, 1.0, 2.0]), as_probabilities=False)
    assert beyond_foreseen(LossRows(np.zeros(3)), rows(), ranks, "log_loss") is None


@pytest.fixture
def rng():
    return np.random.default_rng(11)


@pytest.fixture
def uncertain(rng):
    """Rows of two kinds: in one the outcome is nearly a coin toss."""
    hard = rng.random(N) < 0.3
    truth = (rng.random(N) < np.where(hard, 0.65, 0.95)).astype(int)
    frame = pl.DataFrame({"kind": np.where(hard, "hard", "easy"), "x": rng.normal(size=N)})
    return hard, truth, frame


def test_a_slice_that_the_scores_foresee_is_only_worth_knowing(uncertain):
    hard, truth, frame = uncertain
    honest = np.where(hard, 0.65, 0.95)
    found = assay.find_slices(X=frame, y_true=truth, y_score=honest, loss="error")
    (told,) = found.findings
    assert told.severity == "info"
    assert "the scores foresee 35.0% there" in told.message
    assert told.cause == "The outcome is uncertain there, and the scores say so."


def test_a_slice_that_surprises_the_scores_is_a_warning(uncertain):
    _, truth, frame = uncertain
    sure = np.full(N, 0.95)
    found = assay.find_slices(X=frame, y_true=truth, y_score=sure, loss="error")
    (told,) = found.findings
    assert told.severity == "warning"
    assert told.evidence["beyond"] == pytest.approx(0.3, abs=0.05)


@pytest.mark.parametrize(("lean", "severity"), [(0.0, "info"), (2.0, "warning")])
def test_numbers_that_vary_more_are_noise_unless_they_lean(lean, severity, rng):
    hard = rng.random(N) < 0.3
    truth = rng.normal(size=N) * np.where(hard, 3.0, 1.0)
    answer = np.where(hard, lean, 0.0)
    frame = pl.DataFrame({"kind": np.where(hard, "hard", "easy"), "x": rng.normal(size=N)})
    found = assay.find_slices(X=frame, y_true=truth, y_pred=answer)
    (told,) = found.findings
    assert told.severity == severity
    assert ("too high there by" in told.message) is (lean > 0)


def test_slices_of_the_same_rows_are_one_finding(rng):
    bad = rng.random(N) < 0.25
    frame = pl.DataFrame(
        {
            "kind": np.where(bad, "b", "a"),
            "twin": np.where(bad ^ (rng.random(N) < 0.08), "q", "p"),
        }
    )
    truth = rng.integers(0, 2, N)
    wrong = rng.random(N) < np.where(bad, 0.5, 0.1)
    found = assay.find_slices(X=frame, y_true=truth, y_pred=np.where(wrong, 1 - truth, truth))
    assert len(found.findings) == 1
    parts = [each for each in found.confirmed if each.part_of]
    assert len(found.findings[0].consequences) == len(parts)
    assert {each.part_of for each in parts} <= {found.confirmed[0].name}
