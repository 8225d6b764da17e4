"""What the ranking finds and what thresholds cost in; figures with their tables out."""

import numpy as np

from assay.charts.cost_curve import plot_cost_curve
from assay.charts.gain import plot_gain
from assay.jobs.sections.evaluation.columns import interval_cell, thin_table_of
from assay.reports.format import number
from assay.reports.page import Figure, Table
from assay.tables.curves import CostCurve, CostRatios, GainPoints

SHOWN_SHARES = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
NOT_FOR_CHOOSING = (
    "For reading, not for choosing: a threshold picked on these rows would look cheaper than it "
    "is. Choose it on validation rows (--validation, with --cost-fp and --cost-fn)."
)


def gain_figure(points: GainPoints, n_rows: int) -> Figure:
    """Return the cumulative gain curve; its table has the lift as well.

    Parameters
    ----------
    points : GainPoints
    n_rows : int
        Rows that the curve is of.
    """
    at = [int(np.argmin(np.abs(points.share - share))) for share in SHOWN_SHARES]
    tenth = at[SHOWN_SHARES.index(0.1)]
    rows = tuple(
        (
            f"{points.share[place]:.0%}",
            interval_cell(points.gain[place], points.low[place], points.high[place], n=n_rows),
            round(float(points.gain[place] / points.share[place]), 2),
        )
        for place in at
    )
    return Figure(
        title="How many positives the highest scores hold",
        alternative=(
            "Cumulative gain: the tenth of the rows with the highest scores holds "
            f"{points.gain[tenth]:.1%} of the positives ({points.low[tenth]:.1%} to "
            f"{points.high[tenth]:.1%}), {points.gain[tenth] / points.share[tenth]:.2f} times as "
            "many as rows in random order would."
        ),
        chart=plot_gain(points),
        table=Table(
            "Gain and lift by share of the rows taken",
            ("rows taken", "positives found", "lift"),
            rows,
            folded=True,
        ),
        caption="Lift is the share of positives found over the share of rows taken.",
    )


def cost_figure(points: CostCurve) -> Figure:
    """Return what a row costs by threshold.

    Parameters
    ----------
    points : CostCurve
    """
    least = int(np.argmin(points.cost))
    used = "" if points.chosen is None else f" The one in use is {number(points.chosen)}."
    asked = (
        ""
        if points.by_costs is None
        else f" If the scores are true probabilities the prices ask for {number(points.by_costs)}."
    )
    return Figure(
        title="What each threshold would cost",
        alternative=(
            "Mean cost of a row by threshold. On these rows it is lowest, about "
            f"{number(float(points.cost[least]))}, at {number(points.lowest)}; the cheaper "
            f"constant answer costs {number(points.constant)}.{used}{asked}"
        ),
        chart=plot_cost_curve(points),
        table=thin_table_of(
            "Mean cost of a row by threshold",
            {
                "threshold": points.threshold,
                "cost": points.cost,
                "low": points.low,
                "high": points.high,
            },
        ),
        caption=NOT_FOR_CHOOSING,
    )


def ratio_table(points: CostRatios) -> Table:
    """Return which threshold is cheapest for several prices of the two mistakes.

    Parameters
    ----------
    points : CostRatios
    """
    columns = zip(
        points.false_positive,
        points.false_negative,
        points.threshold,
        points.cost,
        points.cost_low,
        points.cost_high,
        points.constant,
        points.precision,
        points.recall,
        strict=True,
    )
    rows = tuple(
        (
            f"{alarm:g} : {miss:g}",
            at,
            interval_cell(cost, low, high, n=points.n),
            constant,
            precision,
            recall,
        )
        for alarm, miss, at, cost, low, high, constant, precision, recall in columns
    )
    judged = points.rows == "judged"
    where = "these rows" if judged else "the validation rows"
    flatters = (
        "They were found on the judged rows and look cheaper than they are: for reading, not for "
        "choosing. With --validation they are found on other rows."
        if judged
        else "They were found on the validation rows, and all numbers here are of those rows."
    )
    return Table(
        f"Cheapest threshold by the prices of the two mistakes, on {where}",
        (
            "a false alarm : a miss costs",
            "cheapest threshold",
            "cost of a row",
            "cheaper constant answer",
            "precision",
            "recall",
        ),
        rows,
        folded=True,
        note=f"{flatters} Give the real prices with --cost-fp and --cost-fn.",
    )
