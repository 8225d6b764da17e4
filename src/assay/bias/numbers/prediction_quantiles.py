"""Quantile gaps of predictions: whether one group is predicted lower numbers."""

from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.number_differences import quantile_difference
from assay.bias.split import Split

MEDIAN, HIGH = 0.5, 0.9


def prediction_quantile_50_difference(split: Split) -> Measurement:
    """Median of prediction in facet a less that in facet d.

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
    >>> prediction_quantile_50_difference(Split.of(tables, "d")).value
    1.0
    """
    return quantile_difference(split, MEDIAN, lambda numbers: numbers.predictions, "predictions")


def prediction_quantile_90_difference(split: Split) -> Measurement:
    """90 % quantile of prediction in facet a less that in facet d.

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
    >>> prediction_quantile_90_difference(Split.of(tables, "d")).value
    1.0
    """
    return quantile_difference(split, HIGH, lambda numbers: numbers.predictions, "predictions")


METRICS = (
    BiasMetric(
        name="prediction_quantile_50_difference",
        title="Difference of median predictions",
        stage="post_training",
        function=prediction_quantile_50_difference,
        needs="numbers",
        tasks=("regression",),
        lower_bound=None,
        upper_bound=None,
        tolerated=None,
        positive_means="the median of predictions is lower for {group} than for {rest}",
        negative_means="the median of predictions is higher for {group} than for {rest}",
        help=(
            "The predicted numbers that half of each of two groups stay below.",
            "Groups whose true numbers differ get different predictions from any good model.",
            "The difference of median errors: it takes the true numbers into account.",
        ),
    ),
    BiasMetric(
        name="prediction_quantile_90_difference",
        title="Difference of 90 % quantiles of predictions",
        stage="post_training",
        function=prediction_quantile_90_difference,
        needs="numbers",
        tasks=("regression",),
        lower_bound=None,
        upper_bound=None,
        tolerated=None,
        positive_means="the 90 % quantile of predictions is lower for {group} than for {rest}",
        negative_means="the 90 % quantile of predictions is higher for {group} than for {rest}",
        help=(
            "The predicted numbers that nine tenths of each of two groups stay below.",
            "It rests on few rows of a small group.",
            "The difference of median predictions.",
        ),
    ),
)
