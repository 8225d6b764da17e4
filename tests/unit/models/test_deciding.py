"""Labels from probabilities are those of the model's own predict, for every kind of model."""

import warnings

import numpy as np
import polars as pl
import pytest
from sklearn.datasets import make_classification
from sklearn.ensemble import (
    BaggingClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from assay.models.deciding import CLOSE, Decider
from assay.models.wrap import as_predictor

SPARED = {
    "forest of two": RandomForestClassifier(n_estimators=2, max_depth=2, random_state=0),
    "extra trees": ExtraTreesClassifier(n_estimators=4, max_depth=2, random_state=0),
    "tree": DecisionTreeClassifier(max_depth=2),
    "bagging": BaggingClassifier(n_estimators=2, random_state=0),
    "voting": VotingClassifier([("a", GaussianNB()), ("b", LogisticRegression())], voting="soft"),
    "boosting": HistGradientBoostingClassifier(max_iter=5),
    "old boosting": GradientBoostingClassifier(n_estimators=5),
    "search": GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2),
    "pipeline": make_pipeline(StandardScaler(), make_pipeline(LogisticRegression())),
    "bayes": GaussianNB(),
}
ASKED = {
    "fixed threshold": FixedThresholdClassifier(LogisticRegression(), threshold=0.8),
    "threshold that seldom matters": FixedThresholdClassifier(
        LogisticRegression(), threshold=0.500001, pos_label="yes"
    ),
    "vectors": make_pipeline(StandardScaler(), SVC(probability=True, random_state=0)),
    "neighbours with ties": KNeighborsClassifier(4, weights="uniform"),
}


def rows_and_labels(words=("no", "yes")):
    X, y = make_classification(
        400, 5, n_informative=4, n_redundant=0, n_classes=len(words), flip_y=0.3, random_state=3
    )
    return X, np.array(words)[y]


@pytest.mark.parametrize("words", [("no", "yes"), ("low", "mid", "top"), (False, True), (7, 3)])
@pytest.mark.parametrize("name", [*SPARED, *ASKED])
def test_labels_are_those_of_predict(name, words):
    if name in ("fixed threshold", "threshold that seldom matters") and words != ("no", "yes"):
        pytest.skip("a threshold is for two classes, and these are fitted on words")
    X, y = rows_and_labels(words)
    model = {**SPARED, **ASKED}[name]
    if name == "fixed threshold":
        model = model.set_params(pos_label="yes")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(X, y)
    wrapped, batch = as_predictor(model), pl.DataFrame(X)
    wrapped.predict(batch.head(100))
    assert wrapped.predict(batch).labels.tolist() == model.predict(X).tolist()
    assert wrapped.calls == (3 if name in SPARED else 4)


def test_binary_neighbours_in_odd_number_are_not_asked_twice():
    X, y = rows_and_labels()
    wrapped = as_predictor(KNeighborsClassifier(5).fit(X, y))
    wrapped.predict(pl.DataFrame(X))
    wrapped.predict(pl.DataFrame(X))
    assert wrapped.calls == 3


class Contrary(RandomForestClassifier):
    """A user's own class may decide as it likes."""

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmin(axis=1)]


def test_own_class_is_always_asked():
    X, y = rows_and_labels()
    model = Contrary(n_estimators=3).fit(X, y)
    wrapped = as_predictor(model)
    for _ in range(2):
        assert wrapped.predict(pl.DataFrame(X)).labels.tolist() == model.predict(X).tolist()
    assert wrapped.calls == 4


def test_safe_class_that_disagrees_is_always_asked():
    X, y = rows_and_labels()
    model = DecisionTreeClassifier(max_depth=3).fit(X, y)
    decider, probabilities = Decider(model), model.predict_proba(X)
    decider.learn(probabilities, model.predict(X)[::-1])
    assert decider.decide(probabilities) is None
    decider.learn(probabilities, model.predict(X))
    assert decider.decide(probabilities) is None


def test_near_tie_is_asked_where_the_model_decides_by_other_numbers():
    X, y = rows_and_labels()
    decider = Decider(GaussianNB().fit(X, y))
    decider.learn(np.array([[0.2, 0.8]]), np.array(["yes"]))
    assert decider.decide(np.array([[0.2, 0.8], [0.9, 0.1]])).tolist() == ["yes", "no"]
    half = 0.5 + CLOSE / 4
    assert decider.decide(np.array([[0.2, 0.8], [half, 1 - half]])) is None


def test_single_class_is_always_asked():
    X = np.zeros((3, 1))
    decider = Decider(DecisionTreeClassifier().fit(X, ["only"] * 3))
    decider.learn(np.ones((3, 1)), np.array(["only"] * 3))
    assert decider.decide(np.ones((3, 1))) is None
