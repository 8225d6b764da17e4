"""Tables of scores in: of folds, or on data sets; the scores of each candidate out."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.dataset import Dataset
from assay.errors import ColumnNotFoundError, InputError
from assay.evaluation.comparison.folds import FoldScores

FOLD_COLUMNS = ("candidate", "fold", "score", "n_train", "n_test")
SET_COLUMNS = ("dataset", "candidate", "score")


def read_folds(place: str) -> tuple[FoldScores, ...]:
    """Read a table of cross-validation scores: candidate, fold, score, n_train, n_test, repeat.

    Raises
    ------
    InputError
        If a column is missing, a score is no number, or a candidate has a fold twice or lacks one
        that another has.
    """
    frame = _read(place, FOLD_COLUMNS, ("repeat",))
    if "repeat" not in frame.columns:
        frame = frame.with_columns(repeat=pl.lit(0))
    keys = ["repeat", "fold"]
    frame = frame.sort(keys, maintain_order=True)
    _refuse_twice(frame, ["candidate", *keys], place)
    names = _names(frame)
    check_candidates(names, place)
    _refuse_gaps(frame, names, keys, place)
    return tuple(
        FoldScores(
            name=name,
            scores=tuple(part["score"].to_list()),
            n_train=_counts(part["n_train"], place),
            n_test=_counts(part["n_test"], place),
        )
        for name in names
        for part in [frame.filter(pl.col("candidate") == name)]
    )


def read_sets(place: str) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Read a table of scores on data sets: dataset, candidate, score.

    Returns
    -------
    (tuple of str, ndarray of float, shape (n_data_sets, n_candidates))

    Raises
    ------
    InputError
        As `read_folds`.
    """
    frame = _read(place, SET_COLUMNS, ()).sort("dataset", maintain_order=True)
    _refuse_twice(frame, ["dataset", "candidate"], place)
    names = _names(frame)
    check_candidates(names, place)
    _refuse_gaps(frame, names, ["dataset"], place)
    columns = [
        frame.filter(pl.col("candidate") == name)["score"].to_numpy().astype(np.float64)
        for name in names
    ]
    return tuple(names), np.column_stack(columns)


def check_candidates(names: Sequence[str], place: str) -> None:
    """Refuse a table of one candidate.

    Raises
    ------
    InputError
    """
    if len(names) < 2:
        msg = f"{place} has scores of {len(names)} candidate; a comparison needs two or more"
        raise InputError(msg)


def _read(place: str, needed: Sequence[str], also: Sequence[str]) -> pl.DataFrame:
    data = Dataset.read(place)
    there = data.schema.names
    missing = set(needed) - set(there)
    if missing:
        raise ColumnNotFoundError(missing, there, where=place)
    wanted = [*needed, *(name for name in also if name in there)]
    frame = data.collect(wanted)
    for name in wanted:
        if frame[name].null_count():
            msg = f"the column {name!r} of {place} has empty cells; fill them in"
            raise InputError(msg)
    numbers: Mapping[str, pl.DataType] = {
        name: frame[name].dtype for name in ("score", "n_train", "n_test") if name in wanted
    }
    for name, kind in numbers.items():
        if not kind.is_numeric():
            msg = f"the column {name!r} of {place} must hold numbers; it holds {kind}"
            raise InputError(msg)
    if not frame["score"].cast(pl.Float64).is_finite().all():
        msg = f"the column 'score' of {place} has values that are no finite numbers"
        raise InputError(msg)
    return frame.with_columns(pl.col("candidate").cast(pl.String))


def _names(frame: pl.DataFrame) -> list[str]:
    return frame["candidate"].unique(maintain_order=True).to_list()


def _refuse_twice(frame: pl.DataFrame, keys: Sequence[str], place: str) -> None:
    twice = frame.filter(pl.struct(keys).is_duplicated())
    if twice.height:
        row = twice.row(0, named=True)
        said = ", ".join(f"{key} {row[key]}" for key in keys)
        msg = f"{place} has two scores for {said}; keep one"
        raise InputError(msg)


def _refuse_gaps(
    frame: pl.DataFrame, names: Sequence[str], keys: Sequence[str], place: str
) -> None:
    every = frame.select(keys).unique()
    for name in names:
        own = frame.filter(pl.col("candidate") == name).select(keys)
        lacking = every.join(own, on=list(keys), how="anti")
        if lacking.height:
            row = lacking.row(0, named=True)
            said = ", ".join(f"{key} {row[key]}" for key in keys)
            msg = f"{place} has no score of {name!r} for {said}; each candidate needs one"
            raise InputError(msg)


def _counts(series: pl.Series, place: str) -> tuple[int, ...]:
    numbers = series.cast(pl.Float64)
    if not (numbers == numbers.floor()).all():
        msg = f"the column {series.name!r} of {place} must hold whole numbers of rows"
        raise InputError(msg)
    return tuple(numbers.cast(pl.Int64).to_list())
