"""Settings that endpoints and commands share: where their answers are and what they mean."""

import json
import re
from collections.abc import Sequence
from typing import Annotated

from pydantic import BeforeValidator, Field

from assay.errors import InputError
from assay.models.callable import OUTPUTS
from assay.models.formats.format import FormatOptions, LoadRequest
from assay.models.predictor import ClassLabel
from assay.models.remote.media import MediaType
from assay.models.remote.predictions import PredictionForm, ScoreKind
from assay.models.remote.responses import Place, ResponseForm
from assay.models.remote.templates import Problem

WHOLE = re.compile(r"\d+")


def _read_list(value: object) -> object:
    """Read a list that was written as text: JSON, or texts between commas."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value.lstrip().startswith("[") else _split(value)
    except ValueError:
        return _split(value.strip().removeprefix("[").removesuffix("]"))


def _split(text: str) -> list[str]:
    return [each.strip() for each in text.split(",")]


def _read_index(value: object) -> object:
    """Read a number that was written on a command line as the index of a column."""
    return int(value) if isinstance(value, str) and WHOLE.fullmatch(value) else value


FromText = BeforeValidator(_read_list)


class AnswerOptions(FormatOptions):
    """Where answers are, and how they become predictions."""

    label: Annotated[Place, BeforeValidator(_read_index)] = Field(
        default=None,
        description="where the predicted label is in an answer: a JMESPath, or for CSV the index "
        "of a column, counted from 0",
    )
    probability: Annotated[Place, BeforeValidator(_read_index)] = Field(
        default=None,
        description="where the score of the positive class, or the list of all scores, is: as "
        "for label",
    )
    label_headers: Annotated[tuple[ClassLabel, ...] | None, FromText] = Field(
        default=None, description="the classes in the order of the scores, such as no,yes"
    )
    probability_threshold: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="a single score above it means the positive class; without it, scores and "
        "labels are told apart by the data's labels",
    )
    score_kind: ScoreKind = Field(
        default="probability", description="score: numbers outside [0, 1], which only rank"
    )
    multilabel: bool = Field(
        default=False,
        description="an answer is a list of one probability, or 0 or 1, for each label that a "
        "row may have (label_headers says their order), or an object of these by label",
    )
    echo: str | None = Field(
        default=None,
        min_length=1,
        description="name of a field that is added to each record (the number of its row, from "
        "0) and that its answer carries back: answers may then come in any order",
    )
    batch_rows: int | None = Field(
        default=None,
        ge=1,
        description="rows that are asked about at once: 500 of an endpoint; of a command 65,536, "
        "and fewer where it is slow",
    )
    timeout: float = Field(default=60.0, gt=0, description="seconds to wait for an answer")


WAITING = frozenset(
    {
        "backoff",
        "batch_rows",
        "concurrency",
        "connect_timeout",
        "max_line_mb",
        "max_request_mb",
        "max_response_mb",
        "mode",
        "retries",
        "timeout",
    }
)
"""Settings that say how to wait and how much to take, which change no answer."""


def make_prediction_form(options: AnswerOptions, request: LoadRequest) -> PredictionForm:
    """Say how answers become predictions."""
    return PredictionForm(
        classes=options.label_headers or request.classes,
        threshold=options.probability_threshold,
        score_kind=options.score_kind,
        output=request.output,
        named=options.probability is not None,
        multilabel=options.multilabel,
    )


def make_response_form(
    options: AnswerOptions,
    *,
    accept_type: MediaType | None,
    fallback_type: MediaType,
    single: bool = False,
) -> ResponseForm:
    """Say where answers are; a number is the index of a column for CSV only."""
    return ResponseForm(
        accept_type=accept_type,
        fallback_type=fallback_type,
        label=options.label,
        probability=options.probability,
        single=single,
        echo=options.echo,
    )


def read_kind(options: AnswerOptions, output: str | None) -> tuple[str, str]:
    """Return the kind of model and of its scores, as far as the user said them.

    Raises
    ------
    InputError
        If what was said contradicts that a row may have several labels.
    """
    kind, score_kind = OUTPUTS[output]
    if options.multilabel and (output == "number" or options.probability_threshold is not None):
        msg = (
            "multilabel=true means a probability, or 0 or 1, for each label: leave "
            "probability_threshold out (--threshold is for that) and do not say that the model "
            "returns a number"
        )
        raise InputError(msg)
    if options.label_headers is not None or options.probability_threshold is not None:
        kind = "classifier"
    if options.multilabel:
        kind = "multilabel"
    return kind, "score" if options.score_kind == "score" else score_kind


def tell_address(place: str, options: FormatOptions, request: LoadRequest) -> str:
    """Return where and how a model is asked: the place, and what changes its answers, as JSON.

    Examples
    --------
    >>> tell_address("http://host/a", AnswerOptions(label=0, timeout=5), LoadRequest())
    'http://host/a {"label": 0}'
    """
    told = options.model_dump(mode="json", exclude_defaults=True, exclude=set(WAITING))
    for name in ("classes", "features", "output"):
        if (value := getattr(request, name)) is not None:
            told[name] = value
    return f"{place} {json.dumps(told, sort_keys=True, ensure_ascii=False)}" if told else place


def refuse_problems(title: str, options: FormatOptions, problems: Sequence[Problem]) -> None:
    """Raise one InputError that tells all problems, if there are any."""
    if problems:
        told = "; ".join(f"{name} {what}" for name, what in problems)
        names = ", ".join(type(options).model_fields)
        msg = f"--model-option of {title} is wrong: {told} (its options: {names})"
        raise InputError(msg)
