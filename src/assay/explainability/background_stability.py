"""A prepared explainer and rows in; how far the order of players rests on its background out."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.explainability.background import Background
from assay.explainability.explainer import Explainer
from assay.explainability.rank_stability import (
    RankStability,
    Redraw,
    stability_of_games,
    stability_over_background,
)
from assay.explainability.rows import take_rows, weights_of

Floats = NDArray[np.float64]
Progress = Callable[[str, int, int | None], None]
STAGE = "Explaining on other backgrounds"


def rank_stability(
    explainer: Explainer,
    rows: Any,  # noqa: ANN401  Dataset, frame or array
    *,
    output: str | None = None,
    redraw: Redraw = "bootstrap",
    n_draws: int | None = None,
    top: int = 5,
    agg: str = "mean_abs",
    row_weights: Floats | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> RankStability:
    """Say how far the order of importance rests on which background rows were chosen.

    The bootstrap explains the rows against each background row alone, which together asks the
    model as much as one explanation, and redraws these attributions 1,000 times: attributions
    against a background are the weighted mean of those against its rows. Where they are not (the
    logit of a mean), and for halves, the rows are explained again for each redraw.

    Parameters
    ----------
    explainer : Explainer
        Of two background rows or more.
    rows : Dataset, pandas or Polars frame, or ndarray
    output : str or None
        None is the first.
    redraw : {"bootstrap", "halves"}
        Rows drawn with replacement, or random halves of the background.
    n_draws : int or None
        Redraws; None makes 1,000 of attributions against single rows, else 20, and 5 splits into
        halves.
    top : int
        How many leading players are looked at.
    agg : {"mean_abs", "median", "mean_sq", "mean", "median_abs"}
    row_weights : ndarray or None, shape (n_rows,)
        What each explained row counts; None takes those of a Dataset.
    seed : int
    progress : callable or None
        Called with (stage, explanations done, all or None).

    Returns
    -------
    RankStability

    Raises
    ------
    InputError
        If there are fewer than two background rows, or no such output.
    ModelError
        If the model fails.
    KeyboardInterrupt
        If somebody stops it: an order of half the rows would say nothing.

    Examples
    --------
    >>> from assay.explainability.explain import prepare_explainer
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(30, 2)) * np.array([10.0, 1.0])
    >>> explainer = prepare_explainer(lambda rows: rows.sum(axis=1), X)
    >>> rank_stability(explainer, X[:5]).players[0].player
    'x0'
    """
    background = explainer.background
    if len(background) < 2:
        msg = f"the background has {len(background)} row(s); redrawing it takes two or more"
        raise InputError(msg)
    names = explainer.scores.outputs
    if output is not None and output not in names:
        msg = f"no output {output!r}; the model has: {', '.join(names)}"
        raise InputError(msg)
    place = 0 if output is None else names.index(output)
    about: dict[str, Any] = {
        "output_name": names[place],
        "top": top,
        "agg": agg,
        "row_weights": weights_of(rows) if row_weights is None else row_weights,
        "seed": seed,
        "level": explainer.settings.level,
    }
    players = [each.name for each in explainer.players]
    if redraw == "bootstrap" and explainer.scores.link != "mean_then_logit":
        singles = _single_rows(explainer, rows, place, progress)
        draws = {} if n_draws is None else {"n_draws": n_draws}
        return stability_of_games(singles, background.weights, players, **draws, **about)
    done = 0

    def explain_with(weights: Floats) -> Floats:
        nonlocal done
        if progress is not None:
            progress(STAGE, done, None)
        done += 1
        return _values(explainer, rows, replace(background, weights=weights), place)

    return stability_over_background(
        explain_with, background.weights, players, redraw=redraw, n_draws=n_draws, **about
    )


def _single_rows(
    explainer: Explainer,
    rows: Any,  # noqa: ANN401
    place: int,
    progress: Progress | None,
) -> Floats:
    """Return attributions against each background row, (n_background, n_rows, n_players, 1)."""
    background = explainer.background
    found: list[Floats] = []
    for at in range(len(background)):
        if progress is not None:
            progress(STAGE, at, len(background))
        row = take_rows(background.rows, np.array([at]))
        single = Background(rows=row, weights=np.ones(1), kind="given", n_from=1)
        found.append(_values(explainer, rows, single, place))
    return np.stack(found)


def _values(explainer: Explainer, rows: Any, background: Background, place: int) -> Floats:  # noqa: ANN401
    ready = explainer.with_background(background)
    made = ready.explain(rows)
    if ready.interrupt is not None:
        raise ready.interrupt
    return made.values[:, :, place : place + 1]
