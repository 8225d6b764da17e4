"""A task in; the ladder of simple models that is for it, climbed, out."""

from typing import TYPE_CHECKING

from assay.evaluation.baselines.ladder import LadderOptions, climb_ladder
from assay.evaluation.baselines.result import LadderResult
from assay.evaluation.forecast_options import ForecastOptions
from assay.evaluation.plan import EvaluationPlan
from assay.evaluation.task import Target
from assay.metrics.ranking.options import RankingOptions
from assay.result import Result

if TYPE_CHECKING:
    from assay.data.dataset import Dataset


def told_forecast(evaluated: Result) -> ForecastOptions | None:
    """Return how the forecasts that were evaluated had been made; None for other tasks.

    Parameters
    ----------
    evaluated : Result
        What the evaluation section found.
    """
    stored = evaluated.to_dict().get("data")
    if not isinstance(stored, dict) or "season_why" not in stored:
        return None
    season, cutoff, step = (stored[n] for n in ("season", "cut_off_column", "step_column"))
    return ForecastOptions(
        season=season if isinstance(season, int) else None,
        cutoff=cutoff if isinstance(cutoff, str) else None,
        step=step if isinstance(step, str) else None,
    )


def told_ranking(evaluated: Result) -> RankingOptions | None:
    """Return how the rankings that were evaluated had been judged; None for other tasks.

    Parameters
    ----------
    evaluated : Result
        What the evaluation section found.
    """
    told = getattr(evaluated, "ranking", None)
    return told if isinstance(told, RankingOptions) else None


def climb(
    data: "Dataset",
    target: Target,
    *,
    train: "Dataset | None" = None,
    validation: "Dataset | None" = None,
    plan: EvaluationPlan | None = None,
    name: str = "model",
    options: LadderOptions | None = None,
) -> LadderResult:
    """Fit and judge the ladder of the task.

    Parameters
    ----------
    data : Dataset
        The judged rows, or all rows there are.
    target : Target
    train : Dataset or None
        Prepared like `data`.
    validation : Dataset or None
        Rows that the candidate's threshold was chosen on.
    plan : EvaluationPlan or None
        Of the candidate's answers; None where there is no candidate.
    name : str
        What the candidate is called.
    options : LadderOptions or None

    Returns
    -------
    LadderResult
    """
    if target.task == "ranking":
        from assay.evaluation.ranking.baselines import (  # noqa: PLC0415 - when asked
            ranking_ladder,
        )

        return ranking_ladder(data, target, train=train, plan=plan, name=name, options=options)
    if target.task == "forecasting":
        from assay.evaluation.forecasting.baselines import (  # noqa: PLC0415 - when asked
            forecast_ladder,
        )

        return forecast_ladder(data, target, train=train, plan=plan, name=name, options=options)
    return climb_ladder(
        data, target, train=train, validation=validation, plan=plan, name=name, options=options
    )
