"""All numbers of a report in; those that show a disparity by more than chance out."""

from collections.abc import Sequence
from dataclasses import dataclass

from assay.bias.result import BiasMeasure, FacetResult
from assay.metrics.few import MIN_ROWS
from assay.stats.interval import Interval


@dataclass(frozen=True)
class Shown:
    """A disparity that is shown.

    Parameters
    ----------
    measure : BiasMeasure
    interval : Interval
        The one that excludes the tolerated range: simultaneous, of a distance its own.
    """

    measure: BiasMeasure
    interval: Interval

    @property
    def size(self) -> float:
        """How far the value lies from parity."""
        value = self.measure.estimate.value
        return float("inf") if value is None else abs(value - self.measure.parity)


def shown_disparities(
    facets: Sequence[FacetResult], *, level: float
) -> dict[tuple[str, str], list[Shown]]:
    """Return what is shown of each facet and group; nothing of those with too few rows.

    A number counts where its simultaneous interval excludes all that is tolerated. A distance is
    never negative, so its test must reject as well, adjusted by Holm's method over all tests of
    the report.

    Parameters
    ----------
    facets : sequence of FacetResult
    level : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    dict
        (facet, group) → disparities in the order of the report.

    References
    ----------
    Holm 1979, Scandinavian Journal of Statistics 6:65.
    """
    rejected = _rejected(facets, 1 - level)
    found: dict[tuple[str, str], list[Shown]] = {}
    for facet in facets:
        for measure in facet.measures:
            if measure.group in facet.too_small or not _enough_rows(measure):
                continue
            if measure.p_value is not None and id(measure) not in rejected:
                continue
            interval = _beyond(measure)
            if interval is not None:
                kept = found.setdefault((facet.name, measure.group), [])
                kept.append(Shown(measure, interval))
    return found


def _enough_rows(measure: BiasMeasure) -> bool:
    few = min(measure.n_group, measure.n_rest) < MIN_ROWS
    return not few and not measure.estimate.too_few


def _beyond(measure: BiasMeasure) -> Interval | None:
    """Return the interval where it lies wholly outside the tolerated range."""
    if measure.tolerated is None or (measure.estimate.value is None and measure.limit is None):
        return None
    interval = measure.simultaneous
    if interval is None and measure.p_value is not None:
        low, high = measure.estimate.low, measure.estimate.high
        interval = Interval(low, float("inf") if high is None else high) if low else None
    low, high = measure.tolerated
    if interval is None or (interval.low <= high and interval.high >= low):
        return None
    return interval


def _rejected(facets: Sequence[FacetResult], alpha: float) -> set[int]:
    """Return the ids of the measures whose test rejects, by Holm's method."""
    tested = [each for facet in facets for each in facet.measures if each.p_value is not None]
    tested.sort(key=lambda each: each.p_value or 0.0)
    kept: set[int] = set()
    for place, each in enumerate(tested):
        if (each.p_value or 0.0) > alpha / (len(tested) - place):
            break
        kept.add(id(each))
    return kept
