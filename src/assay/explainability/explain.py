"""Why a model gives rows their scores: one call from model and rows to attributions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from assay.errors import InputError
from assay.explainability.asking import predictor_of, scores_of
from assay.explainability.background import KINDS, Background, summarize_background
from assay.explainability.background_error import measure_background
from assay.explainability.checks import check_background, check_codes, check_players
from assay.explainability.correlated import correlated_groups
from assay.explainability.explainer import Explainer
from assay.explainability.players import make_players
from assay.explainability.pool import pool_rows
from assay.explainability.result import Explanation
from assay.explainability.rows import rows_for, weights_of
from assay.explainability.settings import Settings
from assay.explainability.workers import Workers
from assay.models.predictor import ClassLabel


def explain(
    model: Any,  # noqa: ANN401  an estimator, a function or a Predictor
    rows: Any,  # noqa: ANN401  Dataset, frame or array
    *,
    background: Any = None,  # noqa: ANN401  likewise, or how to sum up the rows
    output: str | None = None,
    link: str | None = None,
    method: str = "auto",
    value_function: str = "interventional",
    players: Mapping[str, Sequence[str]] | None = None,
    weights: Any = None,  # noqa: ANN401  array
    calls: int | None = None,
    tolerance: float | None = 0.01,
    settle_top: int | None = None,
    seconds: float | None = None,
    limit_predictions: int | None = None,
    interactions: bool = False,
    classes: Sequence[ClassLabel] | None = None,
    positive: ClassLabel | None = None,
    batch_rows: int | None = None,
    n_jobs: int = 1,
    level: float = 0.95,
    seed: int = 0,
    keep: str | Path | None = None,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> Explanation:
    """Attribute the scores of rows to the columns: Shapley values against a background.

    The value of a set of columns is the mean score of the background rows with those columns set
    to the explained row's values; a column's attribution is what it adds to that, averaged over
    all orders in which columns can be set. Attributions of a row sum to its score less the
    background's.

    Parameters
    ----------
    model : object
        A fitted estimator, booster, network, what `load_model` returns, or a function from rows
        to scores of shape (n_rows,) or (n_rows, n_outputs).
    rows : Dataset, pandas or Polars frame, or ndarray of shape (n_rows, n_columns)
        What is explained; the columns that the model reads. A single row may be of one dimension.
    background : as `rows`, or str, or int, or None
        What stands in for columns that are switched off. A table of more than 100 rows is summed
        up in 50 (k-means of numbers, medoids otherwise); "kmeans", "medoids", "sample",
        "median", "zero", "all" or a number says how to sum up `rows` themselves, and a pair of a
        table and one of these how to sum up that table.
    output : {"raw", "probability", "log_odds"} or None
        None: the probability of a classifier that has one, else what the model gives.
    link : {"mean_then_logit", "logit_then_mean"} or None
        With log-odds: of the mean over the background, or of each prediction.
    method : {"auto", "kernel", "exact", "linear", "trees", "gradients"}
        "auto" takes linear and tree models apart where that is exact, and tries coalitions of
        columns otherwise; the choice and its reason are in the result.
    value_function : {"interventional", "path_dependent"}
        For trees: the background's values, or the train rows' shares in the branches.
    players : mapping of str to sequence of str, or None
        Name → columns that are switched together.
    weights : array or None, shape (n_background,)
        Of the rows of a background that is given; None takes those of a Dataset. What is summed
        up over rows weighs them as the Dataset of `rows` does.
    calls : int or None
        Coalitions a row at most, each evaluated on the whole background; None: 256 up to 16
        columns, 512 up to 32, then 16 a column, at most 4,096.
    tolerance : float or None
        Stop for a row when its largest standard error is at most this share of the sum of its
        absolute attributions; None spends all calls.
    settle_top : int or None
        Stop when the order of so many largest attributions is settled.
    seconds : float or None
        Stop after that long, with what is finished.
    limit_predictions : int or None
        Hard limit of what the model is asked.
    interactions : bool
        Attribute pairs as well, from the same calls.
    classes : sequence or None
        Names of the outputs of a function.
    positive : bool, int, float, str or None
        The positive class of two; None takes the second.
    batch_rows : int or None
        Rows handed to the model at once.
    n_jobs : int
        Processes in which the model is asked; -1 is one a core. The numbers stay the same.
    level : float
        Coverage of intervals made of this.
    seed : int
        Of the choice of coalitions and of the background's summary.
    keep : path or None
        Folder for finished rows: the same call goes on from there after it was stopped.
    progress : callable or None
        Called with (stage, done, total).

    Returns
    -------
    Explanation

    Raises
    ------
    InputError
        If the columns of rows and background differ, a setting means nothing, or the method does
        not fit the model.
    ModelError
        If the model fails or gives something that is no number.

    Examples
    --------
    >>> import numpy as np
    >>> rows = np.array([[1.0, 2.0, 3.0]])
    >>> found = explain(lambda X: X[:, 0] * X[:, 1] + X[:, 2], rows, background=np.zeros((1, 3)))
    >>> found.values[0, :, 0].round(6).tolist(), found.method
    ([1.0, 1.0, 3.0], 'enumeration')
    """
    settings = Settings(
        method=method,
        value_function=value_function,
        players=players,
        calls=calls,
        tolerance=tolerance,
        settle_top=settle_top,
        seconds=seconds,
        limit_predictions=limit_predictions,
        interactions=interactions,
        batch_rows=batch_rows,
        seed=seed,
        level=level,
    )
    predictor = predictor_of(model)
    given = rows_for(predictor, rows)
    filling = rows_for(predictor, _background_of(given, background), what="the background")
    pool_rows([given[:1], filling[:1]])  # the model is not asked before both go together
    explainer = prepare_explainer(
        predictor,
        filling,
        summary=_kind_of(background),
        weights=weights_of(_background_of(rows, background)) if weights is None else weights,
        source="the explained rows" if _is_kind(background) else "",
        output=output,
        link=link,
        classes=classes,
        positive=positive,
        n_jobs=n_jobs,
        settings=settings,
    )
    made = explainer.explain(given, keep=keep, progress=progress)
    own = weights_of(rows)
    return made if own is None else replace(made, row_weights=own[list(made.rows)])


def prepare_explainer(
    model: Any,  # noqa: ANN401  as in `explain`
    background: Any,  # noqa: ANN401  Dataset, frame, array or Background
    *,
    summary: str | int = "auto",
    n_background: int | None = None,
    weights: Any = None,  # noqa: ANN401  array
    source: str = "",
    output: str | None = None,
    link: str | None = None,
    classes: Sequence[ClassLabel] | None = None,
    positive: ClassLabel | None = None,
    n_jobs: int = 1,
    settings: Settings | None = None,
) -> Explainer:
    """Prepare a model to be explained row by row: scale, background and players are settled once.

    Parameters
    ----------
    model, output, link, classes, positive, n_jobs
        As in `explain`.
    background : Dataset, frame, array or Background
        The rows that stand in for what is switched off.
    summary : str or int
        How many rows are summed up in few; see `summarize_background`.
    n_background : int or None
        In how many; None is 50.
    weights : array or None, shape (n_rows,)
        Of the background rows; None takes those of a Dataset.
    source : str
        Where they are from, for people.
    settings : Settings or None

    Returns
    -------
    Explainer

    Raises
    ------
    InputError
        If the model has no such output, or the background cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> ready = prepare_explainer(lambda X: X @ [1.0, 2.0], np.zeros((1, 2)))
    >>> ready.explain([[3.0, 4.0]] @ np.eye(2)).values[0, :, 0].tolist()
    [3.0, 8.0]
    """
    if not isinstance(settings, Settings | None):
        msg = f"settings must be Settings(...), not {type(settings).__name__}"
        raise InputError(msg)
    asked = settings or Settings()
    predictor = predictor_of(model)
    rows = None
    if not isinstance(background, Background):
        rows = rows_for(predictor, background, what="the background")
        weights = weights_of(background) if weights is None else weights
        background = summarize_background(
            rows, summary, n=n_background, weights=weights, seed=asked.seed
        )
    scores = scores_of(
        predictor, background.rows, output=output, link=link, classes=classes, positive=positive
    )
    if n_jobs != 1:
        scores = replace(scores, ask=Workers(scores.ask, n_jobs))
    columns = pool_rows([background.rows]).columns
    players = make_players(columns, asked.players)
    error, notes = None, check_background(background)
    if rows is not None:
        error = measure_background(background, rows, scores, weights=weights, seed=asked.seed)
        groups = correlated_groups(rows, seed=asked.seed)
        notes = (
            *check_background(background, error),
            *check_codes(rows, background),
            *check_players(groups, players, columns),
        )
    return Explainer(
        model=predictor,
        scores=scores,
        background=background,
        summary=background.summary(
            source or "the background that was given", None if error is None else error.share
        ),
        players=players,
        settings=asked,
        stands_for=rows,
        notes=notes,
    )


def _is_kind(background: object) -> bool:
    return background is None or isinstance(background, str | int)


def _background_of(rows: Any, background: Any) -> Any:  # noqa: ANN401
    if _is_kind(background):
        if isinstance(background, str) and background not in KINDS:
            msg = f"unknown background {background!r}; give a table, or one of: {', '.join(KINDS)}"
            raise InputError(msg)
        return rows
    if isinstance(background, tuple):
        if len(background) != 2:
            msg = (
                "a pair as background is of a table and how to sum it up, for example "
                f"(train, 'medoids'); found {len(background)} things"
            )
            raise InputError(msg)
        return background[0]
    return background


def _kind_of(background: Any) -> str | int:  # noqa: ANN401
    told = background[1] if isinstance(background, tuple) else background
    return told if isinstance(told, str | int) else "auto"
