"""The verdict: a table of cases, and that it says no number that results.json does not hold."""

import re

import pytest

from assay.jobs.verdict import decide_verdict

NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?(?:e-?\d+)?")


def metric(name, value, low=None, high=None, *, greater=True, warnings=(), **more):
    return {
        "name": name,
        "title": more.pop("title", name.replace("_", " ")),
        "class": more.pop("label", None),
        "average": more.pop("average", None),
        "params": {},
        "greater_is_better": greater,
        "value": value,
        "low": low,
        "high": high,
        "level": 0.95,
        "n": 1000,
        "method": "made up",
        "reason": more.pop("reason", None),
        "warnings": list(warnings),
    }


def judged(
    *metrics,
    head=None,
    rule="balanced",
    constants=None,
    answer="Always answering no",
    task="binary",
    threshold=None,
    train=None,
):
    return {
        "evaluation": {
            "task": task,
            "head": {"metrics": head or [metrics[0]["name"]], "rule": rule, "sentences": []},
            "threshold": None if threshold is None else {"value": threshold},
            "train": None if train is None else {"metrics": train},
            "metrics": list(metrics),
            "constant_answers": {
                name: {"value": value, "answer": answer}
                for name, value in (constants or {}).items()
            },
        }
    }


def finding(severity, message="Something is off.", rule="some_rule", **evidence):
    return {"rule": rule, "severity": severity, "message": message, "evidence": evidence}


AUC = metric("roc_auc", 0.93, 0.91, 0.95, title="ROC AUC")
NO_SKILL = metric("roc_auc", 0.51, 0.47, 0.55, title="ROC AUC")
WORSE = metric("roc_auc", 0.31, 0.27, 0.35, title="ROC AUC")
HALF = {"roc_auc": 0.5}
RMSE = metric("rmse", 20.0, 18.0, 22.0, greater=False, title="RMSE")
TOO_FEW = metric("f1", 0.8, 0.3, 1.0, warnings=["too few: 4 positive rows"])
UNDEFINED = metric("roc_auc", None, title="ROC AUC", reason="only one class in 12 rows")
BARE = metric("roc_auc", 0.93, title="ROC AUC")
PRECISION = metric("precision", 0.9, 0.85, 0.95)
MCC = metric("mcc", 0.5, 0.4, 0.6, title="MCC")
MACRO = metric("macro_f1", 0.6, 0.55, 0.65, title="F1 (macro)", average="macro")
ONE_CLASS = metric("f1", 0.2, 0.1, 0.3, label="cat", title="F1")
ACCURACY = metric("accuracy", 0.52, 0.51, 0.53, title="Accuracy")
UNSURE = metric("accuracy", 0.78, 0.76, 0.8, title="Accuracy")
F1 = metric("f1", 0.4, 0.38, 0.42, label="late", title="F1")
COST = metric("expected_cost", 0.4, 0.35, 0.45, greater=False, title="Expected cost of a row")
RECALL = metric("recall", 0.6, 0.55, 0.65, label="late", title="Recall")
BAD_MCC = metric("mcc", -0.5, -0.6, -0.4, title="MCC")
MAE = metric("mae", 17.0, 16.0, 18.0, greater=False, title="Mean absolute error")
OVR = metric("roc_auc_ovr_macro", 0.9, 0.88, 0.92, title="ROC AUC (macro)", average="macro")
SHARE = {"accuracy": 0.77, "roc_auc": 0.5, "mcc": 0.0, "f1": 0.37}
SKIPPED = {
    "section": "evaluation",
    "title": "Evaluation",
    "reason": "there is neither a model nor a column of its answers",
    "turn_on": "--model FILE",
}

