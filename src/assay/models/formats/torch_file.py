"""What a file of PyTorch holds, told without running anything in it."""

import json
import math
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from assay.errors import InputError, MissingExtraError
from assay.models.formats.place import ModelPlace

if TYPE_CHECKING:
    from types import ModuleType

Holds = Literal["weights", "objects", "script", "export", "safetensors"]

TORCH_PICKLE = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
"""How files begin that torch saved before 1.6, or without its zip archive."""
SAFETENSORS = re.compile(rb".{8}\{\s*\"", re.DOTALL)
UNSAFE = re.compile(r"Unsupported (?:global: GLOBAL|class) ([\w.]+)")
SHOWN = 10


@dataclass(frozen=True)
class Tensor:
    """One named array of weights: its name, type and shape."""

    name: str
    dtype: str
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)

    def __str__(self) -> str:
        return f"{self.name} {list(self.shape)}"


def holds(place: ModelPlace) -> Holds | None:
    """Say what kind of PyTorch file a place is; None for what is none.

    "weights" stands for every pickle of torch until `unsafe_names` says that it holds objects.
    """
    if place.head.startswith(TORCH_PICKLE):
        return "weights"
    if place.head.startswith(b"PK"):
        inner = {name.partition("/")[2] for name in place.members}
        if "archive_format" in inner or "serialized_exported_program.json" in place.members:
            return "export"
        if "data.pkl" in inner:
            return "script" if "constants.pkl" in inner else "weights"
        return None
    if SAFETENSORS.match(place.head[:64]) and _header_size(place.head) > 0:
        return "safetensors"
    return None


def require_torch(purpose: str) -> "ModuleType":
    """Import torch, or say which extra brings it.

    Raises
    ------
    MissingExtraError
        If torch is not installed.
    """
    try:
        import torch
    except ImportError as error:
        raise MissingExtraError(library="torch", extra="torch", purpose=purpose) from error
    return torch


def read_header(path: Path) -> tuple[Tensor, ...]:
    """Return the tensors that a safetensors file says it holds; reads no weights.

    Raises
    ------
    InputError
        If the file is cut off or damaged.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        length = _header_size(file.read(8))
        raw = file.read(length) if length < size else b""
    try:
        header = json.loads(raw)
        found = [
            (Tensor(name, each["dtype"], tuple(each["shape"])), each["data_offsets"][1])
            for name, each in header.items()
            if name != "__metadata__"
        ]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        msg = f"{path} is cut off or damaged: its header cannot be read; save the weights again"
        raise InputError(msg) from None
    needed = 8 + length + max((end for _, end in found), default=0)
    if needed > size:
        msg = (
            f"{path} is cut off: it has {size:,} bytes, and its header speaks of {needed:,}; copy "
            "or save it again"
        )
        raise InputError(msg)
    return tuple(tensor for tensor, _ in found)


def unsafe_names(path: Path) -> tuple[str, ...]:
    """Return the classes and functions in a pickle of torch that are more than weights.

    The pickle is taken apart or read by torch's own reader of weights, which runs nothing.

    Raises
    ------
    InputError
        If the file is damaged.
    """
    torch = require_torch(f"to read {path.name}")
    try:
        return tuple(sorted(torch.serialization.get_unsafe_globals_in_checkpoint(path)))
    except ValueError:
        pass  # an old file, which is no zip archive
    except Exception as error:
        raise InputError(damaged(path, error)) from error
    try:
        read_weights(path, shapes_only=True)
    except InputError as error:
        found = UNSAFE.findall(str(error.__cause__))
        if not found:
            raise
        return tuple(found)
    return ()


def read_weights(path: Path, *, shapes_only: bool = False) -> object:
    """Read what torch saved with its reader of weights, which builds no other objects.

    Raises
    ------
    InputError
        If the file is damaged or holds anything else.
    """
    torch = require_torch(f"to read {path.name}")
    try:
        # An open file, since torch goes by the suffix of a path.
        with quietly(), path.open("rb") as file:
            return torch.load(
                file, map_location="meta" if shapes_only else "cpu", weights_only=True
            )
    except MemoryError:
        raise
    except Exception as error:
        raise InputError(damaged(path, error)) from error


def weights_in(path: Path, content: object, key: str | None) -> dict[str, Any]:
    """Return the tensors by name in what was read: all of it, or one entry of a checkpoint.

    Raises
    ------
    InputError
        If there are none, or several entries could be meant.
    """
    if not isinstance(content, Mapping):
        msg = (
            f"{path} holds a {type(content).__name__}, and neither weights by name nor a network; "
            "save model.state_dict()"
        )
        raise InputError(msg)
    if key is None and _are_weights(content):
        return dict(content)
    entries = {str(name): value for name, value in content.items() if _are_weights(value)}
    if key is None and len(entries) == 1:
        return dict(next(iter(entries.values())))
    if key in entries:
        return dict(entries[key])
    listed = ", ".join(map(str, list(content)[:SHOWN]))
    wrong = "weights are in none of them" if not entries else f"weights: {', '.join(entries)}"
    asked = "" if key is None else f", and no weights under {key!r}"
    msg = (
        f"{path} is a checkpoint with the entries {listed}{asked} ({wrong}); name the one with "
        "the weights: --model-option state_key=NAME"
    )
    raise InputError(msg)


def tensors_of(weights: Mapping[str, Any]) -> tuple[Tensor, ...]:
    """Describe tensors by name."""
    return tuple(
        Tensor(name, str(value.dtype).removeprefix("torch."), tuple(value.shape))
        for name, value in weights.items()
        if hasattr(value, "shape")
    )


@contextmanager
def quietly() -> Iterator[None]:
    """Keep torch's own warnings about old files to itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def damaged(path: Path, error: Exception) -> str:
    """Say in one paragraph that a file cannot be read."""
    text = " ".join(str(error).split())[:200]
    return (
        f"{path} cannot be read by PyTorch ({type(error).__name__}: {text}); it is cut off, "
        "damaged or no model: copy it again, or save the model again"
    )


def _are_weights(value: object) -> bool:
    if not isinstance(value, Mapping) or not value:
        return False
    return (
        all(isinstance(name, str) for name in value)
        and any(hasattr(each, "shape") and hasattr(each, "dtype") for each in value.values())
        and not any(isinstance(each, Mapping) for each in value.values())
    )


def _header_size(head: bytes) -> int:
    return int.from_bytes(head[:8], "little")
