"""A model prepared once to be explained: background, scale, players; then rows in, values out."""

import time
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.explainability.background import Background
from assay.explainability.checks import check_extrapolation, check_scale
from assay.explainability.extrapolation import extrapolation_share
from assay.explainability.finishing import Material, finish
from assay.explainability.kept_rows import KeptRows
from assay.explainability.keys import plan_of
from assay.explainability.maskers.table import TableGames
from assay.explainability.noise import measure_noise
from assay.explainability.online import Online
from assay.explainability.planning import measure_speed, plan_explanation
from assay.explainability.players import Player
from assay.explainability.pool import RowPool, pool_rows
from assay.explainability.result import BackgroundSummary, Explanation
from assay.explainability.routes import Route, Setup, take_route
from assay.explainability.row_attributions import RowAttributions
from assay.explainability.rows import rows_for
from assay.explainability.running import Done, Limits, run_kernel
from assay.explainability.scores import Scores
from assay.explainability.settings import Settings
from assay.result import Finding, Json

Floats = NDArray[np.float64]
Progress = Callable[[str, int, int | None], None]
STAGE = "Explaining rows"
WORTH_CHECKING = 10
"""Rows from which on it is looked at whether attributions of many mislead."""
WORTH_PLANNING = 2
LONG = 10.0
"""Seconds from which on the cost is told before."""