CASES = {
    "nothing at all": ({"sections": {}}, "unknown", "No verdict: no predictions"),
    "no predictions, with the way to give them": (
        {"sections": {}, "skipped": [SKIPPED]},
        "unknown",
        "No verdict: no predictions",
    ),
    "the section failed": (
        {
            "sections": {"evaluation": {"failed": "KeyError: x"}},
            "findings": [finding("error", "The section Evaluation failed: KeyError: x")],
        },
        "bad",
        "Not to be trusted",
    ),
    "interrupted": ({"sections": {}, "interrupted": True}, "unknown", "interrupted"),
    "interrupted beats errors": (
        {"sections": {}, "interrupted": True, "findings": [finding("error")]},
        "unknown",
        "interrupted",
    ),
    "better than guessing": (
        {"sections": judged(AUC, constants=HALF)},
        "good",
        "Better than the constant answer: ROC AUC 0.9300",
    ),
    "only a note stands": (
        {"sections": judged(AUC, constants=HALF), "findings": [finding("info")]},
        "good",
        "Better than the constant answer",
    ),
    "better, with a warning": (
        {"sections": judged(AUC, constants=HALF), "findings": [finding("warning")]},
        "caution",
        "with a warning",
    ),
    "better, with an error": (
        {"sections": judged(AUC, constants=HALF), "findings": [finding("error")]},
        "bad",
        "Not to be trusted as it is: an error stands",
    ),
    "two errors": (
        {"sections": judged(AUC), "findings": [finding("error"), finding("error", "More.")]},
        "bad",
        "errors stand",
    ),
    "an error and nothing judged": (
        {"sections": {}, "findings": [finding("error")]},
        "bad",
        "Not to be trusted",
    ),
    "interval reaches the constant": (
        {"sections": judged(NO_SKILL, constants=HALF)},
        "caution",
        "Not shown to be better",
    ),
    "interval ends exactly at the constant": (
        {"sections": judged(metric("mcc", 0.1, 0.0, 0.2), constants={"mcc": 0.0})},
        "caution",
        "Not shown to be better",
    ),
    "worse than guessing": (
        {"sections": judged(WORSE, constants=HALF)},
        "bad",
        "Worse than the constant answer",
    ),
    "a loss is better when small": (
        {"sections": judged(RMSE, constants={"rmse": 80.0}, answer="always answering the mean")},
        "good",
        "Better than the constant answer: RMSE",
    ),
    "a loss above the constant's": (
        {"sections": judged(RMSE, constants={"rmse": 10.0})},
        "bad",
        "Worse than the constant answer",
    ),
    "better, on too few rows": (
        {"sections": judged(TOO_FEW, constants={"f1": 0.2})},
        "caution",
        "but on too few rows to say more",
    ),
    "too few rows to show a difference": (
        {"sections": judged(TOO_FEW, constants={"f1": 0.5})},
        "unknown",
        "Too few rows for a verdict",
    ),
    "the head is undefined": (
        {"sections": judged(UNDEFINED, constants=HALF)},
        "unknown",
        "the main metric is undefined",
    ),
    "no interval": (
        {"sections": judged(BARE, constants=HALF)},
        "unknown",
        "there is no interval",
    ),
    "the head has no constant, another metric has": (
        {"sections": judged(PRECISION, MCC, constants={"mcc": 0.0})},
        "good",
        "precision 0.9000",
    ),
    "nothing can be compared": (
        {"sections": judged(PRECISION)},
        "unknown",
        "only numbers",
    ),
    "the macro average of many classes": (
        {
            "sections": judged(
                ONE_CLASS,
                MACRO,
                head=["macro_f1"],
                constants={"macro_f1": 0.25},
                task="multiclass",
            )
        },
        "good",
        "F1 (macro) 0.6000",
    ),
    "a metric of one class is not compared": (
        {
            "sections": judged(
                ONE_CLASS, MACRO, head=["f1"], constants={"f1": 0.1}, task="multiclass"
            )
        },
        "unknown",
        "only numbers",
    ),
    "the goal of the threshold heads, whatever accuracy is": (
        {"sections": judged(F1, ACCURACY, AUC, rule="goal", constants=SHARE, threshold=0.2)},
        "good",
        "Better than the constant answer: F1 (late) 0.4000 [0.3800, 0.4200] against 0.37",
    ),
    "worse by the stated goal, though the scores rank well": (
        {"sections": judged(F1, AUC, rule="goal", constants={**HALF, "f1": 0.5}, threshold=0.2)},
        "bad",
        "Worse than the constant answer: F1 (late)",
    ),
    "unsettled by the stated goal": (
        {"sections": judged(F1, AUC, rule="goal", constants={**HALF, "f1": 0.41}, threshold=0.2)},
        "caution",
        "Not shown to be better than the constant answer: F1 (late)",
    ),
    "cheaper than the cheapest constant answer": (
        {"sections": judged(COST, rule="costs", constants={"expected_cost": 0.7})},
        "good",
        "Better than the constant answer: Expected cost of a row",
    ),
    "dearer than the cheapest constant answer": (
        {"sections": judged(COST, AUC, rule="costs", constants={**HALF, "expected_cost": 0.2})},
        "bad",
        "Worse than the constant answer: Expected cost of a row",
    ),
    "no goal: good scores, and more wrong answers than the constant one": (
        {"sections": judged(ACCURACY, AUC, constants=SHARE, threshold=0.5)},
        "caution",
        "The scores rank better than chance, but at this threshold more answers are wrong than by "
        "always answering no: Accuracy 0.5200 [0.5100, 0.5300] against 0.77",
    ),
    "no goal: good scores, accuracy not shown to be above": (
        {"sections": judged(UNSURE, AUC, constants=SHARE, threshold=0.5)},
        "caution",
        "at this threshold Accuracy 0.7800 [0.7600, 0.8000] is not shown to be better than 0.77",
    ),
    "no goal: good scores, F1 of a rare class below the constant": (
        {
            "sections": judged(
                F1, AUC, rule="imbalanced", constants={**HALF, "f1": 0.5}, threshold=0.5
            )
        },
        "caution",
        "at this threshold F1 (late) 0.4000 [0.3800, 0.4200] is worse than 0.5 for always",
    ),
    "no goal, no scores: answers that follow the label": (
        {"sections": judged(ACCURACY, MCC, constants=SHARE)},
        "caution",
        "The answers follow the label better than chance, but more answers are wrong",
    ),
    "no goal: neither scores nor answers are above chance": (
        {"sections": judged(ACCURACY, NO_SKILL, constants=SHARE, threshold=0.5)},
        "bad",
        "Worse than the constant answer: Accuracy",
    ),
    "many classes: good order, answers not better": (
        {
            "sections": judged(
                MACRO,
                OVR,
                constants={"macro_f1": 0.7, "roc_auc_ovr_macro": 0.5},
                task="multiclass",
            )
        },
        "caution",
        "The scores rank better than chance, but F1 (macro) 0.6000",
    ),
    "the head has no constant, and another metric is below chance": (
        {
            "sections": judged(
                RECALL, BAD_MCC, rule="false_negative_costly", constants={"mcc": 0.0}
            )
        },
        "bad",
        "Worse than chance: Recall (late) 0.6000 [0.5500, 0.6500]; MCC -0.5000",
    ),
    "the absolute error is held against the median": (
        {"sections": judged(MAE, constants={"mae": 56.0}, answer="Always answering the median")},
        "good",
        "Mean absolute error 17.00 [16.00, 18.00] against 56 for always answering the median",
    ),
    "the train rows stand beside": (
        {
            "sections": judged(
                AUC, constants=HALF, train=[metric("roc_auc", 0.955, title="ROC AUC")]
            )
        },
        "good",
        "Better than the constant answer",
    ),
    "no metric at all": (
        {"sections": {"evaluation": {"metrics": [], "head": {"metrics": []}}}},
        "unknown",
        "no metric could be computed",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_case(name):
    results, level, words = CASES[name]
    verdict = decide_verdict(results)
    assert (verdict.level, words in verdict.headline) == (level, True), verdict


def texts_of(verdict):
    return [verdict.headline, *verdict.sentences]


def numbers_in(node):
    if isinstance(node, dict):
        for value in node.values():
            yield from numbers_in(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from numbers_in(value)
    elif isinstance(node, bool) or node is None:
        return
    elif isinstance(node, int | float):
        yield float(node)
    else:
        yield from (float(text.replace(",", "")) for text in NUMBER.findall(str(node)))


@pytest.mark.parametrize("name", CASES)
def test_every_number_is_in_the_results(name):
    results = CASES[name][0]
    known = list(numbers_in(results))
    for text in texts_of(decide_verdict(results)):
        for said in NUMBER.findall(text):
            decimals = len(said.partition(".")[2])
            value = float(said.replace(",", ""))
            assert any(round(number, decimals) == value for number in known), (said, text)


@pytest.mark.parametrize("name", CASES)
def test_no_promises(name):
    told = " ".join(texts_of(decide_verdict(CASES[name][0]))).lower()
    assert not re.search(r"\b(fair|safe|best|perfect|guarantee\w*|proven?)\b", told)


def test_the_flag_that_turns_it_on_is_named():
    verdict = decide_verdict({"sections": {}, "skipped": [SKIPPED]})
    assert "--model FILE" in verdict.sentences[0]


def test_the_train_rows_are_one_short_sentence():
    verdict = decide_verdict(CASES["the train rows stand beside"][0])
    assert "On the train rows: ROC AUC 0.955." in verdict.sentences
    without = decide_verdict({"sections": judged(AUC, constants=HALF)})
    assert "train" not in " ".join(texts_of(without))


def test_the_next_step_is_said_where_a_threshold_can_help():
    name = "no goal: good scores, and more wrong answers than the constant one"
    told = " ".join(decide_verdict(CASES[name][0]).sentences)
    assert "Next: choose the threshold on validation rows" in told
    told = " ".join(
        decide_verdict(CASES["no goal, no scores: answers that follow the label"][0]).sentences
    )
    assert "--score COLUMN" in told


def test_only_the_head_is_worse_than_the_constant_answer():
    for results, _, _ in CASES.values():
        verdict = decide_verdict(results)
        if verdict.headline.startswith("Worse than the constant answer"):
            head = results["sections"]["evaluation"]["metrics"][0]
            assert f"answer: {head['title']}" in verdict.headline


def test_what_the_headline_says_is_not_said_again():
    results = {
        "sections": judged(ACCURACY, AUC, constants=SHARE, threshold=0.5),
        "findings": [finding("warning", "Repeated.", rule="accuracy_below_constant")],
    }
    assert "Repeated." not in decide_verdict(results).sentences


def test_a_warning_is_told_in_its_words():
    results = {
        "sections": judged(AUC, constants=HALF),
        "findings": [finding("warning", "scores look uncalibrated")],
    }
    assert "Scores look uncalibrated." in decide_verdict(results).sentences


def test_names_from_the_data_cannot_hide():
    results = {"sections": judged(AUC, constants=HALF, answer="always answering \u202eno")}
    assert "\u202e" not in " ".join(texts_of(decide_verdict(results)))
