"""How well the model does, and what a group holds: the original's section beside bias."""

from collections.abc import Callable

from assay.bias.compat.cell import json_number
from assay.bias.compat.counts import Confusion
from assay.bias.compat.division import Divide, library_divide
from assay.bias.compat.groups import LABEL, PREDICTED
from assay.result import Json
from assay.tables.cube import Cube

Fraction = Callable[[Confusion], tuple[float, float]]
PERFORMANCE: dict[str, tuple[str, Fraction]] = {
    "Accuracy": ("(TP + TN) / n", lambda c: (c.tp + c.tn, c.n)),
    "Proportion of Positive Predictions in Labels": (
        "(TP + FP) / n",
        lambda c: (c.predicted_positives, c.n),
    ),
    "Proportion of Negative Predictions in Labels": (
        "(TN + FN) / n",
        lambda c: (c.predicted_negatives, c.n),
    ),
    "True Positive Rate / Recall": ("TP / (TP + FN)", lambda c: (c.tp, c.positives)),
    "True Negative Rate / Specificity": ("TN / (TN + FP)", lambda c: (c.tn, c.negatives)),
    "Acceptance Rate / Precision": ("TP / (TP + FP)", lambda c: (c.tp, c.predicted_positives)),
    "Rejection Rate": ("TN / (TN + FN)", lambda c: (c.tn, c.predicted_negatives)),
    "Conditional Acceptance": (
        "(TP + FN) / (TP + FP)",
        lambda c: (c.positives, c.predicted_positives),
    ),
    "Conditional Rejection": (
        "(TN + FP) / (TN + FN)",
        lambda c: (c.negatives, c.predicted_negatives),
    ),
    "F1 Score": ("2 TP / (2 TP + FP + FN)", lambda c: (2 * c.tp, 2 * c.tp + c.fp + c.fn)),
}
"""Names, the formula, and its numerator and denominator."""


def performance_metrics(
    rows: Confusion, *, divide: Divide = library_divide
) -> list[dict[str, Json]]:
    """Return every number of the performance report.

    Parameters
    ----------
    rows : Confusion
    divide : callable
        `library_divide`, or `textbook_divide`: what has nothing to divide by is then null, with
        an error that says so.

    Examples
    --------
    >>> found = performance_metrics(Confusion(2, 2, 0, 6))
    >>> {each["name"]: each["value"] for each in found}["Acceptance Rate / Precision"]
    0.5
    """
    made: list[dict[str, Json]] = []
    for name, (formula, fraction) in PERFORMANCE.items():
        value = divide(*fraction(rows))
        cell: dict[str, Json] = {"name": name, "description": formula, "value": json_number(value)}
        if value is None:
            cell["error"] = f"undefined: in {formula} there is nothing to divide by"
        made.append(cell)
    return made


def binary_confusion_matrix(rows: Confusion, n: int) -> list[float]:
    """Return TP, FP, FN and TN as fractions of `n` rows; zeros where there are none.

    Examples
    --------
    >>> binary_confusion_matrix(Confusion(2, 2, 0, 6), 10)
    [0.2, 0.2, 0.0, 0.6]
    """
    return [library_divide(count, n) for count in (rows.tp, rows.fp, rows.fn, rows.tn)]


def confusion_matrix(classes: Cube) -> dict[str, dict[str, float]]:
    """Return rows by label and predicted label, over the labels that occur in the truth.

    Parameters
    ----------
    classes : Cube
        Keys "label" and "predicted".

    Returns
    -------
    dict
        Label → predicted label → rows, as floats; what is predicted and never the truth is left
        out, and so are rows without a label.

    Examples
    --------
    >>> cube = Cube.from_counts({"label": ("n", "y"), "predicted": ("n", "y")}, [[5, 1], [2, 4]])
    >>> confusion_matrix(cube)["y"]
    {'n': 2.0, 'y': 4.0}
    """
    labels, predicted = (classes.levels[classes.keys.index(key)] for key in (LABEL, PREDICTED))
    counts = classes.dense("n")
    if classes.keys.index(LABEL) > classes.keys.index(PREDICTED):
        counts = counts.T
    places = {str(level): at for at, level in enumerate(predicted) if level is not None}
    names = [str(level) for level in labels if level is not None]
    return {
        name: {
            other: float(counts[at, places[other]]) if other in places else 0.0 for other in names
        }
        for at, name in enumerate(names)
    }


def basic_statistics(d: Confusion, n_rows: int) -> dict[str, Json]:
    """Return what a group holds: its share, its labels, its confusion.

    Parameters
    ----------
    d : Confusion
        Rows of the group.
    n_rows : int
        All rows.

    Returns
    -------
    dict
        ``proportion``; ``observed_label_distribution``, the positive share and the negative one;
        ``confusion_matrix``, the fractions of TP, FP, FN and TN.

    Examples
    --------
    >>> basic_statistics(Confusion(1, 1, 0, 2), 8)["observed_label_distribution"]
    [0.25, 0.75]
    """
    shares = [library_divide(count, d.n) for count in (d.positives, d.negatives)]
    return {
        "proportion": library_divide(d.n, n_rows),
        "observed_label_distribution": list[Json](shares),
        "confusion_matrix": list[Json](binary_confusion_matrix(d, d.n)),
    }
