"""How a command ends: status and paragraph for each kind of error."""

import click
import pytest

from assay.cli.ending import Ended, exit_status_of
from assay.errors import InputError, ModelError


def ends_with(error, *arguments):
    def command():
        raise error

    return exit_status_of(command, arguments)


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (InputError("the file is odd; mend it"), 2, "assay: the file is odd; mend it\n"),
        (ModelError("it broke"), 3, "assay: it broke\n"),
        (KeyboardInterrupt(), 130, "assay: interrupted; nothing was written\n"),
        (Ended(15), 143, "assay: ended by SIGTERM; nothing was written\n"),
        (click.UsageError("No such option '--x'."), 2, "assay: no such option '--x'.\n"),
        (LookupError("odd"), 70, "assay: an unexpected LookupError: odd\n"),
        (click.exceptions.Exit(5), 5, ""),
        (SystemExit(0), 3, "assay: the model, or what it loads, tried to end the program"),
    ],
)
def test_status_and_paragraph(capfd, error, status, words):
    assert ends_with(error) == status
    told = capfd.readouterr()
    assert told.err.startswith(words)
    assert told.out == ""


def test_what_was_kept_is_said(capfd):
    stop = KeyboardInterrupt()
    stop.add_note("what was finished (data) is in out")
    abort = click.Abort()
    abort.__cause__ = stop
    assert ends_with(abort) == 130
    assert capfd.readouterr().err == "assay: interrupted; what was finished (data) is in out\n"


def test_debug_shows_the_traceback_and_keeps_the_status(capfd):
    assert ends_with(ModelError("it broke"), "--debug") == 3
    assert "Traceback" in capfd.readouterr().err


def test_a_status_is_passed_on():
    assert exit_status_of(lambda: 1, []) == 1
    assert exit_status_of(lambda: None, []) == 0
