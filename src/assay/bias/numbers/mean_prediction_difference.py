"""Mean prediction difference: whether one group is predicted lower numbers."""

from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.number_differences import mean_difference
from assay.bias.split import Split


def mean_prediction_difference(split: Split) -> Measurement:
    """Mean prediction in facet a less that in facet d.

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
    >>> mean_prediction_difference(Split.of(tables, "d")).value
    1.0
    """
    return mean_difference(split, "prediction")


METRIC = BiasMetric(
    name="mean_prediction_difference",
    title="Mean prediction difference",
    stage="post_training",
    function=mean_prediction_difference,
    needs="numbers",
    tasks=("regression",),
    lower_bound=None,
    upper_bound=None,
    tolerated=None,
    positive_means="predictions are lower for {group} than for {rest}",
    negative_means="predictions are higher for {group} than for {rest}",
    help=(
        "The mean predicted numbers of two groups.",
        "Groups whose true numbers differ get different predictions from any good model.",
        "The mean error difference: it takes the true numbers into account.",
    ),
)
