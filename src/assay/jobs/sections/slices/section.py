"""The slices section: weak slices, errors over time and by column, mistakes, disagreements."""

from typing import TYPE_CHECKING, Literal

from pydantic import Field, StrictStr

from assay.data.requests import Request
from assay.errors import InputError
from assay.evaluation.baselines.incumbents import read_incumbents
from assay.evaluation.error_analysis.analyze import analyze_errors
from assay.evaluation.error_analysis.result import ErrorAnalysis
from assay.evaluation.judged import read_judged
from assay.evaluation.losses import row_losses, usual_loss
from assay.evaluation.plan import EvaluationPlan, plan_evaluation
from assay.evaluation.result import NotComputed
from assay.evaluation.slices.in_train import TrainRows
from assay.evaluation.slices.material import MAX_ROWS, SliceSettings, check_settings
from assay.jobs.config import Names
from assay.jobs.section import SectionConfig, SectionContext, SectionRequest
from assay.jobs.sections.slices.page import slices_page
from assay.reports.page import Page, Skipped

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

RANKED = "rows of a ranking are judged query by query, not one by one"


class SlicesConfig(SectionConfig):
    """Settings of the slices section."""

    named: Names = Field(
        default=(),
        description="Slice to judge: age>40, sex=F, or several conditions joined: "
        "region=north & age>40.",
    )
    column: Names = Field(
        default=(), description="Column to search beside the features; it may be an ignored one."
    )
    loss: Literal["error", "log_loss", "brier", "absolute_error", "squared_error"] | None = Field(
        default=None, description="What a row loses; default: error, or absolute_error."
    )
    loss_column: StrictStr | None = Field(
        default=None, description="Column with the loss of each row, the more the worse."
    )
    confidence: bool = Field(
        default=False, description="Search the confidence of the answer as well."
    )
    truth: bool = Field(default=False, description="Search the true class as well.")
    rows: int = Field(
        default=MAX_ROWS,
        ge=100,
        description=f"Most rows that are read, drawn at random above; default {MAX_ROWS:,}.",
    )

    def settings(self, *, level: float, seed: int) -> SliceSettings:
        """Return these settings as `assay.evaluation` takes them."""
        return SliceSettings(
            named=self.named,
            columns=self.column,
            loss=self.loss,
            loss_column=self.loss_column,
            by_confidence=self.confidence,
            by_truth=self.truth,
            max_rows=self.rows,
            level=level,
            seed=seed,
        )


class SlicesSection:
    """Where is it weak, and what goes wrong there."""

    name = "slices"
    title = "Weak slices"
    order = 30
    needs: tuple[str, ...] = ("label", "prediction")
    uses: tuple[str, ...] = ("train",)
    config = SlicesConfig

    def tables(self, request: SectionRequest) -> dict[str, Request]:
        """Check the settings; no small tables are needed: slices are made from rows."""
        check_settings(request.data, _settings(request))
        return {}

    def cost(self, request: SectionRequest) -> float:
        """Return 0: the model is not called."""
        return 0.0

    def run(self, context: SectionContext) -> ErrorAnalysis:
        """Read the rows and look where they are wrong."""
        request = context.request
        assert request.target is not None
        if request.task == "ranking":
            return ErrorAnalysis(
                slices=None, not_computed=(NotComputed("Weak slices", RANKED, ""),)
            )
        plan = _plan(request, request.data)
        rows, answers = read_judged(plan)
        baselines = read_incumbents(
            request.data,
            request.target,
            request.baselines,
            trust=request.trust,
            label_map=dict(request.label_map) or None,
        )
        settings = _settings(request)
        loss = settings.loss or usual_loss(rows, answers)
        return analyze_errors(
            plan.data,
            rows,
            answers,
            settings,
            train=_train_rows(request, None if settings.loss_column else loss),
            baselines=[each.answers for each in baselines],
            progress=context.progress,
        )

    def page(self, result: ErrorAnalysis) -> Page | None:
        """Describe the result for the report."""
        return slices_page(result)

    def skipped(self, result: ErrorAnalysis) -> tuple[Skipped, ...]:
        """List the parts that could not be made."""
        return tuple(Skipped(e.title, e.reason, e.turn_on) for e in result.not_computed)


def _settings(request: SectionRequest) -> SliceSettings:
    told = request.config if isinstance(request.config, SlicesConfig) else SlicesConfig()
    return told.settings(level=request.level, seed=request.seed)


def _plan(request: SectionRequest, data: "Dataset") -> EvaluationPlan:
    return plan_evaluation(
        data,
        target=request.target,
        threshold=request.threshold,
        use=request.use,
        label_map=dict(request.label_map) or None,
        level=request.level,
        seed=request.seed,
    )


def _train_rows(request: SectionRequest, loss: str | None) -> TrainRows | None:
    """Return the train rows, with the loss of each where the model's answers are known."""
    train = request.train
    if train is None:
        return None
    known = train.schema.has_answers and bool(train.schema.labels)
    if not known or loss is None:
        return TrainRows(train)
    try:
        rows, answers = read_judged(_plan(request, train))
        return TrainRows(train, row_losses(rows, answers, loss))
    except InputError:  # the train rows are for comparison: theirs is no reason to stop
        return TrainRows(train)
