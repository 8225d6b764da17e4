"""What analyze and evaluate share: the flags and the file of a command in, one config out."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assay.cli.flag import Flag, GroupedCommand, GroupedOption, Keys, collect
from assay.cli.shared_flags import OUTPUT, SHARED

if TYPE_CHECKING:
    from assay.jobs.config import AnalyzeConfig

CONFIG_ENDINGS = (".yaml", ".yml")
CLARIFY_ENDING = ".json"
FLAGS = "assay.cli.flags"


def output_options() -> list[click.Parameter]:
    """Return the switches that say how the command itself talks."""
    switches = {
        "--json": "Print the results as JSON on stdout, and nothing else there.",
        "--quiet": "Print no progress and no summary.",
        "--debug": "Show the traceback of an error.",
    }
    return [
        GroupedOption([name], is_flag=True, help=text, group=OUTPUT)
        for name, text in switches.items()
    ]


class JudgingCommand(GroupedCommand):
    """A command with the shared flags and those of the installed sections.

    The sections are looked for when the command is called or its help is asked for.
    """

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the argument, the shared flags, the sections' flags and the switches."""
        *own, help_option = super().get_params(ctx)
        ordered = sorted(_flags(ctx), key=lambda flag: flag.group == OUTPUT)
        return [*own, *(flag.option() for flag in ordered), *output_options(), help_option]


def join_config(ctx: click.Context, data: str | None, given: Mapping[str, Any]) -> "AnalyzeConfig":
    """Join DATA (a table, an assay.yaml or an analysis_config.json) and the flags into one config.

    What a file that ends in .json is, its content says: one object with ``dataset_type`` and
    ``methods`` is a config, anything else a table.

    Raises
    ------
    click.UsageError
        If no data were named, or two tables.
    ConfigError
        With everything that is wrong in the file and the flags.
    """
    from assay.jobs.config_file import config_from_flags, read_config
    from assay.jobs.registry import find_sections

    told = told_flags(ctx, given)
    if data is not None and data.lower().endswith(CLARIFY_ENDING):
        from assay.jobs.clarify.file import is_clarify_config

        if is_clarify_config(Path(data)):
            from assay.jobs.clarify.config import read_clarify_config

            return read_clarify_config(Path(data), find_sections(), flags=told)
    _refuse_endpoints(told)
    if data is not None and data.lower().endswith(CONFIG_ENDINGS):
        return read_config(Path(data), find_sections(), flags=told)
    if data is not None and ("data",) in told:
        msg = f"two tables were named: {data} and --data {told[('data',)][1]}; give one"
        raise click.UsageError(msg)
    if data is not None:
        told["data",] = ("DATA", data)
    if ("data",) not in told:
        msg = "no data: name a table (a file, folder, glob or URL) or an assay.yaml"
        raise click.UsageError(msg)
    return config_from_flags(told, find_sections())


def told_flags(ctx: click.Context, given: Mapping[str, Any]) -> dict[Keys, tuple[str, object]]:
    """Return config path → (flag, value) for the flags that were given."""
    return collect(_flags(ctx), given)


def _refuse_endpoints(told: Mapping[Keys, tuple[str, object]]) -> None:
    for keys, (name, _) in told.items():
        if keys[0] == "clarify":
            msg = (
                f"{name} says which model stands for a name in an analysis_config.json, and none "
                "was given; name the model with --model"
            )
            raise click.UsageError(msg)


def _flags(ctx: click.Context) -> tuple[Flag, ...]:
    """Return all flags that name a place in the config; the sections are looked for once."""
    from assay.cli.section_flags import section_flags
    from assay.jobs.registry import find_sections

    if FLAGS not in ctx.meta:
        ctx.meta[FLAGS] = (*SHARED, *section_flags(find_sections()))
    return ctx.meta[FLAGS]
