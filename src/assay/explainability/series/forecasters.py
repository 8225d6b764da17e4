"""The place of a forecaster in, a function from records to forecasts out."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.errors import InputError, ModelError
from assay.explainability.maskers.series import Record
from assay.models.formats.command import CommandFormat, CommandOptions
from assay.models.formats.endpoint import EndpointFormat, EndpointOptions
from assay.models.formats.function_import import find_object
from assay.models.formats.place import ModelPlace, find_place
from assay.models.formats.registry import read_options, recognize
from assay.models.remote.media import JSON, JSON_LINES
from assay.models.remote.requests import RequestForm
from assay.models.remote.series_templates import CONTENT, RECORD, SeriesTemplate
from assay.models.remote.splitting import Outcome

Floats = NDArray[np.float64]
Forecast = Callable[[list[Record]], Sequence[Floats]]
KINDS = (
    "a function (package.module:function or file.py:function), an address (https://host/path), or "
    "a command (command:python forecast.py)"
)
WHOLE = "@"
RECORD_LINE = "$record"


@dataclass(frozen=True, kw_only=True)
class Templates:
    """How records are sent and where the forecast is in an answer; Clarify's names.

    Parameters
    ----------
    content_type, accept_type : str
    content_template, record_template : str or None
        With ``$item_id``, ``$start_time``, ``$target_time_series`` (a list),
        ``$related_time_series`` (a list of lists) and ``$static_covariates`` (a list) in a record.
    forecast : str or None
        JMESPath into an answer; None takes the commonest shapes.
    """

    content_type: str = JSON
    accept_type: str | None = None
    content_template: str | None = None
    record_template: str | None = None
    forecast: str | None = None


def find_forecaster(
    place: str,
    templates: Templates | None = None,
    *,
    options: Mapping[str, object] | None = None,
) -> Forecast:
    """Return the forecaster at a place.

    Parameters
    ----------
    place : str
        ``package.module:function`` or ``file.py:function``: called with a list of records.
        ``https://…``: asked with requests of these templates. ``command:…``: a program that reads
        a record a line and prints a forecast a line, both in JSON.
    templates : Templates or None
        None sends ``{"instances": [{"item_id": …, "start_time": …, "target_time_series": …, …}]}``
        and reads the commonest answers.
    options : mapping or None
        Settings of an address or a command, such as the time-out; see `assay models`.

    Returns
    -------
    callable
        For `explain_series`.

    Raises
    ------
    InputError
        If nothing is there that can forecast, or a setting is wrong.

    Examples
    --------
    >>> find_forecaster("model.joblib")
    Traceback (most recent call last):
    ...
    assay.errors.InputError: there is no model file model.joblib; check the path
    """
    found, told = find_place(place), templates or Templates()
    if found.function is not None:
        return _function(found)
    known = recognize(found) if found.scheme else None
    if known is None or known.name not in ("endpoint", "command"):
        msg = f"{place} cannot forecast items; name {KINDS}"
        raise InputError(msg)
    settings = read_options(known, options or {})
    record = SeriesTemplate(told.record_template or RECORD)
    if known.name == "command":
        command = CommandOptions.of(settings).model_copy(
            update={"probability": told.forecast or WHOLE, "label": None, "echo": None}
        )
        service = CommandFormat().service(found, command)
        return lambda records: _forecasts(service.answer_lines(_lines(record, records)), place)
    return _Endpoint(found, told, EndpointOptions.of(settings), record)


def _function(place: ModelPlace) -> Forecast:
    assert place.function is not None
    module, name = place.function
    if Path(module).suffix == ".py":
        module = str(Path(module))
    found = find_object(module, name, place.text)
    if isinstance(found, type) or not callable(found):
        msg = f"{place.text} is no function; name one from a list of records to their forecasts"
        raise InputError(msg)
    return found  # type: ignore[return-value]  its answers are checked when it is asked


@dataclass(eq=False)
class _Endpoint:
    """Asks an address about records, several requests at once."""

    place: ModelPlace
    told: Templates
    options: EndpointOptions
    record: SeriesTemplate

    def __post_init__(self) -> None:
        form = _SeriesRequest(
            content_type=self.told.content_type,
            content_template=self.told.content_template
            or (RECORD_LINE if self.told.content_type == JSON_LINES else CONTENT),
        )
        changes = {
            "content_type": self.told.content_type,
            "accept_type": self.told.accept_type or self.told.content_type,
            "content_template": form.content_template,
            "probability": self.told.forecast,
            "label": None,
            "echo": None,
        }
        asked = self.options.model_copy(update=changes)
        self.service = EndpointFormat().service(self.place, asked, form)

    def __call__(self, records: list[Record]) -> list[Floats]:
        texts = _lines(self.record, records)
        return _forecasts(self.service.answer(pl.DataFrame({"record": texts})), self.place.text)


def _lines(template: SeriesTemplate, records: Sequence[Record]) -> list[str]:
    """Return each record as JSON on one line; in JSON, no text holds a line break as it is."""
    return [text.replace("\n", " ").replace("\r", " ") for text in template.fill_each(records)]


@dataclass(frozen=True, kw_only=True)
class _SeriesRequest(RequestForm):
    """Requests about records that are JSON already: one column of text."""

    content: SeriesTemplate = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "content", SeriesTemplate(self.content_template or CONTENT))

    @property
    def single(self) -> bool:
        """Whether a request holds one record only."""
        return self.content_type != JSON_LINES and "$records" not in self.content.placeholders

    def body(self, rows: pl.DataFrame) -> bytes:
        """Return the body of one request."""
        texts = rows["record"].to_list()
        if self.content_type == JSON_LINES:
            return "".join(f"{self.content.around([text])}\n" for text in texts).encode()
        return self.content.around(texts).encode()


def _forecasts(outcome: Outcome, place: str) -> list[Floats]:
    """Return what was answered, as vectors.

    Raises
    ------
    AssayError
        Why not all records were answered.
    """
    if outcome.error is not None:
        raise outcome.error
    answers = [each for piece in outcome.pieces for each in piece.scores or ()]
    return [_vector(answer, number, place) for number, answer in enumerate(answers)]


def _vector(answer: object, number: int, place: str) -> Floats:
    listed = answer if isinstance(answer, list) else [answer]
    if len(listed) == 1 and isinstance(listed[0], list):
        listed = listed[0]
    if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in listed):
        shown = json.dumps(answer, default=str)[:120]
        msg = (
            f"{place} answers record {number} with {shown}, where a list of one number for each "
            "step ahead is expected; say where it is with the JMESPath forecast"
        )
        raise ModelError(msg)
    return np.array(listed, dtype=np.float64)
