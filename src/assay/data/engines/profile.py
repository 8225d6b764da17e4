"""Describe columns: counts, distinct values, quantiles and most frequent values."""

import math
from collections.abc import Mapping

import polars as pl

from assay.tables.column_profile import ColumnProfile
from assay.tables.cube import Level

PROBABILITIES = (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)
N_TOP = 10
UNCOUNTED_KINDS = ("continuous", "empty")
Row = Mapping[str, object]


def profile_columns(
    frame: pl.LazyFrame,
    columns: Mapping[str, str],
    *,
    exact: bool,
    in_memory: bool,
    sampled: pl.DataFrame,
) -> tuple[ColumnProfile, ...]:
    """Describe the named columns.

    Parameters
    ----------
    frame : polars.LazyFrame
    columns : mapping of str to str
        Column → kind.
    exact : bool
        Whether distinct values are counted, or estimated.
    in_memory : bool
        Whether the rows are in memory already.
    sampled : polars.DataFrame
        Rows for the quantiles, where they are not taken exactly.
    """
    types = frame.collect_schema()
    wanted = [_aggregates(name, kind, types[name], exact) for name, kind in columns.items()]
    counted = [name for name, kind in columns.items() if kind not in UNCOUNTED_KINDS]
    flat = {f"{at}:{what}": e for at, some in enumerate(wanted) for what, e in some.items()}
    frames = [frame.select(**flat), *(_top_values(frame, name) for name in counted)]
    made, *tops = pl.collect_all(frames, engine="in-memory" if in_memory else "streaming")
    row = made.row(0, named=True) if flat else {}
    top = dict(zip(counted, tops, strict=True))
    return tuple(
        _build_profile(
            name,
            kind,
            {what: row[f"{at}:{what}"] for what in wanted[at]},
            exact=exact,
            top=top.get(name),
            sample=sampled[name] if name in sampled.columns else None,
        )
        for at, (name, kind) in enumerate(columns.items())
    )


def _aggregates(name: str, kind: str, dtype: pl.DataType, exact: bool) -> dict[str, pl.Expr]:
    """Return what a select must compute for one column, by what it is called in the profile.

    Numbers are described over their finite values; quantiles are taken only where `exact`.
    """
    raw = pl.col(name)
    out = {"n": pl.len(), "n_null": raw.null_count()}
    if dtype == pl.Null or kind == "empty":
        return out
    values = raw.fill_nan(None) if dtype.is_float() else raw
    if dtype.is_float():
        out |= {"n_nan": raw.is_nan().sum(), "n_infinite": raw.is_infinite().sum()}
    distinct = values.drop_nulls()
    out["n_distinct"] = distinct.n_unique() if exact else distinct.approx_n_unique()
    if dtype.is_numeric():
        number = values.cast(pl.Float64)
        finite = pl.when(number.is_finite()).then(number)
        out |= {
            "minimum": finite.min(),
            "maximum": finite.max(),
            "mean": finite.mean(),
            "std": finite.std(),
        }
        if exact:
            out |= {f"q{p}": finite.quantile(p, "linear") for p in PROBABILITIES}
    if isinstance(dtype, pl.Duration):  # as ISO 8601 writes them: P1DT2H
        out |= {f: e.dt.to_string() for f, e in (("first", raw.min()), ("last", raw.max()))}
    elif dtype.is_temporal():
        out |= {"first": raw.min().cast(pl.String), "last": raw.max().cast(pl.String)}
    return out


def _top_values(frame: pl.LazyFrame, name: str) -> pl.LazyFrame:
    """Return the most frequent values of a column with their rows; ties by value."""
    value = pl.col(name).alias("value")
    counted = frame.select(value).drop_nulls().group_by("value").agg(pl.len().alias("rows"))
    return counted.sort("rows", "value", descending=[True, False]).head(N_TOP)


def _build_profile(
    name: str,
    kind: str,
    numbers: Row,
    *,
    exact: bool,
    top: pl.DataFrame | None,
    sample: pl.Series | None,
) -> ColumnProfile:
    """Put the numbers of one column together."""
    quantiles = tuple(
        (p, _number(numbers[f"q{p}"])) for p in PROBABILITIES if numbers.get(f"q{p}") is not None
    )
    if sample is not None and not quantiles:
        values = sample.cast(pl.Float64).fill_nan(None).drop_nulls()
        values = values.filter(values.is_finite())
        ends = {0.0: numbers["minimum"], 1.0: numbers["maximum"]}
        pairs = [(p, ends.get(p, values.quantile(p, "linear"))) for p in PROBABILITIES]
        quantiles = tuple((p, _number(value)) for p, value in pairs if value is not None)
    pairs = [] if top is None else top.rows()
    return ColumnProfile(
        name=name,
        kind=kind,
        n=_count(numbers["n"]),
        n_null=_count(numbers["n_null"]),
        n_distinct=_count(numbers.get("n_distinct", 0)),
        n_nan=_count(numbers.get("n_nan", 0)),
        n_infinite=_count(numbers.get("n_infinite", 0)),
        distinct_exact=exact,
        minimum=_optional(numbers.get("minimum")),
        maximum=_optional(numbers.get("maximum")),
        mean=_optional(numbers.get("mean")),
        std=_optional(numbers.get("std")),
        quantiles=quantiles,
        top=tuple((_level(value), rows) for value, rows in pairs),
        first=_text(numbers.get("first")),
        last=_text(numbers.get("last")),
    )


def _count(value: object) -> int:
    return int(value) if isinstance(value, int) else 0


def _number(value: object) -> float:
    if not isinstance(value, (int, float)):
        msg = f"not a number: {value!r}"
        raise TypeError(msg)
    return float(value)


def _optional(value: object) -> float | None:
    """Return a number; None where there is none, or where its sums are beyond any float."""
    return None if value is None or not math.isfinite(_number(value)) else _number(value)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _level(value: object) -> Level:
    return value if isinstance(value, (bool, int, float, str)) else str(value)
