"""What the checks found in; their part of the report out."""

from collections.abc import Mapping
from typing import Any, cast

from assay.data_quality.leakage.check import Check
from assay.data_quality.leakage.result import LeakageResult, severity_of
from assay.reports.format import number
from assay.reports.page import Block, Cell, Figure, Page, Paragraph, Table
from assay.result import SEVERITIES, Estimate

WORDS = {
    "clear": "nothing found",
    "not judged": "could not be judged",
    "not run": "not run",
}
SHOWN_SKILLS = 20


def leakage_page(result: LeakageResult) -> Page:
    """Lay out one line a check, then the numbers behind what was found.

    Parameters
    ----------
    result : LeakageResult

    Returns
    -------
    Page
        All its numbers are in ``result.to_dict()``.
    """
    blocks: list[Block] = [Paragraph(_opening(result)), _checks(result)]
    blocks += _unaffected(result)
    blocks += _doubts(result)
    if result.skills:
        blocks.append(_skills(result))
    return Page("leakage", "What flatters the numbers", tuple(blocks))


def _opening(result: LeakageResult) -> str:
    counted = dict.fromkeys(SEVERITIES, 0)
    for check in result.checks:
        worst = severity_of(check)
        if worst is not None:
            counted[worst] += 1
    looked = [check for check in result.checks if check.status in ("clear", "found")]
    errors, warnings = counted["error"], counted["warning"]
    if not errors and not warnings:
        said = "nothing that makes the numbers look better than they are"
    else:
        said = f"{errors} with an error and {warnings} with a warning"
    return f"{len(looked)} of {len(result.checks)} checks could be made: {said}."


def _checks(result: LeakageResult) -> Table:
    rows = tuple(
        (check.title, _verdict(check), _text(check), check.sampled or "all")
        for check in result.checks
        if check.status != "not run"
    )
    return Table("What was looked for", ("check", "result", "what was found", "rows read"), rows)


def _verdict(check: Check) -> str:
    return severity_of(check) or WORDS[check.status]


def _text(check: Check) -> str:
    return "" if check.said == WORDS["clear"] else check.said


def _unaffected(result: LeakageResult) -> list[Block]:
    rows: list[tuple[Cell, ...]] = []
    for check in result.checks:
        told = check.figures.get("unaffected")
        if isinstance(told, dict):
            values = cast("Mapping[str, Any]", told)
            whole, rest = values["all_rows"], values["other_rows"]
            rows.append(
                (
                    check.title,
                    str(values["title"]),
                    _estimate(whole),
                    _estimate(rest),
                    int(values["rows_left"]),
                )
            )
    if not rows:
        return []
    heads = ("check", "metric", "all judged rows", "without those found", "rows left")
    return [Table("The score without the rows that were found", heads, tuple(rows), bars=False)]


def _estimate(stored: Mapping[str, Any]) -> Estimate:
    return Estimate(**{**stored, "warnings": tuple(stored["warnings"])})


def _doubts(result: LeakageResult) -> list[Block]:
    for check in result.checks:
        listed = check.figures.get("first")
        if check.rule == "label_noise" and isinstance(listed, list):
            rows = tuple(
                (each["row"], each["label"], each["other"], number(each["probability"]))
                for each in cast("list[dict[str, Any]]", listed)
            )
            return [
                Table(
                    "Labels to look at first",
                    ("row", "label", "a model of other rows says", "with probability"),
                    rows,
                    folded=True,
                    note="Rows are counted from 0, in the order of the table.",
                )
            ]
    return []


def _skills(result: LeakageResult) -> Figure:
    best = sorted(result.skills.items(), key=lambda pair: -pair[1])[:SHOWN_SKILLS]
    name, value = best[0]
    rows = tuple((column, number(skill)) for column, skill in best)
    return Figure(
        title="How well each column alone tells the label",
        alternative=f"The best single column is {name}, with a skill of {number(value)} of 1.",
        chart=result.plot(),
        table=Table("Skill of single columns", ("column", "skill"), rows),
        caption="From 0 (nothing) to 1 (the label itself), by cross-validation: 2·AUC - 1, or R².",
    )
