"""A settled target and its predictions in; what bias is measured on out."""

from dataclasses import replace

import narwhals as nw

from assay.bias.outcomes import Outcomes
from assay.data.dataset import Dataset
from assay.data.requests import CubeRequest
from assay.errors import InputError
from assay.evaluation.plan import EvaluationPlan, plan_evaluation
from assay.evaluation.task import Target
from assay.evaluation.threshold import Threshold
from assay.tables.cube import Level


def outcomes_of(
    data: Dataset,
    target: Target,
    *,
    threshold: Threshold | None = None,
    use: str | None = None,
    label_map: dict[str, str] | None = None,
    positive: tuple[str, ...] = (),
    label_threshold: float | None = None,
) -> Outcomes:
    """Say which expressions over the rows are the label, the prediction and the score.

    Parameters
    ----------
    data : Dataset
        With a label; predictions and scores where there are any.
    target : Target
    threshold : Threshold or None
        Where scores become the positive answer.
    use : {"probability", "ranking"} or None
    label_map : dict or None
        Predicted answer → label.
    positive : tuple of str
        Labels that are good outcomes, where there are several classes.
    label_threshold : float or None
        Above it a numeric label, or prediction, is a good outcome.

    Raises
    ------
    InputError
        If the settings do not suit the label, or the predictions do not suit it.
    """
    schema = data.schema
    if target.task == "multilabel":
        msg = "rows with several labels are not looked at for bias yet; name one of them as label"
        raise InputError(msg)
    answers = schema.has_answers
    plan = None
    if answers:
        plan = plan_evaluation(
            data,
            target=target,
            threshold=threshold,
            use=use,  # type: ignore[arg-type]
            label_map=label_map,
        )
    if target.task == "regression":
        if positive:
            msg = (
                f"the label {schema.label!r} is a quantity, and --bias-positive names classes; "
                "say with --bias-label-threshold above which number it is a good outcome"
            )
            raise InputError(msg)
        return _numbers(data, label_threshold)
    if label_threshold is not None:
        msg = (
            f"a label threshold needs numbers, and the label {schema.label!r} has classes; name "
            "the good ones with --bias-positive, or say --task regression"
        )
        raise InputError(msg)
    if target.task == "binary":
        return _yes_or_no(data, target, plan, positive)
    return _classes(data, target, plan, positive)


def check_label_threshold(data: Dataset, threshold: float) -> None:
    """Refuse a threshold that leaves one side of the labels empty.

    Raises
    ------
    InputError
    """
    label = nw.col(str(data.schema.label)).cast(nw.Float64)
    ends = data.frame.select(least=label.min(), most=label.max()).collect()
    least, most = float(ends["least"][0]), float(ends["most"][0])
    if least <= threshold < most:
        return
    where = "at or above the maximum" if threshold >= most else "below the minimum"
    msg = (
        f"the label threshold {threshold:g} is {where} of {data.schema.label!r}, "
        f"{most if threshold >= most else least:g}: one side has no row; choose a number between "
        f"{least:g} and {most:g}"
    )
    raise InputError(msg)


def _yes_or_no(
    data: Dataset, target: Target, plan: EvaluationPlan | None, positive: tuple[str, ...]
) -> Outcomes:
    if positive and positive != (str(target.positive),):
        msg = (
            f"the label has two values and {target.positive!r} counts as positive; say another "
            "with --positive"
        )
        raise InputError(msg)
    label = data.schema.label
    found = Outcomes(
        task="binary",
        positive=_in_words(str(label), target.positive),
        label=nw.col(str(label)) == nw.lit(target.positive),
        labels_positive=(True,),
        classes=(False, True),
        class_names=tuple(map(str, target.classes)),
    )
    if plan is None:
        return found
    score = plan.scores.get(target.positive)
    return replace(
        found,
        prediction=_answer(plan),
        predictions_positive=(True,),
        score=None if score is None else nw.col(score).cast(nw.Float64),
        as_probabilities=plan.as_probabilities,
    )


def _classes(
    data: Dataset, target: Target, plan: EvaluationPlan | None, positive: tuple[str, ...]
) -> Outcomes:
    good = tuple(level for level in target.classes if str(level) in positive)
    unknown = set(positive) - {str(level) for level in good}
    if unknown or len(good) == len(target.classes):
        listed = ", ".join(repr(level) for level in target.classes[:20])
        what = f"no class is called {sorted(unknown)[0]!r}" if unknown else "all classes are good"
        msg = f"{what}; the label {data.schema.label!r} has: {listed}"
        raise InputError(msg)
    label = str(data.schema.label)
    words = " or ".join(_in_words(label, level) for level in good)
    return Outcomes(
        task="multiclass",
        positive=words,
        label=nw.col(label),
        labels_positive=good,
        classes=target.classes,
        class_names=tuple(map(str, target.classes)),
        prediction=None if plan is None else _answer(plan),
        predictions_positive=_predicted_positive(plan, good) if plan is not None else (),
    )


def _in_words(label: str, positive: Level) -> str:
    """Return what a positive row is called.

    >>> _in_words("income", ">50K"), _in_words("hired", True), _in_words("paid", 1)
    ("income '>50K'", 'hired', 'paid = 1')
    """
    if positive is True:
        return label
    return f"{label} {positive!r}" if isinstance(positive, str) else f"{label} = {positive}"


def _predicted_positive(plan: EvaluationPlan, good: tuple[Level, ...]) -> tuple[Level, ...]:
    """Return the predicted values that stand for good classes."""
    words = {value: word for value, word in plan.words.items() if word in good}
    return (*good, *(value for value in words if value not in good))


def _answer(plan: EvaluationPlan) -> nw.Expr | None:
    outcomes = plan.requests.get("outcomes")
    return outcomes.by["prediction"] if isinstance(outcomes, CubeRequest) else None


def _numbers(data: Dataset, label_threshold: float | None) -> Outcomes:
    schema = data.schema
    actual = nw.col(str(schema.label)).cast(nw.Float64)
    predicted = None
    if schema.prediction is not None:
        predicted = nw.col(schema.prediction).cast(nw.Float64)
    found = Outcomes(
        task="regression", positive="", actual_number=actual, predicted_number=predicted
    )
    if label_threshold is None:
        return found
    return replace(
        found,
        positive=f"{schema.label} > {label_threshold:g}",
        label=actual > label_threshold,
        labels_positive=(True,),
        prediction=None if predicted is None else predicted > label_threshold,
        predictions_positive=(True,) if predicted is not None else (),
        classes=(False, True),
        class_names=(f"≤ {label_threshold:g}", f"> {label_threshold:g}"),
    )
