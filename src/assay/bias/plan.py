"""What is asked in; the tables that the single scan has to make out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import narwhals as nw

from assay.bias.associations import association_requests
from assay.bias.cells import KEY, LABEL, PREDICTION, STRATUM
from assay.bias.facet import Facet, FacetSpec
from assay.bias.facet_text import parse_facet
from assay.bias.outcomes import Outcomes
from assay.bias.resolve import resolve_facets
from assay.bias.result import LeftOut
from assay.bias.score_requests import score_requests
from assay.bias.settings import BiasSettings
from assay.data.dataset import Dataset
from assay.data.engines.protocol import Table
from assay.data.requests import CubeRequest, Request
from assay.data.shared_request import Shared, SharedFields
from assay.errors import ColumnNotFoundError, InputError
from assay.result import Finding

MAX_CELLS = 100_000


@dataclass(frozen=True, kw_only=True, eq=False)
class BiasPlan:
    """What is to be measured, and the tables that it needs.

    Parameters
    ----------
    data : Dataset
        Scan this one: it has a column of units where groups or times were declared.
    outcomes : Outcomes
    facets : tuple of Facet
    requests : mapping of str to Request
        Under ``<number of the facet>/<table>``.
    settings : BiasSettings
    group_variable : str or None
    left_out : tuple of LeftOut
        Facets that cannot be looked at, with the reason.
    findings : tuple of Finding
        What was noticed while the facets were settled.
    """

    data: Dataset
    outcomes: Outcomes
    facets: tuple[Facet, ...]
    requests: Mapping[str, Request]
    settings: BiasSettings
    group_variable: str | None = None
    left_out: tuple[LeftOut, ...] = ()
    findings: tuple[Finding, ...] = field(default=())

    def on(self, data: Dataset) -> "BiasPlan":
        """Return the same plan, with the same groups, for other rows of the same columns."""
        return replace(self, data=data.with_units(), left_out=(), findings=())

    def tables_of(self, number: int, tables: Mapping[str, Table]) -> dict[str, Table]:
        """Return the tables of one facet under their own names, of all that were made."""
        prefix = f"{number}/"
        return {
            name.removeprefix(prefix): table
            for name, table in tables.items()
            if name.startswith(prefix)
        }


def plan_bias(
    data: Dataset,
    outcomes: Outcomes,
    facets: Sequence[str | FacetSpec],
    *,
    settings: BiasSettings | None = None,
    group_variable: str | None = None,
) -> BiasPlan:
    """Settle the facets on the rows and say what the scan has to make.

    Parameters
    ----------
    data : Dataset
    outcomes : Outcomes
        What is the label, the prediction and the score.
    facets : sequence of str or FacetSpec
        As texts: see `parse_facet`.
    settings : BiasSettings or None
    group_variable : str or None
        Column of subgroups for the conditional metrics.

    Returns
    -------
    BiasPlan
        Scan ``plan.data`` with ``plan.requests``, then `build_bias`.

    Raises
    ------
    InputError
        If a facet or a column cannot be used; nothing was computed.
    """
    told = settings or BiasSettings()
    names = data.schema.names
    if not facets:
        msg = "no facet was named; say whose groups are compared, for example --facet sex"
        raise InputError(msg)
    _check_group_variable(data, group_variable)
    specs = [parse_facet(each, names) if isinstance(each, str) else each for each in facets]
    data = data.with_units()
    settled = resolve_facets(specs, data, bins=told.bins, keep_missing=told.keep_missing)
    shared = Shared.of(data).fields
    requests: dict[str, Request] = {}
    for number, facet in enumerate(settled.facets):
        for name, request in _requests(facet, outcomes, group_variable, shared).items():
            requests[f"{number}/{name}"] = request
    return BiasPlan(
        data=data,
        outcomes=outcomes,
        facets=settled.facets,
        requests=requests,
        settings=told,
        group_variable=group_variable,
        left_out=settled.left_out,
        findings=settled.findings,
    )


def _requests(
    facet: Facet, outcomes: Outcomes, group_variable: str | None, shared: SharedFields
) -> dict[str, Request]:
    """Return the tables of one facet."""
    by = {KEY(place): key for place, key in enumerate(facet.keys)}
    answers = {LABEL: outcomes.label, PREDICTION: outcomes.prediction}
    by |= {name: key for name, key in answers.items() if key is not None}
    requests: dict[str, Request] = {"cells": CubeRequest(by=by, max_cells=MAX_CELLS, **shared)}
    if group_variable is not None and outcomes.label is not None:
        strata = {**by, STRATUM: nw.col(group_variable)}
        requests["strata"] = CubeRequest(by=strata, max_cells=MAX_CELLS, **shared)
    requests |= score_requests(facet, outcomes, **shared)
    return requests | association_requests(facet, outcomes, **shared)


def _check_group_variable(data: Dataset, name: str | None) -> None:
    schema = data.schema
    if name is None:
        return
    if name not in schema.names:
        raise ColumnNotFoundError([name], schema.names)
    if name in (*schema.labels, *schema.predictions):
        msg = (
            f"the group variable {name!r} is the {schema[name].role}; within its values there is "
            "nothing left to compare: name another column"
        )
        raise InputError(msg)
