"""PyTorch: weights beside a factory without trust; whole networks, scripts and exports with it."""

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from assay.errors import InputError, UntrustedModelError
from assay.models.formats.format import FormatOptions, LoadRequest
from assay.models.formats.inspection import Inspection
from assay.models.formats.pickle_file import load_pickle
from assay.models.formats.place import ModelPlace, digest_place
from assay.models.formats.torch_factory import (
    build_module,
    digest_with_code,
    fill,
    find_factory,
)
from assay.models.formats.torch_file import (
    Holds,
    Tensor,
    damaged,
    holds,
    quietly,
    read_header,
    read_weights,
    require_torch,
    tensors_of,
    unsafe_names,
    weights_in,
)
from assay.models.formats.torch_options import TorchOptions
from assay.models.predictor import Predictor
from assay.models.torch_module import wrap_module
from assay.result import Finding

SHOWN = 8
TITLES: dict[Holds, str] = {
    "weights": "PyTorch weights (state dict)",
    "safetensors": "safetensors weights",
    "objects": "PyTorch pickle with objects",
    "script": "TorchScript archive",
    "export": "torch.export program",
}
WHY: dict[Holds, str] = {
    "weights": "torch's reader of weights builds tensors and nothing else; the network is built "
    "by the factory that you name",
    "safetensors": "safetensors holds arrays and a header; the network is built by the factory "
    "that you name",
    "objects": "it holds more than weights, and loading a pickle runs whatever code is in it",
    "script": "a TorchScript archive is a program, and PyTorch says to treat it like code of an "
    "unknown source",
    "export": "an exported program is a program, and torch.export.load uses pickle: PyTorch says "
    "never to load one from an untrusted source",
}


class TorchFormat:
    """State dicts, pickled modules, TorchScript and torch.export programs."""

    name = "torch"
    title = "a PyTorch model (.pt, .pth, .pt2) or weights (.safetensors)"
    options: type[FormatOptions] = TorchOptions

    def recognizes(self, place: ModelPlace) -> bool:
        """Whether it is an archive or pickle of torch, or a safetensors file."""
        return holds(place) is not None

    def inspect(self, place: ModelPlace, options: FormatOptions) -> Inspection:
        """Say what it holds, by torch's reader of weights; nothing in it is run."""
        told = cast("TorchOptions", options)
        kind, tensors, facts = _look(place, told)
        needs = kind in ("weights", "safetensors")
        advice = "If you know who made it and trust them: --trust-model"
        if needs:
            advice = "--model-option factory=package.module:function names what builds the network"
        return Inspection(
            place=place.text,
            format=self.name,
            title=TITLES[kind],
            runs_code=not needs,
            code=WHY[kind],
            library="PyTorch",
            digest=digest_place(place.file),
            size=place.file.stat().st_size,
            facts={**facts, **_facts(tensors)},
            advice=f"{advice}; its output: --model-option output=logits|probability|number",
        )

    def load(self, place: ModelPlace, request: LoadRequest, options: FormatOptions) -> Predictor:
        """Build the network with the factory and fill it, or load the whole of it with trust."""
        told = cast("TorchOptions", options)
        require_torch(f"to load {place.name}")
        kind = _kind(place)
        if kind in ("objects", "script", "export") and not request.trust:
            raise UntrustedModelError(_refusal(place, kind))
        digest = digest_place(place.file)
        findings: tuple[Finding, ...] = ()
        module: Any
        if kind == "script":
            module = _script(place.file)
        elif kind == "export":
            module = _export(place.file)
        elif kind == "objects":
            module, digest, findings = _objects(place, request, told, digest)
        else:
            module, digest = _filled(place, _weights(place, told), told, digest)
        wrapped = wrap_module(
            module,
            name=request.name or place.name,
            classes=request.classes,
            output=request.output or told.output,
            multilabel=told.multilabel,
            feature_names=request.features,
            takes=told.takes,
        )
        info = wrapped.info
        return replace(
            wrapped, info=replace(info, digest=digest, findings=(*info.findings, *findings))
        )


def _kind(place: ModelPlace) -> Holds:
    kind = holds(place)
    assert kind is not None
    return "objects" if kind == "weights" and unsafe_names(place.file) else kind


