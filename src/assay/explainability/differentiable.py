"""Torch modules as functions whose inputs can be moved a little."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from assay.explainability.scores import Scores
from assay.models.native import Native
from assay.models.network_output import pick_output
from assay.models.torch_module import evaluating

if TYPE_CHECKING:
    import torch

Floats = NDArray[np.float64]
BATCH = 8192
AGREES = 1e-4
"""Largest difference from the model's scores, as a share of 1 + |score|; networks are float32."""


class NoGradientError(ValueError):
    """A model has no gradient that can be used; the message says why, for people."""


@dataclass(frozen=True, eq=False)
class Network:
    """A module as a function of a space in which its inputs can be moved.

    Parameters
    ----------
    module : torch.nn.Module
    inputs : callable
        Rows in the model's container → the tensor that the module takes.
    pick : int, str or None
        Which of the module's outputs counts.
    reading : callable
        What the module returns → the explained scores, shape (n, n_outputs).
    embedding : torch.nn.Module or None
        A part of the module whose output is moved in place of the input itself.
    """

    module: "torch.nn.Module"
    inputs: Callable[[Any], "torch.Tensor"]
    pick: int | str | None
    reading: Callable[["torch.Tensor"], "torch.Tensor"]
    embedding: "torch.nn.Module | None" = None

    def start(self, tensor: "torch.Tensor") -> "torch.Tensor":
        """Return the point of the space that inputs stand for."""
        import torch

        if self.embedding is None:
            return tensor
        found: list[torch.Tensor] = []
        hook = self.embedding.register_forward_hook(
            lambda _m, _i, out: found.append(cast("torch.Tensor", out))
        )
        try:
            with torch.no_grad():
                self.module(tensor)
        finally:
            hook.remove()
        if len(found) != 1 or found[0].shape[: tensor.ndim] != tensor.shape:
            msg = "the embedding must be asked once, and give each input a vector"
            raise NoGradientError(msg)
        return found[0].detach()

    def scores(self, point: "torch.Tensor", tensor: "torch.Tensor") -> "torch.Tensor":
        """Return the scores at points; `tensor` are inputs of the same number of rows."""
        if self.embedding is None:
            return self.reading(cast("torch.Tensor", pick_output(self.module(point), self.pick)))
        hook = self.embedding.register_forward_hook(lambda _m, _i, _out: point)
        try:
            return self.reading(cast("torch.Tensor", pick_output(self.module(tensor), self.pick)))
        finally:
            hook.remove()


def read_network(
    native: Native | None,
    rows: Any,  # noqa: ANN401
    scores: Scores,
    embedding: "torch.nn.Module | None" = None,
) -> Network:
    """Return a model as a network whose scores are those that are explained.

    Raises
    ------
    NoGradientError
        If it is no torch module of one tensor of numbers, or its scores are others.
    """
    import torch

    if native is None or not isinstance(native.model, torch.nn.Module) or native.ready is None:
        msg = "gradients need a torch module that takes one tensor"
        raise NoGradientError(msg)
    if scores.link == "mean_then_logit":
        msg = "the logit of a mean over the background has no gradient along a line; take the "
        msg += "link 'logit_then_mean'"
        raise NoGradientError(msg)
    with evaluating(native.model), torch.no_grad():
        tensor = native.ready(rows)
        if not tensor.is_floating_point() and embedding is None:
            msg = "its inputs are whole numbers, which have no gradient; name the embedding that "
            msg += "reads them, or let coalitions of columns be put to it"
            raise NoGradientError(msg)
        wanted = scores(rows, len(rows))
        given = cast("torch.Tensor", pick_output(native.model(tensor), native.output))
        for reading in _readings():
            read = reading(given).reshape(len(wanted), -1).double().cpu().numpy()
            if read.shape == wanted.shape and np.all(
                np.abs(read - wanted) <= AGREES * (1 + np.abs(wanted))
            ):
                return Network(native.model, native.ready, native.output, reading, embedding)
    msg = "what is explained could not be found in what the network returns"
    raise NoGradientError(msg)


def _readings() -> list[Callable[["torch.Tensor"], "torch.Tensor"]]:
    """Return what scores may be of a network's answer, simplest first."""
    import torch

    def flat(answer: "torch.Tensor") -> "torch.Tensor":
        return answer.reshape(len(answer), -1)

    def both(chance: "torch.Tensor") -> "torch.Tensor":
        return torch.cat([1 - chance, chance], dim=1)

    def odds(chance: "torch.Tensor") -> "torch.Tensor":
        return torch.logit(chance, eps=1e-7)

    def shares(answer: "torch.Tensor") -> "torch.Tensor":
        return torch.softmax(flat(answer), dim=1)

    return [
        flat,
        lambda answer: torch.sigmoid(flat(answer)),
        shares,
        lambda answer: both(flat(answer)),
        lambda answer: both(torch.sigmoid(flat(answer))),
        lambda answer: flat(answer)[:, 1:],
        lambda answer: shares(answer)[:, 1:],
        lambda answer: odds(flat(answer)),
        lambda answer: odds(shares(answer)),
        lambda answer: odds(shares(answer)[:, 1:]),
        lambda answer: odds(both(torch.sigmoid(flat(answer)))),
    ]


def scores_of(network: Network, tensor: "torch.Tensor") -> Floats:
    """Return the explained scores of inputs, shape (n, n_outputs)."""
    import torch

    with torch.no_grad():
        parts = [
            network.scores(network.start(part), part).double().cpu().numpy()
            for part in tensor.split(BATCH)
        ]
    return np.concatenate(parts) if parts else np.zeros((0, 1))


def by_column(network: Network, found: "torch.Tensor", tensor: "torch.Tensor") -> Floats:
    """Return values of inputs by column, shape (n, n_columns); an embedding's axis is summed."""
    if network.embedding is not None:
        found = found.reshape(*tensor.shape, -1).sum(dim=-1)
    return found.detach().reshape(len(tensor), -1).double().cpu().numpy()
