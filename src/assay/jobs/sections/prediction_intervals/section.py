"""The section on the uncertainty of predictions."""

from pydantic import Field

from assay.data.dataset import Dataset
from assay.data.requests import Request
from assay.evaluation.plan import EvaluationPlan, plan_evaluation
from assay.evaluation.prediction_intervals.measure import (
    UncertaintyOptions,
    check_uncertainty,
)
from assay.evaluation.prediction_intervals.result import UncertaintyResult
from assay.jobs.section import SectionConfig, SectionContext, SectionRequest
from assay.jobs.sections.prediction_intervals.page import uncertainty_page
from assay.reports.page import Page, Skipped


class PredictionIntervalsConfig(SectionConfig):
    """Which columns say how sure the predictions are; leave them out of the features."""

    low: tuple[str, ...] = Field(
        default=(), description="Column of the lower ends of prediction intervals; not a feature."
    )
    high: tuple[str, ...] = Field(
        default=(), description="Column of the upper ends, in the order of the lower ones."
    )
    nominal: tuple[float, ...] = Field(
        default=(0.9,),
        min_length=1,
        description="Share of rows that intervals or sets promise to cover: one for all, or one "
        "for each pair of columns.",
    )
    quantiles: tuple[str, ...] = Field(
        default=(),
        description="Column of predicted quantiles, named q0.05, q0.5, …; such names are looked "
        "for unless told.",
    )
    sets: tuple[str, ...] = Field(
        default=(),
        description="Column of lists of the classes in a prediction set, or one column of 0 and "
        "1 for each class.",
    )


class PredictionIntervalsSection:
    """Coverage of intervals and sets, by group; calibration by facet; intervals on offer."""

    name = "prediction_intervals"
    title = "Uncertainty of predictions"
    order = 35
    needs: tuple[str, ...] = ("label",)
    uses: tuple[str, ...] = ("prediction", "model", "validation", "facets")
    config = PredictionIntervalsConfig

    def tables(self, request: SectionRequest) -> dict[str, Request]:
        """Return nothing: intervals are judged row by row."""
        return {}

    def cost(self, request: SectionRequest) -> float:
        """Return the rows that a model is asked about for its intervals."""
        from assay.models.conformal import tells_doubt  # noqa: PLC0415 - only for the cost

        return float(request.data.count_rows()) if tells_doubt(request.predictor) else 0.0

    def run(self, context: SectionContext) -> UncertaintyResult:
        """Check all that tells of doubt."""
        request = context.request
        if request.target is None:
            return UncertaintyResult(level=request.level)
        told = request.config
        config = told if isinstance(told, PredictionIntervalsConfig) else self.config()
        options = UncertaintyOptions(
            low=config.low,
            high=config.high,
            nominal=config.nominal,
            quantiles=config.quantiles,
            sets=config.sets,
        )
        facets = tuple(name for name in request.facets if name in request.data.schema.names)
        return check_uncertainty(
            request.data,
            request.target,
            options=options,
            predictor=request.predictor,
            plan=_plan(request, request.data),
            validation=_plan(request, request.validation),
            facets=facets,
            level=request.level,
            seed=request.seed,
        )

    def page(self, result: UncertaintyResult) -> Page | None:
        """Describe it; None where there was nothing to check."""
        return None if result.empty else uncertainty_page(result)

    def skipped(self, result: UncertaintyResult) -> tuple[Skipped, ...]:
        """List the section where nothing told of doubt."""
        if not result.empty:
            return ()
        reason = "nothing tells how sure a prediction is: no intervals, sets or quantiles"
        turn_on = (
            "--prediction-intervals-low COLUMN --prediction-intervals-high COLUMN, or "
            "--validation DATA for a regression"
        )
        return (Skipped(self.title, reason, turn_on),)


def _plan(request: SectionRequest, data: Dataset | None) -> EvaluationPlan | None:
    """Plan for rows that have answers; those with several labels have no intervals."""
    if data is None or request.task in (None, "multilabel", "ranking"):
        return None
    if not data.schema.has_answers or not data.schema.labels:
        return None
    return plan_evaluation(
        data,
        target=request.target,
        threshold=request.threshold,
        use=request.use,
        label_map=request.label_map or None,
        level=request.level,
        seed=request.seed,
    )


SECTION = PredictionIntervalsSection()
