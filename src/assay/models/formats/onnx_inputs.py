"""Rows of a table in, the tensors that an ONNX model wants out."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.errors import InputError
from assay.models.features import Wanted
from assay.models.formats.inspection import Port

TEXT = "text"
SHOWN = 30
Row = tuple[int | None, ...]
Columns = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class TensorInput:
    """One input of a model, and where its values come from.

    Parameters
    ----------
    name : str
    type : str
        Name of a numpy dtype, or "text".
    row : tuple of (int or None)
        Shape of what one table row becomes; None for a length that is not fixed.
    batch : int or None
        How many rows the model takes at once, where that is fixed.
    places : tuple of int or None
        Which of the columns handed over it takes; None for all.
    """

    name: str
    type: str
    row: Row
    batch: int | None = None
    places: tuple[int, ...] | None = None

    @property
    def size(self) -> int | None:
        """How many values a row has; None where a length is not fixed."""
        known = [length for length in self.row if length is not None]
        return math.prod(known) if len(known) == len(self.row) else None

    def tensor(self, frame: pl.DataFrame, missing_text: str | None) -> NDArray[Any]:
        """Return the values of every row, shape (n_rows, *row).

        Raises
        ------
        InputError
            If they are too many or too few, or cannot be what the model wants without loss.
        """
        columns = frame.get_columns()
        chosen = columns if self.places is None else [columns[place] for place in self.places]
        if len(chosen) == 1 and chosen[0].dtype.is_nested():
            return self._unpacked(chosen[0], missing_text)
        if self.size is not None and self.size != len(chosen):
            raise InputError(self._miscounted(len(chosen), [column.name for column in chosen]))
        values = [self._cast(column, missing_text) for column in chosen]
        stacked = np.stack(values, axis=1) if values else np.empty((frame.height, 0))
        return stacked.reshape(frame.height, *self._shape(len(chosen)))

    def _unpacked(self, column: pl.Series, missing_text: str | None) -> NDArray[Any]:
        """Return the values of a column that holds lists or arrays, all of one shape."""
        n_rows, lengths, values = len(column), [], column
        while values.dtype.is_nested():
            if not isinstance(values.dtype, pl.List | pl.Array):
                raise InputError(self._refused(column, f"holds {values.dtype}"))
            values = values.arr.to_list() if isinstance(values.dtype, pl.Array) else values
            found = values.list.len().unique().to_list()
            if len(found) != 1 or not found[0]:
                shown = ", ".join("none" if each is None else str(each) for each in found[:5])
                raise InputError(
                    self._refused(column, f"holds lists of different length: {shown}")
                )
            lengths.append(found[0])
            values = values.explode()
        count = math.prod(lengths)
        if self.size is not None and self.size != count:
            raise InputError(self._miscounted(count, [column.name]))
        fits = len(lengths) == len(self.row) and all(
            wanted in (None, length) for wanted, length in zip(self.row, lengths, strict=True)
        )
        shape = lengths if fits else self._shape(count)
        return self._cast(values.alias(column.name), missing_text).reshape(n_rows, *shape)

    def _shape(self, count: int) -> list[int]:
        """Return the shape of a row of `count` values; one open length is worked out."""
        if self.size is not None:
            return [length or 0 for length in self.row]
        open_lengths = [length for length in self.row if length is None]
        fixed = math.prod(length for length in self.row if length is not None)
        if len(open_lengths) > 1 or count % fixed:
            shape = " × ".join("?" if length is None else str(length) for length in self.row)
            msg = (
                f"the model's input {self.name} has rows of shape {shape}, and {count} values do "
                f"not say which; name the shape: --model-option 'shapes={{{self.name}: [3, 48, "
                "192]}' (in Python options={'shapes': {…: [3, 48, 192]}})"
            )
            raise InputError(msg)
        return [count // fixed if length is None else length for length in self.row]

    def _cast(self, column: pl.Series, missing_text: str | None) -> NDArray[Any]:
        """Return one column in the model's type, without loss but for rounding of fractions."""
        dtype = column.dtype
        if self.type == TEXT:
            return self._text(column, missing_text)
        if not (dtype.is_numeric() or dtype in (pl.Boolean, pl.Null)):
            raise InputError(self._refused(column, f"holds {_kind(dtype)}"))
        target = np.dtype(self.type)
        if target.kind == "f":
            return column.cast(pl.Float64).to_numpy().astype(target)
        if column.has_nulls():
            raise InputError(self._refused(column, "has missing values"))
        given = column.to_numpy()
        with np.errstate(invalid="ignore"):
            made = given.astype(target)
            lost = made != given
        if lost.any():
            raise InputError(self._refused(column, f"holds {given[lost][0]}"))
        return made

    def _text(self, column: pl.Series, missing: str | None) -> NDArray[Any]:
        dtype = column.dtype
        if dtype in (pl.Categorical, pl.Enum) or dtype.is_integer():
            column = column.cast(pl.String)
        elif dtype == pl.Boolean:
            column = column.replace_strict({True: "True", False: "False"}, return_dtype=pl.String)
        elif dtype == pl.Null:
            column = column.cast(pl.String)
        elif dtype != pl.String:
            raise InputError(self._refused(column, f"holds {_kind(dtype)}"))
        if column.has_nulls():
            if missing is None:
                hint = (
                    "has missing values, for which tensors of text have no sign; say what stands "
                    "for them: --model-option missing_text= (here nothing, in Python "
                    "options={'missing_text': ''})"
                )
                raise InputError(self._refused(column, hint))
            column = column.fill_null(missing)
        return np.array(column.to_list(), dtype=object)

    def _refused(self, column: pl.Series, what: str) -> str:
        return f"the model's input {self.name} is {self.type}, and the column {column.name} {what}"

    def _miscounted(self, count: int, names: Sequence[str]) -> str:
        listed = ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
        return (
            f"the model's input {self.name} takes {self.size} values a row, and the table offers "
            f"{count}: {listed}; name the columns with --feature (features=[…] in Python), leave "
            "out others with --ignore, or give one column of lists"
        )


