"""How to read a model's answers for one table: which classes, which scores, which columns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.errors import InputError
from assay.models.answers import AnswerError, as_numbers, check_probabilities
from assay.models.label_set_reading import LabelSetReading
from assay.models.labels import label_text, match_labels
from assay.models.predictor import ClassLabel, ModelInfo, Prediction
from assay.result import Finding

PREDICTION = "__assay_prediction__"
SCORE = "__assay_score__"
NETWORKS = ("PyTorch", "Keras")
"""Libraries whose classifiers often end in logits."""
SUM_SLACK = 1e-3
"""How far the probabilities of a row may sum from 1 before it is worth a finding."""

Form = Literal["values", "labels", "positive", "margin", "classes"]


@dataclass(frozen=True)
class LabelFacts:
    """What the data says about its label.

    Parameters
    ----------
    task : {"binary", "multiclass", "multilabel", "regression"}
    labels : tuple
        Distinct labels, for binary the negative before the positive; () when there is no label
        column or the task is regression. For multilabel the labels that a row may have together.
    label_map : mapping of str to str
        Model's class → data's label, as told by the user.
    """

    task: str
    labels: tuple[ClassLabel, ...] = ()
    label_map: Mapping[str, str] = field(default_factory=dict)


def score_name(place: int) -> str:
    """Name of the score column of the class at `place`, where there are several.

    Examples
    --------
    >>> score_name(2)
    '__assay_score_2__'
    """
    return f"__assay_score_{place}__"


def make_reading(info: ModelInfo, probe: Prediction, facts: LabelFacts) -> "AnyReading":
    """Decide once, from the first rows' answer, how all answers are read.

    Parameters
    ----------
    info : ModelInfo
    probe : Prediction
        The answer to the first rows.
    facts : LabelFacts

    Raises
    ------
    InputError
        If the answer does not suit the task, or its classes cannot be matched with the labels.

    Examples
    --------
    >>> probe = Prediction(values=np.array([0.2, 0.9]))
    >>> reading = make_reading(ModelInfo(name="f"), probe, LabelFacts("binary", ("no", "yes")))
    >>> reading.columns(probe).rows()
    [('no', 0.2), ('yes', 0.9)]
    """
    if facts.task == "regression":
        _check_regression(info, probe)
        return Reading(facts, "values")
    if facts.task == "multilabel":
        labels = [str(label) for label in facts.labels]
        return LabelSetReading(info, probe, labels, facts.label_map)
    if probe.multilabel:
        raise InputError(_one_label(info))
    if info.kind == "regressor":
        msg = (
            f"the model {info.name} predicts numbers, and the task is {facts.task}; give a "
            "classifier, or say --task regression if the label is a quantity"
        )
        raise InputError(msg)
    form = _form(info, probe, facts)
    classes = _classes(info, probe, facts, form)
    return Reading(facts, form, classes, declared=form != "labels" or info.classes is not None)


class Reading:
    """Turns answers into columns of the table, all by one decision.

    Parameters
    ----------
    facts : LabelFacts
    form : {"values", "labels", "positive", "margin", "classes"}
        What an answer holds: numbers; labels alone; the probability of the positive class; a
        number that grows with belief in it, above 0 for it; a score for each class.
    classes : tuple
        The model's classes, in its words and in the order of its scores.
    declared : bool
        Whether these are all classes; else new ones may show up among the labels.
    """

    def __init__(
        self,
        facts: LabelFacts,
        form: Form,
        classes: tuple[ClassLabel, ...] = (),
        *,
        declared: bool = True,
    ) -> None:
        self._facts, self._form, self._classes, self._declared = facts, form, classes, declared
        self._unsummed = 0
        if form != "values":
            self._match = match_labels(classes, facts.labels, facts.label_map)
            self._check_task()

    @property
    def is_regression(self) -> bool:
        """Whether the answers are numbers to be compared with a quantity."""
        return self._form == "values"

    @property
    def classes(self) -> tuple[ClassLabel, ...] | None:
        """The data's labels in the order of the score columns; binary: negative, positive."""
        if self._form in ("values", "labels"):
            return None
        if self._facts.task == "binary":
            return self._pair()
        return (*self._match.words.values(), *self._match.unknown_to_model)

    def columns(self, prediction: Prediction) -> pl.DataFrame:
        """Return the columns that an answer adds to the table.

        Raises
        ------
        ModelError
            If the answer is not of the kind that the first rows' answer was.
        """
        if self._form == "values":
            numbers = _numbers(prediction)
            return pl.DataFrame({PREDICTION: numbers})
        if self._form == "labels":
            if prediction.labels is None and prediction.values is not None:
                self._refuse_fractions(prediction.values)
            answer = prediction.labels if prediction.labels is not None else prediction.values
            return pl.DataFrame({PREDICTION: self._words(_list(answer))})
        scores = self._scores(prediction)
        given = prediction.labels
        words = self._decide(scores) if given is None else self._words(_list(given))
        if self._facts.task == "binary":
            return pl.DataFrame({PREDICTION: words, SCORE: scores[:, 1]})
        by_class = {score_name(place): scores[:, place] for place in range(scores.shape[1])}
        return pl.DataFrame({PREDICTION: words, **by_class})

    def findings(self, *, probabilities: bool) -> tuple[Finding, ...]:
        """Return what became known of classes and scores; `probabilities`: scores are such."""
        found = () if self._form == "values" else self._match.findings
        if self._unsummed and probabilities:
            found = (*found, _do_not_sum(self._unsummed))
        return found

    def _check_task(self) -> None:
        words = [*self._match.words.values(), *self._match.unknown_to_model]
        if self._facts.task == "binary" and len(words) > 2:
            listed = ", ".join(str(word) for word in words[:20])
            msg = (
                f"the task is binary, and model and data together have {len(words)} classes: "
                f"{listed}; say --task multiclass, or --label-map if some of them are the same"
            )
            raise InputError(msg)

    def _pair(self) -> tuple[ClassLabel, ...]:
        labels = self._facts.labels
        if len(labels) == 2:
            return labels
        others = [word for word in self._match.words.values() if word not in labels]
        return (*labels, *others) if self._match.words else labels

    def _words(self, labels: list[ClassLabel]) -> pl.Series:
        """Return predicted classes in the data's words."""
        fresh = set(labels) - set(self._match.words)
        if fresh and self._declared:
            row = next(row for row, label in enumerate(labels) if label in fresh)
            what = f"returned {labels[row]!r}, which is none of its classes"
            raise AnswerError(what, row=row)
        if fresh:
            self._classes = (*self._classes, *sorted(fresh, key=str))
            self._match = match_labels(self._classes, self._facts.labels, self._facts.label_map)
            self._check_task()
        words = self._match.words
        return pl.Series(PREDICTION, [words[label] for label in labels], dtype=self._dtype())

    def _refuse_fractions(self, values: NDArray[np.float64]) -> None:
        """Refuse numbers that are no labels, after numbers that all were."""
        known = {label_text(label) for label in (*self._facts.labels, *self._classes)}
        for row, value in enumerate(values.tolist()):
            if label_text(value) not in known:
                what = (
                    f"returned {value:g}, which is no label, after the first rows' answers all "
                    "were; if they are probabilities, say so: "
                    "assay.as_predictor(…, output='probability')"
                )
                raise AnswerError(what, row=row)

    def _dtype(self) -> pl.DataType | None:
        """Return the type of the prediction column: that of the data's labels."""
        some = self._facts.labels or tuple(self._match.words.values())
        kinds = {bool: pl.Boolean(), int: pl.Int64(), float: pl.Float64(), str: pl.String()}
        return kinds.get(type(some[0])) if some else None

    def _scores(self, prediction: Prediction) -> NDArray[np.float64]:
        """Return scores in the order of `classes`, shape (n_rows, n_classes)."""
        if self._form == "positive":
            positive = check_probabilities(_numbers(prediction).reshape(-1, 1))
            return np.hstack([1.0 - positive, positive])
        if self._form == "margin":
            margin = _numbers(prediction)
            return np.column_stack([-margin, margin])
        scores = prediction.probabilities
        if scores is None or scores.shape[1] != len(self._classes):
            found = "no scores" if scores is None else f"{scores.shape[1]} columns of scores"
            what = f"returned {found} for {len(self._classes)} classes"
            raise AnswerError(what)
        self._unsummed += int((np.abs(scores.sum(axis=1) - 1.0) > SUM_SLACK).sum())
        place = {self._match.words[label]: at for at, label in enumerate(self._classes)}
        # A label that the model does not know gets the least belief that it gave: 0 if it can be.
        least = np.minimum(scores.min(axis=1), 0.0)
        columns = [
            scores[:, place[word]] if word in place else least for word in self.classes or ()
        ]
        return np.column_stack(columns)

    def _decide(self, scores: NDArray[np.float64]) -> pl.Series:
        """Return the most probable class; the positive one from 0.5 on (a margin: above 0)."""
        words = self.classes or ()
        binary = self._facts.task == "binary"
        if self._form == "margin":
            best = (scores[:, 1] > 0).astype(int)
        else:
            best = (scores[:, 1] >= 0.5).astype(int) if binary else scores.argmax(axis=1)
        return pl.Series(PREDICTION, [words[at] for at in best.tolist()], dtype=self._dtype())


