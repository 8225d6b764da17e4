"""What the predictor's keys demand of each other and of the data."""

import json
import re
from collections.abc import Iterator

from assay.jobs.clarify.parts import CSV, IMAGE, JSON, JSON_LINES, PARQUET
from assay.jobs.clarify.predictor import Predictor
from assay.jobs.clarify.problems import Problem, near, show
from assay.jobs.clarify.rules.columns import outcome_columns
from assay.jobs.clarify.rules.data import path_problem
from assay.jobs.clarify.schema import ClarifyConfig
from assay.models.remote.responses import find_place_problems
from assay.models.remote.templates import Template, find_template_problems

TRIPLE = ("model_name", "instance_type", "initial_instance_count")
TABLE_MEDIA = (CSV, JSON_LINES, JSON)
IMAGE_MEDIA = ("image/jpeg", "image/jpg", "image/png", "application/x-npy")
SERIES_MEDIA = (JSON, JSON_LINES)
SERIES_NAMES = re.compile(
    r"\$(?:target_time_series|related_time_series|static_covariates|start_time|item_id|"
    r"records|record)"
)


def predictor_problems(config: ClarifyConfig) -> Iterator[Problem]:
    """Yield what is wrong with the predictor."""
    predictor = config.predictor
    if predictor is None:
        return
    for name, what in _all(config, predictor):
        yield ("predictor", name) if name else ("predictor",), what


def _all(config: ClarifyConfig, predictor: Predictor) -> Iterator[tuple[str, str]]:
    yield from _which_model(predictor)
    if config.dataset_type == IMAGE:
        yield from _image_problems(predictor)
    elif config.time_series_data_config is not None:
        yield from _series_problems(predictor)
    else:
        yield from _table_problems(config, predictor)


def _which_model(predictor: Predictor) -> Iterator[tuple[str, str]]:
    model, endpoint = predictor.model_name is not None, predictor.endpoint_name is not None
    given = [name for name in TRIPLE if getattr(predictor, name) is not None]
    if model and endpoint:
        yield "endpoint_name", "cannot be given beside model_name; leave one out"
    elif given and not endpoint and len(given) < len(TRIPLE):
        for name in TRIPLE:
            if name not in given:
                yield name, f"is required beside {' and '.join(given)}"
    elif not model and not endpoint and predictor.assay is None:
        yield (
            "",
            "names no model: give endpoint_name, or model_name with instance_type and "
            'initial_instance_count, or "assay" with a model of this machine',
        )
    elif endpoint and given:
        yield given[0], "starts a new endpoint, and endpoint_name names one; leave it out"
    if endpoint and predictor.endpoint_name_prefix is not None:
        yield "endpoint_name_prefix", "is for model_name; endpoint_name is a name already"


def _media(name: str, told: str | None, known: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if told is not None and told not in known:
        listed = " or ".join([*filter(None, [", ".join(known[:-1])]), known[-1]])
        meant = near(told, known).partition("; there is")[0]
        yield name, f"must be {listed}, found {told!r}{meant}"


def _image_problems(predictor: Predictor) -> Iterator[tuple[str, str]]:
    yield from _media("content_type", predictor.content_type, IMAGE_MEDIA)
    yield from _media("accept_type", predictor.accept_type, (JSON,))
    if not predictor.label_headers:
        yield "label_headers", "is required for images: the names of the classes"
    else:
        names = [str(name) for name in predictor.label_headers]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            yield "label_headers", f"names {twice!r} twice; each class has a name of its own"
    yield from find_place_problems(JSON, predictor.label, predictor.probability)


def _series_problems(predictor: Predictor) -> Iterator[tuple[str, str]]:
    yield from _media("content_type", predictor.content_type, SERIES_MEDIA)
    yield from _media("accept_type", predictor.accept_type, SERIES_MEDIA)
    if predictor.is_function:
        return
    content, record = predictor.content_template, predictor.record_template
    if content is None:
        yield "content_template", "is needed for time series"
    elif isinstance(content, str):
        if "$record" not in content:
            yield "content_template", "must have $records, or $record to send one at a time"
        yield from _json_text("content_template", content)
    if record is None:
        yield "record_template", "is needed for time series"
    else:
        if "$target_time_series" not in record:
            yield "record_template", "must have $target_time_series"
        yield from _json_text("record_template", record)
    forecast = predictor.time_series_predictor_config
    if forecast is not None and (wrong := path_problem(forecast.forecast)) is not None:
        yield "time_series_predictor_config", f"forecast {wrong}"


def _json_text(name: str, template: str) -> Iterator[tuple[str, str]]:
    try:
        json.loads(SERIES_NAMES.sub("0", template))
    except ValueError as error:
        yield name, f"does not become JSON when it is filled, found {show(template)}: {error}"


def _unknown_features(config: ClarifyConfig, record: str) -> Iterator[tuple[str, str]]:
    """Yield features that a template names one by one and that are not sent."""
    outcomes = outcome_columns(config).values()
    features = [name for name in config.headers or () if name not in outcomes]
    for name in Template(record).columns:
        if name not in features:
            yield "record_template", f"names the feature {name!r}{near(name, features)}"


def _table_problems(config: ClarifyConfig, predictor: Predictor) -> Iterator[tuple[str, str]]:
    media = list(_media("content_type", predictor.content_type, TABLE_MEDIA))
    yield from media
    answers = list(_media("accept_type", predictor.accept_type, TABLE_MEDIA))
    yield from answers
    content = predictor.content_type or config.dataset_type
    if config.dataset_type == PARQUET and predictor.content_type is None:
        yield "content_type", f"is required where dataset_type is {PARQUET}"
    elif (
        not media and content in TABLE_MEDIA and isinstance(predictor.content_template, str | None)
    ):
        yield from find_template_problems(
            content, predictor.content_template, predictor.record_template
        )
        if content == JSON and predictor.record_template and config.headers:
            yield from _unknown_features(config, predictor.record_template)
    accept = predictor.accept_type or content
    if not answers and accept in TABLE_MEDIA:
        yield from find_place_problems(accept, predictor.label, predictor.probability)
    if predictor.label_headers == ():
        yield "label_headers", "must not be empty"
