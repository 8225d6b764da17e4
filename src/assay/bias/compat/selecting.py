"""The rows that a list of values, or a threshold, stands for, and how the report says it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import narwhals as nw

from assay.bias.compat.kinds import ColumnFacts, settle_kind
from assay.bias.compat.matching import as_they_are, as_threshold, converted
from assay.data.schema import Storage
from assay.errors import InputError
from assay.tables.cube import Level


@dataclass(frozen=True, kw_only=True, eq=False)
class Selection:
    """How rows are chosen by one column.

    Parameters
    ----------
    kind : {"categorical", "continuous"}
    rows : narwhals.Expr
        Whether a row is chosen; never null.
    text : str
        ``1,2`` or ``(40, 90]``; "" for an interval that holds nothing.
    """

    kind: Literal["categorical", "continuous"]
    rows: nw.Expr
    text: str


def column_value(name: str, storage: Storage) -> nw.Expr:
    """Return a column as numbers, true and false, or text."""
    value = nw.col(name)
    return value if storage in ("int64", "float64", "bool") else value.cast(nw.String)


def matches(value: nw.Expr, listed: Sequence[Level], storage: Storage) -> nw.Expr:
    """Return whether a value is among those listed, compared as they are; never null."""
    known = as_they_are(listed, storage)
    return value.is_in(known).fill_null(value=False) if known else nw.lit(value=False)


def select_rows(
    facts: ColumnFacts,
    values: tuple[Level, ...],
    *,
    any_match: bool,
    beside: ColumnFacts | None = None,
) -> Selection:
    """Return the rows that have a listed value, or lie above the threshold.

    Parameters
    ----------
    facts : ColumnFacts
    values : tuple
        At least one.
    any_match : bool
        Whether any row has a listed value as it is; if not, values are converted first.
    beside : ColumnFacts or None
        The column that the interval's upper end is taken from as well: label or prediction.

    Raises
    ------
    InputError
        If a continuous column's threshold is no number.
    """
    value = column_value(facts.name, facts.storage)
    if settle_kind(facts, values) == "continuous":
        threshold = as_threshold(values[0], facts.name)
        return Selection(
            kind="continuous",
            rows=(_as_number(value, facts) > threshold).fill_null(value=False),
            text=_interval_above(threshold, [facts] if beside is None else [facts, beside]),
        )
    listed = values if any_match else converted(values, facts.first)
    return Selection(
        kind="categorical",
        rows=matches(value, listed, facts.storage),
        text=",".join(str(value) for value in values),
    )


def interval_text(threshold: float, upper: float | None, *, whole: bool) -> str:
    """Return the interval above a threshold: open below, closed above; "" if it is empty.

    Examples
    --------
    >>> interval_text(45, 77.0, whole=True), interval_text(27.5, 77, whole=True)
    ('(45, 77]', '(27.5, 77.0]')
    >>> interval_text(45, 77.0, whole=False), interval_text(77, 77.0, whole=True)
    ('(45.0, 77.0]', '')
    """
    if upper is None or not threshold < upper:
        return ""
    if whole and not isinstance(threshold, float):
        return f"({int(threshold)}, {int(upper)}]"
    return f"({float(threshold)}, {float(upper)}]"


def threshold_needed(facts: ColumnFacts) -> InputError:
    """Return the error for a continuous facet that has no threshold."""
    share = "" if facts.dtype == "float" else f" ({facts.distinct_share:.0%} distinct values)"
    return InputError(
        f"Threshold values must be provided for continuous facet data: {facts.name!r} is "
        f"continuous to smclarify 0.5, {facts.dtype}{share}; give it one number"
    )


def _as_number(value: nw.Expr, facts: ColumnFacts) -> nw.Expr:
    return value.str.strip_chars().cast(nw.Int64) if facts.dtype == "text" else value


def _interval_above(threshold: float, columns: Sequence[ColumnFacts]) -> str:
    ends = [facts.maximum for facts in columns if facts.maximum is not None]
    whole = all(facts.dtype != "float" for facts in columns)
    return interval_text(threshold, max(ends, default=None), whole=whole)
