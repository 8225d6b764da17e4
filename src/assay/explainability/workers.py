"""Ask a model in several processes at once; the answers do not depend on how many."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError

Ask = Callable[[Any], Any]
FEWEST = 512
"""Rows below which a piece is not worth a process."""


class Workers:
    """Asks a model about pieces of a batch in processes of their own.

    The model is sent to each process once a piece, so this pays only where a prediction takes
    long. Pieces are put together in the order of the rows.

    Parameters
    ----------
    ask : callable
        Rows → scores; it and the model in it must be picklable.
    n_jobs : int
        Processes; -1 is one a core.

    Raises
    ------
    InputError
        If `n_jobs` means nothing.
    """

    def __init__(self, ask: Ask, n_jobs: int) -> None:
        if isinstance(n_jobs, bool) or not isinstance(n_jobs, int) or n_jobs == 0 or n_jobs < -1:
            msg = f"n_jobs must be a number of processes, or -1 for one a core; found {n_jobs!r}"
            raise InputError(msg)
        from joblib import effective_n_jobs

        self._ask = ask
        self._n_jobs = int(effective_n_jobs(n_jobs))

    def __call__(self, rows: Any) -> NDArray[Any]:  # noqa: ANN401  the model's container
        """Return the scores of rows, in their order."""
        n = len(rows)
        pieces = min(self._n_jobs, max(1, n // FEWEST))
        if pieces == 1:
            return np.asarray(self._ask(rows))
        from joblib import Parallel, delayed

        edges = np.linspace(0, n, pieces + 1).astype(int)
        cut = rows.iloc if hasattr(rows, "iloc") else rows
        found = Parallel(n_jobs=self._n_jobs)(
            delayed(self._ask)(cut[low:high]) for low, high in pairwise(edges.tolist())
        )
        return np.concatenate([np.asarray(each) for each in found])
