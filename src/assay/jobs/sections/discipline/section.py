"""The discipline section: who looked at these test rows before, and what that leaves of a number.

The look of the run itself is counted here, and written into the ledger when the run is over.
"""

from math import isfinite
from statistics import NormalDist

from assay.data.requests import Request
from assay.evaluation.discipline.looks import after_looks, look_band, sidak_level
from assay.evaluation.discipline.optimism import expected_maximum
from assay.evaluation.discipline.result import DisciplineResult, LookAt
from assay.jobs.ledger.entry import Entry, Shown
from assay.jobs.ledger.findings import estimate_of, look_findings
from assay.jobs.ledger.look import look_at
from assay.jobs.ledger.recording import read_standing
from assay.jobs.ledger.standing import Standing
from assay.jobs.section import SectionConfig, SectionContext, SectionRequest
from assay.jobs.sections.discipline.page import discipline_page
from assay.jobs.sections.discipline.words import advice_for
from assay.jobs.sections.evaluation.shown import Heading, shown_first
from assay.reports.page import Page, Skipped
from assay.result import Estimate, Finding


class DisciplineConfig(SectionConfig):
    """Settings of the discipline section: it has none."""


class DisciplineSection:
    """Looks at the judged rows over time, and the number after correction for them."""

    name = "discipline"
    title = "Test discipline"
    order = 80
    needs: tuple[str, ...] = ("label", "prediction")
    config = DisciplineConfig

    def tables(self, request: SectionRequest) -> dict[str, Request]:
        """Return nothing: the rows were identified already."""
        return {}

    def cost(self, request: SectionRequest) -> float:
        """Return 0: the model is not called."""
        return 0.0

    def run(self, context: SectionContext) -> DisciplineResult:
        """Count this look beside those before it."""
        request = context.request
        look = request.look or look_at(request.data, info=request.model)
        purpose = "final" if request.final else "development"
        standing, told = read_standing(look, purpose=purpose)
        judged = context.finished.get("evaluation")
        heading = Heading() if judged is None else shown_first(judged)
        found = look_findings(standing, heading.metrics, heading.chance)
        return _result(standing, heading, (*told, *found))

    def page(self, result: DisciplineResult) -> Page:
        """Describe the looks and what they leave of the number."""
        return discipline_page(result)

    def skipped(self, result: DisciplineResult) -> tuple[Skipped, ...]:
        """Return nothing: there are no parts that could be left out."""
        return ()


def _result(
    standing: Standing, heading: Heading, findings: tuple[Finding, ...]
) -> DisciplineResult:
    head = heading.metrics[0] if heading.metrics else None
    shown = None if head is None else estimate_of(head)
    final = standing.purpose == "final"
    return DisciplineResult(
        rows=standing.look.rows,
        models=standing.looks,
        looks=_timeline(standing, head),
        metric="" if head is None else head.name,
        title="" if head is None else head.title,
        shown=shown,
        corrected=None if shown is None else after_looks(shown, standing.looks),
        constant=heading.chance,
        band=look_band(max(standing.look.rows, 1), standing.looks),
        level_each=sidak_level(0.95, standing.looks),
        flattery=None if shown is None else _flattery(shown, standing.looks),
        final=final,
        sealed=standing.seals[-1].when if standing.seals else "",
        advice=advice_for(standing),
        findings=findings,
    )


def _timeline(standing: Standing, head: Shown | None) -> tuple[LookAt, ...]:
    """Return the looks in their order; this model has one, where it looked first.

    A run that is repeated thus tells the same.
    """
    own = set(standing.look.model)
    looks: list[LookAt] = []
    placed = False
    for entry in standing.earlier:
        if not own & set(entry.model):
            looks.append(_earlier(len(looks) + 1, entry, head))
        elif not placed:
            looks.append(_current(len(looks) + 1, standing, head))
            placed = True
    return tuple(looks) if placed else (*looks, _current(len(looks) + 1, standing, head))


def _current(place: int, standing: Standing, head: Shown | None) -> LookAt:
    return LookAt(
        place=place,
        when="",
        who="",
        run="",
        model=standing.look.model_name,
        purpose="final" if standing.sealed else standing.purpose,
        value=None if head is None else head.value,
        low=None if head is None else head.low,
        high=None if head is None else head.high,
        current=True,
    )


def _earlier(place: int, entry: Entry, head: Shown | None) -> LookAt:
    same = [each for each in entry.metrics if head is not None and each.name == head.name]
    number = same[0] if same else None
    return LookAt(
        place=place,
        when=entry.when,
        who=entry.who,
        run=entry.run,
        model=entry.model_name,
        purpose=entry.purpose,
        value=None if number is None else number.value,
        low=None if number is None else number.low,
        high=None if number is None else number.high,
    )


def _flattery(shown: Estimate, models: int) -> float | None:
    """Return σ̂·E[max of k normals], the standard error taken from the interval's width."""
    if shown.low is None or shown.high is None:
        return None
    quantile = NormalDist().inv_cdf((1 + shown.level) / 2)
    error = (shown.high - shown.low) / (2 * quantile)
    found = error * expected_maximum(models)
    return found if isfinite(found) else None
