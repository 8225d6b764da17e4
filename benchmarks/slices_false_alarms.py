"""How often a weak slice is reported where there is none, and how often one that is there is seen.

    python benchmarks/slices_false_alarms.py [--runs 1000] [--power 200] [--kind NAME ...] [--write]

In the first table losses do not depend on any column: each confirmed slice is a false alarm. In
the second a slice of two conditions is planted, and its Jaccard overlap with the nearest reported
one is shown. Leaves with status 1 when the rate of false alarms of any kind is above 5 % beyond
doubt (the lower end of its 95 % interval).
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

import assay
from assay.data.conditions import rows_where
from assay.stats.rate import wilson

PAGE = Path(__file__).parent.parent / "docs" / "slices.md"
START, END = "<!-- figures -->\n", "<!-- /figures -->\n"
LIMIT = 0.05
CLASSES = ("a", "b", "c", "d")
Columns = dict[str, object]
Roles = dict[str, object]


def people(rng: np.random.Generator, n: int, n_columns: int = 9) -> Columns:
    """Return columns of several kinds that tell nothing about the loss."""
    start = np.datetime64("2023-01-01")
    columns: Columns = {
        "age": rng.integers(18, 80, n),
        "income": rng.lognormal(10, 1, n),
        "score": np.where(rng.random(n) < 0.1, np.nan, rng.normal(size=n)),
        "region": rng.choice(["north", "south", "east", "west"], n, p=[0.4, 0.3, 0.2, 0.1]),
        "plan": rng.choice([f"p{i}" for i in range(30)], n),
        "member": rng.random(n) < 0.3,
        "children": rng.poisson(1.0, n),
        "since": start + rng.integers(0, 700, n).astype("timedelta64[D]"),
        "zip": rng.integers(0, 400, n).astype(str),
    }
    for place in range(n_columns - len(columns)):
        columns[f"x{place}"] = rng.normal(size=n)
    return columns


def binary(rng: np.random.Generator, n: int) -> tuple[Columns, Roles]:
    """Draw answers that are wrong in 15 % of the rows, wherever they are."""
    y = rng.random(n) < 0.4
    answer = np.where(rng.random(n) < 0.15, ~y, y)
    return {"y": y, "answer": answer}, {"label": "y", "prediction": "answer", "positive": True}


def multiclass(rng: np.random.Generator, n: int) -> tuple[Columns, Roles]:
    """Draw four classes, wrong in 30 % of the rows."""
    y = rng.integers(0, len(CLASSES), n)
    answer = np.where(rng.random(n) < 0.3, (y + 1) % len(CLASSES), y)
    names = np.array(CLASSES)
    return {"y": names[y], "answer": names[answer]}, {"label": "y", "prediction": "answer"}


def log_loss(rng: np.random.Generator, n: int) -> tuple[Columns, Roles]:
    """Draw calibrated scores, judged by log loss."""
    p = rng.beta(0.6, 0.9, n)
    told = {"label": "y", "score": "p", "positive": True}
    return {"y": rng.random(n) < p, "p": p}, {**told, "loss": "log_loss"}


def regression(rng: np.random.Generator, n: int) -> tuple[Columns, Roles]:
    """Draw normal errors."""
    y = rng.normal(size=n) * 10
    return {"y": y, "answer": y + rng.normal(size=n)}, {"label": "y", "prediction": "answer"}


def heavy_tails(rng: np.random.Generator, n: int) -> tuple[Columns, Roles]:
    """Draw errors after Student's t with two degrees of freedom: no variance."""
    y = rng.normal(size=n) * 10
    answer = y + rng.standard_t(2, n)
    return {"y": y, "answer": answer}, {"label": "y", "prediction": "answer"}


def weighted(rng: np.random.Generator, n: int) -> tuple[Columns, Roles]:
    """Draw very unequal weights."""
    columns, roles = binary(rng, n)
    return columns | {"w": rng.lognormal(0, 1, n)}, roles | {"weight": "w"}


