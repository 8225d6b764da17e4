"""A command that runs one section alone, prints its table, and writes files only when told."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from assay.cli.judging import join_config


def run_one_section(
    ctx: click.Context,
    source: str | None,
    given: Mapping[str, Any],
    *,
    section: str,
    table: Callable[[Mapping[str, Any]], str],
) -> int:
    """Run a section, print what `table` makes of results.json, and return the exit status.

    Parameters
    ----------
    ctx : click.Context
    source : str or None
        The command's DATA.
    given : mapping
        The command's flags.
    section : str
    table : callable
        The content of results.json → lines of text.
    """
    from assay.cli.logs import show_logs
    from assay.cli.outcome import show_outcome
    from assay.cli.progress import showing_progress
    from assay.jobs.analyze import analyze_config

    config = join_config(ctx, source, given)
    only = config.options.model_copy(update={"only": (section,)})
    config = config.model_copy(update={"options": only})
    out = Path(config.out) if config.out else None
    show_logs(config.notify, debug=given["debug"])
    with showing_progress(quiet=given["quiet"]) as progress:
        report = analyze_config(config, out=out, progress=progress)
    if not given["json"] and not given["quiet"]:
        click.echo(table(report.results) + "\n")
    judged = section != "explanations"  # nothing is judged there, and nobody asked
    return show_outcome(
        report, out=out, as_json=given["json"], quiet=given["quiet"], judged=judged
    )
