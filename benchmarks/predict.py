"""Predicting: overhead over the libraries, HTTP throughput, growth with rows, bounded memory.

    python benchmarks/predict.py [--part overhead http growth memory] [--quick]

overhead: each library is called by assay's adapter and directly, in turns in one process, on the
same batches and with the container made by hand; printed are milliseconds per 1,000 rows and the
median of the differences and of the ratios. `scored` is the whole way: the adapter, the check of
every answer, the added columns and the look at the first rows.

http: the same loopback server, batch size and concurrency for assay and for a plain client of
urllib3 with threads; printed are rows per second and the median of the ratios.

growth: reading a Parquet file and predicting every row, each size in a fresh process; printed
are seconds, with and without the store of predictions, and the log-log slope.

memory: a file larger than the memory that a fresh process may have (it is killed above it) is
predicted to its end. A limit of addresses (RLIMIT_AS) would count the mapped file, too.

Leaves with status 1 when a bound that is printed is missed. `--quick` is for small machines.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import numpy as np
import polars as pl

COLUMNS = [f"x{at}" for at in range(10)]
BATCH_ROWS = 65_536
CHUNK = 1_000_000
ROW_GROUP = 131_072
MAX_EXTRA_MS = 1.0
"""Milliseconds per 1,000 rows that an adapter may add."""
MAX_EXTRA_SHARE = 0.25
"""Share of the library's own time that it may add where that is more."""
MAX_HTTP_RATIO = 1.25
"""Seconds of assay over those of the plain client."""
MAX_SLOPE = 1.1
PARTS = ("overhead", "http", "growth", "memory")


def make_rows(n, seed=0):
    """Return ten columns of floats and a label that goes with the first two."""
    rng = np.random.default_rng([seed, n])
    frame = pl.DataFrame({name: rng.normal(size=n) for name in COLUMNS})
    return frame.with_columns(y=(pl.col("x0") + pl.col("x1") > 0).cast(pl.Int64))


def as_pandas(batch):
    return batch.select(COLUMNS).to_pandas()


def as_numpy(batch):
    return batch.select(COLUMNS).to_numpy()


def with_labels(probabilities):
    return probabilities, probabilities.argmax(axis=1)


def make_linear(folder, rows):
    import joblib
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression().fit(as_pandas(rows), rows["y"].to_numpy())
    joblib.dump(model, folder / "linear.joblib")
    return (
        folder / "linear.joblib",
        {"trust": True},
        lambda batch: with_labels(model.predict_proba(as_pandas(batch))),
    )


def make_trees(folder, rows):
    import joblib
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(max_iter=50).fit(as_pandas(rows), rows["y"].to_numpy())
    joblib.dump(model, folder / "trees.joblib")
    return (
        folder / "trees.joblib",
        {"trust": True},
        lambda batch: with_labels(model.predict_proba(as_pandas(batch))),
    )


def make_lightgbm(folder, rows):
    import lightgbm

    data = lightgbm.Dataset(as_pandas(rows), rows["y"].to_numpy(), params={"verbose": -1})
    model = lightgbm.train({"objective": "binary", "verbose": -1}, data, 50)
    model.save_model(folder / "model.txt")
    return folder / "model.txt", {"classes": (0, 1)}, lambda batch: model.predict(as_pandas(batch))


def make_xgboost(folder, rows):
    import xgboost

    data = xgboost.DMatrix(as_pandas(rows), rows["y"].to_numpy())
    model = xgboost.train({"objective": "binary:logistic"}, data, 50)
    model.save_model(folder / "model.json")
    return (
        folder / "model.json",
        {"classes": (0, 1)},
        lambda batch: model.predict(xgboost.DMatrix(as_pandas(batch))),
    )


def make_catboost(folder, rows):
    from catboost import CatBoostClassifier

    model = CatBoostClassifier(iterations=50, verbose=False, allow_writing_files=False)
    model.fit(as_pandas(rows), rows["y"].to_numpy()).save_model(str(folder / "model.cbm"))
    return folder / "model.cbm", {}, lambda batch: model.predict_proba(as_pandas(batch))


def make_onnx(folder, rows):
    import onnxruntime
    from skl2onnx import to_onnx
    from sklearn.neural_network import MLPClassifier

    some = as_numpy(rows.head(5_000)).astype(np.float32)
    model = MLPClassifier((32,), max_iter=20, early_stopping=True).fit(some, rows["y"][:5_000])
    made = to_onnx(model, some[:1], options={"zipmap": False})
    path = folder / "model.onnx"
    path.write_bytes(made.SerializeToString())
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return (
        path,
        {},
        lambda batch: session.run(None, {name: as_numpy(batch).astype(np.float32)}),
    )


MAKERS = {
    "scikit-learn, linear": make_linear,
    "scikit-learn, trees": make_trees,
    "LightGBM": make_lightgbm,
    "XGBoost": make_xgboost,
    "CatBoost": make_catboost,
    "ONNX Runtime": make_onnx,
}


