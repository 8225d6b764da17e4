"""`assay analyze`: judge a model on a table and write one report."""

from pathlib import Path
from typing import Any

import click

from assay.cli.apart import config_apart, explain_apart
from assay.cli.judging import JudgingCommand, join_config, told_flags

EPILOG = """\b
Examples:
  assay analyze test.csv --label income --model model.joblib --trust-model
  assay analyze scored.parquet --label income --positive '>50K' --score probability
  assay analyze test.csv --label price --prediction predicted --fail-on error
  assay analyze test.csv --label y --model m.skops --validation val.csv --threshold f1
  assay analyze assay.yaml
  assay analyze analysis_config.json --data test.csv --model m.joblib --trust-model
"""
DEFAULT_OUT = "assay-out"


@click.command(cls=JudgingCommand, epilog=EPILOG)
@click.argument("source", required=False, metavar="[DATA | assay.yaml | analysis_config.json]")
@click.pass_context
def command(ctx: click.Context, source: str | None, **given: Any) -> int:  # noqa: ANN401 - one argument a flag
    """Judge a model on a table: verdict, findings, metrics with intervals, in one report.

    DATA is a table with the true answers in --label, and the model's answers in --prediction or
    --score, or a --model that gives them: a file (CSV, Parquet, JSON, Arrow, Excel), a folder or
    glob of them, or a URL, also of a database or an object store. In its place an assay.yaml can
    say everything, and so can an analysis_config.json of SageMaker Clarify; flags overrule it.

    Writes report.html, results.json and assay.yaml (which repeats the run) into --out; where
    groups were compared, or an analysis_config.json asks for SHAP values or partial dependence,
    analysis.json in Clarify's shape as well. Where one asks for forecasts of time series to be
    explained, --model is a function from records to forecasts, a URL or a command, and the
    scores are written as Clarify writes them. Where one asks for SHAP values of images, --data is
    a folder of them, --model a function from arrays of images to scores or objects, or a URL, and
    Clarify's pictures are written.
    """
    from assay.cli.logs import show_logs
    from assay.cli.outcome import show_outcome
    from assay.cli.progress import showing_progress
    from assay.jobs.analyze import analyze_config

    apart = config_apart(source)
    if apart is not None:
        return explain_apart(
            apart,
            told_flags(ctx, given),
            default_out=DEFAULT_OUT,
            as_json=given["json"],
            quiet=given["quiet"],
        )
    config = join_config(ctx, source, given)
    out = Path(config.out or DEFAULT_OUT)
    show_logs(config.notify, debug=given["debug"])
    with showing_progress(quiet=given["quiet"]) as progress:
        report = analyze_config(config, out=out, progress=progress)
    return show_outcome(report, out=out, as_json=given["json"], quiet=given["quiet"])
