"""Opening a CSV file of a million rows and ten columns, beside pandas and Polars.

assay looks at every byte and value, finds the types from all rows and the kinds of all columns,
and refuses ragged rows; the others take turns with it in one process.

    python benchmarks/read_csv.py [--rows 1000000] [--turns 9] [--quoted] [--large]

Prints the seconds of each turn and the medians of the ratios; leaves with status 1 when that to
pandas is above 1.5. `--quoted` puts a text column in quotes, which is read the slower way;
`--large` reads as files above the bound for memory are read; both only print.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
import polars as pl

from assay.data.dataset import Dataset
from assay.data.sources import csv as csv_source

BOUND = 1.5
WORDS = np.array(["cook", "clerk", "driver", "nurse", "teacher"])
PLACES = np.array(["north", "south", "east", "west"])


def write_rows(path, n, *, quoted, seed=0):
    """Write whole numbers, floats with gaps, words and truths."""
    rng = np.random.default_rng(seed)
    some = rng.random(n)
    frame = pl.DataFrame(
        {
            "age": rng.integers(17, 90, n),
            "hours": rng.integers(0, 100, n),
            "pay": rng.normal(3_000, 900, n).round(2),
            "score": rng.random(n),
            "gap": pl.Series(some.round(4)).set(pl.Series(some < 0.05), None),
            "job": WORDS[rng.integers(0, 5, n)],
            "member": rng.random(n) < 0.5,
            "big": rng.integers(0, 10**6, n),
            "state": PLACES[rng.integers(0, 4, n)],
            "label": rng.integers(0, 2, n),
        }
    )
    if quoted:
        frame = frame.with_columns('a "' + pl.col("job") + '", or so')
    frame.write_csv(path)


def timed(function, *arguments):
    start, work = time.perf_counter(), time.process_time()
    found = function(*arguments)
    return time.perf_counter() - start, time.process_time() - work, found


def _ratio(taken, name):
    return median(a / b for a, b in zip(taken["assay"], taken[name], strict=True))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--turns", type=int, default=9)
    parser.add_argument("--quoted", action="store_true")
    parser.add_argument("--large", action="store_true")
    options = parser.parse_args()
    if options.large:
        csv_source.open_csv.__kwdefaults__["max_bytes_in_memory"] = 0
    readers = {"assay": Dataset.read, "pandas": pd.read_csv, "polars": pl.read_csv}
    seconds = {name: [] for name in readers}
    processor = {name: [] for name in readers}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        write_rows(path, 1_000, quoted=options.quoted)
        for read in readers.values():  # imports and first calls are not what is compared
            read(path)
        write_rows(path, options.rows, quoted=options.quoted)
        print(f"{options.rows:,} rows, 10 columns, {path.stat().st_size / 1e6:.0f} MB")
        print("turn   assay  pandas  polars  assay/pandas  assay/polars")
        for turn in range(options.turns):
            made = {}
            for name, read in readers.items():
                taken, worked, made[name] = timed(read, path)
                seconds[name].append(taken)
                processor[name].append(worked)
            assert made["assay"].count_rows() == len(made["pandas"]) == made["polars"].height
            ours, theirs, other = (seconds[name][-1] for name in readers)
            ratios = f"{ours / theirs:12.2f}  {ours / other:12.2f}"
            print(f"{turn + 1:4} {ours:6.2f}s {theirs:6.2f}s {other:6.2f}s  {ratios}")
    found = {name: _ratio(seconds, name) for name in ("pandas", "polars")}
    print(f"median ratio to pandas {found['pandas']:.2f} (bound {BOUND}), ", end="")
    print(f"to Polars {found['polars']:.2f}")
    work = {name: _ratio(processor, name) for name in found}
    print(f"the same in processor time {work['pandas']:.2f} and {work['polars']:.2f}")
    return 0 if options.quoted or options.large or found["pandas"] <= BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
