"""Leaks to plant in clean tables, each with the rule that has to find it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import leakage_tables as clean
import numpy as np
import polars as pl


@dataclass(frozen=True)
class Plant:
    """A leak.

    Parameters
    ----------
    rule : str
        That has to fire.
    words : str
    make : callable
        From (rng, n) to a table with the leak.
    sizes : tuple of int
    """

    rule: str
    words: str
    make: Callable
    sizes: tuple[int, ...] = (300, 3_000)


def _with(made, **columns):
    return replace(made, frame=made.frame.with_columns(**columns))


def copy_of_target(rng, n):
    made = clean.binary(rng, n)
    return _with(
        made, closed=made.frame["y"].map_elements(lambda v: "yes" if v else "no", pl.String)
    )


def noisy_target(rng, n):
    made = clean.binary(rng, n)
    flip = rng.random(n) < 0.03
    return _with(
        made,
        code=pl.Series(
            np.where(flip, 1 - made.frame["y"].to_numpy(), made.frame["y"].to_numpy()) * 3.0
        ),
    )


def target_with_noise(rng, n):
    made = clean.regression(rng, n)
    y = made.frame["y"].to_numpy()
    return _with(made, total=pl.Series(y + 0.1 * y.std() * rng.standard_normal(n)))


def missing_tells(rng, n):
    made = clean.binary(rng, n)
    gone = (made.frame["y"].to_numpy() == 0) ^ (rng.random(n) < 0.05)
    return _with(
        made, reason=pl.Series(np.where(gone, np.nan, rng.standard_normal(n)), nan_to_null=True)
    )


def filler_tells(rng, n):
    made = clean.binary(rng, n)
    gone = (made.frame["y"].to_numpy() == 0) ^ (rng.random(n) < 0.05)
    return _with(made, amount=pl.Series(np.where(gone, 0.0, rng.normal(50, 9, n))))


def later(rng, n):
    made = clean.by_time(rng, n)
    late = rng.random(made.frame.height) < 0.05
    moved = [
        t + timedelta(days=3 if each else -3)
        for t, each in zip(made.frame["at"], late, strict=True)
    ]
    return _with(made, changed=pl.Series(moved))


def repeated_rows(share):
    def make(rng, n):
        made = clean.binary(rng, n)
        train = np.flatnonzero(~made.judged)
        rows = np.arange(made.frame.height)
        swapped = rng.permutation(np.flatnonzero(made.judged))[
            : max(1, round(share * made.judged.sum()))
        ]
        rows[swapped] = rng.choice(train, len(swapped), replace=False)
        return replace(made, frame=made.frame[rows])

    return make


def near_rows(rng, n):
    made = repeated_rows(0.05)(rng, n)
    noise = [
        pl.col(c) + pl.Series(1e-3 * rng.standard_normal(n))
        for c in made.frame.columns
        if c != "y"
    ]
    return replace(made, frame=made.frame.with_columns(noise))


def near_texts(rng, n):
    made = clean.words(rng, n)
    train = np.flatnonzero(~made.judged)
    texts = made.frame["text"].to_list()
    for at in rng.permutation(np.flatnonzero(made.judged))[: max(3, n // 40)]:
        texts[at] = texts[rng.choice(train)] + " indeed"
    return _with(made, text=pl.Series(texts))


def straddling_group(rng, n):
    made = clean.by_group(rng, n)
    return replace(made, judged=rng.random(n) < 0.25)


def declared_group(rng, n):
    return replace(straddling_group(rng, n), roles={"group": "patient_id"})


def shuffled_time(rng, n):
    made = clean.by_time(rng, n)
    return replace(made, judged=rng.random(made.frame.height) < 0.25)


def undeclared_time(rng, n):
    return replace(shuffled_time(rng, n), roles={})


def sorted_by_label(rng, n):
    made = clean.binary(rng, n)
    return replace(made, frame=made.frame.sort("y"), judged=rng.random(n) < 0.25)


def shifted(rng, n):
    made = clean.binary(rng, n)
    return _with(made, x0=made.frame["x0"] + pl.Series(made.judged * 1.5))


def unseen(rng, n):
    made = clean.categories(rng, n)
    new = made.judged & (rng.random(n) < 0.08)
    return _with(made, c5=pl.Series(np.where(new, "other spelling", made.frame["c5"].to_numpy())))


def new_class(rng, n):
    made = clean.multiclass(rng, n)
    y = made.frame["y"].to_numpy().copy()
    y[np.flatnonzero(made.judged)[0]] = 9
    return _with(made, y=pl.Series(y))


def duplicated(rng, n):
    made = clean.binary(rng, n)
    rows = np.arange(n)
    train = np.flatnonzero(~made.judged)
    rows[train[: len(train) // 12]] = train[-(len(train) // 12) :]
    return replace(made, frame=made.frame[rows])


def conflicting(rng, n):
    made = duplicated(rng, n)
    wrong = rng.random(n) < 0.4
    y = made.frame["y"].to_numpy()
    return _with(made, y=pl.Series(np.where(wrong, 1 - y, y)))


PLANTS = (
    Plant("leak_target", "the label under another name", copy_of_target),
    Plant("leak_target", "the label, 3 % of it wrong", noisy_target),
    Plant("leak_target", "a number made from a numeric label", target_with_noise),
    Plant("leak_missing", "a column missing where the label is 0, 5 % apart", missing_tells),
    Plant("leak_missing", "a column filled with 0 where the label is 0, 5 % apart", filler_tells),
    Plant("leak_time_col", "times later than the row's in 5 % of the rows", later),
    Plant("overlap_exact", "5 % of the judged rows from train", repeated_rows(0.05)),
    Plant("overlap_exact", "one judged row from train", repeated_rows(0.0)),
    Plant("overlap_near", "5 % of the judged rows from train, with noise", near_rows),
    Plant("overlap_near", "judged texts from train with a word added", near_texts),
    Plant("group_split", "an undeclared group on both sides", straddling_group, (1_000, 3_000)),
    Plant("group_split", "a declared group on both sides", declared_group),
    Plant("time_split", "declared times on both sides", shuffled_time),
    Plant("time_split", "undeclared times on both sides", undeclared_time),
    Plant("id_order", "a file sorted by label", sorted_by_label),
    Plant("split_shift", "one column of judged rows moved by 1.5", shifted),
    Plant("new_category", "8 % of a category spelled in another way", unseen),
    Plant("new_label", "one judged row of a new class", new_class),
    Plant("dup_train", "a sixth of train repeated", duplicated),
    Plant("label_conflict", "repeated rows with other labels", conflicting),
)
