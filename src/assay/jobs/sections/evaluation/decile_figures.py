"""Errors by tenth of the prediction in; figures with one table of all their numbers out."""

from assay.charts.error_by_decile import plot_error_by_decile
from assay.charts.residual_vs_predicted import plot_residual_vs_predicted
from assay.jobs.sections.evaluation.columns import interval_cell
from assay.reports.format import number
from assay.reports.page import Figure, Table
from assay.tables.curves import BinnedMeans, DecileErrors

OF_MEANS = (
    "With ten intervals, one or more excludes zero by chance in four reports of ten; "
    "a finding needs intervals that are wide enough for all ten."
)
OF_A_QUANTILE = (
    "The predictions are a quantile, whose mean residual is not meant to be zero: a high quantile "
    "is meant to lie above the mean, a low one below."
)


def decile_figures(
    points: DecileErrors, means: BinnedMeans, *, quantile: bool = False
) -> tuple[Figure, ...]:
    """Return the mean error and the mean absolute error by tenth of the prediction.

    Parameters
    ----------
    points : DecileErrors
    means : BinnedMeans
        The mean errors alone.
    quantile : bool
        Whether the predictions are a quantile: their mean error is not meant to be zero.
    """
    off = int(((points.error_low > 0) | (points.error_high < 0)).sum())
    worst, best = int(points.absolute_error.argmax()), int(points.absolute_error.argmin())
    consequence = (
        "" if quantile else (", so that predictions there are too high or too low on average")
    )
    lean = Figure(
        title="Where the predictions lean to one side",
        alternative=(
            f"Mean residual in {len(points.n)} bins of the predicted value: in {off} of them its "
            f"interval excludes zero{consequence}."
        ),
        chart=plot_residual_vs_predicted(means),
        table=_table(points),
        caption=OF_A_QUANTILE if quantile else OF_MEANS,
    )
    size = Figure(
        title="Where the predictions are far off",
        alternative=(
            f"Mean absolute error by tenth of the prediction: the largest, "
            f"{number(float(points.absolute_error[worst]))}, in tenth {worst + 1}, the smallest, "
            f"{number(float(points.absolute_error[best]))}, in tenth {best + 1}."
        ),
        chart=plot_error_by_decile(points),
        table=_table(points),
    )
    return lean, size


def _table(points: DecileErrors) -> Table:
    names = ("predicted", "actual", "error", "absolute_error")
    columns = [
        [
            interval_cell(value, low, high, n=int(n))
            for value, low, high, n in zip(
                getattr(points, name),
                getattr(points, f"{name}_low"),
                getattr(points, f"{name}_high"),
                points.n,
                strict=True,
            )
        ]
        for name in names
    ]
    rows = tuple(
        (number, int(n), *cells)
        for number, (n, *cells) in enumerate(zip(points.n, *columns, strict=True), start=1)
    )
    return Table(
        "Means by tenth of the prediction, the lowest first",
        ("tenth", "rows", "predicted", "actual", "error", "absolute error"),
        rows,
        folded=True,
        bars=False,
    )
