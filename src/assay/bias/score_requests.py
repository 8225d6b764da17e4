"""A facet in, the tables of scores and numbers that the scan has to make for it out; and back."""

from collections.abc import Mapping
from typing import TypedDict

import narwhals as nw

from assay.bias.cells import KEY
from assay.bias.facet import Facet
from assay.bias.group_numbers import GroupNumbers, group_numbers
from assay.bias.group_scores import GroupScores, group_scores
from assay.bias.outcomes import Outcomes
from assay.data.engines.protocol import Table
from assay.data.requests import GroupMomentsRequest, GroupScoresRequest, Request
from assay.tables.group_moments import GroupMoments
from assay.tables.group_scores import GroupScoreTable

SCORES, PROBABILITIES = "scores", "probabilities"
NUMBERS, PREDICTIONS, ERRORS = "numbers", "predicted_numbers", "number_errors"


class _Shared(TypedDict):
    weight: str | None
    unit: str | None
    unit_kind: str
    where: nw.Expr | None
    by: Mapping[str, nw.Expr]


def score_requests(
    facet: Facet,
    outcomes: Outcomes,
    *,
    weight: str | None = None,
    unit: str | None = None,
    unit_kind: str = "group",
    where: nw.Expr | None = None,
) -> dict[str, Request]:
    """Return the tables of scores and of numbers by group, where there are any.

    Parameters
    ----------
    facet : Facet
    outcomes : Outcomes
        Facets that are asked for with the same object share the search for the bins of their
        rows.
    weight, unit, unit_kind, where
        As in `Request`.

    Returns
    -------
    dict of str to Request
        "scores" or, where they may be read so, "probabilities" (by group and label); "numbers"
        (sums of true and predicted numbers), "predicted_numbers" and "number_errors" (their
        values, for quantiles): those that the outcomes give.

    Examples
    --------
    >>> facet = Facet(name="sex", columns=("sex",), how="values", keys=(nw.col("sex"),),
    ...               key_groups=({},), groups=("f", "m"), places={("f",): 0, ("m",): 1},
    ...               reported=(0, 1))
    >>> outcomes = Outcomes(task="regression", positive="", actual_number=nw.col("y"),
    ...                     predicted_number=nw.col("p"))
    >>> list(score_requests(facet, outcomes))
    ['numbers', 'predicted_numbers', 'number_errors']
    """
    shared: _Shared = {
        "by": {KEY(place): key for place, key in enumerate(facet.keys)},
        "weight": weight,
        "unit": unit,
        "unit_kind": unit_kind,
        "where": where,
    }
    requests: dict[str, Request] = {}
    if outcomes.score is not None:
        name = PROBABILITIES if outcomes.as_probabilities else SCORES
        requests[name] = GroupScoresRequest(
            score=outcomes.score, positive=outcomes.label_is_positive, **shared
        )
    terms = outcomes.number_terms
    if terms:
        requests[NUMBERS] = GroupMomentsRequest(quantities=terms, **shared)
    for name, term in ((PREDICTIONS, "prediction"), (ERRORS, "error")):
        if term in terms:
            requests[name] = GroupScoresRequest(score=terms[term], **shared)
    return requests


def read_score_tables(
    facet: Facet, tables: Mapping[str, Table]
) -> tuple[GroupScores | None, GroupNumbers | None]:
    """Give the rows of these tables their groups.

    Parameters
    ----------
    facet : Facet
    tables : mapping of str to Table
        By the names of `score_requests`; others are passed over.

    Returns
    -------
    GroupScores or None, GroupNumbers or None
        None where there was nothing to ask for.
    """
    scores = None
    for name in (SCORES, PROBABILITIES):
        table = tables.get(name)
        if isinstance(table, GroupScoreTable):
            scores = group_scores(facet, table, as_probabilities=name == PROBABILITIES)
    moments = tables.get(NUMBERS)
    if not isinstance(moments, GroupMoments):
        return scores, None
    values = {
        name: group_scores(facet, table)
        for name in (PREDICTIONS, ERRORS)
        if isinstance(table := tables.get(name), GroupScoreTable)
    }
    numbers = group_numbers(
        facet, moments, predictions=values.get(PREDICTIONS), errors=values.get(ERRORS)
    )
    return scores, numbers
