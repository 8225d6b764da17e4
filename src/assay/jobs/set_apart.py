"""A table and a config in; the table whose columns of other answers are no features, out."""

from typing import TYPE_CHECKING

from assay.evaluation.prediction_intervals.columns import quantile_names
from assay.jobs.config import AnalyzeConfig

if TYPE_CHECKING:
    from assay.data.dataset import Dataset
    from assay.models.predictor import Predictor

UNCERTAIN = ("low", "high", "quantiles", "sets")


def set_apart(
    data: "Dataset", config: AnalyzeConfig, predictor: "Predictor | None" = None
) -> "Dataset":
    """Leave out of the features what an incumbent answered, and how sure predictions are.

    Such columns were made from the label or for it: a simple model that learned from them, or a
    check of leaks, would find the label in them. A column that the model says it reads stays.

    Parameters
    ----------
    data : Dataset
    config : AnalyzeConfig
    predictor : Predictor or None

    Returns
    -------
    Dataset
    """
    named = {place for place in config.baselines.values() if place in data.schema.names}
    part = getattr(config.sections, "prediction_intervals", None)
    for each in UNCERTAIN:
        named |= set(getattr(part, each, ()))
    if data.schema.predictions:
        named |= set(quantile_names(data, ()))
    if predictor is not None:
        named -= set(predictor.info.feature_names or ())
    found = [name for name in data.schema.features if name in named]
    return data.with_roles(ignored=found) if found else data
