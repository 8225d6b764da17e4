"""All bias metrics, in the order of the report."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from assay.bias.metric import BiasMetric
from assay.errors import InputError

PACKAGES = ("pre_training", "post_training", "scores", "numbers")


@cache
def bias_metrics() -> tuple[BiasMetric, ...]:
    """Return every metric: each module of the packages names its own in `METRIC` or `METRICS`."""
    found: list[BiasMetric] = []
    for package in PACKAGES:
        home = import_module(f"assay.bias.{package}")
        for module in iter_modules(home.__path__):
            part = import_module(f"{home.__name__}.{module.name}")
            found += [part.METRIC] if hasattr(part, "METRIC") else getattr(part, "METRICS", ())
    return tuple(sorted(found, key=lambda metric: (metric.stage != "pre_training", metric.name)))


def find_bias_metric(name: str) -> BiasMetric:
    """Return one metric by its name or its acronym.

    Raises
    ------
    InputError
        If there is none.
    """
    for metric in bias_metrics():
        if name == metric.name or name.upper() == metric.acronym.upper() != "":
            return metric
    have = ", ".join(metric.acronym or metric.name for metric in bias_metrics())
    msg = f"there is no bias metric {name!r}; there is: {have}"
    raise InputError(msg)
