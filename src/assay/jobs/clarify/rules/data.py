"""What the keys about the data demand of each other."""

from collections.abc import Iterator

from jmespath import compile as compile_path
from jmespath.exceptions import JMESPathError

from assay.jobs.clarify.parts import CSV, IMAGE, JSON, JSON_LINES, PARQUET
from assay.jobs.clarify.problems import Problem, show
from assay.jobs.clarify.schema import ClarifyConfig

SIDE_FILES = ("facet_dataset_uri", "predicted_label_dataset_uri")
PATHS = ("features", "label", "predicted_label")


def data_problems(config: ClarifyConfig) -> Iterator[Problem]:
    """Yield what is wrong between the data's type and the keys about it."""
    for name in SIDE_FILES:
        if getattr(config, name) is not None and config.dataset_type != CSV:
            yield (name,), f"works with {CSV} alone, and dataset_type is {config.dataset_type}"
    if config.dataset_type == IMAGE:
        for name in ("predicted_label", "excluded_columns"):
            if getattr(config, name) is not None:
                yield (name,), "is for tables, and dataset_type is application/x-image"
    if config.dataset_type in (JSON, JSON_LINES):
        yield from _json_problems(config)
    if config.dataset_type == PARQUET:
        for name in ("label", "predicted_label"):
            if isinstance(getattr(config, name), int):
                yield (name,), f"must be a column's name for {PARQUET}, not an index"
    if config.headers is not None:
        yield from _twins(config.headers)


def _json_problems(config: ClarifyConfig) -> Iterator[Problem]:
    series = config.time_series_data_config is not None
    if config.features is None and not (series and config.dataset_type == JSON):
        yield (
            ("features",),
            f"is required for {config.dataset_type}: a JMESPath to the features' values",
        )
    for name in PATHS:
        told = getattr(config, name)
        if told is None or (name == "predicted_label" and config.predicted_label_dataset_uri):
            continue
        if isinstance(told, int):
            yield (name,), f"must be a JMESPath for {config.dataset_type}, not an index"
        elif (wrong := path_problem(told)) is not None:
            yield (name,), wrong


def path_problem(text: str) -> str | None:
    """Return what is wrong with a JMESPath; None for one that can be used."""
    try:
        compile_path(text)
    except JMESPathError as error:
        return f"is no JMESPath, found {show(text)}: {str(error).splitlines()[0]}"
    return None


def _twins(headers: tuple[str, ...]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for place, name in enumerate(headers):
        if name in first:
            yield (
                ("headers", place),
                f"names {name!r} again, which is column {first[name]} already",
            )
        first.setdefault(name, place)
