"""A full bias report at 1 and 10 million rows, against fairlearn's MetricFrame and plain pandas.

    python benchmarks/bias.py [--millions 1 10] [--repeats 3] [--draws 0] [--peers-once]

Facets of 2, 5, 20 and 100 values and one number cut in two; all metrics of counts, also within
strata, each with a 95 % interval and one that holds for all together; the flip test on a sample
of each side. Every measurement runs in a fresh process that reads the same Parquet file; printed
are medians of seconds, peaks of memory, and the ratios peer / assay.

- shared: what assay and MetricFrame both have (selection rate, accuracy, recall, false positive
  rate, precision, false negative rate, specificity by group and their differences). MetricFrame
  is timed without intervals, and with `--draws` also with its own bootstrap of so many draws.
- report: every metric for every value against the rest; pandas without intervals. The flip test
  is timed apart on both sides, for the facet of two values, with the same sample.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

CHUNK = 1_000_000
FACETS = ("two", "five", "twenty", "hundred", "age>40")
CODED = ("two", "five", "twenty", "hundred")
FEATURES = ("x0", "x1", "x2")
FLIP_ROWS = 5_000
NAMES = {
    "CI": "CI", "DPL": "DPL", "KL": "KL", "JS": "JS", "LP": "LP", "TVD": "TVD", "KS": "KS",
    "DPPL": "DPPL", "DI": "DI", "DCA": "DCA", "DCR": "DCR", "AD": "AD", "RD": "RD", "SD": "SD",
    "DAR": "DAR", "DRR": "DRR", "TE": "TE", "GE": "GE", "CDDL": "CDDL", "CDDPL": "CDDPL",
}  # fmt: skip
RATES = ("DPPL", "AD", "RD", "DAR", "SD")  # what MetricFrame has too: also their group values


def write_rows(path, n, seed=0):
    """Label, prediction, five facets, a column of strata and three features."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer = None
    for start in range(0, n, CHUNK):
        rng = np.random.default_rng([seed, start])
        rows = min(CHUNK, n - start)
        two = rng.random(rows) < 0.33
        y = rng.random(rows) < np.where(two, 0.15, 0.28)
        p = np.where(rng.random(rows) < 0.15, ~y, y)
        columns = {"label": y, "prediction": p, "two": np.where(two, "f", "m")}
        for name, values in {"five": 5, "twenty": 20, "hundred": 100}.items():
            words = np.array([f"{name}-{at}" for at in range(values)])
            columns[name] = words[(values * rng.random(rows) ** 1.5).astype(int)]
        columns["age"] = rng.integers(17, 90, rows)
        columns["branch"] = np.array([f"b{at}" for at in range(10)])[rng.integers(0, 10, rows)]
        columns |= {name: rng.normal(size=rows) for name in FEATURES}
        table = pa.table(columns)
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    writer.close()


def run_assay(path, metrics, *, flip=False, facets=FACETS, strata=True):
    import assay

    small = {"sex": ["f", "m"] * 50, "y": [True, True, False, False] * 25}
    import polars as pl

    assay.measure_bias(pl.DataFrame(small), label="y", positive=True, facets="sex")
    start = time.perf_counter()
    found = assay.measure_bias(
        str(path),
        label="label",
        positive=True,
        prediction="prediction",
        facets=facets,
        group_variable="branch" if strata else None,
        metrics=metrics,
        flip_rows=FLIP_ROWS if flip else 0,
    )
    seconds = time.perf_counter() - start
    values = {
        f"{each.facet}/{each.group}/{each.acronym}": each.estimate.value for each in found.measures
    }
    return seconds, values


def read_pandas(path):
    import pandas as pd

    frame = pd.read_parquet(path)
    frame["age>40"] = np.where(frame["age"] > 40, "age > 40", "age ≤ 40")
    return frame


def groups_of(frame, facet):
    return ["age > 40"] if facet == "age>40" else sorted(frame[facet].unique())


def run_pandas(path):
    import bias_pandas

    start = time.perf_counter()
    frame = read_pandas(path)
    y, p, strata = frame["label"], frame["prediction"], frame["branch"]
    values = {}
    for facet in FACETS:
        for group in groups_of(frame, facet):
            s = frame[facet] == group
            found = bias_pandas.report(y, p, s, strata)
            named = "age > 40" if facet == "age>40" else facet
            values |= {f"{named}/{group}/{name}": value for name, value in found.items()}
    return time.perf_counter() - start, values


