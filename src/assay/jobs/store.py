"""Where assay keeps what outlives a run: `$ASSAY_HOME`, else `./.assay`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from assay.jobs.config import AnalyzeConfig

if TYPE_CHECKING:
    from assay.models.kept.store import PredictionStore

HOME = "ASSAY_HOME"
DEFAULT = ".assay"


def store_folder() -> Path:
    """Return the folder of the store; it need not exist.

    Examples
    --------
    >>> store_folder().is_absolute()
    True
    """
    return Path(os.environ.get(HOME) or DEFAULT).expanduser().absolute()


def kept_folder(config: AnalyzeConfig) -> Path | None:
    """Return the folder where a run may keep what it has finished; None where it may not."""
    return None if config.model is None or not config.model.cache else store_folder()


def prediction_store(config: AnalyzeConfig) -> "PredictionStore | None":
    """Return what keeps the predictions of a run; None where nothing is to be kept."""
    if config.model is None or not config.model.cache:
        return None
    from assay.models.kept.store import PredictionStore  # noqa: PLC0415 - a model is not always there

    return PredictionStore(store_folder() / "predictions")
