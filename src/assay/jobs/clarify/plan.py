"""What of a config runs here, what does not, and why."""

from collections.abc import Iterator

from assay.jobs.asked import NotRun
from assay.jobs.clarify.codes import CODES
from assay.jobs.clarify.explanations import DETECTION, ImageConfig, Shap
from assay.jobs.clarify.parts import CAPTURE, IMAGE
from assay.jobs.clarify.schema import ClarifyConfig

TITLES = {
    "pre_training_bias": "bias of the data before training",
    "post_training_bias": "bias of the predictions",
    "shap": "SHAP values",
    "pdp": "partial dependence",
    "asymmetric_shapley_value": "asymmetric Shapley values of time series",
    "segment_config": "metrics of segments",
}
SEGMENTS = "segment_config"
WHY_NOT = "how segments appear in analysis.json is not published"
INSTEAD = "a facet of the segment's column, or the weak slices of the report"


def not_run_here(config: ClarifyConfig) -> tuple[NotRun, ...]:
    """Return the analyses of a config that assay does not run."""
    if not config.segment_config:
        return ()
    return (NotRun(method=SEGMENTS, reason=WHY_NOT, turn_on=INSTEAD),)


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
    image = _image_config(config)
    if image is not None and config.methods.shap is not None:
        yield f"runs: shap ({_told_images(config.methods.shap, image)})"
    if explains(config):
        shap, pdp = config.methods.shap, config.methods.pdp
        if shap is not None:
            yield f"runs: shap ({_told_shap(shap)})"
        if pdp is not None:
            which = "named" if pdp.features else f"top {pdp.top_k_features}"
            yield f"runs: pdp ({which} features, {pdp.grid_resolution} buckets)"
    for entry in not_run_here(config):
        yield f"not run: {entry.method}: {entry.reason}"
    if runs_series(config):
        return
    if not runs(config) and not runs_images(config):
        yield "nothing in this config runs here: captured requests are for monitoring"
        return
    needy = _without_model(config)
    if needy:
        name = (config.predictor.name if config.predictor else None) or "NAME"
        place = "MODULE:FUNCTION" if runs_images(config) else "FILE"
        yield (
            f"{' and '.join(needy)} {'needs' if len(needy) == 1 else 'need'} a model of this "
            f"machine: say --model {place}, or --endpoint {name}=PLACE"
        )


def _without_model(config: ClarifyConfig) -> list[str]:
    """Return what runs here once the command says which model stands for the config's."""
    asked = [] if has_answers(config) else ["post_training_bias"]
    local = config.predictor is not None and config.predictor.assay is not None
    asked += [] if local else ["shap", "pdp"]
    return [name for name in asked if name in config.methods.asked]


def _told_shap(shap: Shap) -> str:
    """Return in a few words what is asked of SHAP values."""
    text = shap.text_config
    baseline = "the baseline that is given"
    if shap.baseline is None:
        number = "1 to 12" if shap.num_clusters is None else str(shap.num_clusters)
        baseline = f"centres of {number} clusters as baseline"
    parts = (
        baseline,
        shap.agg_method,
        "log-odds" if shap.use_logit else "",
        "" if text is None else f"texts by {text.granularity}",
    )
    return ", ".join(part for part in parts if part)


def _told_images(shap: Shap, image: ImageConfig) -> str:
    """Return in a few words how images are explained."""
    what = "objects" if image.model_type == DETECTION else "classes"
    baseline = "white noise" if shap.baseline is None else "the picture that is given"
    logit = ", log-odds" if shap.use_logit else ""
    return f"{what} of images, about {image.num_segments} segments, {baseline} as baseline{logit}"


def runs(config: ClarifyConfig) -> bool:
    """Whether anything of a config of tables runs here."""
    return config.dataset_type != CAPTURE and (bool(config.methods.bias) or explains(config))


def runs_on_table(config: ClarifyConfig) -> bool:
    """Whether the config is about a table of rows."""
    series = config.time_series_data_config is not None
    return not series and config.dataset_type not in (IMAGE, CAPTURE)


def explains(config: ClarifyConfig) -> bool:
    """Whether a config asks for SHAP values or partial dependence that run here."""
    asked = config.methods.shap is not None or config.methods.pdp is not None
    return asked and runs_on_table(config)


def runs_series(config: ClarifyConfig) -> bool:
    """Whether a config asks for forecasts of time series to be explained."""
    asked = config.methods.asymmetric_shapley_value is not None
    return asked and config.time_series_data_config is not None


def runs_images(config: ClarifyConfig) -> bool:
    """Whether a config asks for images to be explained."""
    return _image_config(config) is not None


def _image_config(config: ClarifyConfig) -> ImageConfig | None:
    shap = config.methods.shap
    return None if shap is None or config.dataset_type != IMAGE else shap.image_config


def has_answers(config: ClarifyConfig) -> bool:
    """Whether the config itself says where predictions come from on this machine."""
    if config.predicted_label is not None or config.predicted_label_dataset_uri is not None:
        return True
    return config.predictor is not None and config.predictor.assay is not None
