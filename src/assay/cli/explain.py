"""`assay explain`: why a model predicts what it predicts, on the terminal."""

from dataclasses import replace
from typing import Any

import click

from assay.cli.flag import Flag
from assay.cli.judging import FLAGS, JudgingCommand
from assay.cli.shared_flags import SHARED

SECTION = "explanations"
EPILOG = """\b
Examples:
  assay explain test.csv --label income --model model.skops
  assay explain test.csv --model model.onnx --background train.csv --row 17
  assay explain test.parquet --model m.joblib --trust-model --rows 500 --background medoids
  assay explain people.csv --model m.skops --row 3 --mutable 'savings>=' --mutable duration=6..60
  assay explain test.csv --model m.skops --player 'address=street,city,zip' --out why
"""


class ExplainingCommand(JudgingCommand):
    """A command whose flags of the explanations section go by their short names as well."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the parameters; a short name that another flag has is not taken."""
        if FLAGS not in ctx.meta:
            from assay.cli.section_flags import section_flags
            from assay.jobs.registry import find_sections

            sections = [each for each in find_sections() if each.name == SECTION]
            flags = tuple(_short(flag) for flag in section_flags(sections))
            ctx.meta[FLAGS] = (*SHARED, *flags)
        return super().get_params(ctx)


def _short(flag: Flag) -> Flag:
    """Return a flag with its field's name as the first name."""
    short = flag.name.replace(f"{SECTION}-", "")
    taken = {name for each in SHARED for name in (*each.name.split("/"), *each.aliases)}
    if set(short.split("/")) & taken:
        return flag
    return replace(flag, name=short, aliases=(*flag.aliases, flag.name))


@click.command(cls=ExplainingCommand, epilog=EPILOG)
@click.argument("source", required=False, metavar="[DATA | assay.yaml | analysis_config.json]")
@click.pass_context
def command(ctx: click.Context, source: str | None, **given: Any) -> int:  # noqa: ANN401 - one argument a flag
    """Say which columns move a model's score, for single rows and over all of them.

    Each attribution is a Shapley value: what a column adds to the score of a row, against the
    background, over all orders in which columns can be switched on. They sum to the score less
    the background's. Linear models and trees are explained exactly where they can be; anything
    else by trying coalitions of columns, and then every number has a standard error.

    The background is what stands in for a column that is switched off: --background TABLE or a
    way to sum up the rows. Files are written only when --out says where.
    """
    from assay.cli.explanations_table import explanations_table
    from assay.cli.one_section import run_one_section

    return run_one_section(ctx, source, given, section=SECTION, table=explanations_table)
