"""Reading and evaluating Parquet files of growing size: seconds, growth, and peak memory.

    python benchmarks/scale.py [--millions 1 3 5 10]

Each size runs in a fresh process. Scores are ranked exactly up to 5 million rows; above that they
are counted in 65,536 bins, and the bound on ROC AUC is printed. Leaves with status 1 when the
log-log slope of seconds over rows is above 1.1, or the peak at the largest size is more than 1.3
times that at 5 million.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

CHUNK = 1_000_000
MAX_SLOPE = 1.1
MAX_PEAK_RATIO = 1.3


def write_rows(path, n, seed=0):
    """Ten columns: a label, a score and eight features, a million rows at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer = None
    for start in range(0, n, CHUNK):
        rng = np.random.default_rng([seed, start])
        rows = min(CHUNK, n - start)
        y = rng.random(rows) < 0.24
        columns = {
            "label": y.astype(np.int64),
            "score": 1 / (1 + np.exp(-(rng.normal(size=rows) + 1.8 * y - 1.6))),
        }
        columns |= {f"x{at}": rng.normal(size=rows) for at in range(8)}
        table = pa.table(columns)
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    writer.close()


def run_one(path):
    """Evaluate one file; print what was measured as one line of JSON."""
    import resource

    import assay

    assay.evaluate(y_true=[0, 1], y_score=[0.2, 0.8])  # loading libraries does not grow with rows
    start = time.perf_counter()
    data = assay.Dataset.read(path, label="label", score="score")
    result = assay.evaluate(None, data)
    seconds = time.perf_counter() - start
    area = result["roc_auc"]
    unit = 1 if sys.platform == "darwin" else 1024
    measured = {
        "seconds": seconds,
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit,
        "roc_auc": area.value,
        "low": area.low,
        "high": area.high,
        "method": area.method,
        "metrics": len(result.metrics),
    }
    print(json.dumps(measured))


def in_fresh_process(path):
    command = [sys.executable, __file__, "--one", str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--millions", type=float, nargs="+", default=[1, 3, 5, 10])
    parser.add_argument("--one", type=Path)
    options = parser.parse_args()
    if options.one:
        run_one(options.one)
        return 0
    found = {}
    print(" rows (million)  seconds   peak MB  metrics  ROC AUC with its interval and method")
    with tempfile.TemporaryDirectory() as folder:
        for millions in options.millions:
            path = Path(folder) / "rows.parquet"
            write_rows(path, int(millions * 1e6))
            one = found[millions] = in_fresh_process(path)
            print(
                f"{millions:15g}  {one['seconds']:7.2f}  {one['peak_bytes'] / 1e6:8.0f}  "
                f"{one['metrics']:7}  {one['roc_auc']:.6f} ({one['low']:.6f} to "
                f"{one['high']:.6f}), {one['method']}"
            )
    return report(found)


def log_slope(found):
    seconds = [one["seconds"] for one in found.values()]
    return float(np.polyfit(np.log(list(found)), np.log(seconds), 1)[0])


def report(found):
    """Print the slopes and the ratio of the peaks; return the exit status."""
    slope = log_slope(found)
    print(f"log-log slope of seconds over rows: {slope:.2f} (at most {MAX_SLOPE})")
    exact = {size: one for size, one in found.items() if "bins" not in one["method"]}
    if len(exact) > 1:
        print(f"the same over the sizes that are ranked exactly: {log_slope(exact):.2f}")
        slope = max(slope, log_slope(exact))
    good = slope <= MAX_SLOPE
    largest = max(found)
    if 5 in found and largest > 5:
        ratio = found[largest]["peak_bytes"] / found[5]["peak_bytes"]
        print(
            f"peak at {largest:g} million over that at 5: {ratio:.2f} (at most {MAX_PEAK_RATIO})"
        )
        good = good and ratio <= MAX_PEAK_RATIO
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
