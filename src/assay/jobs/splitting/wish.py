"""What a user said of a split in; the kind of split that suits the rows out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from assay.data.dataset import Dataset
from assay.data.fold_plan import PLAN_KINDS
from assay.data.splits import KINDS, SHARES
from assay.errors import InputError

FEW_ROWS, VERY_FEW_ROWS = 2_000, 300
SMALL_SHARES: Mapping[str, float] = {"train": 0.8, "test": 0.2}
FOLDS, SMALL_REPEATS = 5, 10
ROWS_PER_PART = 2
ALL_KINDS = (*KINDS, "column", *PLAN_KINDS)
NO_TEST = (
    "fewer than 300 rows: repeated cross-validation and no test part, so that no untouched "
    "estimate of the chosen model exists"
)


@dataclass(frozen=True, kw_only=True)
class SplitWish:
    """What was asked for.

    Parameters
    ----------
    kind : str or None
        One of `ALL_KINDS`; None takes what suits the columns and the number of rows.
    by, group : str or None
        Columns that decide.
    shares : mapping of str to float or None
        None takes 80/10/10; below 2,000 rows 80/20 and folds; below 300 folds alone.
    salt : str
    folds, repeats : int or None
        None takes 5 folds; 10 repetitions.
    within : str or None
        For folds: random, stratified, group, stratified_group or time; None takes what suits.
    gap, horizon, embargo : timedelta or None
    """

    kind: str | None = None
    by: str | None = None
    group: str | None = None
    shares: Mapping[str, float] | None = None
    salt: str = ""
    folds: int | None = None
    repeats: int | None = None
    within: str | None = None
    gap: timedelta | None = None
    horizon: timedelta | None = None
    embargo: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class SplitChoice:
    """What is done.

    Parameters
    ----------
    kind : str
    shares : mapping of str to float
        Empty for folds.
    within : str
        The kind of folds, where there are some.
    folds : int
        0 for a split into parts alone.
    repeats : int
    notes : tuple of str
    """

    kind: str
    shares: Mapping[str, float] = field(default_factory=dict)
    within: str = "random"
    folds: int = 0
    repeats: int = 1
    notes: tuple[str, ...] = ()


def choose(data: Dataset, wish: SplitWish) -> SplitChoice:
    """Return what suits the rows, where the user did not say.

    Raises
    ------
    InputError
        If there is no such kind, or what was said does not fit together.
    """
    kind = None if wish.kind is None else wish.kind.replace("-", "_")
    if kind is not None and kind not in ALL_KINDS:
        names = ", ".join(each.replace("_", "-") for each in ALL_KINDS)
        msg = f"there is no split of kind {wish.kind!r}; there is: {names}"
        raise InputError(msg)
    if kind in PLAN_KINDS and wish.shares is not None:
        msg = f"shares are for parts, and {kind.replace('_', '-')} makes folds; leave them out"
        raise InputError(msg)
    rows, suits = data.count_rows(), _suits(data, wish)
    folds = FOLDS if wish.folds is None else wish.folds
    if kind in PLAN_KINDS:
        repeats = SMALL_REPEATS if wish.repeats is None else wish.repeats
        return SplitChoice(kind=kind, within=wish.within or suits, folds=folds, repeats=repeats)
    if kind == "column":
        return SplitChoice(kind=kind)
    if wish.shares is None and kind is None and rows < VERY_FEW_ROWS:
        note = (NO_TEST,)
        if suits == "time":
            return SplitChoice(kind="rolling", folds=folds, notes=note)
        return SplitChoice(
            kind="repeated", within=suits, folds=folds, repeats=SMALL_REPEATS, notes=note
        )
    if wish.shares is None and rows < FEW_ROWS:
        note = f"fewer than 2,000 rows: a fifth is the test, with {folds} folds on the rest"
        within = kind or suits
        return SplitChoice(
            kind=within, shares=SMALL_SHARES, within=within, folds=folds, notes=(note,)
        )
    return SplitChoice(kind=kind or suits, shares=wish.shares or SHARES)


def _suits(data: Dataset, wish: SplitWish) -> str:
    """Return the kind that the declared columns ask for: time, then groups, then classes."""
    schema = data.schema
    if schema.time is not None:
        return "time"
    classes = _has_classes(data, parts=wish.folds or FOLDS)
    if schema.group is not None or wish.group is not None:
        return "stratified_group" if classes else "group"
    return "stratified" if classes else "random"


def _has_classes(data: Dataset, *, parts: int) -> bool:
    """Whether the label has classes of two rows or more for each part."""
    label = data.schema.label
    if label is None or data.schema[label].kind == "continuous":
        return False
    counts = data.column(label).value_counts(name="rows")["rows"]
    least = counts.min()
    return isinstance(least, int) and least >= ROWS_PER_PART * parts and counts.len() > 1
