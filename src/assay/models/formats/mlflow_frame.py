"""The columns that an MLflow signature asks for, in its types."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from assay.errors import InputError
from assay.models.formats.mlflow_folder import Field

NUMBERS = {"double": "float64", "float": "float32", "long": "int64", "integer": "int32"}
WHOLE = ("long", "integer")


def enforced(
    predict: Callable[[Any], object], columns: Sequence[Field] | None
) -> Callable[[Any], object]:
    """Return the function, given pandas frames in the signature's types.

    What is returned raises InputError where a column cannot be of its type.
    """
    if columns is None:
        return predict
    fields = tuple(columns)

    def typed(frame: Any) -> object:  # noqa: ANN401  a pandas frame
        return predict(in_types(frame, fields))

    return typed


def in_types(frame: Any, columns: Sequence[Field]) -> Any:  # noqa: ANN401  pandas frames
    """Return a pandas frame whose columns have the types of the signature."""
    made = frame.copy(deep=False)
    for spec in columns:
        if spec.name in made.columns:
            made[spec.name] = _typed(made[spec.name], spec)
    return made


def _typed(series: Any, spec: Field) -> Any:  # noqa: ANN401
    missing = int(series.isna().sum())
    if spec.type in (*WHOLE, "boolean") and missing:
        msg = (
            f"the model's signature wants the column {spec.name!r} as {spec.type}, which has no "
            f"missing values, and {missing:,} of {len(series):,} rows of a batch have none; fill "
            "them, or save the model with a signature that has it as double"
        )
        raise InputError(msg)
    try:
        if spec.type in NUMBERS:
            return _number(series, spec)
        if spec.type == "boolean":
            return (
                series.astype(bool) if series.isin([True, False]).all() else _refuse(series, spec)
            )
        if spec.type == "string":
            texts = [
                None if gone else str(value)
                for value, gone in zip(series, series.isna(), strict=True)
            ]
            return type(series)(texts, index=series.index, name=series.name, dtype=object)
        if spec.type == "datetime":
            return series.astype("datetime64[ns]")
    except (TypeError, ValueError, OverflowError):
        return _refuse(series, spec)
    return series


def _number(series: Any, spec: Field) -> Any:  # noqa: ANN401
    numbers = series.astype("float64")
    if spec.type in WHOLE and not np.all(numbers == np.round(numbers)):
        return _refuse(series, spec)
    return (series if spec.type in WHOLE else numbers).astype(NUMBERS[spec.type])


def _refuse(series: Any, spec: Field) -> Any:  # noqa: ANN401
    some = series.dropna()
    shown = f", such as {str(some.iloc[0])[:40]!r}" if len(some) else ""
    msg = (
        f"the model's signature wants the column {spec.name!r} as {spec.type}, and the table has "
        f"{series.dtype} values{shown}; give the table with the types that the model was trained "
        "on, or say how the column is to be read with --types"
    )
    raise InputError(msg)
