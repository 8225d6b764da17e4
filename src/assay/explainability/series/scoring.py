"""Plans in, explained items out: coalitions are asked together, their values shared out."""

from collections.abc import Sequence

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
    asked = [
        _masks(plan, way, orders) for plan, way, orders in zip(plans, ways, drawn, strict=True)
    ]
    values = asking.values([(plan.game, masks) for plan, masks in zip(plans, asked, strict=True)])
    return [
        _explained(plan, way, orders, masks, made, asking, options)
        for plan, way, orders, masks, made in zip(plans, ways, drawn, asked, values, strict=True)
    ]


def _orders(plan: Plan, options: Options) -> list[Orders]:
    rng = np.random.default_rng(options.seed)
    return [draw_orders(len(block), options.orders or 1, rng) for block in plan.blocks]


def _in_walk(walk: Sequence[Step], orders: Sequence[Orders], plan: Plan) -> list[Orders]:
    """Return the orders of the blocks as a walk passes them."""
    starts = np.cumsum([0, *(len(block) for block in plan.blocks)]).tolist()
    return [orders[starts.index(int(step.players[0]))] for step in walk]


def _masks(plan: Plan, ways: Sequence[Sequence[Step]], orders: Sequence[Orders]) -> Mask:
    """Return the coalitions that are known to be needed; for estimates the ends of each step."""
    parts = []
    for walk in ways:
        if plan.way == "exact":
            parts.append(exact_masks(walk))
        elif plan.way == "orders":
            parts.append(order_masks(walk, _in_walk(walk, orders, plan)))
        else:
            parts.append(_ends(walk))
    return np.concatenate(parts)


def _ends(walk: Sequence[Step]) -> Mask:
    last = walk[-1].before | walk[-1].owned.any(axis=0)
    return np.array([*(step.before for step in walk), last])


def _explained(
    plan: Plan,
    ways: Sequence[Sequence[Step]],
    orders: Sequence[Orders],
    masks: Mask,
    values: Floats,
    asking: Asking,
    options: Options,
) -> ItemExplanation:
    parts = np.split(values, len(ways))
    n_players = len(plan.players)
    calls, exact = count_distinct(masks), plan.way == "exact"
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
    """Return the mean over the directions; their errors are taken to be independent."""
    scores = np.mean([scores for scores, _ in parts], axis=0)
    errors = np.sqrt(np.sum([errors**2 for _, errors in parts], axis=0)) / len(parts)
    return scores, errors


def _symmetric(
    plan: Plan, walk: Sequence[Step], ends: Floats, asking: Asking, options: Options
) -> tuple[Scored, bool, int, str]:
    """Let all players enter in any order: one game of all of them."""
    owned = np.zeros((len(plan.players), plan.game.item.n_cells), dtype=bool)
    for step in walk:
        owned[step.players] = step.owned
    whole = Step(np.arange(len(owned)), owned, walk[0].before)
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
                players, gap = walk[place].players, ends[place + 1] - ends[place]
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