def _kind(dtype: pl.DataType) -> str:
    return "text" if dtype in (pl.String, pl.Categorical, pl.Enum) else str(dtype)


def plan_inputs(
    ports: Sequence[Port],
    *,
    columns: Columns,
    shapes: Mapping[str, Sequence[int]],
    features: tuple[str, ...] | None,
) -> tuple[tuple[TensorInput, ...], Wanted]:
    """Decide which columns of a table go into which input.

    Parameters
    ----------
    ports : sequence of Port
        The inputs of the model.
    columns : mapping of str to sequence of str
        Input → columns, as the user said.
    shapes : mapping of str to sequence of int
        Input → shape of a row, where the model leaves lengths open.
    features : tuple of str or None
        Columns of a model with a single input, in order.

    Returns
    -------
    (tuple of TensorInput, Wanted)

    Raises
    ------
    InputError
        If what was said names no input, or an input cannot hold rows of a table.
    """
    known = [port.name for port in ports]
    for name in (*columns, *shapes):
        if name not in known:
            msg = f"the model has no input {name}; it has: {describe_ports(ports)}"
            raise InputError(msg)
    made = [_input(port, shapes.get(port.name)) for port in ports]
    listed = f"The model's inputs: {describe_ports(ports)}"
    if len(made) == 1 and not columns:
        advice = f"{listed}. {ADVICE_ONE}"
        count = made[0].size if features is None else None
        return tuple(made), Wanted(features, count, packed=True, advice=advice)
    names: list[str] = []
    planned = []
    for each in made:
        places = []
        for column in columns.get(each.name, (each.name,)):
            if column not in names:
                names.append(column)
            places.append(names.index(column))
        planned.append(TensorInput(each.name, each.type, each.row, each.batch, tuple(places)))
    advice = f"{listed}. {ADVICE_SEVERAL}"
    return tuple(planned), Wanted(tuple(names), underlined=True, advice=advice)


ADVICE_ONE = "Say which columns go in, in their order, with --feature (in Python features=[…])"
ADVICE_SEVERAL = (
    "If the table calls them otherwise, say which column goes where: --model-option "
    "'inputs={INPUT: COLUMN}' (in Python options={'inputs': {…: …}})"
)


def _input(port: Port, row: Sequence[int] | None) -> TensorInput:
    if port.type != TEXT and port.type not in np.sctypeDict:
        msg = (
            f"the model's input {port.name} is of type {port.type or 'unknown'}, which columns "
            "of a table cannot fill; it can take tensors of numbers, truth values or text"
        )
        raise InputError(msg)
    if not port.shape:
        msg = f"the model's input {port.name} has no dimension for the rows of a table"
        raise InputError(msg)
    batch, *rest = port.shape
    open_row = tuple(length if isinstance(length, int) else None for length in rest)
    told = None if row is None else tuple(row)
    fits = told is None or (
        len(told) == len(open_row)
        and all(a in (None, b) for a, b in zip(open_row, told, strict=True))
    )
    if not fits:
        msg = f"the shape {list(told or ())} does not fit the input {describe_ports([port])}"
        raise InputError(msg)
    return TensorInput(
        port.name, port.type, told or open_row, batch if isinstance(batch, int) else None
    )


def describe_ports(ports: Sequence[Port]) -> str:
    """Write inputs or outputs on one line, with type and shape.

    Examples
    --------
    >>> describe_ports([Port(name="X", type="float32", shape=(None, 3))])
    'X (float32, ? × 3)'
    """
    shown = []
    for port in ports[:SHOWN]:
        shape = " × ".join("?" if not isinstance(each, int) else str(each) for each in port.shape)
        parts = ", ".join(part for part in (port.type, shape) if part)
        shown.append(f"{port.name} ({parts})")
    return ", ".join(shown) + (", …" if len(ports) > SHOWN else "")
