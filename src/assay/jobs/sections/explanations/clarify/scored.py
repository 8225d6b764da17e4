"""A model and what a config calls its scores in; the scores that are explained out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.explainability.asking import scores_of
from assay.explainability.clarify_form import clarify_labels
from assay.explainability.scores import Scores
from assay.models.local import LocalModel
from assay.models.predictor import Predictor

Floats = NDArray[np.float64]
LOOKED_AT = 500


@dataclass(frozen=True, eq=False)
class Scored:
    """Scores that are explained, and the labels that Clarify's files have for them.

    Parameters
    ----------
    scores : Scores
    labels : tuple of str
        In the files' order.
    order : tuple of int
        Score of each label; where two labels share one score, -1 is that of the other class.
    whole : float
        What the scores of two classes add up to: 1 of probabilities, 0 of margins and log-odds.
    """

    scores: Scores
    labels: tuple[str, ...]
    order: tuple[int, ...]
    whole: float = 0.0

    @property
    def mirrored(self) -> int | None:
        """Which of two labels is the class whose score is not asked for; None: there is none."""
        if len(self.labels) == 2 and len(self.scores.outputs) == 1:
            return self.order.index(-1)
        return None

    def by_label(self, values: Floats, *, levels: bool = False) -> Floats:
        """Return numbers of scores, on the last axis, as those of labels.

        Parameters
        ----------
        values : ndarray, shape (..., n_outputs)
        levels : bool
            Whether they are scores rather than differences of scores: a difference of one class's
            is the same with the other sign of the other's, and its probability what is left of 1.
        """
        made = values[..., [max(place, 0) for place in self.order]].copy()
        if self.mirrored is not None:
            whole = self.whole if levels else 0.0
            made[..., self.mirrored] = whole - made[..., self.mirrored]
        return made


def find_scores(
    predictor: Predictor,
    rows: Any,  # noqa: ANN401  the model's container
    headers: Sequence[str] | None,
    *,
    use_logit: bool = False,
) -> Scored:
    """Find the scores of a model and their labels.

    A single score is one label: of two classes the second's probability, as an endpoint gives it,
    unless two headers ask for both (numbers from 0 to 1 are then taken for the second's). Headers
    that are the model's classes name their scores, others the scores in their order.

    Parameters
    ----------
    predictor : Predictor
    rows : table
        A few are asked about.
    headers : sequence of str or None
        label_headers of the config.
    use_logit : bool
        Explain log-odds.

    Raises
    ------
    InputError
        If there are not as many headers as scores, or log-odds of no probability are wanted.
    """
    output = "log_odds" if use_logit else None
    told = list(headers or ())
    classes = getattr(predictor.info, "classes", None)
    names = [str(each) for each in classes or ()]
    positive = told[0] if len(told) == 1 and told[0] in names else None
    scores = scores_of(predictor, rows, output=output, positive=positive)
    scores = _all_scores(predictor, rows, scores, names)
    if len(scores.outputs) == 1 and len(told) == 2:
        shares = scores.output == "probability" or _are_shares(scores, rows)
        if not names and not shares:
            clarify_labels(1, told)  # says what is wrong
        second = told.index(names[1]) if set(told) == set(names) else 1
        return Scored(
            replace(scores, outputs=(told[second],)),
            tuple(told),
            (-1, 0) if second == 1 else (0, -1),
            1.0 if shares else 0.0,
        )
    labels = clarify_labels(len(scores.outputs), told or None)
    order = tuple(range(len(labels)))
    if len(labels) > 1 and set(labels) == set(scores.outputs):
        order = tuple(scores.outputs.index(label) for label in labels)
    elif told:
        scores = replace(scores, outputs=labels)
    return Scored(scores, labels, order)


def _are_shares(scores: Scores, rows: Any) -> bool:  # noqa: ANN401
    """Whether the plain numbers of a model that does not say what they are lie from 0 to 1."""
    if scores.output != "raw":
        return False
    some = rows[:LOOKED_AT]
    found = scores(some, len(some))
    return bool((found >= 0).all() and (found <= 1).all())


def _all_scores(
    predictor: Predictor,
    rows: Any,  # noqa: ANN401
    scores: Scores,
    names: Sequence[str],
) -> Scores:
    """Take both scores of a model that answers with two and does not say what they are."""
    if names or len(scores.outputs) > 1:
        return scores
    predict = predictor.predict_rows if isinstance(predictor, LocalModel) else predictor.predict
    probe = predict(rows[:2]).probabilities
    if probe is None or probe.shape[1] == 1:
        return scores
    outputs = tuple(f"label{place}" for place in range(probe.shape[1]))

    def ask(some: Any) -> Any:  # noqa: ANN401
        found = predict(some).probabilities
        if found is None:
            msg = "the model answered with scores of classes at first, and then without; it must "
            raise InputError(msg + "answer in one form")
        return found

    return Scores(ask, outputs, scores.output, scores.link)
