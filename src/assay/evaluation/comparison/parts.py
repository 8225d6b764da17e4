"""Judged rows in; what their independent parts (rows, groups, blocks) add up to out."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from assay.evaluation.judged import Codes, Floats, JudgedRows
from assay.stats.sums import sums_by


@dataclass(frozen=True, eq=False)
class Parts:
    """What is redrawn: single rows, or the units that were declared.

    Parameters
    ----------
    rows : JudgedRows
    """

    rows: JudgedRows

    @cached_property
    def code(self) -> Codes | None:
        """Unit of each row, 0 to `n` - 1 without gaps; None where rows are independent."""
        if self.rows.unit is None:
            return None
        return np.unique(self.rows.unit, return_inverse=True)[1].astype(np.int64)

    @cached_property
    def n(self) -> int:
        """Independent parts."""
        if self.code is None:
            return self.rows.n
        return int(self.code.max()) + 1 if len(self.code) else 0

    @property
    def kind(self) -> str:
        """What a part is: "row", "group" or "block"."""
        return "row" if self.rows.unit is None else self.rows.unit_kind

    @cached_property
    def weight(self) -> Floats:
        """Weight of each row, 1 where rows are not weighted; shape (n_rows,)."""
        return np.ones(self.rows.n) if self.rows.weight is None else self.rows.weight

    @cached_property
    def total_weight(self) -> float:
        """Weight of all rows."""
        return float(self.weight.sum())

    def totals(self, *columns: Floats) -> Floats:
        """Return the weighted sums of columns within each part, shape (n_parts, n_columns).

        Examples
        --------
        >>> rows = JudgedRows(task="regression", truth=np.zeros(3), unit=np.array([7, 7, 9]))
        >>> Parts(rows).totals(np.array([1.0, 2.0, 3.0])).tolist()
        [[3.0], [3.0]]
        """
        weighted = self.rows.weight is not None
        held = [column * self.weight if weighted else column for column in columns]
        if self.code is not None:
            held = [sums_by(self.code, column, self.n) for column in held]
        return np.column_stack(held)
