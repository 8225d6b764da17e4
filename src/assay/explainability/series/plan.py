"""How one item is explained: its players, the way to their values, and what that costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assay.errors import InputError
from assay.explainability.maskers.series import Block, SeriesPlayer, lay_out
from assay.explainability.series.asking import ItemGame
from assay.explainability.series.orders import order_cost
from assay.explainability.series.walk import ENUMERATED, Direction, can_enumerate, exact_cost
from assay.explainability.shapley.design import usual_calls

Way = Literal["exact", "orders", "estimated", "symmetric"]
LEAST_CALLS = 4
"""A step is not estimated from fewer coalitions."""
MOST_CALLS = 65_536
"""Where nothing is said, no item takes more coalitions a direction than these."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """How items are explained; see `explain_series`."""

    direction: Direction = "chronological"
    fine: bool = False
    calls: int | None = None
    orders: int | None = None
    segments: int | None = None
    symmetric: bool = False
    tolerance: float | None = 0.01
    seed: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Plan:
    """How one item is explained.

    Parameters
    ----------
    game : ItemGame
    blocks : tuple of Block
        Players by moment.
    way : {"exact", "orders", "estimated", "symmetric"}
    calls : int
        Coalitions at most, over all directions.
    per_step : int
        Coalitions of each step, where they are estimated; of the item where symmetric.
    """

    game: ItemGame
    blocks: tuple[Block, ...]
    way: Way
    calls: int
    per_step: int = 0

    @property
    def players(self) -> tuple[SeriesPlayer, ...]:
        """All players, along time."""
        return tuple(player for block in self.blocks for player in block)

    @classmethod
    def of(cls, game: ItemGame, options: Options, *, static: bool) -> "Plan":
        """Choose the way to an item's values.

        Raises
        ------
        InputError
            If the calls that may be made do not suffice.
        """
        blocks = tuple(
            lay_out(game.item, fine=options.fine, segments=options.segments, static=static)
        )
        way, per_step = _way(game.item.item_id, blocks, options)
        two = 2 if options.direction == "bidirectional" else 1
        sizes = [len(block) for block in blocks]
        calls = {
            "exact": exact_cost(blocks, options.direction),
            "orders": two * order_cost(sizes, options.orders or 1),
            "estimated": two * per_step * len(blocks),
            "symmetric": per_step,
        }[way]
        return cls(game=game, blocks=blocks, way=way, calls=calls, per_step=per_step)


def _way(name: str, blocks: Sequence[Block], options: Options) -> tuple[Way, int]:
    sizes = [len(block) for block in blocks]
    if options.symmetric:
        return "symmetric", options.calls or usual_calls(sum(sizes))
    exact = exact_cost(blocks, "chronological")
    fits = can_enumerate(blocks)
    if options.orders is not None:
        drawn = order_cost(sizes, options.orders)
        way: Way = "exact" if fits and exact <= drawn else "orders"
        _afford(name, min(exact, drawn) if fits else drawn, len(blocks), options)
        return way, 0
    if fits and exact <= _limit(options, sizes):
        return "exact", 0
    single = max(sizes) == 1
    least = len(blocks) + 1 if single else LEAST_CALLS * len(blocks)
    _afford(name, least, len(blocks), options)
    return "estimated", _limit(options, sizes) // len(blocks)


def orders_for_exact(sizes: Sequence[int]) -> int | None:
    """Return from how many orders a step on exact values cost no more; None if never.

    Parameters
    ----------
    sizes : sequence of int
        Players of each step.

    Examples
    --------
    >>> orders_for_exact([3, 3, 2]), orders_for_exact([30])
    (3, None)
    """
    if max(sizes) > ENUMERATED:
        return None
    exact = 1 + sum(2**size - 1 for size in sizes)
    inner = sum(size - 1 for size in sizes)
    return max(1, -(-(exact - 1 - len(sizes)) // inner)) if inner else 1


def _limit(options: Options, sizes: Sequence[int]) -> int:
    """Return how many coalitions a direction may take."""
    if options.calls is not None:
        return options.calls
    usual = 1 + sum(usual_calls(size) if size > 1 else 1 for size in sizes)
    return min(usual, MOST_CALLS)


def _afford(name: str, least: int, n_steps: int, options: Options) -> None:
    most = options.calls if options.calls is not None else MOST_CALLS
    if least > most:
        told = "" if options.calls is None else f"calls={options.calls:,} were given; "
        msg = (
            f"the item {name!r} has {n_steps:,} steps, which need {least:,} calls of the model at "
            f"least; {told}cut the past into fewer steps with segments={max(1, most // 16)}, or "
            f"allow calls={least}"
        )
        raise InputError(msg)
