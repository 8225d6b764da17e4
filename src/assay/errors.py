"""Everything assay refuses: what was wrong, what was found, what to do, and the exit status."""

from collections.abc import Collection, Sequence
from difflib import get_close_matches


class AssayError(Exception):
    """Base of all errors that assay raises on purpose; `exit_status` is the command line's."""

    exit_status = 2


class InputError(AssayError, ValueError):
    """The data, an argument or a file is wrong; nothing was computed."""


class ConfigError(InputError):
    """A config file is wrong; holds every problem, each with its path in the file.

    Parameters
    ----------
    source : str
        Name of the file or object that was read.
    problems : sequence of (str, str)
        Pairs of the path inside the file and what is wrong there.
    """

    def __init__(self, source: str, problems: Sequence[tuple[str, str]]) -> None:
        self.source = source
        self.problems = tuple(problems)
        lines = "\n".join(f"  {path}: {what}" for path, what in self.problems)
        super().__init__(f"{source} has {len(self.problems)} problem(s):\n{lines}")


class ColumnNotFoundError(InputError):
    """Columns were named that the table does not have.

    Parameters
    ----------
    missing : collection of str
        Names that were asked for.
    available : collection of str
        Names that the table has.
    where : str
        What has them, for example the name of a file.
    """

    def __init__(
        self, missing: Collection[str], available: Collection[str], *, where: str = "the table"
    ) -> None:
        self.missing = tuple(sorted(missing))
        self.available = tuple(available)
        shown = ", ".join(self.available[:30]) + (", …" if len(self.available) > 30 else "")
        near = [get_close_matches(name, self.available, n=1) for name in self.missing]
        guesses = [match[0] for match in near if match]
        hint = f"did you mean {', '.join(guesses)}? " if guesses else ""
        super().__init__(
            f"columns not found: {', '.join(self.missing)}; {hint}{where} has: {shown}"
        )


class MissingExtraError(InputError, ImportError):
    """A library from an optional extra is needed and absent.

    Parameters
    ----------
    library : str
        The library that could not be imported.
    extra : str
        The extra of assay that brings it.
    purpose : str
        What it is needed for, as the end of "… is needed …".
    """

    def __init__(self, library: str, extra: str, purpose: str) -> None:
        self.library = library
        self.extra = extra
        super().__init__(
            f"{library} is needed {purpose} and is not installed; "
            f"run: pip install 'assay[{extra}]'"
        )


class UntrustedModelError(InputError):
    """The model file can run code when it is loaded, and nobody said that it may."""


class ModelError(AssayError, RuntimeError):
    """The user's model failed or answered in a form that cannot be used.

    Parameters
    ----------
    message : str
        What happened and what to do.
    row : int or None
        Zero-based row of the data on which the model failed, where it is known.
    """

    exit_status = 3

    def __init__(self, message: str, *, row: int | None = None) -> None:
        self.row = row
        super().__init__(message)
