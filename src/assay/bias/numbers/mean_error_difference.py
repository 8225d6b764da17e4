"""Mean error difference: whether predictions are too low for one group."""

from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.number_differences import mean_difference
from assay.bias.split import Split


def mean_error_difference(split: Split) -> Measurement:
    """Mean of prediction less label in facet a less that in facet d.

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
    >>> mean_error_difference(Split.of(tables, "d")).value
    1.0
    """
    return mean_difference(split, "error")


METRIC = BiasMetric(
    name="mean_error_difference",
    title="Mean error difference",
    stage="post_training",
    function=mean_error_difference,
    needs="numbers",
    tasks=("regression",),
    lower_bound=None,
    upper_bound=None,
    tolerated=None,
    positive_means="compared with the truth, predictions are lower for {group} than for {rest}",
    negative_means="compared with the truth, predictions are higher for {group} than for {rest}",
    help=(
        "How far predictions lie above or below the true numbers, on average, in two groups.",
        "Errors in opposite directions cancel within a group.",
        "The difference of mean absolute errors, and the residuals of each group.",
    ),
)
