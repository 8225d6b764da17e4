"""What a command says at its end: the verdict and where the report lies, or JSON alone."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from assay.jobs.clarify.image_report import ImageReport
    from assay.jobs.clarify.series_report import SeriesReport
    from assay.jobs.report import AnalysisReport


def show_outcome(
    report: "AnalysisReport | ImageReport | SeriesReport",
    *,
    out: Path | None,
    as_json: bool,
    quiet: bool,
    judged: bool = True,
) -> int:
    """Print the outcome and return the exit status: 1 when a gate did not pass, else 0."""
    from assay.reports.files import dump_json
    from assay.reports.text import verdict_text

    if as_json:
        click.echo(dump_json(report.results), nl=False)
    elif not quiet:
        click.echo(verdict_text(report.content, width=_width(), judged=judged))
        if out is not None:
            click.echo(f"\nReport: {out / 'report.html'}")
    for reason in report.gates:
        click.echo(f"assay: gate --fail-on {reason}", err=True)
    return 1 if report.gates else 0


def _width() -> int:
    return min(100, shutil.get_terminal_size().columns)
