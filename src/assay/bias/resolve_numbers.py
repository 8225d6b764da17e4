"""A column of numbers in, the facet above a threshold, in bands or between quantiles out."""

from collections.abc import Sequence
from itertools import pairwise

import narwhals as nw
import numpy as np

from assay.bias.facet import Facet, FacetSpec, How, Sign, Span
from assay.bias.facet_text import facet_name, number_text
from assay.bias.resolve_columns import ColumnValues
from assay.bias.resolve_groups import column_facet, nothing_to_compare
from assay.bias.result import LeftOut
from assay.errors import InputError

_DIGITS = range(6, 17)


def check_numbers(spec: FacetSpec, values: ColumnValues) -> None:
    """Refuse thresholds on what is no number, or outside the values.

    Raises
    ------
    InputError
        If the column does not hold numbers, or a threshold leaves one side without rows.
    """
    cuts = ", ".join(number_text(cut) for cut in spec.cuts)
    if not values.is_number:
        shown = ", ".join(repr(level) for level in values.levels[:5])
        msg = (
            f"the facet {facet_name(spec)!r} has a threshold ({cuts}), and column "
            f"{values.name!r} holds no numbers but for example {shown}; list values instead: "
            f"{values.name}=…"
        )
        raise InputError(msg)
    low, high = values.minimum, values.maximum
    for cut in spec.cuts:
        closed = spec.comparison in (">=", "<")
        above = cut > high if closed else cut >= high
        below = cut <= low if closed else cut < low
        if above or below:
            side = "at or above the maximum" if above else "at or below the minimum"
            if (closed and above) or (not closed and below):
                side = side.replace("at or ", "")
            end = number_text(high if above else low)
            msg = (
                f"the threshold {number_text(cut)} of the facet {facet_name(spec)!r} is {side} "
                f"of {values.name!r}, {end}: one side has no row; choose a number between "
                f"{number_text(low)} and {number_text(high)}"
            )
            raise InputError(msg)


def condition_facet(
    spec: FacetSpec, values: ColumnValues, *, why: str, keep_missing: bool
) -> Facet:
    """Return the facet of the rows for which a comparison holds against the rest.

    Raises
    ------
    InputError
        If the column holds no numbers, or one side has no row.
    """
    check_numbers(spec, values)
    sign, cut, key = spec.comparison or ">", spec.cuts[0], values.key()
    text, low, high, name = number_text(cut), values.minimum, values.maximum, spec.column
    holds: dict[Sign, tuple[nw.Expr, str, str]] = {
        ">": (key > cut, f"{name} > {text}", f"{name} ≤ {text}"),
        ">=": (key >= cut, f"{name} ≥ {text}", f"{name} < {text}"),
        "<": (key < cut, f"{name} < {text}", f"{name} ≥ {text}"),
        "<=": (key <= cut, f"{name} ≤ {text}", f"{name} > {text}"),
    }
    truth, group, rest = holds[sign]
    closed = sign in (">=", "<")  # the threshold belongs to the upper side
    upper = Span(cut, high, includes_low=closed)
    lower = Span(low, cut, includes_low=True, includes_high=not closed)
    return column_facet(
        spec,
        values,
        how="condition",
        why=why,
        key=truth,
        known={True: group, False: rest},
        groups=(group, rest),
        n_reported=1,
        spans=(upper, lower) if sign in (">", ">=") else (lower, upper),
        keep_missing=keep_missing,
    )


def bands_facet(spec: FacetSpec, values: ColumnValues, *, keep_missing: bool) -> Facet:
    """Return the facet of bands, each open below and closed above.

    Raises
    ------
    InputError
        If the column holds no numbers, or the first or the last band has no row.
    """
    check_numbers(spec, values)
    names = [number_text(cut) for cut in spec.cuts]
    return _banded(spec, values, "bands", spec.cuts, names, keep_missing=keep_missing)


