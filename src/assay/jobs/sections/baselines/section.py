"""The baselines section: climb the ladder of simple models and say what it shows."""

from dataclasses import replace

from assay.data.requests import Request
from assay.evaluation.baselines.ladder import LadderOptions
from assay.evaluation.baselines.result import LadderResult
from assay.evaluation.plan import EvaluationPlan, plan_evaluation
from assay.jobs.ladders import climb, told_forecast, told_ranking
from assay.jobs.leaking import leaking_columns
from assay.jobs.section import SectionConfig, SectionContext, SectionRequest
from assay.jobs.sections.baselines.page import baselines_page
from assay.reports.page import Page, Skipped
from assay.result import Result


class BaselinesConfig(SectionConfig):
    """Settings of the baselines section; the budget and the margin are options of the run."""


class BaselinesSection:
    """Simple models fitted on the same rows, judged on the same rows, by the same metric."""

    name = "baselines"
    title = "What a model must beat"
    order = 20
    needs: tuple[str, ...] = ("label",)
    uses: tuple[str, ...] = ("prediction", "train", "validation")
    config = BaselinesConfig

    def tables(self, request: SectionRequest) -> dict[str, Request]:
        """Ask for nothing of the scan: models are fitted on rows."""
        return {}

    def cost(self, request: SectionRequest) -> float:
        """Return 0: the model's answers are there already."""
        return 0.0

    def run(self, context: SectionContext) -> LadderResult:
        """Fit the rungs within the budget and hold the candidate against them."""
        request = context.request
        assert request.target is not None  # the section needs a label
        schema = request.data.schema
        judged = schema.has_answers
        leave_out = leaking_columns(context.finished, judged=judged, ignored=request.ignored)
        ladder = climb(
            request.data,
            request.target,
            train=request.train,
            validation=request.validation,
            plan=_plan(request, context.finished.get("evaluation")),
            name="the model" if request.model is None else request.model.name,
            options=LadderOptions(
                use=request.use,
                margin=request.margin,
                budget=request.budget,
                baselines=request.baselines,
                trust=request.trust,
                leave_out=leave_out,
                label_map=request.label_map,
                costs=request.costs,
                level=request.level,
                seed=request.seed,
            ),
        )
        if not leave_out:
            return ladder
        names = ", ".join(sorted(leave_out))
        return replace(ladder, how=f"{ladder.how}; without {names}: they know the label")

    def page(self, result: LadderResult) -> Page:
        """Describe the ladder for the report."""
        return baselines_page(result)

    def skipped(self, result: LadderResult) -> tuple[Skipped, ...]:
        """List the rungs that did not run, those of one reason together."""
        reasons = dict.fromkeys(each.reason for each in result.not_run)
        found = []
        for reason in reasons:
            titles = [each.title for each in result.not_run if each.reason == reason]
            flag = next((flag for flag in ("--train DATA", "--budget") if flag in reason), "")
            if flag:
                found.append(Skipped(f"Simple models: {', '.join(titles)}", reason, flag))
        return tuple(found)


def _plan(request: SectionRequest, evaluated: Result | None) -> EvaluationPlan | None:
    """Return the plan of the candidate's answers; None where nobody answered.

    Season and cut-offs of a forecast, and how a ranking is judged, are those of its evaluation.
    """
    schema = request.data.schema
    if not schema.predictions and not schema.scores:
        return None
    return plan_evaluation(
        request.data,
        target=request.target,
        threshold=request.threshold,
        use=request.use,
        label_map=request.label_map or None,
        forecast=None if evaluated is None else told_forecast(evaluated),
        ranking=None if evaluated is None else told_ranking(evaluated),
        train=request.train,
        level=request.level,
        seed=request.seed,
    )
