"""Attributions and groups of rows in; which players matter more to one group than another out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.explainability.aggregation import check_aggregation
from assay.explainability.group_comparison import compare_sides
from assay.explainability.group_importance_result import GroupImportance, GroupPlayer
from assay.explainability.importance import output_place
from assay.stats.multiple import holm

if TYPE_CHECKING:
    from assay.explainability.result import Explanation

Flags = NDArray[np.bool_]
REST = "all others"


def importance_by_group(
    explanation: "Explanation",
    groups: Sequence[object],
    agg: str = "mean_abs",
    *,
    output: str | None = None,
    reference: object = None,
    seed: int = 0,
) -> GroupImportance:
    """Compare how important each player is in groups of the explained rows.

    Parameters
    ----------
    explanation : Explanation
        One background for all rows, so that groups differ by themselves alone.
    groups : sequence, length n_rows
        Group of each row; rows with None are left out.
    agg : {"mean_abs", "mean_sq", "mean"}
    output : str or None
        None is the first.
    reference : object
        Group that the others are compared with; None compares each with the rest, and the larger
        of two groups with the smaller.
    seed : int
        Of the bootstrap.

    Returns
    -------
    GroupImportance
        Differences with bootstrap intervals (2,000 redraws of rows within each side, bias
        corrected and accelerated; above 5,000 rows on a side Welch's, mended for skew). Groups
        of fewer than 30 rows say so; of fewer than 2 they have no interval.

    Raises
    ------
    InputError
        If the groups are not one a row, there are fewer than two, the reference is none of them,
        or the aggregation is a median.

    References
    ----------
    Efron 1987, JASA 82:171, for the intervals.
    """
    how = check_aggregation(agg)
    if how.startswith("median"):
        msg = f"groups are compared by means, and agg is {agg!r}; choose mean_abs, mean_sq or mean"
        raise InputError(msg)
    names = _names(groups, len(explanation))
    place = output_place(explanation, output)
    sizes = _sizes(names)
    sides, against = _sides(names, sizes, reference)
    rng = np.random.default_rng(seed)
    compared = [
        compare_sides(explanation, how, place, inside, outside, rng)
        for _, inside, outside in sides
    ]
    adjusted = iter(_holm([p for each in compared for p in each.p_values]))
    players = [
        GroupPlayer(
            player=player,
            group=group,
            in_group=each.in_group[j],
            in_reference=each.in_reference[j],
            difference=each.differences[j],
            p_value=each.p_values[j],
            adjusted_p_value=next(adjusted),
        )
        for (group, _, _), each in zip(sides, compared, strict=True)
        for j, player in enumerate(explanation.players)
    ]
    return GroupImportance(
        aggregation=how,
        output=explanation.outputs[place],
        reference=against,
        sizes=tuple(sizes.items()),
        players=tuple(players),
        disagreement=tuple(
            (group, each.disagreement) for (group, _, _), each in zip(sides, compared, strict=True)
        ),
        level=explanation.level,
        seed=seed,
    )


def _names(groups: Sequence[object], n_rows: int) -> list[str | None]:
    if len(groups) != n_rows:
        msg = f"{len(groups):,} groups were given for {n_rows:,} explained rows; give one a row"
        raise InputError(msg)
    return [None if each is None or each != each else str(each) for each in groups]


def _sizes(names: Sequence[str | None]) -> dict[str, int]:
    known = [name for name in names if name is not None]
    counts = {name: known.count(name) for name in dict.fromkeys(known)}
    if len(counts) < 2:
        told = f"only {next(iter(counts))!r}" if counts else "none"
        msg = f"two groups or more are needed to compare importance, and the rows have {told}"
        raise InputError(msg)
    return dict(sorted(counts.items(), key=lambda pair: -pair[1]))


def _sides(
    names: Sequence[str | None], sizes: dict[str, int], reference: object
) -> tuple[list[tuple[str, Flags, Flags]], str]:
    """Return each group with its rows and the rows it is compared with."""
    told = np.array([name or "" for name in names], dtype=object)
    known = np.array([name is not None for name in names])
    against = None if reference is None else str(reference)
    if against is None and len(sizes) == 2:
        against = next(iter(sizes))
    if against is not None and against not in sizes:
        msg = f"the reference {against!r} is no group; there are: {', '.join(sizes)}"
        raise InputError(msg)
    sides: list[tuple[str, Flags, Flags]] = []
    for group in sizes:
        if group == against:
            continue
        inside = known & (told == group)
        outside = known & ((told == against) if against is not None else (told != group))
        sides.append((group, inside, outside))
    return sides, against or REST


def _holm(p_values: Sequence[float | None]) -> list[float | None]:
    known = [p for p in p_values if p is not None]
    adjusted = iter(holm(known).tolist()) if known else iter(())
    return [None if p is None else next(adjusted) for p in p_values]
