"""ONNX files without any library for them: what goes in, what comes out, what is between."""

import math
import mmap
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from assay.errors import InputError
from assay.models.formats.inspection import Port
from assay.models.formats.protobuf import (
    BYTES,
    VARINT,
    ProtobufError,
    read_fields,
    read_varint,
    signed,
)
from assay.models.predictor import ClassLabel

# Numbers of the fields in onnx.proto, by message.
MODEL_GRAPH, MODEL_OPSETS, MODEL_PROPERTIES = 7, 8, 14
MODEL_FIELDS = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26})
GRAPH_NODES, GRAPH_INITIALIZERS, GRAPH_INPUTS, GRAPH_OUTPUTS = 1, 5, 11, 12
TENSOR_DIMS, TENSOR_TYPE, TENSOR_TEXTS = 1, 2, 6
TENSOR_WHOLES = (5, 7)
TENSOR_NAME, TENSOR_RAW, TENSOR_EXTERNAL = 8, 9, 13
NODE_INPUTS, NODE_OUTPUTS, NODE_OPERATION, NODE_ATTRIBUTES = 1, 2, 4, 5
ATTRIBUTE_NAME, ATTRIBUTE_TENSOR, ATTRIBUTE_GRAPH = 1, 5, 6
ATTRIBUTE_WHOLES, ATTRIBUTE_TEXTS, ATTRIBUTE_GRAPHS = 8, 9, 11
TYPE_TENSOR = 1
CLASS_ATTRIBUTES = "classlabels_"
TYPES = {
    1: "float32",
    2: "uint8",
    3: "int8",
    4: "uint16",
    5: "int16",
    6: "int32",
    7: "int64",
    8: "text",
    9: "bool",
    10: "float16",
    11: "float64",
    12: "uint32",
    13: "uint64",
}
"""Number of an element's type → its name."""
SMALL = 100_000
"""Lists of classes are not longer; longer constants are weights, which are not read."""


@dataclass(frozen=True)
class Node:
    """One operation.

    Parameters
    ----------
    operation : str
    inputs, outputs : tuple of str
        Names of values.
    classes : tuple
        What it says of classes, () for nearly all.
    """

    operation: str
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    classes: tuple[ClassLabel, ...] = ()


@dataclass(frozen=True)
class OnnxFile:
    """What an ONNX file says.

    Parameters
    ----------
    inputs, outputs : tuple of Port
    nodes : tuple of Node
    constants : dict of str to tuple
        Short lists of integers or text that the file holds.
    producer, producer_version : str
    ir_version : int
    opsets : dict of str to int
        Domain of operations → its version.
    properties : dict of str to str
    external : tuple of str
        Other files with weights, as it names them.
    """

    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    nodes: tuple[Node, ...]
    constants: dict[str, tuple[ClassLabel, ...]] = field(default_factory=dict)
    producer: str = ""
    producer_version: str = ""
    ir_version: int = 0
    opsets: dict[str, int] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    external: tuple[str, ...] = ()


def looks_like_onnx(head: bytes) -> bool:
    """Whether the first bytes of a file are those of an ONNX model."""
    if not head.startswith(b"\x08"):  # its version, which every writer puts first
        return False
    data, place, number = memoryview(head), 0, 0
    try:
        while place < len(data) and number != MODEL_GRAPH:
            key, place = read_varint(data, place)
            number, kind = key >> 3, key & 7
            if number not in MODEL_FIELDS or kind not in (VARINT, BYTES):
                return False
            width, place = read_varint(data, place)
            place += width if kind == BYTES else 0
    except ProtobufError:
        return False
    return number == MODEL_GRAPH or place > len(data)


def read_onnx(path: Path) -> OnnxFile:
    """Read an ONNX file; weights are passed over.

    Raises
    ------
    InputError
        If it is cut off or damaged.
    """
    with path.open("rb") as file:
        # It is closed with its last view; an error that is raised still holds some.
        whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    try:
        return _model(memoryview(whole))
    except (ProtobufError, UnicodeDecodeError, ValueError) as error:
        what = " ".join(str(error).split())[:200]
        msg = f"the ONNX model {path} is cut off or damaged: {what}; save or copy it again"
        raise InputError(msg) from None


def _model(data: memoryview) -> OnnxFile:
    found: dict[int, list[int | memoryview]] = {}
    for number, value in read_fields(data):
        found.setdefault(number, []).append(value)
    if MODEL_GRAPH not in found:
        msg = "it has no graph"
        raise ProtobufError(msg)
    graph = _Graph()
    graph.read(_bytes(found[MODEL_GRAPH][-1]))
    opsets = [_texts_and_numbers(_bytes(each)) for each in found.get(MODEL_OPSETS, [])]
    pairs = [_texts_and_numbers(_bytes(each)) for each in found.get(MODEL_PROPERTIES, [])]
    return OnnxFile(
        inputs=tuple(port for port in graph.inputs if port.name not in graph.initialized),
        outputs=tuple(graph.outputs),
        nodes=tuple(graph.nodes),
        constants=graph.constants,
        producer=_text(found.get(2, [memoryview(b"")])[-1]),
        producer_version=_text(found.get(3, [memoryview(b"")])[-1]),
        ir_version=_whole(found.get(1, [0])[-1]),
        opsets={str(each.get(1, "")) or "ai.onnx": int(each.get(2, 0)) for each in opsets},
        properties={str(each.get(1, "")): str(each.get(2, "")) for each in pairs},
        external=tuple(dict.fromkeys(graph.external)),
    )


