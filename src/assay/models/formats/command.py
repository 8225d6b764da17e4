"""Models that are a command, in any language: rows as lines of JSON in, answers as lines out.

``--model 'command:node score.js --fast'``; no shell reads it. The protocol: the command is started
once. It reads one line for each row from standard input, a JSON object of column name → value
(``{"age": 39, "job": "cook"}``; no value is ``null``, dates are ISO 8601 text, all in UTF-8), and
prints one line for each row to standard output, in order: a JSON value that is

- a number: a quantity, a label, or the probability of the positive class;
- a text or a truth value: the predicted label;
- a list of numbers: the probability of each class, in the order of the classes;
- an object with ``label``, and with ``probability`` (of the positive class) or
  ``probabilities`` (a list, or an object class → probability).

It flushes its output after each line, prints everything else to standard error, and ends when
its input does. A command that reads all of its input before it answers works too: it is then
started for each batch (``mode=batch``). When it ends before it has answered all rows, it is
started again to find the row; when it is silent for longer than `timeout`, it is killed with what
it started.
"""

import shlex
import shutil
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field

from assay.errors import InputError
from assay.models.formats.answer_options import (
    AnswerOptions,
    FromText,
    make_prediction_form,
    make_response_form,
    read_kind,
    refuse_problems,
    tell_address,
)
from assay.models.formats.format import FormatOptions, LoadRequest
from assay.models.formats.inspection import Inspection
from assay.models.formats.place import ModelPlace, digest_place
from assay.models.predictor import ModelInfo, Predictor
from assay.models.remote.commanding import CommandService
from assay.models.remote.exchange import Mode
from assay.models.remote.media import JSON_LINES
from assay.models.remote.model import RemoteModel
from assay.models.remote.responses import find_place_problems

PREFIX = "command:"
PATIENCE_SECONDS = 5.0
"""After so much silence a command of unknown mode is told that there are no more rows."""
MEGABYTE = 1_000_000
KNOWN_PROGRAMS = ("python", "python3", "node", "Rscript", "julia", "java", "bash", "ruby", "perl")


class CommandOptions(AnswerOptions):
    """How a command is run."""

    argv: Annotated[tuple[str, ...] | None, FromText] = Field(
        default=None,
        description="the program and its arguments as a list, where they cannot be written "
        "after command:",
    )
    mode: Mode = Field(
        default="auto",
        description="stream: one process for all rows; batch: one for each batch, whose input is "
        "closed after the last row; auto finds out",
    )
    max_line_mb: float = Field(default=10.0, gt=0, description="megabytes of an answer at most")

    @classmethod
    def of(cls, options: FormatOptions) -> Self:
        """Return options that are known to be of this kind."""
        assert isinstance(options, cls)
        return options


class CommandFormat:
    """Commands, which no shell reads."""

    name = "command"
    title = "a command that reads and prints JSON Lines (command:node score.js)"
    options = CommandOptions

    def recognizes(self, place: ModelPlace) -> bool:
        """Whether it begins with ``command:`` and is no file."""
        return place.path is None and place.text.lower().startswith(PREFIX)

    def inspect(self, place: ModelPlace, options: FormatOptions) -> Inspection:
        """Say what would be run; it is not."""
        told = CommandOptions.of(options)
        argv = self._checked(place, told)
        program = shutil.which(argv[0])
        return Inspection(
            place=place.text,
            format=self.name,
            title="command over JSON Lines",
            runs_code=True,
            code=f"predicting runs the command {shlex.join(argv)}",
            facts={
                "program": program or f"not found: {argv[0]}",
                "mode": told.mode,
                "rows": "one JSON object a line on standard input, one answer a line on "
                "standard output",
            },
            advice="You name the command, so no flag is needed.",
        )

    def load(self, place: ModelPlace, request: LoadRequest, options: FormatOptions) -> Predictor:
        """Make a Predictor that asks it; it is started with the first rows."""
        told = CommandOptions.of(options)
        argv = self._checked(place, told)
        _refuse_absent(argv[0])
        kind, score_kind = read_kind(told, request.output)
        info = ModelInfo(
            name=request.name or shlex.join(argv),
            kind=kind,
            class_name="command",
            container="polars",
            feature_names=request.features,
            classes=told.label_headers or request.classes,
            score_kind=score_kind,
            address=tell_address(_with_digests(argv), told, request),
            version=request.version,
            batch_rows=told.batch_rows,
        )
        return RemoteModel(info, _service(argv, told), make_prediction_form(told, request))

    def service(self, place: ModelPlace, options: FormatOptions) -> CommandService:
        """Make what asks the command about lines of JSON, whatever they are about.

        Raises
        ------
        InputError
            If there is no such command, or its settings are wrong.
        """
        told = CommandOptions.of(options)
        argv = self._checked(place, told)
        _refuse_absent(argv[0])
        return _service(argv, told)

    def _checked(self, place: ModelPlace, told: CommandOptions) -> tuple[str, ...]:
        problems = find_place_problems(JSON_LINES, told.label, told.probability)
        refuse_problems(self.title, told, problems)
        return _split(place.text[len(PREFIX) :], told.argv)


def _service(argv: tuple[str, ...], told: CommandOptions) -> CommandService:
    return CommandService(
        argv=argv,
        response=make_response_form(told, accept_type=JSON_LINES, fallback_type=JSON_LINES),
        mode=told.mode,
        timeout=told.timeout,
        patience=min(PATIENCE_SECONDS, told.timeout / 2),
        max_line_bytes=int(told.max_line_mb * MEGABYTE),
    )


def _split(text: str, argv: tuple[str, ...] | None) -> tuple[str, ...]:
    if text.strip() and argv:
        msg = f"the command is given twice: {text.strip()} and argv={list(argv)}; give one of them"
        raise InputError(msg)
    try:
        words = argv or tuple(shlex.split(text))
    except ValueError as error:
        msg = f"the command {text.strip()} cannot be taken apart: {error}; close the quotes"
        raise InputError(msg) from error
    if not words or not words[0]:
        msg = "there is no command after command:, write for example command:node score.js"
        raise InputError(msg)
    return words


def _refuse_absent(program: str) -> None:
    if shutil.which(program) is not None:
        return
    if _is_file(program):
        msg = (
            f"the command {program} is a file that may not be run; chmod +x it, or name what "
            "runs it"
        )
        raise InputError(msg)
    near = get_close_matches(program, KNOWN_PROGRAMS, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    msg = f"there is no command {program}; {hint}install it, or write its whole path"
    raise InputError(msg)


def _is_file(word: str) -> bool:
    try:
        return Path(word).is_file()
    except (OSError, ValueError):  # longer than a name can be, or no name at all
        return False


def _with_digests(argv: tuple[str, ...]) -> str:
    """Return the command, and the digests of the files that it names."""
    files = [word for word in argv[1:] if _is_file(word)]
    if _is_file(argv[0]):
        files = [argv[0], *files]
    told = [f"{Path(word).name}={digest_place(Path(word))}" for word in files]
    return " ".join([PREFIX + shlex.join(argv), *told])


FORMAT = CommandFormat()