AnyReading = Reading | LabelSetReading


def _one_label(info: ModelInfo) -> str:
    return (
        f"the model {info.name} gives each row many labels, and one label column was named; name "
        "one column of 0 and 1 for each label (--label a --label b, label=[…] in Python), or one "
        "column of lists"
    )


def _numbers(prediction: Prediction) -> NDArray[np.float64]:
    if prediction.values is not None:
        return prediction.values
    if prediction.labels is not None and prediction.labels.dtype.kind in "iuf":
        return as_numbers(prediction.labels, len(prediction.labels))
    what = "returned labels or probabilities where it returned numbers before"
    raise AnswerError(what)


def _list(labels: NDArray[np.generic] | NDArray[np.float64] | None) -> list[ClassLabel]:
    if labels is None:
        what = "returned no labels, as it did before"
        raise AnswerError(what)
    return labels.tolist()


def _check_regression(info: ModelInfo, probe: Prediction) -> None:
    numeric = probe.labels is not None and probe.labels.dtype.kind in "iuf"
    if (probe.values is None and not numeric) or info.kind == "classifier":
        given = "classes" if probe.values is None else "probabilities or labels"
        msg = (
            f"the task is regression, and the model {info.name} predicts {given}; give a "
            "regressor, or say --task binary or --task multiclass if the label is a class"
        )
        raise InputError(msg)


