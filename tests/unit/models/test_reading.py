import numpy as np
import pytest

from assay.models.predictor import ModelInfo, Prediction
from assay.models.reading import LabelFacts, make_reading


@pytest.mark.parametrize("labels", [("no", "yes"), (0, 1)])
def test_score_of_unknown_scale_is_a_margin(labels):
    info = ModelInfo(name="ranker", score_kind="score")
    probe = Prediction(values=np.array([-3.0, 0.5]))
    reading = make_reading(info, probe, LabelFacts("binary", labels))
    assert reading.columns(probe).rows() == [(labels[0], -3.0), (labels[1], 0.5)]
