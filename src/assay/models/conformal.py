"""A model that tells how sure it is in; its intervals or sets of classes for a table out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from assay.errors import ModelError
from assay.models.containers import to_container
from assay.models.features import choose_columns
from assay.models.local import LocalModel
from assay.models.predictor import Predictor
from assay.models.scoring import layout_of

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

METHODS = ("predict_interval", "predict_set")


@dataclass(frozen=True, eq=False)
class ConformalAnswers:
    """What a model says of its own doubt.

    Parameters
    ----------
    kind : {"interval", "set"}
    nominal : tuple of float, length n_levels
        The share of rows that each level promises to cover.
    intervals : ndarray of float or None, shape (n_rows, 2, n_levels)
    sets : ndarray of bool or None, shape (n_rows, n_classes, n_levels)
    classes : tuple
        In the order of `sets`; () for intervals.
    """

    kind: str
    nominal: tuple[float, ...]
    intervals: NDArray[np.float64] | None = None
    sets: NDArray[np.bool_] | None = None
    classes: tuple[object, ...] = ()


def tells_doubt(predictor: Predictor | None) -> bool:
    """Whether a model gives intervals or sets, as those of MAPIE do."""
    estimator = getattr(predictor, "estimator", None)
    return isinstance(predictor, LocalModel) and any(hasattr(estimator, m) for m in METHODS)


def ask_for_doubt(
    predictor: Predictor, data: "Dataset", *, nominal: float = 0.9
) -> ConformalAnswers | None:
    """Ask a model of this process for its intervals or sets.

    Parameters
    ----------
    predictor : Predictor
    data : Dataset
        With the columns that it reads.
    nominal : float
        The level, where the model does not say what it was made for.

    Returns
    -------
    ConformalAnswers or None
        None where the model gives neither.

    Raises
    ------
    ModelError
        If it fails, or answers in another form.
    """
    if not isinstance(predictor, LocalModel) or not tells_doubt(predictor):
        return None
    estimator: Any = predictor.estimator
    kind = "interval" if hasattr(estimator, METHODS[0]) else "set"
    ask = getattr(estimator, METHODS[0] if kind == "interval" else METHODS[1])
    found = np.concatenate(_batches(predictor, data, ask))
    if found.ndim == 2:
        found = found[:, :, None]
    if found.ndim != 3 or (kind == "interval" and found.shape[1] != 2):
        msg = f"{ask.__name__} answered in the shape {found.shape}, which cannot be read"
        raise ModelError(msg)
    alphas = getattr(estimator, "_alphas", None)
    levels = [nominal] * found.shape[2]
    if alphas is not None and len(alphas) == found.shape[2]:
        levels = [round(1 - float(each), 12) for each in alphas]
    if kind == "interval":
        return ConformalAnswers(kind, tuple(levels), intervals=found.astype(np.float64))
    return ConformalAnswers(
        kind, tuple(levels), sets=found.astype(np.bool_), classes=_classes(estimator)
    )


def _batches(
    predictor: LocalModel, data: "Dataset", ask: Callable[[Any], object]
) -> list[NDArray[Any]]:
    layout, wanted = layout_of(data), predictor.wanted
    parts: list[NDArray[Any]] = []
    for batch in data.batches(list(data.schema.features)):
        columns = choose_columns(wanted, batch.columns)
        rows = to_container(
            batch, columns, layout, predictor.info.container, one_column=wanted.one_column
        )
        answer = predictor.counter(ask, rows)
        if isinstance(answer, tuple):  # the points come first
            answer = answer[-1]
        parts.append(np.asarray(answer))
    return parts


def _classes(estimator: object) -> tuple[object, ...]:
    """Return the classes of the model or of the one inside it."""
    inner = (
        estimator,
        *(getattr(estimator, n, None) for n in ("_mapie_classifier", "_estimator")),
    )
    for each in inner:
        found = getattr(each, "classes_", None)
        if found is not None:
            return tuple(np.asarray(found).tolist())
    return ()
