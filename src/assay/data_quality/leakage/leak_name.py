"""Columns named as if their value came with the outcome."""

from assay.data_quality.leakage.check import About, Check
from assay.data_quality.leakage.identifiers import words_of
from assay.data_quality.leakage.tables import LeakTables
from assay.result import Finding

ABOUT = About("leak_name", "Names that sound like the outcome")
TOKENS = frozenset(
    """outcome result status closed refund refunded cancel canceled cancelled cancellation paid
    churn churned label target y pred predicted prediction""".split()  # noqa: SIM905 - read as words
)
TELLS = 0.3
ALREADY = 0.75
"""Skill from which `leak_target` has looked at the column."""


def check_leak_name(tables: LeakTables) -> Check:
    """Look for features named like an outcome that tell something of the label.

    A word of the name is among `TOKENS`, and the normalised skill is 0.3 or more: info. Columns
    that `leak_target` weighs (0.75 or more) are left to it.
    """
    if tables.truth is None:
        return ABOUT.not_run("no label was named", "--label COLUMN")
    if tables.truth.reason:
        return ABOUT.not_judged(tables.truth.reason)
    found = [
        _finding(name, sorted(words_of(name) & TOKENS), skill.value)
        for name, skill in tables.skills.items()
        if words_of(name) & TOKENS and TELLS <= skill.value < ALREADY
    ]
    return ABOUT.found(*found, sampled=tables.learned.sampled)


def _finding(name: str, words: list[str], skill: float) -> Finding:
    return Finding(
        rule="leak_name",
        severity="info",
        message=(
            f"The column {name!r} is named like an outcome, and tells some of the label "
            f"(skill {skill:.2f} of 1)."
        ),
        where={"columns": [name]},
        evidence={"words": list(words), "skill": skill},
        cause="Such columns are often filled in after the outcome.",
        advice=f"Ask when its value is known; if after the label, leave it out (--ignore {name}).",
    )
