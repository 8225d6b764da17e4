"""results.json in; the metrics with their intervals as lines of text, out."""

from collections.abc import Mapping
from typing import Any

from assay.cli.stored_numbers import value_and_interval
from assay.plain_text.hidden import visible
from assay.reports.format import number


def metrics_table(results: Mapping[str, Any]) -> str:
    """Lay out the metrics of an evaluation for a terminal: name, value, interval, rows.

    Parameters
    ----------
    results : mapping
        The content of results.json.

    Returns
    -------
    str
        Without a newline at the end; says so where nothing was evaluated.

    Examples
    --------
    >>> metrics_table({"sections": {}})
    'nothing was evaluated'
    """
    evaluation = results["sections"].get("evaluation", {})
    if "metrics" not in evaluation:
        return "nothing was evaluated"
    rows = [_row(metric) for metric in evaluation["metrics"]]
    widths = [max(len(row[place]) for row in rows) for place in range(3)]
    lines = [
        f"{name:<{widths[0]}}  {value:>{widths[1]}}  {interval:<{widths[2]}}  {about}".rstrip()
        for name, value, interval, about in rows
    ]
    return "\n".join(lines)


def _row(metric: Mapping[str, Any]) -> tuple[str, str, str, str]:
    of = metric["class"]
    name = metric["title"] if of is None else f"{metric['title']} ({visible(str(of))})"
    if metric["value"] is None:
        return name, "undefined", "", visible(metric["reason"] or "")
    value, interval = value_and_interval(metric)
    return name, value, interval, f"n {number(metric['n'])}" + _few(metric)


def _few(metric: Mapping[str, Any]) -> str:
    few = any(text.startswith("too few") for text in metric["warnings"])
    return ", too few" if few else ""
