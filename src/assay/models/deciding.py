"""Class labels out of probabilities, where the model itself would decide the same."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

ARGMAX = frozenset(
    {
        "BaggingClassifier",
        "CalibratedClassifierCV",
        "DecisionTreeClassifier",
        "ExtraTreeClassifier",
        "ExtraTreesClassifier",
        "RandomForestClassifier",
        "VotingClassifier",
    }
)
"""Classifiers of scikit-learn whose ``predict`` is the argmax of their ``predict_proba``."""

MONOTONE = frozenset(
    {
        "GaussianNB",
        "GradientBoostingClassifier",
        "HistGradientBoostingClassifier",
        "KNeighborsClassifier",
        "LinearDiscriminantAnalysis",
        "LogisticRegression",
        "LogisticRegressionCV",
        "MLPClassifier",
        "QuadraticDiscriminantAnalysis",
    }
)
"""Those that decide by numbers of which the probabilities are a rising function: apart from
rounding and ties it is the same."""

CLOSE = 1e-6
"""Two probabilities nearer than this may be tied in the numbers that the model decides by."""


class Decider:
    """Tells whether a model's own labels can be had from its probabilities, and makes them.

    Only classifiers are spared their ``predict`` of which scikit-learn's code shows that it is
    safe, and only after the first answer showed it too: a support vector machine or a classifier
    with a tuned threshold decides otherwise than its probabilities.

    Parameters
    ----------
    model : object
        A fitted classifier or pipeline.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> tree = DecisionTreeClassifier().fit([[0.0], [1.0]], ["no", "yes"])
    >>> decider, probabilities = Decider(tree), tree.predict_proba([[0.0], [1.0]])
    >>> decider.decide(probabilities) is None
    True
    >>> decider.learn(probabilities, tree.predict([[0.0], [1.0]]))
    >>> decider.decide(probabilities).tolist()
    ['no', 'yes']
    """

    def __init__(self, model: Any) -> None:  # noqa: ANN401  known by its methods
        name = _deciding_class(model)
        self._classes = np.asarray(model.classes_)
        self._ties_are_safe = name in ARGMAX
        self._agrees: bool | None = None if name in ARGMAX | MONOTONE else False

    def decide(self, probabilities: NDArray[np.float64]) -> NDArray[Any] | None:
        """Return the labels, shape (n_rows,); None where the model has to be asked.

        Parameters
        ----------
        probabilities : ndarray of float, shape (n_rows, n_classes)
        """
        if not self._agrees:
            return None
        if not self._ties_are_safe and np.any(_close(probabilities)):
            return None
        return self._classes[probabilities.argmax(axis=1)]

    def learn(self, probabilities: NDArray[np.float64], labels: NDArray[Any]) -> None:
        """Compare the model's own labels with those of its probabilities."""
        if self._agrees is False or probabilities.shape[1] < 2:
            self._agrees = False
            return
        made = self._classes[probabilities.argmax(axis=1)]
        differ = np.asarray(made != labels)
        if not self._ties_are_safe:
            differ &= ~_close(probabilities)
        self._agrees = not bool(np.any(differ))


def _close(probabilities: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether the two highest probabilities of a row are all but tied."""
    highest = np.partition(probabilities, -2, axis=1)[:, -2:]
    return highest[:, 1] - highest[:, 0] <= CLOSE


def _deciding_class(model: Any) -> str:  # noqa: ANN401
    """Name the scikit-learn class that decides in the end; "" where other code has a say."""
    while type(model).__module__.startswith("sklearn.") and "predict" not in vars(model):
        if isinstance(getattr(model, "steps", None), list):
            model = model.steps[-1][1]
        elif hasattr(model, "best_estimator_"):
            model = model.best_estimator_
        else:
            return type(model).__name__
    return ""
