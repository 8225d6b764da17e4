"""`assay models`: what a model is, before it is judged."""

import json
from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import click

from assay.cli.flag import Flag, collect
from assay.cli.group import LazyGroup

if TYPE_CHECKING:
    from assay.models.formats.inspection import Inspection, Port, Setting

COMMANDS = {
    "inspect": ("assay.cli.models:inspect", "Say what a model is, without running it."),
}
EPILOG = """\b
Examples:
  assay models inspect model.joblib
  assay models inspect model.onnx --json
  assay models inspect https://localhost:8080/invocations
"""
OPTION = Flag(
    name="--model-option",
    keys=("options",),
    group="Model",
    metavar="NAME=VALUE",
    pairs="a setting of the model's form and its value",
    help="Setting of the model's form. Repeatable.",
)


@click.group(cls=LazyGroup, places=COMMANDS, epilog=EPILOG)
def command() -> None:
    """Look at models."""


@click.command(epilog=EPILOG)
@click.argument("model", metavar="MODEL")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def inspect(model: str, *, as_json: bool, debug: bool, **given: Any) -> int:  # noqa: ANN401
    """Say what MODEL is, what it wants and gives, and whether loading it runs code.

    MODEL is a file, a folder, a URI, package.module:function, file.py:function or
    'command:PROGRAM ARGUMENTS'. Nothing that is in it is run, no endpoint is called and no
    command is started.
    """
    from assay.models.loading import inspect_model

    _, options = collect([OPTION], given).get(OPTION.keys, ("", {}))
    inspection = inspect_model(model, options=options)  # type: ignore[arg-type]
    if as_json:
        click.echo(json.dumps(inspection.to_dict(), indent=2, ensure_ascii=False))
    else:
        click.echo(describe(inspection))
    return 0


inspect.params.insert(1, OPTION.option())


def describe(inspection: "Inspection", width: int = 100) -> str:
    """Return an inspection as lines of two columns, at most `width` characters wide."""
    given = [
        ("what it is", inspection.title),
        ("loading runs code", f"{'yes' if inspection.runs_code else 'no'}: {inspection.code}"),
        ("kind", "" if inspection.kind == "unknown" else inspection.kind),
        ("class", inspection.class_name),
        ("library", f"{inspection.library} {inspection.library_version}".strip()),
        ("classes", _listed(inspection.classes)),
        ("features", _listed(inspection.feature_names)),
        *(("wants", _port(port)) for port in inspection.wants),
        *(("gives", _port(port)) for port in inspection.gives),
        *inspection.facts.items(),
        ("size", "" if inspection.size is None else f"{inspection.size:,} bytes"),
        ("digest", inspection.digest or ""),
        ("to have it judged", inspection.advice),
    ]
    rows = [(name, text) for name, text in given if text]
    settings = [(each.name, _setting(each)) for each in inspection.settings]
    lines = [_plain(inspection.place), *_columns(rows, indent=2, width=width)]
    if settings:
        lines += ["", "  settings (--model-option NAME=VALUE)"]
        lines += _columns(settings, indent=4, width=width)
    return "\n".join(lines)


def _columns(rows: Sequence[tuple[str, str]], *, indent: int, width: int) -> list[str]:
    """Lay names and texts side by side; a text goes on under its own beginning."""
    longest = max(len(name) for name, _ in rows)
    lines: list[str] = []
    for name, text in rows:
        head = f"{'':{indent}}{_plain(name):<{longest}}  "
        lines += wrap(
            _plain(text),
            width=width,
            initial_indent=head,
            subsequent_indent=" " * len(head),
            break_on_hyphens=False,
        )
    return lines


def _plain(text: str) -> str:
    """Leave out what a file's own text could do to a terminal."""
    return "".join(each if each.isprintable() else "�" for each in text)


def _setting(setting: "Setting") -> str:
    default = "" if setting.default in (None, "", [], {}) else f" (default {setting.default})"
    return f"{setting.description}{default}"


def _listed(values: tuple[object, ...] | None, shown: int = 20) -> str:
    if values is None:
        return ""
    text = ", ".join(str(value) for value in values[:shown])
    return f"{len(values)}: {text}{', …' if len(values) > shown else ''}"


def _port(port: "Port") -> str:
    shape = ", ".join("?" if length is None else str(length) for length in port.shape)
    return f"{port.name}  {port.type}{f' [{shape}]' if port.shape else ''}"
