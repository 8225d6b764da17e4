"""Run an analysis_config.json on rows through the command line."""

import json
from pathlib import Path


def run_config(assay, config, rows, *arguments, name="rows.csv", whole=False):
    """Write rows and config, run them; return the command's end and analysis.json."""
    if rows is not None:
        rows.write_csv(name)
        arguments = ("--data", name, *arguments)
    told = {key: value for key, value in config.items() if value is not None}
    Path("analysis_config.json").write_text(json.dumps(told), encoding="utf-8")
    only = () if whole else ("--only", "bias")
    ended = assay("analyze", "analysis_config.json", "--quiet", *only, *arguments)
    made = Path("assay-out/analysis.json")
    return ended, json.loads(made.read_text("utf-8")) if made.exists() else None


def stored_results():
    """Return results.json of the last run."""
    return json.loads(Path("assay-out/results.json").read_text("utf-8"))


def entries(analysis, stage, column):
    """Return value_or_threshold → code → the metric's object."""
    found = analysis[f"{stage}_training_bias_metrics"]["facets"][column]
    return {
        entry["value_or_threshold"]: {each["name"]: each for each in entry["metrics"]}
        for entry in found
    }


def values(analysis, stage, column):
    """Return code → value of the only group of a column."""
    (found,) = entries(analysis, stage, column).values()
    return {code: each["value"] for code, each in found.items()}
