"""The tables of a scan in, the table that each metric wants out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from assay.data.engines.protocol import Table
from assay.evaluation.plan import EvaluationPlan
from assay.evaluation.words import all_classes, in_words, of_label
from assay.metrics.draws import CellDraws, draw_cells
from assay.metrics.multilabel.label_draws import LabelDraws, draw_labels
from assay.metrics.scores.loss_terms import loss_moments
from assay.tables.cube import Cube, Level
from assay.tables.curves import DensityGrid
from assay.tables.distribution import Distribution
from assay.tables.moments import Moments
from assay.tables.score_table import ScoreTable
from assay.tables.unit_sums import UnitSums


@dataclass(frozen=True, eq=False)
class Inputs:
    """The tables of one evaluation by what they hold; None where they were not asked for.

    Parameters
    ----------
    plan : EvaluationPlan
    tables : mapping of str to Table
        What the scan made.
    """

    plan: EvaluationPlan
    tables: Mapping[str, Table]

    @cached_property
    def cube(self) -> Cube | None:
        """Label and prediction, in the words of the label."""
        cube = self.tables.get("outcomes")
        if not isinstance(cube, Cube):
            return None
        return in_words(cube, self.plan.target, self.plan.words)

    @cached_property
    def classes(self) -> tuple[Level, ...]:
        """Every class, in the order of all tables."""
        return all_classes(self.cube, self.plan.target, tuple(self.plan.scores))

    @cached_property
    def draws(self) -> CellDraws | None:
        """Redraws of the cube, shared by all metrics."""
        if self.cube is None:
            return None
        return draw_cells(self.cube, seed=self.plan.seed, classes=self.classes)

    @cached_property
    def scores(self) -> ScoreTable | None:
        """Scores of the positive class."""
        return self._score_table("scores")

    @cached_property
    def class_scores(self) -> Mapping[Level, ScoreTable] | None:
        """Scores of each class against the rest."""
        found: dict[Level, ScoreTable] = {}
        for number, value in enumerate(self.plan.scores):
            table = self._score_table(f"scores:{number}")
            if table is not None:
                found[value] = table
        return found or None

    @cached_property
    def label_cubes(self) -> Mapping[Level, Cube]:
        """Where a row may have many labels: for each, who has it and who is given it.

        The values are the label's name, and "not" before it.
        """
        names = self.plan.target.classes if self.plan.target.task == "multilabel" else ()
        found = {name: self.tables.get(f"label:{at}") for at, name in enumerate(names)}
        return {n: of_label(cube, n) for n, cube in found.items() if isinstance(cube, Cube)}

    @cached_property
    def label_scores(self) -> Mapping[Level, ScoreTable]:
        """Scores of each class or label by itself: its rows need not be kept one by one."""
        tables = (self.class_scores or {}).items()
        return {
            n: t if t.rows is None or t.rows.kind != "row" else replace(t, rows=None)
            for n, t in tables
        }

    @cached_property
    def answered(self) -> bool:
        """Where a row may have many labels: whether it is said which it is given."""
        return "label_sums" in self.tables

    @cached_property
    def label_matches(self) -> Cube | None:
        """Whether all labels of a row are right."""
        found = self.tables.get("label_matches")
        return found if isinstance(found, Cube) else None

    @cached_property
    def label_draws(self) -> LabelDraws | None:
        """Redraws of rows with all their labels."""
        sums = self.tables.get("label_sums")
        if not isinstance(sums, UnitSums):
            return None
        return draw_labels(sums, [str(each) for each in self.classes], seed=self.plan.seed)

    @cached_property
    def top_scores(self) -> ScoreTable | None:
        """Highest probability of each row against whether its class is right."""
        return self._score_table("top_scores")

    @cached_property
    def losses(self) -> Moments | None:
        """Log loss and Brier score, row by row."""
        found = self.moments("losses")
        if found is None and self.scores is not None and self.plan.as_probabilities:
            return loss_moments(self.scores)
        return found

    def counts(self, name: str) -> Cube | None:
        """Return the cube of that name."""
        found = self.tables.get(name)
        return found if isinstance(found, Cube) else None

    def moments(self, name: str) -> Moments | None:
        """Return the moments of that name."""
        found = self.tables.get(name)
        return found if isinstance(found, Moments) else None

    def distribution(self, name: str) -> Distribution | None:
        """Return the distribution of that name."""
        found = self.tables.get(name)
        return found if isinstance(found, Distribution) else None

    def grid(self, name: str) -> DensityGrid | None:
        """Return the grid of that name."""
        found = self.tables.get(name)
        return found if isinstance(found, DensityGrid) else None

    def _score_table(self, name: str) -> ScoreTable | None:
        found = self.tables.get(name)
        return found if isinstance(found, ScoreTable) else None
