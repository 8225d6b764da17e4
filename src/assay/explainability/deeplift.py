"""DeepLIFT of torch modules, by captum, on request."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from assay.explainability.differentiable import Network, NoGradientError, by_column

if TYPE_CHECKING:
    import torch

Floats = NDArray[np.float64]


def deeplift(
    network: Network, here: "torch.Tensor", there: "torch.Tensor", shares: Floats
) -> Floats:
    """Return DeepLIFT values averaged over background rows, by column.

    Parameters
    ----------
    network : Network
    here, there : tensors
        Inputs of the explained rows and of the background.
    shares : ndarray, shape (n_background,)

    Returns
    -------
    ndarray, shape (n_rows, n_columns, n_outputs)

    Raises
    ------
    NoGradientError
        If captum is not installed, or the network has parts that its rules cannot follow.

    References
    ----------
    Shrikumar, Greenside, Kundaje 2017, ICML, arXiv:1704.02685.
    """
    try:
        from captum.attr import DeepLift  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        msg = "DeepLIFT needs the package captum, which is not installed (pip install captum)"
        raise NoGradientError(msg) from error
    check_parts(network, here[:1])
    import torch

    class Read(torch.nn.Module):
        """The module with the scores that are explained as its answer."""

        def __init__(self) -> None:
            super().__init__()
            self.module = network.module

        def forward(self, tensor: "torch.Tensor") -> "torch.Tensor":
            return network.scores(tensor, tensor)

    made = DeepLift(Read())
    n_outputs = int(network.scores(here[:1], here[:1]).shape[1])
    total = np.zeros(())
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Setting forward, backward hooks")  # they are removed
        for row, share in zip(there, shares, strict=True):
            against = row[None].expand_as(here).clone()
            each = [
                by_column(
                    network,
                    made.attribute(here.clone().requires_grad_(True), against, target=k),
                    here,
                )
                for k in range(n_outputs)
            ]
            total = total + share * np.stack(each, axis=2)
    return total


def check_parts(network: Network, tensor: "torch.Tensor") -> None:
    """Refuse modules that work in place or are used several times.

    Raises
    ------
    NoGradientError
        Naming them.
    """
    import torch

    if network.embedding is not None:
        msg = "DeepLIFT is not offered at an embedding; take integrated gradients"
        raise NoGradientError(msg)
    parts = dict(network.module.named_modules())
    inside = [name for name, part in parts.items() if getattr(part, "inplace", False)]
    with torch.no_grad(), counted(network.module) as counts:
        network.module(tensor)
    again = [name for name, count in counts.items() if count > 1]
    for found, fault in ((inside, "work in place"), (again, "are used several times")):
        if found:
            msg = (
                f"DeepLIFT cannot follow modules that {fault}: {', '.join(found[:5])}; take "
                "integrated gradients, or write the network without them"
            )
            raise NoGradientError(msg)


@contextmanager
def counted(module: "torch.nn.Module") -> Iterator[dict[str, int]]:
    """Count how often each part without parts of its own is asked."""
    counts: dict[str, int] = {}

    def count(name: str) -> Callable[..., None]:
        def hook(*_: object) -> None:
            counts[name] = counts.get(name, 0) + 1

        return hook

    hooks = [
        part.register_forward_hook(count(name))
        for name, part in module.named_modules()
        if not any(True for _ in part.children())
    ]
    try:
        yield counts
    finally:
        for hook in hooks:
            hook.remove()
