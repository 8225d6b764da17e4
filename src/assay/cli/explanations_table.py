"""results.json in; what moves the scores, as lines of text, out."""

from collections.abc import Mapping, Sequence
from typing import Any

from assay.cli.stored_numbers import value_and_interval
from assay.plain_text.aligned import aligned
from assay.plain_text.hidden import visible
from assay.reports.format import number

MAX_PLAYERS = 20
MAX_ROWS = 5
MAX_UNITS = 8


def explanations_table(results: Mapping[str, Any]) -> str:
    """Lay out explanations for a terminal: the importance of each column, then single rows.

    Parameters
    ----------
    results : mapping
        The content of results.json.

    Returns
    -------
    str
        Without a newline at the end; says so where nothing was explained.

    Examples
    --------
    >>> explanations_table({"sections": {}})
    'nothing was explained'
    """
    found = results["sections"].get("explanations", {})
    left_out = [
        f"left out: {visible(each['title'])}: {visible(each['reason'])}"
        for each in found.get("left_out", ())
    ]
    if found.get("text"):
        return "\n\n".join(_texts(found["text"]))
    if not found.get("explained"):
        return "\n".join(["nothing was explained", *left_out])
    parts = [_told(found["explained"])]
    importances = found["importance"]["importances"]
    several = found["explained"]["n_rows"] > 1
    for output in found["explained"]["outputs"] if several else ():
        parts.append(_importance(output, [e for e in importances if e["output"] == output]))
    shown = [each for each in found["rows"] if each["asked"] or not several]
    parts += [_row(each) for each in shown[:MAX_ROWS]]
    if found.get("counterfactuals"):
        parts.append(_flips(found["counterfactuals"]))
    return "\n\n".join([*parts, *(["\n".join(left_out)] if left_out else [])])


def _texts(text: Mapping[str, Any]) -> list[str]:
    """Lay out explained texts: the words that matter over all, then each text's own."""
    output = text["outputs"][0]
    parts = [f"{visible(text['which'])} explained; scale: {text['output']}"]
    pooled = [each for each in text["global_tokens"] if each["output"] == output]
    if pooled:
        rows = [["", "times", "mean", "mean size"]]
        rows += [
            [visible(e["token"]), number(e["count"]), f"{e['mean']:+.4g}", f"{e['mean_abs']:.4g}"]
            for e in pooled[:MAX_PLAYERS]
        ]
        parts.append(
            "\n".join(
                [f"words that move the score of {visible(output)}", *aligned(rows, numbers=True)]
            )
        )
    for row in text["rows"][:MAX_ROWS]:
        units = sorted(row["units"], key=lambda unit: -abs(unit["values"][0]))[:MAX_UNITS]
        head = (
            f"row {row['row']:,}: score of {visible(output)} {number(row['prediction'][0])}, "
            f"without the text {number(row['base'][0])}"
        )
        lines = [["", "adds", "standard error"]]
        lines += [
            [visible(u["text"]), f"{u['values'][0]:+.4g}", f"{u['standard_errors'][0]:.2g}"]
            for u in units
        ]
        parts.append("\n".join([head, *aligned(lines, numbers=True)]))
    return parts


def _told(explained: Mapping[str, Any]) -> str:
    background = explained["background"]
    against = "the shares of the train rows in each branch"
    if background is not None:
        against = visible(background["told"])
    rows = "1 row" if explained["n_rows"] == 1 else f"{number(explained['n_rows'])} rows"
    return (
        f"{rows} explained ({visible(explained['method'])}) against {against}; scale: "
        f"{explained['output']}{_precision(explained)}"
    )


def _precision(explained: Mapping[str, Any]) -> str:
    """Say how large the errors of sampled attributions are, and what was not reached."""
    errors = explained.get("standard_error")
    if errors is None:
        return ""
    told = (
        f"\nstandard errors of a row's attributions: {number(errors['median'])} in the middle, "
        f"at most {number(errors['largest'])}"
    )
    left = explained["n_rows"] - explained["converged"]
    if not left:
        return told
    rows = "1 row" if left == 1 else f"{number(left)} rows"
    return f"{told}; {rows} did not reach --tolerance within --calls"


def _flips(found: Mapping[str, Any]) -> str:
    """Lay out the changes that flip answers, or why there are none."""
    lines: list[str] = []
    for row in found["rows"]:
        lines.append(f"row {row['row']:,}, to reach {visible(row['goal'])}:")
        for made in row["alternatives"]:
            changes = "; ".join(
                f"{visible(each['column'])} from {_cell(each['before'])} to {_cell(each['after'])}"
                for each in made["changes"]
            )
            scores = ", ".join(number(score) for score in made["scores"].values())
            lines.append(f"  {changes} (score {scores})")
        if row["reason"] is not None:
            lines.append(f"  {visible(row['reason'])}")
    return "\n".join(["changes that flip the answer", *lines])


def _cell(value: object) -> str:
    return "missing" if value is None else visible(str(value))


def _importance(output: str, importances: Sequence[Mapping[str, Any]]) -> str:
    rows = [["", "importance", "95%", "share", "rank"]]
    for each in importances[:MAX_PLAYERS]:
        estimate = each["importance"]
        value, interval = value_and_interval(estimate)
        low, high = each["rank_low"], each["rank_high"]
        share = "" if each["share"] is None else f"{each['share']:.1%}"
        ranks = f"{low}" if low == high else f"{low} to {high}"
        rows.append([visible(each["player"]), value, interval, share, ranks])
    rows[0][2] = f"{importances[0]['importance']['level']:.0%} interval" if importances else ""
    more = len(importances) - MAX_PLAYERS
    end = [f"… and {more} more"] if more > 0 else []
    return "\n".join([f"score of {visible(output)}", *aligned(rows, numbers=True), *end])


def _row(row: Mapping[str, Any]) -> str:
    head = (
        f"row {row['row']:,}: score of {visible(row['output'])} {number(row['prediction'])}, "
        f"background {number(row['base'])}"
    )
    lines = [["", "value", "adds", "standard error"]]
    for each in row["players"][:MAX_PLAYERS]:
        error = each["standard_error"]
        lines.append(
            [
                visible(each["player"]),
                visible(each["data_value"]),
                f"{each['value']:+.4g}",
                "" if not error else f"{error:.2g}",
            ]
        )
    return "\n".join([head, *aligned(lines, numbers=True)])
