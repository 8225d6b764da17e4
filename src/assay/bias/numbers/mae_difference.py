"""Difference of mean absolute errors: whether one group is predicted less well."""

from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.number_differences import mean_difference
from assay.bias.split import Split


def mae_difference(split: Split) -> Measurement:
    """Mean absolute error in facet a less that in facet d.

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
    >>> mae_difference(Split.of(tables, "d")).value
    0.0
    """
    return mean_difference(split, "absolute_error", lower=0.0)


METRIC = BiasMetric(
    name="mae_difference",
    title="Difference of mean absolute errors",
    stage="post_training",
    function=mae_difference,
    needs="numbers",
    tasks=("regression",),
    lower_bound=None,
    upper_bound=None,
    tolerated=None,
    positive_means="absolute errors are smaller for {group} than for {rest}",
    negative_means="absolute errors are larger for {group} than for {rest}",
    help=(
        "How far off predictions are on average, in two groups.",
        "A group whose true numbers vary more is harder to predict for any model.",
        "The mean error difference: whether predictions lean to one side.",
    ),
)
