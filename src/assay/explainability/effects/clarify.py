"""Effects of columns as entries of the `pdp` list of Clarify's analysis.json."""

from collections.abc import Callable, Sequence
from typing import Any

from assay.errors import InputError
from assay.explainability.effects.dependence import Dependence
from assay.explainability.effects.measure import measure_dependence
from assay.explainability.effects.reading import read_column
from assay.explainability.effects.table import EffectTable
from assay.result import Json

RESOLUTION = 15
NUMERICAL_ABOVE = 20
"""Integer columns with more distinct values are numbers, others categories."""


def measure_pdp(
    model: Any,  # noqa: ANN401  as `measure_dependence` takes it
    X: Any,  # noqa: ANN401
    feature: str | int,
    *,
    grid_resolution: int = RESOLUTION,
    category: bool | None = None,
    output: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> Dependence:
    """Measure a partial dependence as Clarify does: all rows, the middles of equal buckets.

    Parameters
    ----------
    model, X, feature, output, progress
        As in `measure_dependence`.
    grid_resolution : int
        Buckets of a column of numbers.
    category : bool or None
        Whether a column of numbers is one of categories; None: whole numbers of at most 20
        different values, and two-valued columns, are.

    Returns
    -------
    Dependence
        Categories in the order in which they are first seen, all of them; missing values are no
        point of the grid.
    """
    table = EffectTable.of(X)
    place = table.place(feature)
    as_category = _is_category(table, place) if category is None else category
    return measure_dependence(
        model,
        X,
        place,
        grid="buckets",
        resolution=grid_resolution,
        output=output,
        rows=None,
        ice=False,
        max_levels=None,
        missing=False,
        scale="category" if as_category else None,
        progress=progress,
    )


def _is_category(table: EffectTable, place: int) -> bool:
    reading = read_column(table, place)
    if reading.reason is not None or reading.scale != "number":
        return False
    n_values = reading.series.drop_nulls().n_unique()
    return n_values == 2 or (reading.integers and n_values <= NUMERICAL_ABOVE)


def pdp_entry(
    effect: Dependence, *, label_headers: Sequence[str] | None = None
) -> dict[str, Json]:
    """Return the entry of a partial dependence in Clarify's words.

    Parameters
    ----------
    effect : Dependence
        Of `measure_pdp`.
    label_headers : sequence of str or None
        Names of the scores; None gives label0, label1, ….

    Returns
    -------
    dict
        Keys feature_name, data_type, feature_values, model_predictions (a list for each score),
        data_distribution and label_headers; or feature_name, data_type and error.

    Raises
    ------
    InputError
        If it is no partial dependence, or there are not as many names as scores.

    Examples
    --------
    >>> import numpy as np
    >>> rows = np.array([[19.0], [75.0], [20.0], [47.0]])
    >>> effect = measure_pdp(lambda x: x[:, 0] / 100, rows, 0, grid_resolution=2)
    >>> entry = pdp_entry(effect)
    >>> entry["feature_values"], entry["data_distribution"]
    ([33.0, 61.0], [0.5, 0.5])
    """
    if effect.reason is not None:
        return {
            "feature_name": effect.feature,
            "data_type": "free_text" if "text" in effect.reason else "categorical",
            "error": effect.reason,
        }
    if effect.kind != "pdp":
        msg = f"{effect.feature!r} was measured as {effect.kind}; Clarify's list takes pdp alone"
        raise InputError(msg)
    n_labels = len(effect.outputs)
    names = [f"label{place}" for place in range(n_labels)]
    told = names if label_headers is None else list(label_headers)
    if len(told) != n_labels:
        msg = f"{len(told)} label headers were given for {n_labels} scores: {', '.join(told)}"
        raise InputError(msg)
    return {
        "feature_name": effect.feature,
        "data_type": "categorical" if effect.scale == "category" else "numerical",
        "feature_values": list(effect.grid),
        "model_predictions": effect.values.T.tolist(),
        "data_distribution": list(effect.shares),
        "label_headers": [*told],
    }
