"""Build a network with the user's own function, and put weights into it."""

import hashlib
import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.errors import InputError
from assay.models.formats.function_import import find_object
from assay.models.formats.place import FUNCTION

if TYPE_CHECKING:
    import torch

SHOWN = 10


def find_factory(text: str) -> Callable[..., object]:
    """Import what ``package.module:function`` or ``file.py:function`` names: it can be called.

    Raises
    ------
    InputError
        If it is written otherwise, cannot be imported or is not there.

    Examples
    --------
    >>> find_factory("collections:OrderedDict").__name__
    'OrderedDict'
    """
    named = FUNCTION.fullmatch(text)
    if named is None:
        msg = (
            f"factory={text} names no function; write package.module:function or file.py:function"
        )
        raise InputError(msg)
    found = find_object(named["module"], named["name"], f"factory={text}")
    if not callable(found):
        msg = f"factory={text} is a {type(found).__name__}, which cannot be called"
        raise InputError(msg)
    return found


def build_module(
    factory: Callable[..., object], text: str, arguments: Mapping[str, object]
) -> "torch.nn.Module":
    """Call the factory.

    Parameters
    ----------
    factory : callable
    text : str
        How the user named it, for messages.
    arguments : mapping
        By name.

    Raises
    ------
    InputError
        If it fails or returns no torch module.
    """
    import torch

    try:
        module = factory(**arguments)
    except Exception as error:
        msg = f"factory={text} failed ({type(error).__name__}: {_folded(error)}); repair it, or "
        msg += "give what it needs with --model-option factory_args='{name: value}'"
        raise InputError(msg) from error
    if not isinstance(module, torch.nn.Module):
        msg = f"factory={text} returned a {type(module).__name__} and no torch.nn.Module"
        raise InputError(msg)
    return module


def fill(module: "torch.nn.Module", weights: Mapping[str, Any], path: Path) -> None:
    """Put weights into a module: every one has to fit.

    Raises
    ------
    InputError
        If names or shapes differ, with those that do.
    """
    own = module.state_dict()
    missing = [name for name in own if name not in weights]
    unexpected = [name for name in weights if name not in own]
    differing = [
        f"{name}: {list(_shape(weights[name]))} in the file, {list(_shape(own[name]))} in the "
        "network"
        for name in own
        if name in weights and _shape(weights[name]) != _shape(own[name])
    ]
    problems = [
        f"{title}: {', '.join(map(str, names[:SHOWN]))}{', …' if len(names) > SHOWN else ''}"
        for title, names in (
            ("missing in the file", missing),
            ("unknown to the network", unexpected),
            ("of another shape", differing),
        )
        if names
    ]
    if problems:
        msg = (
            f"the weights in {path} do not fit what the factory built ({type(module).__name__}); "
            f"{'; '.join(problems)}. Build the network that was trained (factory_args), or say "
            "--model-option strip_prefix=module. if all names in the file begin so"
        )
        raise InputError(msg)
    try:
        module.load_state_dict(dict(weights), strict=True)
    except (RuntimeError, TypeError, ValueError) as error:
        msg = f"the weights in {path} do not fit what the factory built: {_folded(error)}"
        raise InputError(msg) from error


def digest_with_code(digest: str, factory: Callable[..., object]) -> str:
    """Return the digest of weights together with the file that defines their factory.

    Other code makes another network of the same weights.
    """
    whole = hashlib.blake2b(digest.encode(), digest_size=16)
    try:
        source = inspect.getsourcefile(inspect.unwrap(factory))
        whole.update(Path(source).read_bytes() if source else repr(factory).encode())
    except (TypeError, OSError):  # built in, or made without a file
        whole.update(type(factory).__qualname__.encode())
    return whole.hexdigest()


def _shape(value: object) -> tuple[int, ...]:
    return tuple(getattr(value, "shape", ()))


def _folded(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]