class _Graph:
    """Gathers what a graph and those inside it hold."""

    def __init__(self) -> None:
        self.inputs: list[Port] = []
        self.outputs: list[Port] = []
        self.nodes: list[Node] = []
        self.initialized: set[str] = set()
        self.constants: dict[str, tuple[ClassLabel, ...]] = {}
        self.external: list[str] = []

    def read(self, data: memoryview) -> None:
        for number, value in read_fields(data):
            if number == GRAPH_NODES:
                self.nodes.append(self._node(_bytes(value)))
            elif number == GRAPH_INITIALIZERS:
                name, values = self._tensor(_bytes(value))
                self.initialized.add(name)
                if values:
                    self.constants[name] = values
            elif number == GRAPH_INPUTS:
                self.inputs.append(_port(_bytes(value)))
            elif number == GRAPH_OUTPUTS:
                self.outputs.append(_port(_bytes(value)))

    def _node(self, data: memoryview) -> Node:
        inputs, outputs, operation, classes = [], [], "", ()
        for number, value in read_fields(data):
            if number == NODE_INPUTS:
                inputs.append(_text(value))
            elif number == NODE_OUTPUTS:
                outputs.append(_text(value))
            elif number == NODE_OPERATION:
                operation = _text(value)
            elif number == NODE_ATTRIBUTES:
                classes = self._attribute(_bytes(value), outputs) or classes
        return Node(operation, tuple(inputs), tuple(outputs), classes)

    def _attribute(self, data: memoryview, outputs: list[str]) -> tuple[ClassLabel, ...]:
        """Return the classes that an attribute names; note constants and files of weights."""
        name, wholes, texts = "", [], []
        for number, value in read_fields(data):
            if number == ATTRIBUTE_NAME:
                name = _text(value)
            elif number == ATTRIBUTE_WHOLES and name.startswith(CLASS_ATTRIBUTES):
                wholes += _numbers(value)
            elif number == ATTRIBUTE_TEXTS and name.startswith(CLASS_ATTRIBUTES):
                texts.append(_text(value))
            elif number == ATTRIBUTE_TENSOR:
                _, values = self._tensor(_bytes(value))
                if values and outputs and name == "value":
                    self.constants[outputs[0]] = values
            elif number in (ATTRIBUTE_GRAPH, ATTRIBUTE_GRAPHS):
                inner = _Graph()
                inner.read(_bytes(value))
                self.external += inner.external
        return tuple(texts or wholes)

    def _tensor(self, data: memoryview) -> tuple[str, tuple[ClassLabel, ...]]:
        """Return a tensor's name, and its values if it is a short list of integers or text."""
        name, kind, size, raw = "", 0, 1, memoryview(b"")
        wholes: list[int] = []
        texts: list[str] = []
        for number, value in read_fields(data):
            if number == TENSOR_DIMS:
                size *= math.prod(_numbers(value))
            elif number == TENSOR_TYPE:
                kind = _whole(value)
            elif number == TENSOR_TEXTS and size <= SMALL:
                texts.append(_text(value))
            elif number in TENSOR_WHOLES and size <= SMALL:
                wholes += _numbers(value)
            elif number == TENSOR_NAME:
                name = _text(value)
            elif number == TENSOR_RAW:
                raw = _bytes(value)
            elif number == TENSOR_EXTERNAL:
                pair = _texts_and_numbers(_bytes(value))
                if pair.get(1) == "location":
                    self.external.append(str(pair.get(2, "")))
        dtype = {"int64": "<i8", "int32": "<i4"}.get(TYPES.get(kind, ""))
        if raw and dtype is not None and size <= SMALL:
            wholes = np.frombuffer(raw, dtype).tolist()
        return name, tuple(texts or wholes)


def _port(data: memoryview) -> Port:
    name, port = "", Port(name="")
    for number, value in read_fields(data):
        if number == 1:
            name = _text(value)
        elif number == 2:
            port = _type(_bytes(value))
    return replace(port, name=name)


def _type(data: memoryview) -> Port:
    """Read a type: of a tensor with its shape, or the name of what else it is."""
    for number, value in read_fields(data):
        if number != TYPE_TENSOR:
            names = {4: "sequence", 5: "map", 8: "sparse tensor", 9: "optional"}
            if number in names:
                return Port(name="", type=names[number])
            continue
        kind, shape = "", ()
        for part, inner in read_fields(_bytes(value)):
            if part == 1:
                kind = TYPES.get(_whole(inner), f"type {_whole(inner)}")
            elif part == 2:
                shape = tuple(
                    _dimension(_bytes(each)) for at, each in read_fields(_bytes(inner)) if at == 1
                )
        return Port(name="", type=kind, shape=shape)
    return Port(name="")


def _dimension(data: memoryview) -> int | str | None:
    for number, value in read_fields(data):
        if number == 1:
            length = signed(_whole(value))
            return length if length >= 0 else None
        if number == 2:
            text = _text(value)
            return None if text in ("", "?") else text
    return None


def _texts_and_numbers(data: memoryview) -> dict[int, int | str]:
    return {
        number: value if isinstance(value, int) else _text(value)
        for number, value in read_fields(data)
    }


def _numbers(value: int | memoryview) -> list[int]:
    """Read a repeated integer, which is one number or many of them packed."""
    if isinstance(value, int):
        return [signed(value)]
    made, place = [], 0
    while place < len(value):
        number, place = read_varint(value, place)
        made.append(signed(number))
    return made


def _bytes(value: int | memoryview) -> memoryview:
    if isinstance(value, int):
        msg = "a number stands where a part belongs"
        raise ProtobufError(msg)
    return value


def _whole(value: int | memoryview) -> int:
    if not isinstance(value, int):
        msg = "a part stands where a number belongs"
        raise ProtobufError(msg)
    return value


def _text(value: int | memoryview) -> str:
    return bytes(_bytes(value)).decode()
