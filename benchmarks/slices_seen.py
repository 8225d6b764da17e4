"""How often a weak slice that is there is seen: planted ones, and those the report says it sees.

    python benchmarks/slices_seen.py [--runs 200] [--keep FILE] [--write]

First a slice of one condition is planted that is just as weak as the report says it sees in 80 %
of searches, for the least share of the rows and for larger ones. Then a slice of two conditions.
"""

import argparse
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl
from kept_runs import KeptRuns, Made, in_turns, write_between
from slices_tables import people

from assay.data.conditions import rows_where
from assay.data.dataset import Dataset
from assay.evaluation.judged import Answers, JudgedRows
from assay.evaluation.slices.atoms import CodedColumn
from assay.evaluation.slices.columns import Searchable, searchable_columns
from assay.evaluation.slices.find import find_in_material
from assay.evaluation.slices.material import Material, SliceSettings
from assay.evaluation.slices.result import SliceSearch
from assay.evaluation.slices.significance import LossRows

PAGE = Path(__file__).parent.parent / "docs" / "slices.md"
ERRORS = 0.1
TABLES = 20
"""Columns are drawn anew so many times; losses in every run."""
LEAST = {500: 0.144, 3_000: 0.06, 20_000: 0.06}
CLAIMS = [
    (what, rows, share)
    for what in ("error", "absolute_error")
    for rows in (500, 3_000, 20_000)
    for share in (LEAST[rows], 0.15, 0.3)
    if share == LEAST[rows] or share >= 2 * LEAST[rows]
]
PLANTED = ((3_000, 0.1), (3_000, 0.2), (20_000, 0.05), (20_000, 0.1))


@lru_cache(maxsize=TABLES)
def made_table(
    rows: int, share: float, number: int
) -> tuple[pl.DataFrame, Searchable, dict[str, list[CodedColumn]]]:
    """Return columns, one of which has a level on so many of the rows."""
    rng = np.random.default_rng([number, rows])
    columns = people(rng, rows)
    planted = rng.permutation(rows) < round(share * rows)
    columns["zone"] = np.where(planted, "z", rng.choice(["a", "b", "c"], rows))
    frame = pl.DataFrame(columns)
    return frame, searchable_columns(Dataset.read(frame)), {}


def find(
    frame: pl.DataFrame,
    searchable: Searchable,
    coded: dict[str, list[CodedColumn]],
    losses: np.ndarray,
    what: str,
    seed: int,
) -> SliceSearch:
    """Look for weak slices of these losses."""
    n = len(losses)
    material = Material(
        frame=frame,
        rows=JudgedRows(task="regression", truth=np.zeros(n)),
        answers=Answers(name="made"),
        losses=LossRows(losses),
        loss=what,
        place=np.arange(n),
        n_rows=n,
        searchable=searchable,
        coded=coded,
    )
    return find_in_material(material, SliceSettings(seed=seed))


def claimed(what: str, rows: int, share: float, run: int) -> Made:
    """Plant a slice as weak as the report says it sees, and look for it."""
    frame, searchable, coded = made_table(rows, share, run % TABLES)
    planted = (frame["zone"] == "z").to_numpy()
    rng = np.random.default_rng([run, rows, round(1_000 * share), len(what)])
    seed = int(rng.integers(2**31))
    wrong = rng.random(rows) < ERRORS
    losses = wrong.astype(np.float64) if what == "error" else np.abs(rng.normal(size=rows))
    told = find(frame, searchable, coded, losses, what, seed).sensitivity
    assert told is not None
    at = dict(((told.share, told.difference), *told.larger))
    excess = at[min(at, key=lambda each: abs(each - share))]
    if excess is None:
        return {"claim": -1.0, "seen": 0.0}
    if what == "error":
        losses[planted & (rng.random(rows) < excess / (1 - ERRORS))] = 1.0
    else:
        losses[planted] *= 1 + excess / losses[~planted].mean()
    found = find(frame, searchable, coded, losses, what, seed).confirmed
    return {"claim": excess, "seen": float(any("zone = z" in each.name for each in found))}


def two_conditions(rows: int, excess: float, run: int) -> Made:
    """Plant a slice of two conditions, 9 % of the rows, and see whether it is found."""
    frame, searchable, coded = made_table(rows, 0.06, run % TABLES)
    planted = ((frame["region"] == "south") & (frame["age"] <= 36)).to_numpy()
    rng = np.random.default_rng([run, rows])
    losses = (rng.random(rows) < ERRORS + excess * planted).astype(np.float64)
    found = find(frame, searchable, coded, losses, "error", run)
    masks = [rows_where(frame, each.conditions).to_numpy() for each in found.confirmed]
    return {"overlap": max((_jaccard(planted, mask) for mask in masks), default=0.0)}


def _jaccard(one: np.ndarray, other: np.ndarray) -> float:
    return float((one & other).sum() / max((one | other).sum(), 1))


def claim_rows(kept: KeptRuns) -> list[str]:
    """Return the table of claims as Markdown."""
    lines = [
        "| loss | rows | share of rows | planted, as the report claims | runs | seen |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for what, rows, share in CLAIMS:
        made = [each for each in kept.of(f"{what} {rows} {share}") if each["claim"] >= 0]
        if not made:
            continue
        claim = float(np.mean([each["claim"] for each in made]))
        seen = float(np.mean([each["seen"] for each in made]))
        told = f"{100 * claim:.1f} points" if what == "error" else f"{claim:.3f}"
        word = "wrong answers" if what == "error" else "absolute error"
        lines.append(
            f"| {word} | {rows:,} | {share:.0%} | {told} | {len(made):,} | {100 * seen:.0f} % |"
        )
    return lines


def planted_rows(kept: KeptRuns) -> list[str]:
    """Return the table of planted slices of two conditions as Markdown."""
    lines = [
        "| rows | errors more often by | runs | some of it reported | overlap of 0.6 or more |",
        "| ---: | ---: | ---: | ---: | ---: |",
    ]
    for rows, excess in PLANTED:
        overlaps = np.array([each["overlap"] for each in kept.of(f"two {rows} {excess}")])
        if len(overlaps):
            lines.append(
                f"| {rows:,} | {100 * excess:.0f} points | {len(overlaps):,} | "
                f"{100 * np.mean(overlaps > 0):.0f} % | {100 * np.mean(overlaps >= 0.6):.0f} % |"
            )
    return lines


def run_claims(kept: KeptRuns, runs: int) -> None:
    """Make the runs of the first table."""
    for place, run in in_turns(len(CLAIMS), runs):
        what, rows, share = CLAIMS[place]
        kept.run(f"{what} {rows} {share}", run, lambda: claimed(what, rows, share, run))  # noqa: B023 - called at once


def run_planted(kept: KeptRuns, runs: int) -> None:
    """Make the runs of the second table."""
    for place, run in in_turns(len(PLANTED), runs):
        rows, excess = PLANTED[place]
        kept.run(f"two {rows} {excess}", run, lambda: two_conditions(rows, excess, run))  # noqa: B023 - called at once


def main(arguments: Sequence[str] | None = None) -> None:
    """Run and print; write the page where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args(arguments)
    kept = KeptRuns(asked.keep)
    run_claims(kept, asked.runs)
    run_planted(kept, asked.runs)
    lines = [*claim_rows(kept), "", *planted_rows(kept)]
    print("\n".join(lines))
    if asked.write:
        write_between(PAGE, "claims", claim_rows(kept))
        write_between(PAGE, "planted", planted_rows(kept))


if __name__ == "__main__":
    main()
