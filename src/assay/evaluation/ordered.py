"""Which room judges rows that stand in an order: within queries, or along series."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from assay.evaluation.forecast_options import ForecastOptions
from assay.evaluation.measured import Measured
from assay.evaluation.task import Target
from assay.metrics.ranking.options import RankingOptions

if TYPE_CHECKING:
    from assay.data.dataset import Dataset


def measure_ordered(
    data: "Dataset",
    target: Target,
    *,
    ranking: RankingOptions | None = None,
    forecast: ForecastOptions | None = None,
    train: "Dataset | None" = None,
    only: Collection[str] | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> Measured:
    """Judge a ranking or a forecast.

    Parameters
    ----------
    data : Dataset
        With a label, one column of answers, and queries or times.
    target : Target
        Of the task ranking or forecasting.
    ranking : RankingOptions or None
        How a ranking is judged; None takes the defaults.
    forecast : ForecastOptions or None
        How forecasts were made; None tells by the table.
    train : Dataset or None
        Rows of the same series before the forecasts.
    only : collection of str or None
        Names of the metrics that are wanted.
    level : float
        Coverage of intervals, in (0, 1).
    seed : int

    Returns
    -------
    Measured

    Raises
    ------
    InputError
        If the rows cannot be judged so, or `only` names an unknown metric.
    """
    if target.task == "ranking":
        from assay.evaluation.ranking.measure import measure_ranking  # noqa: PLC0415 - when asked

        return measure_ranking(data, options=ranking, only=only, level=level, seed=seed)
    from assay.evaluation.forecasting.measure import measure_forecast  # noqa: PLC0415 - when asked

    return measure_forecast(data, train=train, options=forecast, only=only, level=level, seed=seed)
