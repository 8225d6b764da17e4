"""The bias section: settle facets, measure every group, and what could be done about it."""

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from assay.bias.build import measure_plan
from assay.bias.plan import BiasPlan, plan_bias
from assay.bias.result import BiasResult
from assay.data.requests import Request
from assay.jobs.section import SectionContext, SectionRequest
from assay.jobs.sections.bias.config import BiasConfig
from assay.jobs.sections.bias.more import finished_result
from assay.jobs.sections.bias.outcomes import check_label_threshold, outcomes_of
from assay.jobs.sections.bias.page import bias_page
from assay.reports.page import Page, Skipped

if TYPE_CHECKING:
    from assay.data.dataset import Dataset


class BiasSection:
    """Pre- and post-training bias by facet, each number with its interval."""

    name = "bias"
    title = "Bias"
    order = 40
    needs: tuple[str, ...] = ("label", "facets")
    uses: tuple[str, ...] = ("prediction",)
    config = BiasConfig

    def __init__(self) -> None:
        # A plan settles facets on the rows; it is kept from `tables` to `run` of one request.
        self._plans: WeakKeyDictionary[SectionRequest, BiasPlan] = WeakKeyDictionary()

    def tables(self, request: SectionRequest) -> dict[str, Request]:
        """Settle the facets and ask for the tables that the metrics read."""
        plan = _plan(request, request.data)
        self._plans[request] = plan
        return dict(plan.requests)

    def cost(self, request: SectionRequest) -> float:
        """Return the rows that the model is asked about once more, with the facet changed."""
        asks = request.predictor is not None
        return float(_config(request).flip_rows * len(request.facets)) if asks else 0.0

    def run(self, context: SectionContext) -> BiasResult:
        """Turn the tables into metrics, findings and options."""
        request = context.request
        plan = self._plans.pop(request, None) or _plan(request, request.data)
        found = measure_plan(
            plan,
            context.tables,
            predictor=request.predictor,
            label_map=dict(request.label_map) or None,
        )
        return finished_result(found, request, _config(request), context.finished)

    def page(self, result: BiasResult) -> Page:
        """Describe the result for the report."""
        return bias_page(result)

    def skipped(self, result: BiasResult) -> tuple[Skipped, ...]:
        """List the metrics and facets that the data did not give."""
        return tuple(Skipped(each.title, each.reason, each.turn_on) for each in result.left_out)


def _config(request: SectionRequest) -> BiasConfig:
    return request.config if isinstance(request.config, BiasConfig) else BiasConfig()


def _plan(request: SectionRequest, data: "Dataset") -> BiasPlan:
    told = _config(request)
    assert request.target is not None
    outcomes = outcomes_of(
        data,
        request.target,
        threshold=request.threshold,
        use=request.use,
        label_map=dict(request.label_map) or None,
        positive=told.positive,
        label_threshold=told.label_threshold,
    )
    if told.label_threshold is not None and request.compat is None:
        check_label_threshold(data, told.label_threshold)
    settings = told.settings(level=request.level, seed=request.seed)
    return plan_bias(
        data,
        outcomes,
        request.facets,
        settings=settings,
        group_variable=request.group_variable,
    )
