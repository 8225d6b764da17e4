"""Rows of a table as JSON or CSV text, whole columns at a time."""

import polars as pl

from assay.errors import InputError

WRAP = '{"v":'
"""How Polars writes a column of one field named v, before each value."""
NO_FRACTION = r"\.0+([Z+-]|$)"
"""The fraction of a second where there is none."""


def as_plain(batch: pl.DataFrame) -> pl.DataFrame:
    """Turn the columns into what JSON and CSV can say.

    Dates and times become ISO 8601 text, decimals numbers, categories their text; NaN becomes
    null. Whole numbers stay whole.

    Raises
    ------
    InputError
        If a column holds bytes or objects.

    Examples
    --------
    >>> from datetime import datetime
    >>> as_plain(pl.DataFrame({"at": [datetime(2026, 1, 31, 12)], "x": [float("nan")]})).row(0)
    ('2026-01-31T12:00:00', None)
    """
    refused = [name for name, dtype in batch.schema.items() if dtype in (pl.Binary, pl.Object)]
    if refused:
        msg = (
            f"the column {refused[0]} holds {batch.schema[refused[0]]} values, which cannot be "
            "written as text for a model outside this process; leave it out with --ignore"
        )
        raise InputError(msg)
    return batch.with_columns(
        _plain(pl.col(name), dtype).alias(name) for name, dtype in batch.schema.items()
    )


def json_objects(batch: pl.DataFrame) -> pl.Series:
    """Return each row as the text of a JSON object, name → value.

    Parameters
    ----------
    batch : polars.DataFrame

    Returns
    -------
    polars.Series of text, length n_rows

    Raises
    ------
    InputError
        If a value is infinite, which JSON cannot say, or a column cannot be text.

    Examples
    --------
    >>> json_objects(pl.DataFrame({"age": [39, None], "job": ["cook", "smith"]})).to_list()
    ['{"age":39,"job":"cook"}', '{"age":null,"job":"smith"}']
    """
    plain = _without_infinity(as_plain(batch))
    if not plain.width:
        return pl.Series(["{}"] * plain.height, dtype=pl.String)
    return plain.select(pl.struct(pl.all()).struct.json_encode()).to_series()


def json_arrays(batch: pl.DataFrame) -> pl.Series:
    """Return each row as the text of a JSON array of its values, in the order of the columns.

    Raises
    ------
    InputError
        As `json_objects`.

    Examples
    --------
    >>> json_arrays(pl.DataFrame({"age": [39, None], "job": ["cook", "smith"]})).to_list()
    ['[39,"cook"]', '[null,"smith"]']
    """
    texts = json_columns(batch)
    values = pl.concat_str(pl.all(), separator=",") if texts.width else pl.lit("")
    return texts.select(pl.concat_str(pl.lit("["), values, pl.lit("]"))).to_series()


def json_columns(batch: pl.DataFrame) -> pl.DataFrame:
    r"""Return every value as the text of a JSON value; the columns keep their names.

    Raises
    ------
    InputError
        As `json_objects`.

    Examples
    --------
    >>> json_columns(pl.DataFrame({"ok": [True, None], "t": ['"', "b"]})).rows()
    [('true', '"\\""'), ('null', '"b"')]
    """
    plain = _without_infinity(as_plain(batch))
    return plain.select(
        pl.struct(pl.col(name).alias("v"))
        .struct.json_encode()
        .str.slice(len(WRAP))
        .str.head(-1)
        .alias(name)
        for name in plain.columns
    )


def csv_text(batch: pl.DataFrame) -> str:
    r"""Return the rows as CSV without a header; no value is an empty field.

    Raises
    ------
    InputError
        If a column holds lists, bytes or objects.

    Examples
    --------
    >>> csv_text(pl.DataFrame({"age": [39, None], "job": ["cook", "a, b"]}))
    '39,cook\n,"a, b"\n'
    """
    nested = [name for name, dtype in batch.schema.items() if dtype.is_nested()]
    if nested:
        msg = (
            f"the column {nested[0]} holds lists, which CSV cannot say; ask in JSON "
            "(content_type=application/json), or leave it out with --ignore"
        )
        raise InputError(msg)
    return as_plain(batch).write_csv(include_header=False)


def _plain(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.Array):
        return _plain(value.arr.to_list(), pl.List(dtype.inner))
    if isinstance(dtype, pl.List):
        inner = dtype.inner if isinstance(dtype.inner, pl.DataType) else dtype.inner()
        return value.list.eval(_plain(pl.element(), inner))
    if dtype.is_temporal():
        text = value.dt.to_string("iso:strict" if isinstance(dtype, pl.Datetime) else "iso")
        return text.str.replace(NO_FRACTION, "$1")
    if isinstance(dtype, pl.Decimal):
        return value.cast(pl.Float64 if dtype.scale else pl.Int128)
    if isinstance(dtype, pl.Categorical | pl.Enum):
        return value.cast(pl.String)
    return value.fill_nan(None) if dtype.is_float() else value


def _without_infinity(plain: pl.DataFrame) -> pl.DataFrame:
    floats = [name for name, dtype in plain.schema.items() if _leaf(dtype).is_float()]
    for name in floats:
        values = plain[name]
        while values.dtype.is_nested():
            values = values.explode()
        if values.is_infinite().any():
            msg = (
                f"the column {name} holds an infinite number, which JSON cannot say; replace it "
                "in the table, or leave the column out with --ignore"
            )
            raise InputError(msg)
    return plain


def _leaf(dtype: pl.DataType) -> pl.DataType:
    while isinstance(dtype, pl.List):
        dtype = dtype.inner if isinstance(dtype.inner, pl.DataType) else dtype.inner()
    return dtype