def quantiles_facet(
    spec: FacetSpec, values: ColumnValues, *, why: str, bins: int, keep_missing: bool
) -> Facet | LeftOut:
    """Return the facet of groups of about equal size, cut at values that occur.

    A cut is the smallest value that has at least its share of the rows at or below it: rows of
    equal value stay together, and there are fewer groups where many rows share one.

    Parameters
    ----------
    spec : FacetSpec
    values : ColumnValues
    why : str
        Why the column is cut.
    bins : int
        At least 2.
    keep_missing : bool

    Returns
    -------
    Facet or LeftOut
        What is left out has one value only.
    """
    cuts = _quantiles(values, bins)
    if not cuts:
        return nothing_to_compare(spec, f"every row with a value has {values.maximum!r}")
    fewer = "" if len(cuts) == bins - 1 else ", fewer than asked as many rows share a value"
    why = f"{why}: cut at quantiles into {len(cuts) + 1} groups{fewer}"
    return _banded(
        spec, values, "quantiles", cuts, _short_texts(cuts), why=why, keep_missing=keep_missing
    )


def _quantiles(values: ColumnValues, bins: int) -> tuple[float, ...]:
    share = np.cumsum(values.stretch_rows) / values.stretch_rows.sum()
    wanted = np.arange(1, bins) / bins
    at = np.searchsorted(share, wanted - 1e-12)
    cuts = np.unique(values.high[at])
    cuts = cuts[np.isfinite(cuts) & (cuts < values.maximum)]
    if not len(cuts):  # most rows have the largest value: part it from what is below
        below = np.unique(np.concatenate([values.low, values.high]))[:-1]
        cuts = below[np.isfinite(below)][-1:]
    return tuple(float(cut) for cut in cuts)


def _short_texts(cuts: Sequence[float]) -> list[str]:
    """Return the cuts with as few digits as keep them apart, six at least."""
    for digits in _DIGITS:
        rounded = [float(f"{cut:.{digits}g}") for cut in cuts]
        if len(set(rounded)) == len(cuts):
            return [number_text(cut) for cut in rounded]
    return [number_text(cut) for cut in cuts]


def _banded(
    spec: FacetSpec,
    values: ColumnValues,
    how: How,
    cuts: Sequence[float],
    texts: Sequence[str],
    *,
    why: str = "",
    keep_missing: bool,
) -> Facet:
    """Return the facet of the bands between cuts; those without rows are left out, and said."""
    inner = [f"({low}, {high}]" for low, high in pairwise(texts)]
    names = [f"≤ {texts[0]}", *inner, f"> {texts[-1]}"]
    ends = [values.minimum, *cuts, values.maximum]
    spans = [
        Span(low, high, includes_low=at == 0) for at, (low, high) in enumerate(pairwise(ends))
    ]
    used = [at for at, span in enumerate(spans) if _has_rows(span, values)]
    empty = [name for at, name in enumerate(names) if at not in used]
    if empty:
        why = f"no row lies in {', '.join(empty)}"
    key = values.key()
    band = sum(((key > cut).cast(nw.Int64) for cut in cuts[1:]), (key > cuts[0]).cast(nw.Int64))
    return column_facet(
        spec,
        values,
        how=how,
        why=why,
        key=band,
        known=dict(enumerate(names)),
        groups=[names[at] for at in used],
        spans=[spans[at] for at in used],
        keep_missing=keep_missing,
    )


def _has_rows(span: Span, values: ColumnValues) -> bool:
    above = values.low >= span.low if span.includes_low else values.high > span.low
    return bool((above & (values.low <= span.high)).any())


def clarify_interval(facet: Facet, group: str) -> str | None:
    """Return the numbers of a group as SageMaker Clarify writes them, ``(t, max]``.

    Parameters
    ----------
    facet : Facet
    group : str
        One of its groups.

    Returns
    -------
    str or None
        None where the group is not one of numbers between two ends.

    Raises
    ------
    InputError
        If the facet has no such group.
    """
    if group not in facet.groups:
        msg = f"the facet {facet.name!r} has no group {group!r}; it has: {', '.join(facet.groups)}"
        raise InputError(msg)
    span = facet.spans[facet.groups.index(group)] if facet.spans else None
    if span is None:
        return None
    first, last = "[" if span.includes_low else "(", "]" if span.includes_high else ")"
    return f"{first}{number_text(span.low)}, {number_text(span.high)}{last}"
