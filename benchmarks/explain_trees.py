"""Attributions of tree ensembles: assay against shap, woodelf and the boosters' own.

    python benchmarks/explain_trees.py [--rows 100000] [--repeats 3] [--slow-rows 5000]

Models of 100 trees on 30 columns: LightGBM, XGBoost of depth 6, a random forest of depth 8 (50
trees). Timed is all that a user waits for: reading the trees, tables, rows, and in assay the check
of every row against the model's own score. Printed are medians of seconds of processor time and
the ratio of the fastest peer to assay (above 1: assay is faster).

- path-dependent, all rows: woodelf on all of them; shap and the boosters' own, whose time grows
  with the rows alone, on `--slow-rows` of them, scaled up.
- interventional, 20,000 rows × 1,000 background rows: woodelf on all of them; shap on 20 rows with
  the whole background, scaled up.
- a forest of 100 trees that nothing prunes, on 5,000 rows: 100 rows × 50 background rows, shap on
  all of them (woodelf's tables grow as 2^depth).

Set OMP_NUM_THREADS=1 for one core on all sides.
"""

import argparse
import contextlib
import io
import statistics
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

# numba, which shap imports, looks for the package coverage, and beside this file lies another.
sys.path[:] = [each for each in sys.path if Path(each).resolve() != Path(__file__).parent]
COLUMNS = 30
TRAINED = 20_000
SHAP_ROWS = 20


def rows_of(n, seed=0):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, COLUMNS))
    slopes = np.random.default_rng(1).normal(size=16) * 0.3
    truth = rows[:, 0] * rows[:, 1] + np.sin(rows[:, 2]) + rows[:, 3] + rows[:, 4:20] @ slopes
    frame = pd.DataFrame(rows, columns=[f"c{place}" for place in range(COLUMNS)])
    return frame, truth + 0.2 * rng.normal(size=n)


def models(frame, truth):
    import lightgbm
    import xgboost
    from sklearn.ensemble import RandomForestRegressor

    yield "LightGBM", lightgbm.LGBMRegressor(n_jobs=1, verbose=-1).fit(frame, truth)
    yield (
        "XGBoost",
        xgboost.XGBRegressor(n_estimators=100, max_depth=6, n_jobs=1).fit(frame, truth),
    )
    forest = RandomForestRegressor(50, max_depth=8, n_jobs=1, random_state=0, max_features=0.5)
    yield "random forest", forest.fit(frame[:5000], truth[:5000])


def by_assay(model, rows, background):
    from assay.explainability.scores import Scores
    from assay.explainability.trees.explain import prepare_trees
    from assay.models.native import native_of, raw_scores
    from assay.models.wrap import as_predictor

    native = native_of(as_predictor(model))
    trees = prepare_trees(
        native,
        rows=rows,
        players=[(place,) for place in range(COLUMNS)],
        background=background,
        weights=None,
        scores=Scores(raw_scores(native), ("y",)),
    )
    found = trees.values(rows)
    assert not found.left.any()
    assert "assay's own" in found.reason
    return found.values[:, :, 0]


def by_woodelf(model, rows, background):
    from woodelf import WoodelfExplainer

    with contextlib.redirect_stdout(io.StringIO()):
        return WoodelfExplainer(model, background).shap_values(rows, verbose=False)


def by_shap(model, rows, background):
    import shap

    if background is None:
        made = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    else:
        made = shap.TreeExplainer(
            model, shap.maskers.Independent(background, max_samples=len(background))
        )
    return made.shap_values(rows, check_additivity=False)


def by_itself(model, rows):
    if type(model).__module__.startswith("lightgbm"):
        return model.predict(rows, pred_contrib=True)[:, :-1]
    if type(model).__module__.startswith("xgboost"):
        from xgboost import DMatrix

        return model.get_booster().predict(DMatrix(rows), pred_contribs=True)[:, :-1]
    return None


def seconds(call, repeats):
    taken, made = [], None
    for _ in range(repeats):
        start = time.process_time()
        made = call()
        taken.append(time.process_time() - start)
    return statistics.median(taken), made


def compare(name, model, rows, background, peers, repeats):
    ours, mine = seconds(lambda: by_assay(model, rows, background), repeats)
    told = {}
    for peer, (call, n_rows) in peers.items():
        taken, made = seconds(call, repeats)
        if made is None:
            continue
        told[peer] = taken * len(rows) / n_rows
        apart = np.abs(np.asarray(made) - mine[: len(made)]).max()
        scaled = "" if n_rows == len(rows) else f" (scaled from {n_rows:,} rows)"
        print(f"  {peer:8} {told[peer]:9.2f} s{scaled}; largest difference {apart:.1e}")
    fastest = min(told, key=told.get)
    print(
        f"  assay    {ours:9.2f} s; {told[fastest] / ours:.1f} × as fast as the fastest "
        f"({fastest}), {told['shap'] / ours:.0f} × shap  [{name}]",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--slow-rows", type=int, default=5000)
    told = parser.parse_args()
    warnings.simplefilter("ignore")
    frame, truth = rows_of(max(told.rows, TRAINED + 1000))
    rows, few = frame[: told.rows], frame[: told.slow_rows]
    for name, model in models(frame[:TRAINED], truth[:TRAINED]):
        by_assay(model, few[:50], None), by_woodelf(model, few[:50], None)
        by_shap(model, few[:50], None)
        path_dependent(name, model, rows, few, told.repeats)
        interventional(name, model, frame[:20_000], frame[-1000:], told.repeats)
    unpruned(frame, truth, told.repeats)


def path_dependent(name, model, rows, few, repeats):
    print(f"{name}, path-dependent, {len(rows):,} rows")
    peers = {
        "woodelf": (lambda: by_woodelf(model, rows, None), len(rows)),
        "shap": (lambda: by_shap(model, few, None), len(few)),
        "itself": (lambda: by_itself(model, few), len(few)),
    }
    compare(name, model, rows, None, peers, repeats)


def interventional(name, model, rows, background, repeats):
    print(f"{name}, interventional, {len(rows):,} rows × {len(background):,}")
    peers = {
        "woodelf": (lambda: by_woodelf(model, rows, background), len(rows)),
        "shap": (lambda: by_shap(model, rows[:SHAP_ROWS], background), SHAP_ROWS),
    }
    compare(name, model, rows, background, peers, repeats)


def unpruned(frame, truth, repeats):
    from sklearn.ensemble import RandomForestRegressor

    model = RandomForestRegressor(n_jobs=1, random_state=0).fit(frame[:5000], truth[:5000])
    rows, background = frame[-100:], frame[:50]
    print(f"unpruned forest, interventional, {len(rows):,} rows × {len(background):,}")
    peers = {"shap": (lambda: by_shap(model, rows, background), len(rows))}
    compare("unpruned forest", model, rows, background, peers, repeats)


if __name__ == "__main__":
    main()
