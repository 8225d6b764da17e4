"""The explanations section: why the model gives the scores that it gives."""

from assay.data.requests import Request
from assay.errors import InputError
from assay.jobs.asked import AskedExplanations
from assay.jobs.section import SectionContext, SectionRequest
from assay.jobs.sections.explanations.clarify.baseline import check_baseline
from assay.jobs.sections.explanations.clarify.run import cost_as_asked, explain_as_asked
from assay.jobs.sections.explanations.config import ExplanationsConfig
from assay.jobs.sections.explanations.drawing import draw_rows
from assay.jobs.sections.explanations.page import explanations_page
from assay.jobs.sections.explanations.preparing import check_settings
from assay.jobs.sections.explanations.result import Explanations
from assay.jobs.sections.explanations.tables import explain_tables
from assay.jobs.sections.explanations.texts import explain_texts, reads_text
from assay.reports.page import Page, Skipped


class ExplanationsSection:
    """Which columns move the scores, for single rows and over all of them."""

    name = "explanations"
    title = "Why the model predicts that"
    order = 35
    needs: tuple[str, ...] = ("model",)
    uses: tuple[str, ...] = ("label", "train")
    config = ExplanationsConfig
    spared = True
    judges = False

    def check(self, request: SectionRequest) -> None:
        """Refuse settings that mean nothing before the model is asked."""
        asked = _asked(request)
        if asked is None:
            check_settings(request, _config(request))
        elif asked.shap is not None:
            check_baseline(asked.shap, asked.features, request.data)

    def tables(self, request: SectionRequest) -> dict[str, Request]:
        """Ask for none: the model is asked about rows."""
        del request
        return {}

    def cost(self, request: SectionRequest) -> float:
        """Return how many predictions are asked for at most."""
        config = _config(request)
        if (asked := _asked(request)) is not None:
            return cost_as_asked(asked, request.data.count_rows(), config.predictions)
        rows = min(len(config.row) or config.rows, request.data.count_rows())
        calls = config.calls or 512
        background = config.background_rows or 50
        return float(
            min(rows * calls * background, config.predictions or rows * calls * background)
        )

    def run(self, context: SectionContext) -> Explanations:
        """Draw rows, explain them, and sum up."""
        request, config = context.request, _config(context.request)
        assert request.predictor is not None
        if (asked := _asked(request)) is not None:
            return explain_as_asked(context, config, asked)
        if config.seconds is None and request.budget <= 0:
            msg = (
                "--budget 0 leaves explanations no time; give --explanations-seconds, or a "
                "budget above 0"
            )
            raise InputError(msg)
        drawn = draw_rows(request, config)
        if reads_text(request.predictor):
            return explain_texts(context, config, drawn)
        return explain_tables(context, config, drawn)

    def page(self, result: Explanations) -> Page | None:
        """Describe the result for the report."""
        return explanations_page(result)

    def skipped(self, result: Explanations) -> tuple[Skipped, ...]:
        """List the parts that could not be made."""
        return tuple(Skipped(e.title, e.reason, e.turn_on) for e in result.not_computed)


def _asked(request: SectionRequest) -> AskedExplanations | None:
    return None if request.asked is None else request.asked.explanations


def _config(request: SectionRequest) -> ExplanationsConfig:
    told = request.config
    return told if isinstance(told, ExplanationsConfig) else ExplanationsConfig()