def seconds_of(function, *arguments):
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def measure_overhead(options):
    """Let adapter and library take turns; return whether the bound is kept."""
    import warnings

    import assay
    from assay.data.dataset import Dataset
    from assay.models.scoring import score_dataset

    warnings.simplefilter("ignore")  # of a net that was fitted for a moment only
    n = 50_000 if options.quick else 500_000
    rows = make_rows(n)
    batches = [rows[at : at + BATCH_ROWS] for at in range(0, n, BATCH_ROWS)]
    data = Dataset.read(rows, label="y", positive=1, features=COLUMNS)
    print(f"overhead: {n:,} rows of {len(COLUMNS)} columns, {BATCH_ROWS:,} a batch; ms per 1,000")
    print(f"{'':22} library  adapter   scored    extra    ratio")
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for name, make in MAKERS.items():
            path, given, direct = make(Path(folder), rows.head(50_000))
            model = assay.load_model(path, **given)

            def by_library(direct=direct):
                for batch in batches:
                    direct(batch)

            def by_adapter(model=model):
                for batch in batches:
                    model.predict(batch.select(COLUMNS))

            def as_a_whole(model=model):
                score_dataset(model, data, batch_rows=BATCH_ROWS)

            ways = {"library": by_library, "adapter": by_adapter, "scored": as_a_whole}
            taken = take_turns(ways, options.turns)
            each = {way: [1e6 * s / n for s in seconds] for way, seconds in taken.items()}
            pairs = list(zip(each["adapter"], each["library"], strict=True))
            extra = median(ours - theirs for ours, theirs in pairs)
            ratio = median(ours / theirs for ours, theirs in pairs)
            shown = "  ".join(f"{median(each[way]):7.3f}" for way in ways)
            print(f"{name:22} {shown}  {extra:7.3f}  {ratio:7.2f}")
            good &= extra <= max(MAX_EXTRA_MS, MAX_EXTRA_SHARE * median(each["library"]))
    print(
        f"an adapter may add {MAX_EXTRA_MS:g} ms per 1,000 rows, or {MAX_EXTRA_SHARE:.0%} where "
        f"that is more: {'kept' if good else 'MISSED'}"
    )
    return good


def take_turns(ways, turns):
    """Return the seconds of each way, turn by turn; the first turn warms up."""
    taken = {name: [] for name in ways}
    for turn in range(turns + 1):
        for name, way in ways.items():
            seconds = seconds_of(way)
            if turn:
                taken[name].append(seconds)
    return taken


SERVER = """
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        rows = json.loads(body)["instances"]
        made = json.dumps({"predictions": [1 / (1 + 2.718281828 ** -row["x0"]) for row in rows]})
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(made)))
        self.end_headers()
        self.wfile.write(made.encode())

    def log_message(self, *_):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
"""


