"""Ways to find attributions of trees: own tables, shap, and the boosters' own."""

import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assay.explainability.trees.forest import Forest, Tree, matrix_of
from assay.explainability.trees.game import ForestGame
from assay.explainability.trees.patterns import PatternGame
from assay.models.native import Native, is_of

Floats = NDArray[np.float64]
Found = tuple[Floats, Floats]
"""Attributions, shape (n_rows, n_players, n_raw), and the base, shape (n_raw,)."""
SHAP_SECONDS = 1.2e-7
"""Of shap for a row and a leaf, where this was written."""


class Way(Protocol):
    """One way; it may refuse with a ValueError that says why."""

    @property
    def name(self) -> str:
        """For people."""
        ...

    def __call__(self, encoded: Any) -> Found:  # noqa: ANN401  rows of the last step
        """Return the attributions of rows."""
        ...

    def seconds(self, n_rows: int) -> float:
        """Guess how long rows take."""
        ...


@dataclass(frozen=True, eq=False)
class OwnTables:
    """Tables by pattern, made from the trees themselves.

    Parameters
    ----------
    game : ForestGame
    ready : callable
        Rows of the last step → rows as its library reads them.
    progress : callable or None
    """

    game: ForestGame
    ready: Callable[[Any], Any]
    progress: Callable[[int, int], None] | None = None
    name: str = "assay's own tables by pattern"

    def __call__(self, encoded: Any) -> Found:  # noqa: ANN401
        """Return the attributions of rows."""
        return self.game.attribute(self.matrix(encoded), progress=self.progress)

    def seconds(self, n_rows: int) -> float:
        """Guess how long rows take."""
        return self.game.seconds(n_rows)

    def matrix(self, encoded: Any) -> Floats:  # noqa: ANN401
        """Return rows as numbers, shape (n_rows, n_features)."""
        return matrix_of(self.ready(encoded), self.game.forest.n_features)


@dataclass(frozen=True, eq=False)
class OwnPatterns:
    """Each row against each background row, for trees of any depth and background rows of weight.

    Parameters
    ----------
    game : PatternGame
    ready : callable
        Rows of the last step → rows as its library reads them.
    progress : callable or None
    """

    game: PatternGame
    ready: Callable[[Any], Any]
    progress: Callable[[int, int], None] | None = None
    name: str = "assay's own patterns of rows and background rows"

    def __call__(self, encoded: Any) -> Found:  # noqa: ANN401
        """Return the attributions of rows."""
        rows = matrix_of(self.ready(encoded), self.game.forest.n_features)
        return self.game.attribute(rows, progress=self.progress)

    def seconds(self, n_rows: int) -> float:
        """Guess how long rows take."""
        return self.game.seconds(n_rows)


