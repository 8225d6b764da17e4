"""How often sound models are warned of a weak slice, though only the outcome is uncertain there.

    python benchmarks/slices_warnings.py [--runs 60] [--keep FILE] [--write]

The truth is made, so that it is known how often answers are wrong in a slice: a warning is without
cause where that is no more than two points above what the scores foresee (of numbers: where the
predictions are off by less than a tenth of the mean loss).
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
from kept_runs import KeptRuns, Made, in_turns, write_between

import assay
from assay.data.conditions import rows_where
from assay.evaluation.slices.result import Slice, SliceSearch
from assay.stats.rate import wilson

PAGE = Path(__file__).parent.parent / "docs" / "slices.md"
TRAIN, TEST = 8_000, 4_000
TWO_POINTS = 0.02
A_TENTH = 0.1
Rows = tuple[pl.DataFrame, np.ndarray, np.ndarray]


def drawn(rng: np.random.Generator, n: int) -> Rows:
    """Return columns, the mean of the outcome's logit, and which rows are uncertain."""
    hard = rng.random(n) < 0.3
    region = np.where(hard, rng.choice(["west", "south"], n), rng.choice(["north", "east"], n))
    x = rng.normal(size=(n, 4)) * np.where(hard, 0.4, 1.5)[:, None]
    frame = pl.DataFrame({f"x{place}": x[:, place] for place in range(4)}).with_columns(
        region=pl.Series(region),
        age=pl.Series(rng.integers(18, 80, n)),
        plan=pl.Series(rng.choice(list("abcdef"), n)),
    )
    return frame, x @ np.array([1.5, -1.0, 0.8, 0.5]) - 0.3, hard


def features(frame: pl.DataFrame) -> np.ndarray:
    """Return the columns as models read them."""
    coded = frame.with_columns(pl.col("region", "plan").cast(pl.Categorical).to_physical())
    return coded.to_numpy().astype(float)


def logistic(seed: int) -> object:
    """Return the model that the outcomes are made by."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression())


def boosting(seed: int) -> object:
    """Return gradient boosting that stops in time."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        early_stopping=True, learning_rate=0.05, max_leaf_nodes=15, random_state=seed
    )


def forest(seed: int) -> object:
    """Return a forest whose trees grow to the last row."""
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(n_estimators=60, random_state=seed)


def classes(make: Callable[[int], object], loss: str, run: int) -> Made:
    """Fit on made classes, and count warnings."""
    rng = np.random.default_rng([run, 7])
    train, logit, _ = drawn(rng, TRAIN)
    model = make(run)
    model.fit(features(train), rng.random(TRAIN) < _chance(logit))  # type: ignore[attr-defined]
    frame, logit, _ = drawn(rng, TEST)
    y = (rng.random(TEST) < _chance(logit)).astype(int)
    score = model.predict_proba(features(frame))[:, 1]  # type: ignore[attr-defined]
    found = assay.find_slices(X=frame, y_true=y, y_score=score, loss=loss, seed=run)
    wrong = np.where(score >= 0.5, 1 - _chance(logit), _chance(logit))
    foreseen = np.minimum(score, 1 - score)

    def caused(inside: np.ndarray) -> bool:
        return float((wrong - foreseen)[inside].mean()) > TWO_POINTS

    return _counted(found, frame, caused)


def numbers(run: int) -> Made:
    """Fit linear regression on numbers whose noise is larger in some rows."""
    from sklearn.linear_model import LinearRegression

    rng = np.random.default_rng([run, 8])
    train, mean, hard = drawn(rng, TRAIN)
    model = LinearRegression().fit(features(train), _noisy(rng, mean, hard))
    frame, mean, hard = drawn(rng, TEST)
    y = _noisy(rng, mean, hard)
    answer = model.predict(features(frame))
    found = assay.find_slices(X=frame, y_true=y, y_pred=answer, seed=run)

    def caused(inside: np.ndarray) -> bool:
        lean = abs(float((answer - mean)[inside].mean()))
        return lean > A_TENTH * float(np.abs(answer - y)[inside].mean())

    return _counted(found, frame, caused)


def _chance(logit: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logit))


def _noisy(rng: np.random.Generator, mean: np.ndarray, hard: np.ndarray) -> np.ndarray:
    return mean + rng.normal(size=len(mean)) * np.where(hard, 3.0, 1.0)


def _counted(
    found: SliceSearch, frame: pl.DataFrame, caused: Callable[[np.ndarray], bool]
) -> Made:
    held: dict[str, Slice] = {each.name: each for each in found.confirmed}
    warned = [
        str(one.where["slice"])
        for each in found.findings
        for one in (each, *each.consequences)
        if one.severity == "warning" and one.where["slice"] in held
    ]
    masks = [rows_where(frame, held[name].conditions).to_numpy() for name in warned]
    without = [not caused(mask) for mask in masks]
    return {
        "confirmed": len(found.confirmed),
        "warned": float(bool(warned)),
        "without": float(any(without)),
    }


CASES: dict[str, Callable[[int], Made]] = {
    "logistic regression, wrong answers": lambda run: classes(logistic, "error", run),
    "logistic regression, log loss": lambda run: classes(logistic, "log_loss", run),
    "gradient boosting, wrong answers": lambda run: classes(boosting, "error", run),
    "random forest, wrong answers": lambda run: classes(forest, "error", run),
    "linear regression, noise of two sizes": numbers,
}


def rows_of(kept: KeptRuns) -> list[str]:
    """Return the table as Markdown."""
    lines = [
        "| model | runs | with a confirmed slice | with a warning | of them without cause | "
        "95 % interval of warnings |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for name in CASES:
        made = kept.of(name)
        if not made:
            continue
        runs = len(made)
        confirmed = sum(each["confirmed"] > 0 for each in made)
        warned, without = (sum(each[key] > 0 for each in made) for key in ("warned", "without"))
        low, high = wilson(warned / runs, runs)
        lines.append(
            f"| {name} | {runs} | {100 * confirmed / runs:.0f} % | {100 * warned / runs:.1f} % | "
            f"{without} | {100 * low:.1f} % to {100 * high:.1f} % |"
        )
    return lines


def main() -> None:
    """Run and print; write the page where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    kept, names = KeptRuns(asked.keep), list(CASES)
    for place, run in in_turns(len(names), asked.runs):
        name = names[place]
        kept.run(name, run, lambda name=name, run=run: CASES[name](run))
    print("\n".join(rows_of(kept)))
    if asked.write:
        write_between(PAGE, "warnings", rows_of(kept))


if __name__ == "__main__":
    main()
