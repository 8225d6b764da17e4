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
        further = (*(config.facet_headers or ()), *(config.predicted_label_headers or ()))
        known = (*config.headers, *further)
        aside = config.facet_dataset_uri is not None and config.facet_headers is None
        for name in config.assay.kinds if not aside else ():
            yield from _unknown(("assay", "kinds", name), name, known)
    yield from _same_as_outcome(config)


def outcome_columns(config: ClarifyConfig) -> dict[str, str | int]:
    """Return the columns of the label and of predicted labels, by name where the config tells it.

    In JSON they are paths, and their names are the last of the headers.
    """
    told = {"label": config.label}
    if config.predicted_label_dataset_uri is None:
        told["predicted_label"] = config.predicted_label
    given = {role: each for role, each in told.items() if each is not None}
    if config.dataset_type in (JSON, JSON_LINES):
        names = config.headers or ()
        return dict(zip(given, names[-len(given) :], strict=False)) if given else {}
    return {role: column_of(each, config.headers) for role, each in given.items()}


def column_of(told: str | int, headers: Sequence[str] | None) -> str | int:
    """Return a column's name where the headers tell it, else what was told.

    Examples
    --------
    >>> column_of(1, ("paid", "sex")), column_of(1, None), column_of("sex", ("paid", "sex"))
    ('sex', 1, 'sex')
    """
    known = headers is not None and isinstance(told, int) and told < len(headers)
    return headers[told] if known else told  # type: ignore[index]


def _same_as_outcome(config: ClarifyConfig) -> Iterator[Problem]:
    """Yield columns that are the label, or its prediction, and something else as well."""
    if config.time_series_data_config is not None:
        return
    outcomes = outcome_columns(config)
    for role, column in outcomes.items():
        words = role.replace("_", " ")
        for place, facet in enumerate(config.facet or () if not config.facet_dataset_uri else ()):
            if column_of(facet.name_or_index, config.headers) == column:
                yield (
                    ("facet", place, "name_or_index"),
                    f"names the {words} {column!r}; a facet says whose rows are compared, such "
                    "as sex or age",
                )
        group = config.group_variable
        if group is not None and column_of(group, config.headers) == column:
            yield ("group_variable",), f"names the {words} {column!r}; name a column of subgroups"
    if len(outcomes) > 1 and outcomes["label"] == outcomes["predicted_label"]:
        yield ("predicted_label",), "names the label itself; name the column of predictions"


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
