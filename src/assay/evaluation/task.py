"""The label's values in; what is to be predicted, and which answer counts as positive, out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from assay.errors import InputError
from assay.models.predictor import ModelInfo
from assay.result import Finding
from assay.tables.cube import Level

Task = Literal["binary", "multiclass", "multilabel", "regression", "ranking", "forecasting"]
TASKS: tuple[str, ...] = get_args(Task)
FEW = 20
FEW_TEXTS = 0.1
MANY_INTEGERS = 100
MAX_CLASSES = 1_000
RARER_SHARE = 0.4


@dataclass(frozen=True)
class LabelValues:
    """What the label column holds.

    Parameters
    ----------
    name : str
        The column.
    storage : str
        "int64", "float64", "bool", "utf8" or another storage of the schema.
    values : tuple
        Distinct values, sorted; the first few when `complete` is False.
    rows : tuple of int
        Rows of each value.
    complete : bool
        False when there are more than `MANY_INTEGERS` distinct numbers: they were not counted out.
    """

    name: str
    storage: str
    values: tuple[Level, ...]
    rows: tuple[int, ...]
    complete: bool = True

    @property
    def n_rows(self) -> int:
        """Rows counted."""
        return sum(self.rows)

    @property
    def shown(self) -> str:
        """The first values, for messages."""
        listed = ", ".join(repr(value) for value in self.values[:8])
        return listed + (", …" if len(self.values) > 8 or not self.complete else "")


@dataclass(frozen=True)
class Target:
    """What is predicted.

    Parameters
    ----------
    task : {"binary", "multiclass", "multilabel", "regression", "ranking", "forecasting"}
    classes : tuple
        The label's values, sorted; for binary the negative one first; () for regression; for
        multilabel the labels that a row may have together.
    positive : bool, int, float, str or None
        Binary only.
    why : str
        The rule that decided, for people.
    findings : tuple of Finding
        What was assumed on the way.
    """

    task: Task
    classes: tuple[Level, ...] = ()
    positive: Level = None
    why: str = ""
    findings: tuple[Finding, ...] = ()


def task_of_model(model: ModelInfo | None) -> Task | None:
    """Say what a model settles by itself; None leaves it to the label.

    A regressor asks for regression, whatever the label looks like. A model of three or more
    classes is judged as such, even where the rows show only two of them.

    Examples
    --------
    >>> task_of_model(ModelInfo(name="m", kind="regressor"))
    'regression'
    >>> task_of_model(ModelInfo(name="m", kind="classifier", classes=("no", "yes"))) is None
    True
    """
    if model is None:
        return None
    if model.kind == "regressor":
        return "regression"
    if model.kind == "multilabel":
        return "multilabel"
    several = model.classes is not None and len(model.classes) > 2
    return "multiclass" if several else None


def infer_task(label: LabelValues) -> tuple[Task, str]:
    """Say what kind of prediction a label asks for, and by which rule.

    ========================  =============================================================
    label                     task
    ========================  =============================================================
    2 distinct values         binary
    bool, 3..20 integers      multiclass
    3..20 whole floats        multiclass (integers that became floats beside missing values)
    3..20 broken floats       ambiguous: asks
    > 20 floats               regression
    21..100 integers          ambiguous: asks
    > 100 integers            regression
    strings                   multiclass; refused when more than half of the rows, or more than
                              1,000 values, are distinct (an id or free text)
    ========================  =============================================================

    Parameters
    ----------
    label : LabelValues

    Returns
    -------
    tuple of (str, str)
        The task and why.

    Raises
    ------
    InputError
        If the label has one value only, or the task cannot be told from it.

    Examples
    --------
    >>> infer_task(LabelValues("y", "int64", (0, 1), (60, 40)))
    ('binary', 'the label has 2 distinct values')
    """
    found = len(label.values)
    if found < 2 and label.complete:
        raise InputError(_one_value(label))
    if found == 2 and label.complete:
        return "binary", "the label has 2 distinct values"
    if label.storage == "utf8":
        return _task_of_strings(label)
    if label.storage not in {"int64", "float64", "bool"}:
        msg = (
            f"the label {label.name!r} is stored as {label.storage}, which can be neither a class "
            "nor a number; name another column with --label"
        )
        raise InputError(msg)
    if label.storage == "float64":
        return _task_of_floats(label)
    return _task_of_integers(label)


def _task_of_strings(label: LabelValues) -> tuple[Task, str]:
    found = len(label.values)
    if not label.complete or found > MAX_CLASSES or found > max(label.n_rows / 2, FEW):
        odd = _text_among_numbers(label)
        if odd is not None:
            msg = (
                f"the label {label.name!r} is text, because some of its values are no numbers, "
                f"such as {odd!r:.60}; correct these rows or drop them, or name another column "
                "with --label"
            )
            raise InputError(msg)
        rows = f" in {label.n_rows:,} rows" if label.complete else " and more"
        msg = (
            f"the label {label.name!r} has {found:,} distinct texts{rows} ({label.shown}): that "
            "is an id or free text, not a class; name another column with --label"
        )
        raise InputError(msg)
    return "multiclass", f"the label has {found} distinct texts"


def _text_among_numbers(label: LabelValues) -> str | None:
    """Return a text of the label where nearly all others are numbers."""
    texts = [str(value) for value in label.values]
    odd = [text for text in texts if not _is_number(text)]
    return odd[0] if odd and len(odd) <= len(texts) * FEW_TEXTS else None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _task_of_floats(label: LabelValues) -> tuple[Task, str]:
    found = len(label.values)
    if found > FEW or not label.complete:
        more = f"{found}" if label.complete else f"more than {found}"
        return "regression", f"the label has {more} distinct floating-point values"
    if all(isinstance(value, float) and value.is_integer() for value in label.values):
        return "multiclass", f"the label has {found} distinct whole numbers"
    raise InputError(_ambiguous(label, f"{found} distinct floating-point values"))


def _task_of_integers(label: LabelValues) -> tuple[Task, str]:
    found = len(label.values)
    if not label.complete or found > MANY_INTEGERS:
        return "regression", f"the label has more than {MANY_INTEGERS} distinct integers"
    if found <= FEW:
        return "multiclass", f"the label has {found} distinct values"
    raise InputError(_ambiguous(label, f"{found} distinct integers"))


def _ambiguous(label: LabelValues, found: str) -> str:
    return (
        f"the label {label.name!r} has {found} ({label.shown}), which can be classes or a "
        "quantity; say which with --task multiclass or --task regression"
    )


def _one_value(label: LabelValues) -> str:
    what = f"only the value {label.values[0]!r}" if label.values else "no value"
    return (
        f"the label {label.name!r} holds {what} in {label.n_rows:,} rows; nothing can be told "
        "about a model from one class: use data with at least two, or name another column"
    )


def choose_positive(
    label: LabelValues, positive: Level = None, *, assume: bool = False
) -> tuple[Level, str, tuple[Finding, ...]]:
    """Say which of two label values counts as positive.

    True for booleans; 1 for 0/1 and -1/1; else the value that was told; else the rarer one, if
    fewer than 40 % of the rows have it, with an info finding.

    Parameters
    ----------
    label : LabelValues
        With two values.
    positive : bool, int, float, str or None
        What the user said; a text is matched with numbers and booleans too (``"1"`` is 1).
    assume : bool
        Whether to take the last value, with an info finding, where neither is the rarer: for rows
        that nobody has answered for, so that little hangs on it.

    Returns
    -------
    tuple of (value, str, tuple of Finding)

    Raises
    ------
    InputError
        If `positive` is not in the data, or was not told and cannot be assumed.

    Examples
    --------
    >>> choose_positive(LabelValues("y", "utf8", ("no", "yes"), (90, 10)))[0]
    'yes'
    """
    if positive is not None:
        return match_level(positive, label.values, what="positive value"), "told", ()
    if set(label.values) in ({0, 1}, {-1, 1}):  # True equals 1
        return max(label.values, key=float), "True or 1 is positive", ()  # type: ignore[arg-type]
    rarer = min(range(2), key=lambda i: (label.rows[i], i))
    share = label.rows[rarer] / label.n_rows
    if share >= RARER_SHARE and assume:
        last = label.values[-1]
        return last, "the last of the two values", (_last_assumed(label, last),)
    if share >= RARER_SHARE:
        first, second = label.values
        msg = (
            f"the label {label.name!r} has the values {first!r} and {second!r}, about equally "
            f"often; say which one is the positive answer with --positive {second!r}"
        )
        raise InputError(msg)
    value = label.values[rarer]
    why = f"the rarer value, {share:.1%} of the rows"
    return value, why, (_positive_assumed(label, value, share),)


def _positive_assumed(label: LabelValues, value: Level, share: float) -> Finding:
    return Finding(
        rule="positive_assumed",
        severity="info",
        message=f"{value!r} was taken as the positive answer: it is the rarer of the two values.",
        where={"columns": [label.name], "classes": [str(value)]},
        evidence={"share": share, "rows": label.n_rows},
        cause="Nobody said which value of the label is the positive one.",
        advice=f"Say it with --positive {value!r} (or the other value) to be sure.",
    )


def _last_assumed(label: LabelValues, value: Level) -> Finding:
    return Finding(
        rule="positive_assumed",
        severity="info",
        message=f"{value!r} was taken as the positive answer: it is the last of the two values.",
        where={"columns": [label.name], "classes": [str(value)]},
        evidence={"rows": label.n_rows},
        cause="Nobody said which value of the label is the positive one, and neither is rarer.",
        advice=f"Say it with --positive {value!r} (or the other value) to be sure.",
    )


def match_level(value: Level, levels: Sequence[Level], *, what: str = "value") -> Level:
    """Return the member of `levels` that `value` means.

    Parameters
    ----------
    value : bool, int, float or str
        A text from a command line is matched with how numbers and booleans are written.
    levels : sequence
    what : str
        Names the value in the error.

    Returns
    -------
    bool, int, float or str

    Raises
    ------
    InputError
        If there is no such level.

    Examples
    --------
    >>> match_level("1", (0, 1))
    1
    """
    for level in levels:
        if level == value and isinstance(level, str) == isinstance(value, str):
            return level
    for level in levels:
        if str(level) == str(value) or str(level).lower() == str(value).lower() != "":
            return level
    listed = ", ".join(repr(level) for level in levels)
    msg = f"the {what} {value!r} is not among the label's values: {listed}"
    raise InputError(msg)


def resolve_target(
    label: LabelValues, *, task: str | None = None, positive: Level = None, assume: bool = False
) -> Target:
    """Settle what is predicted, from the label's values and what the user said.

    Parameters
    ----------
    label : LabelValues
    task : {"binary", "multiclass", "regression"} or None
        None infers it (`infer_task`). Rows with many labels have several columns: see
        `many_labels`.
    positive : bool, int, float, str or None
        For binary.
    assume : bool
        See `choose_positive`.

    Returns
    -------
    Target

    Raises
    ------
    InputError
        If the label does not fit the task, or one of the two cannot be told.

    Examples
    --------
    >>> resolve_target(LabelValues("y", "bool", (False, True), (5, 5))).positive
    True
    """
    if task is None:
        inferred, why = infer_task(label)
    else:
        inferred, why = _told(label, task), "told"
    if inferred == "regression":
        return Target("regression", why=why)
    if inferred == "multiclass":
        return Target("multiclass", label.values, why=why, findings=_many_classes(label))
    chosen, reason, findings = choose_positive(label, positive, assume=assume)
    negative = next(value for value in label.values if value != chosen)
    return Target("binary", (negative, chosen), chosen, f"{why}; positive: {reason}", findings)


def many_labels(
    names: Sequence[str], *, task: str | None = None, positive: Level = None
) -> Target:
    """Settle what is predicted where a row may have many labels.

    Parameters
    ----------
    names : sequence of str
        The labels.
    task : str or None
        What the user said.
    positive : bool, int, float, str or None
        What the user said; a label has none, for it is given or not.

    Returns
    -------
    Target

    Raises
    ------
    InputError
        If another task was asked for, or a positive value.

    Examples
    --------
    >>> many_labels(["news", "sport"]).classes
    ('news', 'sport')
    """
    listed = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
    if task not in (None, "multilabel"):
        msg = (
            f"the task is {task}, and {len(names)} labels were named that a row may have together "
            f"({listed}), which is the task multilabel; name one column as the label, or give a "
            "model that answers for each label"
        )
        raise InputError(msg)
    if positive is not None:
        msg = (
            f"a positive value, {positive!r}, was named, and a row may have many labels "
            f"({listed}): each is given or not; leave --positive out"
        )
        raise InputError(msg)
    why = f"a row may have any of {len(names)} labels"
    return Target("multilabel", tuple(names), why=why)


def _told(label: LabelValues, task: str) -> Task:
    if task not in TASKS:
        msg = f"unknown task {task!r}; it is one of {', '.join(TASKS)}"
        raise InputError(msg)
    if task == "multilabel":
        msg = (
            f"the task multilabel needs a column of 0 and 1 for each label, or one column of "
            f"lists; only {label.name!r} was named, stored as {label.storage}. Name all of them "
            "(--label a --label b, label=[…] in Python); for one label of yes and no use --task "
            "binary"
        )
        raise InputError(msg)
    found = len(label.values)
    if task == "regression":
        if label.storage not in {"int64", "float64", "bool"}:
            msg = (
                f"--task regression needs numbers, and the label {label.name!r} holds "
                f"{label.shown}; use --task binary or --task multiclass"
            )
            raise InputError(msg)
        return "regression"
    if found < 2 and label.complete:
        raise InputError(_one_value(label))
    if not label.complete or found > MAX_CLASSES:
        msg = (
            f"--task {task}, but the label {label.name!r} has more distinct values than classes "
            f"can have ({label.shown}); use --task regression or another column"
        )
        raise InputError(msg)
    if task == "binary" and found != 2:
        msg = (
            f"--task binary needs two label values, and {label.name!r} has {found} "
            f"({label.shown}); use --task multiclass"
        )
        raise InputError(msg)
    return "binary" if task == "binary" else "multiclass"


def _many_classes(label: LabelValues) -> tuple[Finding, ...]:
    if len(label.values) <= FEW:
        return ()
    return (
        Finding(
            rule="many_classes",
            severity="info",
            message=f"The label has {len(label.values)} classes.",
            where={"columns": [label.name]},
            evidence={"classes": len(label.values), "rows": label.n_rows},
            cause=f"Classes are told from quantities by their number; more than {FEW} is unusual.",
            advice="If the label is an id or a text, name another column with --label.",
        ),
    )
