"""A model in; its trees with the ways that can explain them out, or why there are none."""

from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.explainability.columnwise import (
    Encoding,
    NotColumnwiseError,
    split_pipeline,
)
from assay.explainability.scores import Scores
from assay.explainability.trees.forest import Forest, UnreadableForestError, matrix_of
from assay.explainability.trees.game import MOST_PLAYERS, ForestGame, players_of
from assay.explainability.trees.patterns import (
    MOST_ON_PATH,
    Paths,
    PatternGame,
    most_on_path,
    paths_of,
)
from assay.explainability.trees.prepared import TOLERANCE, PreparedTrees
from assay.explainability.trees.reading.known import is_tree_model, read_forest
from assay.explainability.trees.reading.scikit_learn import HISTOGRAM
from assay.explainability.trees.ways import (
    NativeContributions,
    OwnPatterns,
    OwnTables,
    ShapTrees,
    Way,
)
from assay.models.native import Native, is_of, raw_scores

Floats = NDArray[np.float64]
Players = Sequence[tuple[int, ...]]
CHECKED = 64
"""Rows on which the scores that are asked for are compared with the raw ones."""
MOST_LEAVES = 300_000


def prepare_trees(
    native: Native | None,
    *,
    rows: Any,  # noqa: ANN401  any container
    players: Sequence[tuple[int, ...]],
    background: Any | None,  # noqa: ANN401
    weights: Floats | None,
    scores: Scores,
    progress: Callable[[int, int], None] | None = None,
) -> PreparedTrees | str:
    """Make a tree ensemble ready, or say why it cannot be explained as one.

    Known are decision trees, random forests, extra trees and both kinds of gradient boosting of
    scikit-learn, LightGBM, XGBoost and CatBoost, also behind steps each of whose outputs comes
    from one column, whose encoded columns are then one player.

    Parameters
    ----------
    native : Native or None
        What is inside the Predictor (`assay.models.native.native_of`).
    rows : table in the model's container
        Some of the rows to explain.
    players : sequence of tuple of int
        Places of the columns of each player.
    background : table in the model's container, or None
        None for the path-dependent value function, which uses the shares of the training rows.
    weights : ndarray or None, shape (n_background,)
        Their sum is 1; None: all alike.
    scores : Scores
        What is explained; it must be the raw score of the trees.
    progress : callable or None
        Told how many trees of how many are done.

    Returns
    -------
    PreparedTrees or str
        The string is a reason, for people.
    """
    if native is None:
        return "the model does not show whether it is made of trees"
    n_columns = rows.shape[1] if len(rows.shape) > 1 else 1
    try:
        last, encoding = _with_own_coding(*split_pipeline(native.model, n_columns))
        if not is_tree_model(last):
            return f"{type(last).__name__} is not known as a sum of trees"
        outputs = _outputs(native, rows[:CHECKED], scores)
        return _prepared(
            Native(**{**vars(native), "model": last}),
            encoding,
            tuple(players),
            background,
            weights,
            scores,
            outputs,
            progress,
        )
    except (NotColumnwiseError, UnreadableForestError) as error:
        return str(error)


def _prepared(
    native: Native,
    encoding: Encoding,
    players: tuple[tuple[int, ...], ...],
    background: Any,  # noqa: ANN401
    weights: Floats | None,
    scores: Scores,
    outputs: Floats,
    progress: Callable[[int, int], None] | None,
) -> PreparedTrees | str:
    encoded = None if background is None else encoding(background)
    count = 1 if encoded is None else encoded.shape[0]
    shares = np.full(count, 1 / count) if weights is None else weights
    owners = encoding.players(players)
    refusals: list[str] = []
    ways: list[Way] = []
    try:
        forest = _read(native, len(outputs))
        if encoded is not None:
            forest, outputs = _only_needed(forest, outputs)
        ready = partial(_native_rows, native)
        matrix = None if encoded is None else matrix_of(ready(encoded), forest.n_features)
        ways += _own_ways(forest, owners, matrix, shares, ready, progress, refusals)
        if matrix is None and _single(owners, forest) and find_spec("shap") is not None:
            order = np.array([columns[0] for columns in owners], dtype=np.intp)
            ways.append(ShapTrees(forest, order, ready))
    except UnreadableForestError as error:
        refusals.append(str(error))
    if encoded is None and not encoding.steps and all(len(each) == 1 for each in owners):
        ways.append(NativeContributions(native, np.array(owners, dtype=np.intp)[:, 0]))
    if not ways:
        return "; ".join(refusals)
    return PreparedTrees(
        scores=scores,
        encoding=encoding,
        ways=ways,
        outputs=outputs,
        background=background,
        n_players=len(owners),
        reason="the score is a sum of trees",
        own=next((way.game for way in ways if isinstance(way, OwnTables)), None),
        refusals=refusals,
    )


