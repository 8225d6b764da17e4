"""A table and what was asked of it in; its parts or folds as files, and a manifest, out."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.dataset import Dataset
from assay.data.fold_plan import FIT, JUDGE, PLAN_KINDS, FoldPlan, plan_folds
from assay.data.folds import Folds, fold_codes
from assay.data.splits import Split, split, split_again, split_by_column
from assay.errors import InputError
from assay.jobs.out_folder import reserved
from assay.jobs.splitting.wish import SplitChoice, SplitWish, choose
from assay.jobs.splitting.writing import as_written, format_of, user_columns, write_parts
from assay.result import Json

MANIFEST = "split.json"
FOLD_TABLE = "folds"
FIT_WORD, JUDGE_WORD = "train", "test"


@dataclass(frozen=True)
class SplitDone:
    """What was written.

    Parameters
    ----------
    manifest : mapping
        The content of split.json.
    files : tuple of Path
        split.json last.
    """

    manifest: Mapping[str, Json]
    files: tuple[Path, ...]


def split_table(
    source: str | Path,
    out: Path,
    *,
    wish: SplitWish | None = None,
    roles: Mapping[str, str] | None = None,
    like: Path | None = None,
    form: str | None = None,
    overwrite: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> SplitDone:
    """Part a table into files, or add the folds of cross-validation to it as columns.

    Parts are ``train``, ``validation`` and ``test``, in the source's own format (CSV, TSV, JSON
    Lines) or Parquet; fields of delimited text come out as they went in. Folds are the table
    ``folds`` with columns more: ``fold`` (or ``fold_1``, … for repetitions) is the fold that
    judges a row, from 0; for folds that do not fit on all other rows, ``fold_1``, … say "train"
    or "test", and nothing for rows that are left out; nested folds add ``inner_fold_0``, ….

    Parameters
    ----------
    source : str or Path
    out : Path
        Folder.
    wish : SplitWish or None
    roles : mapping of str to str or None
        Role (label, group, time, id) → column.
    like : Path or None
        An earlier split.json: rows that were parted by it stay in their parts.
    form : str or None
        "csv", "tsv", "parquet" or "jsonl"; None takes the source's.
    overwrite : bool
        Whether files that are there may be replaced.
    progress : callable
        Told each step.

    Returns
    -------
    SplitDone

    Raises
    ------
    InputError
        If the table cannot be parted so, or a file is there already.
    """
    place, wish = str(source), wish or SplitWish()
    form = format_of(place, form)
    progress("Opening the data")
    data = Dataset.read(place, **_roles(roles or {}))  # type: ignore[arg-type]
    choice = SplitChoice(kind="again") if like is not None else choose(data, wish)
    progress("Parting the rows")
    if choice.kind in PLAN_KINDS:
        made = _folds(data, wish, choice)
    else:
        made = _parts(data, wish, choice, None if like is None else read_manifest(like))
    names = [f"{name}.{form}" for name in made.names]
    _refuse_existing([out / name for name in (*names, MANIFEST)], overwrite=overwrite)
    _refuse_columns(data, made.columns)
    with reserved(out):
        progress("Writing")
        places = {code: out / name for code, name in enumerate(names)}
        rows = as_written(data, place, form)
        write_parts(_batches(rows, made.columns), made.codes, places, form)
        manifest: dict[str, Json] = {
            **made.manifest,
            "source": {"name": data.name, **data.fingerprint().to_dict()},
            "files": list(names),
        }
        text = json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False)
        (out / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return SplitDone(manifest, (*places.values(), out / MANIFEST))


def read_manifest(path: Path) -> dict[str, Any]:
    """Read a split.json.

    Raises
    ------
    InputError
        If it is not there, or no JSON object.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        msg = f"the manifest {path} cannot be read: {error.strerror or error}"
        raise InputError(msg) from error
    except ValueError as error:
        msg = f"{path} is no JSON ({error}); give the split.json of an earlier split"
        raise InputError(msg) from error
    if not isinstance(told, dict):
        msg = f"{path} holds no manifest of a split; give the split.json of an earlier one"
        raise InputError(msg)
    return told


@dataclass(frozen=True, eq=False)
class _Made:
    """What is to be written: the place of each row's file, and columns to add."""

    names: Sequence[str]
    codes: pl.Series
    columns: Mapping[str, pl.Series]
    manifest: dict[str, Json]


