"""`assay config check|schema|init`: help with writing an assay.yaml."""

from pathlib import Path

import click

from assay.cli.group import LazyGroup

COMMANDS = {
    "check": ("assay.cli.config:check", "List everything that is wrong in a config file."),
    "schema": ("assay.cli.config:schema", "Print the JSON Schema of assay.yaml, for editors."),
    "init": ("assay.cli.config:init", "Write a commented assay.yaml to start from."),
}

EPILOG = """\b
Examples:
  assay config init
  assay config check assay.yaml
  assay config schema > assay.schema.json
"""


@click.group(cls=LazyGroup, places=COMMANDS, epilog=EPILOG)
def command() -> None:
    """Check, describe or start an assay.yaml."""


CHECK_EPILOG = """\b
Examples:
  assay config check assay.yaml
  assay config check analysis_config.json
"""
debug_option = click.option("--debug", is_flag=True, help="Show the traceback of an error.")


@click.command(epilog=CHECK_EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@debug_option
def check(file: Path, debug: bool) -> int:
    """List everything that is wrong in FILE, each with its place; exit status 2 if anything is.

    FILE is an assay.yaml, or an analysis_config.json of SageMaker Clarify: of that, it is also
    said which analyses run here.
    """
    from assay.jobs.clarify.file import is_clarify_config
    from assay.jobs.config_file import read_config
    from assay.jobs.registry import find_sections

    if is_clarify_config(file):
        return _check_clarify(file)
    read_config(file, find_sections())
    click.echo(f"{file}: nothing wrong")
    return 0


def _check_clarify(file: Path) -> int:
    from assay.jobs.clarify.file import read_clarify
    from assay.jobs.clarify.plan import describe

    read = read_clarify(file)
    click.echo(f"{file}: nothing wrong")
    for line in (*read.notes, *describe(read.config)):
        click.echo(f"  {line}")
    return 0


@click.command(epilog="\b\nExample:\n  assay config schema > assay.schema.json\n")
@debug_option
def schema(debug: bool) -> int:
    """Print the JSON Schema of assay.yaml, with the parts of all installed sections."""
    import json

    from assay.jobs.config_template import json_schema
    from assay.jobs.registry import find_sections

    click.echo(json.dumps(json_schema(find_sections()), indent=2, ensure_ascii=False))
    return 0


@click.command(epilog="\b\nExamples:\n  assay config init\n  assay config init income.yaml\n")
@click.argument("file", type=click.Path(path_type=Path), default=Path("assay.yaml"))
@debug_option
def init(file: Path, debug: bool) -> int:
    """Write a commented config to FILE (default: assay.yaml); refuses to overwrite."""
    from assay.jobs.config_template import write_template
    from assay.jobs.registry import find_sections

    write_template(file, find_sections())
    click.echo(f"wrote {file}; fill it in, then: assay analyze {file}")
    return 0
