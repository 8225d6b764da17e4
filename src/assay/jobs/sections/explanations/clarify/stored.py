"""What analysis.json says of SHAP values: Clarify's keys, and ours under the one key `assay`."""

from collections.abc import Mapping
from typing import Any, cast

import numpy as np

from assay.explainability.clarify_form import clarify_kernel_shap
from assay.explainability.importance import GlobalImportance
from assay.explainability.result import Cost
from assay.explainability.text.clarify import global_top_shap_text
from assay.jobs.asked import AskedExplanations, AskedShap
from assay.jobs.sections.explanations.clarify.baseline import Baseline
from assay.jobs.sections.explanations.clarify.shap import ShapFound
from assay.jobs.sections.explanations.clarify.text import TextFound
from assay.result import Json

OURS = "assay"
KERNEL_SHAP = "kernel_shap"


def shap_told(found: ShapFound, asked: AskedShap, importance: GlobalImportance) -> dict[str, Json]:
    """Return the ``explanations`` of analysis.json for a table.

    Parameters
    ----------
    found : ShapFound
    asked : AskedShap
    importance : GlobalImportance
        Of the same aggregation.
    """
    made = found.explanation
    errors = made.standard_errors
    features: dict[str, Json] = {}
    for at, label in enumerate(made.outputs):
        known = {each.player: each for each in importance.of(label)}
        features[label] = {
            player: {
                "low": known[player].estimate.low,
                "high": known[player].estimate.high,
                "level": known[player].estimate.level,
                "mean_standard_error": (
                    None if errors is None else float(np.mean(errors[:, place, at]))
                ),
            }
            for place, player in enumerate(made.players)
        }
    return {
        KERNEL_SHAP: cast(
            "Json",
            clarify_kernel_shap(made, agg=asked.agg_method, label_headers=made.outputs),
        ),
        OURS: {
            KERNEL_SHAP: {
                "method": made.method,
                "reason": made.reason,
                "value_function": made.value_function,
                "scale": made.output,
                "rows": len(made),
                "exact_rows": int(made.exact.sum()),
                "num_samples": found.samples,
                "agg_method": asked.agg_method,
                "seed": made.seed,
                "baseline": _baseline(found.baseline),
                "additivity_error": made.additivity_error,
                "cost": _cost(made.cost),
                "labels": features,
            }
        },
    }


def text_told(found: TextFound, asked: AskedExplanations, shap: AskedShap) -> dict[str, Json]:
    """Return the ``explanations`` of analysis.json for texts and the columns beside them."""
    made = found.text
    told = shap.text
    assert told is not None
    values = found.global_values(asked.features, shap.agg_method)
    labels: dict[str, Json] = {}
    for label, expected in zip(made.outputs, found.expected(), strict=True):
        top = global_top_shap_text(
            made, output=label, agg_method=shap.agg_method, max_top_tokens=told.max_top_tokens
        )
        labels[label] = {
            "global_shap_values": cast("Json", values[label]),
            "expected_value": expected,
            "global_top_shap_text": {made.column: cast("Json", dict(top))},
        }
    methods = dict.fromkeys(each.method for each in made.rows)
    return {
        KERNEL_SHAP: labels,
        OURS: {
            KERNEL_SHAP: {
                "method": ", ".join(methods),
                "scale": made.output,
                "rows": len(made),
                "exact_rows": sum(each.exact for each in made.rows),
                "num_samples": found.samples,
                "agg_method": shap.agg_method,
                "granularity": made.granularity,
                "language": told.language,
                "text_column": made.column,
                "in_place_of_text": made.background,
                "seed": made.seed,
                "baseline": _baseline(found.baseline),
                "additivity_error": made.additivity_error,
                "cost": _cost(made.cost),
            }
        },
    }


def _cost(cost: Cost) -> dict[str, Json]:
    """Return what was asked, without times: the same run writes the same file."""
    return {name: told for name, told in cost.to_dict().items() if not name.endswith("seconds")}


def _baseline(baseline: Baseline) -> dict[str, Json]:
    made: dict[str, Json] = {"rows": len(baseline.background), "source": baseline.source}
    if baseline.centres is not None:
        made |= {
            "criterion": baseline.centres.criterion,
            "inertias": list(baseline.centres.inertias),
            "seed": baseline.centres.seed,
        }
    return made


def ranked_features(told: Mapping[str, Any]) -> list[str]:
    """Return the features, the largest global SHAP value over the labels first.

    Examples
    --------
    >>> ranked_features({"kernel_shap": {"label0": {"global_shap_values": {"a": 1, "b": -2}}}})
    ['b', 'a']
    """
    largest: dict[str, float] = {}
    for label in told.get(KERNEL_SHAP, {}).values():
        for name, value in label["global_shap_values"].items():
            largest[name] = max(largest.get(name, 0.0), abs(value))
    return sorted(largest, key=lambda name: -largest[name])
