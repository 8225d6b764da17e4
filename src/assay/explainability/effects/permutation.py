"""A model, rows and what was right in; how much worse it gets without each column out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.data.dataset import Dataset
from assay.errors import InputError
from assay.explainability.asking import predictor_of, scores_of
from assay.explainability.counting import check_count
from assay.explainability.effects.measure import one_by_one
from assay.explainability.effects.partial import effective_rows
from assay.explainability.effects.permutation_result import PermutationImportance
from assay.explainability.effects.row_losses import Loss, choose_loss, code_labels, losses_of
from assay.explainability.effects.sampling import check_weights, draw_rows
from assay.explainability.effects.shuffling import ask_rows, draw_donors
from assay.explainability.effects.table import EffectTable
from assay.explainability.effects.telling import frozen
from assay.explainability.rows import rows_for, weights_of
from assay.models.predictor import ClassLabel
from assay.result import Estimate
from assay.stats.interval import two_sided_quantile
from assay.stats.mean import mean_interval
from assay.stats.sums import sums_by

Floats = NDArray[np.float64]
Index = NDArray[np.intp]
Metric = Callable[[NDArray[np.generic], Floats, Floats], float]
"""Takes y, scores of shape (n, n_outputs) and weights; gives one number, the larger the better."""
REPEATS = 10
ROWS = 5000
GROUPS = 20


def permutation_importance(
    model: Any,  # noqa: ANN401  an estimator, a function, a Predictor or Scores
    X: Any,  # noqa: ANN401  the model's container
    y: Sequence[object] | NDArray[np.generic] | None = None,
    *,
    loss: str | Loss | None = None,
    metric: Metric | None = None,
    players: Mapping[str, Sequence[str | int]] | None = None,
    repeats: int = REPEATS,
    rows: int | None = ROWS,
    weights: Sequence[float] | Floats | None = None,
    output: str | None = None,
    positive: ClassLabel | None = None,
    level: float = 0.95,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> PermutationImportance:
    """Measure how much worse a model gets when a column is taken from other rows.

    Parameters
    ----------
    model, X, output, positive
        As in `measure_dependence`.
    y : array-like or None, shape (n_rows,)
        What was right; None takes the label of a Dataset.
    loss : str, callable or None
        "log_loss", "brier", "squared_error", "absolute_error"; or a function of y and scores
        that gives the loss of each row. None: log loss of probabilities, else squared error.
    metric : callable or None
        In place of a loss, a number that is no mean over rows (y, scores, weights → float, the
        larger the better).
    players : mapping of str to sequence of columns, or None
        Groups of columns that are taken from other rows together; None: each column.
    repeats : int
    rows : int or None
        Rows used, a random sample of larger tables; None takes all.
    weights : array-like or None, shape (n_rows,)
        None takes those of a Dataset.
    level : float
    seed : int
    progress : callable or None

    Returns
    -------
    PermutationImportance
        Of a loss the interval covers the choice of rows, both those judged and those that values
        are taken from, and of permutations; of a metric it is a jackknife over 20 groups of rows
        with the spread over repetitions added.

    Raises
    ------
    InputError
        If y, an option or the table cannot be used.
    ModelError
        If the model fails, or a score is not finite.

    References
    ----------
    Breiman 2001, Machine Learning 45:5, doi:10.1023/A:1010933404324; Hoeffding 1948, Annals of
    Mathematical Statistics 19:293, doi:10.1214/aoms/1177730196, for the variance of a mean over
    pairs of rows.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(200, 2))
    >>> found = permutation_importance(lambda rows: rows[:, 0], x, x[:, 0])
    >>> found.importances[1].value, 1 < found.importances[0].value < 3
    (0.0, True)
    """
    _check(loss, metric, repeats, rows, level)
    check_count("seed", seed, 0)
    model = predictor_of(model)
    y = _labels_of(X) if y is None else y
    weights = weights_of(X) if weights is None else weights
    X = rows_for(model, X)
    table = EffectTable.of(X)
    given = check_weights(weights, len(table))
    owned = _players(table, players)
    scores = one_by_one(scores_of(model, X, output=output, positive=positive))
    rng = np.random.default_rng(seed)
    index = draw_rows(None, given, rows, rng)
    judge = _judge(loss, metric, y, scores, table, index, given[index])
    base_scores = ask_rows(scores, table, index, progress=progress)
    own = None if weights is None else given[index]
    measured: list[tuple[Estimate, Floats]] = []
    for places in owned.values():
        donors = draw_donors(index, own, repeats, rng)
        made = [
            ask_rows(scores, table, index, places, index[each], progress=progress)
            for each in donors
        ]
        measured.append(judge.drop(base_scores, made, donors, level=level, seed=seed))
    return PermutationImportance(
        players=tuple(owned),
        player_columns=tuple(
            tuple(table.columns[place] for place in places) for places in owned.values()
        ),
        importances=tuple(estimate for estimate, _ in measured),
        drops=frozen(np.stack([drops for _, drops in measured])),
        base=judge.value(base_scores),
        metric=judge.name,
        of_loss=judge.loss is not None,
        repeats=repeats,
        n_rows=len(index),
        n_table_rows=len(table),
        level=level,
        seed=seed,
    )


def _labels_of(X: object) -> NDArray[np.generic]:
    """Return the label of a Dataset.

    Raises
    ------
    InputError
        If it is none, or has no single label.
    """
    labels = X.schema.labels if isinstance(X, Dataset) else ()
    if not isinstance(X, Dataset) or len(labels) != 1:
        msg = "permutation importance needs what was right: give y, or a Dataset with one label"
        raise InputError(msg)
    return X.column(labels[0]).to_numpy()


def _check(loss: object, metric: object, repeats: int, rows: int | None, level: float) -> None:
    if loss is not None and metric is not None:
        msg = "both loss= and metric= were given; give one of them"
        raise InputError(msg)
    check_count("repeats", repeats)
    check_count("rows", rows)
    if rows is not None and rows < 2:
        msg = f"rows={rows}: values are taken from other rows, so at least two are needed"
        raise InputError(msg)
    if not 0 < level < 1:
        msg = f"level={level} is no coverage; give a number between 0 and 1, for example 0.95"
        raise InputError(msg)


def _players(
    table: EffectTable, players: Mapping[str, Sequence[str | int]] | None
) -> dict[str, list[int]]:
    if players is None:
        return {name: [place] for place, name in enumerate(table.columns)}
    if not isinstance(players, Mapping):
        msg = f"players must be a mapping of name to columns, not {type(players).__name__}"
        raise InputError(msg)
    empty = [name for name, columns in players.items() if not len(columns)]
    if empty or not players:
        msg = f"players without columns: {', '.join(empty) or 'none were given'}"
        raise InputError(msg)
    return {name: [table.place(each) for each in columns] for name, columns in players.items()}


@dataclass(frozen=True, eq=False)
class _Judge:
    """Says how good scores are, and how sure the drop is."""

    name: str
    y: NDArray[np.generic]
    weights: Floats
    loss: Loss | None
    metric: Metric | None

    def value(self, made: Floats) -> float:
        if self.loss is not None:
            return float(np.average(self._losses(made), weights=self.weights))
        return self._metric(made, np.ones(len(made), dtype=bool))

    def drop(
        self, base: Floats, made: Sequence[Floats], donors: Index, *, level: float, seed: int
    ) -> tuple[Estimate, Floats]:
        if self.loss is not None:
            rise = np.stack([self._losses(each) for each in made]) - self._losses(base)
            return rise_estimate(rise, donors, self.weights, level=level, seed=seed)
        return self._drop_of_metric(base, made, level=level, seed=seed)

    def _losses(self, made: Floats) -> Floats:
        assert self.loss is not None
        try:
            found = np.asarray(self.loss(self.y, made), dtype=np.float64)
        except Exception as error:
            msg = f"the loss fails: {type(error).__name__}: {error}"
            raise InputError(msg) from error
        if found.shape != (len(made),):
            msg = (
                f"the loss gave an answer of shape {found.shape} for {len(made):,} rows; it must "
                "give one number for each row (a number for all rows goes to metric=)"
            )
            raise InputError(msg)
        if not np.isfinite(found).all():
            msg = f"the loss gave no finite number for {int((~np.isfinite(found)).sum()):,} rows"
            raise InputError(msg)
        return found

    def _metric(self, made: Floats, rows: NDArray[np.bool_]) -> float:
        assert self.metric is not None
        try:
            return float(self.metric(self.y[rows], made[rows], self.weights[rows]))
        except Exception as error:
            msg = f"the metric fails: {type(error).__name__}: {error}"
            raise InputError(msg) from error

    def _drop_of_metric(
        self, base: Floats, made: Sequence[Floats], *, level: float, seed: int
    ) -> tuple[Estimate, Floats]:
        n = len(base)
        everyone = np.ones(n, dtype=bool)
        drops = self._metric(base, everyone) - np.array([self._metric(m, everyone) for m in made])
        n_groups = min(GROUPS, n)
        group = np.arange(n) % n_groups
        left_out = [
            self._metric(base, group != g) - np.mean([self._metric(m, group != g) for m in made])
            for g in range(n_groups)
        ]
        apart = np.array(left_out) - np.mean(left_out)
        variance = (n_groups - 1) / n_groups * float((apart**2).sum())
        if len(made) > 1:
            variance += float(drops.var(ddof=1)) / len(made)
        about = {
            "n": n,
            "level": level,
            "seed": seed,
            "method": f"jackknife over {n_groups} groups of rows, and the spread of repetitions",
        }
        if not (np.isfinite(drops).all() and np.isfinite(variance)):
            reason = "the metric is not defined on these rows, or on a part of them"
            return Estimate.undefined(reason, **about), drops
        half = two_sided_quantile(level, freedom=max(n_groups - 1, 1)) * sqrt(variance)
        value = float(drops.mean())
        return Estimate(value=value, low=value - half, high=value + half, **about), drops


def rise_estimate(
    rise: Floats, donors: Index, weights: Floats, *, level: float = 0.95, seed: int | None = None
) -> tuple[Estimate, Floats]:
    """Average what losses rise by; its doubt has the rows judged and those values come from.

    A row counts once, with what it adds as one that is judged and as one that gives values; what
    one shuffle adds is counted in both and taken off once.

    Parameters
    ----------
    rise : ndarray, shape (repeats, n)
    donors : ndarray of int, shape (repeats, n)
        Place of the row that each value comes from.
    weights : ndarray, shape (n,)

    Returns
    -------
    (Estimate, ndarray)
        The estimate, and the mean of each repetition.
    """
    repeats, n = rise.shape
    share = weights / weights.sum()
    drops = rise @ share
    value = float(drops.mean())
    cell = share * (rise - value) / repeats
    by_row = cell.sum(axis=0)
    by_donor = sums_by(donors.reshape(-1), cell.reshape(-1), n)
    influence = by_row + by_donor
    squares, once, both = (float((each**2).sum()) for each in (influence, by_row, cell))
    n_effective = effective_rows(weights)
    about = {
        "n": n,
        "n_effective": None if n_effective == n else n_effective,
        "level": level,
        "seed": seed,
        "method": "influence of each row, judged and as a donor, mended for skew",
    }
    if n_effective <= 1 + 1e-9:
        reason = "one row has no spread, so there is no interval"
        return Estimate(value=value, reason=reason, **about), drops
    variance = max(squares - both, once) * n_effective / (n_effective - 1)
    skew = float((influence**3).sum()) / squares**1.5 if squares > 0 else 0.0
    low, high = mean_interval(
        value, sqrt(variance), skew=skew, freedom=n_effective - 1, level=level
    )
    return Estimate(value=value, low=low, high=high, **about), drops


def _judge(
    loss: str | Loss | None,
    metric: Metric | None,
    y: Sequence[object] | NDArray[np.generic],
    scores: Any,  # noqa: ANN401
    table: EffectTable,
    index: Index,
    weights: Floats,
) -> _Judge:
    if metric is not None or callable(loss):
        given = np.asarray(y)
        if len(given) != len(table):
            msg = f"y has {len(given):,} answers for {len(table):,} rows; give one for each row"
            raise InputError(msg)
        function = metric if metric is not None else loss
        name = getattr(function, "__name__", "metric" if metric is not None else "loss")
        own = None if metric is not None else loss
        return _Judge(name, given[index], weights, own, metric)  # type: ignore[arg-type]
    name = choose_loss(loss, scores)
    coded = code_labels(name, y, scores, len(table))[index]
    return _Judge(name, coded, weights, losses_of(name, y, scores), None)
