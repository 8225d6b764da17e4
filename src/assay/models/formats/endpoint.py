"""Models behind an HTTP address, which are asked in JSON, JSON Lines or CSV.

``--model https://host/path``. Without settings a request is ``{"instances": [{name: value}, …]}``,
as KServe, Vertex AI and MLflow read it: no value is ``null``, dates are ISO 8601 text. CSV has no
header. Clarify's templates write other bodies. An answer is read in the commonest shapes: a list
with an item for each row, by itself or under ``predictions``, ``instances``, ``outputs``,
``results``, ``labels``, ``probabilities`` or ``scores``, whose items are numbers, labels, lists of
scores, objects class → probability, or records with ``label``, ``prediction``, ``probability`` or
``probabilities``; `label` and `probability` name other places.

Certificates are verified, redirections to other hosts are not followed, and user name, password,
secrets of the query and headers are never shown. Requests are sent again, with growing pauses,
when the endpoint cannot be reached, is too slow, or answers 408, 425, 429, 502, 503 or 504. When
it refuses rows (another bad status, or an answer that cannot be used), it is asked about fewer at
a time: the row that it fails on is named, and predictions before it are kept. Answers in another
order cannot be seen unless they carry the number of their row (`echo`); what can be seen is that
rows asked twice are answered differently.
"""

from typing import Annotated, Self

from pydantic import BeforeValidator, Field

from assay.models.formats.answer_options import (
    AnswerOptions,
    make_prediction_form,
    make_response_form,
    read_kind,
    refuse_problems,
    tell_address,
)
from assay.models.formats.format import FormatOptions, LoadRequest
from assay.models.formats.inspection import Inspection
from assay.models.formats.place import ModelPlace
from assay.models.predictor import ModelInfo, Predictor
from assay.models.remote.address import Address, read_address, show_url
from assay.models.remote.asking import EndpointService
from assay.models.remote.media import CSV, JSON, MediaType
from assay.models.remote.model import RemoteModel
from assay.models.remote.requests import RequestForm
from assay.models.remote.responses import find_place_problems
from assay.models.remote.templates import Problem, find_template_problems

BATCH_ROWS = 500
WAVES = 4
"""So many rounds of requests are one batch for whoever keeps the predictions."""
MEGABYTE = 1_000_000

LowerCase = BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value)


class EndpointOptions(AnswerOptions):
    """How an endpoint is asked; names and templates are Clarify's where it has them."""

    content_type: Annotated[MediaType, LowerCase] = Field(
        default=JSON,
        description="how rows are sent: application/json, application/jsonlines or text/csv",
    )
    accept_type: Annotated[MediaType | None, LowerCase] = Field(
        default=None,
        description="how answers are read: one of the same; without it as their Content-Type says",
    )
    content_template: str | None = Field(
        default=None,
        description="the body in JSON, with $records (or $record: one at a time), or a line of "
        'JSON Lines, with $features; without it {"instances": $records}',
    )
    record_template: str | None = Field(
        default=None,
        description="a record in JSON, with $features (a list), $features_kvp (name: value), "
        '$feature_names, or "${A}" for the feature A; without it $features_kvp',
    )
    headers: dict[str, str] = Field(
        default_factory=dict,
        description="sent along, such as {Authorization: Bearer env:TOKEN}, where env:TOKEN is "
        "read from the environment variable TOKEN",
    )
    concurrency: int = Field(default=4, ge=1, le=64, description="requests at once")
    connect_timeout: float = Field(default=10.0, gt=0, description="seconds for a connection")
    retries: int = Field(
        default=3,
        ge=0,
        le=20,
        description="how often a request is sent again when the endpoint is not reached, too "
        "slow or busy",
    )
    backoff: float = Field(
        default=0.5, gt=0, description="seconds before the first retry; they double each time"
    )
    max_request_mb: float = Field(
        default=5.0, gt=0, description="megabytes of a request at most; larger ones are divided"
    )
    max_response_mb: float = Field(
        default=20.0, gt=0, description="megabytes of an answer at most, decompressed"
    )

    @classmethod
    def of(cls, options: FormatOptions) -> Self:
        """Return options that are known to be of this kind."""
        assert isinstance(options, cls)
        return options


