"""The fit section: gap to the train rows, learning curve, spread over seeds and folds."""

from pydantic import Field

from assay.data.requests import Request
from assay.evaluation.fit.diagnose import diagnose_fit
from assay.evaluation.fit.result import FitResult
from assay.evaluation.result import NotComputed
from assay.jobs.leaking import leaking_columns
from assay.jobs.section import SectionConfig, SectionContext, SectionRequest
from assay.jobs.sections.fit.known import what_is_known
from assay.jobs.sections.fit.page import fit_page
from assay.reports.page import Page, Skipped


class FitConfig(SectionConfig):
    """Settings of the fit section."""

    refit: bool = Field(
        default=True,
        description="Fit the model again on parts of its train rows, for the learning curve and "
        "the spread over seeds and folds.",
    )


class FitSection:
    """Did training go well, and what would more rows bring."""

    name = "fit"
    title = "Fit"
    order = 25
    needs: tuple[str, ...] = ("label",)
    uses: tuple[str, ...] = ("prediction", "train")
    config = FitConfig

    def tables(self, request: SectionRequest) -> dict[str, Request]:
        """Return nothing: what is fitted reads rows, not small tables."""
        return {}

    def cost(self, request: SectionRequest) -> float:
        """Return 0: other models are asked, not the user's."""
        return 0.0

    def run(self, context: SectionContext) -> FitResult:
        """Hold train rows against judged rows, and fit the procedure again within the budget."""
        request = context.request
        config = request.config if isinstance(request.config, FitConfig) else FitConfig()
        schema = request.data.schema
        judged = schema.has_answers
        leave_out = leaking_columns(context.finished, judged=judged, ignored=request.ignored)
        known = what_is_known(request, refit=config.refit, leave_out=leave_out)
        if isinstance(known, str):
            turn_on = "--train DATA" if "not given" in known else ""
            missing = NotComputed("How training went", known, turn_on)
            return FitResult(
                metric="",
                metric_title="",
                greater_is_better=True,
                not_computed=(missing,),
                level=request.level,
                seed=request.seed,
            )
        return diagnose_fit(
            known,
            margin=request.margin,
            budget=request.budget,
            level=request.level,
            seed=request.seed,
            step=context.progress,
        )

    def page(self, result: FitResult) -> Page | None:
        """Describe the result for the report; None where there is nothing to show."""
        return fit_page(result)

    def skipped(self, result: FitResult) -> tuple[Skipped, ...]:
        """List the parts that could not be made."""
        return tuple(
            Skipped(each.title, each.reason, each.turn_on) for each in result.not_computed
        )
