"""Rules that the user sets aside: shown with the reason, and not counted."""

import numpy as np
import polars as pl
import pytest

from assay.errors import InputError
from assay.jobs.analyze import analyze
from assay.jobs.gate import failed_gates
from assay.jobs.ignoring import ignore_rules
from assay.result import Finding


def finding(rule, severity="error", *consequences):
    return Finding(rule=rule, severity=severity, message="So it is.", consequences=consequences)


def test_what_is_not_ignored_stays_as_it_is():
    found = (finding("a"), finding("b", "warning"))
    assert ignore_rules(found, {}) == (found, ())


def test_an_ignored_finding_is_info_and_what_followed_from_it_counts():
    kept, aside = ignore_rules([finding("a", "error", finding("b", "warning"))], {"a": "known."})
    assert [each.rule for each in kept] == ["b"]
    assert aside[0].evidence == {"ignored_because": "known", "was": "error"}
    assert failed_gates(kept, ["error"]) == ()


def test_an_ignored_consequence_leaves_its_cause():
    kept, aside = ignore_rules([finding("a", "error", finding("b"))], {"b": "known"})
    assert (kept[0].rule, kept[0].consequences, aside[0].rule) == ("a", (), "b")


def table(n=400):
    rng = np.random.default_rng(2)
    x = rng.standard_normal(n)
    y = (x + rng.standard_normal(n) > 0).astype(int)
    return pl.DataFrame({"x": x, "z": rng.standard_normal(n), "copy": y * 3.0, "y": y})


def test_an_error_decides_the_verdict_until_it_is_ignored_with_a_reason():
    told = {"data": table(), "label": "y", "only": ["leakage"]}
    report = analyze(**told)
    assert "leak_target" in [each.rule for each in report.findings if each.severity == "error"]
    assert report.results["verdict"]["level"] == "bad"
    quiet = analyze(**told, ignore_rules={"leak_target": "measured before the outcome"})
    assert [each.severity for each in quiet.findings if each.rule == "leak_target"] == ["info"]
    assert quiet.results["verdict"]["level"] != "bad"
    assert "measured before the outcome" in quiet.config


@pytest.mark.parametrize("told", [{"leak_target": "  "}, {"Leak Target": "known"}])
def test_a_rule_needs_a_name_and_a_reason(told):
    with pytest.raises(InputError, match=r"reason|name of a rule"):
        analyze(data=table(), label="y", ignore_rules=told)
