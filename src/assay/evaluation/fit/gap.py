"""Quality on the train rows beside that on others: too well learned, or too little."""

from dataclasses import dataclass

from assay.result import Estimate, Json
from assay.stats.interval import Interval
from assay.stats.mover import mover_sum

LEAST_GAP = 0.03
LEAST_SHARE = 0.1
"""A gap counts above 0.03 and above a tenth of the value on the train rows."""


@dataclass(frozen=True, kw_only=True)
class Gap:
    """How much better the model does on the rows that it was fitted on.

    Parameters
    ----------
    metric, metric_title : str
    greater_is_better : bool
    train, judged : Estimate
    difference : Estimate
        Positive where the train rows are scored better.
    large : bool
        Whether it counts, by size and by its interval.
    bound : float
        Above which it counts.
    """

    metric: str
    metric_title: str
    greater_is_better: bool
    train: Estimate
    judged: Estimate
    difference: Estimate
    large: bool
    bound: float

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "metric": self.metric,
            "metric_title": self.metric_title,
            "greater_is_better": self.greater_is_better,
            "train": self.train.to_dict(),
            "judged": self.judged.to_dict(),
            "difference": self.difference.to_dict(),
            "large": self.large,
            "bound": self.bound,
        }


def train_gap(
    metric: str,
    title: str,
    *,
    greater_is_better: bool,
    train: Estimate,
    judged: Estimate,
) -> Gap | str:
    """Hold the train rows against the judged rows.

    The rows are others, so that the two numbers are independent given the model: the interval of
    their difference is made of the two intervals (MOVER). The gap counts where it is above 0.03
    and a tenth of the train value, and its interval lies above 0. An error that is not bounded by
    1 counts by the tenth alone, of the judged value.

    Parameters
    ----------
    metric, title : str
    greater_is_better : bool
    train, judged : Estimate
        Of one level.

    Returns
    -------
    Gap, or str
        Why there is none.

    Examples
    --------
    >>> one = Estimate(value=0.99, low=0.98, high=1.0, n=500)
    >>> other = Estimate(value=0.80, low=0.76, high=0.84, n=400)
    >>> found = train_gap("accuracy", "accuracy", greater_is_better=True, train=one, judged=other)
    >>> found.large, round(found.difference.low, 3), round(found.difference.high, 3)
    (True, 0.149, 0.231)
    """
    for told, rows in ((train, "train"), (judged, "judged")):
        if told.value is None:
            return f"{title} is undefined on the {rows} rows: {told.reason}"
        if told.low is None or told.high is None:
            return f"{title} has no interval on the {rows} rows"
    values, intervals = _pairs(train, judged)
    if greater_is_better:
        bound = max(LEAST_GAP, LEAST_SHARE * abs(values[0]))
    else:
        bound = LEAST_SHARE * abs(values[1])
    sign = 1.0 if greater_is_better else -1.0
    value = sign * (values[0] - values[1])
    ends = mover_sum(values, intervals, coefficients=[sign, -sign])
    return Gap(
        metric=metric,
        metric_title=title,
        greater_is_better=greater_is_better,
        train=train,
        judged=judged,
        difference=Estimate(
            value=value,
            low=ends.low,
            high=ends.high,
            level=judged.level,
            n=train.n + judged.n,
            unit=judged.unit,
            method="difference of two independent estimates (MOVER)",
        ),
        large=value > bound and ends.low > 0,
        bound=bound,
    )


def _pairs(*estimates: Estimate) -> tuple[list[float], list[Interval]]:
    values: list[float] = []
    intervals: list[Interval] = []
    for each in estimates:
        assert each.value is not None
        assert each.low is not None
        assert each.high is not None
        values.append(each.value)
        intervals.append(Interval(each.low, each.high))
    return values, intervals
