"""How often a weak slice is reported where there is none.

    python benchmarks/slices_false_alarms.py [--runs 1000] [--kind NAME ...] [--keep FILE]

Losses do not depend on any column: each confirmed slice is a false alarm. With --keep, runs that
stand in the file are not made again. Leaves with status 1 when the rate of any kind is above 5 %
beyond doubt (the lower end of its 95 % interval).
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from kept_runs import KeptRuns, Made, in_turns, write_between
from slices_tables import KINDS, search, table

from assay.evaluation.slices.find import FOUND_SHARE
from assay.stats.rate import wilson

PAGE = Path(__file__).parent.parent / "docs" / "slices.md"
LIMIT = 0.05


@dataclass(frozen=True)
class Rate:
    """How many of the runs of one kind reported something."""

    kind: str
    runs: int
    alarms: int
    seconds: float

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's, 95 %."""
        return wilson(self.alarms / self.runs, self.runs)


def one_run(name: str, run: int) -> Made:
    """Search one table in which nothing is to be found."""
    rng = np.random.default_rng([run, len(name)])
    columns, roles = table(KINDS[name], rng)
    start = time.perf_counter()
    found = search(columns, roles, run)
    return {"confirmed": len(found.confirmed), "seconds": time.perf_counter() - start}


def rates(names: Sequence[str], kept: KeptRuns) -> list[Rate]:
    """Count alarms; kinds without a run are left out."""
    made: list[Rate] = []
    for name in names:
        runs = kept.of(case_of(name))
        if runs:
            alarms = sum(each["confirmed"] > 0 for each in runs)
            spent = float(np.median([each["seconds"] for each in runs]))
            made.append(Rate(name, len(runs), alarms, spent))
    return made


def case_of(name: str) -> str:
    """Return a kind with the level that its runs hold for."""
    return f"{name} at {FOUND_SHARE}"


def rows_of(made: Sequence[Rate]) -> list[str]:
    """Return the table as Markdown."""
    lines = [
        "| table | rows | columns | runs | with a false alarm | 95 % interval |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for each in made:
        kind, (low, high) = KINDS[each.kind], each.interval
        lines.append(
            f"| {each.kind} | {kind.rows:,} | {kind.columns} | {each.runs:,} | "
            f"{100 * each.alarms / each.runs:.1f} % | {100 * low:.1f} % to {100 * high:.1f} % |"
        )
    return lines


def main() -> int:
    """Run and print; write the page where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--kind", nargs="*", choices=list(KINDS), default=list(KINDS))
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    kept = KeptRuns(asked.keep)
    for place, run in in_turns(len(asked.kind), asked.runs):
        name = asked.kind[place]
        kept.run(case_of(name), run, lambda name=name, run=run: one_run(name, run))
    made = rates(asked.kind, kept)
    lines = rows_of(made)
    print("\n".join(lines))
    if asked.write:
        write_between(PAGE, "false alarms", lines)
    return int(any(each.interval[0] > LIMIT for each in made))


if __name__ == "__main__":
    sys.exit(main())
