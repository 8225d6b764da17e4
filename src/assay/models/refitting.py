"""A fitted model of this process in; the procedure that fits it again on other rows, out."""

import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from assay.errors import AssayError, ModelError
from assay.models.boosters.wrap import preparation_of
from assay.models.containers import to_container
from assay.models.features import choose_columns
from assay.models.labels import match_labels
from assay.models.local import MESSAGE_LENGTH, LocalModel
from assay.models.predictor import ClassLabel, Predictor
from assay.models.remote.answers import shorten
from assay.models.scoring import layout_of
from assay.models.threads import threads_for

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

SEED_NAMES = ("random_state", "random_seed")


@dataclass(frozen=True, eq=False)
class Procedure:
    """How a model was fitted: its estimator with all settings, ready to learn from other rows.

    Parameters
    ----------
    model : LocalModel
        The fitted model.
    stochastic : bool
        Whether it has a seed, so that another fit on the same rows may differ.
    label_map : mapping of str to str
        The model's class → the data's label, where they are not the same text.
    """

    model: LocalModel
    stochastic: bool
    label_map: Mapping[str, str]

    @property
    def name(self) -> str:
        """What the model is called."""
        return self.model.info.name

    def fit(
        self, data: "Dataset", *, seed: int | None = None, labels: pl.Series | None = None
    ) -> "Fitted":
        """Fit a copy on the rows of a dataset; the model itself stays as it is.

        Weights of rows are not handed on: what the user's own fit did with them is not known.

        Parameters
        ----------
        data : Dataset
            With the columns that the model reads and the label.
        seed : int or None
            For every seed among the settings; None leaves them as they are.
        labels : polars.Series or None
            In place of the label column, in the words of the data.

        Returns
        -------
        Fitted

        Raises
        ------
        ModelError
            If the estimator refuses to be fitted so.
        """
        from sklearn.base import clone

        with _model_errors(self.name):
            estimator: Any = clone(self.model.estimator)
            if seed is not None:
                estimator.set_params(**dict.fromkeys(_seeds(estimator), seed))
        rows, truth = self._rows(data), self._truth(data, labels)
        start = time.perf_counter()
        few = threads_for(len(truth))
        with _model_errors(self.name), few, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the user's model: it was heard at the first fit
            estimator.fit(rows, truth)
        seconds = time.perf_counter() - start
        return Fitted(_wrapped(estimator, self.model), seconds)

    def _rows(self, data: "Dataset") -> object:
        """Return the feature columns in the container that the model was fitted on."""
        names = self.model.info.feature_names
        available = data.schema.names if names is not None else data.schema.features
        columns = choose_columns(self.model.wanted, available)
        if self.model.info.container == "pandas" and data.original is not None:
            rows: Any = data.original[list(columns)]
            rows = rows.iloc[:, 0] if self.model.wanted.one_column else rows
        else:
            frame = data.collect(columns)
            rows = to_container(
                frame,
                columns,
                layout_of(data),
                self.model.info.container,
                one_column=self.model.wanted.one_column,
            )
        prepare = preparation_of(self.model.estimator)
        return rows if prepare is None else prepare(rows)

    def _truth(self, data: "Dataset", labels: pl.Series | None) -> np.ndarray[Any, Any]:
        """Return the labels in the model's own words."""
        name = data.schema.label
        assert name is not None
        values = data.column(name) if labels is None else labels
        if self.model.info.kind == "regressor":
            return values.cast(pl.Float64).to_numpy()
        words = {label: own for own, label in self._words(values).items()}
        return np.array([words.get(value, value) for value in values.to_list()])

    def _words(self, values: pl.Series) -> Mapping[ClassLabel, ClassLabel]:
        known = values.unique().drop_nulls().sort().to_list()
        return match_labels(self.model.info.classes or (), known, self.label_map or None).words


@dataclass(frozen=True, eq=False)
class Fitted:
    """A copy of a model, fitted on other rows.

    Parameters
    ----------
    model : Predictor
    seconds : float
        How long the fit took.
    """

    model: Predictor
    seconds: float


def procedure_of(
    predictor: Predictor | None, *, label_map: Mapping[str, str] | None = None
) -> Procedure | None:
    """Return how a model can be fitted again; None where it cannot.

    What can: estimators and pipelines with scikit-learn's interface (``fit`` and settings that
    `sklearn.base.clone` copies) that answer with a class or a number. What cannot: functions,
    endpoints, commands, networks, native boosters, ONNX files, labels of many columns.

    Parameters
    ----------
    predictor : Predictor or None
    label_map : mapping of str to str or None
        The model's class → the data's label.

    Returns
    -------
    Procedure or None

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> from assay.models.wrap import as_predictor
    >>> line = as_predictor(LinearRegression().fit([[0.0], [1.0]], [1.0, 3.0]))
    >>> procedure_of(line).stochastic
    False
    >>> procedure_of(as_predictor(lambda rows: rows["a"], name="a")) is None
    True
    """
    if not isinstance(predictor, LocalModel) or predictor.estimator is None:
        return None
    estimator: Any = predictor.estimator
    if predictor.info.kind not in ("classifier", "regressor"):
        return None
    if not (hasattr(estimator, "fit") and hasattr(estimator, "get_params")):
        return None
    from sklearn.base import clone

    try:
        copy: Any = clone(estimator)
        stochastic = bool(_seeds(copy))
    except Exception:  # noqa: BLE001 - whatever a user's own class raises: it cannot be copied
        return None
    return Procedure(predictor, stochastic, dict(label_map or {}))


def _seeds(estimator: Any) -> list[str]:  # noqa: ANN401  an estimator of any library
    """Return the settings that are seeds, of the estimator and of its steps."""
    return [name for name in estimator.get_params() if name.rsplit("__", 1)[-1] in SEED_NAMES]


def _wrapped(estimator: object, like: LocalModel) -> Predictor:
    """Return a Predictor of the copy that asks it as the model was asked."""
    from assay.models.wrap import as_predictor  # noqa: PLC0415 - it imports the adapters

    copy = as_predictor(estimator, container=like.info.container, name=like.info.name)
    if isinstance(copy, LocalModel) and copy.info.feature_names is None:
        return replace(copy, wanted=like.wanted)
    return copy


class _model_errors:  # noqa: N801 - reads as a statement
    """Turn what a user's estimator raises into a ModelError that says what was being done."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, Exception) or isinstance(error, AssayError):
            return
        told = shorten(str(error), MESSAGE_LENGTH)
        msg = f"{self.name} could not be fitted again: {type(error).__name__}: {told}"
        raise ModelError(msg) from error
