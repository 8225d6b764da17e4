"""Rows whose label a model of the other rows contradicts."""

import numpy as np
from numpy.typing import NDArray

from assay.data_quality.leakage.check import About, Check
from assay.data_quality.leakage.encoding import tree_matrix
from assay.data_quality.leakage.tables import LeakTables
from assay.data_quality.leakage.truth import MAX_CLASSES, MIN_OF_CLASS, NUMERIC
from assay.result import Finding, Json

ABOUT = About("label_noise", "Labels that look wrong")
SURE = 0.9
LISTED = 20
FOLDS = 3
MOST_CELLS = 500_000
"""Values that the model reads, for each class: the more columns, the fewer rows."""
LEAST_ROWS = 200
ROUNDS, LEAVES = 60, 15


def check_label_noise(tables: LeakTables) -> Check:
    """List up to 20 rows to which a model of other rows gives another label with more than 0.9.

    Gradient boosting in three parts, on a sample. Info: these rows are to be looked at first, and
    a few of them are as they should be.
    """
    truth, task = tables.truth, tables.task
    if truth is None or task is None:
        return ABOUT.not_run("no label was named", "--label COLUMN")
    if task in NUMERIC or task == "multilabel":
        return ABOUT.not_judged("it asks for one class a row")
    columns = [column for column in tables.features if column.kind != "text"]
    if truth.reason or not columns:
        return ABOUT.not_judged(truth.reason or "no column can be learned from")
    n_classes = int(truth.codes.max()) + 1
    most = max(LEAST_ROWS, MOST_CELLS // (len(columns) * n_classes))
    picked = np.sort(np.random.default_rng(tables.seed).permutation(truth.n)[:most])
    codes = truth.codes[picked]
    counted = np.bincount(codes, minlength=n_classes)
    if n_classes > MAX_CLASSES or counted.min() < MIN_OF_CLASS:
        return ABOUT.not_judged(
            f"it asks for at most {MAX_CLASSES} classes of {MIN_OF_CLASS} sampled rows each"
        )
    frame = tables.learned.sample.filter(truth.known)[picked]
    shares = _out_of_fold(tree_matrix(frame, columns), codes)
    places = tables.learned.places[truth.known][picked]
    sampled = f"{len(picked):,} {tables.learned.words}"
    return _told(tables, shares, codes, places, sampled)


def _out_of_fold(matrix: NDArray[np.float64], codes: NDArray[np.int64]) -> NDArray[np.float64]:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import StratifiedKFold
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - comes with scikit-learn

    shares = np.zeros((len(codes), int(codes.max()) + 1))
    for inside, outside in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(
        matrix, codes
    ):
        trees = HistGradientBoostingClassifier(
            max_iter=ROUNDS,
            max_leaf_nodes=LEAVES,
            early_stopping=False,  # type: ignore[arg-type]
            random_state=0,
        )
        with threadpool_limits(1, "openmp"):  # so few rows: threads would wait for each other
            trees.fit(matrix[inside], codes[inside])
            shares[outside] = trees.predict_proba(matrix[outside])
    return shares


def _told(
    tables: LeakTables,
    shares: NDArray[np.float64],
    codes: NDArray[np.int64],
    places: NDArray[np.int64],
    sampled: str,
) -> Check:
    """Name the rows whose label is contradicted most surely."""
    others = shares.copy()
    others[np.arange(len(codes)), codes] = 0.0
    other = others.argmax(axis=1)
    sure = others.max(axis=1)
    order = np.argsort(-sure, kind="stable")
    doubted = order[sure[order] > SURE]
    if not len(doubted):
        return ABOUT.clear("no label is contradicted", sampled=sampled)
    label = tables.learned.data.schema.label
    assert label is not None
    words = tables.values(label).unique().sort().cast(str).to_list()
    listed: list[Json] = [
        {
            "row": int(places[at]),
            "label": words[codes[at]],
            "other": words[other[at]],
            "probability": float(sure[at]),
        }
        for at in doubted[:LISTED]
    ]
    told: dict[str, Json] = {"doubted": len(doubted), "rows": len(codes), "first": listed}
    finding = Finding(
        rule="label_noise",
        severity="info",
        message=(
            f"{len(doubted):,} of {len(codes):,} {tables.learned.words} have a label to which a "
            f"model of other rows gives less than {1 - SURE:.0%}."
        ),
        where={
            "tables": [tables.learned.role],
            "rows": [int(places[at]) for at in doubted[:LISTED]],
        },
        evidence={"doubted": len(doubted), "rows": len(codes)},
        cause="Labels are wrong, or these rows are unlike the others.",
        advice=f"Look at the {len(listed)} rows that are listed, and correct what is wrong.",
    )
    return ABOUT.found(finding, sampled=sampled, figures=told)
