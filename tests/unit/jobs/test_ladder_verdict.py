"""The verdict names what a model must beat, and how the judged one stands against it."""

import pytest

from assay.jobs.ladder_verdict import ladder_sentences, ladder_verdict
from assay.jobs.verdict import decide_verdict


def estimate(value, low=None, high=None):
    return {"value": value, "low": low, "high": high, "level": 0.95, "n": 100}


def rung(name, place, value):
    title = name.replace("_", " ")
    metrics = {"accuracy": estimate(value, value and value - 0.01, value and value + 0.01)}
    return {"name": name, "title": title, "rung": place, "metrics": metrics}


def results(*rungs, comparisons=(), to_beat=None, opponent=None, findings=()):
    ladder = {
        "metric": "accuracy",
        "metric_title": "accuracy",
        "how": "fitted on 800 rows, judged on 200",
        "rungs": list(rungs),
        "to_beat": to_beat,
        "comparisons": list(comparisons),
        "opponent": opponent,
    }
    return {"findings": list(findings), "sections": {"baselines": ladder}, "skipped": []}


def comparison(verdict, value, low, high, rows=None, baseline="gradient_boosting"):
    return {
        "candidate": "model",
        "baseline": baseline,
        "metric": "accuracy",
        "title": "accuracy",
        "verdict": verdict,
        "difference": estimate(value, low, high),
        "rows_needed": rows,
    }


LADDER = (rung("prior", 0, 0.76), rung("gradient_boosting", 3, 0.87))


def test_without_answers_the_verdict_says_what_to_beat():
    found = decide_verdict(results(*LADDER, to_beat="gradient_boosting"))
    assert found.level == "unknown"
    assert (
        found.headline == "A model must beat gradient boosting: accuracy 0.8700 [0.8600, 0.8800]."
    )
    assert found.sentences[0] == "Fitted on 800 rows, judged on 200."
    assert found.sentences[1].startswith("Knowing nothing of a row (prior) reaches 0.7600")


def test_a_warning_about_the_data_is_told_beside():
    warned = {"rule": "leak", "severity": "warning", "message": "the column x tells all"}
    found = ladder_verdict(results(*LADDER, to_beat="gradient_boosting", findings=[warned]))
    assert found.sentences[-1] == "The column x tells all."


def test_no_rung_with_a_value_gives_no_verdict():
    assert ladder_verdict(results(rung("prior", 0, None), to_beat="prior")) is None
    assert ladder_verdict(results(rung("prior", 0, 0.5), to_beat=None)) is None


@pytest.mark.parametrize(
    ("verdict", "rows", "expected"),
    [
        (
            "not shown to be better",
            12_000,
            "Against gradient boosting: not shown to be better (accuracy by 0.01000 "
            "[-0.01000, 0.03000]; about 12,000 rows would tell).",
        ),
        (
            "better",
            None,
            "Against gradient boosting: better (accuracy by 0.01000 [-0.01000, 0.03000]).",
        ),
    ],
)
def test_a_judged_model_is_held_against_its_opponent(verdict, rows, expected):
    told = comparison(verdict, 0.01, -0.01, 0.03, rows)
    other = comparison("worse", -0.1, -0.2, -0.05, baseline="prior")
    found = ladder_sentences(
        results(*LADDER, comparisons=[other, told], opponent="gradient_boosting")
    )
    assert found == (expected,)


def test_an_undefined_difference_is_not_told():
    told = comparison("not shown to be better", None, None, None)
    found = ladder_sentences(results(*LADDER, comparisons=[told], opponent="gradient_boosting"))
    assert found == ()


@pytest.mark.parametrize(
    ("spread", "metric", "said"),
    [(0.03, "accuracy", True), (0.01, "accuracy", False), (0.03, "f1", False)],
)
def test_a_difference_smaller_than_what_seeds_move_is_said_to_be(spread, metric, said):
    told = results(*LADDER, comparisons=[comparison("better", 0.03, 0.01, 0.05)])
    told["sections"]["fit"] = {"metric": metric, "seeds": {"spread": spread}}
    assert ("within seed noise" in ladder_sentences(told)[0]) is said
