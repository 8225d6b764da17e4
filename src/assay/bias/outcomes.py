"""What is looked at in each row: the label, the prediction, and which of their values is good."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import narwhals as nw

from assay.tables.cube import Level


@dataclass(frozen=True, kw_only=True)
class Outcomes:
    """Expressions over the rows that bias is measured on; None where there is none.

    Parameters
    ----------
    task : {"binary", "multiclass", "regression"}
        "regression" with a threshold on the label has yes/no outcomes as well.
    positive : str
        The positive outcome in words, for example ``income is '>50K'`` or ``price > 100000``;
        "" where none was settled (several classes and none named, or plain numbers).
    label : narwhals.Expr or None
        The true answer: a class, or whether the outcome is positive.
    labels_positive : tuple
        Values of `label` that are positive; () without a positive outcome.
    prediction : narwhals.Expr or None
        The predicted answer, likewise.
    predictions_positive : tuple
    classes : tuple
        The label's values; (False, True) where `label` says only whether it is positive.
    class_names : tuple of str
        How `classes` are called on the page, in their order.
    score : narwhals.Expr or None
        A number that is higher the likelier the positive outcome is.
    as_probabilities : bool
        Whether `score` may be read as a probability.
    actual_number, predicted_number : narwhals.Expr or None
        The numbers of a regression.
    """

    task: Literal["binary", "multiclass", "regression"]
    positive: str
    label: nw.Expr | None = None
    labels_positive: tuple[Level, ...] = ()
    prediction: nw.Expr | None = None
    predictions_positive: tuple[Level, ...] = ()
    classes: tuple[Level, ...] = ()
    class_names: tuple[str, ...] = ()
    score: nw.Expr | None = None
    as_probabilities: bool = False
    actual_number: nw.Expr | None = None
    predicted_number: nw.Expr | None = None

    @cached_property
    def label_is_positive(self) -> nw.Expr | None:
        """Whether the label is the positive outcome; None without a label or such an outcome."""
        if self.label is None or not self.labels_positive:
            return None
        return self.label.is_in(list(self.labels_positive))

    @property
    def answer_is_positive(self) -> nw.Expr | None:
        """Whether the positive outcome is predicted; None without predictions or such outcome."""
        if self.prediction is None or not self.predictions_positive:
            return None
        return self.prediction.is_in(list(self.predictions_positive))

    @cached_property
    def number_terms(self) -> dict[str, nw.Expr]:
        """What the numbers of a regression are compared by.

        "label", "prediction" and, with both, "error" (predicted less true), "absolute_error" and
        "squared_error". Made once, so that tables of several facets share the columns.
        """
        given = {"label": self.actual_number, "prediction": self.predicted_number}
        terms = {name: each.cast(nw.Float64) for name, each in given.items() if each is not None}
        if len(terms) == len(given):
            error = terms["prediction"] - terms["label"]
            terms |= {"error": error, "absolute_error": error.abs(), "squared_error": error**2}
        return terms
