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
from assay.models.native import Native, is_of

Floats = NDArray[np.float64]
Found = tuple[Floats, Floats]
"""Attributions, shape (n_rows, n_players, n_raw), and the base, shape (n_raw,)."""
MOST_EXPANDED = 1000
"""Background rows when weights are written out as repeated rows."""


class Way(Protocol):
    """One way; it may refuse with a ValueError that says why."""

    @property
    def name(self) -> str:
        """For people."""
        ...

    def __call__(self, encoded: Any) -> Found:  # noqa: ANN401  rows of the last step
        """Return the attributions of rows."""
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

    def matrix(self, encoded: Any) -> Floats:  # noqa: ANN401
        """Return rows as numbers, shape (n_rows, n_features)."""
        return matrix_of(self.ready(encoded), self.game.forest.n_features)


@dataclass(frozen=True, eq=False)
class ShapTrees:
    """shap's TreeExplainer on the trees as they were read here: for paths too long for tables.

    It is given ranks among the thresholds in place of values: shap rounds values and thresholds
    in its own way, and where they tie its attributions differ from those of all coalitions
    although they add up.

    Parameters
    ----------
    forest : Forest
        Without categorical splits.
    order : ndarray of int, shape (n_players,)
        The feature of each player.
    background : ndarray or None, shape (n_background, n_features)
        None for the path-dependent value function.
    weights : ndarray, shape (n_background,)
    ready : callable
        Rows of the last step → rows as its library reads them.
    """

    forest: Forest
    order: NDArray[np.intp]
    background: Floats | None
    weights: Floats
    ready: Callable[[Any], Any]
    name: str = "shap's TreeExplainer"

    def __call__(self, encoded: Any) -> Found:  # noqa: ANN401
        """Return the attributions of rows.

        Raises
        ------
        ValueError
            If the weights cannot be written out as repeated rows, or shap refuses the trees.
        """
        there = None
        if self.background is not None:
            there = repeated(self.background, self.weights)
        with silenced():  # its libraries warn while they are imported
            from shap import TreeExplainer
            from shap.maskers import Independent
        rows = self._ranks(matrix_of(self.ready(encoded), self.forest.n_features))
        told: dict[str, Any] = {"feature_perturbation": "tree_path_dependent"}
        if there is not None:
            data = self._ranks(there)
            # Without saying how many, shap takes 100 of them.
            masker = Independent(data, max_samples=len(data))
            told = {"feature_perturbation": "interventional", "data": masker}
        with silenced():
            try:
                made = TreeExplainer({"trees": self._trees}, **told)
                values = np.asarray(made.shap_values(rows, check_additivity=False), dtype=float)
            except Exception as error:  # such as its own refusal of leaves nobody came to
                msg = f"shap refuses it ({' '.join(str(error).split())[:200]})"
                raise ValueError(msg) from error
            base = np.atleast_1d(np.asarray(made.expected_value, dtype=np.float64))
        values = values.reshape(len(rows), self.forest.n_features, -1)
        return values[:, self.order], base + self.forest.offset

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


def repeated(background: Floats, weights: Floats) -> Floats:
    """Return background rows so often that equal weights mean the same.

    Raises
    ------
    ValueError
        If the weights are no ratios of small numbers.

    Examples
    --------
    >>> repeated(np.array([[1.0], [2.0]]), np.array([0.75, 0.25])).ravel().tolist()
    [1.0, 1.0, 1.0, 2.0]
    """
    used = weights > 0
    ratios = weights[used] / weights[used].min()
    for times in range(1, MOST_EXPANDED // max(1, int(used.sum())) + 1):
        counts = np.rint(ratios * times)
        if counts.sum() > MOST_EXPANDED and times > 1:
            break
        if np.allclose(ratios * times, counts, rtol=1e-9, atol=1e-9):
            places = np.repeat(np.flatnonzero(used), counts.astype(int))
            return background[places]
    msg = "shap takes no weights of background rows"
    raise ValueError(msg)


@contextmanager
def silenced() -> Iterator[None]:
    """Keep what a library prints and warns of to itself."""
    held = io.StringIO()
    with warnings.catch_warnings(), redirect_stdout(held), redirect_stderr(held):
        warnings.simplefilter("ignore")
        yield
