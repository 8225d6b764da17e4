"""Mean label difference: whether the true numbers differ between groups."""

from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.number_differences import mean_difference
from assay.bias.split import Split


def mean_label_difference(split: Split) -> Measurement:
    """Mean label in facet a less that in facet d.

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
    >>> mean_label_difference(Split.of(tables, "d")).value
    0.0
    """
    return mean_difference(split, "label")


METRIC = BiasMetric(
    name="mean_label_difference",
    title="Mean label difference",
    stage="pre_training",
    function=mean_label_difference,
    needs="numbers",
    tasks=("regression",),
    lower_bound=None,
    upper_bound=None,
    tolerated=None,
    positive_means="true numbers are lower for {group} than for {rest}",
    negative_means="true numbers are higher for {group} than for {rest}",
    help=(
        "The mean true numbers of two groups.",
        "A difference may be real; it does not say that anybody was treated unfairly.",
        "The means within comparable rows, and how the numbers were recorded.",
    ),
)
