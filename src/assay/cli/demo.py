"""`assay demo`: census income from table to report."""

from pathlib import Path

import click

from assay.cli.flag import GroupedCommand
from assay.cli.judging import output_options

DEFAULT_OUT = Path("assay-out") / "demo"
EPILOG = """\b
Examples:
  assay demo
  assay demo --out my-demo
"""


@click.command(cls=GroupedCommand, epilog=EPILOG)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=DEFAULT_OUT,
    show_default=True,
    metavar="DIR",
    help="Folder for the report.",
)
def command(*, out: Path, json: bool, quiet: bool, debug: bool) -> int:
    """See it work: fit a model on census data and judge it on rows it has not seen.

    Who earned more than 50,000 dollars in 1994? A gradient-boosted model learns it from 26,049
    people, the threshold is chosen on another 6,512, and 16,281 are looked at once.
    """
    from assay.cli.outcome import show_outcome
    from assay.cli.progress import showing_progress
    from assay.jobs.demo import run_demo

    with showing_progress(quiet=quiet) as progress:
        demo = run_demo(out, progress=progress)
    status = show_outcome(demo.report, out=out, as_json=json, quiet=quiet)
    if not json and not quiet:
        click.echo(_same_on_own_data(demo.inputs))
    return status


def _same_on_own_data(inputs: Path) -> str:
    model, test = inputs / "model.joblib", inputs / "test.parquet"
    validation = inputs / "validation.parquet"
    return (
        "\nThe same by hand, and so on your own table and model:\n"
        f"  assay analyze {test} --label income --positive '>50K' \\\n"
        f"    --model {model} --trust-model --model-input polars \\\n"
        f"    --validation {validation} --threshold f1 --facet sex --facet race"
    )


command.params.extend(output_options())
