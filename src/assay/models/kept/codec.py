"""A Prediction in, an Arrow table out, and back, to the last bit and with the same types."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assay.models.predictor import ClassLabel, Prediction

ABOUT = b"assay"
"""Where in the table's metadata the shape of the answer is described."""
TAGS: dict[str, type[bool] | type[int] | type[float] | type[str]] = {
    "bool": bool,
    "int": int,
    "float": float,
    "str": str,
}


class UnstorableError(ValueError):
    """An answer holds labels that are no texts, numbers or truth values."""


def encode(prediction: Prediction) -> pa.Table:
    """Return an answer as a table with a row for each row.

    Raises
    ------
    UnstorableError
        If its labels cannot be written.

    Examples
    --------
    >>> decode(encode(Prediction(labels=np.array(["no", "yes"])))).labels.tolist()
    ['no', 'yes']
    """
    columns: dict[str, pa.Array] = {}
    about: dict[str, Any] = {"multilabel": prediction.multilabel}
    if prediction.classes is not None:
        about["classes"] = [_tag(label) for label in prediction.classes]
    if prediction.labels is not None:
        columns["labels"], about["labels"] = _encode_labels(prediction.labels)
    for name in ("values", "probabilities"):
        numbers = getattr(prediction, name)
        if numbers is not None:
            columns[name] = _encode_numbers(numbers)
    if not columns:
        msg = "an answer without labels, values and probabilities"
        raise UnstorableError(msg)
    return pa.table(columns).replace_schema_metadata({ABOUT: json.dumps(about)})


def decode(table: pa.Table) -> Prediction:
    """Read back what `encode` wrote."""
    about = json.loads((table.schema.metadata or {})[ABOUT])
    classes = about.get("classes")
    found: dict[str, Any] = {
        name: _decode_numbers(table[name])
        for name in ("values", "probabilities")
        if name in table.column_names
    }
    if "labels" in table.column_names:
        found["labels"] = _decode_labels(table["labels"], about["labels"])
    known = None if classes is None else tuple(_untag(label) for label in classes)
    return Prediction(**found, classes=known, multilabel=about["multilabel"])


def cut(prediction: Prediction, start: int, stop: int) -> Prediction:
    """Return the answer for the rows from `start` up to `stop` of those that it is for."""
    labels, values, scores = prediction.labels, prediction.values, prediction.probabilities
    return Prediction(
        labels=None if labels is None else labels[start:stop],
        values=None if values is None else values[start:stop],
        probabilities=None if scores is None else scores[start:stop],
        classes=prediction.classes,
        multilabel=prediction.multilabel,
    )


def join(answers: Sequence[Prediction]) -> Prediction | None:
    """Put answers one after the other; None where they are of different kinds.

    Examples
    --------
    >>> parts = [Prediction(values=np.array([1.0])), Prediction(values=np.array([2.0]))]
    >>> join(parts).values.tolist()
    [1.0, 2.0]
    """
    first = answers[0]
    if len(answers) == 1:
        return first
    joined: dict[str, Any] = {}
    for name in ("labels", "values", "probabilities"):
        pieces = [getattr(each, name) for each in answers]
        if all(piece is None for piece in pieces):
            continue
        shapes = {
            None if piece is None else (piece.dtype.kind, piece.shape[1:]) for piece in pieces
        }
        if len(shapes) > 1:
            return None
        joined[name] = np.concatenate(pieces)
    if any(each.classes != first.classes for each in answers):
        return None
    return Prediction(**joined, classes=first.classes, multilabel=first.multilabel)


def alike(tables: Sequence[pa.Table]) -> bool:
    """Whether tables of answers can be put one after the other as they are."""
    return all(table.schema.equals(tables[0].schema, check_metadata=True) for table in tables)


def _encode_numbers(numbers: NDArray[Any]) -> pa.Array:
    flat = np.ascontiguousarray(numbers)
    if flat.ndim == 1:
        return pa.array(flat)
    return pa.FixedSizeListArray.from_arrays(pa.array(flat.reshape(-1)), flat.shape[1])


def _decode_numbers(column: pa.ChunkedArray) -> NDArray[Any]:
    array = column.combine_chunks()
    if not pa.types.is_fixed_size_list(array.type):
        return array.to_numpy(zero_copy_only=False)
    return array.flatten().to_numpy(zero_copy_only=False).reshape(-1, array.type.list_size)


def _encode_labels(labels: NDArray[Any]) -> tuple[pa.Array, dict[str, Any]]:
    about: dict[str, Any] = {"dtype": labels.dtype.str}
    if labels.dtype.kind in "biuf":
        return _encode_numbers(labels), about
    if labels.dtype.kind not in "UO" or labels.ndim != 1:
        msg = f"labels of type {labels.dtype} and {labels.ndim} dimensions"
        raise UnstorableError(msg)
    about["dtype"] = labels.dtype.kind
    listed = labels.tolist()
    try:
        if all(type(label) is str for label in listed):
            return pa.array(listed, pa.large_string()).dictionary_encode(), about
        places: dict[tuple[str, Any], int] = {}
        codes = [places.setdefault(_tag(label), len(places)) for label in listed]
    except (UnicodeError, TypeError, pa.ArrowException) as error:
        msg = f"labels that cannot be written ({error})"
        raise UnstorableError(msg) from error
    about["vocabulary"] = list(places)
    return pa.array(codes, pa.int32()), about


def _decode_labels(column: pa.ChunkedArray, about: dict[str, Any]) -> NDArray[Any]:
    dtype = str(about["dtype"])
    if dtype not in ("U", "O"):
        numbers = _decode_numbers(column)
        return numbers.astype(np.dtype(dtype), copy=False)
    array = column.combine_chunks()
    if "vocabulary" in about:
        words, codes = [_untag(label) for label in about["vocabulary"]], array
    else:
        words, codes = array.dictionary.to_pylist(), array.indices
    known = np.empty(len(words), dtype=object)
    known[:] = words
    if dtype == "U":
        known = known.astype(np.str_)
    return known[codes.to_numpy(zero_copy_only=False)]


def _tag(label: object) -> tuple[str, Any]:
    """Name a label's type, so that 1, 1.0, True and "1" stay what they are."""
    plain = label.item() if isinstance(label, np.generic) else label
    for tag, kind in TAGS.items():
        if type(plain) is kind:
            return tag, plain.hex() if isinstance(plain, float) else plain
    msg = f"labels of type {type(plain).__name__}"
    raise UnstorableError(msg)


def _untag(tagged: Sequence[Any]) -> ClassLabel:
    tag, value = tagged
    return float.fromhex(value) if tag == "float" else TAGS[tag](value)
