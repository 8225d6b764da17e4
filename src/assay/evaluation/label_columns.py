"""A Dataset of rows with many labels in; which columns are about which label out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assay.errors import InputError
from assay.models.label_set_reading import labels_by_order
from assay.result import Finding

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

SHOWN = 8


@dataclass(frozen=True)
class LabelColumns:
    """The columns about each label.

    Parameters
    ----------
    names : tuple of str, length k
        The labels.
    truth : tuple of str
        One column a label in the order of `names`, or one column of lists.
    given : tuple of str
        Of predictions, likewise; () without predictions.
    scores : tuple of str, length k or 0
    findings : tuple of Finding
        What was assumed.
    """

    names: tuple[str, ...]
    truth: tuple[str, ...]
    given: tuple[str, ...] = ()
    scores: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def label_columns(data: "Dataset", names: Sequence[str]) -> LabelColumns:
    """Match columns of predictions and of scores with the labels.

    By name where all of them are named after the labels, with the same text before or behind
    (``p_<label>``, ``<label>_score``); else by order, which a finding says.

    Parameters
    ----------
    data : Dataset
    names : sequence of str
        The labels.

    Returns
    -------
    LabelColumns

    Raises
    ------
    InputError
        If there are not as many columns as labels.

    Examples
    --------
    >>> from assay.data.dataset import Dataset
    >>> table = {"a": [0, 1], "b": [1, 1], "p_b": [0.9, 0.8], "p_a": [0.1, 0.7]}
    >>> data = Dataset.read(table, label=["a", "b"], score=["p_b", "p_a"])
    >>> label_columns(data, ("a", "b")).scores
    ('p_a', 'p_b')
    """
    schema, known = data.schema, tuple(names)
    given, by_order = _given(data, known)
    scores, also_by_order = _matched(data, schema.scores, known, "score")
    found = {"the predictions": by_order, "the scores": also_by_order}
    findings = tuple(labels_by_order(known, what) for what, is_so in found.items() if is_so)
    return LabelColumns(known, schema.labels, given, scores, findings)


def _given(data: "Dataset", names: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    columns = data.schema.predictions
    if len(columns) == 1 and data.holds_lists(columns[0]):
        return columns, False
    return _matched(data, columns, names, "prediction")


def _matched(
    data: "Dataset", columns: tuple[str, ...], names: tuple[str, ...], role: str
) -> tuple[tuple[str, ...], bool]:
    """Return the columns in the order of the labels, and whether nothing but order told it."""
    if not columns:
        return (), False
    if data.classes is not None and len(columns) == len(names):  # a model's answers
        return columns, False
    by_name = match_by_name(columns, names)
    if by_name is not None:
        return by_name, False
    if len(columns) == len(names):
        return columns, True
    msg = (
        f"{len(columns)} {role} columns ({', '.join(columns[:SHOWN])}) for {len(names)} labels "
        f"({', '.join(names[:SHOWN])}); give one for each label, in the labels' order or named "
        f"after them, such as {role}_{names[0]}"
    )
    raise InputError(msg)


def match_by_name(columns: Sequence[str], names: Sequence[str]) -> tuple[str, ...] | None:
    """Return the columns named after each label, with one text before and one behind all.

    Parameters
    ----------
    columns, names : sequence of str

    Returns
    -------
    tuple of str or None
        None where they are not.

    Examples
    --------
    >>> match_by_name(["p_b", "p_a"], ["a", "b"])
    ('p_a', 'p_b')
    >>> match_by_name(["first", "second"], ["a", "b"]) is None
    True
    """
    there, first = set(columns), names[0]
    for column in columns:
        for start in range(len(column) - len(first) + 1):
            if not column.startswith(first, start):
                continue
            before, behind = column[:start], column[start + len(first) :]
            wanted = tuple(f"{before}{name}{behind}" for name in names)
            if there == set(wanted):
                return wanted
    return None
