"""What time series and the explanation of forecasts demand of each other."""

from collections.abc import Iterator

from assay.jobs.clarify.parts import JSON
from assay.jobs.clarify.problems import Problem
from assay.jobs.clarify.rules.data import path_problem
from assay.jobs.clarify.schema import ClarifyConfig
from assay.jobs.clarify.time_series import AsymmetricShapley, SeriesBaseline, TimeSeriesData

METHOD = ("methods", "asymmetric_shapley_value")
DATA = ("time_series_data_config",)


def time_series_problems(config: ClarifyConfig) -> Iterator[Problem]:
    """Yield what is wrong with time series, or with explaining them."""
    series, asked = config.time_series_data_config, config.methods.asymmetric_shapley_value
    if asked is not None and series is None:
        yield DATA, "is required for asymmetric_shapley_value: where items, times and values are"
    predictor = config.predictor
    sent = None if predictor is None or predictor.is_function else predictor
    if asked is not None and sent is not None and sent.time_series_predictor_config is None:
        yield (
            ("predictor", "time_series_predictor_config"),
            'is required for time series: {"forecast": "…"}, a JMESPath into a response',
        )
    if asked is not None:
        yield from _method_problems(asked, series)
    if series is None:
        return
    if config.dataset_type != JSON:
        yield (
            ("dataset_type",),
            f"must be {JSON} for time series, found {config.dataset_type!r}",
        )
    if config.excluded_columns is not None:
        yield ("excluded_columns",), "is for tables, not for time series"
    if config.predicted_label is not None:
        yield ("predicted_label",), "is for tables, not for time series"
    yield from _locator_problems(series)


def _locator_problems(series: TimeSeriesData) -> Iterator[Problem]:
    told = [
        *(((name,), getattr(series, name)) for name in ("item_id", "timestamp")),
        (("target_time_series",), series.target_time_series),
        *(
            ((name, place), each)
            for name in ("related_time_series", "static_covariates")
            for place, each in enumerate(getattr(series, name) or ())
        ),
    ]
    texts = isinstance(series.item_id, str)
    for place, each in told:
        if isinstance(each, str) != texts:
            wanted = "a JMESPath" if texts else "an index"
            yield (*DATA, *place), f"must be {wanted}, as item_id is: all are of one type"
        elif isinstance(each, str) and (wrong := path_problem(each)) is not None:
            yield (*DATA, *place), wrong
    if texts and series.dataset_format is None:
        yield (
            (*DATA, "dataset_format"),
            "is required where places are JMESPaths: columns, item_records or timestamp_records",
        )
    if not texts and series.dataset_format is not None:
        yield (*DATA, "dataset_format"), "cannot be given where places are indices; leave it out"


def _method_problems(asked: AsymmetricShapley, series: TimeSeriesData | None) -> Iterator[Problem]:
    fine = asked.granularity == "fine_grained"
    if fine and asked.direction != "chronological":
        yield (
            (*METHOD, "direction"),
            f"must be 'chronological' for fine_grained, found {asked.direction!r}",
        )
    if fine and asked.num_samples is None:
        yield (*METHOD, "num_samples"), "is required for fine_grained: how many orders are drawn"
    if not fine and asked.num_samples is not None:
        yield (*METHOD, "num_samples"), "is for fine_grained alone; leave it out"
    if series is not None and not isinstance(asked.baseline, str):
        yield from _static_problems(asked.baseline, series)


def _static_problems(baseline: SeriesBaseline | None, series: TimeSeriesData) -> Iterator[Problem]:
    where = (*METHOD, "baseline", "static_covariates")
    told = None if baseline is None else baseline.static_covariates
    count = len(series.static_covariates or ())
    if told is None and count:
        yield (
            where,
            f"is required, because the data have {count} static covariate(s): an object of item "
            "id → one value for each",
        )
    if told is not None and not count:
        yield where, "is given, and time_series_data_config names no static_covariates"
    for item, values in (told or {}).items():
        if count and len(values) != count:
            yield (
                (*where, item),
                f"has {len(values)} value(s) for {count} static covariate(s); give one for each",
            )
