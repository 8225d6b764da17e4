"""Whether a facet's column is a number to be cut, or categories; and why."""

from assay.bias.facet import FacetSpec
from assay.bias.resolve_columns import ColumnValues

MANY_VALUES = 20
"""A number with more distinct values than this is continuous."""


def is_continuous(spec: FacetSpec, values: ColumnValues) -> tuple[bool, str]:
    """Decide by a declared kind, else by the values; return the decision and its reason.

    Truth values, text and columns of two values are categories. A number with more than 20
    distinct values, and with one listed threshold or none, is continuous. Anything else is
    categories, and so is a column whose values were listed to be matched.

    Parameters
    ----------
    spec : FacetSpec
    values : ColumnValues

    Returns
    -------
    (bool, str)
    """
    if spec.values and not spec.or_threshold:
        return False, "values were listed"
    if spec.values and threshold_of(spec) is None:
        return False, f"{len(spec.values)} values were listed"
    if not values.is_number:
        words = {"bool": "true or false", "utf8": "text", "time": "dates or times"}
        return False, words.get(values.column.storage, "no numbers")
    kind, declared = values.column.kind, values.column.why == "declared"
    if declared and kind in ("continuous", "time"):
        return True, f"declared {kind}"
    if declared:
        return False, f"declared {kind}"
    n = values.n_distinct
    if n <= MANY_VALUES:
        return False, f"a number of {n} distinct values: up to {MANY_VALUES} are categories"
    return True, f"a number of more than {MANY_VALUES} distinct values is continuous"


def threshold_of(spec: FacetSpec) -> float | None:
    """Return the one listed value as a number, where it is one; else None.

    Examples
    --------
    >>> threshold_of(FacetSpec(column="age", values=("40",)))
    40.0
    """
    if len(spec.values) != 1 or isinstance(spec.values[0], bool):
        return None
    try:
        number = float(str(spec.values[0]))
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None
