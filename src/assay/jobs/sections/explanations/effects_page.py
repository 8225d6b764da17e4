"""Effects of columns in; their part of the page out."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from assay.explainability.effects.dependence import KINDS, Dependence
from assay.explainability.effects.joint_dependence import JointDependence
from assay.reports.format import estimate_text, number
from assay.reports.page import Block, Cell, Figure, Heading, Paragraph, Table
from assay.result import Estimate

MEAN = {"raw": "prediction", "log_odds": "log-odds"}


def effects_blocks(effects: Sequence[Dependence | JointDependence]) -> list[Block]:
    """Lay out each effect with its chart, and for two columns what they do only together.

    Parameters
    ----------
    effects : sequence of Dependence or JointDependence
        Of one without an effect to show, the reason is told.
    """
    blocks: list[Block] = []
    for effect in effects:
        if effect.reason is not None:
            told = f"No effect of {_name(effect)} is shown: {effect.reason}."
            blocks.append(Paragraph(told, "note"))
        elif isinstance(effect, JointDependence):
            blocks += _pair(effect)
        else:
            blocks.append(_curve(effect))
    return [Heading("Effects of columns"), *blocks] if blocks else []


def _name(effect: Dependence | JointDependence) -> str:
    return effect.feature if isinstance(effect, Dependence) else " and ".join(effect.features)


def _of(effect: Dependence | JointDependence) -> str:
    """Name the output that is drawn or told, where there are several."""
    return f" of {effect.outputs[0]}" if len(effect.outputs) > 1 else ""


def _on(effect: Dependence | JointDependence) -> str:
    return f" on the score{_of(effect)}" if len(effect.outputs) > 1 else ""


def _curve(effect: Dependence) -> Figure:
    several = len(effect.outputs) > 1
    rows = tuple(
        (
            row["value"],
            *((row["output"],) if several else ()),
            _estimate(row["estimate"], row["low"], row["high"], effect),
            row["count"],
        )
        for row in effect.to_frame().iter_rows(named=True)
    )
    counted = "rows in the step to it" if effect.kind == "ale" else "rows nearest"
    told = ("output",) if several else ()
    columns = (effect.feature, *told, effect.title, counted)
    return Figure(
        f"What {effect.feature} does to the score",
        _curve_in_words(effect),
        effect.plot(),
        Table(f"Effect of {effect.feature}", columns, rows, folded=True, bars=False),
    )


def _curve_in_words(effect: Dependence) -> str:
    """Say what the curve shows: its ends of the score, and what kind of effect it is."""
    curve = effect.values[:, 0]
    low, high = int(np.argmin(curve)), int(np.argmax(curve))
    kind = KINDS[effect.kind]
    return (
        f"{kind[0].upper()}{kind[1:]} of {effect.feature}{_on(effect)}: lowest "
        f"{number(float(curve[low]))} at "
        f"{_grid_value(effect, low)}, highest {number(float(curve[high]))} at "
        f"{_grid_value(effect, high)}."
    )


def _grid_value(effect: Dependence, place: int) -> str:
    value = effect.grid[place]
    if value is None:
        return "missing"
    if isinstance(value, str | bool):
        return str(value)
    return number(value)


def _pair(pair: JointDependence) -> list[Block]:
    """Return the heat map of the mean score, and that of the interaction part."""
    name = _name(pair)
    score = MEAN.get(pair.output, pair.output)
    return [
        Figure(
            f"What {name} do to the score{_of(pair)} together",
            f"Heat map of the mean {score}{_of(pair)} over the values of {name}.",
            pair.plot(),
            _cells(pair, f"Effect of {name}", f"mean {score}", ""),
        ),
        Figure(
            f"What {name} do only together",
            _interaction_in_words(pair, name),
            pair.plot(interaction=True),
            _cells(
                pair,
                f"Interaction of {name}",
                "interaction",
                "interaction_",
            ),
            _share_in_words(pair),
        ),
    ]


def _cells(pair: JointDependence, caption: str, title: str, start: str) -> Table:
    several = len(pair.outputs) > 1
    value = start.rstrip("_") or "estimate"
    rows: list[tuple[Cell, ...]] = [
        (
            row["first_value"],
            row["second_value"],
            *((row["output"],) if several else ()),
            _estimate(row[value], row[f"{start}low"], row[f"{start}high"], pair),
            row["count"],
        )
        for row in pair.to_frame().iter_rows(named=True)
    ]
    told = ("output",) if several else ()
    columns = (*pair.features, *told, title, "rows nearest")
    note = "Intervals are over rows, cell by cell: of 100 cells without an effect about 5 are off."
    return Table(caption, columns, tuple(rows), folded=True, note=note, bars=False)


def _interaction_in_words(pair: JointDependence, name: str) -> str:
    """Say how large the interaction is, and in how many cells it is sure."""
    cells = pair.cells(interaction=True)
    shown = sum(each.shown for each in cells)
    least = min(cells, key=lambda each: each.value)
    most = max(cells, key=lambda each: each.value)
    return (
        f"Heat map of what {name} do{_on(pair)} beyond the sum of what each does: from "
        f"{number(least.value)} at {least.row} and {least.column} to {number(most.value)} at "
        f"{most.row} and {most.column}; of {len(cells)} cells {shown} have an interval that does "
        "not hold 0."
    )


def _share_in_words(pair: JointDependence) -> str:
    share = pair.h_squared[0]
    if share.value is None:
        return f"H² is undefined: {share.reason}."
    unsure = (
        " Noise of the rows alone could be the reason." if share.low == 0 < share.value else ""
    )
    return (
        f"Share of the joint effect's variance{_of(pair)} that is interaction (H²): "
        f"{estimate_text(share)}.{unsure}"
    )


def _estimate(
    value: float, low: float | None, high: float | None, effect: Dependence | JointDependence
) -> Estimate:
    made = Estimate(value=value, level=effect.level, n=effect.n_rows)
    return made if low is None or high is None else replace(made, low=low, high=high)