@dataclass(frozen=True, eq=False)
class ShapTrees:
    """shap's path-dependent TreeExplainer, for paths too long for tables.

    It is given the trees as they were read here, with ranks among the thresholds in place of
    values: shap rounds values and thresholds in its own way, and rows that lie between would go
    elsewhere.

    Parameters
    ----------
    forest : Forest
        Without categorical splits.
    order : ndarray of int, shape (n_players,)
        The feature of each player.
    ready : callable
        Rows of the last step → rows as its library reads them.
    """

    forest: Forest
    order: NDArray[np.intp]
    ready: Callable[[Any], Any]
    name: str = "shap's TreeExplainer"

    def __call__(self, encoded: Any) -> Found:  # noqa: ANN401
        """Return the attributions of rows.

        Raises
        ------
        ValueError
            If shap refuses the trees.
        """
        with silenced():  # its libraries warn while they are imported
            from shap import TreeExplainer
        rows = self._ranks(matrix_of(self.ready(encoded), self.forest.n_features))
        with silenced():
            try:
                made = TreeExplainer(
                    {"trees": self._trees}, feature_perturbation="tree_path_dependent"
                )
                values = np.asarray(made.shap_values(rows, check_additivity=False), dtype=float)
            except Exception as error:  # such as its own refusal of leaves nobody came to
                msg = f"shap refuses it ({' '.join(str(error).split())[:200]})"
                raise ValueError(msg) from error
            base = np.atleast_1d(np.asarray(made.expected_value, dtype=np.float64))
        values = values.reshape(len(rows), self.forest.n_features, -1)
        return values[:, self.order], base + self.forest.offset

    def seconds(self, n_rows: int) -> float:
        """Guess how long rows take."""
        return (
            SHAP_SECONDS * n_rows * sum(int((tree.left < 0).sum()) for tree in self.forest.trees)
        )

    @cached_property
    def _thresholds(self) -> list[Floats]:
        """The thresholds of each feature, ascending."""
        found: list[list[Floats]] = [[np.empty(0)] for _ in range(self.forest.n_features)]
        for tree in self.forest.trees:
            for node in tree.splits:
                found[tree.feature[node]].append(tree.threshold[[node]])
        return [np.unique(np.concatenate(each)) for each in found]

    def _ranks(self, matrix: Floats) -> Floats:
        """Return for each value how many of its feature's thresholds are below it."""
        columns = self.forest.columns(matrix)
        out = np.full(matrix.shape, np.nan)
        for place, (column, known) in enumerate(zip(columns, self._thresholds, strict=True)):
            seen = ~np.isnan(column)
            out[seen, place] = np.searchsorted(known, column[seen].astype(np.float64))
        return out

    @cached_property
    def _trees(self) -> list[dict[str, NDArray[Any]]]:
        return [self._tree(tree) for tree in self.forest.trees]

    def _tree(self, tree: Tree) -> dict[str, NDArray[Any]]:
        ranks = np.zeros(len(tree.left))
        for node in tree.splits:
            known = self._thresholds[tree.feature[node]]
            ranks[node] = np.searchsorted(known, tree.threshold[node]) + 0.5
        values = np.zeros((len(tree.left), self.forest.n_outputs))
        values[:, list(tree.outputs)] = tree.values
        return {
            "children_left": tree.left.astype(np.int32),
            "children_right": tree.right.astype(np.int32),
            "children_default": np.where(tree.missing_left, tree.left, tree.right).astype(
                np.int32
            ),
            "features": np.where(tree.left < 0, -2, tree.feature).astype(np.int32),
            "thresholds": ranks,
            "values": values,
            "node_sample_weight": tree.cover,
        }


@dataclass(frozen=True, eq=False)
class NativeContributions:
    """What a booster itself gives: path-dependent, also with categories.

    Parameters
    ----------
    native : Native
    order : ndarray of int, shape (n_players,)
        The column of each player.
    """

    native: Native
    order: NDArray[np.intp]
    name: str = "the booster's own contributions"

    def __call__(self, encoded: Any) -> Found:  # noqa: ANN401
        """Return the attributions of rows.

        Raises
        ------
        ValueError
            If the model is no booster that gives any.
        """
        rows, width = self.native.rows(encoded), len(self.order) + 1
        made = contributions(self.native, rows)
        if made is None:
            msg = "the model gives no contributions itself"
            raise ValueError(msg)
        made = made.reshape(len(made), -1, width)  # rows × raw scores × columns and base
        base = made[0, :, -1] if len(made) else np.zeros(made.shape[1])
        return np.ascontiguousarray(made[:, :, self.order].transpose(0, 2, 1)), base

    def seconds(self, n_rows: int) -> float:
        """Return that it is the last to be asked: it adds in single precision."""
        return float("inf")


def contributions(native: Native, rows: Any) -> Floats | None:  # noqa: ANN401
    """Return a booster's own contributions; None where the model is no booster.

    Parameters
    ----------
    native : Native
    rows : object
        As the library reads them.

    Returns
    -------
    ndarray or None, shape (n_rows, n_columns + 1) or with an axis of raw scores in the middle
    """
    model: Any = native.model
    if is_of(model, "lightgbm", "Booster", "LGBMModel"):
        made = model.predict(rows, pred_contrib=True)
    elif is_of(model, "xgboost", "Booster", "XGBModel"):
        from xgboost import DMatrix

        rounds = native.rounds
        if is_of(model, "xgboost", "XGBModel"):
            best = model.best_iteration if model.early_stopping_rounds else None
            rounds = (0, 0 if best is None else int(best) + 1)
            model = model.get_booster()
        matrix = DMatrix(rows, missing=native.missing, enable_categorical=True)
        told = {"iteration_range": rounds, "validate_features": False}
        made = model.predict(matrix, pred_contribs=True, **told)
    elif is_of(model, "catboost", "CatBoost"):
        made = model.get_feature_importance(rows, type="ShapValues")
        if native.output is not None and made.ndim == 3:
            made = made[:, native.output]
    else:
        return None
    return np.asarray(made, dtype=np.float64)


@contextmanager
def silenced() -> Iterator[None]:
    """Keep what a library prints and warns of to itself."""
    held = io.StringIO()
    with warnings.catch_warnings(), redirect_stdout(held), redirect_stderr(held):
        warnings.simplefilter("ignore")
        yield
