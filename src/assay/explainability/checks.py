"""What makes attributions mislead: what was seen, why it matters, what to do."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.explainability.background import Background
from assay.explainability.background_error import BackgroundError
from assay.explainability.correlated import CorrelatedGroup
from assay.explainability.maskers.table import TableGames
from assay.explainability.players import Player
from assay.explainability.pool import pool_rows
from assay.explainability.scores import CLIP
from assay.result import Finding

Floats = NDArray[np.float64]
FEW_BACKGROUND = 10
MOST_ERROR, BAD_ERROR = 0.02, 0.1
"""Shares of the range of scores. Fifty rows that were chosen well differ by 1 to 5 %, which is
worth saying and no more."""
MOST_EXTRAPOLATION = 0.5
CODES = 3, 20
NAMED = 5
ADDITIVE, NOT_ADDITIVE = 0.02, 0.2
"""Share of the sum of effects that interactions may have in log-odds, and must have in
probabilities, to say that log-odds add up."""
ADDITIVE_ROWS = 8
ADDITIVE_BACKGROUND = 3


def check_background(
    background: Background, error: BackgroundError | None = None
) -> tuple[Finding, ...]:
    """Tell of a background that is too small, or whose mean score is off.

    Parameters
    ----------
    background : Background
    error : BackgroundError or None
        See `measure_background`; a difference that the sample of rows explains is none.
    """
    return (*_size(background), *_error(background, error))


def _size(background: Background) -> tuple[Finding, ...]:
    n = len(background)
    if n >= FEW_BACKGROUND:
        return ()
    if n == 1:
        return (
            Finding(
                rule="single_row_background",
                severity="info",
                message=f"The background is a single row ({background.kind}).",
                evidence={"n_rows": 1, "kind": background.kind},
                cause="All that is switched off has one and the same value.",
                advice="Read attributions as a comparison with this row; interactions look larger "
                "than against many rows: background='kmeans' or 'sample'.",
            ),
        )
    return (
        Finding(
            rule="small_background",
            severity="warning",
            message=f"The background has {n} rows, fewer than {FEW_BACKGROUND}.",
            evidence={"n_rows": n, "kind": background.kind},
            cause="Attributions depend on which rows these happen to be.",
            advice="Give more rows, for example those that the model was fitted on: "
            "background=X_train.",
        ),
    )


def _error(background: Background, error: BackgroundError | None) -> tuple[Finding, ...]:
    if error is None or background.kind in ("median", "zero"):
        return ()
    sure = error.share - 2 * error.standard_error
    if sure <= MOST_ERROR:
        return ()
    return (
        Finding(
            rule="background_off",
            severity="warning" if sure > BAD_ERROR else "info",
            message=f"The background's mean score differs from that of {error.n_rows:,} rows that "
            f"it stands for by {error.share:.1%} of the range of scores.",
            evidence={"share": error.share, "standard_error": error.standard_error},
            cause=f"{len(background)} rows do not stand for the others as the model sees them.",
            advice=f"Take more rows: background={4 * len(background)}, or 'sample'; every "
            "attribution is relative to that mean.",
        ),
    )


def check_rows(
    varying: NDArray[np.bool_],
    predictions: Floats,
    base: Floats,
    values: Floats,
    rows: Sequence[int] | None = None,
) -> tuple[Finding, ...]:
    """Tell of rows that equal the background, and of scores that never change.

    Parameters
    ----------
    varying : ndarray of bool, shape (n_rows, n_players)
        See `Games.varying`.
    predictions, base : ndarrays, shape (n_rows, n_outputs)
    values : ndarray, shape (n_rows, n_players, n_outputs)
    rows : sequence of int or None
        The rows' places in their table.
    """
    same = np.flatnonzero(~varying.any(axis=1))
    if len(same) and varying.shape[1]:
        places = range(len(varying)) if rows is None else rows
        alone = len(varying) == 1
        which = "The explained row equals" if alone else f"{len(same):,} of the rows equal"
        return (
            Finding(
                rule="row_equals_background",
                severity="warning",
                message=f"{which} the background in everything that is switched.",
                where={"rows": [int(places[int(at)]) for at in same[:NAMED]]},
                evidence={"n_rows": len(same), "rows": len(varying)},
                cause="Switching a value to an equal one changes nothing, so all attributions are "
                "0 whatever the model does.",
                advice="Compare with other rows: background=X_train.",
            ),
        )
    scores = np.concatenate([predictions, base])
    if not len(predictions):
        return ()
    size = 1e-9 * (1 + np.abs(scores).max())
    if np.ptp(scores, axis=0).max(initial=0.0) > size or np.abs(values).max(initial=0.0) > size:
        return ()
    return (
        Finding(
            rule="score_constant",
            severity="warning",
            message=f"The model gives {scores[0, 0]:.4g} to every row and to the background.",
            evidence={"score": float(scores[0, 0]), "rows": len(predictions)},
            cause="The score does not depend on what was switched: the model is constant here, "
            "or its answer is rounded or cut off.",
            advice="Explain a finer scale where there is one: output='raw' or 'log_odds'; else "
            "look whether the columns reach the model.",
        ),
    )


def check_extrapolation(share: float | None) -> tuple[Finding, ...]:
    """Tell of masked rows that are unlike the data, see `extrapolation_share`."""
    if share is None or share <= MOST_EXTRAPOLATION:
        return ()
    return (
        Finding(
            rule="explained_by_unlikely_rows",
            severity="warning",
            message=f"{share:.0%} of the rows that the model was asked about lie further from the "
            "data than 99 % of the data do.",
            evidence={"share": share},
            cause="Columns that go together were switched one by one, and nobody knows whether "
            "the model is right where no data are.",
            advice="Join columns that go together: players={'name': ['column', …]}; look at "
            "single columns by measure_dependence(model, X, column, kind='ale').",
        ),
    )


def check_players(
    groups: Sequence[CorrelatedGroup], players: Sequence[Player], columns: Sequence[str]
) -> tuple[Finding, ...]:
    """Tell of correlated columns that are switched one by one, see `correlated_groups`."""
    owner = {columns[place]: player.name for player in players for place in player.columns}
    split = [
        group
        for group in groups
        if len({owner[name] for name in group.columns if name in owner}) > 1
    ]
    if not split:
        return ()
    told = ["[" + ", ".join(map(repr, group.columns)) + "]" for group in split[:NAMED]]
    more = f" and {len(split) - NAMED} more groups" if len(split) > NAMED else ""
    return (
        Finding(
            rule="correlated_players",
            severity="info",
            message=f"Columns that say nearly the same are switched one by one: "
            f"{', '.join(told)}{more}.",
            where={"columns": [name for group in split[:NAMED] for name in group.columns]},
            evidence={"n_groups": len(split), "strongest": max(g.strongest for g in split)},
            cause="|Spearman| or Cramér's V is 0.9 or more: which of them gets the credit depends "
            "on which one the model happens to read.",
            advice=f"Switch them together: players=[{', '.join(told)}].",
        ),
    )


def check_codes(rows: Any, background: Background) -> tuple[Finding, ...]:  # noqa: ANN401
    """Tell of whole numbers with few values that were averaged as numbers and may be codes.

    Parameters
    ----------
    rows : pandas or Polars frame, or ndarray
        The rows that the background stands for.
    background : Background
        Only k-means averages numbers.
    """
    if background.kind != "kmeans":
        return ()
    pool = pool_rows([rows])
    found = []
    for place, name in enumerate(pool.columns):
        column = pool.numbers(place)
        if column is None or pool.is_time(place):
            continue
        known = np.unique(column[np.isfinite(column)])
        if CODES[0] <= len(known) <= CODES[1] and (known == np.round(known)).all():
            found.append(name)
    if not found:
        return ()
    shown = ", ".join(map(repr, found[:NAMED])) + ("" if len(found) <= NAMED else ", …")
    said = "has few values, all whole: it was taken for a quantity"
    if len(found) > 1:
        said = "have few values, all whole: they were taken for quantities"
    return (
        Finding(
            rule="codes_taken_for_numbers",
            severity="info",
            message=f"{shown} {said}.",
            where={"columns": list(found[:NAMED])},
            evidence={"n_columns": len(found)},
            cause="If they are codes of categories, a cluster's mean of them means nothing.",
            advice="If they are codes, make them text or categories, or take "
            "background='medoids'.",
        ),
    )


def check_scale(games: TableGames) -> tuple[Finding, ...]:
    """Tell where probabilities are explained and the model adds up in log-odds.

    Each player alone, all and none of them are switched on against three background rows, for up
    to eight rows: where single effects sum to the whole in log-odds and do not in probabilities,
    attributions of log-odds say more.

    Parameters
    ----------
    games : TableGames
        Of probabilities; nothing is asked for others.

    Raises
    ------
    ModelError
        If the model fails.
    """
    if games.scores.output != "probability" or games.n_players < 2 or not games.n_rows:
        return ()
    share = _interaction_shares(games)
    if share["log_odds"] > ADDITIVE or share["probability"] < NOT_ADDITIVE:
        return ()
    return (
        Finding(
            rule="log_odds_add_up",
            severity="info",
            message="The model adds up its columns in log-odds, and probabilities are explained.",
            evidence={f"interactions_{scale}": value for scale, value in share.items()},
            cause="Near 0 and 1 the same effect moves a probability less, so a column's "
            "attribution depends on what the others are.",
            advice="Explain log-odds, where each column has one effect whatever the others are: "
            "output='log_odds'.",
        ),
    )


def _interaction_shares(games: TableGames) -> dict[str, float]:
    """Return for both scales what single effects miss of the whole, as a share of their sum."""
    n = games.n_players
    some = np.flatnonzero(games.weights > 0)
    chosen = some[np.linspace(0, len(some) - 1, min(ADDITIVE_BACKGROUND, len(some))).astype(int)]
    rows = np.arange(min(ADDITIVE_ROWS, games.n_rows))
    on = np.concatenate([np.eye(n, dtype=bool), np.zeros((1, n), bool), np.ones((1, n), bool)])
    gaps = {"probability": 0.0, "log_odds": 0.0}
    sums = dict(gaps)
    for place in chosen:
        only = (np.arange(len(games.weights)) == place).astype(np.float64)
        probability = replace(games, weights=only, progress=None).values(rows, on)
        held = np.clip(probability, CLIP, 1 - CLIP)
        for scale, values in (("probability", held), ("log_odds", np.log(held / (1 - held)))):
            effects = values[:, :n] - values[:, n : n + 1]
            whole = values[:, n + 1] - values[:, n]
            gaps[scale] += float(np.abs(effects.sum(axis=1) - whole).sum())
            sums[scale] += float(np.abs(effects).sum())
    return {scale: gaps[scale] / sums[scale] if sums[scale] else 0.0 for scale in gaps}