def measure_http(options):
    """Let assay and a plain client ask the same server in turns."""
    import urllib3

    import assay

    n, size, concurrency = (4_000 if options.quick else 40_000), 500, 4
    rows = make_rows(n).select(COLUMNS)
    with subprocess.Popen(
        [sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            url = f"http://127.0.0.1:{int(server.stdout.readline())}/invocations"
            pool = urllib3.PoolManager(maxsize=concurrency)

            def ask(start):
                records = rows[start : start + size].to_dicts()
                reply = pool.request(
                    "POST",
                    url,
                    body=json.dumps({"instances": records}).encode(),
                    headers={"Content-Type": "application/json"},
                )
                return json.loads(reply.data)["predictions"]

            def by_hand():
                with ThreadPoolExecutor(concurrency) as threads:
                    made = [
                        score for part in threads.map(ask, range(0, n, size)) for score in part
                    ]
                assert len(made) == n

            settings = {"batch_rows": size, "concurrency": concurrency}
            model = assay.load_model(url, output="probability", options=settings)
            step = model.info.batch_rows

            def by_assay():
                for at in range(0, n, step):
                    model.predict(rows[at : at + step])

            taken = take_turns({"assay": by_assay, "client": by_hand}, options.turns)
        finally:
            server.terminate()
    pairs = list(zip(taken["assay"], taken["client"], strict=True))
    ratio = median(ours / theirs for ours, theirs in pairs)
    good = ratio <= MAX_HTTP_RATIO
    print(f"http: {n:,} rows, {size} a request, {concurrency} requests at once; rows per second")
    for name, seconds in taken.items():
        print(f"{name:22} {n / median(seconds):10,.0f}")
    print(
        f"seconds of assay over those of the plain client: {ratio:.2f} (at most {MAX_HTTP_RATIO})"
    )
    return good


def write_rows(path, n):
    """Write rows as Parquet, a million at a time, without compression."""
    import pyarrow.parquet as pq

    writer = None
    for start in range(0, n, CHUNK):
        table = make_rows(min(CHUNK, n - start), seed=start).to_arrow()
        writer = writer or pq.ParquetWriter(path, table.schema, compression="none")
        writer.write_table(table, row_group_size=ROW_GROUP)
    writer.close()


def run_one(path, model_path, store):
    """Predict one file in this process; print what was measured as one line of JSON."""
    import assay
    from assay.models.kept.store import PredictionStore
    from assay.models.scoring import score_dataset

    model = assay.load_model(model_path, trust=True)
    warm = make_rows(1_000)
    score_dataset(model, assay.Dataset.read(warm, label="y", positive=1))  # imports, threads
    data = assay.Dataset.read(warm.to_pandas(), label="y", positive=1)
    before = status("VmRSS")
    kept = PredictionStore(Path(store), max_bytes=2**40) if store else None
    timings = []
    start = time.perf_counter()
    data = assay.Dataset.read(path, label="y", positive=1)
    opened = time.perf_counter()
    fingerprint = 0.0
    if kept is not None:
        data.fingerprint()
        fingerprint = time.perf_counter() - opened
    scored = score_dataset(model, data, store=kept, timed=timings.append)
    seconds = time.perf_counter() - start
    measured = {
        "seconds": seconds,
        "fingerprint_seconds": fingerprint,
        "model_ms": timings[0].ms_per_1000_rows,
        "from_cache": timings[0].from_cache,
        "rows": scored.count_rows(),
        "taken_bytes": status("VmHWM") - before,
    }
    print(json.dumps(measured))


def status(name, process="self"):
    """Return a size of a process in bytes."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    return 0


def in_fresh_process(path, model, *, store="", limit=None):
    """Run one; where its own memory grows above the limit, it is ended as a system would."""
    command = [sys.executable, __file__, "--one", str(path), str(model), str(store)]
    peak = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        while limit is not None and child.poll() is None:
            # Pages of the file itself are the system's to drop, and do not count.
            peak = max(peak, status("RssAnon", child.pid))
            if peak > limit:
                child.kill()
            time.sleep(0.002)
        output, _ = child.communicate()
    if child.returncode:
        print(f"ended with status {child.returncode} at {peak / 1e6:,.0f} MB")
        return None
    return {**json.loads(output.splitlines()[-1]), "peak_bytes": peak}


def measure_growth(options):
    """Predict files of growing size, without the store, with it, and again with it."""
    sizes = [0.1, 0.3] if options.quick else options.millions
    found = {}
    print("growth: seconds to read and predict; the store's first and second run")
    print(" rows (million)  seconds  kept run  fingerprint  again   taken MB")
    with tempfile.TemporaryDirectory() as folder:
        model, _, _ = make_linear(Path(folder), make_rows(50_000))
        for millions in sizes:
            path, n = Path(folder) / "rows.parquet", int(millions * 1e6)
            write_rows(path, n)
            store = Path(folder) / f"store-{millions}"
            plain = in_fresh_process(path, model)
            first = in_fresh_process(path, model, store=store)
            again = in_fresh_process(path, model, store=store)
            if plain is None or first is None or again is None:
                return False
            assert again["from_cache"] == n
            found[millions] = plain["seconds"]
            print(
                f"{millions:15g}  {plain['seconds']:7.2f}  {first['seconds']:8.2f}  "
                f"{first['fingerprint_seconds']:11.2f}  {again['seconds']:5.2f}  "
                f"{plain['taken_bytes'] / 1e6:9.0f}"
            )
    slope = float(np.polyfit(np.log(list(found)), np.log(list(found.values())), 1)[0])
    print(f"log-log slope of seconds over rows: {slope:.2f} (at most {MAX_SLOPE})")
    return slope <= MAX_SLOPE


def measure_memory(options):
    """Predict a file that is larger than the memory that may be taken."""
    n = 8_000_000 if options.quick else 30_000_000
    with tempfile.TemporaryDirectory() as folder:
        model, _, _ = make_linear(Path(folder), make_rows(50_000))
        path = Path(folder) / "rows.parquet"
        write_rows(path, n)
        size = path.stat().st_size
        limit = int(size * options.share)
        one = in_fresh_process(path, model, limit=limit)
    print(f"memory: a file of {size / 1e6:,.0f} MB; the process may have {limit / 1e6:,.0f} MB")
    if one is None:
        print("it was not predicted to its end: MISSED")
        return False
    print(f"{one['rows']:,} rows predicted; it had {one['peak_bytes'] / 1e6:,.0f} MB at most")
    return one["rows"] == n


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--quick", action="store_true", help="small sizes, few turns")
    parser.add_argument("--turns", type=int, default=None)
    parser.add_argument("--millions", type=float, nargs="+", default=[1, 3, 10])
    parser.add_argument("--share", type=float, default=0.75, help="memory over the file's size")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        run_one(*options.one)
        return 0
    options.turns = options.turns or (3 if options.quick else 9)
    measures = {
        "overhead": measure_overhead,
        "http": measure_http,
        "growth": measure_growth,
        "memory": measure_memory,
    }
    results = [measures[part](options) for part in options.part]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
