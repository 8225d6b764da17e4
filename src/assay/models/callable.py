"""Adapter for any Python callable that takes rows and returns labels, numbers or probabilities."""

from collections.abc import Callable, Sequence
from typing import Any

from assay.errors import InputError
from assay.models.answers import as_labels, as_numbers, check_probabilities, interpret
from assay.models.containers import check_container
from assay.models.features import Wanted
from assay.models.local import CallCounter, LocalModel
from assay.models.predictor import ClassLabel, ModelInfo, Prediction

OUTPUTS: dict[str | None, tuple[str, str]] = {
    None: ("unknown", "unknown"),
    "label": ("classifier", "none"),
    "probability": ("classifier", "probability"),
    "number": ("regressor", "none"),
}
"""What a function returns → kind of model, kind of score."""


def wrap_callable(
    function: Callable[[Any], object],
    *,
    name: str | None = None,
    container: str | None = None,
    classes: Sequence[ClassLabel] | None = None,
    output: str | None = None,
    feature_names: Sequence[str] | None = None,
) -> LocalModel:
    """Make a Predictor of a function.

    Parameters
    ----------
    function : callable
        Takes the rows in `container`; returns one label, number or probability a row, shape
        (n_rows,), or a probability a class, shape (n_rows, n_classes).
    name : str or None
        For people; None takes the function's own.
    container : {"pandas", "polars", "numpy"} or None
        What the function is given; None is pandas.
    classes : sequence or None
        Order of the columns of probabilities. Two columns without it are (negative, positive).
    output : {"label", "probability", "number"} or None
        What it returns; None tells by shape and type.
    feature_names : sequence of str or None
        Columns that it reads; None hands over all features.

    Returns
    -------
    LocalModel

    Raises
    ------
    InputError
        If `container` or `output` is none of those named.

    Examples
    --------
    >>> import polars as pl
    >>> model = wrap_callable(lambda rows: rows["age"] > 40, container="polars")
    >>> model.predict(pl.DataFrame({"age": [30, 50]})).labels.tolist()
    [False, True]
    """
    if output not in OUTPUTS:
        msg = f"unknown output {output!r}; choose one of: label, probability, number"
        raise InputError(msg)
    check_container(container)
    known = None if classes is None else tuple(classes)
    names = None if feature_names is None else tuple(feature_names)

    def answer(call: CallCounter, rows: object, n_rows: int) -> Prediction:
        return read_answer(call(function, rows), n_rows, classes=known, output=output)

    title = name or getattr(function, "__name__", type(function).__name__)
    kind, score_kind = OUTPUTS[output]
    info = ModelInfo(
        name=title,
        kind=kind,
        class_name=type(function).__name__,
        container=container or "pandas",
        feature_names=names,
        classes=known,
        score_kind=score_kind,
    )
    return LocalModel(info, answer, Wanted(names=names))


def read_answer(
    answer: object, n_rows: int, *, classes: tuple[ClassLabel, ...] | None, output: str | None
) -> Prediction:
    """Read what a function returned, as told or by its shape and type.

    Raises
    ------
    ModelError
        If it has no usable shape or values.
    """
    if output == "label":
        return Prediction(labels=as_labels(answer, n_rows), classes=classes)
    if output == "number":
        return Prediction(values=as_numbers(answer, n_rows))
    read = interpret(answer, n_rows, classes=classes)
    if output == "probability" and read.probabilities is None:
        column = as_numbers(answer, n_rows).reshape(-1, 1)
        return Prediction(values=check_probabilities(column)[:, 0], classes=classes)
    return read
