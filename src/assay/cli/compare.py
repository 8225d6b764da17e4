"""`assay compare`: candidates on the same rows, and which of them is better."""

import shutil
from pathlib import Path
from typing import Any

import click

from assay.cli.compare_flags import compare_flags
from assay.cli.flag import GroupedCommand, collect
from assay.cli.judging import output_options

EPILOG = """\b
Examples:
  assay compare old.joblib new.joblib --data test.csv --label income --trust-model
  assay compare score_old score_new --data scored.parquet --label paid --margin 0.005
  assay compare champion=m1.skops challenger=p_new --data test.csv --label y --metric roc_auc
  assay compare assay-out/monday assay-out/friday --out which
  assay compare old new --data t.csv --label y --fail-on candidate_worse --quiet
  assay compare --folds folds.csv --metric rmse
  assay compare --datasets scores.csv --against baseline
"""


class ComparingCommand(GroupedCommand):
    """A command with the candidates, the flags of comparing, and the switches."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the argument, the flags and the switches."""
        *own, help_option = super().get_params(ctx)
        flags = [flag.option() for flag in compare_flags()]
        return [*own, *flags, *output_options(), help_option]


@click.command(cls=ComparingCommand, epilog=EPILOG)
@click.argument("candidates", nargs=-1, metavar="[CANDIDATE CANDIDATE...]")
@click.pass_context
def command(ctx: click.Context, candidates: tuple[str, ...], **given: Any) -> int:  # noqa: ANN401 - one argument a flag
    """Compare candidates on the same rows: which is better, by how much, and how sure is that.

    A CANDIDATE is a model (what --model of analyze takes), a column of answers of the data
    (predicted answers or scores; several joined by commas, or a pattern as 'p_new_*', for one
    score a class), or what an earlier `assay analyze --out DIR` wrote (the folder or its
    results.json). Kinds may be mixed. NAME=CANDIDATE names one. The first is the baseline that the
    others are compared with, unless --against names another.

    The verdict is one of five words, decided by the interval of the paired difference: better;
    better, but perhaps by less than the margin; not shown to be better (with the rows that would
    be needed); equivalent within the margin (take the cheaper one); worse. With several
    candidates the p-values are Holm's and the intervals hold for all of them together.

    Earlier outputs are compared row by row where their data and model are still what they were;
    a pickle or a program is asked again only with --trust-model. Where they are not, their
    numbers are compared unpaired, which is weaker and is said. Other rows are refused.

    Files are written only when --out says where.
    """
    from assay.cli.compare_table import compare_table
    from assay.cli.progress import showing_progress
    from assay.jobs.compare import compare_from_flags

    told = collect(compare_flags(), given)
    out = Path(str(told["out",][1])) if ("out",) in told else None
    with showing_progress(quiet=given["quiet"]) as progress:
        report = compare_from_flags(candidates, told, out=out, progress=progress)
    if given["json"]:
        from assay.reports.files import dump_json

        click.echo(dump_json(report.results), nl=False)
    elif not given["quiet"]:
        click.echo(compare_table(report.results, width=shutil.get_terminal_size().columns))
        if out is not None:
            click.echo(f"\nReport: {out / 'report.html'}")
    for reason in report.gates:
        click.echo(f"assay: gate --fail-on {reason}", err=True)
    return 1 if report.gates else 0
