"""The curves of forecasts in; figures with their words and their tables out."""

from assay.charts.forecast_window import plot_forecast_window
from assay.charts.horizon_errors import plot_horizon_errors
from assay.charts.residual_correlations import plot_residual_correlations
from assay.charts.series_errors import plot_series_errors
from assay.evaluation.curves import Curves
from assay.evaluation.forecasting.panel import ONLY
from assay.jobs.sections.evaluation.columns import MAX_TABLE_ROWS
from assay.plain_text.hidden import visible
from assay.reports.format import number
from assay.reports.page import Cell, Figure, Table
from assay.tables.forecast_curves import (
    ForecastWindows,
    HorizonErrors,
    QuantileLevels,
    ResidualCorrelations,
    SeriesErrors,
)

PLACES = ("worst", "middle", "best")


def forecast_figures(curves: Curves) -> tuple[Figure, ...]:
    """Return a figure for each curve of forecasts that there is."""
    figures: list[Figure] = []
    if curves.forecast_windows is not None:
        figures += _windows(curves.forecast_windows)
    if curves.horizon_errors is not None and len(curves.horizon_errors.value) > 1:
        figures.append(_by_horizon(curves.horizon_errors))
    if curves.series_errors is not None:
        figures.append(_by_series(curves.series_errors))
    if curves.residual_correlations is not None:
        figures.append(_correlations(curves.residual_correlations))
    return tuple(figures)


def quantile_table(points: QuantileLevels) -> Table:
    """Return what is true of each predicted quantile."""
    rows = zip(points.level, points.share_below, points.quantile_loss, strict=True)
    return Table(
        "Each predicted quantile, all rows together",
        ("level", "share of the truth at or below it", "quantile loss"),
        tuple(rows),
        folded=True,
        note="The share should be the level.",
    )


def _windows(points: ForecastWindows) -> list[Figure]:
    names = list(dict.fromkeys(points.series))
    figures: list[Figure] = []
    for at, name in enumerate(names):
        rows = [each for each in _rows(points) if each[0] == name]
        made = [each for each in rows if each[3] is not None]
        shown = "the series" if name == ONLY else f"series {visible(name)}"
        which = "the last forecasts"
        if len(names) > 1:
            place = PLACES[at] if len(names) == len(PLACES) else ("worst", "best")[at]
            which = f"the {place} of the series by error, {shown}"
        last = made[-MAX_TABLE_ROWS:]
        figures.append(
            Figure(
                title=which[:1].upper() + which[1:],
                alternative=(
                    f"Truth and forecast of {shown}, {len(made):,} times from {made[0][1]} to "
                    f"{made[-1][1]}, with {len(rows) - len(made):,} values before."
                ),
                chart=plot_forecast_window(points, name),
                table=Table(
                    f"The last forecasts of {shown}",
                    ("time", "truth", "forecast", "low", "high"),
                    tuple(each[1:] for each in last),
                    folded=True,
                    note=f"{len(last)} of {len(rows):,} times; results.json has them all.",
                ),
            )
        )
    return figures


def _rows(points: ForecastWindows) -> list[tuple[Cell, ...]]:
    columns = (points.series, points.time, points.actual, points.forecast, points.low, points.high)
    return list(zip(*columns, strict=True))


def _by_horizon(points: HorizonErrors) -> Figure:
    rows = [
        (_band(start, end), n, value, low, high)
        for start, end, n, value, low, high in zip(
            points.step_from,
            points.step_to,
            points.n,
            points.value,
            points.low,
            points.high,
            strict=True,
        )
    ]
    first, last = rows[0], rows[-1]
    return Figure(
        title="How the error grows with the horizon",
        alternative=(
            f"{points.metric} by periods ahead: {_text(first[2])} at {first[0]}, "
            f"{_text(last[2])} at {last[0]}."
        ),
        chart=plot_horizon_errors(points),
        table=Table(
            f"{points.metric} by periods ahead",
            ("periods ahead", "forecasts", points.metric, "low", "high"),
            tuple(rows),
            folded=True,
        ),
        caption="Periods are counted from the last row that a forecast was made from.",
    )


def _band(start: int, end: int) -> str:
    return str(start) if start == end else f"{start} to {end}"


def _text(value: float | None) -> str:
    return "undefined" if value is None else number(value)


def _by_series(points: SeriesErrors) -> Figure:
    scaled = points.metric.startswith("MASE")
    share = points.share_above_one
    above = ""
    if scaled and share is not None:
        above = f" It is above 1 in {share:.1%} of {points.n_series:,} series."
    worst = ""
    if points.series:
        worst = f"{_text(points.value[0])} for {visible(points.series[0])}, the worst, "
        worst += f"to {_text(points.value[-1])} for {visible(points.series[-1])}."
    shown = list(zip(points.series, points.n, points.value, strict=True))[:MAX_TABLE_ROWS]
    return Figure(
        title="Which series are forecast badly",
        alternative=f"{points.metric} by series, the worst first: {worst}{above}",
        chart=plot_series_errors(points, reference=1.0 if scaled else None),
        table=Table(
            f"{points.metric} of the worst series",
            ("series", "forecasts", points.metric),
            tuple(shown),
            folded=True,
            note=f"{len(shown)} of {points.n_series:,} series; to_dict() has more.",
        ),
    )


def _correlations(points: ResidualCorrelations) -> Figure:
    known = [(lag, v) for lag, v in zip(points.lag, points.value, strict=True) if v is not None]
    strongest = max(known, key=lambda each: abs(each[1]))
    beyond = sum(abs(value) > points.bound for _, value in known)
    return Figure(
        title="Whether errors hang together along time",
        alternative=(
            f"Autocorrelation of the residuals ({points.of}): {beyond} of {len(known)} lie beyond "
            f"{number(points.bound)} either way; the strongest is {number(strongest[1])}, "
            f"{strongest[0]} periods apart."
        ),
        chart=plot_residual_correlations(points),
        table=Table(
            "Autocorrelation of the residuals",
            ("periods apart", "autocorrelation"),
            tuple(known),
            folded=True,
        ),
        caption=(
            "What hangs together could have been foreseen, where forecasts are of the next "
            "period; errors of forecasts further ahead share what happened in between."
        ),
    )
