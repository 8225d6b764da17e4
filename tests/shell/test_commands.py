"""The commands from end to end: help, files, JSON, gates, a config that repeats the run."""

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
import yaml

from assay.cli.root import COMMANDS

SCORED = ("--label", "paid", "--positive", "yes", "--score", "p")


def results_of(folder="assay-out"):
    return json.loads((Path(folder) / "results.json").read_text(encoding="utf-8"))


def without_times(results):
    return {key: value for key, value in results.items() if key not in ("created", "seconds")}


@pytest.mark.parametrize(
    "command",
    [[], *([name] for name in COMMANDS), ["config", "check"], ["config", "init"]],
    ids=" ".join,
)
def test_help(assay, command):
    told = assay(*command, "--help")
    assert told.status == 0
    assert told.out.startswith("Usage: assay")
    assert "Example" in told.out
    assert told.err == ""


def test_help_has_every_flag_under_a_heading_and_with_a_text(assay):
    text = assay("analyze", "--help").out
    for heading in ("Data:", "Columns:", "Model:", "Judging:", "Output:"):
        assert f"\n{heading}\n" in text
    assert text.index("\nData:\n") < text.index("\nSection data") < text.index("\nOutput:\n")
    flags = (
        "--label --positive --prediction --score --model --trust-model --model-input "
        "--python-path --label-map --train --validation --task --weight --group --time --id "
        "--ignore --types --missing --delimiter --query --model-option --no-cache "
        "--threshold --cost-fp --cost-fn --use --level --seed --out "
        "--fail-on --json --quiet --debug --engine --only --notify --data-top"
    )
    for flag in flags.split():
        assert flag in text


def test_version(assay):
    import assay as package

    assert assay("--version").out == f"assay {package.__version__}\n"


def test_analyze_writes_three_files_and_says_where(assay, scored):
    told = assay("analyze", scored, *SCORED)
    assert told.status == 0, told.err
    assert sorted(each.name for each in Path("assay-out").iterdir()) == [
        "assay.yaml",
        "report.html",
        "results.json",
    ]
    assert told.out.startswith("GOOD  Better than the constant answer")
    assert f"Report: {Path('assay-out') / 'report.html'}" in told.out
    assert "Writing the report …" in told.err.splitlines()


def test_results_have_the_agreed_shape(assay, scored):
    assay("analyze", scored, *SCORED, "--quiet")
    results = results_of()
    assert list(results) == [
        "format",
        "created",
        "interrupted",
        "task",
        "verdict",
        "advice",
        "findings",
        "sections",
        "skipped",
        "data",
        "model",
        "environment",
        "config",
        "seconds",
    ]
    assert (results["format"], results["task"]) == ("assay.results/1", "binary")
    assert list(results["sections"]) == [
        "leakage",
        "evaluation",
        "baselines",
        "fit",
        "slices",
        "prediction_intervals",
        "discipline",
        "data",
    ]
    test = results["data"]["test"]
    assert test["fingerprint"].startswith("fp1:")
    assert test["fingerprint_order_free"].startswith("fs1:")
    assert test["rows"] == 400
    assert results["sections"]["data"]["label_shares"][0]["value"] == "no"


def test_the_verdict_and_constant_answers_agree_with_the_rows(assay, scored):
    assay("analyze", scored, *SCORED, "--quiet")
    constants = results_of()["sections"]["evaluation"]["constant_answers"]
    share = pl.read_csv(scored)["paid"].eq("no").mean()
    assert constants["accuracy"] == {"value": share, "answer": "Always answering 'no'"}
    assert constants["average_precision"]["value"] == pytest.approx(1 - share)


def test_quiet_prints_nothing(assay, scored):
    told = assay("analyze", scored, *SCORED, "--quiet")
    assert (told.status, told.out, told.err) == (0, "", "")


def test_json_is_all_that_stands_on_stdout(assay, scored):
    told = assay("analyze", scored, *SCORED, "--json", "--out", "elsewhere")
    assert json.loads(told.out) == results_of("elsewhere")


