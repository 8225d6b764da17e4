"""Scores of models on several data sets in; which differ over data sets out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.result import Json
from assay.stats.many_data_sets import FEWEST_DATA_SETS, mean_ranks, signed_ranks

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class OverDataSets:
    """Models ranked over data sets.

    Parameters
    ----------
    models : tuple of str
    n_data_sets : int
    test : str
        "Wilcoxon signed rank" for two models, "Friedman" for more.
    statistic : float
    p_value : float
        Of all models being equal.
    ranks : tuple of float
        Mean rank of each model, 1 is the best; ties share their mean.
    critical_distance : float or None
        Nemenyi: mean ranks further apart differ, all pairs taken together; None for two models.
    differ : tuple of (str, str, float)
        Pairs that do, the better one first, with the p-value.
    level : float
    """

    models: tuple[str, ...]
    n_data_sets: int
    test: str
    statistic: float
    p_value: float
    ranks: tuple[float, ...]
    critical_distance: float | None
    differ: tuple[tuple[str, str, float], ...]
    level: float = 0.95

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "models": list(self.models),
            "n_data_sets": self.n_data_sets,
            "test": self.test,
            "statistic": self.statistic,
            "p_value": self.p_value,
            "ranks": list(self.ranks),
            "critical_distance": self.critical_distance,
            "differ": [list(each) for each in self.differ],
            "level": self.level,
        }


def compare_over_data_sets(
    models: tuple[str, ...],
    scores: Floats,
    *,
    greater_is_better: bool = True,
    level: float = 0.95,
) -> OverDataSets:
    """Compare models by their scores on six or more data sets.

    Two models: Wilcoxon's signed rank test. More: Friedman's test, and where it rejects those
    pairs whose mean ranks are further apart than Nemenyi's critical distance.

    Parameters
    ----------
    models : tuple of str
    scores : ndarray of float, shape (n_data_sets, n_models)
    greater_is_better : bool
    level : float
        One less the chance of a false alarm, in (0, 1).

    Returns
    -------
    OverDataSets

    Raises
    ------
    InputError
        If there are fewer than two models or six data sets, or a score is missing.

    Examples
    --------
    >>> scores = np.array([[0.9, 0.8, 0.7], [0.8, 0.7, 0.6]] * 4)
    >>> found = compare_over_data_sets(("a", "b", "c"), scores)
    >>> found.test, [pair[:2] for pair in found.differ]
    ('Friedman', [('a', 'c')])
    """
    n, k = _checked(models, scores)
    signed = scores if greater_is_better else -scores
    if k == 2:
        found = signed_ranks(signed[:, 0] - signed[:, 1])
        first = (signed[:, 0] > signed[:, 1]).mean() + (signed[:, 0] == signed[:, 1]).mean() / 2
        ranks = (2 - float(first), 1 + float(first))
        better, worse = (models if ranks[0] < ranks[1] else models[::-1])[:2]
        differ = ((better, worse, found.p_value),) if found.p_value < 1 - level else ()
        return OverDataSets(
            models=models,
            n_data_sets=n,
            test="Wilcoxon signed rank",
            statistic=found.statistic,
            p_value=found.p_value,
            ranks=ranks,
            critical_distance=None,
            differ=differ,
            level=level,
        )
    ranked = mean_ranks(signed, level=level)
    pairs = [
        (models[i], models[j], float(ranked.pair_p_values[i, j]))
        for i in range(k)
        for j in range(k)
        if ranked.ranks[j] - ranked.ranks[i] > ranked.critical_distance
    ]
    return OverDataSets(
        models=models,
        n_data_sets=n,
        test="Friedman",
        statistic=ranked.statistic,
        p_value=ranked.p_value,
        ranks=tuple(ranked.ranks.tolist()),
        critical_distance=ranked.critical_distance,
        differ=tuple(pairs) if ranked.p_value < 1 - level else (),
        level=level,
    )


def _checked(models: tuple[str, ...], scores: Floats) -> tuple[int, int]:
    n, k = scores.shape
    if k < 2 or k != len(models):
        msg = (
            f"found {k} columns of scores for {len(models)} models; give one for each, two or more"
        )
        raise InputError(msg)
    if n < FEWEST_DATA_SETS:
        msg = (
            f"{n} data sets are too few to rank models over, {FEWEST_DATA_SETS} are needed; "
            "compare them on each data set by itself"
        )
        raise InputError(msg)
    if not np.isfinite(scores).all():
        msg = "a model has no score on a data set; leave that data set out for all models"
        raise InputError(msg)
    return n, k
