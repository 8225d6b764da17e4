"""The steps of one item, or the item as a whole, as games for the common estimator."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.explainability.maskers.series import Floats, Mask
from assay.explainability.series.asking import Asking, ItemGame
from assay.explainability.series.walk import Step
from assay.explainability.shapley.games import Coalitions


@dataclass(eq=False)
class StepGames:
    """One game for each of some blocks with equally many players; see `Games`.

    Parameters
    ----------
    steps : sequence of Step
    game : ItemGame
        Whose horizon is known.
    asking : Asking
    """

    steps: Sequence[Step]
    game: ItemGame
    asking: Asking

    @property
    def n_rows(self) -> int:
        """How many blocks there are."""
        return len(self.steps)

    @property
    def n_players(self) -> int:
        """How many players each has."""
        return len(self.steps[0].players)

    @property
    def n_outputs(self) -> int:
        """How many steps ahead are forecast."""
        assert self.game.horizon is not None
        return self.game.horizon

    @property
    def noise(self) -> Floats:
        """Variance between identical calls: none is assumed, since repeats are asked once."""
        return np.zeros(self.n_outputs)

    def varying(self) -> Mask:
        """Tell which players differ from at least one filling."""
        varies = self.game.varies
        return np.array(
            [[bool(varies[cells].any()) for cells in step.cells] for step in self.steps]
        )

    def values(self, rows: NDArray[np.intp], coalitions: Coalitions) -> Floats:
        """Return the value of each coalition in each block."""
        masks = np.concatenate([self.steps[row].masks(coalitions) for row in rows])
        made = self.asking.values([(self.game, masks)])[0]
        return made.reshape(len(rows), len(coalitions), self.n_outputs)
