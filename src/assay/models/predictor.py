"""The Predictor protocol: rows in, predictions out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from assay.errors import ModelError
from assay.result import Finding, Json

if TYPE_CHECKING:
    import polars as pl

    from assay.models.layout import Layout

ClassLabel = bool | int | float | str


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a model says about a batch of rows.

    At least one of `labels`, `values` and `probabilities` is given; `labels` and `probabilities`
    may come together, and then `labels` is what the model itself decided.

    Parameters
    ----------
    labels : ndarray or None, shape (n_rows,)
        Predicted class of each row, in the words of `classes`.
    values : ndarray of float or None, shape (n_rows,)
        Predicted number of each row. From a model that does not say what it is, the numbers may
        also be labels or probabilities of the positive class: scoring decides once for all rows.
    probabilities : ndarray of float or None, shape (n_rows, n_classes)
        Probability (or another score that grows with belief) of each class.
    classes : tuple or None, length n_classes
        The classes, in the order of the columns of `probabilities`; None when the model does
        not say.
    multilabel : bool
        Whether a row may have several of `classes`, or none. Then `labels` is of bool, shape
        (n_rows, n_classes), and each column of `probabilities` stands by itself.
    """

    labels: NDArray[np.generic] | None = None
    values: NDArray[np.float64] | None = None
    probabilities: NDArray[np.float64] | None = None
    classes: tuple[ClassLabel, ...] | None = None
    multilabel: bool = False


class PartialAnswerError(ModelError):
    """The model failed within a batch, after it had answered for the first rows of it.

    Parameters
    ----------
    message : str
    done : Prediction
        The answers for the rows before the failure.
    n_done : int
        How many rows those are.
    row : int or None
        Zero-based row of the batch on which it failed, where one is known.
    """

    def __init__(
        self, message: str, *, done: Prediction, n_done: int, row: int | None = None
    ) -> None:
        self.done = done
        self.n_done = n_done
        super().__init__(message, row=row)


class ServiceError(ModelError):
    """What answers for the model cannot be reached or does not work, whatever the rows are.

    The batch is not halved to find the row: it would be asked again and again in vain.
    """


@dataclass(frozen=True, kw_only=True)
class ModelInfo:
    """What is known of a model without running it.

    Parameters
    ----------
    name : str
        For people: file name or class name.
    kind : str
        "classifier", "regressor", "multilabel" or "unknown".
    library : str
        For example "scikit-learn"; "" when unknown.
    library_version : str
        Version that the model was made with, where known.
    class_name : str
    container : str
        What the model is given: "pandas", "polars" or "numpy".
    feature_names : tuple of str or None
        Columns it wants, in order; None when the model does not say.
    classes : tuple or None
        Its classes, in its own words.
    score_kind : str
        "probability"; "score" for numbers that only rank (a decision function), so that
        calibration means nothing; "none" when only labels or values come; "unknown" before
        the first call.
    digest : str or None
        blake2b-128 of the model file, 32 hex digits.
    address : str
        For a model without a file: all that says where and how it is asked.
    version : str or None
        What the user calls the version of a model without a file.
    settings : str
        What the user set beside it, on which its answers depend, such as which output to take.
    batch_rows : int or None
        How many rows to ask about at once, where the model has a wish.
    findings : tuple of Finding
        For example that it was made by another version of its library.
    """

    name: str
    kind: str = "unknown"
    library: str = ""
    library_version: str = ""
    class_name: str = ""
    container: str = "pandas"
    feature_names: tuple[str, ...] | None = None
    classes: tuple[ClassLabel, ...] | None = None
    score_kind: str = "unknown"
    digest: str | None = None
    address: str = ""
    version: str | None = None
    settings: str = ""
    batch_rows: int | None = None
    findings: tuple[Finding, ...] = ()

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only (findings are reported by the analysis, not here)."""
        return {
            "name": self.name,
            "kind": self.kind,
            "library": self.library,
            "library_version": self.library_version,
            "class_name": self.class_name,
            "container": self.container,
            "feature_names": None if self.feature_names is None else list(self.feature_names),
            "classes": None if self.classes is None else list(self.classes),
            "score_kind": self.score_kind,
            "digest": self.digest,
            "address": self.address,
            "version": self.version,
        }


class Predictor(Protocol):
    """Anything that predicts; one adapter a file.

    Predictions that are already columns of the data need no Predictor: declare the columns as
    `prediction` or `score` when the Dataset is read.
    """

    @property
    def info(self) -> ModelInfo:
        """What is known of the model."""
        ...

    @property
    def calls(self) -> int:
        """How many times the model was called so far."""
        ...

    def predict(self, batch: "pl.DataFrame") -> Prediction:
        """Predict every row of `batch`, in order.

        Raises
        ------
        ModelError
            If the model fails or answers in a form that cannot be used.
        InputError
            If a column that the model wants is missing.
        """
        ...


@runtime_checkable
class TableReader(Protocol):
    """A Predictor in this process, which hands its model a container of rows."""

    def reading(self, layout: "Layout") -> Predictor:
        """Return the same model, reading batches of the table that `layout` describes."""
        ...

    def predict_rows(self, rows: object) -> Prediction:
        """Predict rows of the user's own pandas or Polars frame or array, as they are."""
        ...
