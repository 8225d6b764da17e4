"""Centres and modes of clusters, as SageMaker Clarify makes a baseline where none is given."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.explainability.background import Background
from assay.explainability.clustering import Clusters, Measured, find_clusters, measure_rows
from assay.explainability.pool import RowPool, pool_rows

Floats = NDArray[np.float64]
MAX_CLUSTERS = 12


@dataclass(frozen=True, kw_only=True, eq=False)
class Centres:
    """Rows that nobody had: means of numbers and commonest values, one row a cluster.

    Parameters
    ----------
    background : Background
        Of kind "kmeans", or "kprototypes" where a column holds no numbers; every row counts the
        same.
    criterion : str
        How many were taken: "num_clusters" or "inertia knee".
    inertias : tuple of float
        Mean squared distance for 1, 2, … clusters; of the one number that was asked for.
    seed : int
    """

    background: Background
    criterion: str
    inertias: tuple[float, ...]
    seed: int

    @property
    def n_clusters(self) -> int:
        """How many rows there are."""
        return len(self.background)


def cluster_centres(
    rows: Any,  # noqa: ANN401  the model's container
    num_clusters: int | None = None,
    *,
    seed: int = 0,
) -> Centres:
    """Make one row a cluster: the mean of each number, the commonest of each other value.

    A mean of whole numbers is rarely whole, so such columns become floats. A time is the one
    nearest the mean.

    Parameters
    ----------
    rows : pandas or Polars frame, or ndarray
    num_clusters : int or None
        Equal rows make no more clusters than there are different ones. None takes the knee of
        the inertia over 1 to 12 clusters: the number whose point lies furthest below the line
        from the first to the last.
    seed : int

    Raises
    ------
    InputError
        If there are no rows, or the number is less than 1.

    Examples
    --------
    >>> made = cluster_centres(np.array([[0.0], [2.0], [100.0], [102.0]]), 2)
    >>> sorted(made.background.rows[:, 0].tolist())
    [1.0, 101.0]
    """
    if num_clusters is not None and num_clusters < 1:
        msg = f"num_clusters must be 1 or more; found {num_clusters}"
        raise InputError(msg)
    pool = pool_rows([rows])
    if not len(pool):
        msg = "there are no rows to make a baseline of; give a dataset or a baseline"
        raise InputError(msg)
    weights = np.full(len(pool), 1 / len(pool))
    measured = measure_rows(pool, weights)
    tried = range(1, MAX_CLUSTERS + 1) if num_clusters is None else [num_clusters]
    found = [find_clusters(measured, k, weights, seed) for k in tried]
    inertias = tuple(clusters.inertia for clusters in found)
    chosen = found[_knee(inertias)]
    made = pool.built(_columns(pool, measured, chosen))
    k = len(chosen.centres)
    kind = "kprototypes" if measured.categorical else "kmeans"
    return Centres(
        background=Background(made, np.full(k, 1 / k), kind, len(pool)),
        criterion="inertia knee" if num_clusters is None else "num_clusters",
        inertias=inertias,
        seed=seed,
    )


def _knee(inertias: tuple[float, ...]) -> int:
    """Return the place furthest below the line from the first to the last; 0 for a flat curve."""
    curve = np.minimum.accumulate(np.array(inertias))
    drop = curve[0] - curve[-1]
    if drop <= 0:
        return 0
    line = np.linspace(1.0, 0.0, len(curve))
    return int(np.argmax(line - (curve - curve[-1]) / drop))


def _columns(pool: RowPool, measured: Measured, clusters: Clusters) -> list[list[object]]:
    """Return the values of each column, one a cluster."""
    members = [np.flatnonzero(clusters.labels == at) for at in range(len(clusters.centres))]
    columns: list[list[object]] = [[] for _ in pool.columns]
    for place, numbers in zip(measured.numeric, measured.numbers.T, strict=True):
        for rows in members:
            here = rows[~np.isnan(numbers[rows])]
            mean = float(numbers[here].mean()) if len(here) else float("nan")
            if pool.is_time(place):
                nearest = here[np.abs(numbers[here] - mean).argmin()] if len(here) else rows[0]
                columns[place].append(pool.value(int(nearest), place))
            else:
                columns[place].append(mean)
    for place, codes in zip(measured.categorical, measured.codes.T, strict=True):
        for rows in members:
            _, first, counts = np.unique(codes[rows], return_index=True, return_counts=True)
            columns[place].append(pool.value(int(rows[first[counts.argmax()]]), place))
    return columns
