"""`assay bias`: whom the data or the model treats differently, on the terminal."""

from typing import Any

import click

from assay.cli.judging import JudgingCommand

EPILOG = """\b
Examples:
  assay bias people.csv --label hired --facet sex --facet 'age>40'
  assay bias test.parquet --label income --model model.skops --facet 'sex*race' --out bias
  assay bias scored.csv --label paid --score p --facet sex --group-variable branch
  assay bias march.csv --before february.csv --label paid --prediction said --facet sex
"""


@click.command(cls=JudgingCommand, epilog=EPILOG)
@click.argument("source", required=False, metavar="[DATA | assay.yaml | analysis_config.json]")
@click.pass_context
def command(ctx: click.Context, source: str | None, **given: Any) -> int:  # noqa: ANN401 - one argument a flag
    """Compare the groups of each --facet: in the labels alone, and in a model's answers.

    Without a model and without --prediction or --score the labels alone are compared. Every
    difference comes with an interval; a finding is made only where the interval that holds for
    all of them together leaves the tolerated range. Files are written only when --out says where.
    """
    from assay.cli.bias_table import bias_table
    from assay.cli.one_section import run_one_section

    return run_one_section(ctx, source, given, section="bias", table=bias_table)
