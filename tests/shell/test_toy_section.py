"""A section of another package joins everything with no edit in src."""

import json

import pytest

pytestmark = pytest.mark.usefixtures("toy_section")
SCORED = ("--label", "paid", "--positive", "yes", "--score", "p")


def test_it_is_in_the_help(assay):
    text = " ".join(assay("analyze", "--help").out.split())
    assert "Section toy (Toy counts)" in text
    assert "--toy-at-most NUMBER Values shown." in text
    assert "--toy-loudly / --no-toy-loudly" in text
    assert "--toy-order-by [rows|name]" in text


def test_it_is_in_the_config_schema(assay):
    schema = json.loads(assay("config", "schema").out)
    assert schema["$defs"]["SectionsPart"]["properties"]["toy"]["$ref"] == "#/$defs/ToyConfig"
    assert "# Values shown.\n    at_most: 5" in (assay("config", "init"), read("assay.yaml"))[1]


def read(name):
    from pathlib import Path

    return Path(name).read_text(encoding="utf-8")


def test_it_is_in_the_report_and_the_results(assay, scored):
    flags = ("--toy-loudly", "--toy-order-by", "name", "--toy-skip", "x")
    told = assay("analyze", scored, *SCORED, "--quiet", *flags)
    assert told.status == 0, told.err
    results = json.loads(read("assay-out/results.json"))
    assert set(results["sections"]["toy"]["counts"]) == {"f", "m"}
    assert results["config"]["sections"]["toy"]["loudly"] is True
    assert "toy_finding" in [finding["rule"] for finding in results["findings"]]
    assert {"section": "toy", "title": "Toy dreams"}.items() <= results["skipped"][-1].items()
    page = read("assay-out/report.html")
    assert "Counted!" in page
    assert "Toy values" in page
    assert "--toy-sleep" in page


def test_its_section_stands_between_the_others(assay, scored):
    assay("analyze", scored, *SCORED, "--quiet", "--only", "toy", "--only", "data")
    page = read("assay-out/report.html")
    assert page.index('id="section-toy"') < page.index('id="section-data"')


def test_its_config_is_checked_with_the_flags_name(assay, scored):
    told = assay("analyze", scored, *SCORED, "--toy-at-most", "0")
    assert told.status == 2
    assert "--toy-at-most: must be greater than or equal to 1, found 0" in told.err


def test_a_section_that_fails_is_an_entry_and_the_rest_stands(assay, scored):
    told = assay("analyze", scored, *SCORED, "--json")
    results = json.loads(told.out)
    assert told.status == 0
    failed = "RuntimeError: the spring came off"
    assert results["sections"]["toy_broken"] == {"failed": failed}
    assert results["sections"]["toy"]["counts"]
    assert results["sections"]["evaluation"]["metrics"]
    (finding,) = [each for each in results["findings"] if each["rule"] == "section_failed"]
    assert (finding["severity"], finding["where"]["section"]) == ("error", "toy_broken")
    assert results["verdict"]["level"] == "bad"
    assert failed in read("assay-out/report.html")


def test_a_failed_section_fails_the_gate(assay, scored):
    told = assay("analyze", scored, *SCORED, "--quiet", "--fail-on", "section_failed")
    assert told.status == 1
    assert "section_failed" in told.err


def test_a_request_that_cannot_be_made_fails_alone(assay, scored):
    told = assay("analyze", scored, *SCORED, "--json", "--toy-column", "no_such_column")
    results = json.loads(told.out)
    assert "no_such_column" in results["sections"]["toy"]["failed"]
    assert results["sections"]["evaluation"]["metrics"]


def test_a_section_without_what_it_needs_is_skipped(assay, scored):
    results = json.loads(assay("analyze", scored, "--label", "paid", "--json").out)
    skipped = {each["section"]: each["turn_on"] for each in results["skipped"]}
    assert "--model FILE" in skipped["toy_broken"]
    assert "--model FILE" in skipped["evaluation"]
    assert "toy_broken" not in results["sections"]
