import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

from assay.data.inference import infer_columns
from assay.models.baseline.skill import _area, cross_validated_skill


def skill(values: object, y: np.ndarray, task: str, **more: int) -> float:
    frame = pl.DataFrame({"x": values})
    return cross_validated_skill(frame, infer_columns(frame.lazy()), y, task, **more)  # type: ignore[arg-type]


def test_the_area_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    scores, truth = rng.integers(0, 5, 200).astype(float), rng.random(200) > 0.6

    assert _area(truth, scores) == pytest.approx(roc_auc_score(truth, scores))


def test_a_column_that_is_the_target_has_all_skill():
    y = np.tile([0, 1, 2], 60)

    assert skill(y + 0.5, y, "multiclass") == pytest.approx(1.0)
    assert skill(np.arange(180) / 7, np.arange(180.0), "regression") > 0.95
    labels = np.column_stack([y > 0, y > 1])
    assert skill(y + 0.5, labels, "multilabel") == pytest.approx(1.0)


def test_noise_has_hardly_any():
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 1, 900)

    assert skill(noise, rng.integers(0, 2, 900), "binary") < 0.15
    assert skill(noise, rng.normal(0, 1, 900), "regression") == 0.0


@pytest.mark.parametrize(
    ("values", "y", "task"),
    [
        ([0.5, 1.5] * 30, np.zeros(60, np.int64), "binary"),
        ([0.5, 1.5] * 30, np.zeros(60), "regression"),
        ([0.5] * 60, np.array([0, 1] * 30), "binary"),
        ([0.5, 1.5], np.array([0, 1]), "binary"),
    ],
)
def test_nothing_to_tell_is_no_skill(values: list[float], y: np.ndarray, task: str):
    assert skill(values, y, task) == 0.0


def test_text_alone_is_told_by_the_linear_model():
    texts = [
        f"{'win a prize now, call us' if i % 2 else 'see you all at home'} {i}" for i in range(80)
    ]

    assert skill(texts, np.arange(80) % 2, "binary") > 0.9
