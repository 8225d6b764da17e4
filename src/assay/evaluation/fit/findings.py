"""How training went in; what a person should know of it, with what to do, out."""

from assay.evaluation.fit.gap import Gap
from assay.evaluation.fit.learning_curve import LearningCurve
from assay.evaluation.fit.result import Simple
from assay.evaluation.fit.stability import SeedSpread
from assay.evaluation.spoken import told
from assay.result import Estimate, Finding


def overfit(gap: Gap, curve: LearningCurve | None) -> Finding:
    """Say that the model does much better where it learned."""
    assert gap.difference.value is not None
    more = curve is not None and curve.told
    return Finding(
        rule="overfit",
        severity="warning",
        message=(
            f"{gap.metric_title} is {told(gap.train.value)} on the rows that the model was fitted "
            f"on and {told(gap.judged.value)} on others: {told(gap.difference.value)} "
            f"[{told(gap.difference.low)}, {told(gap.difference.high)}] better where it learned."
        ),
        evidence={
            "train": gap.train.value,
            "judged": gap.judged.value,
            "difference": gap.difference.value,
            "low": gap.difference.low,
            "high": gap.difference.high,
            "bound": gap.bound,
        },
        cause=(
            "The model has learned its train rows by heart, or the judged rows are of another "
            "kind than the train rows."
        ),
        advice=(
            "Trust the judged rows alone. Limit the model (fewer or shallower trees, a stronger "
            "penalty, early stopping on validation rows), drop features that carry nothing"
            + (
                "; more rows would help as well, see the learning curve."
                if more
                else ", or fit it on more rows."
            )
        ),
    )


def underfit(metric_title: str, simple: Simple) -> Finding:
    """Say that one column does as well as the model."""
    return Finding(
        rule="underfit",
        severity="warning",
        message=(
            f"The model is no better than {simple.title} alone, on its train rows "
            f"({metric_title} of the simple one {told(simple.train.value)}) as on the judged rows "
            f"({told(simple.judged.value)})."
        ),
        evidence={"simple_train": simple.train.value, "simple_judged": simple.judged.value},
        cause=(
            "The model is too stiff, was stopped too early or is penalised too much; or the "
            "other columns do not reach it as they should."
        ),
        advice=(
            "Give it more freedom (deeper trees, more rounds, a weaker penalty, interactions), "
            "and check that all features reach it."
        ),
    )


def seed_noise(spread: SeedSpread, judged: Estimate, metric_title: str) -> Finding | None:
    """Say that other seeds move the result by more than the rows leave open."""
    if judged.low is None or judged.high is None:
        return None
    half = (judged.high - judged.low) / 2
    if spread.spread <= half:
        return None
    return Finding(
        rule="seed_noise",
        severity="info",
        message=(
            f"Fitted again with other seeds, {metric_title} moves by {told(spread.spread)} "
            f"(standard deviation of {len(spread.values)} fits): more than the judged rows leave "
            f"open (half of the interval: {told(half)})."
        ),
        evidence={"spread": spread.spread, "half_interval": half, "values": list(spread.values)},
        cause="The procedure depends on chance: few rows, few trees, or an unstable optimisation.",
        advice=(
            "Compare candidates over several seeds, not by one fit each; average several fits, "
            "or make the procedure steadier (more trees, a smaller step, more rows)."
        ),
    )


def more_data_helps(curve: LearningCurve, margin: float) -> Finding | None:
    """Say that more rows of the same kind would help, where that can be told."""
    if not curve.told or curve.gain is None or curve.gain <= margin:
        return None
    rows = next(iter(curve.ahead))
    then = curve.ahead[rows]
    return Finding(
        rule="more_data_helps",
        severity="info",
        message=curve.statement,
        evidence={
            "rows": curve.sizes[-1],
            "rows_ahead": rows,
            "expected": then.value,
            "low": then.low,
            "high": then.high,
            "gain": curve.gain,
        },
        cause="The learning curve still rises at its end.",
        advice=f"Collect or label more rows of the same kind: {rows:,} in place of "
        f"{curve.sizes[-1]:,}.",
    )