@dataclass(eq=False, repr=False)
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
    stands_for : table or None
        The rows that the background was summed up from, where they are known.
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
    stands_for: Any = None
    notes: tuple[Finding, ...] = ()
    tuned: MutableMapping[str, Json] = field(default_factory=dict[str, Json])
    interrupt: KeyboardInterrupt | None = None

    def __repr__(self) -> str:
        """Return what is explained, by how many players, against which background."""
        info = getattr(self.model, "info", None)
        name = info.name if info is not None else getattr(self.model, "__name__", "a function")
        return (
            f"Explainer of {name}: {len(self.players)} players, output {self.scores.output}, "
            f"background of {len(self.background.weights)} rows ({self.summary.kind})"
        )

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
        show = progress or _silent
        limits = Limits(start, self.settings.seconds, self.settings.limit_predictions)
        route = take_route(
            self._setup,
            given,
            stop=partial(limits.reached, self.scores.tally),
            finished=partial(show, STAGE),
        )
        games = self._games(pool, len(given), by_name=True)
        notes, noise = self._look(games, given, route)
        games = replace(games, noise=noise)
        done = self._by_coalitions(games, route, keep, limits, show)
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
                notes=(*self.notes, *notes),
                varying=games.varying(),
            )
        )

    def explain_row(self, row: Any) -> RowAttributions:  # noqa: ANN401  as in `explain`
        """Attribute the scores of one row, quickly: for rows that come one after another.

        The numbers are those of `explain` of that row. What does not depend on the row is done
        once: the background, the formula of a linear model or tables of trees, whether the model
        repeats itself (on the first row); nothing is said that findings would say. `tune` with
        some rows before, or the first row alone decides how much order is expected of the model.

        Parameters
        ----------
        row : table of one row, ndarray of one dimension, or mapping of columns

        Returns
        -------
        RowAttributions

        Raises
        ------
        InputError
            If it is not one row, or does not have the background's columns.
        ModelError
            If the model fails, or gives something that is no number.

        Examples
        --------
        >>> from assay.explainability.explain import prepare_explainer
        >>> ready = prepare_explainer(lambda X: X @ [1.0, 2.0], np.zeros((1, 2)))
        >>> ready.explain_row(np.array([3.0, 4.0])).values[:, 0].tolist()
        [3.0, 8.0]
        """
        return self._online(row)

    def tune(self, rows: Any) -> "Explainer":  # noqa: ANN401  as in `explain`
        """Learn from some rows what `explain_row` expects of the model; 8 or more are good.

        Returns
        -------
        Explainer
            This one.
        """
        self.explain(rows)
        return self

    @cached_property
    def _online(self) -> Online:
        return Online(
            setup=self._setup,
            names=tuple(player.name for player in self.players),
            games_of=lambda pool: self._games(pool, 1, by_name=True),
            in_own_order=self._in_own_order,
            explain=self.explain,
            tuned=self.tuned,
        )

    def with_background(self, background: Background) -> "Explainer":
        """Return the same explainer with another background."""
        summary = background.summary(self.summary.source)
        return replace(self, background=background, summary=summary)

    @cached_property
    def _by_name(self) -> NDArray[np.intp]:
        """Places of the players by name: what is drawn must not depend on the columns' order."""
        names = [player.name for player in self.players]
        return np.array(sorted(range(len(names)), key=names.__getitem__), dtype=np.intp)

    @property
    def _wished_rows(self) -> int | None:
        """How many rows the model wishes to be asked about at once."""
        return getattr(getattr(self.model, "info", None), "batch_rows", None)

    def _games(self, pool: RowPool, n_rows: int, *, by_name: bool = False) -> TableGames:
        players = [self.players[place] for place in self._by_name] if by_name else self.players
        return TableGames(
            pool=pool,
            n_rows=n_rows,
            weights=self.background.weights,
            scores=self.scores,
            players=players,
            batch_rows=self.settings.batch_rows or self._wished_rows,
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

    def _look(
        self,
        games: TableGames,
        rows: Any,  # noqa: ANN401
        route: Route,
    ) -> tuple[tuple[Finding, ...], Floats]:
        """Look for what makes attributions mislead, and whether the model repeats itself."""
        notes: list[Finding] = []
        noise = np.zeros(games.n_outputs)
        if route.computed is None:
            found = measure_noise(games, seed=self.settings.seed)
            notes += [] if found.finding is None else [found.finding]
            noise = found.variance
        if games.n_rows < WORTH_CHECKING:
            return tuple(notes), noise
        if route.computed is None:
            notes += check_scale(games)
        if self.stands_for is not None and self.settings.value_function == "interventional":
            share = extrapolation_share(
                rows, self.stands_for, self.players, seed=self.settings.seed
            )
            notes += check_extrapolation(share)
        return tuple(notes), noise

    def _by_coalitions(
        self,
        games: TableGames,
        route: Route,
        keep: str | Path | None,
        limits: Limits,
        show: Progress,
    ) -> Done:
        """Explain the rows that no method which knows the model has explained."""
        computed = route.computed
        if computed is not None and (computed.stopped or computed.interrupt):
            return Done(None, computed.stopped, computed.interrupt)
        which = np.arange(games.n_rows) if computed is None else np.flatnonzero(computed.left)
        if not len(which):
            return Done(None)
        kept = None
        if keep is not None:
            plan = plan_of(self.model, self.scores, self.settings, games, which)
            kept = _kept_in(keep, plan)
        settings, planned = self._planned(games)
        show(f"{STAGE}{planned}", 0, len(which))
        done = run_kernel(
            games,
            settings,
            which=which,
            tuned=self.tuned,
            limits=limits,
            tally=self.scores.tally,
            kept=kept,
            finished=partial(show, STAGE),
        )
        if kept is not None and done.stopped is None:
            kept.remove()
        if done.attributed is None and len(which) == games.n_rows:
            msg = (
                f"no row was explained: {done.stopped}. Raise the limit, or take a smaller "
                "background or fewer calls a row"
            )
            raise InputError(msg)
        return self._in_own_order(done)

    def _in_own_order(self, done: Done) -> Done:
        """Return what was found with the players in the order of the explainer."""
        found = done.attributed
        if found is None:
            return done
        back = np.argsort(self._by_name)

        def of_pairs(array: Floats | None) -> Floats | None:
            return None if array is None else array[:, back][:, :, back]

        ordered = replace(
            found,
            values=found.values[:, back],
            standard_errors=found.standard_errors[:, back],
            interactions=of_pairs(found.interactions),
            interaction_errors=of_pairs(found.interaction_errors),
        )
        return replace(done, attributed=ordered)

    def _planned(self, games: TableGames) -> tuple[Settings, str]:
        """Return settings whose calls fit the limits, and what it will cost where it is long."""
        settings = self.settings
        if settings.method == "exact" or games.n_rows < WORTH_PLANNING:
            return settings, ""
        plan = plan_explanation(
            games,
            calls=settings.calls,
            seconds=settings.seconds,
            limit_predictions=settings.limit_predictions,
            speed=measure_speed(games),
        )
        told = (plan.seconds is not None and plan.seconds > LONG) or plan.is_cut
        if plan.is_cut and plan.calls < plan.wanted_calls:
            settings = replace(settings, calls=plan.calls)
        return settings, f" (at most {plan.told()})" if told else ""


def _kept_in(keep: str | Path, plan: Mapping[str, Json]) -> KeptRows:
    """Open the folder of finished rows.

    Raises
    ------
    InputError
        If it is no folder that can be written.
    """
    try:
        return KeptRows(Path(keep), plan)
    except (OSError, TypeError) as error:
        msg = f"keep={keep!r} is no folder that can be written: {error}"
        raise InputError(msg) from error


def _silent(stage: str, done: int, total: int | None, /) -> None:
    """Show nothing."""
