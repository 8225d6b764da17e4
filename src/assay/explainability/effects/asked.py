"""What the measurement of an effect works with, and what it cannot work with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.explainability.counting import check_count
from assay.explainability.effects.axis import Axis, make_axis
from assay.explainability.effects.reading import Reading
from assay.explainability.effects.table import EffectTable
from assay.explainability.scores import Scores

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Asked:
    """What one measurement works with, checked.

    Parameters
    ----------
    scores : Scores
    table : EffectTable
    weights : ndarray, shape (n_rows,)
    grid : str or sequence
    resolution, max_levels : int or None
    missing : bool
    rows : int or None
    n_curves : int
        Curves of single rows that are kept.
    centre : bool
    level : float
    seed : int
    progress : callable or None
        The others are as in `measure_dependence`.
    """

    scores: Scores
    table: EffectTable
    weights: Floats
    grid: str | Sequence[object]
    resolution: int | None
    max_levels: int | None
    missing: bool
    rows: int | None
    n_curves: int
    centre: bool
    level: float
    seed: int
    progress: Callable[[int], None] | None

    def rng(self) -> np.random.Generator:
        """Return the generator that the choice of rows starts from."""
        return np.random.default_rng(self.seed)

    def axis(self, reading: Reading, resolution: int | None = None) -> Axis:
        """Return the values that a column is set to; `resolution` where none was asked for."""
        return make_axis(
            reading,
            self.weights,
            grid=self.grid,
            resolution=self.resolution or resolution,
            max_levels=self.max_levels,
            missing=self.missing,
        )


def check_asked(
    kind: object, feature: object, scale: object, rows: object, level: float, *, centre: bool
) -> None:
    """Refuse what contradicts itself or means nothing, before any work.

    Raises
    ------
    InputError
        With what was given, and what can be.
    """
    if kind not in ("pdp", "ale", "auto"):
        msg = f"unknown kind {kind!r}; choose one of: pdp, ale, auto"
        raise InputError(msg)
    pair = isinstance(feature, tuple)
    if pair and len(feature) != 2:
        msg = f"{len(feature)} columns were named; give one, or a pair"
        raise InputError(msg)
    if pair and feature[0] == feature[1]:
        msg = f"the pair names the column {feature[0]!r} twice; give two columns"
        raise InputError(msg)
    if pair and kind == "ale":
        msg = "accumulated local effects are measured of one column; give kind='pdp' for a pair"
        raise InputError(msg)
    if kind == "ale" and centre:
        msg = "accumulated local effects are centred over the rows; leave centre out"
        raise InputError(msg)
    check_count("rows", rows)
    if not 0 < level < 1:
        msg = f"level={level} is no coverage; give a number between 0 and 1, for example 0.95"
        raise InputError(msg)
    if scale not in (None, "number", "category"):
        msg = f"unknown scale {scale!r}; choose one of: number, category"
        raise InputError(msg)
