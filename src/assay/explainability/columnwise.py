"""Preparing steps in which every output comes from one input column, and which one that is.

A pipeline is explained in its own input columns. Where each encoded column depends on one of
them alone, the encoded columns of an input are one player of the last step.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.models.native import is_of

ONE_TO_ONE = (
    "Binarizer",
    "MaxAbsScaler",
    "MinMaxScaler",
    "OrdinalEncoder",
    "PowerTransformer",
    "QuantileTransformer",
    "RobustScaler",
    "StandardScaler",
)
Sources = NDArray[np.intp]


class NotColumnwiseError(ValueError):
    """A step mixes columns, or is not known; the message says which, for people."""


@dataclass(frozen=True, eq=False)
class Encoding:
    """The steps before a model's last one.

    Parameters
    ----------
    steps : tuple of object
        Fitted, in order; () for a model without any.
    sources : ndarray of int, shape (n_encoded,)
        For each encoded column, the place of the input column that it comes from.
    """

    steps: tuple[Any, ...]
    sources: Sources

    def __call__(self, rows: Any) -> Any:  # noqa: ANN401  any container
        """Return encoded rows as the last step is given them: a frame, an array, or sparse."""
        for step in self.steps:
            rows = step.transform(rows)
        return rows

    def players(self, players: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, ...], ...]:
        """Return the encoded columns of each player, which is given by its input columns."""
        return tuple(
            tuple(np.flatnonzero(np.isin(self.sources, columns)).tolist()) for columns in players
        )


def split_pipeline(model: Any, n_columns: int) -> tuple[Any, Encoding]:  # noqa: ANN401
    """Return the last step of a model and what comes before it.

    Parameters
    ----------
    model : object
        Anything; what is no pipeline of scikit-learn is its own last step.
    n_columns : int
        Input columns.

    Raises
    ------
    NotColumnwiseError
        If a step mixes columns, or nothing is known about it.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import OneHotEncoder
    >>> model = make_pipeline(OneHotEncoder(), Ridge()).fit([["a", 1], ["b", 1]], [0, 1])
    >>> last, encoding = split_pipeline(model, 2)
    >>> type(last).__name__, encoding.sources.tolist()
    ('Ridge', [0, 0, 1])
    """
    steps: list[Any] = []
    sources = np.arange(n_columns, dtype=np.intp)
    while is_of(model, "sklearn.pipeline", "Pipeline"):
        inner = [step for _, step in model.steps if step is not None and step != "passthrough"]
        if not inner:
            msg = "the pipeline has no steps"
            raise NotColumnwiseError(msg)
        for step in inner[:-1]:
            sources = sources[sources_of(step, len(sources))]
            steps.append(step)
        model = inner[-1]
    return model, Encoding(tuple(steps), sources)


def sources_of(step: Any, n: int) -> Sources:  # noqa: ANN401
    """Return for each output of a fitted step the place of its input.

    Raises
    ------
    NotColumnwiseError
        If it mixes columns, or nothing is known about it.
    """
    places = np.arange(n, dtype=np.intp)
    if step == "passthrough" or is_of(step, "sklearn.preprocessing", *ONE_TO_ONE):
        return places
    if is_of(step, "sklearn.preprocessing", "FunctionTransformer") and step.func is None:
        return places
    if is_of(step, "sklearn.preprocessing", "OneHotEncoder"):
        return np.repeat(places, _category_counts(step))
    if is_of(step, "sklearn.preprocessing", "KBinsDiscretizer"):
        return places if step.encode == "ordinal" else np.repeat(places, step.n_bins_)
    if is_of(step, "sklearn.preprocessing", "SplineTransformer"):
        return np.repeat(places, step.n_features_out_ // n)
    if is_of(step, "sklearn.preprocessing", "TargetEncoder"):
        several = len(step.classes_) if step.target_type_ == "multiclass" else 1
        return np.repeat(places, several)
    if is_of(step, "sklearn.impute", "SimpleImputer"):
        return _imputed(step, places)
    if is_of(step, "sklearn.pipeline", "Pipeline"):
        for _, inner in step.steps:
            if inner is not None:
                places = places[sources_of(inner, len(places))]
        return places
    if is_of(step, "sklearn.pipeline", "FeatureUnion"):
        parts = [inner for _, inner in step.transformer_list if not _is_dropped(inner)]
        return np.concatenate([places[:0], *(sources_of(inner, n) for inner in parts)])
    if is_of(step, "sklearn.compose", "ColumnTransformer"):
        return _transformed(step, n)
    msg = f"its step {type(step).__name__} may mix columns"
    raise NotColumnwiseError(msg)


def _is_dropped(step: object) -> bool:
    return isinstance(step, str) and step == "drop"


def _category_counts(step: Any) -> list[int]:  # noqa: ANN401
    """Return how many columns a OneHotEncoder makes of each input."""
    rare = getattr(step, "infrequent_categories_", None) or [None] * len(step.categories_)
    dropped = step.drop_idx_
    counts = []
    for place, known in enumerate(step.categories_):
        count = len(known)
        few = rare[place]
        if few is not None:
            count -= len(few) - 1
        counts.append(count - (dropped is not None and dropped[place] is not None))
    return counts


def _imputed(step: Any, places: Sources) -> Sources:  # noqa: ANN401
    """Return the sources of a SimpleImputer, which leaves empty columns out."""
    empty = np.array([_is_nan(value) for value in step.statistics_])
    kept = places if step.keep_empty_features else places[~empty]
    marked = () if step.indicator_ is None else step.indicator_.features_
    return np.concatenate([kept, places[np.asarray(marked, dtype=np.intp)]])


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and bool(np.isnan(value))


def _transformed(step: Any, n: int) -> Sources:  # noqa: ANN401
    """Return the sources of a ColumnTransformer, in the order of its outputs."""
    names = getattr(step, "feature_names_in_", None)
    width = max((part.stop for part in step.output_indices_.values()), default=0)
    out = np.full(width, -1, dtype=np.intp)
    for name, inner, columns in step.transformers_:
        part = step.output_indices_.get(name)
        if _is_dropped(inner) or part is None or part.start == part.stop:
            continue
        chosen = _places(columns, n, names)
        made = chosen[sources_of(inner, len(chosen))]
        if len(made) != part.stop - part.start:
            msg = f"its step {type(inner).__name__} gives a number of columns nobody expected"
            raise NotColumnwiseError(msg)
        out[part] = made
    return out


def _places(columns: Any, n: int, names: Any) -> Sources:  # noqa: ANN401  any of scikit-learn's
    """Return the places of columns as a ColumnTransformer names them."""
    places = np.arange(n, dtype=np.intp)
    if callable(columns):
        msg = "a step chooses its columns by a function"
        raise NotColumnwiseError(msg)
    if isinstance(columns, slice):
        if isinstance(columns.start, str) or isinstance(columns.stop, str):
            msg = "a step chooses its columns by a range of names"
            raise NotColumnwiseError(msg)
        return places[columns]
    listed: list[Any] = [columns] if isinstance(columns, str | int) else list(columns)
    if listed and isinstance(listed[0], str):
        known = {str(name): place for place, name in enumerate(names)} if names is not None else {}
        return np.array([known[name] for name in listed], dtype=np.intp)
    return places[np.asarray(listed, dtype=bool if _are_marks(listed) else np.intp)]


def _are_marks(listed: list[Any]) -> bool:
    return bool(listed) and all(isinstance(each, bool | np.bool_) for each in listed)
