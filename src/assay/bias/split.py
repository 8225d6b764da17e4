"""One group against the rest, or against another group, in the small tables of a facet."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from assay.bias.cells import Flags, GroupCells

if TYPE_CHECKING:
    from assay.bias.facet_flip import FlippedAnswers
    from assay.bias.flip_test_sample import FlipRows
    from assay.bias.group_numbers import GroupNumbers
    from assay.bias.group_scores import GroupScores


@dataclass(frozen=True, kw_only=True, eq=False)
class FacetTables:
    """All that the metrics of one facet are made from; None where it is not there.

    Parameters
    ----------
    groups : tuple of str
    cells : GroupCells
        By group, label and prediction.
    strata : GroupCells or None
        The same by the group variable as well.
    why_no_strata : str
        Why `strata` is not there, where a group variable was named.
    scores : GroupScores or None
        Scores by group and label.
    numbers : GroupNumbers or None
        Sums of per-row quantities by group.
    rows : FlipRows or None
        Sampled rows with their features, for the flip test.
    answers : FlippedAnswers or None
        What the model says of sampled rows when the facet is changed.
    seed : int
        For the metrics that draw.
    """

    groups: tuple[str, ...]
    cells: GroupCells
    strata: GroupCells | None = None
    why_no_strata: str = ""
    scores: "GroupScores | None" = None
    numbers: "GroupNumbers | None" = None
    rows: "FlipRows | None" = None
    answers: "FlippedAnswers | None" = None
    seed: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Split:
    """Facet d (the group that is asked about) and facet a (what it is compared with).

    Parameters
    ----------
    tables : FacetTables
    group : ndarray of bool, shape (n_groups,)
        Which groups make up facet d.
    rest : ndarray of bool, shape (n_groups,)
        Which groups make up facet a; the two do not overlap.
    group_name, rest_name : str
        For reasons and warnings.

    Examples
    --------
    >>> cells = GroupCells.from_counts(["a", "d"], [[[20, 10], [5, 65]], [[18, 5], [7, 20]]])
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells), "d")
    >>> int(cells.n[split.in_group(cells)].sum()), int(cells.n[split.in_rest(cells)].sum())
    (50, 100)
    """

    tables: FacetTables
    group: NDArray[np.bool_]
    rest: NDArray[np.bool_]
    group_name: str
    rest_name: str = "the rest"
    cache: dict[str, object] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, tables: FacetTables, group: str, versus: str | None = None) -> "Split":
        """Compare one group with all others, or with one other."""
        names = np.array(tables.groups)
        inside = names == group
        rest = ~inside if versus is None else names == versus
        return cls(
            tables=tables,
            group=inside,
            rest=rest,
            group_name=group,
            rest_name="the rest" if versus is None else versus,
        )

    def in_group(self, cells: GroupCells) -> Flags:
        """Return which cells belong to facet d, shape (n_cells,)."""
        return self.group[cells.group]

    def in_rest(self, cells: GroupCells) -> Flags:
        """Return which cells belong to facet a, shape (n_cells,)."""
        return self.rest[cells.group]
