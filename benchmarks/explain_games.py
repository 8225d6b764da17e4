"""Models whose Shapley values are known, as games over coalitions that every library can play.

Three models each over 12 and 30 columns, on one table of correlated columns:

lightgbm: 200 trees of a classifier, its margin; forest: 60 trees of a classifier, its probability;
mlp: with 12 columns a network with two hidden layers. With 30 columns it is the mean of eight
such networks, each over 12 columns drawn at random (they overlap): Shapley values and interaction
indices of a sum are sums, and each network's come from all of its 4,096 coalitions.

Exact values: with 12 columns all coalitions are played; with 30 columns the trees' are those of
shap's interventional TreeExplainer (pairs: none), which is compared with enumeration at 12.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

N_TRAIN, N_BACKGROUND = 3_000, 25
MODELS = ("lightgbm", "forest", "mlp")
N_NETWORKS, NETWORK_COLUMNS = 8, 12


def make_table(n_columns, seed=0, n_rows=N_TRAIN):
    """Return correlated columns and what they do to a target: sums, products, steps, waves."""
    rng = np.random.default_rng([seed, n_columns])
    shared = rng.normal(size=(n_rows, 3))
    x = rng.normal(size=(n_rows, n_columns)) + 0.6 * shared[:, np.arange(n_columns) % 3]
    slopes = rng.normal(size=n_columns) * 0.9 ** np.arange(n_columns)
    target = x @ slopes + 1.5 * x[:, 0] * x[:, 1] + 2 * np.sin(2 * x[:, 2]) * x[:, 3]
    target += 2.5 * ((x[:, 4] > 0) & (x[:, 5] > 0) & (x[:, 6] < 0.5)) + np.abs(x[:, 7] - x[:, 8])
    target += 0.5 * x[:, 9] * x[:, 10] * x[:, 11] + rng.normal(size=n_rows)
    return x, target


def fit_model(name, x, target, seed=0):
    """Return a function rows → one number a row."""
    if name == "mlp":
        return fit_networks(x, target, seed)
    label = (target > np.median(target)).astype(int)
    if name == "lightgbm":
        from lightgbm import LGBMClassifier

        boosted = LGBMClassifier(n_estimators=200, verbose=-1, n_jobs=1, random_state=seed)
        boosted.fit(x, label)
        return Trees(boosted, lambda rows: boosted.booster_.predict(rows, raw_score=True))
    from sklearn.ensemble import RandomForestClassifier

    forest = RandomForestClassifier(60, min_samples_leaf=3, n_jobs=1, random_state=seed)
    forest.fit(x, label)
    return Trees(forest, lambda rows: forest.predict_proba(rows)[:, 1])


def fit_networks(x, target, seed=0):
    """Return one network, or the mean of several where there are more columns."""
    rng = np.random.default_rng(seed)
    n = x.shape[1]
    if n <= NETWORK_COLUMNS:
        return Networks([(np.arange(n), fit_network(x, target, seed))])
    drawn = [np.sort(rng.permutation(n)[:NETWORK_COLUMNS]) for _ in range(N_NETWORKS)]
    return Networks([(at, fit_network(x[:, at], target, seed + k)) for k, at in enumerate(drawn)])


def fit_network(x, target, seed):
    """Return the layers of a fitted network (64 and 32 hidden units, standardised target)."""
    import warnings

    from sklearn.neural_network import MLPRegressor

    network = MLPRegressor(hidden_layer_sizes=(64, 32), max_iter=60, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network.fit(x, (target - target.mean()) / target.std())
    return network


@dataclass
class Trees:
    """A fitted ensemble of trees and the function that is explained."""

    fitted: object
    ask: object

    def __call__(self, rows):
        """Return one number a row."""
        return self.ask(rows)

    def exact(self, row, background):
        """Return Shapley values by shap's TreeExplainer: interventional, raw output."""
        import shap

        told = shap.TreeExplainer(
            self.fitted, background, feature_perturbation="interventional", model_output="raw"
        ).shap_values(row[None], check_additivity=False)
        told = np.asarray(told)[0]
        return told[:, 1] if told.ndim == 2 else told

    def exact_pairs(self, row, background):
        """Not known for trees with many columns."""
        return None


