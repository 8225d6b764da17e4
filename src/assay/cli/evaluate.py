"""`assay evaluate`: the metrics of a model with their intervals, on the terminal."""

from typing import Any

import click

from assay.cli.judging import JudgingCommand

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
    from assay.cli.metrics_table import metrics_table
    from assay.cli.one_section import run_one_section

    return run_one_section(ctx, source, given, section="evaluation", table=metrics_table)