def _form(info: ModelInfo, probe: Prediction, facts: LabelFacts) -> Form:
    if probe.probabilities is not None:
        return "classes"
    if probe.values is None or (probe.labels is not None and facts.task == "multiclass"):
        return "labels"  # one score a row says nothing of three classes
    if info.score_kind == "probability":
        return "positive"
    if info.score_kind == "score" and facts.task == "binary":
        return "margin"
    known = {label_text(label) for label in (*facts.labels, *facts.label_map)}
    if all(label_text(value) in known for value in set(probe.values.tolist())):
        return "labels"
    if set(facts.labels) == {False, True} and set(probe.values.tolist()) <= {0.0, 1.0}:
        return "labels"  # truths that came as numbers, as they do in JSON
    if facts.task == "binary" and probe.values.min() >= 0 and probe.values.max() <= 1:
        return "positive"
    strange = [value for value in probe.values.tolist() if label_text(value) not in known]
    example = max(strange, key=lambda value: abs(value - 0.5))  # outside [0, 1] if one is
    msg = (
        f"the model {info.name} returned numbers such as {example:g}, which are neither labels of "
        f"the data ({', '.join(str(label) for label in facts.labels[:20])}) nor probabilities of "
        "the positive class; return labels, or a probability for each class"
    )
    if info.library in NETWORKS:
        msg += ". If they are logits, say --model-option output=logits (in Python output='logits')"
    raise InputError(msg)


def _classes(
    info: ModelInfo, probe: Prediction, facts: LabelFacts, form: Form
) -> tuple[ClassLabel, ...]:
    """Return the model's classes: declared, else by convention, else those seen so far."""
    declared = info.classes or probe.classes
    if declared is not None:
        return declared
    if form == "labels":
        answer = probe.labels if probe.labels is not None else probe.values
        return _with_told(sorted(set(_list(answer)), key=str), facts.label_map)
    width = 2 if probe.probabilities is None else probe.probabilities.shape[1]
    if width == 2 and len(facts.labels) == 2 and facts.task == "binary":
        return facts.labels
    msg = (
        f"the model {info.name} returns {width} columns of probabilities and does not say which "
        "class each column is for; say it with assay.as_predictor(…, classes=[…]), or return a "
        "frame whose columns are named by class"
    )
    raise InputError(msg)


def _with_told(seen: Sequence[ClassLabel], told: Iterable[str]) -> tuple[ClassLabel, ...]:
    texts = {label_text(label) for label in seen}
    return (*seen, *(text for text in told if label_text(text) not in texts))


def _do_not_sum(rows: int) -> Finding:
    return Finding(
        rule="probabilities_do_not_sum_to_one",
        severity="warning",
        message=f"On {rows:,} rows the probabilities of the classes do not sum to 1.",
        evidence={"rows": rows},
        cause="The scores are one-against-rest or not normalised.",
        advice="Divide each row by its sum before returning it; log loss, Brier score and "
        "calibration read the scores as probabilities.",
    )
