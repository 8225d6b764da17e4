"""A config that fits the schema in; what contradicts or lacks something in it, out."""

from collections.abc import Iterator

from assay.jobs.clarify.problems import Problem
from assay.jobs.clarify.rules.bias import bias_problems
from assay.jobs.clarify.rules.columns import column_problems
from assay.jobs.clarify.rules.data import data_problems
from assay.jobs.clarify.rules.explanations import explanation_problems
from assay.jobs.clarify.rules.predictor import predictor_problems
from assay.jobs.clarify.rules.segments import segment_problems
from assay.jobs.clarify.rules.time_series import time_series_problems
from assay.jobs.clarify.schema import ClarifyConfig


def find_problems(config: ClarifyConfig) -> Iterator[Problem]:
    """Yield all that is wrong between the keys of a config, in the order of the file's parts.

    Parameters
    ----------
    config : ClarifyConfig

    Yields
    ------
    (place, what)
    """
    if not config.methods.asked:
        yield ("methods",), "asks for no analysis besides the report; name at least one"
    yield from data_problems(config)
    yield from column_problems(config)
    yield from bias_problems(config)
    yield from explanation_problems(config)
    yield from time_series_problems(config)
    yield from segment_problems(config)
    yield from predictor_problems(config)
