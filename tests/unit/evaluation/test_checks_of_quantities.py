"""What cannot be a quantity, or its prediction, is refused with its row."""

import numpy as np
import pytest

from assay.data.dataset import Dataset
from assay.errors import InputError
from assay.evaluation.checks import LARGEST
from assay.evaluation.evaluator import evaluate

DRAW = np.random.default_rng(4)
Y = DRAW.normal(size=300)


def test_values_whose_powers_overflow_are_refused():
    y = Y.copy()
    y[7] = 10 * LARGEST
    with pytest.raises(InputError, match=r"'y_true' .* first in row 8 .* larger unit"):
        evaluate(y_true=y, y_pred=Y)
    with pytest.raises(InputError, match=r"'y_pred' .* first in row 8 .* larger unit"):
        evaluate(y_true=Y, y_pred=-y)


def test_the_largest_and_the_smallest_values_are_measured():
    scale = LARGEST / 10
    large = evaluate(y_true=Y * scale, y_pred=Y * scale * 0.9)
    plain = evaluate(y_true=Y, y_pred=Y * 0.9)
    assert large["r2"].value == pytest.approx(plain["r2"].value)
    assert large["rmse"].high == pytest.approx(plain["rmse"].high * scale)


def test_text_is_no_quantity():
    data = Dataset.from_arrays(y_true=Y, y_pred=["a", "b", "c"] * 100)
    with pytest.raises(InputError, match="must hold numbers"):
        evaluate(None, data, task="regression")
