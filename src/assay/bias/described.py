"""What is known of anything that a result names: metrics, associations, metrics of all rows."""

from functools import cache

from assay.bias.associations_catalogue import ASSOCIATIONS, WHOLE
from assay.bias.catalogue import bias_metrics
from assay.bias.metric import BiasMetric


@cache
def _described() -> dict[str, BiasMetric]:
    return {metric.name: metric for metric in (*WHOLE, *ASSOCIATIONS, *bias_metrics())}


def describe_metric(name: str) -> BiasMetric | None:
    """Return the entry of that name, or None.

    Examples
    --------
    >>> describe_metric("disparate_impact").acronym, describe_metric("unheard_of") is None
    ('DI', True)
    """
    return _described().get(name)
