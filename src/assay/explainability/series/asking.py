"""Masked items in, forecasts out: asked in batches, each distinct one once, and checked."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assay.errors import AssayError, ModelError
from assay.explainability.maskers.series import Floats, Mask, Record, SeriesItem
from assay.explainability.result import Cost
from assay.explainability.series.filling import Filling

Forecast = Callable[[list[Record]], "Sequence[NDArray[np.float64]] | NDArray[np.float64]"]
"""Records of items (see `SeriesItem.record`) → for each its forecast, one number a step ahead."""
BATCH_RECORDS = 1_000
BATCH_BYTES = 64 * 2**20


@dataclass(eq=False)
class Asking:
    """A forecaster, and what was asked of it.

    Parameters
    ----------
    forecast : callable
    batch_records : int
        Records handed over at once at most; fewer where they are long.
    progress : callable or None
        Told how many forecasts were made, batch by batch.
    """

    forecast: Forecast
    batch_records: int = BATCH_RECORDS
    progress: Callable[[int], None] | None = None
    calls: int = 0
    asked: int = 0
    made: int = 0
    batches: int = 0
    model_seconds: float = 0.0
    started: float = field(default_factory=time.perf_counter)

    @property
    def cost(self) -> Cost:
        """What it has cost so far."""
        return Cost(
            calls=self.calls,
            asked=self.asked,
            made=self.made,
            batches=self.batches,
            model_seconds=self.model_seconds,
            other_seconds=time.perf_counter() - self.started - self.model_seconds,
        )

    def values(self, games: "Sequence[tuple[ItemGame, Mask]]") -> list[Floats]:
        """Return the value of coalitions of cells: the mean forecast over the fillings.

        Parameters
        ----------
        games : sequence of (ItemGame, ndarray of bool, shape (n_masks, n_cells))
            All of different items.

        Returns
        -------
        list of ndarray, shape (n_masks, horizon)

        Raises
        ------
        ModelError
            If the model fails, gives no finite number, or changes its horizon for an item.
        """
        plans = [_Plan(game, masks) for game, masks in games]
        self.calls += sum(plan.distinct for plan in plans)
        self.asked += sum(plan.distinct * len(plan.game.filling.weights) for plan in plans)
        answers: list[list[Floats]] = [[] for _ in plans]
        width = max((plan.game.item.n_cells for plan in plans), default=1)
        size = max(1, min(self.batch_records, BATCH_BYTES // (8 * width)))
        for batch in _batches(plans, size):
            made = self._ask([plan.record(key) for _, plan, key in batch])
            for (place, plan, _), each in zip(batch, made, strict=True):
                answers[place].append(plan.game.check(each))
        return [plan.means(found) for plan, found in zip(plans, answers, strict=True)]

    def _ask(self, records: list[Record]) -> list[Floats]:
        start = time.perf_counter()
        try:
            answer = self.forecast(records)
        except AssayError:
            raise
        except Exception as error:
            first = records[0]["item_id"]
            told = f"{type(error).__name__}: {error}"
            msg = (
                f"the forecaster failed on {len(records)} records, the first of the item "
                f"{first!r}: {told}"
            )
            raise ModelError(msg) from error
        self.model_seconds += time.perf_counter() - start
        self.made += len(records)
        self.batches += 1
        if self.progress is not None:
            self.progress(len(records))
        return _as_forecasts(answer, len(records))


@dataclass(eq=False)
class ItemGame:
    """One item with what fills it, and the horizon that its forecasts turn out to have."""

    item: SeriesItem
    filling: Filling
    horizon: int | None = None

    def check(self, forecast: Floats) -> Floats:
        """Return a forecast of this item, once it is known to be one.

        Raises
        ------
        ModelError
        """
        name = self.item.item_id
        if self.horizon is None:
            self.horizon = len(forecast)
        if len(forecast) != self.horizon:
            msg = (
                f"the model forecasts {self.horizon} steps for the item {name!r} and "
                f"{len(forecast)} when some of its values are switched off; its horizon must not "
                "depend on the values"
            )
            raise ModelError(msg)
        bad = ~np.isfinite(forecast)
        if bad.any():
            msg = (
                f"the model gives no finite number for step {int(np.argmax(bad)) + 1} ahead of "
                f"the item {name!r}; look whether it forecasts the item as it is, and whether "
                "where values are switched to the baseline (another one may suit it better: "
                "baseline='mean', 'zero', or other series)"
            )
            raise ModelError(msg)
        return forecast

    @property
    def varies(self) -> Mask:
        """Which cells differ from at least one filling (missing equals missing)."""
        item = self.item
        own = _numbers(item)
        with_nan = np.isnan(own) & np.isnan(self.filling.numbers)
        numbers = ((own != self.filling.numbers) & ~with_nan).any(axis=0)
        statics = [
            any(filled[place] != value for filled in self.filling.static)
            for place, value in enumerate(item.static.values())
        ]
        return np.concatenate([numbers, np.array(statics, dtype=bool)])


class _Plan:
    """The distinct masked records of one item, and which coalition needs which."""

    def __init__(self, game: ItemGame, masks: Mask) -> None:
        self.game, self.masks = game, masks
        self.own, self.statics = _numbers(game.item), tuple(game.item.static.values())
        n_windows = len(game.filling.weights)
        self.distinct = count_distinct(masks)
        self.keys: list[tuple[int, int]] = []
        self.back = np.empty((len(masks), n_windows), dtype=np.intp)
        packed = np.packbits(masks & game.varies, axis=1)
        full = np.packbits(game.varies).tobytes()
        seen: dict[tuple[bytes, int], int] = {}
        for row, bits in enumerate(packed):
            told = bits.tobytes()
            for window in range(n_windows):
                key = (told, 0 if told == full else window)
                if key not in seen:
                    seen[key] = len(self.keys)
                    self.keys.append((row, window))
                self.back[row, window] = seen[key]

    def record(self, key: tuple[int, int]) -> Record:
        on, filling, window = self.masks[key[0]], self.game.filling, key[1]
        n_numbers = len(self.own)
        numbers = np.where(on[:n_numbers], self.own, filling.numbers[window])
        static = [
            own if keep else filled
            for keep, own, filled in zip(
                on[n_numbers:], self.statics, filling.static[window], strict=True
            )
        ]
        return self.game.item.record(numbers, static)

    def means(self, answers: Sequence[Floats]) -> Floats:
        table = np.array(answers)[self.back]
        return np.einsum("mwh,w->mh", table, self.game.filling.weights)


def count_distinct(masks: Mask) -> int:
    """Return how many coalitions there are, each counted once."""
    return len(np.unique(np.packbits(masks, axis=1), axis=0))


def _numbers(item: SeriesItem) -> Floats:
    return np.concatenate([series for _, series in item.series])


def _batches(
    plans: Sequence[_Plan], size: int
) -> Iterator[list[tuple[int, _Plan, tuple[int, int]]]]:
    """Yield what is asked at once, items after each other."""
    batch: list[tuple[int, _Plan, tuple[int, int]]] = []
    for place, plan in enumerate(plans):
        for key in plan.keys:
            batch.append((place, plan, key))
            if len(batch) == size:
                yield batch
                batch = []
    if batch:
        yield batch


def _as_forecasts(answer: object, n_records: int) -> list[Floats]:
    """Return one vector a record.

    Raises
    ------
    ModelError
        If there are more or fewer, or one is no vector of numbers.
    """
    try:
        listed = list(answer)  # type: ignore[call-overload]  whatever the user's function gave
        made = [np.atleast_1d(np.asarray(each, dtype=np.float64)) for each in listed]
    except (TypeError, ValueError) as error:
        msg = (
            "the forecaster must return one list of numbers for each record; found "
            f"{type(answer).__name__}: {error}"
        )
        raise ModelError(msg) from error
    if len(made) != n_records:
        msg = (
            f"the forecaster returned {len(made)} forecasts for {n_records} records; it must be "
            "one a record, in order"
        )
        raise ModelError(msg)
    for place, each in enumerate(made):
        if each.ndim != 1 or len(each) == 0:
            msg = (
                f"the forecaster returned an array of shape {each.shape} for record {place}; give "
                "one number for each step ahead"
            )
            raise ModelError(msg)
    return made