def test_the_written_config_repeats_the_run(assay, scored):
    flags = ("--threshold", "0.4", "--seed", "5", "--level", "0.9", "--ignore", "guess")
    assert assay("analyze", scored, *SCORED, *flags, "--quiet").status == 0
    told = assay("analyze", Path("assay-out") / "assay.yaml", "--out", "again", "--quiet")
    assert told.status == 0, told.err
    assert without_times(results_of("again")) == without_times(results_of())
    first = Path("assay-out", "assay.yaml").read_text(encoding="utf-8")
    assert Path("again", "assay.yaml").read_text(encoding="utf-8") == first


def test_flags_overrule_the_config(assay, scored):
    Path("mine.yaml").write_text(
        yaml.safe_dump(
            {
                "data": scored.name,
                "roles": {"label": "paid", "positive": "yes", "scores": "p"},
                "options": {"seed": 1, "level": 0.9},
                "out": "from-the-file",
            }
        )
    )
    assert assay("analyze", "mine.yaml", "--seed", "2", "--quiet").status == 0
    options = results_of("from-the-file")["config"]["options"]
    assert (options["seed"], options["level"]) == (2, 0.9)


def test_data_can_be_replaced(assay, scored):
    scored.rename("other.csv")
    Path("mine.yaml").write_text("data: gone.csv\nroles: {label: paid, scores: p, positive: yes}")
    told = assay("analyze", "mine.yaml", "--data", "other.csv", "--positive", "yes", "--quiet")
    assert told.status == 0, told.err


def test_a_gate_that_does_not_pass_is_status_1(assay, scored):
    few = pl.read_csv(scored).head(30)
    few.write_csv("few.csv")
    findings = json.loads(assay("analyze", "few.csv", *SCORED, "--json").out)["findings"]
    rule = next(each["rule"] for each in findings if each["severity"] == "warning")
    passed = assay("analyze", "few.csv", *SCORED, "--fail-on", "no_such_rule", "--quiet")
    assert passed.status == 0
    told = assay("analyze", "few.csv", *SCORED, "--fail-on", rule, "--quiet")
    assert told.status == 1
    assert told.err == f"assay: gate --fail-on {rule}: 1 finding\n"
    assert Path("assay-out", "report.html").exists()


def test_without_a_label_the_data_are_described(assay, scored):
    told = assay("analyze", scored)
    assert told.status == 0
    results = results_of()
    assert list(results["sections"]) == ["leakage", "data"]
    checks = results["sections"]["leakage"]["checks"]
    assert [each["rule"] for each in checks if each["status"] != "not run"] == [
        "id_column",
        "dup_train",
    ]
    assert any("no label was named" in each["reason"] for each in results["skipped"])
    assert results["skipped"][0]["section"] == "evaluation"
    assert "--label COLUMN" in results["skipped"][0]["turn_on"]
    assert results["verdict"]["level"] == "unknown"


def test_only_runs_what_it_names(assay, scored):
    assay("analyze", scored, *SCORED, "--only", "data", "--quiet")
    assert list(results_of()["sections"]) == ["data"]


def test_notify_log_shows_findings(assay, scored):
    pl.read_csv(scored).head(30).write_csv("few.csv")
    told = assay("analyze", "few.csv", *SCORED, "--notify", "log", "--quiet")
    assert "WARNING" in told.err


def test_evaluate_prints_metrics_and_writes_nothing(assay, scored):
    told = assay("evaluate", scored, *SCORED)
    assert told.status == 0, told.err
    lines = told.out.splitlines()
    assert any(line.startswith("ROC AUC") and "[0." in line for line in lines)
    assert any(line.startswith("Precision (yes)") for line in lines)
    assert not Path("assay-out").exists()


def test_evaluate_writes_where_it_is_told(assay, scored):
    assert assay("evaluate", scored, *SCORED, "--out", "there", "--quiet").status == 0
    assert list(results_of("there")["sections"]) == ["evaluation"]


def test_predicted_answers_alone(assay, scored):
    told = assay(
        "evaluate", scored, "--label", "paid", "--positive", "yes", "--prediction", "guess"
    )
    assert told.status == 0, told.err
    assert "Accuracy" in told.out
    assert "ROC AUC" not in told.out