class EndpointFormat:
    """HTTP and HTTPS addresses."""

    name = "endpoint"
    title = "an HTTP endpoint (https://host/path)"
    options = EndpointOptions

    def recognizes(self, place: ModelPlace) -> bool:
        """Whether it is an HTTP or HTTPS URL."""
        return place.scheme in ("http", "https")

    def inspect(self, place: ModelPlace, options: FormatOptions) -> Inspection:
        """Say how it would be asked; it is not."""
        told = EndpointOptions.of(options)
        form = self._checked(told, ())
        return Inspection(
            place=show_url(place.text),
            format=self.name,
            title="HTTP endpoint",
            runs_code=False,
            code="it runs on its own server, and is not asked before rows are to be predicted",
            facts={
                "request": f"POST, {told.content_type}, at most {_size(told, form)} rows each, "
                f"{told.concurrency} at once",
                "body": form.outline,
                "answer": told.accept_type or "as its Content-Type says",
                "limits": f"{told.timeout:g} s for an answer, {told.retries} retries",
            },
            advice="The rows are sent to this address; name the columns with features=… if it "
            "does not want all.",
        )

    def load(self, place: ModelPlace, request: LoadRequest, options: FormatOptions) -> Predictor:
        """Make a Predictor that asks it; the first request is sent with the first rows."""
        told = EndpointOptions.of(options)
        form = self._checked(told, request.features or ())
        address = read_address(place.text, told.headers)
        kind, score_kind = read_kind(told, request.output)
        size = _size(told, form)
        info = ModelInfo(
            name=request.name or address.shown,
            kind=kind,
            class_name="endpoint",
            container="polars",
            feature_names=request.features,
            classes=told.label_headers or request.classes,
            score_kind=score_kind,
            address=tell_address(address.shown, told, request),
            version=request.version,
            batch_rows=size * told.concurrency * WAVES,
        )
        service = _service(told, form, address, size)
        return RemoteModel(info, service, make_prediction_form(told, request))

    def service(
        self, place: ModelPlace, options: FormatOptions, form: RequestForm
    ) -> EndpointService:
        """Make what asks the address with requests of a form, whatever they are about.

        Raises
        ------
        InputError
            If the address or its headers are wrong.
        """
        told = EndpointOptions.of(options)
        address = read_address(place.text, told.headers)
        return _service(told, form, address, _size(told, form))

    def _checked(self, told: EndpointOptions, features: tuple[str, ...]) -> RequestForm:
        """Return the form of requests, once all that can be wrong with it was looked for."""
        form = RequestForm(
            content_type=told.content_type,
            content_template=told.content_template,
            record_template=told.record_template,
        )
        refuse_problems(self.title, told, _problems(told, form, features))
        return form


def _problems(
    told: EndpointOptions, form: RequestForm, features: tuple[str, ...]
) -> list[Problem]:
    problems: list[Problem] = []
    templates = {
        "content_template": told.content_template,
        "record_template": told.record_template,
    }
    given = [name for name, template in templates.items() if template is not None]
    if (told.content_type == JSON and given) or "content_template" in given:
        problems += find_template_problems(told.content_type, *templates.values())
    unused = given if told.content_type == CSV else set(given) & {"record_template"}
    if told.content_type != JSON:
        problems += [(name, f"is not used for {told.content_type}") for name in sorted(unused)]
    accept = told.accept_type or told.content_type
    problems += find_place_problems(accept, told.label, told.probability)
    if told.echo is not None and (not form.names_records or accept == CSV):
        problems.append(("echo", "needs records with names, both ways: JSON or JSON Lines"))
    absent = sorted(set(form.columns) - {*features, told.echo}) if features else []
    if absent:
        problems.append(("record_template", f"names {absent[0]}, which is none of the features"))
    return problems


def _size(told: EndpointOptions, form: RequestForm) -> int:
    return 1 if form.single else told.batch_rows or BATCH_ROWS


def _service(
    told: EndpointOptions, form: RequestForm, address: Address, size: int
) -> EndpointService:
    # urllib3, which it needs, is loaded for endpoints alone.
    from assay.models.remote.transport import Limits, Transport  # noqa: PLC0415

    limits = Limits(
        timeout=told.timeout,
        connect_timeout=told.connect_timeout,
        retries=told.retries,
        backoff=told.backoff,
        max_response_bytes=int(told.max_response_mb * MEGABYTE),
        connections=told.concurrency,
    )
    media = (told.content_type, told.accept_type or told.content_type)
    response = make_response_form(
        told,
        accept_type=told.accept_type,
        fallback_type=told.content_type,
        single=form.single,
    )
    return EndpointService(
        transport=Transport(address, media, limits),
        request=form,
        response=response,
        batch_rows=size,
        concurrency=told.concurrency,
        max_request_bytes=int(told.max_request_mb * MEGABYTE),
    )


FORMAT = EndpointFormat()
