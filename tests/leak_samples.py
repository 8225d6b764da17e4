"""Tables for the tests of the leak checks."""

import numpy as np
import polars as pl

from assay.data.dataset import Dataset
from assay.data_quality.leakage.tables import LeakTables, Part


def tables_of(columns, y, judged=None, *, used=None, seed=0, n_sample=20_000, **roles):
    """Return one table, or where `judged` marks rows, train and judged rows."""
    frame = pl.DataFrame({**columns, "y": y}, nan_to_null=True)
    values = np.unique(np.asarray(y))
    task = "binary" if values.size == 2 else "multiclass" if values.size <= 20 else "regression"
    more = {"used": used, "seed": seed, "task": task, "classes": tuple(values.tolist()[:20])}
    if judged is None:
        data = Dataset.read(frame, label="y", **roles)
        return LeakTables(data=Part("data", data, n_sample, alone=True), **more)
    train = Dataset.read(frame.filter(~judged), label="y", **roles)
    data = train.like(frame.filter(judged))
    return LeakTables(
        data=Part("data", data, n_sample), train=Part("train", train, n_sample), **more
    )


def found(check):
    """Return the rules that a check found."""
    return [finding.rule for finding in check.findings]
