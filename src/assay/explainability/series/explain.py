"""A forecaster and items in, asymmetric Shapley values of each item out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

import numpy as np

from assay.errors import InputError
from assay.explainability.counting import check_count, check_positive, check_seed
from assay.explainability.maskers.series import SeriesItem
from assay.explainability.series.asking import BATCH_RECORDS, Asking, Forecast, ItemGame
from assay.explainability.series.filling import LEVELS, Baseline, Level, Statics
from assay.explainability.series.findings import SAME, not_repeatable, series_findings
from assay.explainability.series.items import ItemLike, as_items
from assay.explainability.series.plan import Options, Plan
from assay.explainability.series.result import ItemExplanation, SeriesExplanation
from assay.explainability.series.scoring import score_items
from assay.explainability.series.walk import DIRECTIONS, Direction
from assay.result import Finding

Granularity = Literal["timewise", "fine_grained"]
GRANULARITIES: tuple[Granularity, ...] = ("timewise", "fine_grained")


def explain_series(
    forecast: Forecast,
    items: ItemLike | Iterable[ItemLike],
    *,
    direction: Direction = "chronological",
    granularity: Granularity = "timewise",
    baseline: Level | Sequence[ItemLike] = "mean",
    related_baseline: Level | None = None,
    static_baseline: Statics | Sequence[object] | None = None,
    calls: int | None = None,
    orders: int | None = None,
    segments: int | None = None,
    symmetric: bool = False,
    tolerance: float | None = 0.01,
    seed: int = 0,
    batch_records: int = BATCH_RECORDS,
    progress: Callable[[int], None] | None = None,
) -> SeriesExplanation:
    """Say which past values, related series and statics made each forecast.

    Parameters
    ----------
    forecast : callable
        List of records → one forecast each: a vector with a number for each step ahead. A record
        is a dict with ``item_id``, ``start_time``, ``timestamps``, ``target_time_series`` (an
        array), ``related_time_series`` (name → array) and ``static_covariates`` (name → value).
    items : SeriesItem, record, array, or a sequence of these
        See `as_items` and `items_from_table`; their lengths and horizons may differ.
    direction : {"chronological", "anti_chronological", "bidirectional"}
        Steps enter from the first to the last, from the last to the first, or both (the mean).
        Statics enter before any step.
    granularity : {"timewise", "fine_grained"}
        A time step is one player, or each series within it is; fine-grained scores of a step
        add up to its timewise score. Statics are one player, or one each.
    baseline : {"zero", "mean"} or sequence of items
        What fills what is switched off: 0, the mean of the item's own observed values, or
        stretches of other series, which are averaged over.
    related_baseline : {"zero", "mean"} or None
        The same for related series; None: as `baseline`.
    static_baseline : mapping of item to sequence, sequence, or None
        One value for each static column; None: statics are not switched, unless series are the
        baseline.
    calls : int or None
        Coalitions an item and direction at most. None: as many as exact values need with up to 8
        series a step, and the usual number for the players of a step above.
    orders : int or None
        Draw so many random orders within each step, as Clarify's `num_samples`, where exact
        values are dearer.
    segments : int or None
        Cut the past into so many stretches that count as steps.
    symmetric : bool
        Let steps enter in any order: Shapley values without a direction.
    tolerance : float or None
        Where values are estimated: stop when the largest standard error is at most this share
        of the sum of the absolute scores.
    seed : int
    batch_records : int
        Records handed to `forecast` at once at most.
    progress : callable or None
        Told how many forecasts were made, batch by batch.

    Returns
    -------
    SeriesExplanation
        For each step ahead, offset + sum of scores = forecast.

    Raises
    ------
    InputError
        If an item or an option is wrong, or `calls` do not suffice.
    ModelError
        If the forecaster fails, or its answers cannot be used.

    References
    ----------
    Frye, Rowat and Feige 2020, NeurIPS, arXiv:1910.06358.

    Examples
    --------
    >>> def forecast(records):  # the last value, twice
    ...     return [[record["target_time_series"][-1]] * 2 for record in records]
    >>> made = explain_series(forecast, [[4.0, 2.0, 6.0]], baseline="zero")
    >>> made.items[0].scores.tolist()
    [[0.0, 0.0], [0.0, 0.0], [6.0, 6.0]]
    """
    options = Options(
        direction=direction,
        fine=granularity == "fine_grained",
        calls=calls,
        orders=orders,
        segments=segments,
        symmetric=symmetric,
        tolerance=tolerance,
        seed=seed,
    )
    _check(options, granularity)
    if not callable(forecast):
        msg = (
            f"a forecaster is a function from a list of records to a forecast for each, and "
            f"{type(forecast).__name__} is none; for a model with a method give that, as "
            "model.predict"
        )
        raise InputError(msg)
    check_count("batch_records", batch_records)
    filler = _baseline(baseline, related_baseline, static_baseline, seed)
    asking = Asking(forecast, batch_records=batch_records, progress=progress)
    made = as_items(items)
    if static_baseline is not None and not any(item.static for item in made):
        msg = "static_baseline is given, and no item has static columns; leave it out"
        raise InputError(msg)
    run = SeriesRun(made, options, filler, asking)
    return run.result(tuple(run.explained()))


class SeriesRun:
    """Items on their way to being explained; what is finished can be had at any time.

    Parameters
    ----------
    items : sequence of SeriesItem
    options : Options
    baseline : Baseline
    asking : Asking

    Raises
    ------
    InputError
        If an item cannot be explained within the budget; before the model is asked.
    """

    def __init__(
        self, items: Sequence[SeriesItem], options: Options, baseline: Baseline, asking: Asking
    ) -> None:
        self.options, self.baseline, self.asking = options, baseline, asking
        self.games = [ItemGame(item, baseline.fill(item)) for item in items]
        self.plans = [
            Plan.of(game, options, static=baseline.fills_static(game.item)) for game in self.games
        ]
        self._notes: list[Finding] = []

    @property
    def forecasts(self) -> int:
        """How many forecasts are asked at most, before repeated ones are left out."""
        return sum(
            plan.calls * len(game.filling.weights)
            for plan, game in zip(self.plans, self.games, strict=True)
        )

    def explained(self) -> Iterator[ItemExplanation]:
        """Yield each item when it is finished, in order."""
        group: list[Plan] = []
        room = 0
        for plan in self.plans:
            group.append(plan)
            room += plan.calls * len(plan.game.filling.weights)
            if room >= self.asking.batch_records:
                yield from self._scored(group)
                group, room = [], 0
        yield from self._scored(group)

    def _scored(self, group: Sequence[Plan]) -> Iterator[ItemExplanation]:
        made = score_items(group, self.asking, self.options)
        if made and group[0] is self.plans[0]:
            self._ask_again(group[0], made[0])
        yield from made

    def _ask_again(self, plan: Plan, made: ItemExplanation) -> None:
        """See whether the first item is forecast as before."""
        everything = np.ones((1, plan.game.item.n_cells), dtype=bool)
        again = self.asking.values([(plan.game, everything)])[0][0]
        gap = float(np.abs(again - made.forecast).max() / (1e-12 + np.abs(made.forecast).max()))
        if gap > SAME:
            self._notes.append(not_repeatable(plan.game.item.item_id, gap))

    def result(self, items: tuple[ItemExplanation, ...]) -> SeriesExplanation:
        """Return what is finished as a value.

        Parameters
        ----------
        items : tuple of ItemExplanation
            The first that were yielded.
        """
        options = self.options
        findings = series_findings(items, self.games[: len(items)])
        return SeriesExplanation(
            items=items,
            direction="any order" if options.symmetric else options.direction,
            granularity=GRANULARITIES[options.fine],
            baseline=self.baseline.described,
            segments=options.segments,
            cost=self.asking.cost,
            seed=options.seed,
            notes=(*self._notes, *findings),
        )


def _check(options: Options, granularity: str) -> None:
    """Refuse options that are none, all at the beginning.

    Raises
    ------
    InputError
    """
    if options.direction not in DIRECTIONS:
        msg = f"direction must be one of {', '.join(DIRECTIONS)}, found {options.direction!r}"
        raise InputError(msg)
    if granularity not in GRANULARITIES:
        msg = f"granularity must be one of {', '.join(GRANULARITIES)}, found {granularity!r}"
        raise InputError(msg)
    check_count("calls", options.calls, least=2)
    check_count("orders", options.orders)
    check_count("segments", options.segments)
    check_positive("tolerance", options.tolerance)
    check_seed(options.seed)
    if options.orders is not None and (not options.fine or options.symmetric):
        msg = (
            "orders are drawn within the steps of fine_grained values alone; timewise values are "
            "exact without them, and symmetric ones take calls"
        )
        raise InputError(msg)


def _baseline(
    given: Level | Sequence[ItemLike],
    related: Level | None,
    static: Statics | Sequence[object] | None,
    seed: int,
) -> Baseline:
    for name, told in (("baseline", given), ("related_baseline", related)):
        if isinstance(told, str) and told not in LEVELS:
            msg = f"{name} must be 'zero', 'mean' or series, found {told!r}"
            raise InputError(msg)
    listed = static if static is None or hasattr(static, "keys") else {"*": static}
    if isinstance(given, str):
        return Baseline(target=given, related=related or given, static=listed, seed=seed)  # type: ignore[arg-type]
    if related is not None:
        msg = "related_baseline goes with baseline='zero' or 'mean'; series fill all by themselves"
        raise InputError(msg)
    try:
        windows = as_items(given)
    except InputError as error:
        msg = f"the series of the baseline: {error}"
        raise InputError(msg) from error
    return Baseline(windows=windows, static=listed, seed=seed)  # type: ignore[arg-type]
