"""What of a config runs here, what does not, and why."""

from collections.abc import Iterator

from assay.jobs.asked import NotRun
from assay.jobs.clarify.codes import CODES
from assay.jobs.clarify.parts import CAPTURE
from assay.jobs.clarify.schema import ClarifyConfig

TITLES = {
    "pre_training_bias": "bias of the data before training",
    "post_training_bias": "bias of the predictions",
    "shap": "SHAP values",
    "pdp": "partial dependence",
    "asymmetric_shapley_value": "asymmetric Shapley values of time series",
    "segment_config": "metrics of segments",
}
WHY = {
    "shap": "assay does not compute SHAP values yet",
    "pdp": "assay does not compute partial dependence yet",
    "segment_config": "how segments appear in analysis.json is not published",
}
INSTEAD = {"segment_config": "a facet of the segment's column, or the weak slices of the report"}


def not_run_here(config: ClarifyConfig) -> tuple[NotRun, ...]:
    """Return the analyses of a config that assay does not run."""
    asked = [name for name in config.methods.asked if name in WHY]
    if config.segment_config:
        asked.append("segment_config")
    return tuple(
        NotRun(method=name, reason=WHY[name], turn_on=INSTEAD.get(name, "")) for name in asked
    )


def codes_asked(config: ClarifyConfig, method: str) -> tuple[str, ...] | None:
    """Return the codes of a bias method in the order of analysis.json; None if not asked for.

    Examples
    --------
    >>> methods = {"pre_training_bias": {"methods": ["KL", "CI"]}}
    >>> config = ClarifyConfig.model_validate({"dataset_type": "text/csv", "methods": methods})
    >>> codes_asked(config, "pre_training_bias"), codes_asked(config, "post_training_bias")
    (('CI', 'KL'), None)
    """
    part = getattr(config.methods, method)
    if part is None:
        return None
    known = CODES[method]
    return tuple(known) if part.methods == "all" else tuple(sorted({*part.methods} & {*known}))


def describe(config: ClarifyConfig) -> Iterator[str]:
    """Yield one line for each analysis of a config: whether it runs here."""
    for method in config.methods.bias:
        codes = codes_asked(config, method) or ()
        yield f"runs: {method} ({', '.join(codes)})"
    series = config.methods.asymmetric_shapley_value
    if series is not None and runs_series(config):
        yield f"runs: asymmetric_shapley_value ({series.granularity}, {series.direction})"
    for entry in not_run_here(config):
        yield f"not run: {entry.method}: {entry.reason}"
    if runs_series(config):
        return
    if not runs(config):
        yield "nothing in this config runs here: assay runs the bias metrics of tables"
    elif config.methods.post_training_bias is not None and not has_answers(config):
        name = (config.predictor.name if config.predictor else None) or "NAME"
        yield (
            "post_training_bias needs a model of this machine: say --model FILE, or "
            f"--endpoint {name}=PLACE"
        )


def runs(config: ClarifyConfig) -> bool:
    """Whether anything of a config runs here."""
    return bool(config.methods.bias) and config.dataset_type != CAPTURE


def runs_series(config: ClarifyConfig) -> bool:
    """Whether a config asks for forecasts of time series to be explained."""
    asked = config.methods.asymmetric_shapley_value is not None
    return asked and config.time_series_data_config is not None


def has_answers(config: ClarifyConfig) -> bool:
    """Whether the config itself says where predictions come from on this machine."""
    if config.predicted_label is not None or config.predicted_label_dataset_uri is not None:
        return True
    return config.predictor is not None and config.predictor.assay is not None
