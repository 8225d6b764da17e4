"""Which action is worth the most follows from the numbers of results.json."""

from assay.jobs.advice import decide_advice
from assay.jobs.advice_page import advice_pages


def finding(rule, severity="warning"):
    return {"rule": rule, "severity": severity, "message": f"{rule} was seen", "advice": "mend it"}


def judged(**more):
    f1 = {"name": "f1", "value": 0.60, "low": 0.57, "high": 0.63}
    return {"metrics": [f1], "head": {"metrics": ["f1"]}, "threshold": None, **more}


def comparison(verdict, value, low, high):
    return {
        "candidate": "model",
        "baseline": "gradient_boosting",
        "title": "F1",
        "verdict": verdict,
        "difference": {"value": value, "low": low, "high": high},
    }


def ladder(*comparisons):
    rungs = [{"name": "gradient_boosting", "title": "gradient boosting"}]
    return {"rungs": rungs, "comparisons": list(comparisons)}


def fit(gain, *, told):
    return {
        "curve": {
            "told": told,
            "gain": gain,
            "greater_is_better": True,
            "metric_title": "F1",
            "statement": "with 2,000 train rows F1 is expected at 0.65",
            "ahead": [{"rows": 2000, "low": 0.62, "high": 0.68}],
            "sizes": [{"rows": 1000, "judged": {"value": 0.6}}],
        }
    }


def results(*findings, **sections):
    return {"findings": list(findings), "sections": sections}


def names(told):
    return [each.name for each in decide_advice(told)]


def test_an_error_comes_before_all_else():
    told = results(
        finding("leak_target", "error"),
        finding("miscalibrated"),
        evaluation=judged(),
        fit=fit(0.05, told=True),
    )
    assert names(told) == ["fix_data"]


def test_gains_come_by_their_size_and_the_rest_after_them():
    told = results(
        finding("miscalibrated"),
        finding("weak_slice"),
        finding("seed_noise"),
        evaluation=judged(),
        baselines=ladder(comparison("worse", -0.02, -0.03, -0.01)),
        fit=fit(0.05, told=True),
    )
    assert names(told) == [
        "more_data",
        "stronger_model",
        "calibration",
        "steadier_fit",
        "look_at_slice",
    ]
    more, stronger, *_ = decide_advice(told)
    assert (round(more.low, 6), round(more.high, 6)) == (0.02, 0.08)
    assert (stronger.gain, stronger.low, stronger.high) == (0.02, 0.01, 0.03)
    assert stronger.title == "Take gradient boosting in its place, or learn from it"


def test_a_threshold_that_nobody_chose_is_looked_at():
    curve = {"threshold": [0.2, 0.5, 0.8], "f1": [0.7, 0.6, None]}
    usual = {"value": 0.5, "chosen_on": "default"}
    found = decide_advice(
        results(evaluation=judged(threshold=usual, curves={"thresholds": curve}))
    )
    assert [each.name for each in found] == ["threshold"]
    assert round(found[0].gain, 6) == 0.1
    told = {"value": 0.5, "chosen_on": "validation"}
    assert names(results(evaluation=judged(threshold=told, curves={"thresholds": curve}))) == [
        "nothing"
    ]


def test_a_threshold_within_the_interval_is_left_alone():
    curve = {"threshold": [0.2, 0.5], "f1": [0.62, 0.6]}
    usual = {"value": 0.5, "chosen_on": "default"}
    assert names(results(evaluation=judged(threshold=usual, curves={"thresholds": curve}))) == [
        "nothing"
    ]


def test_a_flat_curve_and_an_equal_simple_model_ask_for_another_feature():
    told = results(
        evaluation=judged(),
        baselines=ladder(comparison("not shown to be better", 0.0, -0.01, 0.01)),
        fit=fit(0.0, told=False),
    )
    assert names(told) == ["another_feature"]


def test_simple_models_alone_ask_for_a_model():
    assert names(results(baselines=ladder())) == ["fit_a_model"]


def test_nothing_is_advised_where_nothing_is_known():
    assert decide_advice(results()) == ()
    assert advice_pages(()) == ()


def test_the_page_lists_all_actions():
    actions = decide_advice(
        results(finding("miscalibrated"), evaluation=judged(), fit=fit(0.05, told=True))
    )
    (page,) = advice_pages(actions)
    paragraph, table = page.blocks
    assert paragraph.text.startswith("Collect more rows of the same kind: 2,000 train rows. With")
    assert [row[0] for row in table.rows] == [each.title for each in actions]
    assert table.rows[1][1] == "not put into a number"
