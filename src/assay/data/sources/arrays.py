"""Arrays, lists and Series put side by side."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import polars as pl

from assay.data.roles import Roles
from assay.data.row_order import IN_ORDER
from assay.data.sources.frames import open_frame, to_series
from assay.data.sources.label_arrays import are_label_lists, label_indicators, label_lists
from assay.data.sources.source import Source, check_names
from assay.errors import InputError
from assay.tables.cube import Level

LABEL, PREDICTION, SCORE = "y_true", "y_pred", "y_score"
Classes = tuple[bool | int | float | str, ...]


def assemble_arrays(
    *,
    y_true: object,
    y_pred: object,
    y_score: object,
    X: object,
    weight: object,
    group: object,
    time: object,
    query_id: object = None,
    series: object = None,
    feature_names: Sequence[str] | None,
) -> tuple[Source, Roles, Classes | None]:
    """Return one table of all arrays, the roles of its columns, and the classes of the scores.

    Raises
    ------
    InputError
        If nothing is given, lengths differ, names collide, or the scores have another number of
        columns than there are classes.
    """
    features = _features(X, feature_names)
    truth = _answers(y_true, LABEL)
    names = [column.name for column in truth] if len(truth) > 1 else None
    given = _answers(y_pred, PREDICTION, names=names)
    single = {
        "weight": weight,
        "group": group,
        "time": time,
        "query_id": query_id,
        "series": series,
    }
    beside = [to_series(values, name) for name, values in single.items() if values is not None]
    scores, classes = _scores(y_score, truth)
    columns = [*truth, *given, *beside, *scores]
    if not columns and features is None:
        msg = "nothing was given; give y_true and y_pred or y_score, or X"
        raise InputError(msg)
    _check_lengths(columns, features)
    source = _join(columns, features)
    roles = Roles(
        label=[column.name for column in truth],
        prediction=[column.name for column in given],
        score=[column.name for column in scores],
        weight=None if weight is None else "weight",
        group=None if group is None else "group",
        time=None if time is None else "time",
        query=None if query_id is None else "query_id",
        series=None if series is None else "series",
    )
    return source, roles, classes


def _features(X: object, names: Sequence[str] | None) -> Source | None:
    if X is None:
        return None
    if isinstance(X, (list, tuple)):
        X = np.asarray(X)
    source = open_frame(X)
    if names is None:
        return source
    have = source.frame.collect_schema().names()
    if len(names) != len(have):
        msg = f"feature_names has {len(names)} names and X has {len(have)} columns"
        raise InputError(msg)
    renamed = dict(zip(have, names, strict=True))
    check_names(list(names), "feature_names")
    return replace(
        source,
        frame=source.frame.rename(renamed),
        categories={renamed[name]: known for name, known in source.categories.items()},
    )


def _answers(values: object, name: str, *, names: Sequence[str] | None = None) -> list[pl.Series]:
    """Return one column, or one for each of the labels that a row may have together."""
    if values is None:
        return []
    if are_label_lists(values):
        return [label_lists(cast("Sequence[Sequence[str]]", values), name)]
    if _n_columns(values) < 2:
        return [to_series(_without_brackets(values), name)]
    if name == LABEL:
        return label_indicators(values, name)
    if names is None:
        msg = (
            f"{name} has {_n_columns(values)} columns and y_true has one; give one predicted "
            "value a row, or y_true with one column a label"
        )
        raise InputError(msg)
    return label_indicators(values, name, names=names, prefix="pred_")


def _scores(y_score: object, truth: Sequence[pl.Series]) -> tuple[list[pl.Series], Classes | None]:
    if y_score is None:
        return [], None
    names = _names_of_labels(truth)
    if names is not None:
        return label_indicators(y_score, SCORE, names=names, prefix="p_"), None
    label = truth[0] if truth else None
    if _n_dimensions(y_score) < 2:
        return [to_series(y_score, SCORE)], None
    table = open_frame(np.asarray(y_score) if isinstance(y_score, (list, tuple)) else y_score)
    frame = table.frame.collect(optimizations=IN_ORDER)
    if frame.width == 1:
        return [frame.to_series().alias(SCORE)], None
    if label is None:
        msg = (
            f"y_score has {frame.width} columns, one a class, and without y_true the classes are "
            "not known; give y_true, or the scores of one class"
        )
        raise InputError(msg)
    classes = _classes(label)
    if len(classes) != frame.width:
        msg = (
            f"y_score has {frame.width} columns and y_true has {len(classes)} classes "
            f"({', '.join(map(repr, classes[:10]))}); give one column a class, in this order"
        )
        raise InputError(msg)
    named = [column.alias(f"p_{value}") for column, value in zip(frame, classes, strict=True)]
    return named, classes


def _classes(label: pl.Series) -> Classes:
    values: list[Level] = label.drop_nulls().unique().sort().to_list()
    return tuple(value for value in values if value is not None)


def _names_of_labels(truth: Sequence[pl.Series]) -> list[str] | None:
    """Return the labels that a row may have together; None for one class a row."""
    if len(truth) > 1:
        return [column.name for column in truth]
    if truth and isinstance(truth[0].dtype, pl.List):
        return sorted(set(truth[0].list.explode().drop_nulls().to_list()))
    return None


def _without_brackets(values: object) -> object:
    """Return a list of lists of one value each, ``[[1], [0]]``, as a list of those values."""
    if isinstance(values, list) and all(isinstance(v, list) and len(v) == 1 for v in values):
        return [row[0] for row in values]
    return values


def _n_columns(values: object) -> int:
    """Return how many values there are for each row."""
    shape = getattr(values, "shape", None)
    if shape is None and isinstance(values, (list, tuple)):
        first = values[0] if values else None
        return len(first) if isinstance(first, (list, tuple, np.ndarray)) else 1
    return int(shape[1]) if isinstance(shape, tuple) and len(shape) == 2 else 1


def _n_dimensions(values: object) -> int:
    if isinstance(values, pl.DataFrame):
        return 2
    shape = getattr(values, "shape", None)
    if isinstance(shape, tuple):
        return len(shape)
    if isinstance(values, (list, tuple)):
        return np.asarray(values).ndim
    return 1


def _check_lengths(columns: Sequence[pl.Series], features: Source | None) -> None:
    lengths = {column.name: column.len() for column in columns}
    if features is not None:
        lengths["X"] = int(features.frame.select(pl.len()).collect().item())
    first, *others = lengths.items()
    for name, length in others:
        if length != first[1]:
            msg = f"{first[0]} has {first[1]} rows and {name} has {length}; they must be as long"
            raise InputError(msg)
    if first[1] == 0:
        msg = f"{first[0]} has no rows; at least one row is needed"
        raise InputError(msg)


def _join(columns: Sequence[pl.Series], features: Source | None) -> Source:
    if features is None:
        return Source("arrays", pl.DataFrame(columns).lazy())
    have = features.frame.collect_schema().names()
    taken = [column.name for column in columns if column.name in have]
    if taken:
        msg = (
            f"X has a column named {taken[0]!r}, which is the name given to another argument; "
            "rename it in X"
        )
        raise InputError(msg)
    if not columns:
        return replace(features, name="arrays")
    frame = pl.concat([features.frame, pl.DataFrame(columns).lazy()], how="horizontal")
    return replace(features, name="arrays", frame=frame)
