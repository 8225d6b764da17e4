"""Tables in; what a small tree splits on, and how each column is called in its rules, out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assay.models.baseline.features import text_lengths
from assay.models.baseline.problem import Problem, Truth
from assay.models.baseline.tables import Floats, Part, Table
from assay.models.baseline.target_encoding import CrossFittedTarget

TEXT_PARTS = ("characters", "words")


@dataclass(frozen=True)
class Split:
    """What one column of a tree's matrix holds, for its rules.

    Parameters
    ----------
    label : str
        Name of the column, "month of at", "usual answer of city", ….
    level : str or None
        For 0 and 1: the level that 1 stands for.
    """

    label: str
    level: str | None = None

    def rule(self, at: float, *, below: bool) -> str:
        """Say one side of a split.

        Examples
        --------
        >>> Split("age").rule(27.5, below=True), Split("job", "'cook'").rule(0.5, below=False)
        ('age ≤ 27.5', "job is 'cook'")
        """
        if self.level is not None:
            return f"{self.label} is {'not ' if below else ''}{self.level}"
        return f"{self.label} {'≤' if below else '>'} {at:.6g}"


class ColumnFeatures:
    """One column for a tree of its own: numbers as they are, levels by their usual target.

    Parameters
    ----------
    name : str
    parts : sequence of Part
        Of all columns.
    texts : sequence of str
        Names of the columns of texts, in the table's order.
    problem : Problem
    """

    def __init__(
        self, name: str, parts: Sequence[Part], texts: Sequence[str], problem: Problem
    ) -> None:
        self.places = [at for at, part in enumerate(parts) if part.column.name == name]
        self.text = texts.index(name) if name in texts else None
        coded = [parts[at].how in ("one_hot", "target") for at in self.places]
        self.target: CrossFittedTarget | None = None
        if any(coded):
            self.target = CrossFittedTarget(
                problem.target_type, n_classes=problem.n_classes, seed=problem.seed
            )
        self.splits = self._named(name, [parts[at].label for at in self.places], problem)

    def fit_transform(self, table: Table, y: Truth) -> Floats:
        """Learn the usual target of each level; return the training rows."""
        if self.target is not None:
            return self.target.fit_transform(table.matrix[:, self.places], y)
        return self.transform(table)

    def transform(self, table: Table) -> Floats:
        """Return other rows."""
        if self.text is not None:
            return text_lengths(table.texts[self.text])
        values = table.matrix[:, self.places]
        return values if self.target is None else self.target.transform(values)

    def _named(self, name: str, labels: list[str], problem: Problem) -> tuple[Split, ...]:
        if self.text is not None:
            return tuple(Split(f"{part} of {name}") for part in TEXT_PARTS)
        if self.target is None:
            return tuple(Split(label) for label in labels)
        if problem.task != "multiclass":
            return (Split(f"usual target of {name}"),)
        shown = [_name(problem, at) for at in range(problem.n_classes)]
        return tuple(Split(f"usual share of {each} in {name}") for each in shown)


class ReadableFeatures:
    """All columns for one tree that people read: numbers, levels as yes or no, text lengths.

    Columns of many levels are left out: a rule about them would name an encoding.

    Parameters
    ----------
    parts : sequence of Part
    texts : sequence of str
    """

    def __init__(self, parts: Sequence[Part], texts: Sequence[str]) -> None:
        self.parts = tuple(parts)
        self.splits = (
            *(
                Split(part.label, level="missing" if level is None else repr(level))
                if part.how == "one_hot"
                else Split(part.label)
                for part in parts
                for level in _levels(part)
            ),
            *(Split(f"{part} of {text}") for text in texts for part in TEXT_PARTS),
        )

    def fit_transform(self, table: Table, y: Truth) -> Floats:
        """Return the training rows; nothing is learnt."""
        return self.transform(table)

    def transform(self, table: Table) -> Floats:
        """Return rows with one column for each number and each level."""
        blocks: list[Floats] = [np.zeros((table.n, 0))]
        for at, part in enumerate(self.parts):
            values = table.matrix[:, [at]]
            if part.how == "one_hot":
                blocks.append((values == np.arange(len(part.column.levels))).astype(np.float64))
            elif part.how != "target":
                blocks.append(values)
        blocks += [text_lengths(text) for text in table.texts]
        return np.hstack(blocks)


def _levels(part: Part) -> Sequence[str | None]:
    """Return the levels that a part has a column for; of numbers it is one column alone."""
    if part.how == "one_hot":
        return part.column.levels
    return () if part.how == "target" else (None,)


def _name(problem: Problem, at: int) -> str:
    return problem.names[at] if problem.names else f"class {at}"
