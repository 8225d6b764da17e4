"""One explained text in; the bars of its largest units out."""

from typing import TYPE_CHECKING

import numpy as np

from assay.stats.interval import two_sided_quantile
from assay.tables.attribution_points import ImportanceBar

if TYPE_CHECKING:
    from assay.explainability.text.explanation import ExplainedText

LONGEST = 40


def unit_bars(
    text: "ExplainedText", output: int, *, level: float = 0.95, top: int = 15
) -> list[ImportanceBar]:
    """Choose the units and columns of a text that add most.

    Parameters
    ----------
    text : ExplainedText
    output : int
        Place of the output.
    level : float
        Coverage of the intervals.
    top : int
        How many at most.

    Returns
    -------
    list of ImportanceBar
        The largest absolute value first. A word that comes twice is told by where it starts.
    """
    values, errors = text.values[:, output], text.standard_errors[:, output]
    names = [_short(unit.text) for unit in text.units]
    again = {name for name in names if names.count(name) > 1}
    labels = [
        f"{name} ({unit.start:,})" if name in again else name
        for name, unit in zip(names, text.units, strict=True)
    ]
    labels += [f"{name} = {_short(cell)}" for name, cell in text.cells.items()]
    reach = two_sided_quantile(level) * errors
    order = np.argsort(-np.abs(values), kind="stable")[:top]
    return [
        ImportanceBar(
            labels[place],
            float(values[place]),
            float(values[place] - reach[place]),
            float(values[place] + reach[place]),
            "raises" if values[place] > 0 else "lowers" if values[place] < 0 else "mixed",
            bool(abs(values[place]) > reach[place]),
        )
        for place in order
    ]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
