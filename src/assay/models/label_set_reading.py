"""How to read the answers of a model that gives each row many labels, or none."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.errors import InputError
from assay.models.answers import AnswerError, as_flags
from assay.models.labels import LabelMatch, label_text, match_labels
from assay.models.predictor import ClassLabel, ModelInfo, Prediction
from assay.result import Finding

SHOWN = 20
SUM_SLACK = 1e-3
"""How far the scores of a row may sum from 1 and be taken for probabilities of its one class."""


def label_prediction_name(place: int) -> str:
    """Name of the column that says which rows are given the label at `place`.

    Examples
    --------
    >>> label_prediction_name(2)
    '__assay_prediction_2__'
    """
    return f"__assay_prediction_{place}__"


def label_score_name(place: int) -> str:
    """Name of the column of scores of the label at `place`."""
    return f"__assay_score_{place}__"


class LabelSetReading:
    """Turns answers about many labels into two columns a label: whether it is given, its score.

    Parameters
    ----------
    info : ModelInfo
    probe : Prediction
        The answer to the first rows, which decides how all are read.
    labels : sequence of str
        The data's labels.
    label_map : mapping of str to str or None
        The model's label → the data's, for those that differ.

    Raises
    ------
    InputError
        If the model gives one answer a row, or its labels cannot be matched with the data's.

    Examples
    --------
    >>> probe = Prediction(probabilities=np.array([[0.2, 0.9]]), multilabel=True)
    >>> LabelSetReading(ModelInfo(name="m"), probe, ["a", "b"]).columns(probe).rows()
    [(0.2, 0.9)]
    """

    is_regression = False

    def __init__(
        self,
        info: ModelInfo,
        probe: Prediction,
        labels: Sequence[str],
        label_map: Mapping[str, str] | None = None,
    ) -> None:
        _check_many(info, probe, labels)
        self._labels = tuple(labels)
        self._of_flags = not probe.multilabel and _all_flags(probe)
        self._width = _width(probe)
        outputs = info.classes or probe.classes
        self._places, self._match, self._note = _match(
            info, outputs, self._width, labels, label_map
        )

    @property
    def classes(self) -> tuple[ClassLabel, ...]:
        """The data's labels, in the order of the columns."""
        return self._labels

    def columns(self, prediction: Prediction) -> pl.DataFrame:
        """Return the columns that an answer adds to the table.

        Raises
        ------
        ModelError
            If the answer is not of the kind that the first rows' answer was.
        """
        given, scores = prediction.labels, prediction.probabilities
        if self._of_flags and scores is not None:
            given, scores = as_flags(scores, len(scores), self._width), None
        made: dict[str, NDArray[np.generic]] = {}
        if given is not None:
            given = self._ordered(as_flags(given, len(given), self._width))
            made |= {label_prediction_name(at): column for at, column in enumerate(given.T)}
        if scores is not None:
            ordered = self._ordered(scores)
            made |= {label_score_name(at): column for at, column in enumerate(ordered.T)}
        if not made:
            what = "returned neither labels nor scores, as it did before"
            raise AnswerError(what)
        return pl.DataFrame(made)

    def findings(self, *, probabilities: bool) -> tuple[Finding, ...]:
        """Return what became known of the labels; `probabilities`: scores are such."""
        return self._note if self._match is None else self._match.findings

    def _ordered(self, columns: NDArray[np.generic]) -> NDArray[np.generic]:
        """Return columns in the order of the data's labels; those without an output are 0."""
        if columns.ndim != 2 or columns.shape[1] != self._width:
            found = 1 if columns.ndim == 1 else columns.shape[1]
            what = f"returned {found} columns where it returned {self._width} before"
            raise AnswerError(what)
        out = np.zeros((len(columns), len(self._labels)), dtype=columns.dtype)
        for at, place in enumerate(self._places):
            if place is not None:
                out[:, at] = columns[:, place]
        return out


def _check_many(info: ModelInfo, probe: Prediction, labels: Sequence[str]) -> None:
    scores = probe.probabilities
    if probe.multilabel or (scores is not None and not _of_one_class(info, scores)):
        return
    what = "one number a row" if info.kind == "regressor" else "one class a row"
    msg = (
        f"the model {info.name} gives {what}, and the data have {len(labels)} labels that a row "
        f"may have together ({', '.join(labels[:SHOWN])}); give a model that answers for each "
        "label, or name one of the columns as the label"
    )
    raise InputError(msg)


def _of_one_class(info: ModelInfo, scores: NDArray[np.float64]) -> bool:
    """Whether scores share out each row among classes, of which it has one."""
    sums = scores.sum(axis=1)
    return info.kind == "classifier" and bool(np.allclose(sums, 1.0, atol=SUM_SLACK))


def _all_flags(probe: Prediction) -> bool:
    scores = probe.probabilities
    return scores is not None and bool(np.isin(scores, (0.0, 1.0)).all())


def _width(probe: Prediction) -> int:
    answer = probe.labels if probe.labels is not None else probe.probabilities
    return 1 if answer is None or answer.ndim == 1 else int(answer.shape[1])


def _match(
    info: ModelInfo,
    outputs: tuple[ClassLabel, ...] | None,
    width: int,
    labels: Sequence[str],
    label_map: Mapping[str, str] | None,
) -> tuple[tuple[int | None, ...], LabelMatch | None, tuple[Finding, ...]]:
    """Return for each of the data's labels the output that is about it."""
    named = outputs is not None and len(outputs) == width
    if outputs is not None and named and (label_map or _share_names(outputs, labels)):
        match = match_labels(outputs, labels, label_map)
        place = {word: at for at, word in enumerate(match.words[output] for output in outputs)}
        return tuple(place.get(label) for label in labels), match, ()
    if width != len(labels):
        msg = (
            f"the model {info.name} answers for {width} labels, and the data have {len(labels)} "
            f"({', '.join(labels[:SHOWN])}); name as many label columns, in the model's order"
        )
        raise InputError(msg)
    places: tuple[int | None, ...] = tuple(range(width))
    return places, None, (labels_by_order(labels, "the model's outputs"),)


def _share_names(outputs: Sequence[ClassLabel], labels: Sequence[str]) -> bool:
    return bool({label_text(each) for each in outputs} & {label_text(each) for each in labels})


def labels_by_order(labels: Sequence[str], what: str) -> Finding:
    """Say that columns were taken to be about the labels by their order alone.

    Parameters
    ----------
    labels : sequence of str
    what : str
        The columns, in words.
    """
    more = ", …" if len(labels) > SHOWN else ""
    return Finding(
        rule="labels_matched_by_order",
        severity="info",
        message=f"Nothing names the labels of {what}; they were taken in the order of the data's "
        f"labels: {', '.join(labels[:SHOWN])}{more}.",
        where={"labels": list(labels)},
        evidence={"labels": len(labels)},
        cause="The answers come without names, or under names that are not the labels'.",
        advice="Check that the order is the same on both sides; a label far below the others in "
        "the table by label is a sign that it is not.",
    )
