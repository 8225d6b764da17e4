"""An explanation in; the same in the form of the shap library out."""

from typing import TYPE_CHECKING, Any

import numpy as np

from assay.errors import MissingExtraError
from assay.explainability.importance import output_place
from assay.explainability.player_values import numbers_of

if TYPE_CHECKING:
    from assay.explainability.result import Explanation


def to_shap(explanation: "Explanation", output: str | None = None) -> Any:  # noqa: ANN401
    """Return a ``shap.Explanation``, for shap's plots.

    Parameters
    ----------
    explanation : Explanation
    output : str or None
        One output; None keeps the axis of outputs where there are several.

    Returns
    -------
    shap.Explanation
        Values of shape (n_rows, n_players), or (n_rows, n_players, n_outputs). Its data are
        numbers where all players have them, else objects.

    Raises
    ------
    MissingExtraError
        If shap is not installed.
    InputError
        If there is no such output.
    """
    try:
        import shap
    except ImportError as error:
        library, purpose = "shap", "to draw with shap's plots"
        raise MissingExtraError(library, "explain", purpose) from error
    one = output is not None or len(explanation.outputs) == 1
    place: Any = output_place(explanation, output) if one else slice(None)
    errors = explanation.standard_errors
    return shap.Explanation(
        values=explanation.values[:, :, place],
        base_values=explanation.base_values[:, place],
        data=_data(explanation),
        feature_names=list(explanation.players),
        output_names=None if one else list(explanation.outputs),
        error_std=None if errors is None else errors[:, :, place],
    )


def _data(explanation: "Explanation") -> Any:  # noqa: ANN401  numbers or objects
    columns = [numbers_of(explanation, j) for j in range(len(explanation.players))]
    if all(each is not None for each in columns):
        return np.column_stack([each for each in columns if each is not None])
    cells = np.empty((len(explanation), len(columns)), dtype=object)
    for j, numbers in enumerate(columns):
        for i in range(len(explanation)):
            cells[i, j] = explanation.value_of(i, j) if numbers is None else numbers[i]
    return cells