def grouped(rng: np.random.Generator, n: int) -> tuple[Columns, Roles]:
    """Draw about 10 rows a group, whose rates of mistakes differ."""
    n_groups = max(n // 10, 20)
    group = rng.integers(0, n_groups, n)
    rate = rng.beta(1.0, 4.0, n_groups)[group]
    y = rng.random(n) < 0.4
    answer = np.where(rng.random(n) < rate, ~y, y)
    told = {"label": "y", "prediction": "answer", "positive": True, "group": "g"}
    return {"y": y, "answer": answer, "g": group}, told


@dataclass(frozen=True)
class Kind:
    """One kind of table: how its answers are drawn, on how many rows and columns."""

    draw: Callable[[np.random.Generator, int], tuple[Columns, Roles]]
    rows: int
    columns: int = 9
    by_group: bool = False


KINDS = {
    "two classes": Kind(binary, 2_000),
    "four classes": Kind(multiclass, 2_000),
    "log loss": Kind(log_loss, 2_000),
    "numbers": Kind(regression, 2_000),
    "heavy tails": Kind(heavy_tails, 2_000),
    "heavy tails, few rows": Kind(heavy_tails, 200),
    "weights": Kind(weighted, 2_000),
    "groups": Kind(grouped, 2_000),
    "groups, columns of the group": Kind(grouped, 2_000, by_group=True),
    "few groups": Kind(grouped, 300, by_group=True),
    "few rows": Kind(binary, 150),
    "many rows": Kind(heavy_tails, 12_000),
    "many columns": Kind(binary, 2_000, columns=60),
}


def table(kind: Kind, rng: np.random.Generator) -> tuple[Columns, Roles]:
    """Return the columns of one table and what they mean."""
    columns = people(rng, kind.rows, kind.columns)
    answers, roles = kind.draw(rng, kind.rows)
    if kind.by_group:  # what a row tells is its group's: slices are made of whole groups
        _, first, group = np.unique(answers["g"], return_index=True, return_inverse=True)
        columns = {name: np.asarray(values)[first[group]] for name, values in columns.items()}
    return columns | answers, roles


def search(columns: Columns, roles: Roles, seed: int) -> "assay.SliceSearch":
    """Look for weak slices."""
    told = {name: value for name, value in roles.items() if name != "loss"}
    data = assay.Dataset.read(pl.DataFrame(columns), **told)
    loss = roles.get("loss")
    return assay.find_slices(None, data, seed=seed, loss=None if loss is None else str(loss))


def false_alarms(name: str, runs: int) -> dict[str, object]:
    """Return how many of the runs report a slice where there is none."""
    kind, found, start = KINDS[name], 0, time.perf_counter()
    for run in range(runs):
        rng = np.random.default_rng([run, len(name)])
        found += bool(search(*table(kind, rng), seed=run).confirmed)
    low, high = wilson(found / runs, runs)
    spent = (time.perf_counter() - start) / runs
    return {"kind": name, "rows": kind.rows, "columns": kind.columns, "runs": runs,
            "alarms": found, "rate": found / runs, "low": low, "high": high,
            "seconds": spent}  # fmt: skip


CLAIMED = (1_000, 3_000, 10_000)
PLANTED = ((1_000, 0.2), (1_000, 0.3), (3_000, 0.1), (3_000, 0.2), (10_000, 0.05), (10_000, 0.1))


def power(rows: int, excess: float, runs: int) -> dict[str, object]:
    """Plant a slice of two conditions, 9 % of the rows, and see whether it is found."""
    overlaps: list[float] = []
    told: list[float] = []
    for run in range(runs):
        rng = np.random.default_rng([run, rows])
        columns = people(rng, rows)
        planted = (np.asarray(columns["region"]) == "south") & (np.asarray(columns["age"]) <= 36)
        y = rng.random(rows) < 0.4
        answer = np.where(rng.random(rows) < 0.1 + excess * planted, ~y, y)
        roles: Roles = {"label": "y", "prediction": "answer", "positive": True}
        found = search(columns | {"y": y, "answer": answer}, roles, run)
        frame = pl.DataFrame(columns)
        masks = [rows_where(frame, each.conditions).to_numpy() for each in found.confirmed]
        overlaps.append(max((_jaccard(planted, mask) for mask in masks), default=0.0))
        if found.sensitivity is not None and found.sensitivity.difference is not None:
            told.append(found.sensitivity.difference)
    seen = np.array([each for each in overlaps if each > 0])
    return {"rows": rows, "excess": excess, "runs": runs, "seen": len(seen) / runs,
            "overlap": float(np.median(seen)) if len(seen) else None,
            "close": float(np.mean(np.array(overlaps) >= 0.6)),
            "told": float(np.mean(told)) if told else None}  # fmt: skip


def claimed_power(rows: int, runs: int) -> dict[str, object]:
    """Plant a slice of one condition on 6 % of the rows, as weak as the report says it can see."""
    found: list[float] = []
    claims: list[float] = []
    for run in range(runs):
        rng = np.random.default_rng([run, rows, 5])
        columns = people(rng, rows)
        planted = np.isin(np.asarray(columns["zip"]).astype(int), np.arange(24))
        columns["zone"] = np.where(planted, "z", rng.choice(["a", "b", "c"], rows))
        y = rng.random(rows) < 0.4
        wrong = rng.random(rows) < 0.1
        roles: Roles = {"label": "y", "prediction": "answer", "positive": True}
        before = search(columns | {"y": y, "answer": np.where(wrong, ~y, y)}, roles, run)
        if before.sensitivity is None or before.sensitivity.difference is None:
            continue
        excess = before.sensitivity.difference
        claims.append(excess)
        wrong |= planted & (rng.random(rows) < excess / 0.9)
        after = search(columns | {"y": y, "answer": np.where(wrong, ~y, y)}, roles, run)
        found.append(any("zone = z" in each.name for each in after.confirmed))
    return {
        "rows": rows,
        "runs": len(found),
        "claim": float(np.mean(claims)),
        "seen": float(np.mean(found)),
    }


def claim_rows(made: Sequence[dict[str, object]]) -> list[str]:
    """Return the third table."""
    lines = [
        "| rows | planted, as the report claims | runs | seen |",
        "| ---: | ---: | ---: | ---: |",
    ]
    for each in made:
        claim, seen = float(str(each["claim"])), float(str(each["seen"]))
        lines.append(
            f"| {each['rows']:,} | {100 * claim:.1f} points | {each['runs']} | {seen:.0%} |"
        )
    return lines


def _jaccard(one: np.ndarray, other: np.ndarray) -> float:
    return float((one & other).sum() / max((one | other).sum(), 1))


def alarm_rows(made: Sequence[dict[str, object]]) -> list[str]:
    """Return the first table."""
    lines = [
        "| table | rows | columns | runs | with a false alarm | 95 % interval | seconds a run |",
        "| --- | ---: | ---: | ---: | ---: | --- | ---: |",
    ]
    for each in made:
        rate, low, high = (
            f"{100 * float(str(each[key])):.1f} %" for key in ("rate", "low", "high")
        )
        lines.append(
            f"| {each['kind']} | {each['rows']:,} | {each['columns']} | {each['runs']:,} | "
            f"{rate} | {low} to {high} | {float(str(each['seconds'])):.2f} |"
        )
    return lines


def power_rows(made: Sequence[dict[str, object]]) -> list[str]:
    """Return the second table."""
    lines = [
        "| rows | errors more often by | runs | some of it reported | median overlap | overlap of "
        "0.6 or more | the report's own claim for 6 % of the rows |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for each in made:
        overlap = "" if each["overlap"] is None else f"{each['overlap']:.2f}"
        told = "" if each["told"] is None else f"{100 * float(str(each['told'])):.0f} points"
        lines.append(
            f"| {each['rows']:,} | {100 * float(str(each['excess'])):.0f} points | "
            f"{each['runs']} | {float(str(each['seen'])):.0%} | {overlap} | "
            f"{float(str(each['close'])):.0%} | {told} |"
        )
    return lines


def write(lines: Sequence[str]) -> None:
    """Put the tables into the page, between its two marks."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    page = before + START + "\n" + "\n".join(lines) + "\n\n" + END + after
    PAGE.write_text(page, encoding="utf-8")


def main() -> int:
    """Run and print; write the page where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--power", type=int, default=200)
    parser.add_argument("--kind", nargs="*", choices=list(KINDS), default=list(KINDS))
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    alarms = []
    for name in asked.kind:
        alarms.append(false_alarms(name, asked.runs))
        print(json.dumps(alarms[-1]), flush=True)
    powers = []
    for rows, excess in PLANTED if asked.power else ():
        powers.append(power(rows, excess, asked.power))
        print(json.dumps(powers[-1]), flush=True)
    claims = []
    for rows in CLAIMED if asked.power else ():
        claims.append(claimed_power(rows, asked.power))
        print(json.dumps(claims[-1]), flush=True)
    lines = ["### False alarms", "", *alarm_rows(alarms)]
    if powers:
        lines += ["", "### Planted slices", "", *power_rows(powers)]
        lines += ["", "### What the report says it can see", "", *claim_rows(claims)]
    print("\n".join(lines))
    if asked.write:
        write(lines)
    return int(any(float(str(each["low"])) > LIMIT for each in alarms))


if __name__ == "__main__":
    sys.exit(main())
