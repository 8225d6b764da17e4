"""Attributions of the rows of any games: exact where that is cheap, else by regression."""

from collections.abc import Callable, Collection, Iterator, MutableMapping, Sequence
from dataclasses import replace
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.explainability.counting import check_count, check_seed
from assay.explainability.shapley.attributed import Attributed, Budget
from assay.explainability.shapley.enumerated import attribute_enumerated
from assay.explainability.shapley.games import Games
from assay.explainability.shapley.groups import CHUNK, Group, group_rows
from assay.explainability.shapley.run import Memory, Run
from assay.explainability.shapley.sampled import attribute_sampled
from assay.result import Json

Tuned = MutableMapping[str, Json]
"""Hyper-parameters that `attribute` found, by players and calls; JSON throughout."""


def attribute(
    games: Games,
    budget: Budget = Budget(),  # noqa: B008  (frozen)
    *,
    seed: int = 0,
    rows: Sequence[int] | NDArray[np.intp] | None = None,
    interactions: bool = False,
    tuned: Tuned | None = None,
    done: Collection[int] = (),
    retune: bool = True,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Attributed]:
    """Attribute what the model says about each row to the players.

    Rows with the same varying players are taken together, eight at a time. Nothing varies: all
    0; one player: the difference; 2^varying within the calls: every coalition; else the paired
    odd-Walsh regression, or least squares where the design is too large for it, on nested
    designs until the precision is reached or the calls are spent.

    Parameters
    ----------
    games : Games
    budget : Budget
    seed : int
        Of the choice of coalitions; 0 or more.
    rows : sequence of int, optional
        Which rows are wanted, all where left out.
    interactions : bool
        Find the Shapley interaction index of each pair too, from the same calls.
    tuned : mutable mapping, optional
        Filled with the hyper-parameters that were chosen, as JSON, whenever rows are given out.
        A run that goes on with it (and with `done`) gives the numbers of an uninterrupted one.
    done : collection of int
        Rows that were finished before and are not given out again. `rows` must be as it was
        then: which rows are taken together depends on it.
    retune : bool
        Whether rows that fit much worse than those of the tuning may lead to another; without
        it rows that come after the first eight cannot change how others are weighed.
    stop : callable, optional
        Asked after each round of calls; once it says True the rows in work are given out with
        what they have (larger standard errors, not converged) and no others are begun.
    progress : callable, optional
        Told how many rows are finished, and of how many.

    Yields
    ------
    Attributed
        Up to eight rows, as soon as they are finished. Every row is given out once.

    Raises
    ------
    InputError
        If the budget or the seed is out of range.
    ModelError
        If the model fails.

    Examples
    --------
    >>> from assay.explainability.shapley.attributed import join_attributed
    >>> from assay.explainability.shapley.function_games import FunctionGames
    >>> games = FunctionGames(lambda on: on @ [1.0, 2.0] + on.all(axis=1), n_players=2)
    >>> join_attributed(list(attribute(games))).values.ravel().tolist()
    [1.5, 2.5]
    """
    _check(budget, seed)
    wanted = np.arange(games.n_rows) if rows is None else np.asarray(rows, dtype=np.intp)
    run = Run(games, games.varying(), budget, seed, interactions, retune, stop)
    groups = group_rows(run.varying, budget, wanted)
    return _attributed(run, groups, {} if tuned is None else tuned, frozenset(done), progress)


def _check(budget: Budget, seed: int) -> None:
    if isinstance(budget.calls, Real) and budget.calls < 2:
        msg = (
            f"an attribution needs at least 2 calls a row (the row itself and the background), "
            f"not {budget.calls}; leave `calls` out for the usual number"
        )
        raise InputError(msg)
    check_count("calls", budget.calls, least=2)
    if budget.tolerance is not None and not (
        isinstance(budget.tolerance, Real) and budget.tolerance >= 0
    ):
        msg = (
            f"the tolerance is a share of the attributions, 0 or more, not {budget.tolerance!r}; "
            "0.01 is usual, None spends all calls"
        )
        raise InputError(msg)
    check_count("settle_top", budget.settle_top)
    check_seed(seed)


def _attributed(
    run: Run,
    groups: list[Group],
    tuned: Tuned,
    done: frozenset[int],
    progress: Callable[[int, int], None] | None,
) -> Iterator[Attributed]:
    total = sum(len(group.rows) for group in groups)
    finished = 0
    for group, rows in [(each, rows) for each in groups for rows in _pieces(run, each)]:
        finished += len(rows)
        wanted = np.array([row not in done for row in rows.tolist()])
        if not wanted.any():
            continue
        if run.stopped:
            return
        memory = Memory(tuned)
        method = attribute_enumerated if group.enumerated else attribute_sampled
        made = method(run, group, rows, memory)
        memory.keep()
        if progress is not None:
            progress(finished, total)
        yield made if wanted.all() else _only(made, wanted)


def _pieces(run: Run, group: Group) -> Iterator[NDArray[np.intp]]:
    """Give a group's rows a few at a time, and at first one where somebody may stop it.

    Rows of which every coalition is evaluated are explained apart from each other, so that a limit
    need not wait for several of a slow model; others are tuned together.
    """
    if run.stop is None or not group.enumerated:
        yield from group.chunks()
        return
    start, size = 0, 1
    while start < len(group.rows):
        yield group.rows[start : start + size]
        start, size = start + size, min(2 * size, CHUNK)


def _only(made: Attributed, wanted: NDArray[np.bool_]) -> Attributed:
    """Leave out rows that were finished before; they were in the chunk for its sake."""
    pairs, pair_errors = made.interactions, made.interaction_errors
    return replace(
        made,
        rows=made.rows[wanted],
        values=made.values[wanted],
        standard_errors=made.standard_errors[wanted],
        base=made.base[wanted],
        predictions=made.predictions[wanted],
        exact=made.exact[wanted],
        converged=made.converged[wanted],
        calls=made.calls[wanted],
        interactions=None if pairs is None else pairs[wanted],
        interaction_errors=None if pair_errors is None else pair_errors[wanted],
    )
