"""How often the intervals hold the truth, for every metric that has one.

    python benchmarks/coverage.py                # 4,000 sets a cell, writes docs/coverage.md
    python benchmarks/coverage.py --sets 200     # a quick look, writes nothing

Each set is a fresh sample of a population with known values. A cell is a number of rows and a
shape of the data. Cells where the product marks most of its own estimates as resting on too few
rows are shown as such and left out of the pool.
"""

import argparse
import os
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from coverage_cases import Case, all_cases, simulate, truth

from assay.metrics.few import MIN_CLASS_ROWS, MIN_DENOMINATOR, MIN_ROWS, MIN_UNITS

PAGE = Path(__file__).parent.parent / "docs" / "coverage.md"
SETS = 4_000
CHUNK = 100
LEAST = 0.92
POOLED = (0.94, 0.96)


@dataclass
class Tally:
    """What happened to one metric in one cell."""

    covered: int = 0
    given: int = 0
    marked: int = 0
    sets: int = 0
    below: int = 0
    width: float = 0.0

    def add(self, other: "Tally") -> None:
        """Add another tally."""
        for name in ("covered", "given", "marked", "sets", "below", "width"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def too_few(self) -> bool:
        """Whether the product marks most of these."""
        return self.marked > self.sets / 2

    @property
    def coverage(self) -> float:
        """Share of the intervals that hold the truth."""
        return self.covered / self.given if self.given else float("nan")


Table = dict[tuple[str, str], dict[Case, Tally]]


def run_chunk(job: tuple[Case, int, int]) -> tuple[Case, dict[str, Tally]]:
    """Simulate some sets of one cell."""
    case, first, n_sets = job
    true, out = truth(case), {}
    for number in range(first, first + n_sets):
        rng = np.random.default_rng(case.seed(number))
        for name, found in simulate(case, rng).items():
            if name not in true:
                continue
            tally = out.setdefault(name, Tally())
            tally.sets += 1
            tally.marked += found.too_few
            if found.low is not None and found.high is not None:
                tally.given += 1
                tally.covered += found.covers(true[name])
                tally.below += true[name] < found.low
                tally.width += found.high - found.low
    return case, out


def run(n_sets: int, jobs: int, tasks: Iterable[str]) -> Table:
    """Simulate every cell of the tasks."""
    cases = [case for case in all_cases() if case.task in tasks]
    for case in cases:
        truth(case)
    work = [
        (case, first, min(CHUNK, n_sets - first))
        for case in cases
        for first in range(0, n_sets, CHUNK)
    ]
    table: Table = {}
    with ProcessPoolExecutor(jobs) as pool:
        for case, found in pool.map(run_chunk, work):
            for name, tally in found.items():
                cells = table.setdefault((case.task, name), {})
                cells.setdefault(case, Tally()).add(tally)
    return table


def pooled(tallies: Iterable[Tally]) -> float:
    """Return the coverage over all cells that are not marked."""
    kept = [tally for tally in tallies if tally.given and not tally.too_few]
    return sum(t.covered for t in kept) / max(1, sum(t.given for t in kept))


def worst(cells: dict[Case, Tally]) -> tuple[Case, Tally] | None:
    """Return the cell with the lowest coverage of those that are not marked."""
    kept = [(case, tally) for case, tally in cells.items() if tally.given and not tally.too_few]
    return min(kept, key=lambda item: item[1].coverage) if kept else None


def page(table: Table, n_sets: int, seconds: float) -> str:
    """Return the tables as Markdown."""
    every = [tally for cells in table.values() for tally in cells.values()]
    shown = [tally for tally in every if tally.given and not tally.too_few]
    lowest = min(tally.coverage for tally in shown)
    under = sum(tally.coverage < LEAST for tally in shown)
    lines = [
        "# Coverage of the intervals",
        "",
        "How often the 95 % intervals hold the truth: each cell is the share of fresh samples",
        "whose interval contains the population's value. Written by `benchmarks/coverage.py`",
        f"({n_sets:,} sets a cell, {seconds:.0f} s).",
        "",
        f"- Pooled over all cells: **{pooled(every):.1%}** (goal 94 to 96 %).",
        f"- Worst cell: **{lowest:.1%}**; cells below {LEAST:.0%}: **{under}** of {len(shown)}.",
        f"- Cells that the product itself marks as too few: {len(every) - len(shown)} of "
        f"{len(every)}, shown in *italics* and left out of the pool.",
        f"- The rule: fewer than {MIN_DENOMINATOR} rows in the denominator of a rate, fewer than "
        f"{MIN_CLASS_ROWS} rows of the",
        f"  rarest class where classes are compared or ranked, fewer than {MIN_ROWS} rows for a "
        f"mean, fewer than {MIN_UNITS}",
        "  declared units. In the other cells it marks "
        f"{sum(t.marked for t in shown) / sum(t.sets for t in shown):.1%} of the sets.",
        "",
        "The populations: binary, two normal scores with over-confident probabilities, as many",
        "answers positive as rows are; multiclass, three clouds in the plane, one of them rare;",
        "multilabel, five labels that depend on three things in common, one of them rare;",
        "regression, errors that are normal, Student's t with 5 degrees of freedom, or shifted",
        "lognormal (a 0.9 quantile is predicted 1.2 scales above the mean; counts and amounts",
        "scatter around their mean by Gamma and lognormal laws, predicted with errors); top-k,",
        "eight classes of which the true one scores higher.",
        "Macro AUC of separate tables has a standard error that is an upper bound;",
        "with rows kept by unit it is exact.",
        "",
    ]
    for task in dict.fromkeys(task for task, _ in table):
        lines += _task_lines(task, table)
    return "\n".join(lines) + "\n"


def _task_lines(task: str, table: Table) -> list[str]:
    mine = {name: cells for (of, name), cells in table.items() if of == task}
    cases = list(next(iter(mine.values())))
    head = [str(case) for case in cases]
    lines = [
        f"## {task.capitalize()}",
        "",
        f"Pooled: {pooled(t for cells in mine.values() for t in cells.values()):.1%}.",
        "",
        "| metric | " + " | ".join(head) + " | pooled |",
        "| --- |" + " ---: |" * (len(head) + 1),
    ]
    for name, cells in mine.items():
        values = [_cell(cells[case]) for case in cases]
        lines.append(f"| {name} | " + " | ".join(values) + f" | {pooled(cells.values()):.1%} |")
    return [*lines, ""]


def _cell(tally: Tally) -> str:
    if not tally.given:
        return "undefined"
    text = f"{tally.coverage:.1%}"
    return f"*too few ({text})*" if tally.too_few else text


def _details(table: Table) -> Iterable[str]:
    yield "metric; cell; truth below the interval, above it; marked; mean width"
    for (task, name), cells in table.items():
        for case, tally in cells.items():
            given = max(tally.given, 1)
            above = (tally.given - tally.covered - tally.below) / given
            yield (
                f"{task} {name}; {case}; {tally.below / given:.3f}, {above:.3f}; "
                f"{tally.marked / tally.sets:.2f}; {tally.width / given:.4g}"
            )


def main() -> None:
    """Run, print, and write the page when the run is a full one."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--sets", type=int, default=SETS, help="sets a cell")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes")
    parser.add_argument("--task", action="append", help="only this task; may be repeated")
    parser.add_argument("--detail", action="store_true", help="misses on each side and mark rates")
    options = parser.parse_args()
    start = time.perf_counter()
    tasks = options.task or ["binary", "multiclass", "multilabel", "regression"]
    table = run(options.sets, options.jobs, tasks)
    text = page(table, options.sets, time.perf_counter() - start)
    print(text)
    if options.detail:
        print("\n".join(_details(table)))
    if options.sets >= SETS and not options.task:
        PAGE.write_text(text, encoding="utf-8")
        print(f"written: {PAGE}")


if __name__ == "__main__":
    main()
