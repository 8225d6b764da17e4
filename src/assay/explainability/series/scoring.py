"""Plans in, explained items out: coalitions are asked together, their values shared out."""

from collections.abc import Iterator, Sequence

import numpy as np

from assay.explainability.maskers.series import Floats, Mask
from assay.explainability.series.asking import Asking, count_distinct
from assay.explainability.series.games import StepGames
from assay.explainability.series.orders import (
    Orders,
    are_all,
    draw_orders,
    order_masks,
    order_scores,
)
from assay.explainability.series.plan import Options, Plan
from assay.explainability.series.result import ItemExplanation
from assay.explainability.series.walk import Step, exact_masks, exact_scores, walks
from assay.explainability.shapley.attribute import attribute
from assay.explainability.shapley.attributed import Attributed, Budget, join_attributed

EXACT = "every coalition within each step"
SINGLE = "every step along time"
MASK_BYTES = 64 * 2**20
"""So much of masks is laid out at once."""
Scored = tuple[Floats, Floats]
"""Scores and their standard errors, each of shape (n_players, horizon)."""


def score_items(plans: Sequence[Plan], asking: Asking, options: Options) -> list[ItemExplanation]:
    """Explain some items, as many of them in one call of the model as fit.

    Parameters
    ----------
    plans : sequence of Plan
    asking : Asking
    options : Options

    Raises
    ------
    ModelError
        If the model fails.
    """
    ways = [walks(options.direction, plan.blocks, plan.game.item) for plan in plans]
    drawn = [_orders(plan, options) if plan.way == "orders" else [] for plan in plans]
    values = _ask(plans, ways, drawn, asking)
    return [
        _explained(plan, way, orders, *made, asking, options)
        for plan, way, orders, made in zip(plans, ways, drawn, values, strict=True)
    ]


def _ask(
    plans: Sequence[Plan],
    ways: Sequence[Sequence[Sequence[Step]]],
    drawn: Sequence[Sequence[Orders]],
    asking: Asking,
) -> list[tuple[int, Floats]]:
    """Return for each item how many coalitions were asked, and their values.

    Items go together; a single long one is asked stretch by stretch, so that no table of all
    steps and all cells is made.
    """
    if len(plans) == 1:
        plan = plans[0]
        count, answers = 0, list[Floats]()
        for stretch in _stretches(plan, ways[0], drawn[0]):
            masks = _masks(plan, stretch, drawn[0])
            count += count_distinct(masks)
            answers += asking.values([(plan.game, masks)])
        return [(count, np.concatenate(answers))]
    asked = [
        np.concatenate([_masks(plan, walk, orders) for walk in way])
        for plan, way, orders in zip(plans, ways, drawn, strict=True)
    ]
    games = [(plan.game, masks) for plan, masks in zip(plans, asked, strict=True)]
    values = asking.values(games)
    return [(count_distinct(masks), made) for masks, made in zip(asked, values, strict=True)]


