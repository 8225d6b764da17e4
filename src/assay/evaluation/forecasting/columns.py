"""The schema of forecasts in; which columns hold quantiles, bounds and cut-offs out."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assay.errors import ColumnNotFoundError
from assay.evaluation.forecast_options import ForecastOptions

if TYPE_CHECKING:
    from assay.data.schema import Schema

NUMBERS = frozenset({"int64", "float64"})
CUTOFFS = ("cutoff", "cut_off", "forecast_origin")
LEVEL = re.compile(r"(?:^|[_.-])q_?(?P<level>0?\.\d+|\d{1,2}(?:\.\d+)?)$", re.IGNORECASE)
BOUND = re.compile(r"(?:^|[_.-])(?P<side>lo|hi)-(?P<level>\d{1,2}(?:\.\d+)?)$")


@dataclass(frozen=True, kw_only=True)
class ForecastColumns:
    """Which column holds what.

    Parameters
    ----------
    label, time : str
    prediction : str or None
        None where nothing was forecast yet.
    series, weight : str or None
    cutoff, step : str or None
        Where a forecast was made from; see `ForecastOptions`.
    quantiles : mapping of float to str
        Level → column, ascending.
    lower, upper : str or None
        Ends of an interval whose level nobody said.
    """

    label: str
    time: str
    prediction: str | None = None
    series: str | None = None
    weight: str | None = None
    cutoff: str | None = None
    step: str | None = None
    quantiles: dict[float, str] = field(default_factory=dict)
    lower: str | None = None
    upper: str | None = None

    @property
    def names(self) -> list[str]:
        """All of them, each once."""
        single = (self.label, self.prediction, self.time, self.series, self.weight, self.cutoff)
        every = (*single, self.step, self.lower, self.upper, *self.quantiles.values())
        return list(dict.fromkeys(name for name in every if name is not None))


def forecast_columns(schema: "Schema", options: ForecastOptions) -> ForecastColumns:
    """Find the columns of a table of forecasts.

    Quantiles are columns such as ``q0.1``, ``q10`` or ``yhat_q90``, or the ends of intervals that
    statsforecast writes (``AutoETS-lo-80`` is the quantile 0.1). A pair of columns whose names end
    in lower and upper are the ends of an interval of unknown level.

    Parameters
    ----------
    schema : Schema
        With one label, at most one prediction and a time.
    options : ForecastOptions

    Returns
    -------
    ForecastColumns

    Raises
    ------
    ColumnNotFoundError
        If a column that was told is not there.
    """
    told = [name for name in (options.cutoff, options.step) if name is not None]
    if missing := set(told) - set(schema.names):
        raise ColumnNotFoundError(missing, schema.names)
    assert schema.label is not None
    assert schema.time is not None
    taken = {schema.label, schema.prediction, schema.time, schema.series, schema.weight, *told}
    free = [
        each.name
        for each in schema.columns
        if each.name not in taken and not each.name.startswith("__assay")
    ]
    numbers = [name for name in free if schema[name].storage in NUMBERS]
    found = {quantile_level(name): name for name in reversed(numbers)}
    cutoff = options.cutoff
    if cutoff is None and options.step is None:
        cutoff = next((name for name in free if name.lower() in CUTOFFS), None)
    lower, upper = (_side(numbers, side) for side in ("lower", "upper"))
    both = lower is not None and upper is not None
    return ForecastColumns(
        label=schema.label,
        prediction=schema.prediction,
        time=schema.time,
        series=schema.series,
        weight=schema.weight,
        cutoff=cutoff,
        step=options.step,
        quantiles={each: found[each] for each in sorted(e for e in found if e is not None)},
        lower=lower if both else None,
        upper=upper if both else None,
    )


def quantile_level(name: str) -> float | None:
    """Return the level that a column's name says it is the quantile of; None where it says none.

    Examples
    --------
    >>> quantile_level("q0.1"), quantile_level("yhat_q90"), quantile_level("AutoETS-lo-80")
    (0.1, 0.9, 0.1)
    >>> quantile_level("sales") is None, quantile_level("q1") # the first percentile
    (True, 0.01)
    """
    if (match := LEVEL.search(name)) is not None:
        text = match["level"]
        level = float(text) if "." in text and float(text) < 1 else float(text) / 100
    elif (match := BOUND.search(name)) is not None:
        half = (1 - float(match["level"]) / 100) / 2
        level = half if match["side"] == "lo" else 1 - half
    else:
        return None
    return round(level, 10) if 0 < level < 1 else None


def _side(names: list[str], side: str) -> str | None:
    """Return the only column whose name ends in lower, or upper."""
    found = [name for name in names if re.search(rf"(?:^|[_.-]){side}$", name, re.IGNORECASE)]
    return found[0] if len(found) == 1 else None
