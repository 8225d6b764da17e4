"""A group of commands whose modules are loaded only when one is called."""

from collections.abc import Mapping
from importlib import import_module

import click


class LazyGroup(click.Group):
    """Commands by name, each with its help line and the place of its code.

    Parameters
    ----------
    places : mapping
        Command → (``"module:object"``, one line of help).
    **settings
        Whatever `click.Group` takes.
    """

    def __init__(self, *, places: Mapping[str, tuple[str, str]], **settings: object) -> None:
        super().__init__(**settings)  # type: ignore[arg-type]
        self.places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which they were declared."""
        return list(self.places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module and return its command, or None for an unknown name."""
        if cmd_name not in self.places:
            return None
        module, _, attribute = self.places[cmd_name][0].partition(":")
        return getattr(import_module(module), attribute)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one was probably meant."""
        name = args[0]
        if name not in self.places and not name.startswith("-"):
            raise click.UsageError(_unknown(name, list(self.places)), ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with their static help lines; imports none of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, place[1]) for name, place in self.places.items()])


def _unknown(name: str, known: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    meant = f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(known)}"
    return f"no such command: {name!r}{meant}"
