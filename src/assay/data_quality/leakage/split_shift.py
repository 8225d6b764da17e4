"""Judged rows that a classifier tells from those that were learned from."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.schema import Column
from assay.data_quality.leakage.check import About, Check
from assay.data_quality.leakage.encoding import tree_matrix
from assay.data_quality.leakage.identifiers import looks_written, named_like_id
from assay.data_quality.leakage.skill import area_error, area_under_curve, column_skill
from assay.data_quality.leakage.tables import LeakTables, Part
from assay.data_quality.leakage.truth import Truth
from assay.result import Finding, Json
from assay.stats.special import normal_quantile

ABOUT = About("split_shift", "Train and judged rows that are not alike")
AREA, LOW = 0.6, 0.55
LEVEL = 0.999
FOLDS = 5
LEAST_ROWS = 50
MOST_CELLS = 400_000
"""Values that the classifier reads: the more columns, the fewer rows."""
NAMED = 3
ROUNDS, LEAVES = 40, 8


def check_split_shift(tables: LeakTables) -> Check:
    """Fit a classifier that tells judged from train rows, in five parts.

    An area under its ROC curve above 0.6, and above 0.55 by a one-sided bound at 99.9 %: warning,
    with the three columns that tell most. Identifiers, times, and what is named or written like an
    id that rows share are left out: a split by group or time makes them differ. So are columns
    that the model does not read, where it says what it reads; forecasts are not asked.
    """
    if tables.train is None:
        return ABOUT.not_run(
            "the rows that the model was fitted on were not given", "--train DATA"
        )
    if tables.same_rows:
        return ABOUT.not_judged("the judged rows are the train rows: judged_on_train_rows")
    if tables.task == "forecasting":
        return ABOUT.not_judged("forecasts are judged on times after the train rows")
    columns = [
        column
        for column in tables.features
        if (tables.used is None or column.name in tables.used)
        and _may_differ(tables.train, column)
    ]
    if not columns:
        return ABOUT.not_judged("no column can be compared")
    most = max(LEAST_ROWS, MOST_CELLS // len(columns) // 2)
    train, judged = _some(tables.train, most), _some(tables.data, most)
    if min(train.height, judged.height) < LEAST_ROWS:
        return ABOUT.not_judged(f"one of the tables has fewer than {LEAST_ROWS} rows")
    names = [column.name for column in columns]
    frame = pl.concat([train.select(names), judged.select(names)], how="vertical_relaxed")
    is_judged = np.repeat([False, True], [train.height, judged.height])
    area = _area(tree_matrix(frame, columns), is_judged)
    error = area_error(area, judged.height, train.height)
    low = area - normal_quantile(LEVEL) * error
    sampled = f"{train.height:,} train and {judged.height:,} judged rows"
    told: dict[str, Json] = {"auc": area, "at_least": low, "columns": len(columns)}
    if area <= AREA or low <= LOW:
        return ABOUT.clear(
            f"a classifier tells them apart with an AUC of {area:.2f}",
            sampled=sampled,
            figures=told,
        )
    telling = _telling(frame, columns, is_judged)
    told["tell_apart"] = dict(telling)
    return ABOUT.found(_finding(telling, told), sampled=sampled, figures=told)


def _may_differ(train: Part, column: Column) -> bool:
    """Whether a difference between the tables in this column says something."""
    if column.storage == "time" or column.kind == "text" or named_like_id(column.name):
        return False
    return column.storage != "utf8" or not looks_written(train.sample[column.name].drop_nulls())


def _some(part: Part, most: int) -> pl.DataFrame:
    if part.sample.height <= most:
        return part.sample
    rows = np.random.default_rng(part.seed).permutation(part.sample.height)[:most]
    return part.sample[np.sort(rows)]


def _area(matrix: NDArray[np.float64], is_judged: NDArray[np.bool_]) -> float:
    """Return the area under the ROC curve of out-of-fold scores, averaged over the folds."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import StratifiedKFold
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - comes with scikit-learn

    areas: list[float] = []
    for inside, outside in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(
        matrix, is_judged
    ):
        trees = HistGradientBoostingClassifier(
            max_iter=ROUNDS,
            max_leaf_nodes=LEAVES,
            early_stopping=False,  # type: ignore[arg-type]
            random_state=0,
        )
        with threadpool_limits(1, "openmp"):  # so few rows: threads would wait for each other
            trees.fit(matrix[inside], is_judged[inside])
            score = trees.predict_proba(matrix[outside])[:, 1]
        areas.append(area_under_curve(is_judged[outside], score))
    return float(np.mean(areas))


def _telling(
    frame: pl.DataFrame, columns: list[Column], is_judged: NDArray[np.bool_]
) -> list[tuple[str, float]]:
    """Return the columns that alone tell the tables apart, with their own area, best first."""
    truth = Truth(
        known=np.ones(len(is_judged), dtype=bool),
        codes=is_judged.astype(np.int64),
        indicators=is_judged[:, None],
        names=("judged",),
    )
    skills = {c.name: column_skill(frame[c.name], c, truth).value for c in columns}
    best = sorted(skills.items(), key=lambda pair: -pair[1])[:NAMED]
    return [(name, (skill + 1) / 2) for name, skill in best]


def _finding(telling: list[tuple[str, float]], told: dict[str, Json]) -> Finding:
    named = ", ".join(f"{name!r} ({area:.2f})" for name, area in telling)
    return Finding(
        rule="split_shift",
        severity="warning",
        message=(
            f"A classifier tells judged from train rows with an AUC of {told['auc']:.2f}; alone "
            f"do so: {named}."
        ),
        where={"columns": [name for name, _ in telling], "tables": ["train", "data"]},
        evidence=told,
        cause="They come from other times, places or filters, or one was changed on the way.",
        advice=(
            "Look at these columns in both tables. If the change is real, judge on rows like "
            "those to come; if not, prepare both tables alike and split at random."
        ),
    )
