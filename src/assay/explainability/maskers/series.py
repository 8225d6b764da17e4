"""Games of forecasts: time steps, and the series within them, are switched to a filling."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Stamp = str | int | float
Record = dict[str, object]
"""What a forecaster is given of one item; see `SeriesItem.record`."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SeriesItem:
    """One item to be forecast: T past steps of the target, and what is known beside them.

    Parameters
    ----------
    target : ndarray, shape (T,)
        NaN where no value was observed.
    related : mapping of str to ndarray, shape (T,) or (T + K,)
        Further series over the past and, where they are known ahead, over K future steps.
    static : mapping of str to value
        What does not change with time.
    timestamps : sequence of str or number, length T + K
        Of the past steps and of those future steps that any related series reaches; () numbers
        the steps from -T + 1 to K, so that 0 is the last observed one.
    item_id : str
    target_name : str

    Raises
    ------
    InputError
        If there is no past step, a length does not fit, a value is infinite, or times do not
        rise.

    Examples
    --------
    >>> item = SeriesItem(target=np.array([3.0, 5.0]), related={"rain": np.array([0.0, 1.0, 2.0])})
    >>> item.n_past, item.n_steps, item.timestamps
    (2, 3, (-1, 0, 1))
    """

    target: Floats
    related: Mapping[str, Floats] = field(default_factory=dict[str, Floats])
    static: Mapping[str, object] = field(default_factory=dict[str, object])
    timestamps: Sequence[Stamp] = ()
    item_id: str = "0"
    target_name: str = "target"

    def __post_init__(self) -> None:
        target = _series(self.target, self.target_name, self.item_id)
        related = {name: _series(x, name, self.item_id) for name, x in self.related.items()}
        object.__setattr__(self, "target", target)
        object.__setattr__(self, "related", related)
        object.__setattr__(self, "static", dict(self.static))
        object.__setattr__(self, "timestamps", tuple(self.timestamps))
        self._check_lengths()
        _check_times(self.timestamps, self.item_id)
        stamps = self.timestamps or tuple(range(1 - self.n_past, self.n_steps + 1 - self.n_past))
        object.__setattr__(self, "timestamps", stamps)

    def _check_lengths(self) -> None:
        if self.n_past == 0:
            msg = (
                f"the item {self.item_id!r} has no past step of {self.target_name}; give its "
                "history"
            )
            raise InputError(msg)
        if np.isnan(self.target).all():
            msg = (
                f"the item {self.item_id!r}: all {self.n_past} past values of {self.target_name} "
                "are missing; leave the item out"
            )
            raise InputError(msg)
        lengths = dict.fromkeys((self.n_past, self.n_steps))
        for name, series in self.related.items():
            if len(series) not in lengths:
                msg = (
                    f"the item {self.item_id!r}: the related series {name!r} has {len(series)} "
                    f"steps; give {' or '.join(map(str, lengths))}"
                )
                raise InputError(msg)
        if len(self.timestamps) not in (0, self.n_steps):
            msg = (
                f"the item {self.item_id!r} has {len(self.timestamps)} timestamps for "
                f"{self.n_steps} steps; give one for each"
            )
            raise InputError(msg)

    @property
    def n_past(self) -> int:
        """How many steps of the target are known."""
        return len(self.target)

    @cached_property
    def n_steps(self) -> int:
        """Past steps, and the future ones that a related series reaches."""
        return max((self.n_past, *(len(series) for series in self.related.values())))

    @cached_property
    def series(self) -> tuple[tuple[str, Floats], ...]:
        """The target, then the related series, by name."""
        return ((self.target_name, self.target), *self.related.items())

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """Where each series begins among the cells; the statics come last."""
        return tuple(np.cumsum([0, *(len(series) for _, series in self.series)]).tolist())

    @property
    def n_cells(self) -> int:
        """How many values can be switched: those of all series, and the statics."""
        return self.offsets[-1] + len(self.static)

    def record(self, numbers: Floats, static: Sequence[object]) -> Record:
        """Return what a forecaster is given: the item with other values.

        Parameters
        ----------
        numbers : ndarray, shape (offsets[-1],)
            Of all series, one after the other.
        static : sequence, length n_statics

        Returns
        -------
        dict
            ``item_id``; ``start_time`` and ``timestamps``; ``target_time_series``, an array;
            ``related_time_series``, name → array; ``static_covariates``, name → value.
        """
        parts = [numbers[a:b] for a, b in zip(self.offsets[:-1], self.offsets[1:], strict=True)]
        return {
            "item_id": self.item_id,
            "start_time": self.timestamps[0],
            "timestamps": self.timestamps,
            "target_time_series": parts[0],
            "related_time_series": dict(zip(self.related, parts[1:], strict=True)),
            "static_covariates": dict(zip(self.static, static, strict=True)),
        }


