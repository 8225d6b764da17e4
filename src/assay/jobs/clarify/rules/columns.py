"""Columns that are named, or counted, must be among the headers where these are told."""

from collections.abc import Iterator, Sequence

from assay.jobs.clarify.parts import CSV, JSON, JSON_LINES, PARQUET
from assay.jobs.clarify.problems import Place, Problem, near
from assay.jobs.clarify.schema import ClarifyConfig


def column_problems(config: ClarifyConfig) -> Iterator[Problem]:
    """Yield columns that the headers do not have, and indices beyond them."""
    side = config.facet_headers if config.facet_dataset_uri is not None else config.headers
    if side is not None:
        for place, facet in enumerate(config.facet or ()):
            where = ("facet", place, "name_or_index")
            yield from _unknown(where, facet.name_or_index, side)
    if config.predicted_label_dataset_uri is not None and config.predicted_label_headers:
        told = "predicted_label" if config.predicted_label is None else config.predicted_label
        yield from _unknown(("predicted_label",), told, config.predicted_label_headers)
    if config.headers is not None and config.time_series_data_config is None:
        for where, told in _named(config):
            yield from _unknown(where, told, config.headers)


def _named(config: ClarifyConfig) -> Iterator[tuple[Place, str | int]]:
    """Yield every column of the data that is named, with its place in the file."""
    if config.dataset_type in (CSV, PARQUET):
        if config.label is not None:
            yield ("label",), config.label
        if config.predicted_label is not None and config.predicted_label_dataset_uri is None:
            yield ("predicted_label",), config.predicted_label
    for name in ("joinsource_name_or_index", "group_variable"):
        if (told := getattr(config, name)) is not None and not _of_lines(config, name):
            yield (name,), told
    for place, told in enumerate(config.excluded_columns or ()):
        yield ("excluded_columns", place), told
    methods = config.methods
    lists = {
        ("methods", "shap", "features_to_explain"): methods.shap
        and methods.shap.features_to_explain,
        ("methods", "pdp", "features"): methods.pdp and methods.pdp.features,
    }
    for where, names in lists.items():
        for place, told in enumerate(names or ()):
            yield (*where, place), told
    for place, segment in enumerate(config.segment_config or ()):
        yield ("segment_config", place, "name_or_index"), segment.name_or_index


def _of_lines(config: ClarifyConfig, name: str) -> bool:
    """Whether a name may be a JMESPath into a record, as a joinsource in JSON is."""
    return name.startswith("joinsource") and config.dataset_type in (JSON, JSON_LINES)


def _unknown(where: Place, told: str | int, headers: Sequence[str]) -> Iterator[Problem]:
    if isinstance(told, int):
        if told >= len(headers):
            yield (
                where,
                f"is column {told}, counted from 0, and the headers name {len(headers)} columns",
            )
    elif told not in headers:
        yield where, f"names {told!r}, which is not among the headers{near(told, headers)}"
