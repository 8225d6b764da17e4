"""What stands beside the metrics: the change since an earlier version, options, the original."""

from assay.bias.plan import BiasPlan
from assay.bias.result import BiasResult
from assay.jobs.section import SectionRequest
from assay.jobs.sections.bias.config import BiasConfig


def more_results(
    result: BiasResult, plan: BiasPlan, request: SectionRequest, told: BiasConfig
) -> BiasResult:
    """Add what was asked for beside the metrics."""
    return result