def run_metric_frame(path, draws=0):
    from fairlearn.metrics import (
        MetricFrame,
        false_negative_rate,
        false_positive_rate,
        selection_rate,
        true_negative_rate,
        true_positive_rate,
    )
    from sklearn.metrics import accuracy_score, precision_score

    start = time.perf_counter()
    frame = read_pandas(path)
    metrics = {
        "selection_rate": selection_rate,
        "accuracy": accuracy_score,
        "recall": true_positive_rate,
        "false_positive_rate": false_positive_rate,
        "precision": precision_score,
        "false_negative_rate": false_negative_rate,
        "specificity": true_negative_rate,
    }
    more = {"n_boot": draws, "ci_quantiles": [0.025, 0.975], "random_state": 0} if draws else {}
    values = {}
    for facet in FACETS:
        found = MetricFrame(
            metrics=metrics,
            y_true=frame["label"],
            y_pred=frame["prediction"],
            sensitive_features=frame[facet],
            **more,
        )
        values |= {f"{facet}/{name}": v for name, v in found.difference().items()}
    return time.perf_counter() - start, values


def run_flip_pandas(path):
    import bias_pandas

    start = time.perf_counter()
    frame = read_pandas(path)
    values = {}
    for group in groups_of(frame, "two"):
        s = frame["two"] == group
        values[f"two/{group}/FT"] = bias_pandas.flip_test(
            frame, frame["prediction"], s, [*FEATURES, "age"], FLIP_ROWS, 0
        )
    return time.perf_counter() - start, values


KINDS = {
    "assay report": lambda path, _: run_assay(path, tuple(NAMES)),
    "assay shared": lambda path, _: run_assay(path, RATES, strata=False),
    "assay everything": lambda path, _: run_assay(path, (), flip=True),
    "pandas report": lambda path, _: run_pandas(path),
    "MetricFrame": lambda path, _: run_metric_frame(path),
    "MetricFrame with draws": run_metric_frame,
    "pandas flip test": lambda path, _: run_flip_pandas(path),
}


def run_one(kind, path, draws):
    seconds, values = KINDS[kind](path, draws)
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    print(json.dumps({"seconds": seconds, "peak_bytes": peak, "values": values}))


def in_fresh_process(kind, path, draws):
    command = [sys.executable, __file__, "--one", kind, "--path", str(path), "--draws", str(draws)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def compare(mine, other):
    """Return how many values both have, and the largest difference."""
    both = [name for name in other if mine.get(name) is not None and np.isfinite(other[name])]
    return len(both), max((abs(mine[name] - other[name]) for name in both), default=0.0)


def measure(path, options):
    """Run every kind; return kind → its runs. Our runs lie between those of the peers."""
    kinds = [kind for kind in KINDS if options.draws or "draws" not in kind]
    runs = {kind: [] for kind in kinds}
    for repeat in range(options.repeats):
        for kind in kinds:
            if repeat and kind.startswith(("pandas", "MetricFrame")) and options.peers_once:
                continue
            runs[kind].append(in_fresh_process(kind, path, options.draws))
    return runs


def show(rows, runs, draws):
    print(f"\n{rows:,} rows")
    print(f"{'':24} seconds (median)   peak MB   numbers")
    middle = {}
    for kind, found in runs.items():
        seconds = statistics.median(each["seconds"] for each in found)
        peak = max(each["peak_bytes"] for each in found)
        middle[kind] = (seconds, peak)
        print(f"{kind:24} {seconds:16.2f} {peak / 1e6:9.0f} {len(found[0]['values']):9}")
    n, apart = compare(runs["assay report"][0]["values"], runs["pandas report"][0]["values"])
    print(f"the same numbers as pandas: {n} compared, largest difference {apart:.1e}")
    for mine, peer, least in (
        ("assay report", "pandas report", 50),
        ("assay shared", "MetricFrame", 100),
        ("assay shared", "MetricFrame with draws", 100),
    ):
        if peer not in middle:
            continue
        faster = middle[peer][0] / middle[mine][0]
        memory = middle[mine][1] / middle[peer][1]
        more = f" ({draws} draws)" if "draws" in peer else ""
        print(
            f"{peer}{more} / {mine}: {faster:.0f} times the seconds (goal {least}); "
            f"assay's peak is {memory:.2f} of its peak (goal 0.20)"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--millions", type=float, nargs="+", default=[1, 10])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--draws", type=int, default=0, help="bootstrap draws of MetricFrame")
    parser.add_argument("--peers-once", action="store_true", help="run the slow peers only once")
    parser.add_argument("--one", choices=list(KINDS))
    parser.add_argument("--path", type=Path)
    options = parser.parse_args()
    if options.one:
        run_one(options.one, options.path, options.draws)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        for millions in options.millions:
            path = Path(folder) / "rows.parquet"
            write_rows(path, int(millions * 1e6))
            show(int(millions * 1e6), measure(path, options), options.draws)
    return 0


if __name__ == "__main__":
    sys.exit(main())
