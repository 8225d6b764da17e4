"""What a bias metric is: its names, its range, what it needs, and how to read it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from assay.bias.measurement import Measurement

Stage = Literal["pre_training", "post_training"]
Needs = Literal[
    "group",
    "label",
    "prediction",
    "both",
    "strata",
    "scores",
    "numbers",
    "classes",
    "rows",
    "answers",
]


@dataclass(frozen=True, kw_only=True)
class BiasMetric:
    """One entry of the catalogue of bias metrics.

    Parameters
    ----------
    name : str
        The field's term in snake_case; unique.
    title : str
        For people.
    acronym : str
        SageMaker Clarify's code where it has the metric ("DPL"), else a usual one or "".
    stage : {"pre_training", "post_training"}
        Whether it is about the data alone or about predictions.
    function : callable
        Takes a `Split` and returns a `Measurement`.
    needs : str
        What the split's tables must hold: "group" (rows by group alone), "label" (positive
        outcomes), "prediction", "both", "strata" (the group variable and a label), "scores",
        "numbers", "classes" (the values of a label of several classes), "rows" (sampled rows with
        their features), "answers" (what the model says when the facet is changed).
    tasks : tuple of str
        Of "binary" (there is a positive outcome), "multiclass", "regression".
    parity : float
        The value where the groups are treated alike: 0 for differences, 1 for ratios.
    lower_bound, upper_bound : float or None
        Ends of the range; None where there is no end.
    tolerated : (float, float) or None
        Values that make no finding; None where the metric never makes one by itself.
    is_distance : bool
        Never negative: a finding needs its test (`Measurement.p_value`) as well.
    positive_means, negative_means : str
        What the sign says, with the fields {group}, {rest} and {outcome}.
    help : tuple of str, length 3
        What it compares, when not to use it, what to look at instead.
    reference : str
        Source of the definition.
    clarify : bool
        Whether SageMaker Clarify reports it, under `acronym`.
    """

    name: str
    title: str
    acronym: str = ""
    stage: Stage
    function: Callable[..., Measurement]
    needs: Needs
    tasks: tuple[str, ...] = ("binary",)
    parity: float = 0.0
    lower_bound: float | None = -1.0
    upper_bound: float | None = 1.0
    tolerated: tuple[float, float] | None = (-0.1, 0.1)
    is_distance: bool = False
    positive_means: str = ""
    negative_means: str = ""
    help: tuple[str, str, str]
    reference: str = ""
    clarify: bool = False
