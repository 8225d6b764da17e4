"""Adapter for Keras models: columns become one matrix or named inputs; the config says more."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.errors import InputError
from assay.models.features import Wanted
from assay.models.keras_config import KerasFacts, KerasPort, read_config
from assay.models.local import Answer, CallCounter, LocalModel
from assay.models.network_output import KINDS, Meaning, check_meaning, pick_output, read_output
from assay.models.network_rows import Nulls, columns_of, matrix_of, texts_of
from assay.models.predictor import ClassLabel, ModelInfo, Prediction

if TYPE_CHECKING:
    import keras

BATCH_ROWS = 8192


@dataclass(frozen=True, kw_only=True)
class KerasInput:
    """How a model is given its rows, and which of its outputs counts.

    Parameters
    ----------
    inputs : mapping of str to sequence of str
        Columns of each named input; an input that is not named reads the column of its name.
    nulls : "refuse", "nan" or float
        What becomes of missing values.
    batch_rows : int
        Rows that the network computes at once.
    output_name : str, int or None
        The output that counts, where there are several.
    """

    inputs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    nulls: Nulls = "refuse"
    batch_rows: int = BATCH_ROWS
    output_name: str | int | None = None


def wrap_keras(
    model: Any,  # noqa: ANN401  a keras.Model; its stubs say too little of its methods
    *,
    name: str | None = None,
    classes: Sequence[ClassLabel] | None = None,
    output: str | None = None,
    multilabel: bool | None = None,
    feature_names: Sequence[str] | None = None,
    takes: KerasInput | None = None,
    facts: KerasFacts | None = None,
    library_version: str = "",
) -> LocalModel:
    """Make a Predictor of a Keras model.

    What its output stands for follows from the last layer's activation, else from the loss that
    it was compiled with: softmax and sigmoid are probabilities (several sigmoids are several
    labels), a linear output under a cross-entropy of logits is logits, under a squared or
    absolute error a number.

    Parameters
    ----------
    model : keras.Model
    name : str or None
        For people; None takes the model's own.
    classes : sequence or None
        Order of its columns of scores; for one score a row: negative, positive.
    output : {"auto", "logits", "probability", "number", "label"} or None
        What it returns; None is what its config says.
    multilabel : bool or None
        Whether a row may have several of the classes; None is what its config says.
    feature_names : sequence of str or None
        Columns of the matrix that it reads, in order; None hands over all features.
    takes : KerasInput or None
    facts : KerasFacts or None
        None asks the model.
    library_version : str
        Version of Keras that made it, where known.

    Returns
    -------
    LocalModel

    Raises
    ------
    InputError
        If `output` is none of those named, or an input is named that it does not have.
    """
    told = takes or KerasInput()
    known = facts or facts_of(model)
    port = _port(known.outputs, told.output_name)
    default, by_themselves = known.meaning(port)
    meaning = check_meaning(output, default)
    several = by_themselves if multilabel is None else multilabel
    labels = None if classes is None else tuple(classes)
    feeds = _feeds(known.inputs, told)
    wanted = _wanted(known.inputs, feeds, feature_names)
    kind, score_kind = ("multilabel", "probability") if several else KINDS[meaning]
    info = ModelInfo(
        name=name or str(getattr(model, "name", type(model).__name__)),
        kind=kind,
        library="Keras",
        library_version=library_version,
        class_name=type(model).__name__,
        container="polars",
        feature_names=wanted.names,
        classes=labels,
        score_kind=score_kind,
        batch_rows=told.batch_rows,
    )
    answer = _answer(model, known, told, feeds, meaning, labels, multilabel=several)
    return LocalModel(info, answer, wanted)


def facts_of(model: "keras.Model") -> KerasFacts:
    """Ask a model in memory for its config; nothing is known of one without a config."""
    try:
        return read_config(json.loads(model.to_json()))
    except (NotImplementedError, TypeError, ValueError, AttributeError):
        return KerasFacts(class_name=type(model).__name__)


def _port(outputs: Sequence[KerasPort], wanted: str | int | None) -> KerasPort | None:
    if isinstance(wanted, int):
        return outputs[wanted] if 0 <= wanted < len(outputs) else None
    named = {port.name: port for port in outputs}
    if wanted is not None:
        return named.get(wanted)
    return outputs[0] if len(outputs) == 1 else None


def _feeds(inputs: Sequence[KerasPort], told: KerasInput) -> dict[str, tuple[str, ...]]:
    """Return the columns of every named input; {} where one matrix is all it reads."""
    names = [port.name for port in inputs]
    strange = [name for name in told.inputs if name not in names]
    if strange:
        msg = (
            f"the model has no input {', '.join(strange)}; its inputs: "
            f"{', '.join(names) or 'not known'}"
        )
        raise InputError(msg)
    if len(inputs) <= 1 and not told.inputs:
        return {}
    return {name: tuple(told.inputs.get(name, (name,))) for name in names}


def _wanted(
    inputs: Sequence[KerasPort],
    feeds: Mapping[str, tuple[str, ...]],
    feature_names: Sequence[str] | None,
) -> Wanted:
    if feeds:
        return Wanted(names=tuple(dict.fromkeys(c for columns in feeds.values() for c in columns)))
    if feature_names is not None:
        return Wanted(names=tuple(feature_names))
    return Wanted(count=inputs[0].width if inputs else None)


def _answer(
    model: Any,  # noqa: ANN401
    facts: KerasFacts,
    told: KerasInput,
    feeds: Mapping[str, tuple[str, ...]],
    meaning: Meaning,
    classes: tuple[ClassLabel, ...] | None,
    *,
    multilabel: bool,
) -> Answer:
    ports = {port.name: port for port in facts.inputs}
    only = facts.inputs[0] if facts.inputs else KerasPort("input")

    def forward(rows: dict[str, pl.Series]) -> object:
        if not feeds:
            given: Any = _array(rows, only, told.nulls)
        else:
            made = {
                name: _array({column: rows[column] for column in columns}, ports[name], told.nulls)
                for name, columns in feeds.items()
            }
            given = _structured(model, made)
        return model.predict(given, batch_size=told.batch_rows, verbose=0)

    def answer(call: CallCounter, rows: object, n_rows: int) -> Prediction:
        columns = columns_of(rows)
        if not columns:
            msg = "there are no feature columns to give to the network; name some with --feature"
            raise InputError(msg)
        made = _named(call(forward, columns), [port.name for port in facts.outputs])
        array = np.asarray(pick_output(made, told.output_name))
        return read_output(array, n_rows, meaning=meaning, classes=classes, multilabel=multilabel)

    return answer


def _array(rows: dict[str, pl.Series], port: KerasPort, nulls: Nulls) -> NDArray[Any]:
    """Return the columns of one input in its type and shape."""
    if port.dtype == "string":
        texts = [
            texts_of(each, name, empty_for_null=nulls != "refuse") for name, each in rows.items()
        ]
        matrix: NDArray[Any] = np.array(texts, dtype=object).T
    else:
        matrix = matrix_of(rows, nulls=nulls).astype(port.dtype or "float32")
    if port.shape is None or len(port.shape) == 1 or port.width is None:
        return matrix
    if port.width != matrix.shape[1]:
        msg = (
            f"the input {port.name} takes {port.width} numbers a row (shape {list(port.shape)}), "
            f"and it was given {matrix.shape[1]} columns; choose them with --feature"
        )
        raise InputError(msg)
    return matrix.reshape(-1, *[length for length in port.shape if length is not None])


def _structured(model: "keras.Model", made: Mapping[str, NDArray[Any]]) -> object:
    """Return the arrays in the structure in which the model was made: a list, tuple or mapping."""
    from keras import tree

    return tree.map_structure(lambda tensor: made[tensor.name], model.input)


def _named(answer: object, names: Sequence[str]) -> object:
    if isinstance(answer, list | tuple) and len(answer) == len(names) > 1:
        return dict(zip(names, answer, strict=True))
    return answer
