"""The report of smclarify 0.5, cell by cell, in the shape of ``analysis.json``.

What the description of the original leaves open is settled here:

- Values of a facet are reported in ascending order, a missing one last.
- A missing label or prediction is not positive. A row without a value of the group variable
  counts in n and is in no subgroup.
- Listed values that cannot be converted to the type of the column match nothing; so do all where
  the first row of a text column lacks a value.
- An empty interval of labels fails every metric of the labels' report, with a message of ours;
  GE, which does not look at the facet, stands beside an empty one.
- KS fails where no outcome occurs in both groups; the sums over nothing are 0.
- The flip test's neighbours vote on whether the prediction is positive. Its columns are all of
  the dataset but label, prediction and score, unless `features` names them.
- Above five million rows distinct values are estimated; the kind of a column whose share of them
  is within a few per cent of 5 % may then differ.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

import narwhals as nw

from assay.bias.compat.cell import metric_cell
from assay.bias.compat.counts import Comparison
from assay.bias.compat.division import Divide, library_divide
from assay.bias.compat.groups import ReportedGroup
from assay.bias.compat.outcome import nobody_predicted
from assay.bias.compat.performance import (
    basic_statistics,
    binary_confusion_matrix,
    confusion_matrix,
    performance_metrics,
)
from assay.bias.compat.post_training import POST_TRAINING
from assay.bias.compat.pre_training import PRE_TRAINING
from assay.bias.compat.request import CompatRequest, FacetsAsked, as_facets, choose_methods
from assay.bias.compat.tables import CompatTables, read_tables
from assay.data.dataset import Dataset
from assay.errors import InputError
from assay.result import Json
from assay.tables.cube import Level

Codes = Sequence[str] | Literal["all"] | None
PRE_KEY, POST_KEY = "pre_training_bias_metrics", "post_training_bias_metrics"


def compat_report(
    dataset: Dataset,
    *,
    label: str,
    positive: Sequence[Level],
    facets: FacetsAsked,
    prediction: str | nw.Expr | None = None,
    predicted_positive: Sequence[Level] | None = None,
    group_variable: str | None = None,
    features: Sequence[str] | None = None,
    max_flip_rows: int | None = None,
    pre_training: Codes = "all",
    post_training: Codes = None,
) -> dict[str, Json]:
    """Compute bias metrics exactly as smclarify 0.5 does, its rules for columns included.

    Listed facet values are facet d. Weights are not used: the original knows none.

    Parameters
    ----------
    dataset : Dataset
    label : str
    positive : sequence
        Positive values of the label, or one threshold.
    facets : sequence of (str, sequence), mapping or sequence of CompatFacet
        Columns with their listed values or one threshold; none reports each value.
    prediction : str, narwhals.Expr or None
        The column of predicted labels; or what makes them as values of the label, which are then
        cast to its type, as the original casts a model's answers.
    predicted_positive : sequence or None
        Positive values of predictions, which must be those of the label; None says so.
    group_variable : str or None
        For CDDL and CDDPL.
    features : sequence of str or None
        Columns that the flip test looks at; the facet itself is always left out.
    max_flip_rows : int or None
        Where there are more rows the flip test is an entry with its reason; None always reads all
        rows, as the original does, and takes minutes from some 100,000 on.
    pre_training, post_training : "all", sequence of str or None
        Codes of the metrics; None leaves the section out.

    Returns
    -------
    dict
        ``pre_training_bias_metrics`` and ``post_training_bias_metrics``, those asked for; each
        with ``label``, ``label_value_or_threshold`` and ``facets``: column → list of
        ``value_or_threshold`` and ``metrics``.

    Raises
    ------
    InputError
        For what makes the original refuse the whole report: no positive values, a column that is
        not there, a continuous facet without threshold; after training also predictions of another
        type than the labels, other positive values, or no positive prediction.

    Examples
    --------
    >>> data = Dataset.read({"sex": ["f", "f", "m", "m"], "paid": ["y", "n", "y", "y"]})
    >>> found = compat_report(
    ...     data, label="paid", positive=["y"], facets={"sex": ["f"]}, pre_training=["DPL"]
    ... )
    >>> found["pre_training_bias_metrics"]["facets"]["sex"][0]["metrics"][0]["value"]
    0.5
    """
    pre = choose_methods(pre_training, list(PRE_TRAINING))
    post = choose_methods(post_training, list(POST_TRAINING))
    if post and prediction is None:
        msg = "metrics after training need predicted labels; name their column"
        raise InputError(msg)
    request = CompatRequest(
        label=label,
        positive=tuple(positive),
        facets=as_facets(facets),
        prediction=prediction,
        predicted_positive=None if predicted_positive is None else tuple(predicted_positive),
        group_variable=group_variable,
        features=None if features is None else tuple(features),
    )
    return report_sections(dataset, request, pre=pre, post=post, max_flip_rows=max_flip_rows)


def report_sections(
    dataset: Dataset,
    request: CompatRequest,
    *,
    pre: Sequence[str],
    post: Sequence[str],
    max_flip_rows: int | None = None,
) -> dict[str, Json]:
    """Compute the sections of a report; predictions are looked at for metrics of them alone.

    Parameters
    ----------
    dataset : Dataset
    request : CompatRequest
    pre, post : sequence of str
        Codes in the order of the report; () leaves the section out.
    max_flip_rows : int or None

    Raises
    ------
    InputError
        As `compat_report`.
    """
    if not post:
        request = replace(request, prediction=None)
    tables = read_tables(dataset, request, flips="FT" in post, max_flip_rows=max_flip_rows)
    made: dict[str, Json] = {}
    if pre:
        made[PRE_KEY] = pre_training_section(tables, pre)
    if post:
        made[POST_KEY] = post_training_section(tables, post)
    return made


def pre_training_section(tables: CompatTables, codes: Sequence[str]) -> dict[str, Json]:
    """Return the section on labels.

    Parameters
    ----------
    tables : CompatTables
    codes : sequence of str
        In the order of the report.
    """
    chosen, broken = tables.outcomes.label, None
    if chosen.kind == "continuous" and chosen.text == "":
        broken = f"Positive labels are empty: no label is above {tables.request.positive[0]}"
    metrics = {code: PRE_TRAINING[code] for code in codes}
    return _section(tables, chosen.text, lambda group: _entry(group, metrics, broken))


def post_training_section(tables: CompatTables, codes: Sequence[str]) -> dict[str, Json]:
    """Return the section on predictions.

    Raises
    ------
    InputError
        If no row is predicted positive.
    """
    if tables.whole.predicted_positives == 0:
        raise nobody_predicted(tables.request)
    metrics = {code: POST_TRAINING[code] for code in codes}
    text = tables.outcomes.label_text_with_predictions
    return _section(tables, text, lambda group: _entry(group, metrics))


def performance_report(
    dataset: Dataset,
    *,
    label: str,
    positive: Sequence[Level],
    facets: FacetsAsked,
    prediction: str | nw.Expr,
    divide: Divide = library_divide,
) -> dict[str, Json]:
    """Compute how well the model does on all rows, and what each reported group holds.

    Parameters
    ----------
    dataset : Dataset
    label : str
    positive : sequence
    facets : sequence of (str, sequence), mapping or sequence of CompatFacet
    prediction : str or narwhals.Expr
    divide : callable
        `library_divide` (0/0 is 0.0), or `textbook_divide` (0/0 is null, with an error).

    Returns
    -------
    dict
        ``label``, ``model_performance_metrics``, ``binary_confusion_matrix`` (fractions of TP,
        FP, FN, TN), ``confusion_matrix`` where labels are categorical, and ``facets``: column →
        list of ``value_or_threshold`` with `basic_statistics`.

    Raises
    ------
    InputError
        As `compat_report`, but for positive predictions, of which there may be none.
    """
    request = CompatRequest(
        label=label, positive=tuple(positive), facets=as_facets(facets), prediction=prediction
    )
    tables = read_tables(dataset, request, flips=False)
    whole = tables.whole
    made: dict[str, Json] = {
        "label": label,
        "model_performance_metrics": list[Json](performance_metrics(whole, divide=divide)),
        "binary_confusion_matrix": list[Json](binary_confusion_matrix(whole, whole.n)),
    }
    if tables.classes is not None:
        matrix = confusion_matrix(tables.classes)
        made["confusion_matrix"] = {name: dict[str, Json](row) for name, row in matrix.items()}
    made["facets"] = _by_facet(
        tables,
        lambda group: {
            "value_or_threshold": group.text,
            **basic_statistics(group.rows.d, whole.n),
        },
    )
    return made


def _section(
    tables: CompatTables, text: str, entry: Callable[[ReportedGroup], dict[str, Json]]
) -> dict[str, Json]:
    return {
        "label": tables.request.label,
        "label_value_or_threshold": text,
        "facets": _by_facet(tables, entry),
    }


def _by_facet(
    tables: CompatTables, entry: Callable[[ReportedGroup], dict[str, Json]]
) -> dict[str, Json]:
    """Return the entries of each column; one that is asked for twice has those of both."""
    made: dict[str, list[Json]] = {}
    for column, groups in tables.facets:
        made.setdefault(column, []).extend(entry(group) for group in groups)
    return dict[str, Json](made)


def _entry(
    group: ReportedGroup,
    metrics: dict[str, Callable[[Comparison], float]],
    broken: str | None = None,
) -> dict[str, Json]:
    cells = [
        metric_cell(code, function, group.rows, broken=broken)
        for code, function in metrics.items()
    ]
    return {"value_or_threshold": group.text, "metrics": list[Json](cells)}
