"""All that the numbers of an explanation depend on, as one short text."""

from dataclasses import asdict
from hashlib import blake2b

import numpy as np

from assay.explainability.maskers.table import TableGames
from assay.explainability.rows import to_polars
from assay.explainability.scores import Scores
from assay.explainability.settings import Settings
from assay.result import Json


def plan_of(
    model: object, scores: Scores, settings: Settings, games: TableGames, which: "np.ndarray"
) -> dict[str, Json]:
    """Return what must be the same for finished rows to be used again.

    A model without identity of its own (an object of this process) is known by what it says
    about the background: its scores of all rows and of the background are part of the plan.
    """
    n = len(games.pool)
    nobody = np.arange(n)
    rows = games.pool.mix(np.ones((n, len(games.pool.columns)), dtype=bool), nobody, nobody)
    hashed = blake2b(digest_size=16)
    frame = to_polars(rows)
    hashed.update(frame.hash_rows(seed=0).to_numpy().tobytes())
    hashed.update(repr(frame.schema).encode())
    hashed.update(np.round(scores(rows, n), 9).tobytes())
    hashed.update(games.weights.tobytes())
    hashed.update(np.asarray(which).tobytes())
    told = {k: v for k, v in asdict(settings).items() if k not in ("seconds", "batch_rows")}
    told.pop("limit_predictions")
    hashed.update(repr(sorted(told.items())).encode())
    players = [(player.name, player.columns) for player in games.players]
    hashed.update(repr((players, scores.output, scores.link, scores.outputs)).encode())
    digest = getattr(getattr(model, "info", None), "digest", None)
    return {"key": hashed.hexdigest(), "model": digest}
