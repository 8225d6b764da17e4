"""All numbers of a report in, the level at which their intervals hold together out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.bias.cells import GroupCells
from assay.bias.measurement import Measurement
from assay.bias.split import FacetTables
from assay.result import Json
from assay.stats.max_t import max_abs_quantile

Floats = NDArray[np.float64]
_JITTER = 1e-10


@dataclass(frozen=True, kw_only=True)
class JointLevel:
    """The level of a single interval so that all of them hold together.

    Parameters
    ----------
    level : float
        Of a single interval; ask `Measurement.ends` for it.
    critical : float
        Standard errors on each side.
    n_numbers : int
        Numbers that have an interval.
    joint : float
        Coverage of all together.
    method : str
    seed : int
    """

    level: float
    critical: float
    n_numbers: int
    joint: float
    method: str
    seed: int = 0

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "level": self.level,
            "critical": self.critical,
            "n_numbers": self.n_numbers,
            "joint": self.joint,
            "method": self.method,
            "seed": self.seed,
        }


def joint_level(
    facets: Sequence[tuple[FacetTables, Sequence[Measurement]]],
    *,
    level: float = 0.95,
    seed: int = 0,
) -> JointLevel:
    """Return how wide each interval must be so that all of a report hold together.

    The numbers of one table of a facet are drawn together, from what each cell (or declared unit)
    adds to them, so that metrics and groups that say the same thing count about once. Different
    tables, different facets, and numbers whose influence is not known count as independent, which
    errs to the safe side.

    Parameters
    ----------
    facets : sequence of (FacetTables, sequence of Measurement)
        Numbers without value or interval are passed over.
    level : float
        Coverage of all together, in (0, 1).
    seed : int

    Returns
    -------
    JointLevel

    Examples
    --------
    >>> joint_level([]).critical
    1.959963984540054
    """
    blocks: list[Floats] = []
    n_alone = 0
    for tables, measurements in facets:
        shown = [each for each in measurements if each.value is not None and each.interval]
        for name, cells in (("cells", tables.cells), ("strata", tables.strata)):
            drawn = [each.influence for each in shown if each.cells_used == name]
            known = [psi for psi in drawn if psi is not None]
            if cells is not None and known:
                blocks.append(scaled_influences(cells, np.stack(known, axis=1)))
                n_alone -= len(known)
        n_alone += len(shown)
    rng = np.random.default_rng(seed)
    found = max_abs_quantile(blocks, level=level, n_alone=n_alone, rng=rng)
    return JointLevel(
        level=found.level,
        critical=found.critical,
        n_numbers=found.n_numbers,
        joint=level,
        method="max-T over all metrics, groups and facets, drawn from their influence",
        seed=seed,
    )


def scaled_influences(cells: GroupCells, influence: Floats) -> Floats:
    """Return a matrix X of which ``X.T @ X`` is the covariance of the numbers.

    Parameters
    ----------
    cells : GroupCells
    influence : ndarray of float, shape (n_cells, n_numbers)

    Returns
    -------
    ndarray of float, shape (n_parts, n_numbers)
        One row a cell; with declared units one a unit, or fewer that say the same.
    """
    units = cells.by_unit
    if units is None:
        return np.sqrt(cells.w2)[:, None] * influence
    from scipy.sparse import csr_array  # noqa: PLC0415 - only with declared units

    shape = (units.n_units, len(cells.n))
    held = csr_array((units.w, (units.unit, units.cell)), shape=shape)
    if units.n_units <= len(cells.n):
        return np.asarray(held @ influence)
    products = (held.T @ held).toarray()
    slack = _JITTER * max(float(np.trace(products)) / len(products), 1e-300)
    root = np.linalg.cholesky(products + slack * np.eye(len(products)))
    return root.T @ influence
