"""What a metric is: its names, its range, what it needs, and how to read it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from assay.result import Estimate

Task = Literal["binary", "multiclass", "multilabel", "regression", "ranking", "forecasting"]
Needs = Literal[
    "cube",
    "scores",
    "class_scores",
    "losses",
    "errors",
    "relative_errors",
    "absolute_errors",
    "log_errors",
    "deviances",
    "gamma_deviances",
    "quantile_losses",
    "covered",
    "ranks",
    "label_matches",
    "label_answers",
    "label_ranks",
    "label_draws",
    "queries",
]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One entry of the catalogue.

    Parameters
    ----------
    name : str
        The field's word in snake_case; unique within a task.
    title : str
        For people, for example "Balanced accuracy".
    acronym : str
        "" where there is none.
    tasks : tuple of str
        "binary", "multiclass", "multilabel", "regression".
    needs : str
        The small table that `function` takes, a field of `MetricInputs`: "cube",
        "scores", "class_scores", "losses", "errors",
        "relative_errors" (and the distribution of the target's size), "absolute_errors"; of
        rows with many labels "label_matches", "label_answers", "label_ranks", "label_draws"; of
        a ranking "queries": one number for each query.
    function : callable
        Takes the table and ``level=``; returns an `Estimate`.
    greater_is_better : bool or None
        None where the best value is neither the largest nor the smallest.
    lower_bound, upper_bound : float or None
        Ends of the range; None where there is no end.
    best : float or None
        The value of a perfect model; None where none can be named.
    per_class : bool
        With more than two classes there is one value for each: `function` takes ``of=class``.
        With many labels there is one for each label, from the tables of that label alone.
    also : tuple of str
        Other fields of `MetricInputs` that `function` takes by name.
    unit : str
        Unit of the value: "" for a pure number, "nats", "target", "target²".
    help : tuple of str, length 3
        What it says, when it misleads, what to look at instead.
    """

    name: str
    title: str
    acronym: str = ""
    tasks: tuple[Task, ...]
    needs: Needs
    function: Callable[..., Estimate]
    greater_is_better: bool | None = True
    lower_bound: float | None = 0.0
    upper_bound: float | None = 1.0
    best: float | None = 1.0
    per_class: bool = False
    also: tuple[str, ...] = ()
    unit: str = ""
    help: tuple[str, str, str]
