"""The leakage section: which tables the checks read, and what they say."""

from assay.data.dataset import Dataset
from assay.data.requests import Request
from assay.data_quality.leakage.build import check_leakage
from assay.data_quality.leakage.result import LeakageResult
from assay.data_quality.leakage.tables import LeakTables, Part, Role
from assay.errors import ColumnNotFoundError
from assay.jobs.section import SectionContext, SectionRequest
from assay.jobs.sections.leakage.config import LeakageConfig
from assay.jobs.sections.leakage.page import leakage_page
from assay.jobs.sections.leakage.unaffected import with_unaffected
from assay.models.refitting import procedure_of
from assay.reports.page import Page, Skipped


class LeakageSection:
    """Leaks, overlaps and splits, before anything is scored.

    It does not wait for a model's answers: it runs before the model is asked. Once there are any,
    the score on the judged rows that a finding is not about is put beside that on all of them.
    """

    name = "leakage"
    title = "Leakage"
    order = 5
    needs: tuple[str, ...] = ()
    uses: tuple[str, ...] = ("label", "train", "validation")
    config = LeakageConfig

    def tables(self, request: SectionRequest) -> dict[str, Request]:
        """Return nothing: samples and whole tables are read apart from the scan.

        A reference that cannot be read is refused here, before anything runs.
        """
        if isinstance(request.config, LeakageConfig) and request.config.reference is not None:
            _reference(request.data, request.config.reference)
        return {}

    def cost(self, request: SectionRequest) -> float:
        """Return 0: the model itself is not asked; copies of it are fitted."""
        return 0.0

    def run(self, context: SectionContext) -> LeakageResult:
        """Run every check that the tables allow."""
        request = context.request
        told = request.config if isinstance(request.config, LeakageConfig) else LeakageConfig()
        tables = leak_tables(request, told)
        procedure = procedure_of(request.predictor, label_map=dict(request.label_map) or None)
        result = check_leakage(
            tables,
            procedure=procedure,
            seconds=request.budget / 4,
            step=lambda title, done, total: context.progress(f"Checking: {title}", done, total),
        )
        return with_unaffected(result, request)

    def with_answers(self, result: LeakageResult, request: SectionRequest) -> LeakageResult:
        """Add the scores on the judged rows that findings are not about."""
        return with_unaffected(result, request)

    def page(self, result: LeakageResult) -> Page:
        """Describe the result for the report."""
        return leakage_page(result)

    def skipped(self, result: LeakageResult) -> tuple[Skipped, ...]:
        """List the checks that something has to be given for, those of one reason together."""
        waiting: dict[tuple[str, str], list[str]] = {}
        for check in result.checks:
            if check.status == "not run":
                waiting.setdefault((check.said, check.turn_on), []).append(check.title)
        return tuple(
            Skipped(f"Checks for leaks: {'; '.join(titles)}", said, turn_on)
            for (said, turn_on), titles in waiting.items()
        )


def leak_tables(request: SectionRequest, told: LeakageConfig) -> LeakTables:
    """Return the tables of a request as the checks read them."""

    def part(role: Role, data: Dataset | None) -> Part | None:
        return None if data is None else Part(role, data, told.sample, request.seed)

    reference = None if told.reference is None else _reference(request.data, told.reference)
    target = request.target
    features = None if request.model is None else request.model.feature_names
    return LeakTables(
        data=Part("data", request.data, told.sample, request.seed, alone=request.train is None),
        train=part("train", request.train),
        validation=part("validation", request.validation),
        reference=part("reference", reference),
        task=None if target is None else target.task,
        classes=() if target is None else target.classes,
        used=None if features is None else frozenset(features),
        population=told.population,
        gap=told.gap,
        seed=request.seed,
    )


def _reference(data: Dataset, place: str) -> Dataset:
    """Open a sample of the population: it has features, and perhaps neither label nor answers."""
    bare = data.with_roles(ignored=[n for n in data.schema.names if n not in data.schema.features])
    reference = bare.like(place, needs=())
    shared = set(data.schema.features) & set(reference.schema.features)
    if not shared:
        raise ColumnNotFoundError(
            data.schema.features, reference.schema.names, where=reference.name
        )
    return reference
