"""What bias metrics need, and which metrics there are."""

from collections.abc import Iterator

from assay.jobs.clarify.codes import CODES, OLD_NAMES
from assay.jobs.clarify.parts import IMAGE
from assay.jobs.clarify.problems import Problem, near
from assay.jobs.clarify.schema import ClarifyConfig

NEEDED = {
    "label": "is required for bias metrics: the column of the true answers",
    "facet": "is required for bias metrics: a list such as "
    '[{"name_or_index": "sex", "value_or_threshold": [0]}]',
    "label_values_or_threshold": "is required for bias metrics: the label values of the positive "
    "outcome, or the number above which the label is positive, such as [1]",
}
PLACES = {"pre_training_bias": "post_training_bias", "post_training_bias": "pre_training_bias"}


def bias_problems(config: ClarifyConfig) -> Iterator[Problem]:
    """Yield what the bias metrics that are asked for lack."""
    asked = config.methods.bias
    if not asked:
        return
    series = config.time_series_data_config is not None
    for method in asked:
        if series or config.dataset_type == IMAGE:
            what = "time series" if series else "images"
            yield ("methods", method), f"cannot be measured on {what}; it needs a table"
        yield from _code_problems(config, method)
    if series or config.dataset_type == IMAGE:
        return
    for name, need in NEEDED.items():
        if getattr(config, name) in (None, ()):
            yield (name,), need
    if "post_training_bias" in asked and not _has_predictions(config):
        yield (
            ("predictor",),
            "is required for post_training_bias: predictions come from a predictor, or from "
            "predicted_label or predicted_label_dataset_uri",
        )


def _has_predictions(config: ClarifyConfig) -> bool:
    return any(
        told is not None
        for told in (config.predictor, config.predicted_label, config.predicted_label_dataset_uri)
    )


def _code_problems(config: ClarifyConfig, method: str) -> Iterator[Problem]:
    codes = getattr(config.methods, method).methods
    known, other = CODES[method], PLACES[method]
    for place, code in enumerate(() if codes == "all" else codes):
        where = ("methods", method, "methods", place)
        if code in known:
            continue
        if code in CODES[other]:
            yield where, f"{code} is a metric of {other}; ask for it there"
        elif code.upper() in OLD_NAMES:
            yield where, f"{code!r} is no metric's code; write {OLD_NAMES[code.upper()]}"
        else:
            yield where, f"there is no metric {code!r}{near(code, known)}"
