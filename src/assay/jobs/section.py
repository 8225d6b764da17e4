"""The Section protocol: how an analysis joins analyze, the report, the config and the CLI."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict

from assay.data.dataset import Dataset
from assay.data.engines.protocol import Table
from assay.data.requests import Request
from assay.evaluation.goal import Costs
from assay.evaluation.task import Target
from assay.evaluation.threshold import Threshold
from assay.jobs.asked import ClarifyPart
from assay.models.predictor import ModelInfo, Predictor
from assay.reports.page import Page, Skipped
from assay.result import Result

if TYPE_CHECKING:
    import numpy as np

    from assay.jobs.ledger.look import Look


class SectionConfig(BaseModel):
    """Base of a section's part of assay.yaml (`sections.<name>`); each field becomes a flag."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, kw_only=True, eq=False)
class SectionRequest:
    """What is known before the scan.

    Parameters
    ----------
    data : Dataset
        The rows to be judged, with prediction and score columns where there are any.
    train, validation : Dataset or None
        Prepared like `data`.
    before : Dataset or None
        An earlier version of `data`, prepared likewise.
    model : ModelInfo or None
    predictor : Predictor or None
        The model itself, for sections that ask it about changed rows.
    facets : tuple of str
        The facets whose groups are compared, as they were told.
    group_variable : str or None
        Column of subgroups for conditional metrics.
    compat : str or None
        Whose original's numbers are wanted as well.
    asked : ClarifyPart or None
        What the analysis_config.json asked for that the run answers.
    target : Target or None
        What is predicted: the classes and which of them is positive; None without a label.
    threshold : Threshold or None
        Where scores become the positive answer, chosen already; None takes the answers as they
        are, or the usual one half.
    costs : Costs or None
        What the two mistakes cost.
    use : {"probability", "ranking"} or None
        What scores are used for.
    label_map : mapping of str to str
        A predicted answer → the label that it stands for, where they are not the same text.
    config : SectionConfig
        The section's own part of the config.
    margin : float
        Smallest gain of the main metric that is worth having.
    budget : float
        Seconds that fitting may take, for the run.
    baselines : mapping of str to str
        Name → incumbent: a column of `data` with its answers, or the place of a model.
    trust : bool
        Whether a model file that can run code may be loaded.
    ignored : frozenset of str
        Rules whose findings the user set aside.
    final : bool
        Whether this look at the rows is the one that counts.
    look : Look or None
        What identifies the rows and the model; None where no answers are judged.
    store : Path or None
        Where finished parts of long work may be kept for a run that goes on; None: nowhere.
    level : float
        Coverage of intervals.
    seed : int
    """

    data: Dataset
    train: Dataset | None = None
    validation: Dataset | None = None
    before: Dataset | None = None
    model: ModelInfo | None = None
    predictor: Predictor | None = None
    facets: tuple[str, ...] = ()
    group_variable: str | None = None
    compat: str | None = None
    asked: ClarifyPart | None = None
    target: Target | None = None
    threshold: Threshold | None = None
    costs: Costs | None = None
    use: Literal["probability", "ranking"] | None = None
    label_map: Mapping[str, str] = field(default_factory=dict)
    config: SectionConfig = field(default_factory=SectionConfig)
    margin: float = 0.0
    budget: float = 60.0
    baselines: Mapping[str, str] = field(default_factory=dict)
    trust: bool = False
    ignored: frozenset[str] = frozenset()
    final: bool = False
    look: "Look | None" = None
    store: Path | None = None
    level: float = 0.95
    seed: int = 0

    @property
    def task(self) -> str | None:
        """The kind of task: binary, multiclass or regression; None without a label."""
        return None if self.target is None else self.target.task


def _silent(stage: str, done: int, total: int | None, /) -> None:
    """Show nothing."""


@dataclass(frozen=True, kw_only=True)
class SectionContext:
    """What a section runs on.

    Parameters
    ----------
    request : SectionRequest
    tables : mapping
        What it asked for.
    rng : numpy.random.Generator
    finished : mapping of str to Result
        What the sections before it found, by their names.
    """

    request: SectionRequest
    tables: Mapping[str, Table]
    rng: "np.random.Generator"
    progress: Callable[[str, int, int | None], None] = _silent
    finished: Mapping[str, Result] = field(default_factory=dict)


class UnfinishedSection(KeyboardInterrupt):
    """A section was interrupted after a part of its work that is worth keeping.

    Parameters
    ----------
    result : Result
        Of what is finished.
    interrupt : KeyboardInterrupt
        What stopped it; the run goes on with raising that.
    """

    def __init__(self, result: Result, interrupt: KeyboardInterrupt) -> None:
        self.result, self.interrupt = result, interrupt
        super().__init__(*interrupt.args)


class Section(Protocol):
    """One analysis, found by the entry point group ``assay.sections``.

    Attributes
    ----------
    name : str
        snake_case; the key in results.json and assay.yaml.
    title : str
    order : int
        Place on the report, small first: evaluation 10, data 90; between them for others.
    needs : tuple of str
        Of "label", "prediction" (predictions from a model or from columns), "model", "train",
        "validation", "facets". Without one the section is listed as skipped, with the flag that
        gives it.
    config : type of SectionConfig

    Notes
    -----
    A section may have an attribute `uses` as well, of the same names as `needs`: what it takes
    where it is there, and then waits for. Its result may have `files`: name → what writes that
    file beside the report. A section that runs before the model is asked may have a method
    `with_answers(result, request)`: it returns the result with what the answers tell. One with a
    method `check(request)` can refuse its settings before the model is asked. Where `spared` is
    True, what it says of input or model while it runs makes it a skipped section, with that
    reason, unless it was asked for by name; where `judges` is False, it does not count as a look
    at the judged rows.
    """

    name: str
    title: str
    order: int
    needs: tuple[str, ...]
    config: type[SectionConfig]

    def tables(self, request: SectionRequest) -> dict[str, Request]:
        """Return what the single scan of `request.data` shall make for this section."""
        ...

    def cost(self, request: SectionRequest) -> float:
        """Return the model calls, in rows, that `run` will make beyond the scan (0 for most)."""
        ...

    def run(self, context: SectionContext) -> Result:
        """Turn the tables into a result."""
        ...

    def page(self, result: Any) -> Page | None:  # noqa: ANN401 - each section knows its own result
        """Describe the result for the report; None where there is nothing to show."""
        ...

    def skipped(self, result: Any) -> tuple[Skipped, ...]:  # noqa: ANN401
        """List the parts of this section that did not run, each with what turns it on."""
        ...
