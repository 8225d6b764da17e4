"""Explanations of a run in; which features matter more to which group, for the bias part, out."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from assay.bias.attribution_table import compare_explained_rows
from assay.bias.build import PlanMeasured
from assay.explainability.result import Explanation
from assay.jobs.sections.bias.by_facet import ByFacet
from assay.jobs.sections.explanations.result import Explanations
from assay.result import Result


def explained_by_facet(found: PlanMeasured, finished: Mapping[str, Result]) -> ByFacet | None:
    """Compare what the explained rows say of each group.

    Parameters
    ----------
    found : PlanMeasured
    finished : mapping of str to Result
        What sections before found, by name.

    Returns
    -------
    ByFacet or None
        None where no rows of the table were explained column by column, where the rows were
        named by the user, which is no fair draw, or where no output stands for the outcome.
    """
    section = finished.get("explanations")
    if not isinstance(section, Explanations) or section.explanation is None or section.asked:
        return None
    made = section.explanation
    output = _output(made, found)
    if output is None or not len(made):
        return None
    plan, settings = found.plan, found.plan.settings
    values = made.values[:, :, output]
    order = np.argsort(-np.abs(values).mean(axis=0), kind="stable")
    features = [made.players[place] for place in order]
    note = _told(made, output, plan.data.count_rows())
    return ByFacet(
        facets={
            each.facet.name: replace(
                compare_explained_rows(
                    values[:, order],
                    made.rows,
                    plan.data,
                    each.facet,
                    features,
                    level=settings.level,
                    seed=settings.seed,
                ),
                notes=(note,),
            )
            for each in found.facets
        }
    )


def _output(made: Explanation, found: PlanMeasured) -> int | None:
    """Return the place of the output that is compared: the only one, or the positive class."""
    if len(made.outputs) == 1:
        return 0
    positive = [str(value) for value in found.plan.outcomes.predictions_positive]
    there = [place for place, name in enumerate(made.outputs) if name in positive]
    return there[0] if len(there) == 1 else None


def _told(made: Explanation, output: int, n_rows: int) -> str:
    rows = "1 row" if len(made) == 1 else f"{len(made):,} rows"
    scale = {"probability": "probability", "log_odds": "log-odds"}.get(made.output, "score")
    of = f" of {made.outputs[output]}" if made.output != "raw" or len(made.outputs) > 1 else ""
    return (
        f"By the attributions of the {rows} of {n_rows:,} that were explained: what each column "
        f"adds to the {scale}{of}, its size averaged over a group and over the rest. "
        "Differences are of the rest less the group, each interval of one number alone."
    )
