"""What the config of a Keras model says: inputs, outputs, meaning, and code; nothing is run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assay.models.network_output import Meaning

COMPILED = ("compile_config", "training_config")
"""Parts that say how it was trained; they are not loaded."""
FUNCTION = "__lambda__"
CODE = {"Lambda", FUNCTION, "TorchModuleWrapper", "TFSMLayer", "JaxLayer", "FlaxLayer"}
"""Layers that hold a function, a pickle or a program."""
CROSSENTROPIES = {"categoricalcrossentropy", "sparsecategoricalcrossentropy", "binarycrossentropy"}
DISTANCES = {
    "mse",
    "mae",
    "mape",
    "msle",
    "huber",
    "logcosh",
    "poisson",
    "meansquarederror",
    "meanabsoluteerror",
    "meanabsolutepercentageerror",
    "meansquaredlogarithmicerror",
}
Config = Mapping[str, Any]


@dataclass(frozen=True)
class KerasPort:
    """An input or output layer: its name, type, and shape without the rows where it is known.

    `activation` is that of an output layer, "" when the config does not say.
    """

    name: str
    dtype: str = ""
    shape: tuple[int | None, ...] | None = None
    activation: str = ""

    @property
    def width(self) -> int | None:
        """Numbers a row, where they are fixed."""
        if self.shape is None:
            return None
        product = 1
        for length in self.shape:
            if length is None:
                return None
            product *= length
        return product


@dataclass(frozen=True)
class KerasFacts:
    """What a config says.

    Parameters
    ----------
    class_name : str
    inputs, outputs : tuple of KerasPort
        Empty where the config does not tell (models written as classes).
    n_layers : int
    loss : str
        As it was trained, in lower case without underscores; "" when it does not say.
    from_logits : bool
        Whether the loss was given logits.
    code : tuple of str
        Layers that hold code.
    own : tuple of str
        Classes and functions that are not Keras's own.
    """

    class_name: str = ""
    inputs: tuple[KerasPort, ...] = ()
    outputs: tuple[KerasPort, ...] = ()
    n_layers: int = 0
    loss: str = ""
    from_logits: bool = False
    code: tuple[str, ...] = ()
    own: tuple[str, ...] = ()

    def meaning(self, output: KerasPort | None) -> tuple[Meaning, bool]:
        """Say what an output stands for, and whether its columns stand each by themselves."""
        activation = "" if output is None else output.activation
        several = output is not None and (output.width or 0) > 1
        if activation == "softmax":
            return "probability", False
        if activation == "sigmoid":
            return "probability", several
        if self.loss in CROSSENTROPIES and self.from_logits:
            return "logits", several and self.loss == "binarycrossentropy"
        if self.loss in DISTANCES:
            return "number", False
        return "auto", False


def read_config(config: Config) -> KerasFacts:
    """Read the config of a whole model, as ``config.json`` or ``model.to_json()`` has it.

    Examples
    --------
    >>> layers = [{"class_name": "Dense", "config": {"name": "d", "units": 1,
    ...                                              "activation": "sigmoid"}}]
    >>> read_config({"class_name": "Sequential", "config": {"layers": layers}}).outputs
    (KerasPort(name='d', dtype='', shape=(1,), activation='sigmoid'),)
    """
    inner = config.get("config")
    layers = _layers(inner)
    compiled = config.get("compile_config") or config.get("training_config") or {}
    loss, from_logits = _loss(compiled.get("loss") if isinstance(compiled, Mapping) else None)
    return KerasFacts(
        class_name=str(config.get("class_name", "")),
        inputs=_inputs(inner, layers),
        outputs=_outputs(inner, layers),
        n_layers=len(layers),
        loss=loss,
        from_logits=from_logits,
        code=_code(inner),
        own=tuple(sorted({name for each in _walk(config) if (name := _own(each))})),
    )


def _layers(inner: object) -> list[Config]:
    found = inner.get("layers", []) if isinstance(inner, Mapping) else inner
    if not isinstance(found, list):
        return []
    return [layer for layer in found if isinstance(layer, Mapping)]


def _inputs(inner: object, layers: Sequence[Config]) -> tuple[KerasPort, ...]:
    named = {_name(layer): layer for layer in layers}
    order = _ends(inner, "input_layers")
    if order:
        return tuple(_input(named[name]) for name in order if name in named)
    first = layers[0] if layers else None
    if first is not None and _input_shape(first) is not None:
        return (_input(first),)
    built = inner.get("build_input_shape") if isinstance(inner, Mapping) else None
    if isinstance(built, list) and built and not isinstance(built[0], list):
        return (KerasPort("input", shape=tuple(built[1:])),)
    return ()


def _input(layer: Config) -> KerasPort:
    shape = _input_shape(layer)
    dtype = layer["config"].get("dtype", "")
    return KerasPort(
        _name(layer),
        dtype if isinstance(dtype, str) else "",
        None if shape is None else tuple(shape[1:]),
    )


def _input_shape(layer: Config) -> list[int | None] | None:
    inner = layer.get("config")
    if not isinstance(inner, Mapping):
        return None
    return inner.get("batch_shape") or inner.get("batch_input_shape")


def _outputs(inner: object, layers: Sequence[Config]) -> tuple[KerasPort, ...]:
    named = {_name(layer): layer for layer in layers}
    order = _ends(inner, "output_layers")
    last = [named[name] for name in order if name in named] if order else list(layers[-1:])
    return tuple(_output(layer) for layer in last)


def _output(layer: Config) -> KerasPort:
    inner = layer.get("config")
    deeper = _outputs(inner, _layers(inner)) if isinstance(inner, Mapping) else ()
    if len(deeper) == 1:
        return KerasPort(_name(layer), deeper[0].dtype, deeper[0].shape, deeper[0].activation)
    assert isinstance(inner, Mapping)
    units = inner.get("units")
    activation = _plain(inner.get("activation"))
    if layer.get("class_name") == "Softmax":
        activation = "softmax"
    return KerasPort(_name(layer), "", None if units is None else (units,), activation)


def _ends(inner: object, which: str) -> list[str]:
    """Return names of layers, of ``["a", 0, 0]`` or ``[["a", 0, 0], …]`` or a mapping of such."""
    ends = inner.get(which) if isinstance(inner, Mapping) else None
    if isinstance(ends, Mapping):
        ends = list(ends.values())
    if not isinstance(ends, list) or not ends:
        return []
    if isinstance(ends[0], str):
        ends = [ends]
    return [str(end[0]) for end in ends if isinstance(end, list) and end]


def _name(layer: Config) -> str:
    inner = layer.get("config")
    inside = inner.get("name") if isinstance(inner, Mapping) else None
    return str(layer.get("name") or inside or layer.get("class_name"))


def _plain(value: object) -> str:
    """Return the name of a function that is written as text or as a config."""
    if isinstance(value, Mapping):
        value = value.get("config") if value.get("class_name") == "function" else None
    return value if isinstance(value, str) else ""


def _loss(value: object) -> tuple[str, bool]:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, str):
        return value.lower().replace("_", ""), False
    if isinstance(value, Mapping) and isinstance(value.get("class_name"), str):
        inner = value.get("config")
        if value["class_name"] == "function":
            return _plain(value).lower().replace("_", ""), False
        logits = isinstance(inner, Mapping) and bool(inner.get("from_logits"))
        return value["class_name"].lower(), logits
    return "", False


def _walk(value: object) -> Iterator[Config]:
    if isinstance(value, Mapping):
        yield value
        for name, each in value.items():
            if name not in COMPILED:
                yield from _walk(each)
    elif isinstance(value, list):
        for each in value:
            yield from _walk(each)


def _code(inner: object) -> tuple[str, ...]:
    found = [each for each in _walk(inner) if each.get("class_name") in CODE]
    layers = {_title(each) for each in found if each["class_name"] != FUNCTION}
    return tuple(sorted(layers)) or tuple({"a lambda function" for _ in found})


def _title(config: Config) -> str:
    inner = config.get("config")
    name = inner.get("name") if isinstance(inner, Mapping) else None
    return f"{config['class_name']} {name!r}" if name else str(config["class_name"])


def _own(config: Config) -> str:
    """Return the name of a class or function that is not Keras's own; "" for the others."""
    kind, module = config.get("class_name"), config.get("module")
    if not isinstance(kind, str) or kind.startswith("__"):
        return ""
    if isinstance(module, str) and module.partition(".")[0] not in ("keras", "builtins"):
        return f"{module}.{kind}"
    registered = config.get("registered_name")
    if module is None and isinstance(registered, str) and registered:
        return registered
    return ""
