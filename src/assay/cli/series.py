"""What `assay analyze` does with an analysis_config.json of time series."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from assay.cli.flag import Keys
    from assay.jobs.clarify.file import ClarifyFile

ENDING = ".json"
TAKEN = (
    ("data",),
    ("out",),
    ("model", "path"),
    ("model", "options"),
    ("model", "python_path"),
    ("model", "trust"),
    ("clarify", "endpoint"),
    ("clarify", "endpoints"),
    ("options", "seed"),
)
"""The flags that mean something to forecasts."""


def series_config(source: str | None) -> "ClarifyFile | None":
    """Return the config that a source is, where it asks for time series to be explained.

    Raises
    ------
    ConfigError
        With everything that is wrong in it.
    """
    if source is None or not source.lower().endswith(ENDING):
        return None
    from assay.jobs.clarify.file import is_clarify_config, read_clarify
    from assay.jobs.clarify.plan import runs_series

    path = Path(source)
    if not is_clarify_config(path):
        return None
    file = read_clarify(path)
    return file if runs_series(file.config) else None


def explain_forecasts(
    file: "ClarifyFile",
    told: "Mapping[Keys, tuple[str, object]]",
    *,
    default_out: str,
    as_json: bool,
    quiet: bool,
) -> int:
    """Explain the forecasts of a config, write the files and print where they are.

    Raises
    ------
    click.UsageError
        If a flag was given that means nothing to forecasts.
    """
    from assay.cli.outcome import show_outcome
    from assay.cli.progress import showing_progress
    from assay.jobs.clarify.config import known_endpoints
    from assay.jobs.clarify.request import ExplanationRequest
    from assay.jobs.clarify.series_run import explain_config

    unknown = [name for keys, (name, _) in told.items() if keys not in TAKEN]
    if unknown:
        msg = (
            f"{', '.join(unknown)} means nothing to {file.path.name}, which explains forecasts "
            "of time series; leave it out"
        )
        raise click.UsageError(msg)
    values: dict[Keys, Any] = {keys: value for keys, (_, value) in told.items()}
    request = ExplanationRequest(
        data=values.get(("data",)),
        model=values.get(("model", "path")),
        model_options=values.get(("model", "options"), {}),
        python_path=tuple(values.get(("model", "python_path"), ())),
        endpoints=known_endpoints(told, file),
        seed=int(values.get(("options", "seed"), 0)),
    )
    out = Path(values.get(("out",), default_out))
    with showing_progress(quiet=quiet) as progress:
        report = explain_config(file, request, out=out, progress=progress)
    status = show_outcome(report, out=out, as_json=as_json, quiet=quiet)
    if not quiet and not as_json:
        click.echo(f"Scores: {out / report.lines_path}")
    return status
