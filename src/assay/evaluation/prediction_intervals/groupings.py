"""Columns in; the groups in which coverage is looked at out."""

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.evaluation.prediction_intervals.coverage import Grouping

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

Floats = NDArray[np.float64]
N_DECILES = 10
N_PARTS = 4
MOST_LEVELS = 20
THOUSANDS = 10_000
"""From here on commas are put in; below, a number may be a year."""
MOST_FEATURES = 20


def deciles_of(values: Floats, by: str = "predicted value") -> Grouping | None:
    """Return tenths of the rows by a number; None where it has fewer than two values.

    Examples
    --------
    >>> deciles_of(np.arange(20.0)).code[:4].tolist()
    [0, 0, 1, 1]
    """
    return _quantiles(values, by, N_DECILES)


def _quantiles(values: Floats, by: str, parts: int) -> Grouping | None:
    known = np.isfinite(values)
    if not known.any():
        return None
    cuts = np.unique(np.quantile(values[known], np.arange(1, parts) / parts))
    cuts = cuts[cuts > values[known].min()]
    if not len(cuts):
        return None
    code = np.where(known, np.searchsorted(cuts, values, side="right"), -1)
    ends = _told(cuts)
    names = [f"below {ends[0]}", *(f"{a} to {b}" for a, b in itertools.pairwise(ends))]
    return Grouping(by, (*names, f"from {ends[-1]}"), code.astype(np.int64))


def _told(cuts: Floats) -> list[str]:
    """Write cuts as people do, with as many digits as keep them apart.

    Examples
    --------
    >>> _told(np.array([112_760.5, 129_900.0])), _told(np.array([0.25, 1.5]))
    (['113,000', '130,000'], ['0.25', '1.5'])
    """
    rounded: list[float] = []
    for digits in range(3, 16):
        rounded = [float(f"{cut:.{digits}g}") for cut in cuts]
        if len(set(rounded)) == len(cuts):
            break
    return [
        f"{at:,.0f}" if abs(at) >= THOUSANDS and at.is_integer() else f"{at:.6g}" for at in rounded
    ]


def levels_of(values: pl.Series) -> Grouping | None:
    """Return one group a value; None where there are more than 20, or one."""
    if values.dtype.is_nested() or values.n_unique() > MOST_LEVELS + 1:  # + 1 for missing ones
        return None
    texts = values.cast(pl.String).fill_null("(missing)")
    names = sorted(texts.unique().to_list())
    if not 1 < len(names) <= MOST_LEVELS:
        return None
    places = {name: at for at, name in enumerate(names)}
    code = texts.replace_strict(places, return_dtype=pl.Int64).to_numpy()
    return Grouping(values.name, tuple(names), code)


def groupings_of(data: "Dataset", facets: Sequence[str]) -> tuple[Grouping, ...]:
    """Return the groups of the facets and of up to 20 features, at most 20 values each.

    Numbers of more values are cut into quarters.

    Parameters
    ----------
    data : Dataset
    facets : sequence of str
    """
    schema = data.schema
    features = [
        name
        for name in schema.features
        if schema[name].kind in ("categorical", "boolean", "ordinal", "continuous")
    ]
    names = tuple(
        dict.fromkeys(
            [
                *(name for name in facets if name in schema.names),
                *features[:MOST_FEATURES],
            ]
        )
    )
    if not names:
        return ()
    table = data.collect(names)
    found = [_grouping(table[name]) for name in names]
    return tuple(each for each in found if each is not None)


def _grouping(values: pl.Series) -> Grouping | None:
    levels = levels_of(values)
    if levels is None and values.dtype.is_numeric():
        return _quantiles(
            values.cast(pl.Float64).fill_null(np.nan).to_numpy(), values.name, N_PARTS
        )
    return levels