def test_regression(assay, scored):
    table = pl.read_csv(scored).with_columns(
        price=pl.col("p") * 100 + pl.int_range(pl.len()) % 7, guessed=pl.col("p") * 100 + 3
    )
    table.write_parquet("prices.parquet")
    told = assay("analyze", "prices.parquet", "--label", "price", "--prediction", "guessed")
    assert told.status == 0, told.err
    evaluation = results_of()["sections"]["evaluation"]
    assert evaluation["task"] == "regression"
    assert evaluation["constant_answers"]["r2"]["value"] == 0.0
    page = Path("assay-out", "report.html").read_text(encoding="utf-8")
    assert "Predicted against actual" in page
    assert "Where the predictions lean to one side" in page


def test_multiclass(assay, scored):
    table = pl.read_csv(scored).with_columns(
        pet=pl.Series(["cat", "dog", "eel", "cat"] * 100),
        seen=pl.Series(["cat", "dog", "cat", "cat"] * 100),
    )
    table.write_parquet("pets.parquet")
    told = assay("analyze", "pets.parquet", "--label", "pet", "--prediction", "seen")
    assert told.status == 0, told.err
    evaluation = results_of()["sections"]["evaluation"]
    assert evaluation["constant_answers"]["accuracy"]["value"] == 0.5
    page = Path("assay-out", "report.html").read_text(encoding="utf-8")
    assert "Each class by itself" in page


def test_a_threshold_is_chosen_on_validation_rows(assay, scored):
    table = pl.read_csv(scored)
    table.head(200).write_csv("val.csv")
    table.tail(200).write_csv("test.csv")
    flags = (*SCORED, "--validation", "val.csv", "--threshold", "f1", "--quiet")
    assert assay("analyze", "test.csv", *flags).status == 0
    results = results_of()
    threshold = results["sections"]["evaluation"]["threshold"]
    assert (threshold["chosen_on"], threshold["goal"]) == ("validation", "f1")
    assert results["data"]["validation"]["rows"] == 200


def test_a_threshold_chosen_on_the_judged_rows_is_an_error_finding(assay, scored):
    pl.read_csv(scored).sample(fraction=1, shuffle=True, seed=1).write_csv("val.csv")
    told = assay(
        "analyze", scored, *SCORED, "--validation", "val.csv", "--threshold", "f1", "--json"
    )
    rules = [each["rule"] for each in json.loads(told.out)["findings"]]
    assert "threshold_on_test" in rules


def test_costs_head_the_report(assay, scored):
    told = assay("analyze", scored, *SCORED, "--cost-fp", "1", "--cost-fn", "4", "--json")
    evaluation = json.loads(told.out)["sections"]["evaluation"]
    assert evaluation["head"]["metrics"][0] == "expected_cost"
    assert evaluation["threshold"]["value"] == pytest.approx(0.2)
    assert "expected_cost" in evaluation["constant_answers"]


def test_groups_become_the_unit_of_resampling(assay, scored):
    table = pl.read_csv(scored).with_columns(shop=pl.int_range(pl.len()) // 8)
    table.write_csv("shops.csv")
    told = assay("evaluate", "shops.csv", *SCORED, "--group", "shop", "--json")
    units = {each["unit"] for each in json.loads(told.out)["sections"]["evaluation"]["metrics"]}
    assert "group" in units


def test_config_init_check_schema(assay):
    assert assay("config", "init").status == 0
    told = assay("config", "check", "assay.yaml")
    assert (told.status, told.out) == (0, "assay.yaml: nothing wrong\n")
    assert assay("config", "init").status == 2
    schema = json.loads(assay("config", "schema").out)
    assert {"data", "model", "roles", "options", "sections"} <= set(schema["properties"])


def test_config_check_lists_everything(assay):
    Path("bad.yaml").write_text("dta: x\noptions: {levl: 1, seed: -1}\n")
    told = assay("config", "check", "bad.yaml")
    assert told.status == 2
    assert told.err.startswith("assay: bad.yaml has 3 problem(s):")
    for words in ("did you mean 'data'", "did you mean 'level'", "options.seed (line 2)"):
        assert words in told.err


@pytest.mark.skipif(os.name == "nt", reason="pipes close otherwise on Windows")
def test_a_reader_that_goes_away_is_no_failure():
    command = [sys.executable, "-m", "assay", "config", "schema"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == ""
    assert running.returncode == 0
