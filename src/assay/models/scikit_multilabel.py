"""Fitted estimators that give a row many labels: how to tell them, and how they answer."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.models.answers import AnswerError, as_flags, as_scores, check_probabilities
from assay.models.containers import copy_rows
from assay.models.local import Answer, CallCounter
from assay.models.predictor import Prediction

Values = tuple[tuple[object, ...], ...]


def label_values(model: Any) -> Values | None:  # noqa: ANN401  known by what it holds
    """Return what each output of an estimator for many labels may be, in scikit-learn's forms.

    Parameters
    ----------
    model : object
        A fitted estimator, pipeline or search.

    Returns
    -------
    tuple of tuple or None
        For each label (0, 1), or the only one of the two that it was fitted on; None for an
        estimator of one output.

    Raises
    ------
    InputError
        If it has several outputs that are not labels of 0 and 1.

    Examples
    --------
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> model = KNeighborsClassifier(1).fit([[0.0], [1.0]], [[0, 1], [1, 1]])
    >>> label_values(model)
    ((0, 1), (1,))
    """
    classes = getattr(model, "classes_", None)
    if isinstance(classes, list) and classes and isinstance(classes[0], np.ndarray):
        values = tuple(tuple(each.tolist()) for each in classes)
        if len(values) > 1 and all(set(each) <= {0, 1} for each in values):
            return values
        raise InputError(_several_outputs(type(model).__name__, len(values)))
    last = _last(model)
    network = getattr(last, "out_activation_", None) == "logistic"
    if getattr(last, "multilabel_", False) is True or (network and last.n_outputs_ > 1):
        assert classes is not None
        return ((0, 1),) * len(classes)
    return None


def answer_labels(model: Any, score_kind: str, values: Values) -> Answer:  # noqa: ANN401
    """Return the function that asks an estimator for the labels of rows, and their scores.

    Parameters
    ----------
    model : object
    score_kind : {"probability", "score", "none"}
    values : tuple of tuple
        Of `label_values`.
    """

    def ask(call: CallCounter, rows: object, n_rows: int) -> Prediction:
        # A step with copy=False writes into its rows, and the second question needs them.
        again = copy_rows(rows)
        labels = as_flags(call(model.predict, rows), n_rows, len(values))
        scores: NDArray[np.float64] | None = None
        if score_kind == "probability":
            scores = _probabilities(call(model.predict_proba, again), n_rows, values)
        elif score_kind == "score":
            scores = _as_wide(as_scores(call(model.decision_function, again), n_rows), values)
        return Prediction(labels=labels, probabilities=scores, multilabel=True)

    return ask


def _probabilities(answer: object, n_rows: int, values: Values) -> NDArray[np.float64]:
    """Read one array of a column a label, or a list of one array of (no, yes) a label."""
    if not isinstance(answer, list):
        return check_probabilities(_as_wide(as_scores(answer, n_rows), values))
    if len(answer) != len(values):
        what = f"returned probabilities of {len(answer)} labels instead of {len(values)}"
        raise AnswerError(what)
    columns: list[NDArray[np.float64]] = []
    for part, known in zip(answer, values, strict=True):
        table = np.asarray(part, dtype=np.float64)
        if table.shape != (n_rows, len(known)):
            what = f"returned probabilities of shape {table.shape} for one label"
            raise AnswerError(what)
        never = np.zeros(n_rows)
        columns.append(table[:, known.index(1)] if 1 in known else never)
    return check_probabilities(as_scores(np.column_stack(columns), n_rows))


def _as_wide(scores: NDArray[np.float64], values: Values) -> NDArray[np.float64]:
    if scores.shape[1] == len(values):
        return scores
    what = f"returned scores of {scores.shape[1]} labels instead of {len(values)}"
    raise AnswerError(what)


def _last(model: Any) -> Any:  # noqa: ANN401
    """Return the estimator that decides, inside pipelines and searches."""
    steps = getattr(model, "steps", None)
    if isinstance(steps, list) and steps:
        return _last(steps[-1][1])
    best = getattr(model, "best_estimator_", None)
    return model if best is None else _last(best)


def _several_outputs(name: str, n_outputs: int) -> str:
    return (
        f"{name} predicts {n_outputs} outputs at once, and they are not all labels of 0 and 1; "
        "evaluate one output at a time, for example the first: "
        "assay.as_predictor(lambda rows: model.predict(rows)[:, 0], output='label'), with that "
        "output's column as the label"
    )
