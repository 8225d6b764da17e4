"""The tables of a facet in; what scores and numbers say of each group by itself out."""

from functools import partial

import numpy as np

from assay.bias.number_differences import root_mean_square
from assay.bias.quantiles import quantile_of
from assay.bias.ranking import area_of
from assay.bias.side_numbers import Number
from assay.bias.split import FacetTables
from assay.result import Estimate

MEDIAN = 0.5


def group_estimates(tables: FacetTables, *, level: float = 0.95) -> dict[int, dict[str, Estimate]]:
    """Return for each group the numbers that its scores and its predicted numbers give.

    Parameters
    ----------
    tables : FacetTables
    level : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    dict
        Index of the group → name → estimate, of "auc", "mean_score", "calibration_gap" (mean of
        label less probability) and "brier", and of "mean_label", "mean_prediction",
        "median_prediction", "mean_error", "mae" and "rmse" those that there are.

    Examples
    --------
    >>> from assay.bias.from_rows import tables_of_rows
    >>> tables = tables_of_rows(["a", "d", "d"], score=[0.1, 0.25, 0.75])
    >>> group_estimates(tables)[1]["mean_score"].value
    0.5
    """
    numbers = {**_of_scores(tables), **_of_numbers(tables)}
    found: dict[int, dict[str, Estimate]] = {}
    for place, name in enumerate(tables.groups):
        inside = np.arange(len(tables.groups)) == place
        found[place] = {
            what: number(inside, name).estimate(level) for what, number in numbers.items()
        }
    return found


def _of_scores(tables: FacetTables) -> dict[str, Number]:
    scores = tables.scores
    if scores is None:
        return {}
    bounds = (0.0, 1.0) if scores.as_probabilities else (-np.inf, np.inf)
    numbers: dict[str, Number] = {}
    if scores.labelled:
        numbers["auc"] = partial(area_of, scores)
    numbers["mean_score"] = partial(scores.means.mean, "score", bounds=bounds)
    if scores.labelled and scores.as_probabilities:
        numbers["calibration_gap"] = partial(scores.means.mean, "gap", bounds=(-1.0, 1.0))
        numbers["brier"] = partial(scores.means.mean, "brier", bounds=bounds)
    return numbers


def _of_numbers(tables: FacetTables) -> dict[str, Number]:
    numbers = tables.numbers
    if numbers is None:
        return {}
    means = numbers.means
    found: dict[str, Number] = {
        f"mean_{name}": partial(means.mean, name)
        for name in ("label", "prediction", "error")
        if name in means.names
    }
    if numbers.predictions is not None:
        found["median_prediction"] = partial(quantile_of, numbers.predictions, MEDIAN)
    if "absolute_error" in means.names:
        found["mae"] = partial(means.mean, "absolute_error", bounds=(0.0, np.inf))
        found["rmse"] = partial(root_mean_square, numbers)
    return found
