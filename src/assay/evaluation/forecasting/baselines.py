"""Series in, with or without a candidate's forecasts; the ladder of simple forecasts out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.evaluation.baselines.ladder import LadderOptions
from assay.evaluation.baselines.result import LadderResult, NotRun, RungResult
from assay.evaluation.comparison.result import Comparison
from assay.evaluation.forecast_options import ForecastOptions
from assay.evaluation.forecasting.boosting import LEAST_ROWS, global_boosting
from assay.evaluation.forecasting.compare import compare_forecasts, head_quantity
from assay.evaluation.forecasting.estimates import Summing
from assay.evaluation.forecasting.forecasters import own_forecasters
from assay.evaluation.forecasting.panel import Panel, read_panel
from assay.evaluation.forecasting.quantities import point_quantities
from assay.evaluation.forecasting.redraws import MIN_SERIES, make_redraws
from assay.evaluation.forecasting.rolling import MIN_CUTOFFS, rolling_panel
from assay.evaluation.forecasting.scale import Scales, naive_scales
from assay.evaluation.forecasting.season import choose_season
from assay.evaluation.forecasting.smoothing import (
    LONGEST_SEASON,
    OutOfTimeError,
    smooth,
    smoothing_installed,
)
from assay.evaluation.plan import EvaluationPlan
from assay.evaluation.task import Target
from assay.result import Estimate
from assay.stats.multiple import holm

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

Floats = NDArray[np.float64]
SHOWN = ("mase", "rmsse", "wape", "mae")
MANY_SERIES = 50
"""From so many series on one model of all of them is the bar."""
SEVERAL_CUTOFFS = 10
"""Where there are few series, intervals are made over cut-offs: so many of them."""
EXTRA = "statsforecast is not installed: pip install 'assay[forecast]'"


@dataclass(frozen=True, eq=False)
class _Rung:
    name: str
    title: str
    rung: int
    why: str
    make: Callable[[], Floats]
    notes: tuple[str, ...] = ()


def forecast_ladder(
    data: "Dataset",
    target: Target,
    *,
    train: "Dataset | None" = None,
    plan: EvaluationPlan | None = None,
    name: str = "model",
    options: LadderOptions | None = None,
) -> LadderResult:
    """Forecast by simple means, and hold the candidate's forecasts against theirs.

    With predictions in the table each baseline forecasts the judged rows from what was known at
    the same place in time, and is compared with them in pairs. Without, the last stretches of
    each series are forecast from three places in time, or ten where there are fewer than 20
    series: what a model must beat.

    ================  =====  ==========================================================
    name              rung   forecast
    ================  =====  ==========================================================
    naive             0      the last value
    mean              0      the mean of all values so far
    drift             0      the line through the first and the last value
    seasonal_naive    1      the last season once more
    auto_ets, theta   2      exponential smoothing and Theta, fitted to each series
    mean_of_three     3      the mean of these two and the seasonal naive one
    global_boosting   3      one gradient boosting of lags and calendar over all series
    ================  =====  ==========================================================

    Parameters
    ----------
    data : Dataset
        With a label, a time, and where there are several a series.
    target : Target
    train : Dataset or None
        Rows before the predictions; None takes the rows of the table without one.
    plan : EvaluationPlan or None
        Of the candidate's predictions; None where there is no candidate.
    name : str
        What the candidate is called.
    options : LadderOptions or None
        The margin is in MASE. An incumbent is a column of `data`.

    Returns
    -------
    LadderResult
        By MASE, or by MAE where no series has a scale.

    Raises
    ------
    InputError
        If the series are too short, or as `read_panel` does.

    Examples
    --------
    >>> from assay.data.dataset import Dataset
    >>> y = [float(1 + day % 7 + day / 50) for day in range(70)]
    >>> data = Dataset.from_arrays(y_true=y, time=[f"2024-{1 + d // 28:02}-{1 + d % 28:02}"
    ...     for d in range(70)])
    >>> ladder = forecast_ladder(
    ...     data, Target("forecasting", why=""), options=LadderOptions(budget=0))
    >>> [each.name for each in ladder.rungs][:3]
    ['naive', 'mean', 'drift']
    """
    wished = options or LadderOptions()
    seed, level = wished.seed, wished.level
    judged = plan is not None
    told = ForecastOptions()
    if plan is not None:
        data, train, told = plan.data, train or plan.train, plan.forecast or told
    incumbents = dict(wished.baselines)
    _check_columns(incumbents, data)
    panel = read_panel(
        data,
        train=train,
        options=told,
        others=list(dict.fromkeys(incumbents.values())),
    )
    past = panel.past.before(panel.first) if judged else panel.known
    season = choose_season(past, panel.frequency, told.season).periods
    how = (
        f"forecasts of {panel.n:,} judged rows of {panel.n_series:,} series, each from what was "
        "known at the same place in time"
    )
    if not judged:
        cutoffs = MIN_CUTOFFS if panel.n_series >= MIN_SERIES else SEVERAL_CUTOFFS
        panel = rolling_panel(panel, horizon=None, cutoffs=cutoffs, season=season)
        how = (
            f"the last {cutoffs} stretches of {int(panel.step.max()):,} periods of each of "
            f"{panel.n_series:,} series, each forecast from the rows before it"
        )
    deadline = perf_counter() + wished.budget
    rungs = _rungs(panel, season, seed, deadline)
    found, not_run = _climb(rungs, deadline, wished.progress)
    forecasts = {each.name: f for each, f, _ in found}
    forecasts |= {each: panel.others[column] for each, column in incumbents.items()}
    if forecasts or not judged:
        kept, not_known = _common(forecasts)
    else:  # nobody knows a past: the candidate stands alone
        kept, not_known = np.ones(panel.n, dtype=np.bool_), ()
    panel = panel.take(kept)
    scales = naive_scales(panel.past.before(panel.first), panel.n_series, season)
    summing = Summing(panel, make_redraws(panel, seed=seed), level, seed)
    results = [
        _result(each, seconds, summing, scales, forecasts[each.name][kept])
        for each, seconds in ((each, s) for each, _, s in found)
        if each.name not in not_known
    ]
    results += [
        RungResult(
            name=each,
            title=each,
            kind="incumbent",
            why=f"the column {column!r}",
            metrics=_metrics(summing, scales, forecasts[each][kept]),
        )
        for each, column in incumbents.items()
        if each not in not_known
    ]
    comparisons: tuple[Comparison, ...] = ()
    if judged:
        names = [each.name for each in results]
        if names:
            compared = {each: forecasts[each][kept] for each in names}
            opponent = _opponent(names, incumbents, many=panel.n_series >= MANY_SERIES)
            comparisons = _compare(summing, scales, compared, name, wished.margin, opponent)
        own = _metrics(summing, scales, panel.f)
        results.append(RungResult(name=name, title=name, kind="candidate", metrics=own))
    head = head_quantity(summing, scales)
    lost = int(np.count_nonzero(~kept))
    lost_text = f"; {lost:,} rows without a known past are left out" if lost else ""
    return LadderResult(
        task="forecasting",
        metric=head.name,
        metric_title=head.title,
        greater_is_better=False,
        mode="train" if judged else "split",
        how=how + lost_text,
        n_train=len(panel.past.y),
        n_judged=panel.n,
        rungs=tuple(results),
        not_run=(*not_run, *(_unknown(each, rungs) for each in not_known)),
        comparisons=comparisons,
        opponent=comparisons[0].baseline if comparisons else None,
        level=level,
        seed=seed,
    )


def _check_columns(incumbents: Mapping[str, str], data: "Dataset") -> None:
    for name, column in incumbents.items():
        if column not in data.schema.names:
            msg = (
                f"the incumbent {name!r} of a forecast must be a column of its table, and there "
                f"is none called {column!r}; put its forecasts beside the model's"
            )
            raise InputError(msg)


def _rungs(panel: Panel, season: int, seed: int, deadline: float) -> list[_Rung]:
    """Return what can be tried, cheapest first."""
    made: dict[str, Floats] = {}

    def keep(name: str, make: Callable[[], Floats]) -> Callable[[], Floats]:
        def run() -> Floats:
            made[name] = make()
            return made[name]

        return run

    def three() -> Floats:
        others = [made[each] for each in ("auto_ets", "theta", _seasonal(season)) if each in made]
        if len(others) < 3:
            raise OutOfTimeError
        return np.mean(others, axis=0)

    rungs = [
        _Rung(
            each.name,
            each.title,
            each.rung,
            each.why,
            keep(each.name, lambda each=each: each.forecast(panel, season, seed)),
        )
        for each in own_forecasters(season)
    ]
    short = season > LONGEST_SEASON
    long = (f"fitted without the season of {season}, which is too long for it",) if short else ()
    smoothing = {
        "auto_ets": ("Exponential smoothing (AutoETS)", "Level, trend and season.", long),
        "theta": ("Theta", "Two lines of different bend.", ()),
    }
    for name, (title, why, notes) in smoothing.items():
        run = keep(name, lambda name=name: smooth(panel, season, model=name, deadline=deadline))
        rungs.append(_Rung(name, title, 2, why, run, notes))
    naive = "seasonal naive" if season > 1 else "naive"
    rungs.append(
        _Rung(
            "mean_of_three",
            f"Mean of AutoETS, Theta and {naive}",
            3,
            "Means of several forecasts are hard to beat.",
            three,
        )
    )
    bar = " It is the bar for so many series." if panel.n_series >= MANY_SERIES else ""
    rungs.append(
        _Rung(
            "global_boosting",
            "Boosting over all series",
            3,
            f"One model of lags and calendar that learns from all series.{bar}",
            lambda: global_boosting(panel, season, seed),
        )
    )
    return rungs


def _seasonal(season: int) -> str:
    return "seasonal_naive" if season > 1 else "naive"


def _climb(
    rungs: list[_Rung], deadline: float, progress: Callable[[str], None]
) -> tuple[list[tuple[_Rung, Floats, float]], list[NotRun]]:
    """Make each forecast in turn; what needs fitting stops at the deadline."""
    found: list[tuple[_Rung, Floats, float]] = []
    not_run: list[NotRun] = []
    smoothing = smoothing_installed()
    for each in rungs:
        reason = ""
        if (each.rung == 2 or each.name == "mean_of_three") and not smoothing:
            reason = EXTRA
        elif each.rung >= 2 and perf_counter() >= deadline:
            reason = "the time for fitting was spent (--budget)"
        if not reason:
            progress(f"Forecasting: {each.title}")
            start = perf_counter()
            try:
                f = each.make()
            except OutOfTimeError:
                reason = "the time for fitting was spent (--budget)"
            else:
                if np.isfinite(f).any():
                    found.append((each, f, perf_counter() - start))
                    continue
                reason = "no row has a known past; give it with --train"
                if each.name == "global_boosting":
                    reason = f"fewer than {LEAST_ROWS} rows to learn from"
        not_run.append(NotRun(each.name, each.title, each.rung, reason))
    return found, not_run


def _common(forecasts: Mapping[str, Floats]) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    """Return the rows that all forecasts answer, and forecasts that answer too few of them."""
    if not forecasts:
        msg = (
            "no simple forecast can be made: no row has a known past; give the rows before with "
            "--train, or as rows without a prediction"
        )
        raise InputError(msg)
    share = {name: float(np.isfinite(f).mean()) for name, f in forecasts.items()}
    most = max(share.values())
    few = tuple(name for name, each in share.items() if each < most / 2)
    kept = np.all([np.isfinite(f) for name, f in forecasts.items() if name not in few], axis=0)
    if not kept.any():
        few = tuple(name for name, each in share.items() if each < most)
        kept = np.all([np.isfinite(f) for n, f in forecasts.items() if n not in few], axis=0)
    return kept, few


def _unknown(name: str, rungs: list[_Rung]) -> NotRun:
    found = next((each for each in rungs if each.name == name), None)
    title, rung = (name, None) if found is None else (found.title, found.rung)
    return NotRun(name, title, rung, "known for too few of the judged rows")


def _metrics(summing: Summing, scales: Scales, f: Floats) -> dict[str, Estimate]:
    """Return the metrics of other forecasts of the same rows; what they are compared by first."""
    panel = replace(summing.panel, f=f)
    summed = replace(summing, panel=panel)
    found = {each.name: each for each in point_quantities(panel, scales, None)}
    head = head_quantity(summed, scales).name
    names = dict.fromkeys((head, *SHOWN))
    return {name: summed.mean(found[name]) for name in names}


def _result(
    rung: _Rung, seconds: float, summing: Summing, scales: Scales, f: Floats
) -> RungResult:
    return RungResult(
        name=rung.name,
        title=rung.title,
        rung=rung.rung,
        why=rung.why,
        metrics=_metrics(summing, scales, f),
        fit_seconds=seconds,
        rows_fitted=len(summing.panel.past.y),
        notes=rung.notes,
    )


def _opponent(names: list[str], incumbents: Mapping[str, str], *, many: bool) -> str:
    """Return the default opponent: an incumbent, else the bar, else the last season."""
    bar = ("global_boosting", "mean_of_three") if many else ("mean_of_three",)
    order = (*incumbents, *bar, "seasonal_naive", "naive", *names)
    return next(each for each in order if each in names)


def _compare(
    summing: Summing,
    scales: Scales,
    forecasts: Mapping[str, Floats],
    name: str,
    margin: float,
    opponent: str,
) -> tuple[Comparison, ...]:
    """Compare the candidate with each, the default opponent first; Holm over all of them."""
    ordered = sorted(forecasts, key=lambda each: each != opponent)
    found = [
        compare_forecasts(summing, scales, forecasts[each], names=(name, each), margin=margin)
        for each in ordered
    ]
    known = [i for i, each in enumerate(found) if each.p_value is not None]
    adjusted = holm([found[i].p_value or 0.0 for i in known]) if len(known) > 1 else []
    for i, p in zip(known, adjusted, strict=False):
        found[i] = replace(found[i], p_adjusted=float(p))
    return tuple(found)
