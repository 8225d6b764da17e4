import pytest

from assay.jobs.bias_verdict import bias_verdict


def measure(low, high, name="recall_difference", tolerated=(-0.1, 0.1)):
    return {
        "name": name,
        "simultaneous_low": low,
        "simultaneous_high": high,
        "tolerated": None if tolerated is None else list(tolerated),
    }


def results(*measures, findings=()):
    facet = {"name": "sex", "measures": list(measures)}
    return {"sections": {"bias": {"facets": [facet], "findings": list(findings)}}}


def test_a_warning_is_told_first():
    found = bias_verdict(
        results(
            measure(0.2, 0.3),
            findings=[{"severity": "warning", "message": "women are chosen less often"}],
        )
    )
    assert found.level == "caution"
    assert found.headline == "1 difference is shown to be beyond what is tolerated."
    assert found.sentences == ("women are chosen less often",)


@pytest.mark.parametrize(
    ("low", "high", "level"),
    [(-0.05, 0.09, "good"), (-0.2, 0.05, "unknown"), (None, 0.05, "unknown")],
)
def test_an_interval_within_what_is_tolerated_is_good(low, high, level):
    assert bias_verdict(results(measure(low, high))).level == level


def test_only_the_main_differences_decide():
    wide = measure(-0.9, 0.9, name="f1_difference")
    assert bias_verdict(results(measure(-0.01, 0.01), wide)).level == "good"


def test_infos_are_not_warnings():
    found = bias_verdict(results(measure(0.0, 0.0), findings=[{"severity": "info"}]))
    assert found.level == "good"


@pytest.mark.parametrize("stored", [{}, {"failed": "ImportError"}, {"facets": [], "findings": []}])
def test_nothing_measured_has_no_verdict(stored):
    assert bias_verdict({"sections": {"bias": stored}}) is None


def test_where_no_facet_has_groups_the_reason_is_told():
    left_out = [
        {"title": "facet sex", "reason": "every row has 'f'", "turn_on": ""},
        {"title": "FT", "reason": "not of interest", "turn_on": ""},
    ]
    bias = {"facets": [], "findings": [], "left_out": left_out}
    found = bias_verdict({"sections": {"bias": bias}})
    assert found.level == "unknown"
    assert found.headline == "No verdict: no groups could be compared."
    assert found.sentences == ("facet sex: every row has 'f'.",)
    assert bias_verdict({"sections": {"bias": bias, "data": {}}}) is None
