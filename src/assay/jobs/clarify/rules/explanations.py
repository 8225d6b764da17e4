"""What SHAP and partial dependence need."""

from collections.abc import Iterator
from typing import get_args

from assay.jobs.clarify.explanations import DETECTION, ModelType, Pdp, Shap
from assay.jobs.clarify.parts import CSV, IMAGE, JSON, JSON_LINES, PARQUET
from assay.jobs.clarify.problems import Problem, show
from assay.jobs.clarify.rules.columns import column_of, outcome_columns
from assay.jobs.clarify.schema import ClarifyConfig

SHAP, PDP = ("methods", "shap"), ("methods", "pdp")


def explanation_problems(config: ClarifyConfig) -> Iterator[Problem]:
    """Yield what the explanations that are asked for lack or contradict."""
    methods = config.methods
    asked = [name for name in methods.asked if not name.endswith("_bias")]
    if asked and config.predictor is None:
        yield ("predictor",), f"is required for {' and '.join(asked)}"
    if config.time_series_data_config is not None:
        for name in ("shap", "pdp"):
            if name in asked:
                why = "is not computed for time series; ask for asymmetric_shapley_value"
                yield ("methods", name), why
    if methods.shap is not None:
        yield from _shap_problems(config, methods.shap)
    if methods.pdp is not None:
        yield from _pdp_problems(config, methods.pdp)


def _pdp_problems(config: ClarifyConfig, pdp: Pdp) -> Iterator[Problem]:
    if config.dataset_type == IMAGE:
        yield PDP, "is for tables, and dataset_type is application/x-image"
    if not pdp.features and config.methods.shap is None:
        yield (
            (*PDP, "features"),
            "is required unless shap is asked for as well, which finds the top features",
        )


def _shap_problems(config: ClarifyConfig, shap: Shap) -> Iterator[Problem]:
    if shap.baseline is not None and shap.num_clusters is not None:
        yield (
            (*SHAP, "num_clusters"),
            "makes a baseline by clustering, and baseline is given; leave one out",
        )
    if shap.features_to_explain is not None:
        where = (*SHAP, "features_to_explain")
        for name in ("text_config", "image_config"):
            if getattr(shap, name) is not None:
                yield where, f"cannot be given with {name}; leave one out"
        label = outcome_columns(config).get("label")
        for place, told in enumerate(shap.features_to_explain):
            if label is not None and column_of(told, config.headers) == label:
                yield (*where, place), f"names the label {told!r}; only features are explained"
    if shap.image_config is not None and config.dataset_type != IMAGE:
        yield (
            (*SHAP, "image_config"),
            f"is for images, and dataset_type is {config.dataset_type}",
        )
    if config.dataset_type == IMAGE:
        yield from _image_problems(shap)
    if shap.baseline is not None and config.time_series_data_config is None:
        yield from _baseline_problems(config.dataset_type, shap.baseline)


def _image_problems(shap: Shap) -> Iterator[Problem]:
    """Yield what explaining images lacks, and what it cannot do."""
    for name in ("text_config", "num_clusters"):
        if getattr(shap, name) is not None:
            yield (*SHAP, name), "is for tables, and dataset_type is application/x-image"
    told, where = shap.image_config, (*SHAP, "image_config")
    if told is None or told.model_type is None:
        which = " or ".join(get_args(ModelType))
        place = where if told is None else (*where, "model_type")
        yield place, f"is required for images: model_type is {which}"
    elif told.model_type == DETECTION and shap.use_logit:
        yield (
            (*SHAP, "use_logit"),
            "cannot be used with OBJECT_DETECTION: an object that is not found in a masked image "
            "has the score 0, which has no log-odds; leave it out",
        )
    debug = None if told is None else told.debug
    if debug is None:
        return
    start, stop = debug.sample_from or 0, debug.sample_to
    if stop is not None and stop <= start:
        yield (*where, "debug", "sample_to"), f"must be more than sample_from, {start}"
    for name in ("image_names", "class_ids"):
        if getattr(debug, name) == ():
            yield (*where, "debug", name), "must not be empty"


def _baseline_problems(dataset_type: str, baseline: object) -> Iterator[Problem]:
    where = (*SHAP, "baseline")
    if isinstance(baseline, str):
        return
    found = f"found {show(baseline)}"
    if dataset_type == IMAGE:
        yield where, f"must be the address of one picture for images, {found}"
    elif dataset_type == JSON:
        if not isinstance(baseline, dict):
            yield where, f"must be an object with the data's structure for {JSON}, {found}"
    elif not isinstance(baseline, list) or not baseline:
        yield where, f"must be a list of rows, such as [[0, 0]], or an address, {found}"
    elif dataset_type == JSON_LINES:
        for place, row in enumerate(baseline):
            if not isinstance(row, dict):
                told = show(row)
                yield (
                    (*where, place),
                    f'must be an object such as {{"features": [0]}}, found {told}',
                )
    elif dataset_type in (CSV, PARQUET):
        yield from _row_problems(baseline)


def _row_problems(rows: list[object]) -> Iterator[Problem]:
    where = (*SHAP, "baseline")
    length = len(rows[0]) if isinstance(rows[0], list) else None
    for place, row in enumerate(rows):
        if not isinstance(row, list):
            yield (*where, place), f"must be a list of one value a feature, found {show(row)}"
        elif length is not None and len(row) != length:
            yield (
                (*where, place),
                f"has {len(row)} values, and the first row has {length}; each needs one a feature",
            )
