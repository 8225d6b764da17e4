"""Quantile gaps of errors: how the usual and the high errors of two groups differ."""

from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.number_differences import quantile_difference
from assay.bias.split import Split

MEDIAN, HIGH = 0.5, 0.9


def residual_median_difference(split: Split) -> Measurement:
    """Median of prediction less label in facet a less that in facet d.

    Parameters
    ----------
    split : Split
        With numbers.

    Returns
    -------
    Measurement
        In units of the label; a tenth of its standard deviation over all rows is tolerated.

    Examples
    --------
    >>> from assay.bias.from_rows import tables_of_rows
    >>> tables = tables_of_rows(["a", "a", "d", "d"], label=[1.0, 3.0, 2.0, 2.0],
    ...                         prediction=[2.0, 3.0, 1.0, 2.0])
    >>> residual_median_difference(Split.of(tables, "d")).value
    1.0
    """
    return quantile_difference(split, MEDIAN, lambda numbers: numbers.errors, "residuals")


def residual_high_difference(split: Split) -> Measurement:
    """90 % quantile of prediction less label in facet a less that in facet d.

    Parameters
    ----------
    split : Split
        With numbers.

    Returns
    -------
    Measurement
        In units of the label; a tenth of its standard deviation over all rows is tolerated.

    Examples
    --------
    >>> from assay.bias.from_rows import tables_of_rows
    >>> tables = tables_of_rows(["a", "a", "d", "d"], label=[1.0, 3.0, 2.0, 2.0],
    ...                         prediction=[2.0, 3.0, 1.0, 2.0])
    >>> residual_high_difference(Split.of(tables, "d")).value
    1.0
    """
    return quantile_difference(split, HIGH, lambda numbers: numbers.errors, "residuals")


METRICS = (
    BiasMetric(
        name="residual_median_difference",
        title="Difference of median errors",
        stage="post_training",
        function=residual_median_difference,
        needs="numbers",
        tasks=("regression",),
        lower_bound=None,
        upper_bound=None,
        tolerated=None,
        positive_means="the median of errors is lower for {group} than for {rest}",
        negative_means="the median of errors is higher for {group} than for {rest}",
        help=(
            "The error, with its sign, that half of each of two groups stay below.",
            "Predictions that are further off to both sides do not show.",
            "The difference of mean absolute errors.",
        ),
    ),
    BiasMetric(
        name="residual_high_difference",
        title="Difference of 90 % quantiles of errors",
        stage="post_training",
        function=residual_high_difference,
        needs="numbers",
        tasks=("regression",),
        lower_bound=None,
        upper_bound=None,
        tolerated=None,
        positive_means="the 90 % quantile of errors is lower for {group} than for {rest}",
        negative_means="the 90 % quantile of errors is higher for {group} than for {rest}",
        help=(
            "The error that nine tenths of each of two groups stay below: overshooting.",
            "It rests on few rows of a small group.",
            "The difference of root mean squared errors.",
        ),
    ),
)
