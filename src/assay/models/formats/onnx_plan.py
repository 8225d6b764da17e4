"""Which outputs of an ONNX model are read, and as what."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.models.formats.inspection import Port
from assay.models.formats.onnx_file import OnnxFile
from assay.models.formats.onnx_graph import classes_of, is_place_of_greatest, meaning_of
from assay.models.formats.onnx_inputs import describe_ports
from assay.models.formats.onnx_outputs import Form, OutputPlan, Trial, Wish

LABEL_NAMES = ("label", "class", "pred")
SCORE_NAMES = ("prob", "score", "logit")
SUM_SLACK = 1e-3
"""How far the values of a row may sum from 1 and still be probabilities."""


def choose_outputs(model: OnnxFile, wish: Wish) -> tuple[str | None, tuple[str, ...]]:
    """Return the output with labels, if any, and those with scores or numbers.

    Raises
    ------
    InputError
        If several would do, or there is none of the name that was said.
    """
    known = {port.name: port for port in model.outputs}
    absent = [name for name in wish.outputs if name not in known]
    if absent:
        msg = f"the model has no output {absent[0]}; it has: {describe_ports(model.outputs)}"
        raise InputError(msg)
    if wish.outputs:
        first = known[wish.outputs[0]]
        if len(wish.outputs) == 1 and _holds_labels(first) and wish.returns in (None, "label"):
            return first.name, ()
        return None, wish.outputs
    scores = [port for port in model.outputs if not _holds_labels(port)]
    labels = _one_of([port for port in model.outputs if _holds_labels(port)], LABEL_NAMES)
    if labels is not None and not scores and _width(labels) > 1 and not wish.multilabel:
        return None, (labels.name,)  # whole numbers for each class
    chosen = _one_of(scores, SCORE_NAMES[:1]) or _one_of(scores, SCORE_NAMES)
    if chosen is None and (scores or labels is None):
        msg = (
            f"the model has several outputs: {describe_ports(model.outputs)}; say which to "
            "evaluate: --model-option output=NAME (in Python options={'output': …})"
        )
        raise InputError(msg)
    return (
        None if labels is None else labels.name,
        () if chosen is None else (chosen.name,),
    )


def _holds_labels(port: Port) -> bool:
    return port.type in ("text", "bool") or port.type.startswith(("int", "uint"))


def _one_of(ports: list[Port], words: Sequence[str]) -> Port | None:
    """Return the only one, else the only one whose name has one of the words."""
    if len(ports) == 1:
        return ports[0]
    named = [port for port in ports if any(word in port.name.lower() for word in words)]
    return named[0] if len(named) == 1 else None


def plan_outputs(model: OnnxFile, wish: Wish, trial: Trial | None) -> OutputPlan:
    """Decide how answers are read, once for all rows.

    Parameters
    ----------
    model : OnnxFile
    wish : Wish
    trial : Trial or None
        What the chosen outputs hold for some made-up rows; None where that cannot be had.

    Raises
    ------
    InputError
        If what the user said does not fit the model.
    """
    label, scores = choose_outputs(model, wish)
    ports = {port.name: port for port in model.outputs}
    many = trial is not None and trial.labels is not None and trial.labels.ndim == 2
    several = wish.multilabel or many or (label is not None and _width(ports[label]) > 1)
    tried = None if trial is None else trial.scores
    width = _score_width(ports, scores, tried, wish)
    meaning = meaning_of(model, scores[0]) if len(scores) == 1 else ""
    form = _form(label, scores, width, meaning, tried, wish)
    if several and form == "scores" and _lies_between(tried):
        form = "each"
    if many and width is not None and trial is not None and trial.labels is not None:
        _check_same_width(label, trial.labels.shape[1], scores, width)
    count = 2 if width == 1 else width
    own = classes_of(model, [name for name in (label, *scores) if name is not None], count)
    if own is None and label is not None and is_place_of_greatest(model, label) and width:
        own = tuple(range(width))
    if several and wish.classes is None and (own is None or len(own) != width):
        own = tuple(range(width)) if width else own
    plan = OutputPlan(
        label=label,
        scores=scores,
        form=form,
        classes=own,
        own_classes=own,
        wish=wish,
        multilabel=several,
    )
    return _named(plan, width)


def _check_same_width(
    label: str | None, n_labels: int, scores: tuple[str, ...], n_scores: int
) -> None:
    if n_labels != n_scores:
        msg = (
            f"the output {label} holds {n_labels} labels a row and {', '.join(scores)} holds "
            f"{n_scores} scores, so that they cannot be matched; evaluate the labels alone with "
            f"--model-option output={label} --model-option multilabel=true (in Python "
            f"options={{'output': {label!r}, 'multilabel': True}})"
        )
        raise InputError(msg)


def _named(plan: OutputPlan, width: int | None) -> OutputPlan:
    """Return the plan with the classes that the user named."""
    told, own = plan.wish.classes, plan.own_classes
    if plan.form == "number":
        return replace(plan, classes=None, own_classes=None)
    count = 2 if width == 1 else width
    if told is None:
        if own is not None and count not in (None, len(own)):  # of another output
            return replace(plan, classes=None, own_classes=None)
        return plan
    expected = count if own is None else len(own)
    if expected is not None and len(told) != expected:
        msg = (
            f"{len(told)} classes were named ({', '.join(map(str, told[:20]))}), and the model "
            f"has {expected}; name each of them, in the order of its scores"
        )
        raise InputError(msg)
    if own is None and plan.label is not None and plan.scores:
        own = told
    return replace(plan, classes=told, own_classes=own)


def _width(port: Port) -> int:
    """Return how many values an output has for a row; 0 where that is open."""
    lengths = port.shape[1:]
    if any(not isinstance(length, int) for length in lengths):
        return 0
    return int(np.prod([length for length in lengths if isinstance(length, int)], dtype=int))


def _score_width(
    ports: Mapping[str, Port], scores: tuple[str, ...], trial: NDArray[Any] | None, wish: Wish
) -> int | None:
    """Return how many columns of scores there are; None where that is not known."""
    if not scores:
        return None
    if wish.column is not None:
        return 1
    if trial is not None:
        return 1 if trial.ndim == 1 else trial.shape[1]
    if len(scores) > 1:
        return len(scores)
    only = ports[next(iter(scores))]
    return (_width(only) or None) if only.shape else None


def _form(
    label: str | None,
    scores: tuple[str, ...],
    width: int | None,
    meaning: str,
    trial: NDArray[Any] | None,
    wish: Wish,
) -> Form:
    if not scores or wish.returns == "label":
        return "labels"
    quantity = meaning == "number" and label is None and wish.classes is None
    if (wish.returns == "number" or quantity) and (width or 1) > 1:
        msg = (
            f"the output {scores[0]} holds {width} numbers a row; choose the one to evaluate, as "
            "with --model-option column=0 (in Python options={'column': 0})"
        )
        raise InputError(msg)
    if wish.returns == "number":
        return "number"
    told = wish.returns == "probability" or wish.activation != "none"
    if width == 1:
        if told:
            return "positive"
        if quantity:
            return "number"
        if meaning == "probability":
            return "positive"
        return "value" if label is None and wish.classes is None else "margin"
    if told or (trial is None and meaning == "probability") or _sums_to_one(trial):
        return "each"
    return "each" if meaning == "probability" and _lies_between(trial) else "scores"


def _lies_between(trial: NDArray[Any] | None) -> bool:
    return trial is not None and bool(trial.min() >= 0) and bool(trial.max() <= 1)


def _sums_to_one(trial: NDArray[Any] | None) -> bool:
    if trial is None or trial.ndim != 2 or not np.isfinite(trial).all():
        return False
    close = np.abs(trial.sum(axis=1) - 1.0) <= SUM_SLACK
    return bool(trial.min() >= -SUM_SLACK and close.all())
