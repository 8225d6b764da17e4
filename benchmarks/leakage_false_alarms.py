"""How often the leak checks warn about tables without a leak, and how often they find one.

    python benchmarks/leakage_false_alarms.py [--tables 1000] [--planted 20] [--write]

Tables of 22 kinds and of 100 to 20,000 rows are made, split as a careful person would, and
checked. A table counts where any warning or error is raised; infos say what is so. Then each leak
is planted in clean tables. Leaves with status 1 when more than 5 % of the clean tables raise an
alarm. `--write` puts both tables into docs/leakage.md.
"""

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
from leakage_plants import PLANTS
from leakage_tables import KINDS

from assay.data.dataset import Dataset
from assay.data_quality.leakage.build import check_leakage
from assay.data_quality.leakage.tables import LeakTables, Part
from assay.stats.rate import wilson

LIMIT = 0.05
SIZES = (100, 300, 300, 1_000, 1_000, 3_000)
LARGE = 20_000
DOCS = Path(__file__).parents[1] / "docs" / "leakage.md"
START, END = "<!-- measured -->", "<!-- end of measured -->"


def alarms_of(made):
    """Return the rules of warnings and errors that a table raises."""
    train = Dataset.read(made.frame.filter(~made.judged), label="y", **made.roles)
    judged = train.like(made.frame.filter(made.judged))
    tables = LeakTables(
        data=Part("data", judged),
        train=Part("train", train),
        task=made.task,
        classes=(0, 1) if made.task == "binary" else (),
    )
    result = check_leakage(tables)
    failed = [check.said for check in result.checks if "the check failed" in check.said]
    assert not failed, failed
    return [
        each.rule + "!" * (each.severity == "error")
        for each in result.findings
        if each.severity != "info"
    ]


def measure_clean(tables):
    counted = {kind.__name__: [0, 0, Counter()] for kind in KINDS}
    for at in range(tables):
        kind = KINDS[at % len(KINDS)]
        turn = at // len(KINDS)
        n = LARGE if turn % 20 == 19 else SIZES[turn % len(SIZES)]
        rules = alarms_of(kind(np.random.default_rng([at, n]), n))
        told = counted[kind.__name__]
        told[0] += 1
        told[1] += bool(rules)
        told[2].update(rules)
        if rules:
            print(f"  {kind.__name__} n={n} seed={at}: {rules}", flush=True)
    return counted


def main():
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tables", type=int, default=1_000)
    parser.add_argument("--planted", type=int, default=20)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    start = time.perf_counter()
    counted = measure_clean(options.tables)
    made = sum(each[0] for each in counted.values())
    alarmed = sum(each[1] for each in counted.values())
    low, high = wilson(alarmed / made, made)
    lines = [
        "| tables without a leak | made | with a warning or error | rules (! error) |",
        "| --- | --- | --- | --- |",
    ]
    for name, (n, hits, rules) in counted.items():
        said = ", ".join(f"{rule} {times}" for rule, times in rules.most_common())
        lines.append(f"| {name.replace('_', ' ')} | {n} | {hits} | {said} |")
    lines.append(
        f"| **all** | {made} | {alarmed}: {alarmed / made:.1%} ({low:.1%} to {high:.1%}) | |"
    )
    lines += ["", "| planted | rows | found | of |", "| --- | --- | --- | --- |"]
    for plant in PLANTS:
        for n in plant.sizes:
            hits = sum(
                plant.rule
                in {
                    rule.rstrip("!")
                    for rule in alarms_of(plant.make(np.random.default_rng([seed, n, 7]), n))
                }
                for seed in range(options.planted)
            )
            lines.append(f"| {plant.words} | {n:,} | {hits} | {options.planted} |")
    text = "\n".join(lines)
    print(text)
    print(f"{time.perf_counter() - start:.0f} seconds")
    if options.write:
        before, rest = DOCS.read_text(encoding="utf-8").split(START)
        after = rest.split(END)[1]
        DOCS.write_text(f"{before}{START}\n{text}\n{END}{after}", encoding="utf-8")
    return 0 if alarmed / made <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
