"""assay: is the model good, how sure are we, and what should be done next."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assay.data.dataset import Dataset
    from assay.data.schema import Schema
    from assay.errors import (
        AssayError,
        ColumnNotFoundError,
        ConfigError,
        InputError,
        MissingExtraError,
        ModelError,
        UntrustedModelError,
    )
    from assay.evaluation.evaluator import evaluate
    from assay.evaluation.slices.finder import find_slices
    from assay.evaluation.slices.result import SliceSearch
    from assay.explainability.counterfactuals.find import find_counterfactuals
    from assay.explainability.effects.measure import measure_dependence
    from assay.explainability.effects.permutation import permutation_importance
    from assay.explainability.explain import explain, prepare_explainer
    from assay.explainability.explainer import Explainer
    from assay.explainability.images.explain import explain_detections, explain_image
    from assay.explainability.result import Explanation
    from assay.explainability.series.explain import explain_series
    from assay.explainability.stored import load_explanation
    from assay.explainability.text.explain import explain_text
    from assay.jobs.analyze import analyze
    from assay.jobs.compare import compare
    from assay.jobs.comparing.result import CompareResult
    from assay.jobs.fit_baselines import fit_baselines
    from assay.jobs.measure_bias import measure_bias
    from assay.jobs.report import AnalysisReport
    from assay.models.loading import inspect_model, load_model
    from assay.models.wrap import as_predictor
    from assay.result import Estimate, Finding

    __version__: str

_HOME = {
    "AnalysisReport": "assay.jobs.report",
    "AssayError": "assay.errors",
    "ColumnNotFoundError": "assay.errors",
    "CompareResult": "assay.jobs.comparing.result",
    "ConfigError": "assay.errors",
    "Dataset": "assay.data.dataset",
    "Estimate": "assay.result",
    "Explainer": "assay.explainability.explainer",
    "Explanation": "assay.explainability.result",
    "Finding": "assay.result",
    "InputError": "assay.errors",
    "MissingExtraError": "assay.errors",
    "ModelError": "assay.errors",
    "Schema": "assay.data.schema",
    "SliceSearch": "assay.evaluation.slices.result",
    "UntrustedModelError": "assay.errors",
    "analyze": "assay.jobs.analyze",
    "as_predictor": "assay.models.wrap",
    "compare": "assay.jobs.compare",
    "evaluate": "assay.evaluation.evaluator",
    "explain": "assay.explainability.explain",
    "explain_detections": "assay.explainability.images.explain",
    "explain_image": "assay.explainability.images.explain",
    "explain_series": "assay.explainability.series.explain",
    "explain_text": "assay.explainability.text.explain",
    "find_counterfactuals": "assay.explainability.counterfactuals.find",
    "find_slices": "assay.evaluation.slices.finder",
    "fit_baselines": "assay.jobs.fit_baselines",
    "inspect_model": "assay.models.loading",
    "load_explanation": "assay.explainability.stored",
    "load_model": "assay.models.loading",
    "measure_bias": "assay.jobs.measure_bias",
    "measure_dependence": "assay.explainability.effects.measure",
    "permutation_importance": "assay.explainability.effects.permutation",
    "prepare_explainer": "assay.explainability.explain",
}

__all__ = [
    "AnalysisReport",
    "AssayError",
    "ColumnNotFoundError",
    "CompareResult",
    "ConfigError",
    "Dataset",
    "Estimate",
    "Explainer",
    "Explanation",
    "Finding",
    "InputError",
    "MissingExtraError",
    "ModelError",
    "Schema",
    "SliceSearch",
    "UntrustedModelError",
    "__version__",
    "analyze",
    "as_predictor",
    "compare",
    "evaluate",
    "explain",
    "explain_detections",
    "explain_image",
    "explain_series",
    "explain_text",
    "find_counterfactuals",
    "find_slices",
    "fit_baselines",
    "inspect_model",
    "load_explanation",
    "load_model",
    "measure_bias",
    "measure_dependence",
    "permutation_importance",
    "prepare_explainer",
]


def __getattr__(name: str) -> object:
    """Bind a public name when it is first used, so that `import assay` loads nothing heavy."""
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 - only read when asked for

        value: object = version("assay")
    elif name in _HOME:
        value = getattr(import_module(_HOME[name]), name)
    else:
        msg = f"module 'assay' has no attribute {name!r}"
        raise AttributeError(msg)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
