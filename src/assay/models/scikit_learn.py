"""Adapter for fitted estimators: scikit-learn's, and all that look like them."""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from assay.errors import InputError
from assay.models.answers import as_labels, as_numbers, as_probabilities, as_scores, interpret
from assay.models.boosters.frames import real_names
from assay.models.boosters.wrap import preparation_of
from assay.models.containers import check_container, copy_rows
from assay.models.deciding import Decider
from assay.models.features import Wanted
from assay.models.local import Answer, CallCounter, LocalModel
from assay.models.native import Native
from assay.models.predictor import ClassLabel, ModelInfo, Prediction
from assay.models.scikit_multilabel import answer_labels, label_values

LIBRARIES = {"sklearn": "scikit-learn", "lightgbm": "LightGBM", "xgboost": "XGBoost"}


def wrap_estimator(
    model: Any,  # noqa: ANN401  known by its methods, not by its type
    *,
    name: str | None = None,
    container: str | None = None,
) -> LocalModel:
    """Make a Predictor of anything with ``predict``.

    It is asked for labels with ``predict`` and for scores with ``predict_proba``, else
    ``decision_function``; the latter only rank, which `ModelInfo.score_kind` says. ``predict``
    is spared where its answer follows from the probabilities (see `Decider`).

    Parameters
    ----------
    model : object
        A fitted estimator or pipeline.
    name : str or None
        For people; None takes the class's.
    container : {"pandas", "polars", "numpy"} or None
        What it was fitted on. None: pandas, but numpy when it knows a number of columns and no
        names, for then it was fitted on an array.

    Returns
    -------
    LocalModel

    Raises
    ------
    InputError
        If the model is a class instead of an object, is not fitted, or has several outputs that
        are not labels of 0 and 1.

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> import polars as pl
    >>> model = wrap_estimator(LinearRegression().fit([[0.0], [1.0]], [1.0, 3.0]))
    >>> model.predict(pl.DataFrame({"x": [2.0]})).values.round(6).tolist()
    [5.0]
    """
    check_container(container)
    _check_usable(model)
    library = LIBRARIES.get(type(model).__module__.split(".")[0], "")
    wanted = Wanted(
        _feature_names(model),
        _feature_count(model),
        one_column=_reads_text(model),
        underlined=library == "LightGBM",
    )
    values = label_values(model)
    # Estimators for many labels know them by their places alone.
    classes = _classes(model) if values is None else None
    kind = "classifier" if classes is not None else _kind(model)
    kind = kind if values is None else "multilabel"
    by_position = wanted.names is None and wanted.count is not None
    info = ModelInfo(
        name=name or type(model).__name__,
        kind=kind,
        library=library,
        library_version=_version(type(model).__module__.split(".")[0]),
        class_name=type(model).__name__,
        container=container or ("numpy" if by_position else "pandas"),
        feature_names=wanted.names,
        classes=classes,
        score_kind=_score_kind(model, kind),
    )
    answer = _answer(model, info)
    if values is not None:
        answer = answer_labels(model, info.score_kind, values)
    learns = model if hasattr(model, "fit") else None
    prepare = preparation_of(model)
    native = Native(model=model, ready=prepare)
    answer = _prepared(answer, prepare)
    return LocalModel(info, answer, wanted, estimator=learns, native=native)


def _prepared(answer: Answer, prepare: Callable[[object], object] | None) -> Answer:
    """Return an answer that makes its rows ready first, where that is needed."""
    if prepare is None:
        return answer

    def prepared(call: CallCounter, rows: object, n_rows: int) -> Prediction:
        return answer(call, prepare(rows), n_rows)

    return prepared


