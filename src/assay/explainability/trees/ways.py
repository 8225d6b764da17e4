"""Ways to find attributions of trees: own tables, shap, and the boosters' own."""

import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assay.explainability.trees.forest import matrix_of
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
    """shap's TreeExplainer.

    Parameters
    ----------
    model : object
        The last step of a pipeline.
    background : frame or array or None
        Encoded rows; None for the path-dependent value function.
    weights : ndarray, shape (n_background,)
    order : ndarray of int, shape (n_players,)
        The encoded column of each player.
    """

    model: Any
    background: Any
    weights: Floats
    order: NDArray[np.intp]
    name: str = "shap's TreeExplainer"

    def __call__(self, encoded: Any) -> Found:  # noqa: ANN401
        """Return the attributions of rows.

        Raises
        ------
        ValueError
            If shap does not read the model.
        """
        with silenced():  # its libraries warn while they are imported
            from shap import TreeExplainer
            from shap.maskers import Independent
        rows = encoded.toarray() if hasattr(encoded, "toarray") else encoded
        told: dict[str, Any] = {"feature_perturbation": "tree_path_dependent"}
        if self.background is not None:
            data = repeated(self.background, self.weights)
            # Without saying how many, shap takes 100 of them.
            masker = Independent(data, max_samples=len(data))
            told = {"feature_perturbation": "interventional", "data": masker}
        with silenced():
            try:
                made = TreeExplainer(self.model, **told)
                values = np.asarray(made.shap_values(rows, check_additivity=False), dtype=float)
                base = np.atleast_1d(np.asarray(made.expected_value, dtype=np.float64))
            except Exception as error:  # whatever shap raises for models it does not know
                msg = f"shap does not read it ({' '.join(str(error).split())[:200]})"
                raise ValueError(msg) from error
        values = values[:, :, None] if values.ndim == 2 else values
        return values[:, self.order], base


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


def repeated(background: Any, weights: Floats) -> Any:  # noqa: ANN401
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
            if np.array_equal(places, np.arange(len(weights))):
                return background
            dense = background.toarray() if hasattr(background, "toarray") else background
            return dense.iloc[places] if hasattr(dense, "iloc") else np.asarray(dense)[places]
    msg = "shap takes no weights of background rows"
    raise ValueError(msg)


@contextmanager
def silenced() -> Iterator[None]:
    """Keep what a library prints and warns of to itself."""
    held = io.StringIO()
    with warnings.catch_warnings(), redirect_stdout(held), redirect_stderr(held):
        warnings.simplefilter("ignore")
        yield