def _parts(
    data: Dataset, wish: SplitWish, choice: SplitChoice, manifest: Mapping[str, Any] | None
) -> _Made:
    if manifest is not None:
        found = split_again(manifest, data)
    elif choice.kind == "column":
        if wish.by is None:
            msg = "a split by a column needs its name: --by COLUMN"
            raise InputError(msg)
        found = split_by_column(data, wish.by)
    else:
        found = split(
            data,
            choice.kind,
            shares=choice.shares,
            by=wish.by,
            group=wish.group,
            salt=wish.salt,
            gap=wish.gap,
        )
    found = replace(found, notes=(*choice.notes, *found.notes))
    codes = _codes_of(data, found)
    columns: dict[str, pl.Series] = {}
    told = found.to_dict()
    if choice.folds:
        within = fold_codes(
            found["train"],
            choice.folds,
            kind=choice.within,
            by=wish.by if choice.within != "random" else None,
            group=wish.group,
            salt=f"{wish.salt}:folds",
        )
        columns["fold"] = _scatter(within, codes == list(found).index("train"))
        told["folds"] = {"folds": choice.folds, "within": choice.within, "of": "train"}
    return _Made(list(found), pl.Series(codes), columns, told)


def _codes_of(data: Dataset, found: Split) -> NDArray[np.int8]:
    if found.codes is not None:
        return found.codes
    values = data.column(found.columns[0]).cast(pl.String)
    places = {name: place for place, name in enumerate(found)}
    return values.replace_strict(places, default=-1, return_dtype=pl.Int8).to_numpy()


def _scatter(folds: Folds, here: NDArray[np.bool_]) -> pl.Series:
    """Return the folds as a column of all rows, without a value elsewhere."""
    whole = np.full(here.size, -1, dtype=np.int64)
    whole[here] = folds
    return _nullable(whole)


def _nullable(codes: Folds) -> pl.Series:
    return pl.select(pl.when(pl.Series(codes) >= 0).then(pl.Series(codes))).to_series()


def _folds(data: Dataset, wish: SplitWish, choice: SplitChoice) -> _Made:
    plan = plan_folds(
        data,
        choice.kind,
        folds=choice.folds,
        repeats=choice.repeats,
        within=choice.within,
        by=wish.by,
        group=wish.group,
        gap=wish.gap,
        horizon=wish.horizon,
        embargo=wish.embargo,
        salt=wish.salt,
    )
    manifest = {**plan.to_dict(), "notes": list(choice.notes)}
    codes = pl.Series(np.zeros(data.count_rows(), dtype=np.int8))
    return _Made([FOLD_TABLE], codes, _fold_columns(plan), manifest)


def _fold_columns(plan: FoldPlan) -> dict[str, pl.Series]:
    if len(plan.codes) == 1:
        columns = {"fold": _nullable(plan.codes[0])}
    elif plan.codes:
        columns = {f"fold_{at}": _nullable(each) for at, each in enumerate(plan.codes, start=1)}
    else:
        words = {FIT: FIT_WORD, JUDGE: JUDGE_WORD}
        columns = {
            f"fold_{at}": pl.Series(roles).replace_strict(
                words, default=None, return_dtype=pl.String
            )
            for at, roles in enumerate(plan.each_fold(), start=1)
        }
    inner = {f"inner_fold_{at}": _nullable(each) for at, each in enumerate(plan.inner)}
    return {**columns, **inner}


def _batches(data: Dataset, columns: Mapping[str, pl.Series]) -> Iterator[pl.DataFrame]:
    start = 0
    for batch in data.batches(user_columns(data)):
        added = [each.slice(start, batch.height).alias(name) for name, each in columns.items()]
        start += batch.height
        yield batch.with_columns(added)


def _roles(told: Mapping[str, str]) -> dict[str, str]:
    return {role: column for role, column in told.items() if column}


def _refuse_existing(paths: Sequence[Path], *, overwrite: bool) -> None:
    there = [path for path in paths if path.exists()]
    if there and not overwrite:
        names = ", ".join(path.name for path in there)
        msg = (
            f"{there[0].parent} already has {names}; name another folder with --out, or replace "
            "them with --overwrite"
        )
        raise InputError(msg)


def _refuse_columns(data: Dataset, columns: Mapping[str, pl.Series]) -> None:
    there = [name for name in columns if name in data.schema.names]
    if there:
        msg = (
            f"the table already has the column {there[0]!r}, which the folds would be written "
            "into; rename it"
        )
        raise InputError(msg)
