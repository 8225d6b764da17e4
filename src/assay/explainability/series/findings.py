"""What a reader of explained forecasts should know."""

from collections.abc import Iterator, Sequence

import numpy as np

from assay.explainability.series.asking import ItemGame
from assay.explainability.series.result import ItemExplanation
from assay.result import Finding

SAME = 1e-6
NAMED = 5


def series_findings(
    items: Sequence[ItemExplanation], games: Sequence[ItemGame]
) -> Iterator[Finding]:
    """Yield what was noticed about the explained items.

    Parameters
    ----------
    items : sequence of ItemExplanation
    games : sequence of ItemGame
        What they were explained with.
    """
    yield from _equal_to_baseline(games)
    yield from _constant(items, games)
    yield from _gaps(games)
    yield from _outside(games)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _equal_to_baseline(games: Sequence[ItemGame]) -> Iterator[Finding]:
    same = [game.item.item_id for game in games if not game.varies.any()]
    if same:
        yield Finding(
            rule="series_equal_to_baseline",
            severity="warning",
            message=f"{len(same)} of {len(games)} items equal their baseline in every step, so "
            f"all of their scores are 0: {_listed(same)}.",
            where={"items": list(same[:NAMED])},
            evidence={"n_items": len(same)},
            cause="A series that never changes is its own mean.",
            advice="Choose another baseline: zero, or windows of other series.",
        )


def _constant(items: Sequence[ItemExplanation], games: Sequence[ItemGame]) -> Iterator[Finding]:
    varied = [each for each, game in zip(items, games, strict=True) if game.varies.any()]
    if varied and all(not each.scores.any() for each in varied):
        yield Finding(
            rule="forecast_constant",
            severity="warning",
            message="The forecasts are the same whatever is switched off: every score is 0.",
            where={"items": [each.item.item_id for each in varied[:NAMED]]},
            evidence={"n_items": len(varied)},
            cause="The model does not read the values that it is given.",
            advice="Check how the records reach the model, for example the names in a template.",
        )


def _gaps(games: Sequence[ItemGame]) -> Iterator[Finding]:
    counts = {game.item.item_id: int(np.isnan(game.item.target).sum()) for game in games}
    with_gaps = [name for name, count in counts.items() if count]
    if with_gaps:
        yield Finding(
            rule="series_has_gaps",
            severity="info",
            message=f"{sum(counts.values()):,} past values of the target are missing, in "
            f"{len(with_gaps)} of {len(games)} items: {_listed(with_gaps)}.",
            where={"items": list(with_gaps[:NAMED])},
            evidence={"n_missing": sum(counts.values())},
            cause="No value was observed then.",
            advice="The model is given them as missing (NaN, null), and the baseline's value "
            "where they are switched off: their score says what the gap itself did. Fill them "
            "first where that is not meant.",
        )


def _outside(games: Sequence[ItemGame]) -> Iterator[Finding]:
    far = []
    for game in games:
        target = game.item.target[~np.isnan(game.item.target)]
        filled = game.filling.numbers[:, : game.item.n_past]
        spread = float(np.ptp(target))
        low, high = target.min() - spread, target.max() + spread
        if spread and ((filled < low) | (filled > high)).all():
            far.append(game.item.item_id)
    if far:
        yield Finding(
            rule="baseline_outside_series",
            severity="info",
            message=f"The baseline of the target lies far outside its observed values in "
            f"{len(far)} of {len(games)} items: {_listed(far)}.",
            where={"items": list(far[:NAMED])},
            evidence={"n_items": len(far)},
            cause="The baseline is more than the whole range of the series away from it, so the "
            "model is asked about series unlike any that it has seen, and large scores of "
            "opposite signs can follow.",
            advice="Compare with the baseline 'mean', which keeps the level of the series.",
        )


def not_repeatable(item_id: str, difference: float) -> Finding:
    """Return that the model forecasts the same item differently when it is asked again."""
    return Finding(
        rule="forecast_not_repeatable",
        severity="warning",
        message=f"The model gives another forecast when it is asked about the item {item_id!r} "
        f"again: it differs by {difference:.2g} of its size.",
        where={"items": [item_id]},
        evidence={"relative_difference": difference},
        cause="It draws at random, or keeps a state from one call to the next.",
        advice="Fix its seed, or let it give the mean of many draws: the scores hold its noise, "
        "and no standard error covers it.",
    )
