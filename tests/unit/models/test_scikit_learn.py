import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC

from assay.errors import InputError
from assay.models.scikit_learn import wrap_estimator

X = pd.DataFrame({"a": [0.0, 1, 2, 3], "b": [1.0, 0, 1, 0]})
Y = np.array(["no", "no", "yes", "yes"])
BATCH = pl.from_pandas(X)


def test_what_is_known_of_a_pipeline():
    import sklearn

    info = wrap_estimator(make_pipeline(StandardScaler(), LogisticRegression()).fit(X, Y)).info
    assert (info.name, info.kind, info.library) == ("Pipeline", "classifier", "scikit-learn")
    assert info.library_version == sklearn.__version__
    assert info.container == "pandas"
    assert info.feature_names == ("a", "b")
    assert info.classes == ("no", "yes")
    assert info.score_kind == "probability"
    assert info.to_dict()["score_kind"] == "probability"


def test_fit_on_an_array_is_asked_with_an_array():
    assert wrap_estimator(LogisticRegression().fit(X.to_numpy(), Y)).info.container == "numpy"
    told = wrap_estimator(LogisticRegression().fit(X.to_numpy(), Y), container="polars")
    assert told.info.container == "polars"


@pytest.mark.parametrize(
    ("model", "kind", "score_kind"),
    [
        (LinearRegression().fit(X, [0, 1, 2, 3]), "regressor", "none"),
        (RidgeClassifier().fit(X, Y), "classifier", "score"),
        (SVC().fit(X, Y), "classifier", "score"),
        (make_pipeline(StandardScaler(), RidgeClassifier()).fit(X, Y), "classifier", "score"),
        (
            make_pipeline(StandardScaler(), LinearRegression()).fit(X, Y == "yes"),
            "regressor",
            "none",
        ),
        (
            GridSearchCV(LogisticRegression(), {"C": [1.0]}, cv=2).fit(X, Y),
            "classifier",
            "probability",
        ),
    ],
)
def test_kind_and_scores(model, kind, score_kind):
    info = wrap_estimator(model).info
    assert (info.kind, info.score_kind) == (kind, score_kind)


def test_decision_function_of_two_classes_has_a_column_each():
    model = SVC().fit(X, Y)
    answer = wrap_estimator(model).predict(BATCH)
    decided = model.decision_function(X)
    assert np.array_equal(answer.probabilities, np.column_stack([-decided, decided]))


def test_votes_in_pairs_are_no_scores():
    X3, Y3 = np.arange(12.0).reshape(6, 2), ["a", "a", "b", "b", "c", "c"]
    info = wrap_estimator(SVC(decision_function_shape="ovo").fit(X3, Y3)).info
    assert info.score_kind == "none"


def test_vectorizer_gets_its_column_of_text():
    texts = pd.Series(["good day", "bad day", "good night", "bad night"])
    model = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(texts, [1, 0, 1, 0])
    answer = wrap_estimator(model).predict(pl.DataFrame({"text": texts.to_list()}))
    assert np.array_equal(answer.probabilities, model.predict_proba(texts))


@pytest.mark.parametrize(
    "model",
    [LogisticRegression(), make_pipeline(StandardScaler(), LogisticRegression())],
)
def test_unfitted_model_is_refused(model):
    with pytest.raises(InputError, match="is not fitted"):
        wrap_estimator(model)


def test_class_in_place_of_a_model_is_refused():
    with pytest.raises(InputError, match="LogisticRegression is a class"):
        wrap_estimator(LogisticRegression)


def test_several_outputs_are_refused():
    model = RandomForestClassifier(n_estimators=2).fit(X, np.column_stack([Y, Y]))
    with pytest.raises(InputError, match="2 outputs at once"):
        wrap_estimator(model)


def test_stateless_first_step_needs_no_fit():
    encode = make_column_transformer((OneHotEncoder(), ["a"]))
    model = make_pipeline(FunctionTransformer(), encode, LogisticRegression()).fit(X, Y)
    assert wrap_estimator(model).info.feature_names == ("a", "b")


class Booster:
    """A model of another library: names are made up where it was fitted on an array."""

    def __init__(self, names, n=2):
        self.feature_names_in_ = np.array(names)
        self.n_features_in_ = n
        self.classes_ = np.array([0, 1])

    def predict_proba(self, X):
        self.seen = X
        return np.tile([0.25, 0.75], (len(X), 1))

    def predict(self, X):
        return np.ones(len(X), dtype=int)


@pytest.mark.parametrize("names", [["Column_0", "Column_1"], ["f0", "f1"]])
def test_made_up_names_are_no_names(names):
    model = Booster(names)
    wrapped = wrap_estimator(model)
    assert wrapped.info.feature_names is None
    wrapped.predict(BATCH)
    assert isinstance(model.seen, np.ndarray)


def test_names_of_another_library_are_looked_up():
    model = Booster(["b", "a"])
    wrap_estimator(model).predict(BATCH.with_columns(c=pl.lit(1)))
    assert list(model.seen.columns) == ["b", "a"]


def test_space_replaced_in_a_name_is_found_again(monkeypatch):
    monkeypatch.setattr(Booster, "__module__", "lightgbm.sklearn")
    model = Booster(["a_b", "c"])
    wrap_estimator(model).predict(pl.DataFrame({"c": [1], "a b": [2]}))
    assert list(model.seen.columns) == ["a b", "c"]


def test_model_without_classes_answers_by_shape():
    class Network:
        def predict(self, X):
            return np.full((len(X), 1), 0.5)

    answer = wrap_estimator(Network()).predict(BATCH)
    assert answer.values.tolist() == [0.5] * 4


def test_labels_and_scores_are_the_models_own():
    model = DummyClassifier(strategy="prior").fit(X, Y)
    wrapped = wrap_estimator(model)
    assert wrapped.predict(BATCH).labels.tolist() == model.predict(X).tolist()
    assert wrapped.calls == 2


def test_own_rows_are_not_changed():
    model = Booster(["a", "b"])
    wrapped = wrap_estimator(model)
    wrapped.predict_rows(X)
    assert model.seen is X
    wrapped.predict_rows(X.assign(c=1))
    assert list(model.seen.columns) == ["a", "b"]
    wrapped.predict_rows(BATCH)
    assert isinstance(model.seen, pl.DataFrame)
