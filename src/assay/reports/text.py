"""Report content in, a short verdict for the terminal out."""

from textwrap import fill

from assay.plain_text.hidden import visible
from assay.reports.page import ReportContent
from assay.result import Finding

SHOWN = 5
WORDS = {"good": "GOOD", "caution": "CAUTION", "bad": "NOT GOOD", "unknown": "NO VERDICT"}


def verdict_text(content: ReportContent, *, width: int = 80, judged: bool = True) -> str:
    """Return headline, supporting sentences and the worst findings as plain text.

    Parameters
    ----------
    content : ReportContent
    width : int
        Columns of the terminal; lines are wrapped to it.
    judged : bool
        Whether a verdict was asked for; without, a missing one is not told.

    Returns
    -------
    str
        Without colours and without a newline at the end.

    Examples
    --------
    >>> from assay.reports.page import Verdict
    >>> verdict = Verdict("good", "The model beats the constant answer.")
    >>> print(verdict_text(ReportContent("r", "", verdict, (), (), (), (), "")))
    GOOD  The model beats the constant answer.
    <BLANKLINE>
    No findings.
    """
    verdict = content.verdict
    if not judged and verdict.level == "unknown":
        return "\n".join(_findings(content.findings, width))
    paragraphs = [
        _wrap(f"{WORDS[verdict.level]}  {visible(verdict.headline)}", width),
        *(_wrap(visible(sentence), width, indent="  ") for sentence in verdict.sentences),
        "",
        *_findings(content.findings, width),
    ]
    return "\n".join(paragraphs)


def _findings(findings: tuple[Finding, ...], width: int) -> list[str]:
    if not findings:
        return ["No findings."]
    lines = [f"Findings: {len(findings)}"]
    for finding in findings[:SHOWN]:
        lines.append(_wrap(f"  {finding.severity}: {visible(finding.message)}", width, "    "))
        if finding.advice:
            lines.append(_wrap(f"    {visible(finding.advice)}", width, "    "))
    if len(findings) > SHOWN:
        lines.append(f"  … and {len(findings) - SHOWN} more in the report")
    return lines


def _wrap(text: str, width: int, indent: str = "") -> str:
    first = indent if not text.startswith(" ") else ""
    return fill(
        text,
        width=max(width, 20),
        initial_indent=first,
        subsequent_indent=indent or "  ",
        break_on_hyphens=False,
    )
