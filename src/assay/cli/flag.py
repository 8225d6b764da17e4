"""A flag is a place in the config: from the one to click's option, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click

Keys = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Flag:
    """One flag of the command line and the place of its value in assay.yaml.

    Parameters
    ----------
    name : str
        With its dashes; ``"--a/--no-a"`` for a switch that can be turned off.
    keys : tuple of str
    group : str
        Heading in the help.
    help : str
    aliases : tuple of str
        Other names for the same flag.
    metavar : str
    multiple : bool
        Whether it may be given more than once.
    switch : bool
        Whether it takes no value.
    pairs : str
        For flags that take KEY=VALUE: what the two sides are, for messages.
    choices : tuple of str
    value_type : type
        What the text on the command line becomes.
    """

    name: str
    keys: Keys
    group: str
    help: str
    aliases: tuple[str, ...] = ()
    metavar: str = "TEXT"
    multiple: bool = False
    switch: bool = False
    pairs: str = ""
    choices: tuple[str, ...] = ()
    value_type: type = str

    def option(self) -> "GroupedOption":
        """Return the option as click wants it; absent means None, so that the file may speak."""
        kind: Any = click.Choice(self.choices) if self.choices else self.value_type
        return GroupedOption(
            [self.name, *self.aliases, parameter_name(self.keys)],
            group=self.group,
            help=self.help,
            metavar=None if self.switch or self.choices else self.metavar,
            multiple=self.multiple or bool(self.pairs),
            is_flag=self.switch,
            default=None,
            type=None if self.switch else kind,
        )

    def read(self, value: Any) -> object:  # noqa: ANN401 - whatever click made of the text
        """Turn click's value into the config's; None when the flag was not given."""
        if value is None or value == ():
            return None
        return _read_pairs(self, value) if self.pairs else value


class GroupedOption(click.Option):
    """An option that knows the heading it stands under in the help."""

    def __init__(self, *declarations: Any, group: str = "Output", **settings: Any) -> None:  # noqa: ANN401
        super().__init__(*declarations, **settings)
        self.group = group


class GroupedCommand(click.Command):
    """A command whose help shows its options under headings."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options heading by heading, in the order of declaration."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                groups.setdefault(getattr(parameter, "group", "Output"), []).append(record)
        for name, records in groups.items():
            with formatter.section(name):
                formatter.write_dl(records)


def parameter_name(keys: Keys) -> str:
    """Return the name under which click hands the value over."""
    return "__".join(keys)


def collect(flags: Sequence[Flag], given: Mapping[str, Any]) -> dict[Keys, tuple[str, object]]:
    """Return config path → (flag, value) for the flags that were given."""
    told: dict[Keys, tuple[str, object]] = {}
    for flag in flags:
        value = flag.read(given.get(parameter_name(flag.keys)))
        if value is not None:
            told[flag.keys] = (flag.name.partition("/")[0], value)
    return told


def _read_pairs(flag: Flag, texts: Sequence[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in texts:
        left, sign, right = text.partition("=")
        if not (left and sign and right):
            msg = f"{flag.name} takes {flag.metavar} ({flag.pairs}); found {text!r}"
            raise click.UsageError(msg)
        if left in pairs:
            msg = f"{flag.name} names {left!r} twice: {pairs[left]!r} and {right!r}; keep one"
            raise click.UsageError(msg)
        pairs[left] = right
    return pairs
