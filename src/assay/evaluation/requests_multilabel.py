"""Rows with many labels to be judged in, the tables that they need out."""

from typing import TYPE_CHECKING

import narwhals as nw

from assay.data.requests import (
    MAX_EXACT_ROWS,
    CubeRequest,
    MomentsRequest,
    Request,
    ScoreTableRequest,
    UnitSumsRequest,
)
from assay.data.shared_request import Shared, SharedFields
from assay.evaluation.label_columns import LabelColumns
from assay.evaluation.label_rows import (
    BUNCH,
    GIVEN,
    RIGHT,
    TRUE,
    given_name,
    rank_name,
    true_name,
)
from assay.metrics.multilabel.quantities import RANKS

if TYPE_CHECKING:
    from assay.data.schema import Schema

MAX_RANKED_LABELS = 100
MAX_PAIRED_LABELS = 20


def label_requests(
    schema: "Schema", columns: LabelColumns, *, n_rows: int, shared: Shared
) -> dict[str, Request]:
    """Return the requests for rows that may have many labels.

    Parameters
    ----------
    schema : Schema
        Of what `with_label_rows` returns.
    columns : LabelColumns
    n_rows : int
    shared : Shared
        Weight and unit, the same for every table.

    Returns
    -------
    dict of str to Request
        "label:<i>" (Cube of label number i and whether it is given; without answers of the label
        alone), and with answers "label_matches" (Cube of whether all labels of a row are right),
        "label_answers" (Moments), "label_sums" (UnitSums), "label_errors" (Moments, for the pairs
        of up to 20 labels). With scores "label_ranks" (Moments) and, for up to 100 labels,
        "scores:<i>" (ScoreTable).
    """
    names, fields = columns.names, shared.fields
    answered = RIGHT in schema.names
    requests: dict[str, Request] = {}
    for at in range(len(names)):
        true = nw.col(true_name(at))
        given = nw.col(given_name(at)) if answered else true
        requests[f"label:{at}"] = CubeRequest(by={"label": true, "prediction": given}, **fields)
    if answered:
        requests |= _answers(names, shared)
    if columns.scores:
        ranks = {name: nw.col(rank_name(name)) for name in RANKS}
        requests["label_ranks"] = MomentsRequest(quantities=ranks, **fields)
        requests |= _ranked(columns, n_rows, fields)
    return requests


def _answers(names: tuple[str, ...], shared: Shared) -> dict[str, Request]:
    """Return the tables of what the given labels of each row score, and of all labels at once."""
    fields = shared.fields
    right, true, given = (nw.col(name).cast(nw.Float64) for name in (RIGHT, TRUE, GIVEN))
    either, zero, one = true + given - right, nw.lit(0.0), nw.lit(1.0)
    wrong = either - right
    empty = nw.when(either == 0).then(one).otherwise(zero)
    quantities = {
        "hamming_loss": wrong / len(names),
        "jaccard": nw.when(either == 0).then(one).otherwise(right / either),
        "f1": nw.when(either == 0).then(one).otherwise(2 * right / (true + given)),
        "empty": empty,
    }
    matches = {"label": wrong >= 0, "prediction": wrong == 0}
    requests: dict[str, Request] = {
        "label_matches": CubeRequest(by=matches, **fields),
        "label_answers": MomentsRequest(quantities=quantities, **fields),
        "label_sums": _sums(len(names), shared),
    }
    if len(names) <= MAX_PAIRED_LABELS:
        errors = {name: _is_wrong(at).cast(nw.Float64) for at, name in enumerate(names)}
        requests["label_errors"] = MomentsRequest(quantities=errors, **fields)
    return requests


def _sums(n_labels: int, shared: Shared) -> UnitSumsRequest:
    true = [nw.col(true_name(at)) for at in range(n_labels)]
    given = [nw.col(given_name(at)) for at in range(n_labels)]
    both = [one & other for one, other in zip(true, given, strict=True)]
    parts = {"right": both, "true": true, "given": given}
    quantities = {f"{what}:{at}": e for what, part in parts.items() for at, e in enumerate(part)}
    return UnitSumsRequest(
        quantities=quantities,
        weight=shared.weight,
        unit=shared.unit or BUNCH,
        unit_kind=shared.unit_kind if shared.unit else "row",
    )


def _is_wrong(at: int) -> nw.Expr:
    return nw.col(true_name(at)) != nw.col(given_name(at))


def _ranked(columns: LabelColumns, n_rows: int, fields: SharedFields) -> dict[str, Request]:
    """Return a table of scores a label; of few rows they show how labels vary together."""
    scores = columns.scores
    if len(scores) > MAX_RANKED_LABELS:
        return {}
    return {
        f"scores:{at}": ScoreTableRequest(
            score=nw.col(name).cast(nw.Float64),
            positive=nw.col(true_name(at)),
            max_exact=MAX_EXACT_ROWS // len(scores),
            keep_rows=n_rows * len(scores) <= MAX_EXACT_ROWS,
            **fields,
        )
        for at, name in enumerate(scores)
    }
