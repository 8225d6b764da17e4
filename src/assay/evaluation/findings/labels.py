"""Rules about rows that may have many labels."""

from collections.abc import Mapping, Sequence

from assay.evaluation.facts import Facts
from assay.result import Estimate, Finding, Json

MIN_LABEL_ROWS = 30
SHOWN = 5
TOLD = 3
MATERIAL_ERROR = 0.02
REJECTED = 0.01
MOST_REJECTED = 0.05
SMALLEST_P = 1 / 2_000  # of a test by 1,999 redraws or more


def label_never_given(facts: Facts) -> Finding | None:
    """Say which labels with 30 rows or more are given to no row."""
    rows = dict(zip(map(str, facts.classes), facts.class_rows, strict=True))
    answers = dict(zip(map(str, facts.classes), facts.given_rows, strict=False))
    never = [name for name in answers if rows[name] >= MIN_LABEL_ROWS and not answers[name]]
    if not never:
        return None
    at = None if facts.threshold is None else facts.threshold.value
    return Finding(
        rule="label_never_given",
        severity="warning",
        message=f"No row is given {_listed(never)}.",
        where={"labels": [*never]},
        evidence={"rows": {name: rows[name] for name in never}, "threshold": at},
        cause=(
            f"No score of it reaches the threshold, {at:g}: common where labels are rare."
            if at is not None
            else "The model does not know the label, or always prefers to withhold it."
        ),
        advice="Choose a threshold for each label on validation rows, and judge the labels that "
        "it gives (--prediction); how its scores rank the rows is in the table by label.",
    )


def label_never_true(facts: Facts) -> Finding | None:
    """Say which labels no row has: nothing but false alarms can be seen of them."""
    absent = [
        str(name) for name, true in zip(facts.classes, facts.class_rows, strict=True) if not true
    ]
    if not absent:
        return None
    return Finding(
        rule="label_never_true",
        severity="info",
        message=f"No row has {_listed(absent)}: recall and ranking are not known.",
        where={"labels": [*absent]},
        evidence={"labels": len(absent), "rows": facts.n},
        cause="The table is small or filtered, or the label is written otherwise there.",
        advice="Judge these labels on rows that have them, or leave their columns out.",
    )


def labels_no_better_than_chance(facts: Facts) -> Finding | None:
    """Name the labels, of 30 rows or more each way, that nothing shows the model to know.

    With scores: the interval of ROC AUC holds 0.5 or lies below it. Without: precision is not
    shown to be above the share of rows that have the label.
    """
    found: dict[str, Estimate] = {}
    judged = 0
    given = facts.given_rows or (0,) * len(facts.classes)
    for name, true, share, answered in zip(
        map(str, facts.classes), facts.class_rows, facts.class_shares, given, strict=True
    ):
        area, precision = (facts.get(each, label=name) for each in ("roc_auc", "precision"))
        least = min(true, facts.n - true, facts.n if area is not None else answered)
        if least < MIN_LABEL_ROWS:
            continue
        judged += 1
        chance = 0.5 if area is not None else share
        shown = area if area is not None else precision
        if shown is not None and shown.low is not None and shown.low <= chance:
            found[name] = shown
    if not found:
        return None
    what = "ROC AUC" if facts.get("roc_auc", label=next(iter(found))) else "precision"
    found = dict(sorted(found.items(), key=lambda pair: pair[1].value or 0.0))
    told = _told(found)
    return Finding(
        rule="labels_no_better_than_chance",
        severity="warning",
        message=(
            f"For {len(found)} of {judged} labels with enough rows the model is not shown to do "
            f"better than chance, by {what}: {told}."
        ),
        where={"labels": list(found)},
        evidence={name: [each.value, each.low, each.high] for name, each in found.items()},
        cause="The features do not tell these labels, their columns are in another order than the "
        "model's outputs, or there are too few rows to see it.",
        advice="Check the order of the labels and how they were given; judge the others by the "
        "table by label.",
    )


def miscalibrated_labels(facts: Facts) -> Finding | None:
    """Name the labels whose scores are not the probabilities that they claim to be.

    Where a test rejects calibration at 1 %, held over all labels by Holm's method, and the
    expected calibration error of the label is above 0.02, so that it matters.
    """
    rejected = _rejected(facts.miscalibrated)
    errors = {name: facts.get("ece", label=name) for name in rejected}
    found = {
        name: error
        for name, error in errors.items()
        if error is not None and error.value is not None and error.value > MATERIAL_ERROR
    }
    if not found:
        return None
    found = dict(sorted(found.items(), key=lambda pair: -(pair[1].value or 0.0)))
    return Finding(
        rule="miscalibrated_labels",
        severity="warning",
        message=(
            f"The scores of {len(found)} of {len(facts.miscalibrated)} labels are not well "
            f"calibrated. Off on average: {_told(found)}."
        ),
        where={"labels": list(found)},
        evidence={
            name: {"ece": each.value, "p_value": facts.miscalibrated[name]}
            for name, each in found.items()
        },
        cause="Class weights, resampling, an over-fitted model, or another share of rows with the "
        "label than in training.",
        advice="Recalibrate these labels on rows that were not used for fitting, each by itself; "
        "or say that only the order of the scores matters (--use ranking).",
    )


def _rejected(p_values: Mapping[str, float]) -> list[str]:
    """Return the names whose test rejects over all of them, by Holm's step-down method.

    At 1 %, as for one column of scores; with more than 20 labels at as little as the smallest p
    value of the redraws can show, at most 5 %.
    """
    level = min(MOST_REJECTED, max(REJECTED, SMALLEST_P * len(p_values)))
    out: list[str] = []
    for place, (name, p_value) in enumerate(sorted(p_values.items(), key=lambda pair: pair[1])):
        if p_value > level / (len(p_values) - place):
            break
        out.append(name)
    return out


def rare_labels(facts: Facts) -> Finding | None:
    """Say which labels have fewer than 30 rows, too few to tell a good model from a fair one."""
    rare: dict[str, Json] = {
        str(name): true
        for name, true in zip(facts.classes, facts.class_rows, strict=True)
        if 0 < true < MIN_LABEL_ROWS
    }
    if not rare:
        return None
    return Finding(
        rule="rare_labels",
        severity="info",
        message=f"Fewer than {MIN_LABEL_ROWS} rows have {_listed(list(rare))}: read the intervals "
        "before the values.",
        where={"labels": list(rare)},
        evidence={"rows": rare},
        cause="The labels are rare, or the table is small.",
        advice="Judge them on more rows; macro averages count them as much as common labels.",
    )


def _listed(names: Sequence[str]) -> str:
    noun = "the label" if len(names) == 1 else "the labels"
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{noun} {', '.join(map(repr, names[:SHOWN]))}{more}"


def _told(found: Mapping[str, Estimate]) -> str:
    """Return the first few labels with their intervals, and how many more there are."""
    named = list(found.items())[:TOLD]
    more = f"; and {len(found) - len(named)} more" if len(found) > len(named) else ""
    return "; ".join(f"{name!r} {_ends(each)}" for name, each in named) + more


def _ends(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"


LABEL_RULES = (
    label_never_given,
    labels_no_better_than_chance,
    miscalibrated_labels,
    label_never_true,
    rare_labels,
)
