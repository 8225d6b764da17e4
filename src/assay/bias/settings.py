"""What may be said about how bias is measured; every default is here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

MIN_GROUP = 30
N_BINS = 4
FLIP_ROWS = 10_000
Parity = Literal["demographic_parity", "equal_opportunity", "equalized_odds"]


@dataclass(frozen=True, kw_only=True)
class BiasSettings:
    """How bias is measured.

    Parameters
    ----------
    metrics : tuple of str
        Names or acronyms of the metrics that are wanted; () for all that can be computed.
    bins : int
        Groups of about equal size that a number without thresholds is cut into.
    min_group : int
        Rows below which a group is shown and never a finding.
    keep_missing : bool
        Whether rows without a facet value are a group of their own; else they are left out.
    tolerated : mapping
        Metric name → the range that makes no finding, in place of the usual one.
    flip_rows : int
        Most rows of each side that the flip test looks at; 0 leaves it out.
    flip_scale, flip_one_hot : bool
        Whether the flip test scales its features, and whether it reads texts as 0/1 columns.
    parity : {"demographic_parity", "equal_opportunity", "equalized_odds"} or None
        What the trade-off between accuracy and parity is shown for; None leaves it out.
    reweigh : bool
        Whether reweighing weights are worked out.
    level : float
        Coverage of intervals, in (0, 1).
    seed : int
    """

    metrics: tuple[str, ...] = ()
    bins: int = N_BINS
    min_group: int = MIN_GROUP
    keep_missing: bool = False
    tolerated: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    flip_rows: int = FLIP_ROWS
    flip_scale: bool = False
    flip_one_hot: bool = False
    parity: Parity | None = None
    reweigh: bool = False
    level: float = 0.95
    seed: int = 0
