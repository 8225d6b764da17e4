"""One row after another through a prepared model: only what depends on the row is done again."""

import time
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from assay.errors import InputError
from assay.explainability.linear import TOLERANCE, LinearModel, linear_terms, linear_values
from assay.explainability.maskers.table import TableGames
from assay.explainability.noise import measure_noise
from assay.explainability.pool import RowPool, pool_rows
from assay.explainability.result import Explanation
from assay.explainability.routes import Setup, trees_of
from assay.explainability.row_attributions import RowAttributions
from assay.explainability.rows import rows_for, take_rows
from assay.explainability.running import Done, Limits, run_kernel
from assay.explainability.shapley.attributed import Floats
from assay.models.containers import container_of
from assay.models.native import native_of
from assay.result import Json

CHECKED = 64
"""Background rows on which a formula is held against the model."""


@dataclass(frozen=True, eq=False)
class _Formula:
    """A linear model, with its coefficients by player.

    Parameters
    ----------
    model : LinearModel
    weights : list of ndarray
    there : ndarray, shape (n_players, n_outputs)
        What players add on the background, in the mean.
    base : ndarray, shape (n_outputs,)
        The background's mean score.
    """

    model: LinearModel
    weights: list[Floats]
    there: Floats
    base: Floats


@dataclass(eq=False)
class Online:
    """Explains single rows; made by `Explainer.explain_row`.

    Parameters
    ----------
    setup : Setup
    names : tuple of str
        Of the players.
    games_of : callable
        A pool whose first row is explained → its games, with the players in the order of `done`.
    in_own_order : callable
        What the estimator found → the same with the players in the order of `names`.
    explain : callable
        Rows → Explanation, for rows that no quick way explains.
    tuned : mutable mapping
        What the estimator has learnt of the model.
    noise : ndarray or None
        Variance of a score between two calls, measured on the first row.
    merge : bool or None
        Whether equal masked rows are looked for, settled on the first row.
    """

    setup: Setup
    names: tuple[str, ...]
    games_of: Callable[[RowPool], TableGames]
    in_own_order: Callable[[Done], Done]
    explain: Callable[[Any], Explanation]
    tuned: MutableMapping[str, Json]
    noise: Floats | None = None
    merge: bool | None = field(default=None)

    def __call__(self, row: Any) -> RowAttributions:  # noqa: ANN401  as `Explainer.explain_row`
        """Attribute the scores of one row."""
        start = time.perf_counter()
        self.setup.scores.tally.reset()
        given = self._given(row)
        if len(given) != 1:
            msg = f"explain_row takes one row, and found {len(given):,}; `explain` takes many"
            raise InputError(msg)
        found = self._by_formula(given) or self._by_trees(given)
        if found is None and self._switches_players:
            found = self._by_coalitions(given, start)
        return found or self._in_full(given)

    def _given(self, row: Any) -> Any:  # noqa: ANN401
        """Return the row as the model is given it; one like the background is so already."""
        background = self.setup.background
        told: object = row
        if isinstance(told, Mapping) and container_of(background) == "pandas":
            return self._given(_framed(told, background))
        if type(row) is not type(background) or not len(row):
            return rows_for(self.setup.predictor, row)
        if isinstance(row, np.ndarray):
            return row[None, :] if row.ndim == 1 else row
        if len(row.columns) == len(self._columns) and list(row.columns) == self._columns:
            return row
        return rows_for(self.setup.predictor, row)

    @cached_property
    def _columns(self) -> list[Any]:
        return list(getattr(self.setup.background, "columns", ()))

    @property
    def _asked(self) -> str:
        return self.setup.settings.method

    @property
    def _interventional(self) -> bool:
        return self.setup.settings.value_function == "interventional"

    @property
    def _switches_players(self) -> bool:
        return self._asked in ("auto", "kernel", "exact") and self._interventional

    @cached_property
    def _formula(self) -> "_Formula | None":
        """The sum over columns that the model is; None for others."""
        if self._asked not in ("auto", "linear") or not self._interventional:
            return None
        setup = self.setup
        some = take_rows(setup.background, np.arange(min(CHECKED, len(setup.background))))
        terms = linear_terms(native_of(setup.predictor), some, setup.scores)
        if terms is None:
            return None
        weights, players = setup.weights, setup.players
        there = np.einsum("b,bpo->po", weights, terms.terms(setup.background, players))
        base = linear_values(terms, some[:1], setup.background, weights, players).base[0]
        return _Formula(terms, terms.weights(players), there, base)

    def _by_formula(self, given: Any) -> RowAttributions | None:  # noqa: ANN401
        if self._formula is None:
            return None
        known = self._formula
        values = known.model.weighed(given, known.weights)[0] - known.there
        said = self.setup.scores(given, 1)[0]
        predictions = known.base + values.sum(axis=0)
        if not (np.abs(predictions - said) <= TOLERANCE * (1 + np.abs(said))).all():
            return None
        return self._told(values, np.zeros_like(values), known.base, predictions, "linear")

    def _by_trees(self, given: Any) -> RowAttributions | None:  # noqa: ANN401
        if self._asked not in ("auto", "trees"):
            return None
        ready = trees_of(self.setup, self.setup.background)
        if isinstance(ready, str):
            return None
        found = ready.values(given)
        if found.left.any():
            return None
        values = found.values[0]
        return self._told(
            values, np.zeros_like(values), found.base[0], found.predictions[0], "trees"
        )

    @cached_property
    def _pool(self) -> RowPool:
        """The background's rows behind one that is replaced by the explained one."""
        background = self.setup.background
        return pool_rows([take_rows(background, np.array([0])), background])

    def _by_coalitions(self, given: Any, start: float) -> RowAttributions | None:  # noqa: ANN401
        if container_of(given) != container_of(self.setup.background):
            return None
        pool = self._pool.with_first(given)
        if pool is None:
            return None
        games = replace(self.games_of(pool), merge=self.merge)
        if self.noise is None:
            self.noise = measure_noise(games, seed=self.setup.settings.seed).variance
        games = replace(games, noise=self.noise)
        settings, tally = self.setup.settings, self.setup.scores.tally
        done = run_kernel(
            games,
            replace(settings, interactions=False) if settings.interactions else settings,
            which=np.array([0], dtype=np.intp),
            tuned=self.tuned,
            limits=Limits(start, settings.seconds, settings.limit_predictions),
            tally=tally,
        )
        self.merge = games.merges if self.merge is None else self.merge
        made = self.in_own_order(done).attributed
        if made is None:
            return None
        return self._told(
            made.values[0],
            made.standard_errors[0],
            made.base[0],
            made.predictions[0],
            made.method,
            exact=bool(made.exact[0]),
            converged=bool(made.converged[0]),
            calls=int(made.calls[0]),
        )

    def _in_full(self, given: Any) -> RowAttributions:  # noqa: ANN401
        made = self.explain(given)
        errors = made.standard_errors
        return self._told(
            made.values[0],
            None if errors is None else errors[0],
            made.base_values[0],
            made.predictions[0],
            made.method,
            exact=bool(made.exact[0]),
            converged=bool(made.converged[0]),
            calls=made.cost.calls,
        )

    def _told(
        self,
        values: Floats,
        errors: Floats | None,
        base: Floats,
        predictions: Floats,
        method: str,
        *,
        exact: bool = True,
        converged: bool = True,
        calls: int = 0,
    ) -> RowAttributions:
        scores = self.setup.scores
        return RowAttributions(
            values=values,
            standard_errors=errors,
            base_values=base,
            predictions=predictions,
            players=self.names,
            outputs=scores.outputs,
            output=scores.output,
            method=method,
            exact=exact,
            converged=converged,
            calls=calls,
        )


def _framed(row: Mapping[Any, Any], background: Any) -> Any:  # noqa: ANN401  pandas frames
    """Return a mapping of cells, or of lists with one each, as a frame like the background.

    A column keeps the background's dtype where the cell is of it.
    """
    import pandas as pd

    made: dict[Any, Any] = {}
    for name, cell in row.items():
        cells = list(cell) if isinstance(cell, list | tuple | np.ndarray | pd.Series) else [cell]
        kind = background[name].dtype if name in background else None
        try:
            made[name] = pd.Series(cells, dtype=kind)
        except (TypeError, ValueError):
            made[name] = pd.Series(cells)
    frame = pd.DataFrame(made)
    known = [name for name in background.columns if name in frame]
    return frame[known] if len(known) == background.shape[1] else frame