@dataclass(frozen=True, kw_only=True)
class SeriesPlayer:
    """What is switched on or off together.

    Parameters
    ----------
    kind : {"static", "step", "target", "related"}
        "step": the target and all related series at once.
    feature : str or None
        Name of the series or of the static column; None for a step, and for all statics at once.
    first, last : int or None
        Its time steps, counted from 0 at the beginning of the item; None for statics.
    cells : tuple of int
        Places of its values among the item's cells.
    """

    kind: str
    feature: str | None
    first: int | None
    last: int | None
    cells: tuple[int, ...]


Block = tuple[SeriesPlayer, ...]
"""Players of one moment; between blocks the order is that of time."""


def lay_out(item: SeriesItem, *, fine: bool, segments: int | None, static: bool) -> list[Block]:
    """Return the players of an item, in blocks along time; statics, if switched, come first.

    Parameters
    ----------
    item : SeriesItem
    fine : bool
        Whether each series of a step is a player of its own; else the step is.
    segments : int or None
        Into how many stretches of equal length the past is cut, each of which counts as a step;
        the future is cut into stretches of about that length. No stretch crosses the forecast's
        origin.
    static : bool
        Whether statics are switched; else they keep the item's own values.

    Examples
    --------
    >>> item = SeriesItem(target=np.arange(3.0), related={"rain": np.arange(4.0)})
    >>> blocks = lay_out(item, fine=True, segments=None, static=False)
    >>> [[player.feature for player in block] for block in blocks]
    [['target', 'rain'], ['target', 'rain'], ['target', 'rain'], ['rain']]
    """
    blocks: list[Block] = []
    if static and item.static:
        blocks.append(_static_block(item, fine=fine))
    for first, last in _stretches(item.n_past, item.n_steps, segments):
        parts = _parts(item, first, last)
        if fine:
            blocks.append(tuple(parts))
        elif parts:
            cells = tuple(cell for part in parts for cell in part.cells)
            blocks.append(
                (SeriesPlayer(kind="step", feature=None, first=first, last=last, cells=cells),)
            )
    return [block for block in blocks if block]


def _static_block(item: SeriesItem, *, fine: bool) -> Block:
    cells = range(item.offsets[-1], item.n_cells)
    if not fine:
        return (SeriesPlayer(kind="static", feature=None, first=None, last=None, cells=(*cells,)),)
    return tuple(
        SeriesPlayer(kind="static", feature=name, first=None, last=None, cells=(cell,))
        for name, cell in zip(item.static, cells, strict=True)
    )


def _parts(item: SeriesItem, first: int, last: int) -> list[SeriesPlayer]:
    """Return one player for each series that has values in a stretch of steps."""
    made = []
    for place, ((name, series), offset) in enumerate(zip(item.series, item.offsets, strict=False)):
        cells = tuple(offset + step for step in range(first, min(last + 1, len(series))))
        if cells:
            kind = "related" if place else "target"
            made.append(SeriesPlayer(kind=kind, feature=name, first=first, last=last, cells=cells))
    return made


def _stretches(n_past: int, n_steps: int, segments: int | None) -> list[tuple[int, int]]:
    """Return first and last step of each stretch."""
    if segments is None or segments >= n_past:
        return [(step, step) for step in range(n_steps)]
    ahead = n_steps - n_past
    parts = np.array_split(np.arange(n_past), segments)
    if ahead:
        number = max(1, min(ahead, round(segments * ahead / n_past)))
        parts += np.array_split(np.arange(n_past, n_steps), number)
    return [(int(part[0]), int(part[-1])) for part in parts]


def _check_times(stamps: Sequence[object], item_id: str) -> None:
    """Refuse times that do not rise; text that is no ISO date may only not repeat."""
    moments: Sequence[Any] = stamps
    if all(isinstance(stamp, str) for stamp in stamps):
        try:
            moments = [datetime.fromisoformat(str(stamp)) for stamp in stamps]
        except ValueError:
            moments = range(len(stamps))
    try:
        falls = [(a, b) for a, b in pairwise(range(len(stamps))) if not moments[a] < moments[b]]
    except TypeError as error:
        msg = f"the timestamps of the item {item_id!r} are of several types: {error}"
        raise InputError(msg) from error
    if falls:
        before, after = (str(stamps[place]) for place in falls[0])
        msg = (
            f"the item {item_id!r} has the time {after} after {before}; its steps must be in the "
            "order of time, each once"
        )
        raise InputError(msg)


def _series(values: object, name: str, item_id: str) -> Floats:
    try:
        series = np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        msg = f"the item {item_id!r}: the series {name!r} is not made of numbers: {error}"
        raise InputError(msg) from error
    if series.ndim != 1:
        msg = (
            f"the item {item_id!r}: the series {name!r} has the shape {series.shape}; give one "
            "number a step"
        )
        raise InputError(msg)
    if np.isinf(series).any():
        step = int(np.argmax(np.isinf(series)))
        msg = (
            f"the item {item_id!r}: the series {name!r} is infinite at step {step}; write a "
            "missing value as NaN"
        )
        raise InputError(msg)
    series.setflags(write=False)
    return series
