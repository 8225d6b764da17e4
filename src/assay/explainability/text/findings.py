"""What a reader of explained texts should know."""

from typing import TYPE_CHECKING

from assay.result import Finding

if TYPE_CHECKING:
    from assay.explainability.text.explanation import TextExplanation


def without_units(made: "TextExplanation") -> Finding | None:
    """Say which texts hold nothing that could be switched off."""
    bare = [each.row for each in made.rows if not each.units]
    if not bare:
        return None
    return Finding(
        rule="text_without_units",
        severity="info",
        message=f"{len(bare):,} of {len(made):,} texts hold no unit to switch off; their score is "
        "the base value.",
        where={"columns": [made.column], "row": bare[0]},
        evidence={"n": len(bare)},
        cause="They are empty, or hold only spaces and punctuation.",
        advice="Leave them out, or ask whether the model should have answered at all.",
    )


def imprecise(made: "TextExplanation") -> Finding | None:
    """Say how many texts did not reach the wanted precision."""
    left = [each.row for each in made.rows if not each.converged]
    if not left:
        return None
    return Finding(
        rule="text_values_imprecise",
        severity="info",
        message=f"The values of {len(left):,} of {len(made):,} texts did not reach the wanted "
        "precision within the calls.",
        where={"columns": [made.column], "row": left[0]},
        evidence={"n": len(left)},
        cause="Long texts have many units, and the calls are limited.",
        advice="Read the standard errors; give more calls=, or granularity='sentence'.",
    )


def stopped(n_done: int, n_texts: int, why: str) -> Finding:
    """Say that not all texts were explained."""
    return Finding(
        rule="explanation_stopped",
        severity="warning",
        message=f"{n_done:,} of {n_texts:,} texts were explained: {why}.",
        evidence={"done": n_done, "asked": n_texts},
        cause="The work ended before the last text.",
        advice="Explain the others in another call, or give more time.",
    )
