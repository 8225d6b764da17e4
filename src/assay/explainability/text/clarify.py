"""Explained texts in the form of Clarify's files."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.explainability.text.explanation import ExplainedText, TextExplanation
from assay.explainability.text.pooled import occurrences
from assay.result import Json

Floats = NDArray[np.float64]
AGGREGATIONS = ("mean_abs", "median", "mean_sq")
TOP_TOKENS = 50


def clarify_record(
    text: ExplainedText,
    column: str,
    *,
    categorical: Sequence[str] = (),
    order: Sequence[str] | None = None,
    join_source_value: Json = None,
) -> dict[str, Json]:
    """Return one line of ``explanations_shap/out.jsonl``.

    Parameters
    ----------
    text : ExplainedText
    column : str
        Name of the column of texts.
    categorical : sequence of str
        Columns beside the text whose ``data_type`` is "categorical"; the others are "numerical".
    order : sequence of str or None
        Order of the features; None puts the text after the columns beside it.
    join_source_value : JSON or None
        Left out when None.

    Returns
    -------
    dict
        ``start_idx`` counts characters of the original text from 0.
    """
    units: list[Json] = [
        {
            "attribution": text.values[place].tolist(),
            "description": {"partial_text": unit.text, "start_idx": unit.start},
        }
        for place, unit in enumerate(text.units)
    ]
    features: dict[str, Json] = {
        name: {
            "feature_name": name,
            "data_type": "categorical" if name in categorical else "numerical",
            "attributions": [{"attribution": text.column_values[place].tolist()}],
        }
        for place, name in enumerate(text.cells)
    }
    features[column] = {
        "feature_name": column,
        "data_type": "free_text",
        "attributions": units,
    }
    names = features if order is None else [name for name in order if name in features]
    line: dict[str, Json] = {"explanations": [features[name] for name in names]}
    if join_source_value is not None:
        line["join_source_value"] = join_source_value
    return line


def global_top_shap_text(
    explanation: TextExplanation,
    *,
    output: str | None = None,
    agg_method: str = "mean_abs",
    max_top_tokens: int = TOP_TOKENS,
) -> Mapping[str, float]:
    """Return the tokens of ``global_top_shap_text`` with their values, largest first.

    Tokens are pooled over records, case-folded; the largest are those of the largest absolute
    aggregate.

    Parameters
    ----------
    explanation : TextExplanation
    output : str or None
        None is the first.
    agg_method : {"mean_abs", "median", "mean_sq"}
        "median" is signed, as in Clarify.
    max_top_tokens : int

    Raises
    ------
    InputError
        If the aggregation or the output is unknown.
    """
    if agg_method not in AGGREGATIONS:
        msg = f"unknown agg_method {agg_method!r}; choose one of: {', '.join(AGGREGATIONS)}"
        raise InputError(msg)
    place = explanation.place_of(output)
    texts = [(each.units, each.values[: len(each.units)]) for each in explanation.rows]
    pooled = {
        token: aggregated(np.array([value[place] for _, value in seen]), agg_method)
        for token, seen in occurrences(texts).items()
    }
    order = sorted(pooled, key=lambda token: (-abs(pooled[token]), token))
    return {token: pooled[token] for token in order[:max_top_tokens]}


def aggregated(values: Floats, agg_method: str) -> float:
    """Aggregate attributions as Clarify does.

    Examples
    --------
    >>> [aggregated(np.array([-1.0, 2.0, 0.0]), name) for name in AGGREGATIONS]
    [1.0, 0.0, 1.6666666666666667]
    """
    made = {"mean_abs": np.abs(values).mean, "mean_sq": (values**2).mean}
    return float(made[agg_method]() if agg_method in made else np.median(values))
