"""The evaluation section: plan, build, and the train rows beside the judged ones."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from pydantic import Field

from assay.data.dataset import Dataset
from assay.data.requests import Request
from assay.evaluation.build import build_evaluation
from assay.evaluation.choose import count_scores
from assay.evaluation.forecast_options import ForecastOptions
from assay.evaluation.plan import EvaluationPlan, plan_evaluation
from assay.evaluation.result import EvaluationResult
from assay.jobs.section import SectionConfig, SectionContext, SectionRequest
from assay.jobs.sections.evaluation.constant import constant_answers
from assay.jobs.sections.evaluation.page import evaluation_page
from assay.metrics.ranking.options import Empty, Gain, RankingOptions, Ties
from assay.overview import HasOverview, Overview
from assay.reports.page import Page, Skipped
from assay.result import Finding, Json
from assay.tables.score_table import ScoreTable

if TYPE_CHECKING:
    import altair as alt
    import polars as pl


class EvaluationConfig(SectionConfig):
    """Settings of the evaluation section, beside the options of the whole run."""

    quantile: float | None = Field(
        default=None,
        gt=0,
        lt=1,
        description="Which quantile of the target the predicted numbers are, such as 0.9; they "
        "are judged as means unless it is given.",
    )
    ranking_gain: Gain = Field(
        default="linear",
        description="What a document of relevance g adds to NDCG: linear g, exponential 2^g - 1.",
    )
    ranking_ties: Ties = Field(
        default="pessimistic",
        description="Documents of equal score: the least relevant first (pessimistic), as they "
        "stand (stable), or the mean over their orders (expected).",
    )
    ranking_empty: Empty = Field(
        default="exclude",
        description="Queries without a relevant document: exclude leaves them out of the means, "
        "zero counts them as 0.",
    )
    ranking_cutoffs: tuple[int, ...] = Field(
        default=(1, 3, 5, 10), min_length=1, description="The k of NDCG@k and its kin."
    )
    ranking_relevant_above: float = Field(
        default=0.0,
        ge=0,
        description="A document counts as relevant when its relevance is greater; for metrics "
        "that know only relevant or not.",
    )

    season: int | None = Field(
        default=None,
        ge=1,
        description="Periods of a season of the series of a forecast (1 is none); by default that "
        "of the distance between times, where the series show it.",
    )
    cutoff: str | None = Field(
        default=None,
        description="Column of the last time that each forecast was made from, for forecasts from "
        "several places in time; a column called cutoff is found by itself.",
    )
    horizon_step: str | None = Field(
        default=None,
        description="Column that counts how many periods ahead each forecast was, from 1; another "
        "way to say what --evaluation-cutoff says.",
    )

    @property
    def forecast(self) -> ForecastOptions:
        """How forecasts were made."""
        return ForecastOptions(season=self.season, cutoff=self.cutoff, step=self.horizon_step)

    @property
    def ranking(self) -> RankingOptions:
        """How a ranking is judged."""
        return RankingOptions(
            gain=self.ranking_gain,
            ties=self.ranking_ties,
            empty=self.ranking_empty,
            cutoffs=self.ranking_cutoffs,
            relevant_above=self.ranking_relevant_above,
        )


@dataclass(frozen=True, repr=False)
class Quality(HasOverview):
    """How good the model is on the judged rows, and on those that it was fitted on.

    Parameters
    ----------
    test : EvaluationResult
    train : EvaluationResult or None
    ranking : RankingOptions or None
        How rankings were judged, for others that judge on the same rows.
    """

    test: EvaluationResult
    train: EvaluationResult | None = None
    ranking: RankingOptions | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Those of the judged rows: the train rows are for comparison."""
        return self.test.findings

    def to_dict(self) -> dict[str, Json]:
        """Return the evaluation, what constant answers score, and the train rows' metrics."""
        constants = constant_answers(self.test)
        stored = self.test.to_dict()
        stored["constant_answers"] = {name: each.to_dict() for name, each in constants.items()}
        stored["train"] = None
        if self.train is not None:
            stored["train"] = {
                "metrics": [each.to_dict() for each in self.train.metrics],
                "data": dict(self.train.data),
            }
        return stored

    def to_frame(self) -> "pl.DataFrame":
        """Return one row a metric of the judged rows."""
        return self.test.to_frame()

    def plot(self) -> "alt.LayerChart | alt.FacetChart | alt.Chart":
        """Return the metrics with their intervals as a chart."""
        return self.test.plot()

    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""
        return self.test.overview()


class EvaluationSection:
    """Metrics with intervals, the confusion matrix, curves and what they say."""

    name = "evaluation"
    title = "Evaluation"
    order = 10
    needs: tuple[str, ...] = ("label", "prediction")
    config = EvaluationConfig

    def __init__(self) -> None:
        # A plan checks the rows; it is kept from `tables` to `run` of one request, then dropped.
        self._plans: WeakKeyDictionary[SectionRequest, EvaluationPlan] = WeakKeyDictionary()

    def tables(self, request: SectionRequest) -> dict[str, Request]:
        """Check the predictions and ask for the tables that the metrics read."""
        plan = _plan(request, request.data)
        self._plans[request] = plan
        return dict(plan.requests)

    def cost(self, request: SectionRequest) -> float:
        """Return 0: the model is not called."""
        return 0.0

    def run(self, context: SectionContext) -> Quality:
        """Turn the tables into metrics, curves and findings."""
        request = context.request
        plan = self._plans.pop(request, None) or _plan(request, request.data)
        test = build_evaluation(
            plan,
            context.tables,
            costs=request.costs,
            validation=_validation_scores(request, plan),
        )
        forecast = plan.target.task == "forecasting"
        if request.train is None or forecast or not request.train.schema.has_answers:
            return Quality(test, ranking=plan.ranking)
        beside = _plan(request, request.train)
        train = build_evaluation(beside, beside.data.scan(beside.requests), costs=request.costs)
        return Quality(test, train, ranking=plan.ranking)

    def page(self, result: Quality) -> Page:
        """Describe the result for the report."""
        return evaluation_page(result.test, result.train, constant_answers(result.test))

    def skipped(self, result: Quality) -> tuple[Skipped, ...]:
        """List the parts that the data did not give, and the train rows where there are none."""
        parts = [
            Skipped(each.title, each.reason, each.turn_on) for each in result.test.not_computed
        ]
        if result.train is None and result.test.task != "forecasting":
            reason = "the rows that the model was fitted on were not given"
            parts.append(Skipped("Train rows beside the judged ones", reason, "--train DATA"))
        return tuple(parts)


def _validation_scores(request: SectionRequest, plan: EvaluationPlan) -> ScoreTable | None:
    """Return the validation rows' scores, where the view over several prices needs them."""
    data = request.validation
    if data is None or request.costs is not None or plan.target.task != "binary":
        return None
    if not plan.scores or not data.schema.scores or data.schema.label is None:
        return None
    return count_scores(data, plan.target, use=plan.use)


def _plan(request: SectionRequest, data: Dataset) -> EvaluationPlan:
    features = None if request.model is None else request.model.feature_names
    told = request.config
    config = told if isinstance(told, EvaluationConfig) else EvaluationConfig()
    return plan_evaluation(
        data,
        target=request.target,
        threshold=request.threshold,
        use=request.use,
        label_map=request.label_map or None,
        n_features=None if features is None else len(features),
        quantile=config.quantile,
        ranking=config.ranking,
        forecast=config.forecast,
        train=request.train,
        level=request.level,
        seed=request.seed,
    )
