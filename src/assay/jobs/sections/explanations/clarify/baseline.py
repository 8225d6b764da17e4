"""What stands for a column that is switched off: the config's baseline, or centres of clusters."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from assay.data.dataset import Dataset
from assay.errors import InputError
from assay.explainability.background import Background
from assay.explainability.centres import Centres, cluster_centres
from assay.explainability.checks import check_codes
from assay.explainability.rows import to_polars
from assay.jobs.asked import AskedShap, Cell
from assay.jobs.sections.explanations.clarify.rows import AllRows
from assay.jobs.sections.explanations.preparing import MOST_BACKGROUND
from assay.result import Finding

SOURCE_GIVEN = "the config's baseline"


@dataclass(frozen=True, eq=False)
class Baseline:
    """Rows that fill in, and where they are from.

    Parameters
    ----------
    background : Background
        In the model's container.
    rows : polars.DataFrame
        The same under the names of the data, the columns that the model reads.
    source : str
        For people.
    centres : Centres or None
        Where clustering made them.
    notes : tuple of Finding
    """

    background: Background
    rows: pl.DataFrame
    source: str
    centres: Centres | None = None
    notes: tuple[Finding, ...] = ()


def make_baseline(
    asked: AskedShap, features: Sequence[str], rows: AllRows, *, seed: int, texts: Sequence[str]
) -> Baseline:
    """Return the baseline that a config gives, or make one by clustering.

    Parameters
    ----------
    asked : AskedShap
    features : sequence of str
        Names of the values of a baseline's row.
    rows : AllRows
    seed : int
        Of the clusters.
    texts : sequence of str
        Columns of free text, which are empty in the centres of clusters.

    Raises
    ------
    InputError
        If a value of the baseline does not fit the column's, or num_clusters cannot be.
    """
    if asked.baseline is not None:
        return _given(asked.baseline, features, rows)
    some = rows.frame
    if some.height > MOST_BACKGROUND:
        some = some.sample(MOST_BACKGROUND, seed=seed, shuffle=False)
    blank = [pl.lit("", dtype=some[name].dtype).alias(name) for name in texts]
    native = rows.native(some.with_columns(blank))
    centres = cluster_centres(native, asked.num_clusters, seed=seed)
    background = centres.background
    k = centres.n_clusters
    source = f"centres of {k} clusters of the rows ({centres.criterion})"
    return Baseline(
        background, _named(background, rows), source, centres, check_codes(native, background)
    )


def check_baseline(asked: AskedShap, features: Sequence[str], data: Dataset) -> None:
    """Refuse a baseline whose values do not fit the data's columns before anything long begins.

    Raises
    ------
    InputError
    """
    if asked.baseline is None:
        return
    first = next(iter(data.batches()))
    for place, name in enumerate(features):
        if name in first.columns:
            _column(first[name], [row[place] for row in asked.baseline])


def _given(told: Sequence[Sequence[Cell]], features: Sequence[str], rows: AllRows) -> Baseline:
    n = len(told)
    cells = {name: [row[place] for row in told] for place, name in enumerate(features)}
    columns = [
        _column(series, cells[series.name])
        if series.name in cells
        else pl.Series(series.name, [None] * n, dtype=series.dtype)
        for series in rows.frame
    ]
    made = rows.native(pl.DataFrame(columns))
    background = Background(made, np.full(n, 1 / n), "given", n)
    return Baseline(background, _named(background, rows), SOURCE_GIVEN)


def _column(own: pl.Series, cells: Sequence[Cell]) -> pl.Series:
    """Return values of a baseline in the type of the data's column.

    Fractions in a column of whole numbers make it one of fractions; a text that reads as a number
    is one where the column holds numbers, and a number is a text where it holds texts.

    Raises
    ------
    InputError
        If a value does not fit.
    """
    dtype = own.dtype
    if dtype in (pl.String, pl.Categorical, pl.Enum):
        texts = [None if cell is None else str(cell) for cell in cells]
        return pl.Series(own.name, texts, dtype=pl.String)
    if dtype.is_numeric() or dtype == pl.Boolean:
        return _number_column(own, cells)
    try:
        found = pl.Series(own.name, [None if cell is None else str(cell) for cell in cells])
        return found.cast(dtype)
    except pl.exceptions.PolarsError as error:
        raise InputError(_misfit(own, cells)) from error


def _number_column(own: pl.Series, cells: Sequence[Cell]) -> pl.Series:
    try:
        numbers = [None if cell is None else float(cell) for cell in cells]
    except ValueError as error:
        raise InputError(_misfit(own, cells)) from error
    found = pl.Series(own.name, numbers, dtype=pl.Float64)
    made = found.cast(own.dtype, strict=False)
    same = made.cast(pl.Float64).eq_missing(found).all()
    return made if same else found


def _misfit(own: pl.Series, cells: Sequence[Cell]) -> str:
    return (
        f"methods.shap.baseline has {cells[0]!r} for the feature {own.name!r}, whose values "
        f"in the data are of type {own.dtype}; give values of that type, in the features' order"
    )


def _named(background: Background, rows: AllRows) -> pl.DataFrame:
    made = to_polars(background.rows)
    return made.rename(dict(zip(made.columns, rows.columns, strict=True)))