def _answer(model: Any, info: ModelInfo) -> Answer:  # noqa: ANN401
    classes, score_kind = info.classes, info.score_kind
    decider = Decider(model) if classes is not None and score_kind == "probability" else None

    def classify(call: CallCounter, rows: object, n_rows: int) -> Prediction:
        # A step with copy=False writes into its rows, and the second question needs them.
        again = copy_rows(rows)
        if decider is not None:
            answer = call(model.predict_proba, rows)
            probabilities = as_probabilities(answer, n_rows, classes=classes)
            labels = decider.decide(probabilities)
            if labels is None:
                labels = as_labels(call(model.predict, again), n_rows)
                decider.learn(probabilities, labels)
            return Prediction(labels=labels, probabilities=probabilities, classes=classes)
        labels = as_labels(call(model.predict, rows), n_rows)
        if score_kind == "none":
            return Prediction(labels=labels, classes=classes)
        answer = np.asarray(call(model.decision_function, again))
        if answer.ndim == 1:
            answer = np.column_stack([-answer, answer])
        scores = as_scores(answer, n_rows, classes=classes)
        return Prediction(labels=labels, probabilities=scores, classes=classes)

    def regress(call: CallCounter, rows: object, n_rows: int) -> Prediction:
        return Prediction(values=as_numbers(call(model.predict, rows), n_rows))

    def guess(call: CallCounter, rows: object, n_rows: int) -> Prediction:
        method = model.predict_proba if score_kind == "probability" else model.predict
        return interpret(call(method, rows), n_rows, classes=None)

    return {"classifier": classify, "regressor": regress}.get(info.kind, guess)


def _check_usable(model: Any) -> None:  # noqa: ANN401
    name = getattr(model, "__name__", type(model).__name__)
    if isinstance(model, type):
        msg = f"{name} is a class, not a fitted model; create it and fit it first"
        raise InputError(msg)
    # Only scikit-learn's own classes promise to show whether they are fitted.
    own = all(type(step).__module__.startswith("sklearn.") for step in (model, *_steps(model)))
    if own and not _is_fitted(model):
        msg = f"the model {name} is not fitted; call its fit method before evaluating it"
        raise InputError(msg)


def _is_fitted(model: Any) -> bool:  # noqa: ANN401
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    try:
        check_is_fitted(model)
    except NotFittedError:
        return False
    return True


def _classes(model: Any) -> tuple[ClassLabel, ...] | None:  # noqa: ANN401
    classes = getattr(model, "classes_", None)
    return None if classes is None else tuple(np.asarray(classes).tolist())


def _kind(model: Any) -> str:  # noqa: ANN401
    """Tell a regressor by scikit-learn's own mark; the mark's form depends on the version."""
    if getattr(model, "_estimator_type", None) == "regressor":
        return "regressor"
    tags = getattr(model, "__sklearn_tags__", None)
    if tags is None or "sklearn" not in sys.modules:
        return "unknown"
    kind = getattr(tags(), "estimator_type", None)
    return kind if kind in ("classifier", "regressor") else "unknown"


def _score_kind(model: Any, kind: str) -> str:  # noqa: ANN401
    if kind == "regressor":
        return "none"
    if hasattr(model, "predict_proba"):
        return "probability"
    if kind == "unknown":
        return "unknown"
    if hasattr(model, "decision_function") and not _votes_in_pairs(model):
        return "score"
    return "none"


def _votes_in_pairs(model: Any) -> bool:  # noqa: ANN401
    """Whether scores come for pairs of classes (a support vector machine told so)."""
    last = _steps(model)[-1]
    return getattr(last, "decision_function_shape", None) == "ovo" and len(model.classes_) > 2


def _feature_names(model: Any) -> tuple[str, ...] | None:  # noqa: ANN401
    inner = getattr(model, "_estimator", None)  # MAPIE's models name no columns themselves
    for each in (model, inner):
        names = getattr(each, "feature_names_in_", None)
        if names is not None:
            plain = _is_sklearn(each)
            return tuple(str(name) for name in names) if plain else real_names(names)
    return None


def _is_sklearn(model: Any) -> bool:  # noqa: ANN401
    return _steps(model)[0].__class__.__module__.startswith("sklearn.")


def _feature_count(model: Any) -> int | None:  # noqa: ANN401
    count = getattr(model, "n_features_in_", None)
    return None if count is None else int(count)


def _reads_text(model: Any) -> bool:  # noqa: ANN401
    """Whether the first step is a vectorizer, which wants one column of text, not a table."""
    first = _steps(model)[0]
    tags = getattr(first, "__sklearn_tags__", None)
    if tags is None or "sklearn" not in sys.modules:
        return False
    takes = tags().input_tags
    return bool(takes.string and not takes.two_d_array)


def _steps(model: Any) -> list[Any]:  # noqa: ANN401
    steps = getattr(model, "steps", None)
    if not isinstance(steps, list) or not steps:
        return [model]
    inner = [step for _, step in steps if step not in (None, "passthrough")]
    return [*_steps(inner[0]), *inner[1:]] if inner else [model]


def _version(package: str) -> str:
    return str(getattr(sys.modules.get(package), "__version__", ""))
