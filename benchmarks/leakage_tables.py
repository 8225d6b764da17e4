"""Tables without a leak, of many kinds, and leaks to plant in them."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from scipy.special import expit

START = datetime(2023, 1, 1)  # noqa: DTZ001 - tables hold times without a zone


@dataclass(frozen=True)
class Made:
    """A table, the roles of its columns, and which rows are for judging."""

    frame: pl.DataFrame
    judged: np.ndarray
    task: str = "binary"
    roles: dict = field(default_factory=dict)


def sides(rng, y=None, share=0.25):
    """Draw the judged rows at random: within each class where there are classes."""
    n = len(y)
    order = rng.permutation(n)
    if np.unique(y).size <= 20:
        order = order[np.argsort(np.asarray(y)[order], kind="stable")]
        judged = np.zeros(n, dtype=bool)
        judged[order[:: round(1 / share)]] = True
        return judged
    judged = np.zeros(n, dtype=bool)
    judged[order[: round(n * share)]] = True
    return judged


def numbers(rng, n, k):
    mixed = rng.standard_normal((k, k)) * 0.3 + np.eye(k)
    return rng.standard_normal((n, k)) @ mixed


def signal(rng, X, strength=1.0):
    weights = rng.standard_normal(X.shape[1])
    score = X @ weights
    return strength * score / max(score.std(), 1e-9)


def columns(X, name="x"):
    return {f"{name}{at}": X[:, at] for at in range(X.shape[1])}


def coin(rng, score):
    return (rng.random(len(score)) < expit(score)).astype(int)


def binary(rng, n):
    X = numbers(rng, n, 8)
    y = coin(rng, signal(rng, X, 1.5))
    return Made(pl.DataFrame({**columns(X), "y": y}), sides(rng, y))


def noise(rng, n):
    y = rng.integers(0, 2, n)
    return Made(pl.DataFrame({**columns(numbers(rng, n, 30)), "y": y}), sides(rng, y))


def multiclass(rng, n):
    X = numbers(rng, n, 6)
    score = np.column_stack([signal(rng, X, 2.0) for _ in range(4)]) + rng.gumbel(size=(n, 4))
    y = score.argmax(axis=1)
    return Made(pl.DataFrame({**columns(X), "y": y}), sides(rng, y), "multiclass")


def regression(rng, n):
    X = numbers(rng, n, 8)
    y = signal(rng, X, 1.0) + rng.standard_normal(n)
    return Made(pl.DataFrame({**columns(X), "y": y}), sides(rng, y), "regression")


def skewed(rng, n):
    X = np.exp(numbers(rng, n, 5))
    y = np.exp(signal(rng, np.log(X), 0.7) + 0.5 * rng.standard_normal(n))
    return Made(pl.DataFrame({**columns(X), "y": y}), sides(rng, y), "regression")


def few_values(rng, n):
    X = rng.integers(0, 4, (n, 5))
    y = coin(rng, signal(rng, X - 1.5, 1.0))
    return Made(pl.DataFrame({**columns(X), "y": y}), sides(rng, y))


def some_values(rng, n):
    X = rng.integers(0, 12, (n, 6))
    y = coin(rng, signal(rng, X - 5.5, 1.0))
    return Made(pl.DataFrame({**columns(X), "y": y}), sides(rng, y))


def rounded(rng, n):
    X = np.round(numbers(rng, n, 4), 1)
    y = signal(rng, X, 1.0) + rng.standard_normal(n)
    return Made(pl.DataFrame({**columns(X), "y": y}), sides(rng, y), "regression")


def wide(rng, n):
    X = numbers(rng, n, 100)
    y = coin(rng, signal(rng, X[:, :10], 1.5))
    return Made(pl.DataFrame({**columns(X), "y": y}), sides(rng, y))


def categories(rng, n):
    parts = {f"c{k}": rng.choice([f"v{i}" for i in range(k)], n) for k in (2, 5, 30)}
    tail = np.minimum(rng.zipf(1.6, n), 500)
    effect = {value: rng.standard_normal() for value in np.unique(parts["c30"])}
    score = np.array([effect[value] for value in parts["c30"]]) + (parts["c2"] == "v0")
    y = coin(rng, score)
    frame = pl.DataFrame({**parts, "town": [f"town {t}" for t in tail], "y": y})
    return Made(frame, sides(rng, y))


def missing_at_random(rng, n):
    X = numbers(rng, n, 8)
    y = coin(rng, signal(rng, X, 1.5))
    X[rng.random(X.shape) < rng.uniform(0, 0.5, X.shape[1])] = np.nan
    return Made(pl.DataFrame({**columns(X), "y": y}, nan_to_null=True), sides(rng, y))


def missing_with_label(rng, n):
    X = numbers(rng, n, 8)
    y = coin(rng, signal(rng, X, 1.0))
    gone = rng.random((n, 2)) < np.where(y[:, None] == 1, 0.45, 0.15)
    X[:, :2][gone] = np.nan
    return Made(pl.DataFrame({**columns(X), "y": y}, nan_to_null=True), sides(rng, y))


def filled(rng, n):
    X = np.maximum(numbers(rng, n, 6), 0)
    y = coin(rng, signal(rng, X, 1.2))
    return Made(pl.DataFrame({**columns(X), "y": y}), sides(rng, y))


def dates(rng, n):
    X = numbers(rng, n, 4)
    y = coin(rng, signal(rng, X, 1.2))
    days = rng.integers(0, 700, (n, 2))
    times = [[START + timedelta(days=int(d)) for d in days[:, k]] for k in (0, 1)]
    frame = pl.DataFrame({**columns(X), "opened": times[0], "changed": times[1], "y": y})
    return Made(frame, sides(rng, y))


def by_time(rng, n):
    X = numbers(rng, n, 4)
    seconds = np.sort(rng.integers(0, 10**8, n))
    y = coin(rng, signal(rng, X, 1.2))
    at = [START + timedelta(seconds=int(s)) for s in seconds]
    judged = np.zeros(n, dtype=bool)
    judged[int(n * 0.75) :] = seconds[int(n * 0.75) :] > seconds[int(n * 0.75) - 1]
    kept = np.ones(n, dtype=bool)
    kept[int(n * 0.75) :] = judged[int(n * 0.75) :]
    frame = pl.DataFrame({**columns(X), "at": at, "y": y}).filter(kept)
    return Made(frame, judged[kept], roles={"time": "at"})


def by_group(rng, n):
    who = rng.integers(0, max(n // 8, 8), n)
    X = numbers(rng, n, 4)
    effect = rng.standard_normal(who.max() + 1)
    y = coin(rng, signal(rng, X, 1.0) + effect[who])
    judged = (who * 7919) % 4 == 0
    return Made(pl.DataFrame({**columns(X), "patient_id": who, "y": y}), judged)


def idle_group(rng, n):
    who = np.arange(n) % max(n // 10, 20)
    X = numbers(rng, n, 4)
    y = coin(rng, signal(rng, X, 1.0))
    return Made(pl.DataFrame({**columns(X), "store_id": who, "y": y}), sides(rng, y))


def ids(rng, n):
    X = numbers(rng, n, 5)
    y = coin(rng, signal(rng, X, 1.2))
    frame = {"row_id": np.arange(n), "code": [f"C-{i:06d}" for i in rng.permutation(n)]}
    return Made(pl.DataFrame({**frame, **columns(X), "y": y}), sides(rng, y))


def rare(rng, n):
    X = numbers(rng, n, 8)
    y = coin(rng, signal(rng, X, 1.5) - 4.0)
    y[:4] = 1
    return Made(pl.DataFrame({**columns(X), "y": y}), sides(rng, y))


def strong(rng, n):
    """One honest column with an area under the ROC curve between 0.6 and 0.9, and others."""
    y = rng.integers(0, 2, n)
    areas = rng.uniform(0.6, 0.9), rng.uniform(0.6, 0.85), rng.uniform(0.5, 0.8)
    from scipy.special import ndtri

    X = rng.standard_normal((n, 6))
    for at, area in enumerate(areas):
        X[:, at] += y * np.sqrt(2) * ndtri(area)
    return Made(pl.DataFrame({**columns(X), "y": y}), sides(rng, y))


def words(rng, n):
    vocabulary = np.array([f"word{i}" for i in range(400)])
    y = rng.integers(0, 2, n)
    texts = [
        " ".join(rng.choice(vocabulary, rng.integers(8, 20))) + (" good" if each else " poor")
        for each in y
    ]
    return Made(pl.DataFrame({"text": texts, "x": rng.standard_normal(n), "y": y}), sides(rng, y))


def mixed(rng, n):
    made = categories(rng, n)
    X = numbers(rng, n, 3)
    more = pl.DataFrame({**columns(X), "sum": X.sum(axis=1), "age": rng.integers(18, 90, n)})
    return replace(made, frame=pl.concat([made.frame, more], how="horizontal"))


KINDS = (
    binary,
    noise,
    multiclass,
    regression,
    skewed,
    few_values,
    some_values,
    rounded,
    wide,
    categories,
    missing_at_random,
    missing_with_label,
    filled,
    dates,
    by_time,
    by_group,
    idle_group,
    ids,
    rare,
    strong,
    words,
    mixed,
)
