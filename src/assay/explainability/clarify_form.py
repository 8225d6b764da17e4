"""An explanation in; the tables of SageMaker Clarify's SHAP report out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from assay.errors import InputError
from assay.explainability.aggregation import aggregate, check_aggregation
from assay.result import Json

if TYPE_CHECKING:
    from assay.explainability.result import Explanation

CLARIFY_AGGREGATIONS = ("mean_abs", "median", "mean_sq")


def clarify_labels(n_outputs: int, headers: Sequence[str] | None = None) -> tuple[str, ...]:
    """Return Clarify's names of the outputs: its label headers, else label0, label1, ….

    Raises
    ------
    InputError
        If the headers are not one an output.

    Examples
    --------
    >>> clarify_labels(2)
    ('label0', 'label1')
    """
    if headers is None:
        return tuple(f"label{place}" for place in range(n_outputs))
    if len(headers) != n_outputs:
        msg = f"label_headers has {len(headers)} name(s), and the model has {n_outputs} score(s)"
        raise InputError(msg)
    return tuple(headers)


def clarify_shap_values(
    explanation: "Explanation",
    *,
    label_headers: Sequence[str] | None = None,
    joinsource: pl.Series | None = None,
) -> pl.DataFrame:
    """Return the table of ``explanations_shap/out.csv``: a row for each explained row.

    Parameters
    ----------
    explanation : Explanation
    label_headers : sequence of str or None
    joinsource : polars.Series or None, length n_rows
        The column that identifies rows; it comes last, under its own name.

    Returns
    -------
    polars.DataFrame
        Columns ``<feature>_<label>``: all features of the first label, then all of the next.
        A row's sum over one label and its expected value is the score.

    Raises
    ------
    InputError
        If two columns would have one name, or headers or joinsource do not fit.
    """
    labels = clarify_labels(len(explanation.outputs), label_headers)
    names = [f"{player}_{label}" for label in labels for player in explanation.players]
    if joinsource is not None:
        if len(joinsource) != len(explanation):
            msg = f"joinsource has {len(joinsource)} values for {len(explanation)} explained rows"
            raise InputError(msg)
        names.append(joinsource.name)
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        msg = f"two columns of out.csv would be named {twice!r}; rename the feature or the label"
        raise InputError(msg)
    flat = explanation.values.transpose(0, 2, 1).reshape(len(explanation), -1)
    columns = [pl.Series(name, flat[:, at]) for at, name in enumerate(names[: flat.shape[1]])]
    return pl.DataFrame([*columns, *([] if joinsource is None else [joinsource])])


def clarify_kernel_shap(
    explanation: "Explanation",
    *,
    agg: str = "mean_abs",
    label_headers: Sequence[str] | None = None,
) -> dict[str, Json]:
    """Return the ``kernel_shap`` part of Clarify's analysis.json.

    Parameters
    ----------
    explanation : Explanation
        Of at least one row.
    agg : {"mean_abs", "median", "mean_sq"}
        As Clarify defines them: the median is signed, and nothing is corrected for noise.
    label_headers : sequence of str or None

    Returns
    -------
    dict
        Label → ``global_shap_values`` by feature, and ``expected_value``, the mean score of the
        background.

    Raises
    ------
    InputError
        If no row is explained, or the aggregation is none of Clarify's.
    """
    how = check_aggregation(agg)
    if how not in CLARIFY_AGGREGATIONS:
        msg = f"Clarify knows no agg_method {agg!r}; choose: {', '.join(CLARIFY_AGGREGATIONS)}"
        raise InputError(msg)
    if not len(explanation):
        msg = "no row is explained, so there are no global values; explain at least one row"
        raise InputError(msg)
    found = aggregate(explanation.values, how)
    expected = np.mean(explanation.base_values, axis=0)
    labels = clarify_labels(len(explanation.outputs), label_headers)
    return {
        label: {
            "global_shap_values": {
                player: float(found[j, place]) for j, player in enumerate(explanation.players)
            },
            "expected_value": float(expected[place]),
        }
        for place, label in enumerate(labels)
    }
