"""What rules may look at when they advise: the numbers of one evaluation, nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from assay.evaluation.deciles import Lean
from assay.evaluation.result import MetricResult
from assay.evaluation.threshold import Threshold
from assay.result import Estimate
from assay.tables.cube import Level
from assay.tables.curves import ConfusionTable


@dataclass(frozen=True, kw_only=True, eq=False)
class Facts:
    """The numbers of one evaluation.

    Parameters
    ----------
    task : str
    classes : tuple
        For binary the negative one first.
    positive : bool, int, float, str or None
    metrics : tuple of MetricResult
    n : int
        Rows.
    class_rows : tuple of int
        Rows of each class.
    class_shares : tuple of float
        Share of the weight of each class.
    given_rows : tuple of int
        Where a row may have many labels: the rows that are given each; () without answers.
    confusion : ConfusionTable or None
    threshold : Threshold or None
    score_levels : int or None
        Distinct scores; None without scores.
    exact_scores : bool
        False when scores were gathered in bins.
    n_features : int or None
    quantile : float or None
        Which quantile predicted numbers are; None where they are means.
    leans : tuple of Lean
        Tenths of the predictions that are too high or too low.
    miscalibrated : mapping of str to float
        Label → p value of the test that its scores are probabilities, where rows may have many.
    numbers : mapping of str to float
        Others, for example the kurtosis of the residuals.
    """

    task: str
    classes: tuple[Level, ...] = ()
    positive: Level = None
    metrics: tuple[MetricResult, ...] = ()
    n: int = 0
    class_rows: tuple[int, ...] = ()
    class_shares: tuple[float, ...] = ()
    given_rows: tuple[int, ...] = ()
    confusion: ConfusionTable | None = None
    threshold: Threshold | None = None
    score_levels: int | None = None
    exact_scores: bool = True
    n_features: int | None = None
    quantile: float | None = None
    leans: tuple[Lean, ...] = ()
    miscalibrated: Mapping[str, float] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)

    def get(self, name: str, *, label: str | None = None) -> Estimate | None:
        """Return a metric's estimate where it has a value, else None."""
        for found in self.metrics:
            if found.name == name and (label is None or found.label == label):
                return found.estimate if found.estimate.value is not None else None
        return None

    @property
    def majority(self) -> tuple[Level, float]:
        """The most frequent class and its share of the weight."""
        at = max(range(len(self.classes)), key=lambda place: self.class_shares[place])
        return self.classes[at], self.class_shares[at]

    @property
    def rarest(self) -> tuple[Level, float, int]:
        """The rarest class that occurs, its share of the weight, and its rows."""
        present = [place for place, rows in enumerate(self.class_rows) if rows]
        at = min(present, key=lambda place: self.class_shares[place])
        return self.classes[at], self.class_shares[at], self.class_rows[at]

    @property
    def imbalanced(self) -> bool:
        """Whether accuracy says little because classes differ in size.

        Binary: the rarer has less than 20 %. More classes: the largest is more than five times
        the smallest, or that has less than 10 % (with more than five classes: less than half of
        an even share).
        """
        _, least, _ = self.rarest
        if self.task == "binary":
            return least < 0.2
        return self.majority[1] > 5 * least or least < min(0.1, 0.5 / len(self.classes))
