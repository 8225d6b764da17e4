"""results.json in; the answer in one line, with the sentences that support it, out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from assay.jobs.bias_verdict import bias_verdict
from assay.jobs.ladder_verdict import ladder_sentences, ladder_verdict
from assay.plain_text.hidden import visible
from assay.reports.format import estimate_text, number, sentence
from assay.reports.page import Verdict
from assay.result import Estimate

Results = Mapping[str, Any]
Level = Literal["good", "caution", "bad", "unknown"]
HEAD_FALLBACKS = ("mcc", "balanced_accuracy", "cohen_kappa", "roc_auc", "macro_roc_auc", "r2")
ABOVE_CHANCE = ("roc_auc", "roc_auc_ovr_macro", "macro_roc_auc", "mcc")
STATED = frozenset(
    {"costs", "false_positive_costly", "false_negative_costly", "goal", "ranking", "probability"}
)
CHOOSE_THRESHOLD = (
    "Next: choose the threshold on validation rows, for a goal (--validation DATA --threshold f1) "
    "or by what the two mistakes cost (--cost-fp, --cost-fn)."
)
GIVE_SCORES = "Next: give the scores (--score COLUMN), so that a threshold can be chosen."
MAX_WARNINGS = 2
MAX_SENTENCES = 5
REFERENCES = {"ranking": "a random order", "forecasting": "the naive forecast"}
SAID_BY_HEADLINE = (
    "worse_than_seasonal_naive",
    "no_better_than_constant",
    "accuracy_below_constant",
    "no_better_than_random_order",
)


def decide_verdict(results: Results) -> Verdict:
    """Judge a run by what results.json holds, and by nothing else.

    ===========  ===================================================================
    level        when
    ===========  ===================================================================
    unknown      interrupted, nothing judged, the head metric undefined, or too few rows to show
                 a difference
    bad          an error stands (the numbers are not to be trusted), or the model is worse
                 than the constant answer by the metric that heads the report
    caution      not shown to be better than the constant answer; or better, but a warning
                 stands or the rows are few; or no purpose was stated, and the scores rank
                 better than chance while the answers made from them are no better than the
                 constant one
    good         better than the constant answer by more than chance explains
    ===========  ===================================================================

    Where no predictions were judged, the verdict says what a model must beat (`ladder_verdict`),
    or, where only bias was measured, is about that alone (`bias_verdict`). Where simple models
    were fitted beside the model, a sentence says how it stands against them.

    The constant answer is the one that ignores the row: always the most frequent class, always
    the mean or the median, scores without order; for forecasts it is the seasonal naive one. An
    interval that reaches its value does not show a difference.

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
        found = ladder_verdict(results) or bias_verdict(results)
        return _nothing_judged(results) if found is None else found
    warnings = _of_severity(results, "warning")
    verdict = _by_head(judged, warnings)
    warned = {sentence(each["message"]) for each in warnings}
    return replace(
        verdict, sentences=_most_telling(ladder_sentences(results), verdict.sentences, warned)
    )


def _most_telling(
    ladder: Sequence[str], sentences: Sequence[str], warned: Collection[str]
) -> tuple[str, ...]:
    """Return at most five sentences: the opponent, what warns, other numbers, the next step."""
    steps = [each for each in sentences if each in (CHOOSE_THRESHOLD, GIVE_SCORES)]
    reasons = [each for each in sentences if each in warned]
    others = [each for each in sentences if each not in (*steps, *reasons)]
    few = [each for each in others if each.lower().startswith("too few")]
    others = [each for each in others if each not in few]
    told = [*few, *ladder, *reasons, *others]
    return (*told[: MAX_SENTENCES - len(steps)], *steps)


def _not_trusted(errors: Sequence[Results], judged: Results | None) -> Verdict:
    sentences = [sentence(each["message"]) for each in errors]
    head = _head(judged) if judged is not None else None
    if head is not None and head["value"] is not None:
        sentences.append(f"Shown for what it is worth: {_told(head)}.")
    more = "an error stands" if len(errors) == 1 else "errors stand"
    return Verdict("bad", f"Not to be trusted as it is: {more}.", tuple(sentences))


def _nothing_judged(results: Results) -> Verdict:
    why = [f"{each['reason']}; turn it on with {each['turn_on']}" for each in _skipped(results)]
    return Verdict("unknown", "No verdict: no predictions were judged.", tuple(map(sentence, why)))


def _skipped(results: Results) -> list[Results]:
    return [each for each in results.get("skipped", ()) if each.get("section") == "evaluation"]


def _by_head(judged: Results, warnings: Sequence[Results]) -> Verdict:
    head = _head(judged)
    if head is None:
        return Verdict("unknown", "No verdict: no metric could be computed.")
    if head["value"] is None:
        reason = f"{head['title']} is undefined: {visible(head['reason'] or '')}"
        return Verdict("unknown", "No verdict: the main metric is undefined.", (sentence(reason),))
    compared = _comparable(judged, head)
    if compared is None:
        reasons = _reasons(warnings)
        return Verdict("unknown", f"No verdict, only numbers: {_told(head)}.", reasons)
    return _compared(judged, head, compared, warnings)


