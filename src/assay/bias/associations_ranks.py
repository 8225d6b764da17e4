"""Whether a facet's number and another rise together: Spearman's correlation of a sample."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from assay.bias.associations_numbers import correlated
from assay.bias.measurement import Measurement
from assay.data.dataset import Dataset
from assay.metrics.few import MIN_ROWS, few_rows
from assay.stats.rank_correlation import spearman_of
from assay.stats.spread import Spread, unit_spread
from assay.stats.sums import sums_by

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
MAX_RANKED = 100_000
"""Rows whose ranks are taken; more are sampled."""
_ON_A_LINE = 1e-12


@dataclass(frozen=True, kw_only=True, eq=False)
class RankedRows:
    """Rows with both numbers.

    Parameters
    ----------
    x, y : ndarray of float, shape (n_rows,)
        Finite.
    weight : ndarray of float or None, shape (n_rows,)
    unit : ndarray of int or None, shape (n_rows,)
        Code of the independent unit.
    unit_kind : str
        "group" or "block".
    n_data : int
        Rows that they were drawn from.
    seed : int or None
        Of the sample; None where all rows are there.
    """

    x: Floats
    y: Floats
    weight: Floats | None = None
    unit: NDArray[np.int64] | None = None
    unit_kind: str = "group"
    n_data: int = 0
    seed: int | None = None


def ranked_rows(
    data: Dataset,
    x: nw.Expr,
    y: nw.Expr,
    *,
    weight: str | None = None,
    unit: str | None = None,
    unit_kind: str = "group",
    most: int = MAX_RANKED,
    seed: int = 0,
) -> RankedRows:
    """Draw the rows whose ranks are correlated.

    Parameters
    ----------
    data : Dataset
    x, y : narwhals.Expr
        The two numbers; rows where one is null or not finite are left out.
    weight, unit : str or None
        Columns of weights and of independent units.
    unit_kind : str
    most : int
        Rows to draw; all where there are no more.
    seed : int

    Returns
    -------
    RankedRows
    """
    columns = [x.cast(nw.Float64).alias("x"), y.cast(nw.Float64).alias("y")]
    if weight is not None:
        columns.append(nw.col(weight).cast(nw.Float64).alias("w"))
    if unit is not None:
        columns.append(nw.col(unit).alias("u"))
    rows = data.engine.sample(data.frame.select(*columns), most, seed=seed)
    good = np.ones(rows.height, dtype=bool)
    read = {name: _floats(rows, name) for name in ("x", "y", "w") if name in rows.columns}
    for values in read.values():
        good &= np.isfinite(values)
    units = None
    if unit is not None:
        keys = rows["u"].filter(good)
        units = keys.rank("dense").to_numpy().astype(np.int64) - 1
    n_data = data.count_rows()
    return RankedRows(
        x=read["x"][good],
        y=read["y"][good],
        weight=read["w"][good] if "w" in read else None,
        unit=units,
        unit_kind=unit_kind,
        n_data=n_data,
        seed=seed if n_data > most else None,
    )


def _floats(rows: "pl.DataFrame", name: str) -> Floats:
    return rows[name].to_numpy().astype(np.float64)


def spearman(rows: RankedRows) -> Measurement:
    """Spearman's correlation of two numbers: Pearson's of their ranks.

    Parameters
    ----------
    rows : RankedRows

    Returns
    -------
    Measurement
        In [-1, 1], with the p-value of no correlation; `seed` says that the rows are a sample.
        Undefined where a number is constant.

    Examples
    --------
    >>> x = np.arange(40.0)
    >>> found = spearman(RankedRows(x=x, y=(x - 20) ** 2, n_data=40))
    >>> round(found.value, 3)
    -0.073
    """
    n = len(rows.x)
    if n < 3:
        return Measurement.undefined(f"{n} rows with both numbers: three are needed", n_rest=n)
    found = spearman_of(rows.x, rows.y, rows.weight)
    if found is None:
        return Measurement.undefined("one of both numbers is constant", n_rest=n)
    few = few_rows(n, least=MIN_ROWS)
    if 1 - abs(found.value) < _ON_A_LINE:
        reason = "no interval: the order of both numbers is the same"
        return Measurement(
            value=found.value, reason=reason, n=n, n_rest=n, p_value=0.0, seed=rows.seed
        )
    weight = np.ones(n) if rows.weight is None else rows.weight
    squares = found.influence**2
    if rows.unit is not None:
        n_units = int(rows.unit.max()) + 1
        spread = unit_spread(
            sums_by(rows.unit, weight * found.influence, n_units),
            plain_variance=float(weight @ squares),
            n=float(weight.sum()),
            unit=rows.unit_kind,
        )
        return correlated(found.value, n, spread, max(1.0, n_units - 1.0), few, seed=rows.seed)
    kish = float(weight.sum()) ** 2 / float(weight @ weight)
    grown = kish / max(1.0, kish - 1)
    variance = grown * float(weight**2 @ squares)
    spread = Spread(variance, n_effective=None if rows.weight is None else kish)
    return correlated(found.value, n, spread, max(1.0, kish - 2), few, seed=rows.seed)
