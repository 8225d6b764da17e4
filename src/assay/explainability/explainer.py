"""A model prepared once to be explained: background, scale, players; then rows in, values out."""

import time
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from assay.explainability.background import Background
from assay.explainability.finishing import Material, finish
from assay.explainability.kept_rows import KeptRows
from assay.explainability.keys import plan_of
from assay.explainability.maskers.table import TableGames
from assay.explainability.players import Player
from assay.explainability.pool import RowPool, pool_rows
from assay.explainability.result import BackgroundSummary, Explanation
from assay.explainability.routes import Route, Setup, take_route
from assay.explainability.rows import rows_for
from assay.explainability.running import Done, Limits, run_kernel
from assay.explainability.scores import Scores
from assay.explainability.settings import Settings
from assay.result import Finding, Json

Progress = Callable[[str, int, int | None], None]


@dataclass(eq=False)
class Explainer:
    """Explains rows of tables with one background; made by `prepare_explainer`.

    Parameters
    ----------
    model : object
        A Predictor, or the user's function.
    scores : Scores
    background : Background
    summary : BackgroundSummary
        What an Explanation tells of it.
    players : tuple of Player
    settings : Settings
    notes : tuple of Finding
        What was noticed when it was prepared.
    tuned : mutable mapping
        What the estimator has learnt of the model; builtins only.
    interrupt : KeyboardInterrupt or None
        What stopped the last call of `explain` after its first rows.
    """

    model: Any
    scores: Scores
    background: Background
    summary: BackgroundSummary
    players: tuple[Player, ...]
    settings: Settings = field(default_factory=Settings)
    notes: tuple[Finding, ...] = ()
    tuned: MutableMapping[str, Json] = field(default_factory=dict[str, Json])
    interrupt: KeyboardInterrupt | None = None

    def explain(
        self,
        rows: Any,  # noqa: ANN401  Dataset, frame or array
        *,
        places: Sequence[int] | None = None,
        keep: str | Path | None = None,
        progress: Progress | None = None,
    ) -> Explanation:
        """Attribute the scores of rows to the players.

        Parameters
        ----------
        rows : Dataset, pandas or Polars frame, or ndarray of shape (n_rows, n_columns)
            A single row may be of one dimension.
        places : sequence of int or None
            The rows' places in the table that they were taken from.
        keep : path or None
            Folder where finished rows are kept, so that the same call goes on after it was
            stopped; emptied when all is done.
        progress : callable or None
            Called with ("Explaining rows", rows done, rows).

        Returns
        -------
        Explanation
            Of fewer rows, with the finding `explanation_stopped`, where a limit was reached or
            Ctrl-C was pressed after the first rows were finished.

        Raises
        ------
        InputError
            If the rows' columns are not the background's, or the method does not fit the model.
        ModelError
            If the model fails, or gives something that is no number.
        """
        start = time.perf_counter()
        self.scores.tally.reset()
        given = rows_for(self.model, rows)
        pool = pool_rows([given, self.background.rows])
        route = take_route(self._setup, given)
        done = self._by_coalitions(pool, len(given), route, keep, start, progress)
        self.interrupt = done.interrupt
        return finish(
            Material(
                rows=given,
                columns=pool.columns,
                players=self.players,
                scores=self.scores,
                settings=self.settings,
                route=route,
                done=done,
                background=self.summary,
                places=places,
                seconds=time.perf_counter() - start,
                notes=self.notes,
            )
        )

    def with_settings(self, **changes: Any) -> "Explainer":  # noqa: ANN401  fields of Settings
        """Return the same explainer with other settings."""
        return replace(self, settings=replace(self.settings, **changes), tuned={})

    def with_background(self, background: Background) -> "Explainer":
        """Return the same explainer with another background."""
        summary = background.summary(self.summary.source)
        return replace(self, background=background, summary=summary)

    def games(self, rows: Any) -> TableGames:  # noqa: ANN401  as in `explain`
        """Return the games of rows, for estimators of one's own."""
        given = rows_for(self.model, rows)
        return self._games(pool_rows([given, self.background.rows]), len(given))

    def _games(self, pool: RowPool, n_rows: int) -> TableGames:
        return TableGames(
            pool=pool,
            n_rows=n_rows,
            weights=self.background.weights,
            scores=self.scores,
            players=self.players,
            batch_rows=self.settings.batch_rows,
        )

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that the model reads."""
        return pool_rows([self.background.rows]).columns

    @cached_property
    def _setup(self) -> Setup:
        return Setup(
            predictor=self.model,
            scores=self.scores,
            background=self.background.rows,
            weights=self.background.weights,
            players=tuple(player.columns for player in self.players),
            settings=self.settings,
        )

    def _by_coalitions(
        self,
        pool: RowPool,
        n_rows: int,
        route: Route,
        keep: str | Path | None,
        start: float,
        progress: Progress | None,
    ) -> Done:
        """Explain the rows that no method which knows the model has explained."""
        computed = route.computed
        which = np.arange(n_rows) if computed is None else np.flatnonzero(computed.left)
        if not len(which):
            return Done(None)
        games = self._games(pool, n_rows)
        kept = None
        if keep is not None:
            plan = plan_of(self.model, self.scores, self.settings, games, which)
            kept = KeptRows(Path(keep), plan)

        def show(done: int, total: int) -> None:
            if progress is not None:
                progress("Explaining rows", done, total)

        show(0, len(which))
        done = run_kernel(
            games,
            self.settings,
            which=which,
            tuned=self.tuned,
            limits=Limits(start, self.settings.seconds, self.settings.limit_predictions),
            tally=self.scores.tally,
            kept=kept,
            finished=show,
        )
        if kept is not None and done.stopped is None:
            kept.remove()
        return done
