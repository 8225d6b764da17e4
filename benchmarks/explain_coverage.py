"""How often the standard errors of sampled attributions tell the truth.

    python benchmarks/explain_coverage.py [--rows N] [--seeds N] [--write PAGE.md]

Models and exact values are those of `explain_games.py`, on tables and rows that nothing was
chosen on. A cell is a model, a number of columns and a number of calls; it holds an interval,
value ± 1.96 standard errors, for each row, column and seed. The hyper-parameters are those that
the estimator finds by itself on the first eight rows.

Beside the three models stand games of other kinds (12 columns, all coalitions played), and the
interactions of pairs of columns.

Leaves with status 1 when, of the three models, the pool is not within 92 and 98 %, a cell is
below 85 %, or a cell's standard errors are not within 0.7 and 1.5 of the actual errors.
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


def table_of(rows):
    """Return lines of a table: title → calls → cell."""
    lines = [f"| | {' | '.join(f'{calls:,} calls' for calls in CALLS)} |"]
    lines.append(f"| --- | {' | '.join('---:' for _ in CALLS)} |")
    lines += [
        f"| {title} | {' | '.join(cells[calls].text for calls in CALLS)} |"
        for title, cells in rows.items()
    ]
    return lines


def page(models, others, of_pairs, told):
    cells = [each for row in models.values() for each in row.values()]
    pooled = float(np.concatenate([each.held for each in cells]).mean())
    counted = [each for each in cells if each.relative >= EXACT]
    ratios = [each.ratio for each in counted]
    low = min(each.coverage for each in counted)
    pairs = [each for row in of_pairs.values() for each in row.values()]
    held = float(np.concatenate([each.held for each in pairs]).mean())
    kept = POOLED[0] <= pooled <= POOLED[1] and low >= LOWEST
    kept = kept and RATIOS[0] <= min(ratios) and max(ratios) <= RATIOS[1]
    n = sum(len(each.held) for each in cells)
    lines = [
        "# Coverage of the standard errors of attributions",
        "",
        "How often value ± 1.96 standard errors holds the exact Shapley value, and how large the",
        "standard errors are beside the actual errors (root mean squares of both; 1 is right).",
        "Written by `benchmarks/explain_coverage.py`: "
        f"{told.rows} fresh rows of {len(TABLES)} tables, seeds: {told.seeds}.",
        "",
        f"- Pooled over the three models: **{pooled:.1%}** of {n:,} intervals (goal 92 to 98 %).",
        f"- Lowest cell: **{low:.1%}** (goal: none below 85 %); "
        f"{len(counted)} cells, {len(cells) - len(counted)} of them exact."
        if len(cells) > len(counted)
        else f"- Lowest cell of {len(counted)}: **{low:.1%}** (goal: none below 85 %).",
        f"- Standard error ÷ actual error: **{min(ratios):.2f} to {max(ratios):.2f}** "
        "(goal 0.7 to 1.5).",
        f"- Interactions of pairs, pooled: **{held:.1%}**.",
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
    ]
    return "\n".join(lines), kept


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
    text, kept = page(models, others, of_pairs, told)
    if told.write is None:
        sys.stdout.write(text)
    else:
        told.write.write_text(text)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
