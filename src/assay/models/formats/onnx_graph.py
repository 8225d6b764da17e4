"""What the graph of an ONNX model tells of its outputs: probabilities, classes, quantities."""

import json
from collections.abc import Iterator, Sequence
from typing import Literal

from assay.models.formats.onnx_file import Node, OnnxFile
from assay.models.predictor import ClassLabel

PASSING = frozenset({"Identity", "Reshape", "Cast", "Squeeze", "Unsqueeze", "Flatten", "Clip"})
"""Operations that leave values what they were."""
PROBABILITIES = frozenset({"Softmax", "Sigmoid", "HardSigmoid", "ZipMap"})
REGRESSORS = frozenset({"LinearRegressor", "SVMRegressor", "TreeEnsembleRegressor"})
REGRESSOR_OUTPUT = "variable"
"""How skl2onnx names the output of every regressor."""
CONVERTER, CLASSES = "skl2onnx", "classes"
"""Who keeps the list of classes under which name."""
PROPERTIES = ("classes", "class_names", "labels", "id2label", "names")
"""Where exporters write the names of the classes, as JSON."""

Meaning = Literal["probability", "number", ""]


def meaning_of(model: OnnxFile, output: str) -> Meaning:
    """Tell by the last operation what an output is; "" where it does not show."""
    node = _origin(model, output)
    if node is None:
        return ""
    if node.operation in PROBABILITIES:
        return "probability"
    number = node.operation in REGRESSORS or output == REGRESSOR_OUTPUT
    return "number" if number else ""


def classes_of(
    model: OnnxFile, outputs: Sequence[str], count: int | None
) -> tuple[ClassLabel, ...] | None:
    """Return the classes that the file names, in the order of the scores; None where it does not.

    Parameters
    ----------
    model : OnnxFile
    outputs : sequence of str
        Those with the predicted class and the scores.
    count : int or None
        How many classes there are, where that is known.
    """
    for found in _candidates(model, outputs):
        if found and count in (None, len(found)):
            return found
    return None


def _candidates(
    model: OnnxFile, outputs: Sequence[str]
) -> Iterator[tuple[ClassLabel, ...] | None]:
    """Yield lists of classes, the surest first: a graph may hold those of its parts too."""
    origins = [node for node in (_origin(model, name) for name in outputs) if node is not None]
    for node in origins:
        yield node.classes
        if node.operation == "ArrayFeatureExtractor":
            yield model.constants.get(node.inputs[0])
    if model.producer == CONVERTER:
        yield model.constants.get(CLASSES)
    for key in PROPERTIES:
        yield _listed(model.properties.get(key, ""))
    for node in reversed(model.nodes):
        yield node.classes


def is_place_of_greatest(model: OnnxFile, label: str) -> bool:
    """Whether an output is the number of the class with the greatest score."""
    node = _origin(model, label)
    return node is not None and node.operation == "ArgMax"


def _origin(model: OnnxFile, name: str) -> Node | None:
    """Return the operation that makes a value, behind those that only pass it on."""
    makers = {output: node for node in model.nodes for output in node.outputs}
    node = makers.get(name)
    for _ in model.nodes:
        if node is None or node.operation not in PASSING or not node.inputs:
            break
        node = makers.get(node.inputs[0])
    return node


def _listed(text: str) -> tuple[ClassLabel, ...]:
    try:
        read = json.loads(text)
    except ValueError:
        return ()
    if isinstance(read, dict):  # {"0": "cat", "1": "dog"}
        places = [str(place) for place in range(len(read))]
        read = [read[place] for place in places] if set(read) == set(places) else []
    plain = isinstance(read, list) and all(isinstance(each, str | int) for each in read)
    return tuple(read) if plain else ()