def _look(
    place: ModelPlace, told: TorchOptions
) -> tuple[Holds, tuple[Tensor, ...], dict[str, str]]:
    kind = holds(place)
    if kind == "safetensors":
        return kind, read_header(place.file), {}
    if kind in ("script", "export"):
        return kind, (), {}
    unsafe = unsafe_names(place.file)
    if unsafe:
        return "objects", (), {"objects": ", ".join(unsafe[:SHOWN])}
    content = read_weights(place.file, shapes_only=True)
    try:
        return "weights", tensors_of(weights_in(place.file, content, told.state_key)), {}
    except InputError as error:
        return "weights", (), {"weights": str(error)}


def _facts(tensors: tuple[Tensor, ...]) -> dict[str, str]:
    if not tensors:
        return {}
    shown = ", ".join(map(str, tensors[:SHOWN])) + (", …" if len(tensors) > SHOWN else "")
    return {
        "parameters": f"{sum(each.size for each in tensors):,}",
        "tensors": f"{len(tensors):,}",
        "shapes": shown,
        "types": ", ".join(sorted({each.dtype for each in tensors})),
    }


def _weights(place: ModelPlace, told: TorchOptions) -> dict[str, Any]:
    if holds(place) == "safetensors":
        weights = _safetensors(place.file)
    else:
        weights = weights_in(place.file, read_weights(place.file), told.state_key)
    if not told.strip_prefix:
        return weights
    return {name.removeprefix(told.strip_prefix): value for name, value in weights.items()}


def _safetensors(path: Path) -> dict[str, Any]:
    read_header(path)
    require_torch(f"to load {path.name}")
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except Exception as error:
        raise InputError(damaged(path, error)) from error


def _filled(
    place: ModelPlace, weights: dict[str, Any], told: TorchOptions, digest: str
) -> tuple[object, str]:
    """Return the network that the factory builds, filled; and the digest of both."""
    if told.factory is None:
        tensors = tensors_of(weights)
        msg = (
            f"{place.text} holds weights ({len(tensors):,} tensors, "
            f"{sum(each.size for each in tensors):,} numbers: "
            f"{', '.join(map(str, tensors[:3]))}, …) and not the network they belong to; name the "
            "function that builds it: --model-option factory=package.module:function or "
            "factory=file.py:function (in Python options={'factory': …})"
        )
        raise InputError(msg)
    factory = find_factory(told.factory)
    module = build_module(factory, told.factory, told.factory_args)
    fill(module, weights, place.file)
    return module, digest_with_code(digest, factory)


def _objects(
    place: ModelPlace, request: LoadRequest, told: TorchOptions, digest: str
) -> tuple[object, str, tuple[Finding, ...]]:
    """Unpickle; the file is trusted."""
    torch = require_torch(f"to load {place.name}")

    def read(path: Path) -> object:
        with quietly(), path.open("rb") as file:
            return torch.load(file, map_location="cpu", weights_only=False)

    content, findings = load_pickle(place.file, request.python_path, read=read)
    if isinstance(content, torch.nn.Module):
        return content, digest, findings
    if isinstance(content, dict) and told.factory is None:
        modules = [each for each in content.values() if isinstance(each, torch.nn.Module)]
        if len(modules) == 1:
            return modules[0], digest, findings
    weights = weights_in(place.file, content, told.state_key)
    return *_filled(place, weights, told, digest), findings


def _script(path: Path) -> object:
    torch = require_torch(f"to load {path.name}")
    try:
        with quietly():
            return torch.jit.load(str(path), map_location="cpu")
    except Exception as error:
        raise InputError(damaged(path, error)) from error


def _export(path: Path) -> object:
    require_torch(f"to load {path.name}")
    from torch import export

    try:
        with quietly(), path.open("rb") as file:
            # What was exported is in its mode for good; a function hides its switch of modes.
            graph = export.load(cast("Any", file)).module()
    except Exception as error:
        raise InputError(damaged(path, error)) from error
    return lambda *rows, **columns: graph(*rows, **columns)


def _refusal(place: ModelPlace, kind: Holds) -> str:
    names = f" ({', '.join(unsafe_names(place.file)[:SHOWN])})" if kind == "objects" else ""
    return (
        f"{place.text} is a {TITLES[kind]}{names}: {WHY[kind]}; if you know who made the file and "
        "trust them, add --trust-model (in Python trust=True), or ask for model.state_dict() and "
        "name what builds the network: --model-option factory=package.module:function"
    )


FORMAT = TorchFormat()
