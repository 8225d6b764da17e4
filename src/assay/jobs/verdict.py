"""results.json in; the answer in one line, with the sentences that support it, out."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from assay.reports.format import estimate_text, visible
from assay.reports.page import Verdict
from assay.result import Estimate

Results = Mapping[str, Any]
Level = Literal["good", "caution", "bad", "unknown"]
HEAD_FALLBACKS = ("mcc", "balanced_accuracy", "cohen_kappa", "roc_auc", "r2")
MAX_WARNINGS = 2


def decide_verdict(results: Results) -> Verdict:
    """Judge a run by what results.json holds, and by nothing else.

    ===========  ===================================================================
    level        when
    ===========  ===================================================================
    unknown      interrupted, nothing judged, the head metric undefined, or too few rows to show
                 a difference
    bad          an error stands (the numbers are not to be trusted), or the model is worse
                 than the constant answer
    caution      not shown to be better than the constant answer; or better, but a warning
                 stands or the rows are few
    good         better than the constant answer by more than chance explains
    ===========  ===================================================================

    The constant answer is the one that ignores the row: always the most frequent class, always
    the mean, scores without order. An interval that reaches its value does not show a
    difference.

    Parameters
    ----------
    results : mapping
        The content of results.json.

    Returns
    -------
    Verdict
        Every number in its texts is in `results`.

    Examples
    --------
    >>> decide_verdict({"findings": [], "sections": {}}).level
    'unknown'
    """
    if results.get("interrupted"):
        return Verdict("unknown", "No verdict: the run was interrupted before it was finished.")
    errors = _of_severity(results, "error")
    evaluation = results.get("sections", {}).get("evaluation")
    judged = evaluation if evaluation and "metrics" in evaluation else None
    if errors:
        return _not_trusted(errors, judged)
    if judged is None:
        return _nothing_judged(results)
    return _by_head(judged, _of_severity(results, "warning"))


def _not_trusted(errors: Sequence[Results], judged: Results | None) -> Verdict:
    sentences = [_sentence(each["message"]) for each in errors]
    head = _head(judged) if judged is not None else None
    if head is not None and head["value"] is not None:
        sentences.append(f"Shown for what it is worth: {_told(head)}.")
    more = "an error stands" if len(errors) == 1 else "errors stand"
    return Verdict("bad", f"Not to be trusted as it is: {more}.", tuple(sentences))


def _nothing_judged(results: Results) -> Verdict:
    why = [f"{each['reason']}; turn it on with {each['turn_on']}" for each in _skipped(results)]
    return Verdict(
        "unknown", "No verdict: no predictions were judged.", tuple(map(_sentence, why))
    )


def _skipped(results: Results) -> list[Results]:
    return [each for each in results.get("skipped", ()) if each.get("section") == "evaluation"]


def _by_head(judged: Results, warnings: Sequence[Results]) -> Verdict:
    head = _head(judged)
    if head is None:
        return Verdict("unknown", "No verdict: no metric could be computed.")
    if head["value"] is None:
        reason = f"{head['title']} is undefined: {visible(head['reason'] or '')}"
        return Verdict(
            "unknown", "No verdict: the main metric is undefined.", (_sentence(reason),)
        )
    reasons = tuple(_sentence(each["message"]) for each in warnings[:MAX_WARNINGS])
    compared = _comparable(judged, head)
    if compared is None:
        return Verdict("unknown", f"No verdict, only numbers: {_told(head)}.", reasons)
    return _compared(judged, head, compared, reasons)


def _compared(
    judged: Results, head: Results, compared: Results, reasons: tuple[str, ...]
) -> Verdict:
    better = _better(compared, judged["constant_answers"])
    support = (_constant_sentence(judged, compared), *_further(judged, head, compared))
    few = tuple(_sentence(each) for each in head["warnings"] if each.startswith("too few"))
    level, lead = _weigh(better, few=bool(few), warned=bool(reasons))
    return Verdict(level, f"{lead}: {_told(head)}.", (*few, *support, *reasons))


def _weigh(better: str, *, few: bool, warned: bool) -> tuple[Level, str]:
    """Turn the comparison with the constant answer into a level and its words."""
    if better == "better" and few:
        return "caution", "Better than the constant answer, but on too few rows to say more"
    if few:
        return "unknown", "Too few rows for a verdict"
    if better == "better" and warned:
        return "caution", "Better than the constant answer, with a warning"
    if better == "better":
        return "good", "Better than the constant answer"
    if better == "worse":
        return "bad", "Worse than the constant answer"
    if better == "no interval":
        return "unknown", "No verdict, because there is no interval"
    return "caution", "Not shown to be better than the constant answer"


def _better(metric: Results, constants: Mapping[str, Results]) -> str:
    """Say whether a whole interval lies on the better side of the constant's value."""
    low, high = metric["low"], metric["high"]
    if low is None or high is None:
        return "no interval"
    constant = constants[metric["name"]]["value"]
    if metric["greater_is_better"] is False:
        low, high, constant = -high, -low, -constant
    if low > constant:
        return "better"
    return "worse" if high < constant else "unsettled"


def _comparable(judged: Results, head: Results) -> Results | None:
    """Choose what is held against the constant answer: the head, else one that can be."""
    constants = judged.get("constant_answers", {})
    if _of_the_whole(judged, head) and head["name"] in constants:
        return head
    for name in HEAD_FALLBACKS:
        for metric in judged["metrics"]:
            usable = metric["value"] is not None and name in constants
            if metric["name"] == name and usable:
                return metric
    return None


def _constant_sentence(judged: Results, compared: Results) -> str:
    constant = judged["constant_answers"][compared["name"]]
    value = estimate_text(Estimate(value=constant["value"], n=compared["n"]))
    return f"{visible(constant['answer'])} would give {compared['title']} {value}."


def _further(judged: Results, head: Results, compared: Results) -> tuple[str, ...]:
    """Name what was compared, where it is not the head, and the other metrics of the head."""
    others = [] if head is compared else [compared]
    others += [each for each in _heads(judged) if each not in (head, compared)]
    told = [_told(each) for each in others if each["value"] is not None]
    return (f"{'; '.join(told)}.",) if told else ()


def _head(judged: Results) -> Results | None:
    """Return the metric that heads the report."""
    return next(iter([*_heads(judged), *judged["metrics"]]), None)


def _heads(judged: Results) -> list[Results]:
    """Return the metrics that head the report, of the whole rather than of one class."""
    found: list[Results] = []
    for name in judged["head"]["metrics"]:
        of_name = [each for each in judged["metrics"] if each["name"] == name]
        found += [each for each in of_name if _of_the_whole(judged, each)][:1]
    return found


def _of_the_whole(judged: Results, metric: Results) -> bool:
    """Whether a metric is about all classes, or about the positive one of two."""
    return metric["class"] is None or judged.get("task") == "binary"


def _told(metric: Results) -> str:
    estimate = Estimate(
        value=metric["value"],
        low=metric["low"],
        high=metric["high"],
        level=metric["level"],
        n=metric["n"],
        method=metric["method"],
        reason=metric["reason"],
    )
    of = metric["class"] if metric["class"] is not None else metric["average"]
    about = "" if of is None else f" ({of})"
    return f"{metric['title']}{visible(about)} {estimate_text(estimate)}"


def _of_severity(results: Results, severity: str) -> list[Results]:
    return [each for each in results.get("findings", ()) if each["severity"] == severity]


def _sentence(text: str) -> str:
    plain = visible(text).strip()
    first = plain[:1].upper() + plain[1:]
    return first if first.endswith((".", "!", "?", "…")) else f"{first}."