def _reasons(warnings: Sequence[Results], *said: str) -> tuple[str, ...]:
    """Return the first warnings but those that the headline says already."""
    kept = [each for each in warnings if each["rule"] not in said]
    return tuple(sentence(each["message"]) for each in kept[:MAX_WARNINGS])


def _compared(
    judged: Results, head: Results, compared: Results, warnings: Sequence[Results]
) -> Verdict:
    better = _better(compared, judged["constant_answers"])
    notes = dict.fromkeys((*head["warnings"], *compared["warnings"]))
    few = tuple(sentence(each) for each in notes if each.startswith("too few"))
    support = (*_further(judged, head, compared), *_on_train_rows(judged, compared))
    ranks = None if few or _stated(judged) else _beats_chance(judged, compared)
    if better in {"worse", "unsettled"} and ranks is not None:
        found = _good_but_poor(judged, compared, ranks, better)
        told = (*_further(judged, head, compared, first=ranks), *_on_train_rows(judged, compared))
        reasons = _reasons(warnings, "accuracy_below_constant")
        return replace(found, sentences=(*told, *found.sentences, *reasons))
    level, lead = _weigh(better, few=bool(few), warned=bool(warnings))
    reference = REFERENCES.get(str(judged.get("task")), "the constant answer")
    lead = lead.replace("the constant answer", reference)
    if compared is not head:  # "worse than the constant answer" is said of the head alone
        lead = f"{lead.replace('the constant answer', 'chance')}: {_told(head)}"
    colon = ": " if compared is head else "; "
    held = f"{_told(compared)} against {_constant_text(judged, compared)}"
    said = () if better == "better" else SAID_BY_HEADLINE
    return Verdict(level, f"{lead}{colon}{held}.", (*few, *support, *_reasons(warnings, *said)))


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


def _stated(judged: Results) -> bool:
    """Whether the user said what the model is for, so that the head is what has to be good."""
    return judged["head"].get("rule") in STATED


def _beats_chance(judged: Results, compared: Results) -> Results | None:
    """Return a metric of the order of the scores, or of the answers, that is above chance."""
    constants = judged["constant_answers"]
    for name in ABOVE_CHANCE:
        found = _find(judged, name)
        if found is None or found is compared or name not in constants:
            continue
        return found if _better(found, constants) == "better" else None
    return None


def _good_but_poor(judged: Results, compared: Results, ranks: Results, better: str) -> Verdict:
    """Say that the order of the scores is good, and that the answers made from it are not."""
    constant = judged["constant_answers"][compared["name"]]
    answer, value = _lower(visible(constant["answer"])), number(constant["value"])
    if compared["name"] == "accuracy" and better == "worse":
        held = f"more answers are wrong than by {answer}: {_told(compared)} against {value}"
    else:
        is_held = "is worse than" if better == "worse" else "is not shown to be better than"
        held = f"{_told(compared)} {is_held} {value} for {answer}"
    if ranks["name"] == "mcc":
        known, next_step = "The answers follow the label better than chance", GIVE_SCORES
    else:
        known, next_step = "The scores rank better than chance", CHOOSE_THRESHOLD
    at = "at this threshold " if judged.get("threshold") else ""
    steps = (next_step,) if judged.get("task") == "binary" else ()
    return Verdict("caution", f"{known}, but {at}{held}.", steps)


def _comparable(judged: Results, head: Results) -> Results | None:
    """Choose what is held against the constant answer: the head, else one that can be."""
    constants = judged.get("constant_answers", {})
    if _of_the_whole(judged, head) and head["name"] in constants:
        return head
    known = [found for name in HEAD_FALLBACKS if (found := _find(judged, name)) is not None]
    return next((each for each in known if each["name"] in constants), None)


def _constant_text(judged: Results, compared: Results) -> str:
    constant = judged["constant_answers"][compared["name"]]
    return f"{number(constant['value'])} for {_lower(visible(constant['answer']))}"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _further(
    judged: Results, *told_already: Results, first: Results | None = None
) -> tuple[str, ...]:
    """Name the other metrics that head the report, behind one that has to be named as well."""
    others = [] if first is None else [first]
    others += [each for each in _heads(judged) if each not in (*told_already, *others)]
    told = [_told(each) for each in others if each["value"] is not None]
    return (f"{'; '.join(told)}.",) if told else ()


def _on_train_rows(judged: Results, compared: Results) -> tuple[str, ...]:
    """Tell the compared metric on the rows that the model was fitted on, where they were given."""
    for each in (judged.get("train") or {}).get("metrics", ()):
        same = (each["name"], each["class"]) == (compared["name"], compared["class"])
        if same and each["value"] is not None:
            return (f"On the train rows: {_name(each)} {number(each['value'])}.",)
    return ()


def _find(judged: Results, name: str) -> Results | None:
    """Return a metric of the whole that has a value."""
    for each in judged["metrics"]:
        if each["name"] == name and each["value"] is not None and _of_the_whole(judged, each):
            return each
    return None


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
    return f"{_name(metric)} {estimate_text(estimate)}"


def _name(metric: Results) -> str:
    of = metric["class"]
    return metric["title"] if of is None else f"{metric['title']} ({visible(str(of))})"


def _of_severity(results: Results, severity: str) -> list[Results]:
    return [each for each in results.get("findings", ()) if each["severity"] == severity]