@dataclass
class Networks:
    """The mean of networks, each with its columns."""

    members: list

    def __call__(self, rows):
        """Return one number a row."""
        return sum(net.predict(rows[:, at]) for at, net in self.members) / len(self.members)

    def exact(self, row, background):
        """Return Shapley values: the mean of those of the networks."""
        return self._spread(row, background, shapley_values)

    def exact_pairs(self, row, background):
        """Return interaction indices: the mean of those of the networks."""
        return self._spread(row, background, interaction_indices)

    def _spread(self, row, background, index):
        total = 0.0
        for at, net in self.members:
            game = Game(net.predict, row[at], background[:, at])
            found = index(game.table)
            made = np.zeros((len(row),) * found.ndim)
            made[np.ix_(*[at] * found.ndim)] = found
            total = total + made / len(self.members)
        return total


@dataclass
class Game:
    """One row's game: value of a coalition = mean prediction with the others from background."""

    ask: object
    row: np.ndarray
    background: np.ndarray
    known: dict = field(default_factory=dict)

    @property
    def n(self):
        """How many columns there are."""
        return len(self.row)

    def __call__(self, on):
        """Return values of coalitions, shape (m,); none is asked twice."""
        on = np.atleast_2d(np.asarray(on)).astype(bool)
        keys = (on @ (1 << np.arange(self.n, dtype=np.int64))).tolist()
        fresh = {key: at for at, key in enumerate(keys) if key not in self.known}
        if fresh:
            made = self._ask(on[list(fresh.values())])
            self.known.update(zip(fresh, made.tolist(), strict=True))
        return np.array([self.known[key] for key in keys])

    def _ask(self, on):
        out = []
        for some in np.array_split(on, len(on) // 2_000 + 1):
            rows = np.where(some[:, None], self.row, self.background)
            answers = self.ask(rows.reshape(-1, self.n))
            out.append(answers.reshape(len(some), -1).mean(axis=1))
        return np.concatenate(out)

    @cached_property
    def table(self):
        """Values of all coalitions; bit i of the place tells whether column i is on."""
        return self(np.arange(2**self.n)[:, None] >> np.arange(self.n) & 1)


def shapley_values(table):
    """Return Shapley values from the values of all coalitions, by the weights of the sizes."""
    from math import comb

    n = len(table).bit_length() - 1
    places = np.arange(len(table))
    sizes = np.array([each.bit_count() for each in range(len(table))])
    weights = np.array([1 / (n * comb(n - 1, size)) if size < n else 0.0 for size in range(n + 1)])
    found = np.empty(n)
    for i in range(n):
        off = places[places >> i & 1 == 0]
        found[i] = weights[sizes[off]] @ (table[off | 1 << i] - table[off])
    return found


def interaction_indices(table):
    """Return the Shapley interaction index of pairs, by discrete derivatives."""
    from math import comb

    n = len(table).bit_length() - 1
    places = np.arange(len(table))
    sizes = np.array([each.bit_count() for each in range(len(table))])
    weights = [1 / ((n - 1) * comb(n - 2, s)) if s <= n - 2 else 0.0 for s in range(n + 1)]
    weights, found = np.array(weights), np.zeros((n, n))
    for i in range(n):
        for j in range(i):
            off = places[(places >> i & 1 == 0) & (places >> j & 1 == 0)]
            a, b = 1 << i, 1 << j
            derived = table[off | a | b] - table[off | a] - table[off | b] + table[off]
            found[i, j] = found[j, i] = weights[sizes[off]] @ derived
    return found


@dataclass
class Case:
    """A model, the rows that are explained, and what is known of them."""

    name: str
    n: int
    model: object
    rows: np.ndarray
    background: np.ndarray

    @cached_property
    def games(self):
        """The game of each row."""
        return [Game(self.model, row, self.background) for row in self.rows]

    @cached_property
    def exact(self):
        """Shapley values, shape (n_rows, n)."""
        if self.n <= NETWORK_COLUMNS:
            return np.stack([shapley_values(game.table) for game in self.games])
        return np.stack([self.model.exact(row, self.background) for row in self.rows])

    @cached_property
    def exact_pairs(self):
        """Interaction indices, shape (n_rows, n, n), or None."""
        if self.n <= NETWORK_COLUMNS:
            return np.stack([interaction_indices(game.table) for game in self.games])
        found = [self.model.exact_pairs(row, self.background) for row in self.rows]
        return None if found[0] is None else np.stack(found)


def make_case(name, n, n_rows, seed=0, n_background=N_BACKGROUND):
    """Return a fitted model with fresh rows to explain."""
    x, target = make_table(n, seed)
    fresh, _ = make_table(n, seed + 1_000, n_rows=n_rows + n_background)
    model = fit_model(name, x, target, seed)
    return Case(name, n, model, fresh[:n_rows], x[:n_background])
