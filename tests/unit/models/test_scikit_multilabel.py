"""Estimators of scikit-learn that give a row many labels, each in its own form of answer."""

import numpy as np
import polars as pl
import pytest
from scipy.sparse import csr_matrix
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from assay.errors import InputError, ModelError
from assay.models.predictor import Prediction
from assay.models.scikit_learn import wrap_estimator

RNG = np.random.default_rng(7)
X = RNG.standard_normal((80, 3))
Y = (X @ RNG.standard_normal((3, 3)) + 0.5 * RNG.standard_normal((80, 3)) > 0).astype(int)
FRAME = pl.DataFrame(X, schema=["a", "b", "c"])
MODELS = {
    "one against rest": OneVsRestClassifier(LogisticRegression()),
    "several outputs": MultiOutputClassifier(LogisticRegression()),
    "chain": ClassifierChain(LogisticRegression()),
    "forest": RandomForestClassifier(5, random_state=0),
    "extra trees": ExtraTreesClassifier(5, random_state=0),
    "tree": DecisionTreeClassifier(max_depth=2),
    "neighbours": KNeighborsClassifier(),
    "network": MLPClassifier((4,), solver="lbfgs", max_iter=2_000, alpha=1.0, random_state=0),
    "pipeline": make_pipeline(StandardScaler(), OneVsRestClassifier(LogisticRegression())),
    "search": GridSearchCV(DecisionTreeClassifier(), {"max_depth": [1, 2]}, cv=2),
}


def of_ones(answer):
    if isinstance(answer, list):
        return np.column_stack([part[:, 1] for part in answer])
    return answer


@pytest.mark.parametrize("name", MODELS)
def test_labels_and_probabilities_are_the_model_s(name):
    model = MODELS[name].fit(X, Y)
    wrapped = wrap_estimator(model)
    assert (wrapped.info.kind, wrapped.info.score_kind) == ("multilabel", "probability")
    assert wrapped.info.classes is None
    found = wrapped.predict(FRAME)
    assert isinstance(found, Prediction)
    assert found.multilabel
    assert np.array_equal(found.labels, model.predict(X) == 1)
    assert found.probabilities == pytest.approx(of_ones(model.predict_proba(X)), abs=1e-12)


def test_scores_of_a_decision_function_only_rank():
    model = OneVsRestClassifier(LinearSVC()).fit(X, Y)
    wrapped = wrap_estimator(model)
    assert wrapped.info.score_kind == "score"
    assert wrapped.predict(FRAME).probabilities == pytest.approx(model.decision_function(X))


def test_an_estimator_fitted_on_a_sparse_matrix():
    model = OneVsRestClassifier(LogisticRegression()).fit(X, csr_matrix(Y))
    assert np.array_equal(wrap_estimator(model).predict(FRAME).labels, model.predict(X).toarray())


def test_a_label_that_was_always_or_never_there():
    fixed = Y.copy()
    fixed[:, 0], fixed[:, 2] = 0, 1
    found = wrap_estimator(KNeighborsClassifier().fit(X, fixed)).predict(FRAME)
    assert (found.probabilities[:, 0] == 0).all()
    assert (found.probabilities[:, 2] == 1).all()


def test_one_class_of_several_is_no_matter_of_many_labels():
    model = OneVsRestClassifier(LogisticRegression()).fit(X, Y.sum(axis=1))
    assert wrap_estimator(model).info.kind == "classifier"
    network = MLPClassifier((4,), solver="lbfgs", max_iter=2_000, alpha=1.0).fit(X, Y[:, 0])
    assert wrap_estimator(network).info.kind == "classifier"


def test_outputs_of_several_classes_are_refused_with_a_way_out():
    with pytest.raises(InputError, match=r"2 outputs at once.*predict\(rows\)\[:, 0\]"):
        wrap_estimator(KNeighborsClassifier().fit(X, Y[:, :2] + Y[:, 1:]))


def test_several_numbers_a_row_are_refused_with_a_way_out():
    model = wrap_estimator(RandomForestRegressor(3).fit(X, Y))
    with pytest.raises(ModelError, match=r"3 columns where one value.*one output at a time"):
        model.predict(FRAME)