def _own_ways(
    forest: Forest,
    owners: Players,
    background: Floats | None,
    weights: Floats,
    ready: Callable[[Any], Any],
    progress: Callable[[int, int], None] | None,
    refusals: list[str],
) -> list[Way]:
    player_of = players_of(owners, forest.n_features)
    paths = [paths_of(tree, player_of) for tree in forest.trees]
    ways: list[Way] = []
    too_deep = _too_deep(paths)
    if too_deep:
        refusals.append(too_deep)
    else:
        tables = ForestGame(forest, player_of, len(owners), background, weights)
        ways.append(OwnTables(tables, ready, progress))
    if background is not None and most_on_path(paths) <= MOST_ON_PATH:
        patterns = PatternGame(forest, paths, len(owners), background, weights)
        ways.append(OwnPatterns(patterns, ready, progress))
    return ways


def _only_needed(forest: Forest, outputs: Floats) -> tuple[Forest, Floats]:
    """Leave out the raw scores that nothing is asked of, where one is enough."""
    needed = np.flatnonzero(outputs.any(axis=1))
    if forest.n_outputs == 1 or len(needed) != 1:
        return forest, outputs
    return forest.only(int(needed[0])), outputs[needed]


def _read(native: Native, n_raw: int) -> Forest:
    forest = read_forest(native)
    if forest.n_outputs != n_raw:
        msg = f"its trees have {forest.n_outputs} raw scores, and {n_raw} were expected"
        raise UnreadableForestError(msg)
    return forest


def _too_deep(paths: Sequence[Paths]) -> str:
    """Say why tables of a forest would be too large; "" where they are not."""
    n_leaves = sum(len(each.leaves) for each in paths)
    if n_leaves > MOST_LEAVES:
        return f"its {n_leaves:,} leaves are too many for tables"
    most = most_on_path(paths)
    if most > MOST_PLAYERS:
        return (
            f"its trees ask about up to {most} columns on the way to a leaf, too many for tables"
        )
    return ""


def _single(owners: tuple[tuple[int, ...], ...], forest: Forest) -> bool:
    """Tell whether shap knows such a game: columns one by one, and no categorical splits."""
    alone = len(owners) == forest.n_features and all(len(columns) == 1 for columns in owners)
    return alone and not any(tree.left_codes for tree in forest.trees)


def _native_rows(native: Native, rows: Any) -> Any:  # noqa: ANN401
    """Return rows as numbers of the trees; CatBoost's own form cannot be looked into."""
    return rows if is_of(native.model, "catboost", "CatBoost") else native.rows(rows)


def _with_own_coding(last: Any, encoding: Encoding) -> tuple[Any, Encoding]:  # noqa: ANN401
    """Return the coding of categories within scikit-learn's histogram boosting as a step."""
    step = getattr(last, "_preprocessor", None)
    if step is None or not is_of(last, "sklearn.ensemble", *HISTOGRAM):
        return last, encoding
    codes = np.asarray(last.is_categorical_, dtype=bool)
    order = np.concatenate([np.flatnonzero(codes), np.flatnonzero(~codes)])
    return last, Encoding((*encoding.steps, step), encoding.sources[order])


def _outputs(native: Native, rows: Any, scores: Scores) -> Floats:  # noqa: ANN401
    """Return what the explained scores are of the raw ones, shape (n_raw, n_outputs).

    Raises
    ------
    UnreadableForestError
        If they are something else.
    """
    ask = raw_scores(native)
    if ask is not None and scores.link != "mean_then_logit":
        wanted = scores(rows, len(rows))
        raw = ask(rows).reshape(len(rows), -1)
        for made in _candidates(raw.shape[1], wanted.shape[1]):
            if np.all(np.abs(raw @ made - wanted) <= TOLERANCE * (1 + np.abs(wanted))):
                return made
    msg = (
        f"what is explained (output {scores.output}) is no sum of its trees, and attributions of "
        "a sum cannot be rescaled to it"
    )
    raise UnreadableForestError(msg)


def _candidates(n_raw: int, n_wanted: int) -> list[Floats]:
    if n_raw == n_wanted:
        return [np.eye(n_raw)]
    if (n_raw, n_wanted) == (1, 2):
        return [np.array([[-1.0, 1.0]])]
    if n_wanted == 1:
        return [np.eye(n_raw)[:, [place]] for place in reversed(range(n_raw))]
    return []
