"""What was told of a model in; the loaded model out."""

from assay.jobs.config import ModelPart
from assay.models.predictor import Predictor


def load_told(part: ModelPart) -> Predictor:
    """Load a model as a config says.

    Raises
    ------
    InputError
        If it cannot be loaded; `UntrustedModelError` where it can run code and is not trusted.
    """
    from assay.models.loading import load_model  # noqa: PLC0415 - a model is not always there

    return load_model(
        part.path,
        trust=part.trust,
        container=part.input,
        python_path=part.python_path,
        classes=part.classes,
        output=part.output,
        features=part.features,
        version=part.version,
        options=part.options,
    )
