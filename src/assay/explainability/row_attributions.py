"""One row's attributions, as an endpoint gives them out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.explainability.shapley.attributed import Floats
from assay.result import Json


@dataclass(frozen=True, kw_only=True, eq=False)
class RowAttributions:
    """Attributions of one row, without what an Explanation says of many.

    Parameters
    ----------
    values : ndarray, shape (n_players, n_outputs)
    standard_errors : ndarray or None, shape (n_players, n_outputs)
        Of the choice of coalitions; 0 where the values are exact, None where no error is known.
    base_values, predictions : ndarray, shape (n_outputs,)
    players, outputs : tuple of str
    output : {"raw", "probability", "log_odds"}
    method : str
    exact, converged : bool
        Whether the values are exact, and whether they are as precise as was asked.
    calls : int
        Coalitions that were evaluated.
    """

    values: Floats
    standard_errors: Floats | None
    base_values: Floats
    predictions: Floats
    players: tuple[str, ...]
    outputs: tuple[str, ...]
    output: str
    method: str
    exact: bool
    converged: bool
    calls: int = 0

    @property
    def additivity_error(self) -> float:
        """Largest |base + sum of attributions - prediction| over outputs."""
        gaps: NDArray[np.float64] = self.base_values + self.values.sum(axis=0) - self.predictions
        return float(np.abs(gaps).max(initial=0.0))

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; passes ``json.dumps(..., allow_nan=False)``."""
        errors = self.standard_errors
        return {
            "output": self.output,
            "method": self.method,
            "exact": self.exact,
            "converged": self.converged,
            "calls": self.calls,
            "outputs": [
                {
                    "output": name,
                    "base": float(self.base_values[at]),
                    "prediction": float(self.predictions[at]),
                    "attributions": {
                        player: float(self.values[place, at])
                        for place, player in enumerate(self.players)
                    },
                    "standard_errors": None
                    if errors is None
                    else {
                        player: float(errors[place, at])
                        for place, player in enumerate(self.players)
                    },
                }
                for at, name in enumerate(self.outputs)
            ],
        }
