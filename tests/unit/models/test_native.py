import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from assay.models.boosters.frames import truths_as_numbers
from assay.models.native import is_of, native_of, raw_scores
from assay.models.wrap import as_predictor


@pytest.fixture
def rows():
    return np.random.default_rng(0).normal(size=(80, 3))


def raw_of(model):
    return raw_scores(native_of(as_predictor(model)))


def test_raw_scores_of_boosters_are_margins(rows):
    truth = (rows[:, 0] > 0).astype(int)
    light = lightgbm.LGBMClassifier(n_estimators=3, verbose=-1, n_jobs=1).fit(rows, truth)
    odds = np.log(light.predict_proba(rows)[:, 1] / light.predict_proba(rows)[:, 0])
    np.testing.assert_allclose(raw_of(light)(rows), odds)
    np.testing.assert_allclose(raw_of(light.booster_)(rows), odds)
    extreme = xgboost.XGBClassifier(n_estimators=3, n_jobs=1).fit(rows, truth)
    margin = extreme.predict(rows, output_margin=True)
    np.testing.assert_allclose(raw_of(extreme)(rows), margin)
    np.testing.assert_allclose(raw_of(extreme.get_booster())(rows), margin)


def test_raw_scores_of_a_pipeline_are_those_of_its_last_step(rows):
    truth = (rows[:, 0] > 0).astype(int)
    last = lightgbm.LGBMClassifier(n_estimators=3, verbose=-1, n_jobs=1)
    model = make_pipeline(StandardScaler(), last).fit(rows, truth)
    wanted = last.predict(model[0].transform(rows), raw_score=True)
    np.testing.assert_allclose(raw_of(model)(rows), wanted)


def test_forests_of_lightgbm_average(rows):
    told = {"boosting_type": "rf", "subsample": 0.5, "subsample_freq": 1}
    model = lightgbm.LGBMRegressor(n_estimators=4, verbose=-1, n_jobs=1, **told)
    model.fit(rows, rows[:, 0])
    np.testing.assert_allclose(raw_of(model)(rows), model.predict(rows))


def test_raw_scores_of_estimators(rows):
    truth = (rows[:, 0] > 0).astype(int)
    linear = LogisticRegression().fit(rows, truth)
    np.testing.assert_array_equal(raw_of(linear)(rows), linear.decision_function(rows))
    forest = RandomForestClassifier(3, max_depth=2).fit(rows, truth)
    np.testing.assert_array_equal(raw_of(forest)(rows), forest.predict_proba(rows))
    number = LinearRegression().fit(rows, truth)
    np.testing.assert_array_equal(raw_of(number)(rows), number.predict(rows))


def test_functions_show_nothing():
    assert native_of(as_predictor(lambda rows: rows)) is None


def test_a_library_that_was_never_imported_has_no_classes():
    assert not is_of(1, "a_library_nobody_has", "Anything")


def test_categories_without_any_value_stay_categories():
    frame = pd.DataFrame({"k": pd.Categorical([None, None], categories=["x"])})
    assert str(truths_as_numbers(frame)["k"].dtype) == "category"
