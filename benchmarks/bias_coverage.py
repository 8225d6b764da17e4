"""How often the intervals of bias hold the truth, for every metric that has one.

    python benchmarks/bias_coverage.py                # 4,000 sets a cell, writes the page
    python benchmarks/bias_coverage.py --sets 100     # a quick look, writes nothing
    python benchmarks/bias_coverage.py --shards DIR --minutes 20
        # keeps what is done in DIR and goes on there; stops to begin new work after 20 minutes

Each set is a fresh sample of two groups with known differences, or with none. A cell is a number
of rows and the share of the smaller group. Cells where the product marks most of its own estimates
as resting on too few rows are shown as such and left out of the pool; so are distances of equal
groups, whose intervals begin at 0 and hold it almost always. Metrics that are made from rows one
by one have fewer sets. A metric of the catalogue that is not simulated is named and fails the run.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from bias_coverage_cases import (
    DISTANCES,
    DRAWN,
    LEVEL,
    SIZES,
    SLACK,
    VARIANTS,
    Case,
    all_cases,
    forgotten,
    simulate,
    truth,
)
from bias_coverage_joint import JOINT_REPORTS, joint_report
from scipy.stats import binom

PAGE = Path(__file__).parent.parent / "docs" / "bias_coverage.md"
FALSE_ALARMS = "## False alarms\n"
SETS = 4_000
CHUNK = 100
LEAST = 0.92
FEWER = {"matching": 8, "attributions": 2}
"""Kinds that take long by the row: so many times fewer sets."""
VARIANT_SETS = 1_000
TITLES = {
    "counts": "A yes/no outcome: counts by group, stratum, label and prediction",
    "classes": "Three classes",
    "scores": "Scores",
    "numbers": "Numbers",
    "pairs": "A facet that is a number",
    "answers": "Rows asked again with another value of the facet",
    "attributions": "Attributions handed in",
    "matching": "Matched rows",
}
Ends = tuple[float, float, float]


@dataclass
class Tally:
    """What happened to one metric in one cell; `ends` are kept where the truth comes last."""

    covered: int = 0
    given: int = 0
    marked: int = 0
    sets: int = 0
    below: int = 0
    ends: list[Ends] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Add another tally."""
        for name in ("covered", "given", "marked", "sets", "below"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.ends += other.ends

    def judge(self, low: float, high: float, true: float) -> None:
        """Count one interval."""
        self.given += 1
        self.covered += bool(low - SLACK <= true <= high + SLACK)
        self.below += bool(true < low - SLACK)

    def settle(self) -> None:
        """Count the intervals whose truth is the mean of all estimates."""
        if self.ends:
            true = float(np.mean([value for value, _, _ in self.ends]))
            for _, low, high in self.ends:
                self.judge(low, high, true)
            self.ends = []

    @property
    def too_few(self) -> bool:
        """Whether the product marks most of these."""
        return self.marked > self.sets / 2

    @property
    def coverage(self) -> float:
        """Share of the intervals that hold the truth."""
        return self.covered / self.given if self.given else float("nan")


Key = tuple[str, Case]
Table = dict[Key, Tally]
Job = tuple[Case, int, int]


def sets_of(case: Case, n_sets: int) -> int:
    """Return how many sets a cell has."""
    if case.rows != "plain":
        return min(n_sets, VARIANT_SETS)
    found = max(1, n_sets // FEWER.get(case.kind, 1))
    return max(1, found // 5) if case.kind == "matching" and case.n == SIZES[-1] else found


def simulate_sets(job: Job) -> dict[str, Tally]:
    """Simulate some sets of one cell."""
    case, first, count = job
    true, out = truth(case), dict[str, Tally]()
    for number in range(first, first + count):
        rng = np.random.default_rng(case.seed(number))
        for name, found in simulate(case, rng).items():
            tally = out.setdefault(name, Tally())
            tally.sets += 1
            tally.marked += bool(found.too_few)
            if found.low is None or found.high is None or found.value is None:
                continue
            if name in true:
                tally.judge(found.low, found.high, true[name])
            elif case.kind == "matching":
                tally.ends.append((float(found.value), float(found.low), float(found.high)))
    return out


def run_job(work: tuple[Job, Path | None]) -> tuple[Case, dict[str, Tally]]:
    """Simulate the sets of a job, or read them where they are done."""
    job, folder = work
    case, first, count = job
    kept = None if folder is None else folder / f"{case.name}-{first}-{count}.json"
    if kept is not None and kept.exists():
        read = json.loads(kept.read_text(encoding="utf-8"))
        return case, {name: Tally(**each) for name, each in read.items()}
    found = simulate_sets(job)
    if kept is not None:
        part = kept.with_suffix(".part")
        part.write_text(json.dumps({k: asdict(v) for k, v in found.items()}), encoding="utf-8")
        part.rename(kept)
    return case, found


def run(cases: Iterable[Case], options: argparse.Namespace) -> Table:
    """Simulate every cell, the first sets of all before the next ones of any."""
    folder = None if options.shards is None else Path(options.shards)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    work = [
        ((case, first, min(CHUNK, sets_of(case, options.sets) - first)), folder)
        for case in cases
        for first in range(0, sets_of(case, options.sets), CHUNK)
    ]
    work.sort(key=lambda each: each[0][1])
    last = time.monotonic() + 60 * options.minutes
    table: Table = {}
    with ProcessPoolExecutor(options.jobs) as pool:
        waiting, pending = iter(work), set()
        while True:
            while len(pending) < 2 * options.jobs:
                job = next(waiting, None)
                if job is None:
                    break
                done = job[1] is not None and (job[1] / _file(job[0])).exists()
                if done or time.monotonic() < last:
                    pending.add(pool.submit(run_job, job))
            if not pending:
                break
            finished, pending = wait(pending, return_when=FIRST_COMPLETED)
            for each in finished:
                case, found = each.result()
                for name, tally in found.items():
                    table.setdefault((name, case), Tally()).add(tally)
    for tally in table.values():
        tally.settle()
    return table


def _file(job: Job) -> str:
    case, first, count = job
    return f"{case.name}-{first}-{count}.json"


def is_pooled(key: Key, tally: Tally) -> bool:
    """Whether a cell counts: intervals not marked, and no distance of equal groups."""
    name, case = key
    at_null = name.split(" (")[0] in DISTANCES and not case.differs
    return bool(tally.given) and not tally.too_few and not at_null


def pooled(table: Table) -> float:
    """Return the coverage over all cells that count."""
    kept = [tally for key, tally in table.items() if is_pooled(key, tally)]
    return sum(t.covered for t in kept) / max(1, sum(t.given for t in kept))


def worst(table: Table, count: int = 8) -> list[tuple[Key, Tally]]:
    """Return the cells with the lowest coverage of those that are not marked."""
    kept = [(key, t) for key, t in table.items() if t.given and not t.too_few]
    return sorted(kept, key=lambda each: each[1].coverage)[:count]


def page(table: Table, joint: tuple[int, int, int]) -> str:
    """Return the tables as Markdown."""
    shown = [t for t in table.values() if t.given and not t.too_few]
    under = [t for t in shown if t.coverage < LEAST]
    sets = [t.sets for t in table.values()]
    short = f"; a full run has {SETS:,}, this one was cut short" if max(sets) < SETS else ""
    chance = sum(binom.cdf(np.ceil(LEAST * t.given) - 1, t.given, LEVEL) for t in shown)
    marked = sum(t.marked for t in shown) / max(1, sum(t.sets for t in shown))
    reports, together, numbers = joint
    lines = [
        "# Coverage of the intervals of bias",
        "",
        "How often the 95 % intervals hold the truth: each cell is the share of fresh samples",
        "whose interval contains the population's value. Written by `benchmarks/bias_coverage.py`",
        f"({min(sets):,} to {max(sets):,} sets a cell{short}).",
        f"Metrics of the catalogue that no cell simulates: {', '.join(forgotten()) or 'none'}.",
        "",
        f"- Pooled over all cells: **{pooled(table):.1%}** (goal 94 to 96 %).",
        f"- Worst cell: **{min(t.coverage for t in shown):.1%}**; cells below {LEAST:.0%}: "
        f"**{len(under)}** of {len(shown)};",
        f"  if each held exactly {LEVEL:.0%}, about {chance:.0f} would lie below by chance.",
        f"- Cells that the product itself marks as too few: {len(table) - len(shown)} of "
        f"{len(table)}, shown in *italics* and left out of",
        f"  the pool. In the other cells it marks {marked:.1%} of the sets.",
        "- Distances are never negative: where groups are equal their intervals begin at 0 and",
        "  hold it almost always. Those cells (with ≥) are left out of the pool.",
        "- All intervals of a report at once, at the simultaneous level: "
        f"**{together / reports:.1%}** of {reports:,} reports of {numbers} numbers",
        "  (four groups, counts, strata and scores, 2,000 rows; goal at least 95 %).",
        "",
        "The lowest cells that are not marked:",
        "",
        *(
            f"- {name}, {case.kind}, {case.rows} rows, groups "
            f"{'different' if case.differs else 'equal'}, {case}: {tally.coverage:.1%} "
            f"({tally.given:,} intervals)"
            for (name, case), tally in worst(table)
        ),
        "",
        "Each percentage is the share of the smaller group. Equal groups differ in nothing; of",
        "different groups the smaller one has other subgroups, base rates, hit rates, scores,",
        "numbers and errors. The value that matched rows are judged by is the mean of the",
        "estimates, since it depends on how many rows there are.",
        "",
        *(line for kind in DRAWN for line in _kind_lines(kind, "plain", table)),
        *(line for rows in VARIANTS for kind in DRAWN for line in _kind_lines(kind, rows, table)),
    ]
    return "\n".join(lines).rstrip() + "\n"


ROWS = {
    "plain": "",
    "weighted": ", rows with weights",
    "units": ", rows in declared groups of five",
}


def _kind_lines(kind: str, rows: str, table: Table) -> list[str]:
    mine = {key: t for key, t in table.items() if (key[1].kind, key[1].rows) == (kind, rows)}
    if not mine:
        return []
    sets = [t.sets for t in mine.values()]
    many = f"{min(sets):,}" if min(sets) == max(sets) else f"{min(sets):,} to {max(sets):,}"
    lines = [f"## {TITLES[kind]}{ROWS[rows]}", "", f"{many} sets a cell. Pooled: "]
    lines[-1] += f"{pooled(mine):.1%}."
    for differs in (False, True):
        cases = [case for case in all_cases() if (case.kind, case.rows) == (kind, rows)]
        cases = [case for case in cases if case.differs == differs]
        names = dict.fromkeys(name for name, case in mine if case.differs == differs)
        lines += [
            "",
            f"| groups {'different' if differs else 'equal'} | "
            + " | ".join(str(case) for case in cases)
            + " |",
            "| --- |" + " ---: |" * len(cases),
        ]
        for name in names:
            values = [_cell((name, case), mine.get((name, case), Tally())) for case in cases]
            lines.append(f"| {name} | " + " | ".join(values) + " |")
    return [*lines, ""]


def _cell(key: Key, tally: Tally) -> str:
    if not tally.given:
        return "undefined" if tally.sets else "–"
    text = f"{tally.coverage:.1%}"
    if tally.too_few:
        return f"*too few ({text})*"
    return text if is_pooled(key, tally) else f"≥ {text}"


def _details(table: Table) -> Iterable[str]:
    yield "metric; cell; coverage; truth below the interval, above it; marked; sets"
    for (name, case), tally in table.items():
        given = max(tally.given, 1)
        above = (tally.given - tally.covered - tally.below) / given
        yield (
            f"{name}; {case.name}; {tally.coverage:.3f}; {tally.below / given:.3f}, {above:.3f}; "
            f"{tally.marked / max(tally.sets, 1):.2f}; {tally.sets}"
        )


def kept_section(page: Path) -> str:
    """Return what `bias_false_alarms.py` wrote at the page's end; "" where there is nothing."""
    old = page.read_text(encoding="utf-8") if page.exists() else ""
    _, found, rest = old.partition(FALSE_ALARMS)
    return "\n" + found + rest if found else ""


def run_joint(n_reports: int, jobs: int) -> tuple[int, int, int]:
    """Return reports, those of which all intervals hold, and intervals of a report."""
    with ProcessPoolExecutor(jobs) as pool:
        found = list(pool.map(joint_report, range(n_reports), chunksize=20))
    return n_reports, sum(held for held, _ in found), max(count for _, count in found)


def main() -> int:
    """Run, print, and write the page when the run is a full one."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--sets", type=int, default=SETS, help="sets a cell")
    parser.add_argument("--reports", type=int, default=JOINT_REPORTS, help="whole reports")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes")
    parser.add_argument("--kind", action="append", choices=list(DRAWN), help="only this kind")
    parser.add_argument("--shards", help="folder that keeps what is done")
    parser.add_argument("--minutes", type=float, default=1e9, help="begin no work after these")
    parser.add_argument("--detail", action="store_true", help="misses on each side and mark rates")
    parser.add_argument("--write", action="store_true", help="write the page whatever the sets")
    options = parser.parse_args()
    cases = [case for case in all_cases() if not options.kind or case.kind in options.kind]
    table = run(cases, options)
    joint = run_joint(options.reports, options.jobs)
    text = page(table, joint)
    print(text)
    if options.detail:
        print("\n".join(_details(table)))
    full = options.sets >= SETS and not options.kind and options.minutes >= 1e9
    if full or options.write:
        PAGE.write_text(text + kept_section(PAGE), encoding="utf-8")
        print(f"written: {PAGE}")
    return 1 if forgotten() else 0


if __name__ == "__main__":
    sys.exit(main())
