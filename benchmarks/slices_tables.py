"""Made tables whose losses do not depend on any column, and the search for weak slices in them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

import assay

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
