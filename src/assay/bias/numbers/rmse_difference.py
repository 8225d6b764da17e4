"""Difference of root mean squared errors: whether one group has the large errors."""

from functools import partial

from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.number_differences import NO_NUMBERS, root_mean_square, tolerance
from assay.bias.side_numbers import side_difference
from assay.bias.split import Split


def rmse_difference(split: Split) -> Measurement:
    """Root mean squared error in facet a less that in facet d.

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
    >>> rmse_difference(Split.of(tables, "d")).value
    0.0
    """
    numbers = split.tables.numbers
    if numbers is None:
        return Measurement.undefined(NO_NUMBERS)
    number = partial(root_mean_square, numbers)
    return side_difference(split, number, tolerated=tolerance(numbers))


METRIC = BiasMetric(
    name="rmse_difference",
    title="Difference of root mean squared errors",
    stage="post_training",
    function=rmse_difference,
    needs="numbers",
    tasks=("regression",),
    lower_bound=None,
    upper_bound=None,
    tolerated=None,
    positive_means="root mean squared errors are smaller for {group} than for {rest}",
    negative_means="root mean squared errors are larger for {group} than for {rest}",
    help=(
        "The size of errors in two groups, large ones counting more.",
        "Few rows with huge errors rule it.",
        "The difference of mean absolute errors for the usual error.",
    ),
)
