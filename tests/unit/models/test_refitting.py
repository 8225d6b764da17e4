"""A user's estimator is fitted again on other rows, as it was fitted the first time."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.data.taking import Rows
from assay.errors import ModelError
from assay.models.refitting import procedure_of
from assay.models.scoring import score_dataset
from assay.models.wrap import as_predictor


@pytest.fixture
def table(rng):
    x = rng.normal(size=(400, 2))
    word = np.where(x[:, 0] + 0.3 * rng.normal(size=400) > 0, "yes", "no")
    shop = rng.choice(["a", "b", "c"], 400)
    return pd.DataFrame({"u": x[:, 0], "v": x[:, 1], "shop": shop, "y": word})


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def pipeline():
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    prepare = ColumnTransformer([("c", OneHotEncoder(), ["shop"])], remainder="passthrough")
    return make_pipeline(prepare, RandomForestClassifier(20, random_state=1))


def test_a_refit_on_the_same_rows_and_seed_is_the_same_model(table):
    model = pipeline().fit(table[["u", "v", "shop"]], table["y"])
    data = Dataset.read(table, label="y", positive="yes")
    procedure = procedure_of(as_predictor(model))
    assert procedure is not None
    assert procedure.stochastic
    again = procedure.fit(data)
    expected = model.predict_proba(table[["u", "v", "shop"]])[:, 1]
    scored = score_dataset(again.model, data)
    found = scored.sample(400)[scored.schema.scores[0]].to_numpy()
    np.testing.assert_allclose(found, expected)
    assert again.seconds > 0


def test_another_seed_reaches_every_step(table):
    model = pipeline().fit(table[["u", "v", "shop"]], table["y"])
    data = Dataset.read(table, label="y", positive="yes")
    procedure = procedure_of(as_predictor(model))
    assert procedure is not None
    fitted = procedure.fit(data, seed=77)
    assert fitted.model.estimator.get_params()["randomforestclassifier__random_state"] == 77
    assert model.get_params()["randomforestclassifier__random_state"] == 1


def test_a_part_of_the_rows_keeps_the_types_of_the_whole(table):
    table["whole"] = [1, 2] * 200
    model = pipeline().fit(table[["u", "v", "shop"]], table["y"])
    data = Dataset.read(pl.from_pandas(table), label="y", positive="yes")
    rows = Rows(data)
    part = rows.take(np.arange(0, 400, 2))
    assert part.count_rows() == 200
    procedure = procedure_of(as_predictor(model))
    fitted = procedure.fit(part)
    expected = pipeline().fit(table[["u", "v", "shop"]][::2], table["y"][::2])
    scored = score_dataset(fitted.model, data)
    found = scored.sample(400)[scored.schema.scores[0]].to_numpy()
    np.testing.assert_allclose(found, expected.predict_proba(table[["u", "v", "shop"]])[:, 1])


def test_a_model_fitted_on_an_array_learns_from_an_array(rng):
    from sklearn.linear_model import Ridge

    x = rng.normal(size=(50, 3))
    y = x @ [1.0, 2.0, 0.0]
    model = Ridge().fit(x, y)
    data = Dataset.from_arrays(y_true=y, X=x)
    fitted = procedure_of(as_predictor(model)).fit(data)
    np.testing.assert_allclose(fitted.model.estimator.coef_, model.coef_)


def test_labels_in_other_words_are_put_into_the_models(table):
    from sklearn.linear_model import LogisticRegression

    codes = (table["y"] == "yes").astype(int)
    model = LogisticRegression().fit(table[["u", "v"]], codes)
    data = Dataset.read(table, label="y", positive="yes")
    predictor = as_predictor(model)
    fitted = procedure_of(predictor, label_map={"0": "no", "1": "yes"}).fit(data)
    assert fitted.model.info.classes == (0, 1)
    np.testing.assert_allclose(fitted.model.estimator.coef_, model.coef_)


def test_shuffled_labels_can_be_given(table):
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression().fit(table[["u", "v"]], table["y"])
    data = Dataset.read(table, label="y", positive="yes")
    shuffled = pl.Series(np.random.default_rng(0).permutation(table["y"]))
    fitted = procedure_of(as_predictor(model)).fit(data, labels=shuffled)
    assert abs(fitted.model.estimator.coef_[0, 0]) < abs(model.coef_[0, 0]) / 5


@pytest.mark.parametrize("model", [lambda rows: rows["u"] > 0, None])
def test_what_cannot_learn_has_no_procedure(model):
    predictor = None if model is None else as_predictor(model, name="f")
    assert procedure_of(predictor) is None


class Picky:
    """Learns only from many rows."""

    classes_ = np.array([0, 1])
    _estimator_type = "classifier"

    def get_params(self, deep=True):
        return {}

    def set_params(self, **told):
        return self

    def fit(self, rows, truth):
        if len(rows) < 1000:
            msg = "a thousand rows are needed"
            raise ValueError(msg)
        return self

    def predict(self, rows):
        return np.zeros(len(rows), dtype=int)


def test_an_estimator_that_refuses_says_why(table):
    data = Dataset.read(table.assign(y=(table["y"] == "yes").astype(int)), label="y")
    procedure = procedure_of(as_predictor(Picky()))
    with pytest.raises(ModelError, match="could not be fitted again: ValueError: a thousand rows"):
        procedure.fit(data)
