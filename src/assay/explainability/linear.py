"""Linear models: a column's attribution is its coefficient times the distance from the mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.explainability.columnwise import Encoding, NotColumnwiseError, split_pipeline
from assay.explainability.computed import Computed, membership
from assay.explainability.scores import Scores
from assay.models.native import Native

Floats = NDArray[np.float64]
TOLERANCE = 1e-6
"""Largest difference from the model's own scores, as a share of 1 + |score|."""


@dataclass(frozen=True, eq=False)
class LinearModel:
    """Scores that are a sum over columns of coefficient × encoded value.

    Parameters
    ----------
    coefficients : ndarray, shape (n_encoded, n_outputs)
    intercepts : ndarray, shape (n_outputs,)
    encoding : Encoding
        How columns become what the coefficients stand for; each encoded column comes from one.
    """

    coefficients: Floats
    intercepts: Floats
    encoding: Encoding

    def terms(self, rows: Any, players: Sequence[tuple[int, ...]]) -> Floats:  # noqa: ANN401
        """Return what each player adds to the score, shape (n_rows, n_players, n_outputs)."""
        return self.weighed(rows, self.weights(players))

    def weights(self, players: Sequence[tuple[int, ...]]) -> list[Floats]:
        """Return the coefficients by player, (n_encoded, n_players) for each output."""
        width = int(self.encoding.sources.max(initial=-1)) + 1
        n_columns = max([width, *(place + 1 for columns in players for place in columns)])
        owned = membership(list(players), n_columns)[self.encoding.sources]
        return [owned * each[:, None] for each in self.coefficients.T]

    def weighed(self, rows: Any, weights: Sequence[Floats]) -> Floats:  # noqa: ANN401
        """Return `terms` of rows with the coefficients of `weights`."""
        encoded = self.encoding(rows)
        if hasattr(encoded, "to_numpy"):
            encoded = encoded.to_numpy()
        parts = [encoded @ each for each in weights]
        return np.stack([np.asarray(part, dtype=np.float64) for part in parts], axis=2)

    def scores(self, rows: Any) -> Floats:  # noqa: ANN401  any container
        """Return the scores, shape (n_rows, n_outputs)."""
        everything = tuple(range(int(self.encoding.sources.max(initial=-1)) + 1))
        return self.terms(rows, [everything])[:, 0, :] + self.intercepts


def linear_terms(
    native: Native | None,
    rows: Any,  # noqa: ANN401  any container
    scores: Scores,
) -> LinearModel | None:
    """Return a model as a sum over its columns; None where it is none.

    Known are scikit-learn's linear models (all with ``coef_`` and ``intercept_`` that score
    ``x @ coef_ + intercept_``), also behind steps each of whose outputs comes from one column:
    scalers, encoders, imputers, bins and splines. That its formula gives the scores which are
    explained is checked on the rows: a model with another link, or a probability, falls out here.

    Parameters
    ----------
    native : Native or None
    rows : table in the model's container
        Some rows to check the formula on.
    scores : Scores
        What is explained. Where the logit is taken of a mean, no model is linear.
    """
    if native is None or scores.link == "mean_then_logit":
        return None
    try:
        last, encoding = split_pipeline(native.model, _width(rows))
    except NotColumnwiseError:
        return None
    coefficients, intercepts = getattr(last, "coef_", None), getattr(last, "intercept_", None)
    if coefficients is None or intercepts is None or isinstance(intercepts, str):
        return None
    read = _read(coefficients, intercepts, len(encoding.sources))
    return None if read is None else _checked(LinearModel(*read, encoding), rows, scores)


def linear_values(
    model: LinearModel,
    rows: Any,  # noqa: ANN401  any container
    background: Any,  # noqa: ANN401
    weights: Floats,
    players: Sequence[tuple[int, ...]],
) -> Computed:
    """Return the attributions of rows: φ of a player is its terms less their background mean.

    Parameters
    ----------
    model : LinearModel
    rows, background : tables in the model's container
    weights : ndarray, shape (n_background,)
        Their sum is 1.
    players : sequence of tuple of int
        Places of the columns of each player; columns of nobody keep the row's own values.

    Examples
    --------
    >>> from assay.explainability.columnwise import Encoding
    >>> model = LinearModel(np.array([[2.0], [-1.0]]), np.zeros(1), Encoding((), np.arange(2)))
    >>> rows, background = np.array([[1.0, 1.0]]), np.array([[0.0, 0.0], [1.0, 4.0]])
    >>> found = linear_values(model, rows, background, np.array([0.5, 0.5]), [(0,), (1,)])
    >>> found.values[0, :, 0].tolist(), found.base.tolist()
    ([1.0, 1.0], [[-1.0]])
    """
    there = np.einsum("b,bpo->po", weights, model.terms(background, players))
    values = model.terms(rows, players) - there
    predictions = model.scores(rows)
    base = predictions - values.sum(axis=1)
    return Computed(
        values=values,
        base=base,
        predictions=predictions,
        method="linear",
        value_function="interventional",
        reason="the score is a sum over columns, so each has its coefficient times its distance "
        "from the background's mean",
        exact=True,
        left=np.zeros(len(values), dtype=bool),
        errors=np.zeros(len(values)),
    )


def _width(rows: Any) -> int:  # noqa: ANN401
    return rows.shape[1] if len(rows.shape) > 1 else 1


def _read(
    coefficients: object, intercepts: object, n_encoded: int
) -> tuple[Floats, Floats] | None:
    """Return coefficients by output; None where they are not numbers of that many columns."""
    try:
        made = np.asarray(coefficients, dtype=np.float64)
        shift = np.atleast_1d(np.asarray(intercepts, dtype=np.float64)).ravel()
    except (TypeError, ValueError):
        return None  # sparse, or of a kernel that is not linear
    if made.ndim not in (1, 2):
        return None
    made = np.atleast_2d(made)
    if made.shape[1] != n_encoded or len(shift) not in (1, len(made)):
        return None
    return made.T, np.broadcast_to(shift, (len(made),)).astype(np.float64)


def _checked(
    model: LinearModel,
    rows: Any,  # noqa: ANN401
    scores: Scores,
) -> LinearModel | None:
    """Return the model with outputs as they are asked; None where it scores otherwise."""
    wanted = scores(rows, len(rows))
    try:
        found = model.scores(rows)
    except (TypeError, ValueError):
        return None
    if found.shape[1] == 1 and wanted.shape[1] == 2:
        # Two classes, one margin: the first class has its opposite.
        signs = np.array([-1.0, 1.0])
        model = LinearModel(model.coefficients * signs, model.intercepts * signs, model.encoding)
        found = found * signs
    same = found.shape == wanted.shape and np.all(
        np.abs(found - wanted) <= TOLERANCE * (1 + np.abs(wanted))
    )
    return model if same else None
