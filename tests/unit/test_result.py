"""Estimate and Finding: what they refuse, what they write, and the one schema of both."""

import json

import jsonschema
import pytest

from assay.result import Estimate, Finding, result_schema, worst_first


def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = result_schema()
    return jsonschema.Draft202012Validator({**schema, "$ref": f"#/$defs/{name}"})


@pytest.mark.parametrize(
    "estimate",
    [
        Estimate(value=0.5, low=0.4, high=0.6, n=10, method="Wilson score"),
        Estimate(value=2.0),
        Estimate.undefined("no positive row", n=3),
    ],
)
def test_estimates_follow_the_schema(estimate: Estimate):
    stored = json.loads(json.dumps(estimate.to_dict(), allow_nan=False))
    validator("Estimate").validate(stored)


def test_schema_refuses_a_silent_gap():
    stored = Estimate(value=1.0).to_dict() | {"value": None}
    with pytest.raises(jsonschema.ValidationError):
        validator("Estimate").validate(stored)


def test_schema_names_exactly_the_fields_that_are_written():
    definitions = result_schema()["$defs"]
    assert set(Estimate(value=1.0).to_dict()) == set(definitions["Estimate"]["properties"])
    finding = Finding(rule="some_rule", severity="info", message="m")
    assert set(finding.to_dict()) == set(definitions["Finding"]["properties"])


def test_findings_with_consequences_follow_the_schema():
    inner = Finding(rule="inner", severity="info", message="follows")
    outer = Finding(
        rule="outer",
        severity="error",
        message="cause",
        where={"columns": ["a"], "row": 3},
        evidence={"share": 0.2},
        consequences=(inner,),
    )
    stored = json.loads(json.dumps(outer.to_dict(), allow_nan=False))
    validator("Finding").validate(stored)
    assert stored["consequences"][0]["rule"] == "inner"


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
@pytest.mark.parametrize("name", ["value", "low", "high"])
def test_an_estimate_is_never_nan_or_infinite(name: str, number: float):
    with pytest.raises(ValueError, match=f"Estimate's {name} must be finite"):
        Estimate(**({"value": 0.5} | {name: number}))


def test_undefined_needs_a_reason():
    with pytest.raises(ValueError, match="needs a reason"):
        Estimate(value=None)


def test_too_few_is_read_from_the_warnings():
    assert Estimate(value=0.1, warnings=("too few: 3 positives",)).too_few
    assert not Estimate(value=0.1, warnings=("approximate",)).too_few


def test_worst_first_is_stable():
    findings = [
        Finding(rule="a", severity="info", message="m"),
        Finding(rule="b", severity="error", message="m"),
        Finding(rule="c", severity="warning", message="m"),
        Finding(rule="d", severity="error", message="m"),
    ]
    assert [finding.rule for finding in worst_first(findings)] == ["b", "d", "c", "a"]
