"""`assay evaluate`: the metrics of a model with their intervals, on the terminal."""

from pathlib import Path
from typing import Any

import click

from assay.cli.judging import JudgingCommand, join_config

EPILOG = """\b
Examples:
  assay evaluate scored.csv --label income --score probability
  assay evaluate test.parquet --label income --model model.skops --json
"""


@click.command(cls=JudgingCommand, epilog=EPILOG)
@click.argument("source", required=False, metavar="[DATA | assay.yaml]")
@click.pass_context
def command(ctx: click.Context, source: str | None, **given: Any) -> int:  # noqa: ANN401 - one argument a flag
    """Print the metrics of a model, each with its interval.

    Takes what `assay analyze` takes, runs the evaluation alone, and writes files only when --out
    says where.
    """
    from assay.cli.logs import show_logs
    from assay.cli.metrics_table import metrics_table
    from assay.cli.outcome import show_outcome
    from assay.cli.progress import showing_progress
    from assay.jobs.analyze import analyze_config

    config = join_config(ctx, source, given)
    only = config.options.model_copy(update={"only": ("evaluation",)})
    config = config.model_copy(update={"options": only})
    out = Path(config.out) if config.out else None
    show_logs(config.notify, debug=given["debug"])
    with showing_progress(quiet=given["quiet"]) as progress:
        report = analyze_config(config, out=out, progress=progress)
    if not given["json"] and not given["quiet"]:
        click.echo(metrics_table(report.results) + "\n")
    return show_outcome(report, out=out, as_json=given["json"], quiet=given["quiet"])
