"""Rows in, counts for each reported group out."""

from dataclasses import dataclass
from functools import partial
from typing import cast

import narwhals as nw

from assay.bias.compat.counts import Confusion
from assay.bias.compat.facts import Rows, open_rows, read_facts
from assay.bias.compat.flip import FlipRows, TooManyRows, read_flip_rows
from assay.bias.compat.groups import (
    LABEL,
    PREDICTED,
    STRATUM,
    VALUE,
    FlipsOf,
    ReportedGroup,
    report_groups,
)
from assay.bias.compat.kinds import ColumnFacts, in_the_type_of, settle_kind
from assay.bias.compat.outcome import OutcomeRows, settle_outcomes
from assay.bias.compat.request import CompatFacet, CompatRequest
from assay.bias.compat.selecting import column_value, select_rows, threshold_needed
from assay.data.dataset import Dataset
from assay.data.requests import CubeRequest, Request
from assay.data.sources.source import HELPER_PREFIX
from assay.tables.cube import Cube

NO_FEATURES = ("label", "prediction", "score")


@dataclass(frozen=True, kw_only=True, eq=False)
class CompatTables:
    """All that the reports are made from.

    Parameters
    ----------
    request : CompatRequest
    outcomes : OutcomeRows
    facets : tuple of (str, tuple of ReportedGroup)
        In the order asked for.
    classes : Cube or None
        Rows by "label" and "predicted" as they are; None for a continuous label.
    """

    request: CompatRequest
    outcomes: OutcomeRows
    facets: tuple[tuple[str, tuple[ReportedGroup, ...]], ...]
    classes: Cube | None = None

    @property
    def whole(self) -> Confusion:
        """All rows."""
        return self.facets[0][1][0].rows.whole


@dataclass(frozen=True, kw_only=True, eq=False)
class FacetKey:
    """What a facet's rows are grouped by.

    Parameters
    ----------
    column : str
    key : narwhals.Expr
        The value, or whether the row is chosen.
    text : str or None
        Of the one reported group; None reports each value.
    """

    column: str
    key: nw.Expr
    text: str | None


def read_tables(
    dataset: Dataset,
    request: CompatRequest,
    *,
    flips: bool = True,
    max_flip_rows: int | None = None,
) -> CompatTables:
    """Count the rows: one scan for what decides kinds, one for the counts.

    Parameters
    ----------
    dataset : Dataset
    request : CompatRequest
    flips : bool
        Whether the flip test's rows are read as well: all of them, 8 bytes for each value.
    max_flip_rows : int or None
        Where there are more rows they are not read; None always reads them.

    Raises
    ------
    InputError
        For what makes the original refuse the whole report: a column that is not there, a
        continuous facet without threshold, labels and predictions of different types.
    """
    rows, prediction = open_rows(dataset, request.prediction)
    strata = [] if request.group_variable is None else [request.group_variable]
    rows.require([request.label, *strata, *(facet.column for facet in request.facets)])
    asked = [(request.label, request.positive)]
    asked += [(facet.column, facet.values) for facet in request.facets]
    asked += [] if prediction is None else [(prediction, request.positive)]
    facts, hits = read_facts(rows, asked)
    if prediction is not None and isinstance(request.prediction, nw.Expr):
        facts[prediction] = in_the_type_of(facts[prediction], facts[request.label])
    outcomes = settle_outcomes(
        request,
        facts[request.label],
        None if prediction is None else facts[prediction],
        label_matches=hits[0],
        prediction_matches=hits[-1],
    )
    keys = [
        _facet_key(facet, facts[facet.column], any_match=hits[at])
        for at, facet in enumerate(request.facets, start=1)
    ]
    cubes = rows.scan(_requests(rows, request, outcomes, keys, prediction))
    read = None
    if flips and outcomes.prediction is not None:
        n_rows = cast("Cube", cubes["facet:0"]).n_rows
        features = _features(dataset, request, prediction)
        facets = [(key.column, key.key) for key in keys]
        if max_flip_rows is not None and n_rows > max_flip_rows:
            read = TooManyRows(n_rows, max_flip_rows)
        else:
            read = read_flip_rows(rows, features, outcomes.prediction.rows, facets)
    return CompatTables(
        request=request,
        outcomes=outcomes,
        facets=tuple(
            (key.column, _groups(at, key, cast("Cube", cubes[f"facet:{at}"]), read))
            for at, key in enumerate(keys)
        ),
        classes=cast("Cube | None", cubes.get("classes")),
    )


def _facet_key(facet: CompatFacet, facts: ColumnFacts, *, any_match: bool) -> FacetKey:
    if facet.values:
        chosen = select_rows(facts, facet.values, any_match=any_match)
        return FacetKey(column=facet.column, key=chosen.rows, text=chosen.text)
    if settle_kind(facts, ()) == "continuous":
        raise threshold_needed(facts)
    return FacetKey(column=facet.column, key=column_value(facet.column, facts.storage), text=None)


def _features(dataset: Dataset, request: CompatRequest, prediction: str | None) -> tuple[str, ...]:
    if request.features is not None:
        return request.features
    return tuple(
        column.name
        for column in dataset.schema.columns
        if column.role not in NO_FEATURES
        and column.name not in (request.label, prediction)
        and not column.name.startswith(HELPER_PREFIX)
    )


def _requests(
    rows: Rows,
    request: CompatRequest,
    outcomes: OutcomeRows,
    keys: list[FacetKey],
    prediction: str | None,
) -> dict[str, Request]:
    by: dict[str, nw.Expr] = {LABEL: outcomes.label.rows}
    if outcomes.prediction is not None:
        by[PREDICTED] = outcomes.prediction.rows
    if request.group_variable is not None:
        name = request.group_variable
        by[STRATUM] = column_value(name, rows.columns[name].storage)
    made: dict[str, Request] = {
        f"facet:{at}": CubeRequest(by={VALUE: key.key, **by}, keep_all=True)
        for at, key in enumerate(keys)
    }
    if prediction is not None and outcomes.label.kind == "categorical":
        both = {LABEL: request.label, PREDICTED: prediction}
        made["classes"] = CubeRequest(
            by={name: column_value(c, rows.columns[c].storage) for name, c in both.items()},
            keep_all=True,
        )
    return made


def _groups(
    at: int, key: FacetKey, cube: Cube, read: FlipRows | TooManyRows | None
) -> tuple[ReportedGroup, ...]:
    flips: FlipsOf | None = None if read is None else partial(read.flips, at, key.column)
    return report_groups(cube, key.text, flips)
