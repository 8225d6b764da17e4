"""What `assay analyze` does with an analysis_config.json whose data are no table."""

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
"""The flags that mean something to forecasts and images."""


def config_apart(source: str | None) -> "ClarifyFile | None":
    """Return the config that a source is, where it explains forecasts of time series or images.

    Raises
    ------
    ConfigError
        With everything that is wrong in it.
    """
    if source is None or not source.lower().endswith(ENDING):
        return None
    from assay.jobs.clarify.file import is_clarify_config, read_clarify
    from assay.jobs.clarify.plan import runs_images, runs_series

    path = Path(source)
    if not is_clarify_config(path):
        return None
    file = read_clarify(path)
    return file if runs_series(file.config) or runs_images(file.config) else None


def explain_apart(
    file: "ClarifyFile",
    told: "Mapping[Keys, tuple[str, object]]",
    *,
    default_out: str,
    as_json: bool,
    quiet: bool,
) -> int:
    """Explain the forecasts or the images of a config, write the files and print where they are.

    Raises
    ------
    click.UsageError
        If a flag was given that means nothing to them.
    """
    from assay.cli.outcome import show_outcome
    from assay.cli.progress import showing_progress
    from assay.jobs.clarify.config import known_endpoints
    from assay.jobs.clarify.image_run import explain_images
    from assay.jobs.clarify.plan import runs_images
    from assay.jobs.clarify.request import ExplanationRequest
    from assay.jobs.clarify.series_run import explain_config

    images = runs_images(file.config)
    unknown = [name for keys, (name, _) in told.items() if keys not in TAKEN]
    if unknown:
        what = "images" if images else "forecasts of time series"
        msg = (
            f"{', '.join(unknown)} means nothing to {file.path.name}, which explains {what}; "
            "leave it out"
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
    explain = explain_images if images else explain_config
    with showing_progress(quiet=quiet) as progress:
        report = explain(file, request, out=out, progress=progress)
    status = show_outcome(report, out=out, as_json=as_json, quiet=quiet)
    if not quiet and not as_json:
        click.echo(f"{'Values' if images else 'Scores'}: {out / report.lines_path}")
    return status
