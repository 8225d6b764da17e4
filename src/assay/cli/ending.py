"""How a command ends: the exit status, and one short paragraph for each kind of error."""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from traceback import format_exc
from types import FrameType
from typing import NoReturn

import click

from assay.errors import AssayError, ModelError

INTERRUPTED = 130
BEYOND_SIGNALS = 128  # shells report the end by signal n as this plus n
ENDING_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
)
LEFT = (
    "the model, or what it loads, tried to end the program (exit status {}); "
    "nothing was written; take the call of exit out of its code"
)
UNEXPECTED = 70  # EX_SOFTWARE: neither the input nor the model is to blame


class Ended(KeyboardInterrupt):
    """Another program asked this one to end, and it cleans up as after Ctrl-C.

    Parameters
    ----------
    number : int
        Of the signal.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__()


def end_tidily() -> None:
    """Let SIGTERM and SIGHUP end the program as Ctrl-C does: temporary files go.

    A signal that is ignored, as under nohup, stays so; so does one that has a handler.
    """
    for number in ENDING_SIGNALS:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)  # a second one does not break off the cleaning up
    raise Ended(number)


def exit_status_of(command: Callable[[], object], arguments: Sequence[str]) -> int:
    """Run a command and turn what happens into an exit status and a paragraph on stderr."""
    debug = "--debug" in arguments
    try:
        status = command()
    except click.Abort as stop:
        return _interrupted(stop.__cause__ or stop)
    except KeyboardInterrupt as stop:
        return _interrupted(stop)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as wrong:
        _show_usage(wrong)
        return wrong.exit_code
    except BrokenPipeError:
        return _closed_pipe()
    except SystemExit as stop:
        click.echo(f"assay: {LEFT.format(stop.code)}", err=True)
        return ModelError.exit_status
    except AssayError as wrong:
        click.echo(format_exc() if debug else f"assay: {wrong}", err=True)
        return wrong.exit_status
    except Exception as wrong:  # noqa: BLE001 - the last place that can say how to report it
        click.echo(format_exc() if debug else _unexpected(wrong), err=True)
        return UNEXPECTED
    return status if isinstance(status, int) else 0


def _interrupted(stop: BaseException) -> int:
    notes = " ".join(getattr(stop, "__notes__", ())) or "nothing was written"
    if isinstance(stop, Ended):
        click.echo(f"assay: ended by {signal.Signals(stop.number).name}; {notes}", err=True)
        return BEYOND_SIGNALS + stop.number
    click.echo(f"assay: interrupted; {notes}", err=True)
    return INTERRUPTED


def _show_usage(wrong: click.ClickException) -> None:
    message = wrong.format_message()
    if message.startswith("Usage:"):  # a group without a command answers with its help
        click.echo(message, err=True)
        return
    click.echo(f"assay: {message[:1].lower()}{message[1:]}", err=True)
    if isinstance(wrong, click.UsageError) and wrong.ctx is not None:
        click.echo(f"Try '{wrong.ctx.command_path} --help'.", err=True)


def _closed_pipe() -> int:
    """Leave quietly when the reader of stdout (`head`, a pager) has gone."""
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - os.devnull is not a file of anybody's
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    return 0


def _unexpected(wrong: Exception) -> str:
    return (
        f"assay: an unexpected {type(wrong).__name__}: {wrong}\n"
        "This is a fault in assay. Run the same command with --debug to see where it happened, "
        "and report that text together with the output of: assay --version"
    )
