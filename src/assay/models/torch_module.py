"""Adapter for PyTorch modules: columns become tensors, and what comes out is read as told."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.errors import InputError
from assay.models.features import Wanted
from assay.models.local import Answer, CallCounter, LocalModel
from assay.models.native import Native
from assay.models.network_output import KINDS, Meaning, check_meaning, pick_output, read_output
from assay.models.network_rows import Nulls, columns_of, matrix_of, numbers_of, stretches
from assay.models.predictor import ClassLabel, ModelInfo, Prediction
from assay.result import Finding

if TYPE_CHECKING:
    import torch

DType = Literal["float32", "float64", "float16", "bfloat16", "int64"]
BATCH_ROWS = 8192


@dataclass(frozen=True, kw_only=True)
class TorchInput:
    """How a module is given its rows, and which of its outputs counts.

    Parameters
    ----------
    form : {"matrix", "columns"}
        One tensor, shape (n_rows, n_columns); or a keyword argument a column, shape (n_rows,),
        in which whole numbers stay int64.
    dtype : str
        Of the matrix, and of columns that are not whole numbers.
    row_shape : tuple of int or None
        Shape of one row of the matrix, where the module does not read flat rows.
    nulls : "refuse", "nan" or float
        What becomes of missing values.
    device : str or None
        None is where the module is.
    batch_rows : int
        Rows in one call.
    output_name : str, int or None
        The output that counts, where the module returns several.
    """

    form: Literal["matrix", "columns"] = "matrix"
    dtype: DType = "float32"
    row_shape: tuple[int, ...] | None = None
    nulls: Nulls = "refuse"
    device: str | None = None
    batch_rows: int = BATCH_ROWS
    output_name: str | int | None = None


def wrap_module(
    module: "Callable[..., Any]",
    *,
    name: str | None = None,
    classes: Sequence[ClassLabel] | None = None,
    output: str | None = None,
    multilabel: bool = False,
    feature_names: Sequence[str] | None = None,
    takes: TorchInput | None = None,
    library_version: str = "",
) -> LocalModel:
    """Make a Predictor of a torch module.

    It is asked in evaluation mode, so dropout is off, and without gradients; afterwards every
    part of it is in the mode that it was in.

    Parameters
    ----------
    module : torch.nn.Module
    name : str or None
        For people; None takes the class's.
    classes : sequence or None
        Order of its columns of scores; for one score a row: negative, positive.
    output : {"auto", "logits", "probability", "number", "label"} or None
        What it returns; None is "auto".
    multilabel : bool
        Whether a row may have several of the classes.
    feature_names : sequence of str or None
        Columns that it reads, in order; None hands over all features in the table's order.
    takes : TorchInput or None
    library_version : str
        Version of torch that made it, where known.

    Returns
    -------
    LocalModel

    Raises
    ------
    InputError
        If `output` is none of those named, or there is no such device.
    """
    import torch

    told = takes or TorchInput()
    meaning = check_meaning(output)
    known = None if classes is None else tuple(classes)
    names = None if feature_names is None else tuple(feature_names)
    title = name or type(module).__name__
    kind, score_kind = ("multilabel", "probability") if multilabel else KINDS[meaning]
    info = ModelInfo(
        name=title,
        kind=kind,
        library="PyTorch",
        library_version=library_version or str(torch.__version__),
        class_name=type(module).__name__,
        container="polars",
        feature_names=names,
        classes=known,
        score_kind=score_kind,
        batch_rows=told.batch_rows,
        findings=() if names is not None or told.form == "columns" else (by_position(title),),
    )
    device = _device(module, told.device)
    answer = _answer(module, told, device, meaning, known, multilabel=multilabel)

    def ready(rows: object) -> "torch.Tensor":
        return _matrix_tensor(columns_of(rows), told, getattr(torch, told.dtype), device)

    # A module that takes a column at a time has no one tensor to give it.
    native = Native(
        model=module,
        ready=ready if told.form == "matrix" else None,
        output=told.output_name,
    )
    return LocalModel(info, answer, Wanted(names=names), native=native)


def by_position(name: str) -> Finding:
    """Say that a network gets columns by their order, which nobody stated."""
    return Finding(
        rule="columns_by_position",
        severity="info",
        message=f"{name} knows no names of columns; it was given the feature columns in the "
        "order of the table.",
        cause="A network reads a matrix.",
        advice="Check that it was trained on these columns in this order, or say the order with "
        "--feature (in Python features=[…]).",
    )


def _answer(
    module: "Callable[..., Any]",
    told: TorchInput,
    device: "torch.device",
    meaning: Meaning,
    classes: tuple[ClassLabel, ...] | None,
    *,
    multilabel: bool,
) -> Answer:
    import torch

    def forward(rows: dict[str, pl.Series]) -> object:
        dtype = getattr(torch, told.dtype)
        with torch.inference_mode(), evaluating(module):
            if told.form == "columns":
                return module(**_tensors(rows, told, dtype, device))
            return module(_matrix_tensor(rows, told, dtype, device))

    def answer(call: CallCounter, rows: object, n_rows: int) -> Prediction:
        columns = columns_of(rows)
        if not columns:
            msg = "there are no feature columns to give to the network; name some with --feature"
            raise InputError(msg)
        pieces = [
            _to_numpy(
                pick_output(
                    call(forward, {name: column[part] for name, column in columns.items()}),
                    told.output_name,
                )
            )
            for part in stretches(n_rows, told.batch_rows)
        ]
        whole = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
        return read_output(whole, n_rows, meaning=meaning, classes=classes, multilabel=multilabel)

    return answer


@contextmanager
def evaluating(module: object) -> Iterator[None]:
    """Put a module into evaluation mode, and every part of it back into its own mode after."""
    import torch

    training: list[torch.nn.Module] = []
    if isinstance(module, torch.nn.Module):
        training = [part for part in module.modules() if part.training]
        if training:
            module.eval()
    try:
        yield
    finally:
        for part in training:
            part.training = True


def _device(module: object, wanted: str | None) -> "torch.device":
    """Return the device to use, with the module on it."""
    import torch

    parts = module if isinstance(module, torch.nn.Module) else None
    if wanted is None:
        first = None if parts is None else next(parts.parameters(), None)
        return torch.device("cpu") if first is None else first.device
    try:
        device = torch.device(wanted)
        torch.empty(0, device=device)
        if parts is not None:
            parts.to(device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        text = " ".join(str(error).split())[:200]
        msg = f"the device {wanted!r} cannot be used here ({text}); say --model-option device=cpu"
        raise InputError(msg) from error
    return device


def _tensors(
    rows: dict[str, pl.Series], told: TorchInput, dtype: "torch.dtype", device: "torch.device"
) -> "dict[str, torch.Tensor]":
    import torch

    made = {}
    for name, column in rows.items():
        array = numbers_of(column, name, nulls=told.nulls, whole=True)
        tensor = torch.from_numpy(np.array(array))
        made[name] = (tensor if array.dtype == np.int64 else tensor.to(dtype)).to(device)
    return made


def _matrix_tensor(
    rows: dict[str, pl.Series], told: TorchInput, dtype: "torch.dtype", device: "torch.device"
) -> "torch.Tensor":
    import torch

    tensor = torch.from_numpy(matrix_of(rows, nulls=told.nulls)).to(dtype)
    if told.row_shape is not None:
        tensor = _reshaped(tensor, told.row_shape)
    return tensor.to(device)


def _reshaped(tensor: "torch.Tensor", shape: tuple[int, ...]) -> "torch.Tensor":
    wanted = int(np.prod(shape))
    if tensor.shape[1] != wanted:
        msg = (
            f"row_shape={list(shape)} takes {wanted} numbers a row, and the table offers "
            f"{tensor.shape[1]} feature columns; choose them with --feature or --ignore"
        )
        raise InputError(msg)
    return tensor.reshape(-1, *shape)


def _to_numpy(output: object) -> NDArray[Any]:
    import torch

    if not isinstance(output, torch.Tensor):
        return np.asarray(output)
    tensor = output.detach().cpu()
    return (tensor.float() if tensor.dtype in (torch.bfloat16, torch.float16) else tensor).numpy()
