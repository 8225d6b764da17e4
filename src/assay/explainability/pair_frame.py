"""An explanation in; a line for each row, output and pair of players out."""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from assay.explainability.result import Explanation

_SCHEMA = {
    "row": pl.Int64,
    "output": pl.String,
    "first": pl.String,
    "second": pl.String,
    "value": pl.Float64,
    "standard_error": pl.Float64,
}


def pair_frame(explanation: "Explanation") -> pl.DataFrame:
    """Return the interactions, one line for each row, output and pair of players.

    Columns row, output, first, second, value, standard_error; no line where pairs were not asked
    for. The standard error is 0 where exact, and null where it is not known.
    """
    found, errors = explanation.interactions, explanation.interaction_errors
    first, second = np.triu_indices(len(explanation.players), k=1)
    if found is None or not len(first) or not len(explanation):
        return pl.DataFrame(schema=_SCHEMA)
    n_rows, n_pairs, n_outputs = len(explanation), len(first), len(explanation.outputs)
    names = pl.Series(explanation.players)
    lines = n_rows * n_outputs
    value, error = (
        None if each is None else each[:, first, second].transpose(0, 2, 1).reshape(-1)
        for each in (found, errors)
    )
    return pl.DataFrame(
        {
            "row": np.repeat(np.array(explanation.rows, dtype=np.int64), n_outputs * n_pairs),
            "output": [name for name in explanation.outputs for _ in range(n_pairs)] * n_rows,
            "first": names.gather(np.tile(first, lines)),
            "second": names.gather(np.tile(second, lines)),
            "value": value,
            "standard_error": error,
        },
        schema=_SCHEMA,
    )
