"""The model's classes in the words of the data's labels; never by a guess."""

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assay.errors import InputError
from assay.models.predictor import ClassLabel
from assay.result import Finding

WHOLE_NUMBER = re.compile(r"(-?(?:0|[1-9]\d*))(?:\.0+)?")
TRUTHS = {"false": "0", "true": "1"}


@dataclass(frozen=True)
class LabelMatch:
    """Which of the data's labels each class of the model stands for.

    Parameters
    ----------
    words : mapping
        The model's class → the data's label. A class that the data lacks keeps its own word.
    unknown_to_model : tuple
        Labels of the data that the model cannot predict.
    absent_from_data : tuple
        Classes of the model that no row of the data has.
    """

    words: Mapping[ClassLabel, ClassLabel]
    unknown_to_model: tuple[ClassLabel, ...] = ()
    absent_from_data: tuple[ClassLabel, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a reader must know when the two sides do not have the same classes."""
        found = []
        if self.unknown_to_model:
            found.append(_unknown_to_model(self.unknown_to_model))
        if self.absent_from_data:
            found.append(_absent_from_data(self.absent_from_data))
        return tuple(found)


def label_text(label: ClassLabel) -> str:
    """Return the text under which labels of different types count as the same.

    Examples
    --------
    >>> label_text(1.0), label_text("1"), label_text(True), label_text("True")
    ('1', '1', 'true', 'true')
    """
    text = str(label)
    if text.lower() in TRUTHS:
        return text.lower()
    number = WHOLE_NUMBER.fullmatch(text)
    return number.group(1) if number else text


def match_labels(
    classes: Sequence[ClassLabel],
    labels: Sequence[ClassLabel],
    label_map: Mapping[str, str] | None = None,
) -> LabelMatch:
    """Match a model's classes with the data's labels by text, or as told.

    ``1``, ``1.0`` and ``"1"`` are the same, so are ``True`` and ``"True"``, and ``True`` and
    ``1`` where both sides have nothing but such values.

    Parameters
    ----------
    classes : sequence
        In the model's words.
    labels : sequence
        Distinct labels of the data, the negative before the positive.
    label_map : mapping of str to str or None
        Model's class → data's label, for those that differ.

    Raises
    ------
    InputError
        If nothing matches (the message proposes the flag), if `label_map` names what neither
        side has, or if two classes would stand for one label.

    Examples
    --------
    >>> match_labels([0, 1], ["no", "yes"], {"0": "no", "1": "yes"}).words
    {0: 'no', 1: 'yes'}
    """
    key = _same_text(classes, labels)
    told = _told(classes, labels, label_map or {}, key)
    by_key = {key(label): label for label in labels}
    words: dict[ClassLabel, ClassLabel] = {}
    for label in classes:
        word = told.get(label, by_key.get(key(label)))
        if word is not None:
            words[label] = word
    if not words and labels:
        raise InputError(_proposal(classes, labels))
    _refuse_merging(words)
    absent = tuple(label for label in classes if label not in words)
    unknown = tuple(label for label in labels if label not in words.values())
    own = {label: _in_type_of(label, labels) for label in absent}
    return LabelMatch({**words, **own}, unknown, absent)


def _same_text(
    classes: Sequence[ClassLabel], labels: Sequence[ClassLabel]
) -> Callable[[ClassLabel], str]:
    """Choose how texts are compared: as truth values, by `label_text`, or letter by letter."""
    for side in (classes, labels):
        if len({label_text(label) for label in side}) < len(side):
            return str
    if {label_text(label) for label in (*classes, *labels)} <= {"0", "1", "true", "false"}:
        return lambda label: TRUTHS.get(label_text(label), label_text(label))
    return label_text


def _told(
    classes: Sequence[ClassLabel],
    labels: Sequence[ClassLabel],
    label_map: Mapping[str, str],
    key: Callable[[ClassLabel], str],
) -> dict[ClassLabel, ClassLabel]:
    by_class = {key(label): label for label in classes}
    by_label = {key(label): label for label in labels}
    named = {key(text) for text in label_map.values()}
    told: dict[ClassLabel, ClassLabel] = {}
    for text, wanted in label_map.items():
        if key(text) not in by_class:
            msg = f"the label map names the model's class {text!r}; its classes: {_list(classes)}"
            raise InputError(msg)
        if key(wanted) not in by_label and not named >= set(by_label):
            msg = f"the label map names the label {wanted!r}; the data's labels: {_list(labels)}"
            raise InputError(msg)
        word = by_label.get(key(wanted))
        told[by_class[key(text)]] = _in_type_of(wanted, labels) if word is None else word
    return told


def _refuse_merging(words: Mapping[ClassLabel, ClassLabel]) -> None:
    seen: dict[ClassLabel, ClassLabel] = {}
    for label, word in words.items():
        if word in seen:
            msg = (
                f"the model's classes {seen[word]} and {label} would both stand for the data's "
                f"label {word}; give each class a label of its own"
            )
            raise InputError(msg)
        seen[word] = label


def _in_type_of(label: ClassLabel, labels: Sequence[ClassLabel]) -> ClassLabel:
    """Write a class in the type that the data's labels have."""
    kind = type(labels[0]) if labels else type(label)
    try:
        return kind(label_text(label)) if kind in (int, float) else _as_text_or_same(label, kind)
    except ValueError:
        msg = (
            f"the model's class {label!r} cannot be written like the data's labels "
            f"({_list(labels)}); use --label-map to say which label each class stands for"
        )
        raise InputError(msg) from None


def _as_text_or_same(label: ClassLabel, kind: type) -> ClassLabel:
    if kind is str:
        return str(label)
    if kind is bool and not isinstance(label, bool):
        raise ValueError(label)
    return label


def _proposal(classes: Sequence[ClassLabel], labels: Sequence[ClassLabel]) -> str:
    pairs = [f"{label}={word}" for label, word in zip(classes, labels, strict=False)]
    flags = " ".join(f"--label-map {_quoted(pair)}" for pair in pairs)
    mapping = {str(label): str(word) for label, word in zip(classes, labels, strict=False)}
    return (
        f"the model's classes ({_list(classes)}) are not the data's labels ({_list(labels)}). "
        f"If that is what they mean, add: {flags} (in Python label_map={mapping}); "
        "otherwise pair them as they should be"
    )


def _quoted(text: str) -> str:
    quoted = shlex.quote(text)
    return quoted if quoted != text else f"'{text}'"


def _list(labels: Sequence[ClassLabel]) -> str:
    return ", ".join(str(label) for label in labels[:20]) + (", …" if len(labels) > 20 else "")


def _unknown_to_model(labels: tuple[ClassLabel, ...]) -> Finding:
    return Finding(
        rule="labels_unknown_to_model",
        severity="warning",
        message=f"The data has labels that the model cannot predict: {_list(labels)}.",
        evidence={"labels": [str(label) for label in labels]},
        cause="The model was fitted on data without these classes, or they are written otherwise.",
        advice="Fit the model on all classes, leave these rows out, or say with --label-map which "
        "class stands for them.",
    )


def _absent_from_data(labels: tuple[ClassLabel, ...]) -> Finding:
    return Finding(
        rule="classes_absent_from_data",
        severity="info",
        message=f"No row of the data has these classes of the model: {_list(labels)}.",
        evidence={"classes": [str(label) for label in labels]},
        cause="The table is small or filtered, or the classes are written otherwise there.",
        advice="Nothing is known about these classes from this table; if they are written "
        "otherwise, say so with --label-map.",
    )