def _stretches(
    plan: Plan, ways: Sequence[Sequence[Step]], orders: Sequence[Orders]
) -> Iterator[Sequence[Step]]:
    """Yield consecutive steps whose coalitions are few enough to be laid out at once."""
    room = max(1, MASK_BYTES // plan.game.item.n_cells)
    if plan.calls <= room:
        # In one go: what both directions begin and end with is then asked once.
        yield [step for walk in ways for step in walk]
        return
    for walk in ways:
        widest = max(_rows(plan, step, orders) for step in walk)
        size = max(1, room // widest)
        for first in range(0, len(walk), size):
            yield walk[first : first + size]


def _rows(plan: Plan, step: Step, orders: Sequence[Orders]) -> int:
    """Return how many coalitions are laid out for a step."""
    size = len(step.players)
    if plan.way == "exact":
        return 2**size
    return max(map(len, orders)) * (size + 1) if plan.way == "orders" else 2


def _orders(plan: Plan, options: Options) -> list[Orders]:
    rng = np.random.default_rng(options.seed)
    return [draw_orders(len(block), options.orders or 1, rng) for block in plan.blocks]


def _in_walk(walk: Sequence[Step], orders: Sequence[Orders], plan: Plan) -> list[Orders]:
    """Return the orders of the blocks as a walk passes them."""
    starts = np.cumsum([0, *(len(block) for block in plan.blocks)])
    places = np.searchsorted(starts, [step.players[0] for step in walk])
    return [orders[place] for place in places]


def _masks(plan: Plan, walk: Sequence[Step], orders: Sequence[Orders]) -> Mask:
    """Return the coalitions that are known to be needed; for estimates the ends of each step."""
    if plan.way == "exact":
        return exact_masks(walk)
    if plan.way == "orders":
        return order_masks(walk, _in_walk(walk, orders, plan))
    return np.concatenate([step.masks(_ends(step)) for step in walk])


def _ends(step: Step) -> Mask:
    size = len(step.players)
    return np.array([[False] * size, [True] * size])


def _explained(
    plan: Plan,
    ways: Sequence[Sequence[Step]],
    orders: Sequence[Orders],
    calls: int,
    values: Floats,
    asking: Asking,
    options: Options,
) -> ItemExplanation:
    parts = np.split(values, len(ways))
    n_players = len(plan.players)
    exact = plan.way == "exact"
    method = SINGLE if max(map(len, plan.blocks)) == 1 else EXACT
    if plan.way == "symmetric":
        scored, exact, calls, method = _symmetric(plan, ways[0], parts[0], asking, options)
    elif plan.way == "estimated":
        scored, exact, calls, method = _estimated(plan, ways, parts, asking, options)
    elif plan.way == "orders":
        each = [
            order_scores(walk, _in_walk(walk, orders, plan), part, n_players)
            for walk, part in zip(ways, parts, strict=True)
        ]
        scored = _mean(each)
        exact = all(map(are_all, orders))
        method = f"{options.orders} random orders within each step"
    else:
        each = [
            (exact_scores(walk, part, n_players), np.zeros((n_players, values.shape[1])))
            for walk, part in zip(ways, parts, strict=True)
        ]
        scored = _mean(each)
    return ItemExplanation(
        item=plan.game.item,
        players=plan.players,
        offset=parts[0][0],
        forecast=parts[0][-1],
        scores=scored[0],
        standard_errors=scored[1],
        exact=exact,
        method=method,
        calls=calls,
    )


def _mean(parts: Sequence[Scored]) -> Scored:
    """Return the mean over the directions.

    They may share their draws, so the error of the mean is given as the mean of the errors, which
    it never exceeds.
    """
    scores = np.mean([scores for scores, _ in parts], axis=0)
    errors = np.mean([errors for _, errors in parts], axis=0)
    return scores, errors


def _symmetric(
    plan: Plan, walk: Sequence[Step], ends: Floats, asking: Asking, options: Options
) -> tuple[Scored, bool, int, str]:
    """Let all players enter in any order: one game of all of them."""
    cells = tuple(np.array(player.cells, dtype=np.intp) for player in plan.players)
    turns = np.where(walk[0].turns < 0, -1, 0)
    whole = Step(np.arange(len(cells)), cells, 0, turns)
    found = _attribute([whole], plan, asking, options)
    gap = ends[-1] - ends[0]
    scores = _made_exact(found.values[0], gap)
    told = (scores, found.standard_errors[0])
    return told, bool(found.exact.all()), int(found.calls.sum()), found.method


def _estimated(
    plan: Plan,
    ways: Sequence[Sequence[Step]],
    parts: Sequence[Floats],
    asking: Asking,
    options: Options,
) -> tuple[Scored, bool, int, str]:
    """Let the common estimator find the values within each step."""
    made, exact, calls, methods = [], True, 0, dict[str, None]()
    for walk, ends in zip(ways, parts, strict=True):
        scores = np.zeros((len(plan.players), ends.shape[1]))
        errors = np.zeros_like(scores)
        for size in sorted({len(step.players) for step in walk}):
            places = [place for place, step in enumerate(walk) if len(step.players) == size]
            found = _attribute([walk[place] for place in places], plan, asking, options)
            for row, place in enumerate(places):
                players, gap = walk[place].players, ends[2 * place + 1] - ends[2 * place]
                scores[players] = _made_exact(found.values[row], gap)
                errors[players] = found.standard_errors[row]
            exact &= bool(found.exact.all())
            calls += int(found.calls.sum())
            methods[found.method] = None
        made.append((scores, errors))
    return _mean(made), exact, calls, f"{', '.join(methods)} within each step"


def _attribute(steps: Sequence[Step], plan: Plan, asking: Asking, options: Options) -> Attributed:
    games = StepGames(steps, plan.game, asking)
    budget = Budget(calls=plan.per_step, tolerance=options.tolerance)
    return join_attributed(list(attribute(games, budget, seed=options.seed)))


def _made_exact(scores: Floats, gap: Floats) -> Floats:
    """Share out what rounding, or a noisy model, leaves between a step's scores and its ends.

    Players that nothing can come from keep their 0.
    """
    sharing = scores.any(axis=1, keepdims=True)
    left = (gap - scores.sum(axis=0)) / max(int(sharing.sum()), 1)
    return scores + np.where(sharing, left, 0.0)
