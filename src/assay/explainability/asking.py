"""A model in; what asks it for the scores that are explained out."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np

from assay.errors import InputError, ModelError
from assay.explainability.scores import Link, Output, Scores
from assay.models.containers import container_of
from assay.models.local import CallCounter, LocalModel
from assay.models.native import has_margin, native_of, raw_scores
from assay.models.predictor import ClassLabel, ModelInfo, Prediction, Predictor
from assay.models.wrap import as_predictor

OUTPUTS = ("raw", "probability", "log_odds")
LINKS = ("mean_then_logit", "logit_then_mean")
Ask = Callable[[Any], Any]


def scores_of(
    model: Any,  # noqa: ANN401  an estimator, a function, a Predictor or Scores
    rows: Any,  # noqa: ANN401  the model's container
    *,
    output: str | None = None,
    link: str | None = None,
    classes: Sequence[ClassLabel] | None = None,
    positive: ClassLabel | None = None,
) -> Scores:
    """Find what a model says about rows, as numbers on one scale.

    Parameters
    ----------
    model : object
        A fitted estimator, booster, network or Predictor; or a function from rows to scores,
        shape (n_rows,) or (n_rows, n_outputs), which is taken as it is.
    rows : pandas or Polars frame, or ndarray
        Some rows as the model is given them; a few are asked about to see what comes.
    output : {"raw", "probability", "log_odds"} or None
        None: the probability of a classifier that has one, else what it gives. For two classes
        the positive one alone is explained.
    link : {"mean_then_logit", "logit_then_mean"} or None
        With "log_odds"; None is "mean_then_logit".
    classes : sequence or None
        Names of the outputs of a function.
    positive : bool, int, float, str or None
        The positive class of two; None takes the second.

    Returns
    -------
    Scores

    Raises
    ------
    InputError
        If the scale or the link is unknown, or the model has no such output.
    ModelError
        If it gives text, or fails.

    Examples
    --------
    >>> scores = scores_of(lambda rows: rows.sum(axis=1), np.ones((3, 2)))
    >>> scores(np.ones((2, 2)), 2).tolist(), scores.outputs, scores.output
    ([[2.0], [2.0]], ('prediction',), 'raw')
    """
    if isinstance(model, Scores):
        return model
    _check(output, link)
    if is_function(model):
        return _of_function(model, rows, output, link, classes)
    return _of_predictor(as_predictor(model), rows, output, link, positive)


def predictor_of(model: Any) -> Any:  # noqa: ANN401  an estimator, a function, a Predictor, Scores
    """Return the Predictor of a model; functions and Scores stay what they are.

    Raises
    ------
    InputError
        If it is no model, or not fitted.
    """
    return model if isinstance(model, Scores) or is_function(model) else as_predictor(model)


def _check(output: str | None, link: str | None) -> None:
    if output is not None and output not in OUTPUTS:
        msg = f"unknown output {output!r}; choose one of: {', '.join(OUTPUTS)}"
        raise InputError(msg)
    if link is not None and link not in LINKS:
        msg = f"unknown link {link!r}; choose one of: {', '.join(LINKS)}"
        raise InputError(msg)
    if link is not None and output not in (None, "log_odds"):
        msg = f"link={link!r} says how log-odds are averaged, and output is {output!r}"
        raise InputError(msg)


def is_function(model: object) -> bool:
    """Tell a plain function from an estimator, a network or a Predictor.

    Examples
    --------
    >>> is_function(len), is_function(int)
    (True, False)
    """
    known = any(hasattr(model, name) for name in ("predict", "predict_proba", "forward"))
    return callable(model) and not known and not isinstance(model, type)


def _of_function(
    function: Ask,
    rows: Any,  # noqa: ANN401
    output: str | None,
    link: str | None,
    classes: Sequence[ClassLabel] | None,
) -> Scores:
    name = getattr(function, "__name__", "the function")
    answer = _as_numbers(CallCounter()(function, rows[:2]), name)  # type: ignore[arg-type]
    width = 1 if answer.ndim == 1 else answer.shape[1]
    names = [f"output{place}" for place in range(width)] if width > 1 else ["prediction"]
    if classes is not None and not isinstance(classes, Collection):
        msg = f"classes must be a list of names, not {type(classes).__name__}"
        raise InputError(msg)
    told = names if classes is None else [str(name) for name in classes]
    if classes is not None and width == 1 and len(told) == 2:
        told = told[1:]
    if len(told) != width:
        msg = f"{len(told)} class names were given, and the function returns {width} column(s)"
        raise InputError(msg)
    scale: Output = "raw" if output is None else output  # type: ignore[assignment]
    scale = "log_odds" if link is not None else scale
    return Scores(function, tuple(told), scale, _link(scale, link))


def _of_predictor(
    predictor: Predictor,
    rows: Any,  # noqa: ANN401
    output: str | None,
    link: str | None,
    positive: ClassLabel | None,
) -> Scores:
    info = predictor.info
    probe = _ask(predictor)(rows[:2])
    if probe.probabilities is None:
        return _of_values(predictor, probe, output or ("log_odds" if link else None), link)
    classes = probe.classes or info.classes
    width = probe.probabilities.shape[1]
    names = tuple(str(name) for name in classes or range(width))
    chosen = _chosen(names, positive, info) if width == 2 and not probe.multilabel else None
    kept = names if chosen is None else (names[chosen],)
    own_scale = "probability" if info.score_kind in ("probability", "unknown") else "raw"
    scale = "log_odds" if link is not None else (output or own_scale)
    if scale == "raw" and own_scale == "probability":
        return Scores(_margin(predictor, chosen), kept, "raw")
    if scale != "raw" and own_scale == "raw":
        msg = f"{info.name} gives scores that are no probabilities; explain output='raw'"
        raise InputError(msg)

    def ask(some: Any) -> Any:  # noqa: ANN401
        answer = _ask(predictor)(some).probabilities
        return answer if chosen is None or answer is None else answer[:, chosen]

    return Scores(ask, kept, scale, _link(scale, link))  # type: ignore[arg-type]


def _of_values(
    predictor: Predictor, probe: Prediction, output: str | None, link: str | None
) -> Scores:
    name = predictor.info.name
    if probe.values is None:
        msg = (
            f"{name} gives labels alone, and attributions explain a number; give a model with "
            "probabilities or scores, or a function that returns them"
        )
        raise InputError(msg)
    if output not in (None, "raw") and predictor.info.kind == "regressor":
        msg = f"{name} predicts a number, which has no probability; explain output='raw'"
        raise InputError(msg)
    own: Output = "probability" if predictor.info.score_kind == "probability" else "raw"
    if own == "probability" and output == "raw":
        return Scores(_margin(predictor, None), ("prediction",), "raw")
    scale: Output = output or own  # type: ignore[assignment]
    return Scores(
        lambda rows: _ask(predictor)(rows).values, ("prediction",), scale, _link(scale, link)
    )


def _ask(predictor: Predictor) -> Callable[[Any], Prediction]:
    if isinstance(predictor, LocalModel):
        return predictor.predict_rows

    def ask(rows: Any) -> Prediction:  # noqa: ANN401
        if container_of(rows) != "polars":
            msg = f"{predictor.info.name} reads Polars frames, not {type(rows).__name__}"
            raise InputError(msg)
        return predictor.predict(rows)

    return ask


def _margin(predictor: Predictor, chosen: int | None) -> Ask:
    native = native_of(predictor)
    margin = None if native is None or not has_margin(native) else raw_scores(native)
    if margin is None:
        msg = (
            f"{predictor.info.name} has no raw margin that assay can ask for; explain "
            "output='probability' or 'log_odds'"
        )
        raise InputError(msg)

    def ask(rows: Any) -> Any:  # noqa: ANN401
        answer = np.asarray(margin(rows), dtype=np.float64)
        if answer.ndim == 1:
            return -answer if chosen == 0 else answer
        return answer if chosen is None else answer[:, chosen]

    return ask


def _chosen(names: Sequence[str], positive: ClassLabel | None, info: ModelInfo) -> int:
    """Return the place of the positive class among two."""
    if positive is None:
        return 1
    if str(positive) not in names:
        msg = f"{positive!r} is not a class of {info.name}, which has: {', '.join(names)}"
        raise InputError(msg)
    return names.index(str(positive))


def _link(output: str, link: str | None) -> Link:
    return (link or "mean_then_logit") if output == "log_odds" else "identity"  # type: ignore[return-value]


def _as_numbers(answer: object, name: str) -> "np.ndarray[Any, np.dtype[np.float64]]":
    try:
        numbers = np.asarray(answer, dtype=np.float64)
    except (TypeError, ValueError) as error:
        msg = (
            f"{name} returned {type(answer).__name__} that are no numbers; attributions explain a "
            "score, so return the probability or the margin"
        )
        raise ModelError(msg) from error
    if numbers.ndim not in (1, 2):
        msg = f"{name} returned an array of shape {numbers.shape}; one or two axes are wanted"
        raise ModelError(msg)
    return numbers
