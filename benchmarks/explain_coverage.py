"""How often the standard errors of sampled attributions tell the truth.

    python benchmarks/explain_coverage.py [--rows N] [--seeds N] [--write PAGE.md]

Models and exact values are those of `explain_games.py`, on tables and rows that nothing was
chosen on. A cell is a model, a number of columns and a number of calls; it holds an interval,
value ± 1.96 standard errors, for each row, column and seed. The hyper-parameters are those that
the estimator finds by itself on the first eight rows.

Beside the three models stand games of other kinds (12 columns, all coalitions played), the
interactions of pairs of columns, and random orders within a step of a series.

Leaves with status 1 when, of the three models, the pool is not within 92 and 98 %, a cell is
below 85 %, or a cell's standard errors are not within 0.7 and 1.5 of the actual errors; or when
pairs of columns miss the same.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.append(sys.path.pop(0))  # coverage.py beside this must not hide the package of that name

from explain import CaseGames, attributed
from explain_games import MODELS, N_BACKGROUND, Case, make_case, make_table

CALLS = (64, 128, 256, 512, 1024, 2048)
TABLES = (21, 22)
POOLED, LOWEST, RATIOS = (0.92, 0.98), 0.85, (0.7, 1.5)
ORDERS = (2, 3, 4, 6, 10, 20)
STEP_GAMES, STEP_DRAWS = 200, 200
EXACT = 1e-7
"""Errors below this share of the attributions are those of arithmetic: the interval holds."""


@dataclass
class Cell:
    """What the intervals of one model at some calls did."""

    held: np.ndarray
    errors: np.ndarray
    claimed: np.ndarray
    size: float

    @property
    def coverage(self):
        """Share of the intervals that hold the exact value."""
        return float(self.held.mean())

    @property
    def ratio(self):
        """Root mean square of the standard errors over that of the actual errors."""
        return float(np.sqrt(np.mean(self.claimed**2) / np.mean(self.errors**2)))

    @property
    def relative(self):
        """Root mean square error over that of the exact values."""
        return float(np.sqrt(np.mean(self.errors**2)) / self.size)

    @property
    def text(self):
        """What the tables show: coverage, standard error over actual error."""
        if self.relative < EXACT:
            return "exact"
        return f"{self.coverage:.1%}, {self.ratio:.2f}"


def cell(cases, calls, seeds):
    """Attribute the rows of some cases and look at every interval."""
    errors, claimed, exact = [], [], []
    for case in cases:
        for seed in range(seeds):
            told = attributed(CaseGames(case.games), calls, seed + 100)
            errors.append((told.values[..., 0] - case.exact).ravel())
            claimed.append(told.standard_errors[..., 0].ravel())
            exact.append(case.exact.ravel())
    return made(np.concatenate(errors), np.concatenate(claimed), np.concatenate(exact))


def cell_of_pairs(cases, calls, seeds):
    """Find the interactions of the rows of some cases and look at every interval."""
    from assay.explainability.shapley.design import paired_design
    from assay.explainability.shapley.interactions import fit_interactions

    errors, claimed, exact = [], [], []
    for case in cases:
        at = np.triu_indices(case.n, 1)
        for seed in range(seeds):
            design = paired_design(case.n, calls, seed + 100)
            on = np.vstack([design.on, np.ones((1, case.n), dtype=bool)])
            even = np.stack([(game(on) + game(~on)) / 2 for game in case.games], axis=1)
            fitted = fit_interactions(on, even[:, :8])
            truth = case.exact_pairs[:, *at]
            errors.append((fitted.indices(even)[:, *at] - truth).ravel())
            claimed.append(fitted.standard_errors(even)[:, *at].ravel())
            exact.append(truth.ravel())
    return made(np.concatenate(errors), np.concatenate(claimed), np.concatenate(exact))


def made(errors, claimed, exact):
    size = float(np.sqrt(np.mean(exact**2)))
    held = np.abs(errors) <= 1.96 * claimed + EXACT * size
    return Cell(held, errors, claimed, size)


def other_games(n_rows):
    """Return games of other kinds over 12 columns."""
    x, _ = make_table(12, TABLES[0])
    slopes = np.random.default_rng(0).normal(size=12)
    asks = {
        "logistic probability": lambda r: 1 / (1 + np.exp(-r @ slopes)),
        "linear, nearly": lambda r: r @ slopes + 0.01 * np.sin(2 * r[:, 0]) * r[:, 3],
        "half space": lambda r: (r @ slopes > 0) * 1.0,
        "largest column": lambda r: r.max(axis=1),
        "rules": lambda r: ((r[:, 0] > 0) & (r[:, 1] > 0)) + 0.5 * ((r[:, 3] > 0) & (r[:, 4] < 0)),
        "parity of 3": lambda r: np.sign(r[:, :3].prod(axis=1)),
        "parity of 5": lambda r: np.sign(r[:, :5].prod(axis=1)),
        "distance": lambda r: np.exp(-((r - x[50]) ** 2).sum(axis=1) / 12),
    }
    fresh, _ = make_table(12, TABLES[0] + 1_000, n_rows=n_rows)
    return {name: [Case(name, 12, ask, fresh, x[:N_BACKGROUND])] for name, ask in asks.items()}


def games_of_a_step(n, rng):
    """Return values of all coalitions of some series within a step, by kind of game."""
    places = np.arange(2**n)
    order = np.array([place.bit_count() for place in places.tolist()])[:, None]
    signs = np.array([[(-1.0) ** (a & b).bit_count() for b in places] for a in places.tolist()])
    has = ((places[:, None] & places) == places) * 1.0
    drawn = rng.normal(size=(len(places), STEP_GAMES))
    single = drawn * (order == 1)
    rare = rng.random(drawn.shape) < 0.1
    return {
        "orders that fade": signs @ (drawn * 0.5**order),
        "rules": has @ (single / 2 + drawn * (rare & (order > 1))),
        "all or nothing": has @ (single + (order == n)),
    }


def cell_of_orders(table, n, n_orders, rng):
    """Draw random orders of the series of a step again and again, and look at every interval."""
    from assay.explainability.series.orders import draw_orders, order_masks, order_scores
    from assay.explainability.series.walk import Step
    from assay.explainability.shapley.exact import shapley_values

    at = np.arange(n)
    step = Step(at, tuple(at[:, None]), 0, np.zeros(n, dtype=np.intp))
    truth, errors, claimed = shapley_values(table), [], []
    for _ in range(STEP_DRAWS):
        drawn = draw_orders(n, n_orders, rng)
        values = table[order_masks([step], [drawn]) @ (1 << at)]
        scores, error = order_scores([step], [drawn], values, n)
        errors.append((scores - truth).ravel())
        claimed.append(error.ravel())
    return made(np.concatenate(errors), np.concatenate(claimed), truth.ravel())


def table_of(rows, heads=CALLS, unit="calls"):
    """Return lines of a table: title → calls (or what else heads a column) → cell."""
    lines = [f"| | {' | '.join(f'{head:,} {unit}' for head in heads)} |"]
    lines.append(f"| --- | {' | '.join('---:' for _ in heads)} |")
    lines += [
        f"| {title} | {' | '.join(cells[head].text for head in heads)} |"
        for title, cells in rows.items()
    ]
    return lines


@dataclass
class Summary:
    """What all cells of some tables did together."""

    cells: list

    @classmethod
    def of(cls, rows):
        """Sum up title → calls → cell."""
        return cls([each for row in rows.values() for each in row.values()])

    @property
    def pooled(self):
        """Share of all intervals that hold the exact value."""
        return float(np.concatenate([each.held for each in self.cells]).mean())

    @property
    def counted(self):
        """Cells that are not exact."""
        return [each for each in self.cells if each.relative >= EXACT]

    @property
    def lowest(self):
        """Coverage of the lowest cell."""
        return min(each.coverage for each in self.counted)

    @property
    def ratios(self):
        """Smallest and largest standard error over actual error."""
        ratios = [each.ratio for each in self.counted]
        return min(ratios), max(ratios)

    @property
    def kept(self):
        """Whether the goals are met."""
        low, high = self.ratios
        held = POOLED[0] <= self.pooled <= POOLED[1] and self.lowest >= LOWEST
        return held and RATIOS[0] <= low and high <= RATIOS[1]


def page(models, others, of_pairs, of_orders, told):
    every, pairs, orders = Summary.of(models), Summary.of(of_pairs), Summary.of(of_orders)
    from_three = Summary([row[k] for row in of_orders.values() for k in ORDERS if k > 2])
    cells, counted = every.cells, every.counted
    n = sum(len(each.held) for each in cells)
    lines = [
        "# Coverage of the standard errors of attributions",
        "",
        "How often value ± 1.96 standard errors holds the exact Shapley value, and how large the",
        "standard errors are beside the actual errors (root mean squares of both; 1 is right).",
        "Written by `benchmarks/explain_coverage.py`: "
        f"{told.rows} fresh rows of {len(TABLES)} tables, seeds: {told.seeds}.",
        "",
        f"- Pooled over the three models: **{every.pooled:.1%}** of {n:,} intervals "
        "(goal 92 to 98 %).",
        f"- Lowest cell: **{every.lowest:.1%}** (goal: none below 85 %); "
        f"{len(counted)} cells, {len(cells) - len(counted)} of them exact."
        if len(cells) > len(counted)
        else f"- Lowest cell of {len(counted)}: **{every.lowest:.1%}** (goal: none below 85 %).",
        f"- Standard error ÷ actual error: **{every.ratios[0]:.2f} to {every.ratios[1]:.2f}** "
        "(goal 0.7 to 1.5).",
        f"- Interactions of pairs, pooled: **{pairs.pooled:.1%}**; lowest cell "
        f"**{pairs.lowest:.1%}**;",
        "  standard error ÷ actual error "
        f"**{pairs.ratios[0]:.2f} to {pairs.ratios[1]:.2f}** (the same goals).",
        f"- Random orders within a step of a series, pooled: **{orders.pooled:.1%}**; lowest cell "
        f"**{orders.lowest:.1%}**",
        f"  (two orders say little; from three on **{from_three.lowest:.1%}**).",
        "",
        "The standard error is of the choice of coalitions alone: it says how far the value is",
        "from that of all coalitions against the same background rows.",
        "",
        "## Three models",
        "",
        *table_of(models),
        "",
        "## Games of other kinds",
        "",
        "Not counted above. Where a game has few orders and the calls suffice, it is found to",
        "many digits and the standard error is too large rather than too small.",
        "",
        *table_of(others),
        "",
        "## Interactions of pairs",
        "",
        *table_of(of_pairs),
        "",
        "## Random orders within a step of a series",
        "",
        '`explain_series(..., granularity="fine_grained", orders=N)`. The standard errors hold',
        "Student's factor for few orders, so they are larger than the actual errors where orders",
        "are few. All or nothing: beyond each series' own part something is added only when all",
        "are there, so that few orders may see nothing of it.",
        "",
        *table_of(of_orders, ORDERS, "orders"),
        "",
    ]
    return "\n".join(lines), every.kept and pairs.kept


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=16)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--write", type=Path)
    told = parser.parse_args()
    cases = {
        f"{name}, {n} columns": [make_case(name, n, told.rows, seed) for seed in TABLES]
        for n in (12, 30)
        for name in MODELS
    }
    models = {
        title: {calls: cell(some, calls, told.seeds) for calls in CALLS}
        for title, some in cases.items()
    }
    others = {
        title: {calls: cell(some, calls, told.seeds) for calls in CALLS}
        for title, some in other_games(told.rows).items()
    }
    of_pairs = {
        title: {calls: cell_of_pairs(some, calls, 1) for calls in CALLS}
        for title, some in cases.items()
        if some[0].exact_pairs is not None
    }
    rng = np.random.default_rng(0)
    of_orders = {
        f"{kind}, {n} series": {k: cell_of_orders(table, n, k, rng) for k in ORDERS}
        for n in (4, 8)
        for kind, table in games_of_a_step(n, rng).items()
    }
    text, kept = page(models, others, of_pairs, of_orders, told)
    if told.write is None:
        sys.stdout.write(text)
    else:
        told.write.write_text(text)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
