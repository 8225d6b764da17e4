"""One cell of a report: a metric's code, what it is called, and its value or error."""

from collections.abc import Callable
from math import inf

from assay.bias.compat.counts import Comparison
from assay.bias.compat.failing import MetricFailure
from assay.result import Json

DESCRIPTIONS = {
    "AD": "Accuracy Difference (AD)",
    "CDDL": "Conditional Demographic Disparity in Labels (CDDL)",
    "CDDPL": "Conditional Demographic Disparity in Predicted Labels (CDDPL)",
    "CI": "Class Imbalance (CI)",
    "DAR": "Difference in Acceptance Rates (DAR)",
    "DCA": "Difference in Conditional Acceptance (DCA)",
    "DCR": "Difference in Conditional Rejection (DCR)",
    "DI": "Disparate Impact (DI)",
    "DPL": "Difference in Positive Proportions in Labels (DPL)",
    "DPPL": "Difference in Positive Proportions in Predicted Labels (DPPL)",
    "DRR": "Difference in Rejection Rates (DRR)",
    "FT": "Flip Test (FT)",
    "GE": "Generalized Entropy (GE)",
    "JS": "Jensen-Shannon Divergence (JS)",
    "KL": "Kullback-Liebler Divergence (KL)",  # as the original spells it
    "KS": "Kolmogorov-Smirnov Distance (KS)",
    "LP": "L-p Norm (LP)",
    "RD": "Recall Difference (RD)",
    "SD": "Specificity Difference (SD)",
    "TE": "Treatment Equality (TE)",
    "TVD": "Total Variation Distance (TVD)",
}
OF_ALL_ROWS = ("GE",)
"""Metrics that do not look at the facet, so that an empty one is nothing to them."""
SPELLED = {inf: "Infinity", -inf: "-Infinity"}


def json_number(value: float | None) -> float | str | None:
    """Return a value as the file has it: what is infinite is a text.

    Examples
    --------
    >>> json_number(float("-inf")), json_number(0.5)
    ('-Infinity', 0.5)
    """
    return value if value is None else SPELLED.get(value, value)


def metric_cell(
    code: str,
    function: Callable[[Comparison], float],
    of: Comparison,
    *,
    broken: str | None = None,
) -> dict[str, Json]:
    """Compute one cell; where that fails, its value is null and its error says why.

    Parameters
    ----------
    code : str
    function : callable
    of : Comparison
    broken : str or None
        Why no metric of this report can be computed.

    Examples
    --------
    >>> from assay.bias.compat.counts import Confusion
    >>> from assay.bias.compat.pre_training import class_imbalance
    >>> rows = Comparison(d=Confusion(0, 0, 0, 0), a=Confusion(0, 0, 4, 6))
    >>> metric_cell("CI", class_imbalance, rows)["error"]
    'CI: Facet set is empty'
    """
    cell: dict[str, Json] = {"name": code, "description": DESCRIPTIONS[code]}
    try:
        if code not in OF_ALL_ROWS:
            _check_groups(code, of)
        if broken is not None:
            raise MetricFailure(broken)
        return {**cell, "value": json_number(function(of))}
    except MetricFailure as failure:
        return {**cell, "value": None, "error": str(failure)}


def _check_groups(code: str, of: Comparison) -> None:
    prefix = "CI: " if code == "CI" else ""
    if of.d.n == 0:
        raise MetricFailure(f"{prefix}Facet set is empty")  # noqa: EM102 - the original's words
    if of.a.n == 0:
        raise MetricFailure(f"{prefix}Negated facet set is empty")  # noqa: EM102
