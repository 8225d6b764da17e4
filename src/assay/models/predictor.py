"""The Predictor protocol: rows in, predictions out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from assay.result import Finding, Json

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a model says about a batch of rows.

    Exactly one of `labels` and `values` is given, or `probabilities` with `classes` alone.

    Parameters
    ----------
    labels : ndarray or None, shape (n_rows,)
        Predicted class of each row, in the words of `classes`.
    values : ndarray of float or None, shape (n_rows,)
        Predicted number of each row (regression).
    probabilities : ndarray of float or None, shape (n_rows, n_classes)
        Probability (or another score that grows with belief) of each class.
    classes : tuple or None, length n_classes
        The classes, in the order of the columns of `probabilities`.
    """

    labels: NDArray[np.generic] | None = None
    values: NDArray[np.float64] | None = None
    probabilities: NDArray[np.float64] | None = None
    classes: tuple[bool | int | float | str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class ModelInfo:
    """What is known of a model without running it.

    Parameters
    ----------
    name : str
        For people: file name or class name.
    kind : str
        "classifier", "regressor" or "unknown".
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
    digest : str or None
        blake2b-128 of the model file, 32 hex digits.
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
    classes: tuple[bool | int | float | str, ...] | None = None
    digest: str | None = None
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
            "digest": self.digest,
        }


class Predictor(Protocol):
    """Anything that predicts; one adapter a file."""

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
