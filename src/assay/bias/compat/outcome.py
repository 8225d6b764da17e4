"""What is positive in labels and predictions, and what the original refuses there."""

from dataclasses import dataclass

from assay.bias.compat.facts import PREDICTION
from assay.bias.compat.kinds import ColumnFacts, settle_kind
from assay.bias.compat.request import CompatRequest
from assay.bias.compat.selecting import Selection, select_rows
from assay.errors import InputError


@dataclass(frozen=True, kw_only=True, eq=False)
class OutcomeRows:
    """The rows with a positive label, and with a positive prediction.

    Parameters
    ----------
    label : Selection
        Its text is the interval up to the largest label.
    prediction : Selection or None
        None without predictions.
    label_text_with_predictions : str
        The interval up to the largest of labels and predictions; the listed values otherwise.
    """

    label: Selection
    prediction: Selection | None
    label_text_with_predictions: str


def settle_outcomes(
    request: CompatRequest,
    label: ColumnFacts,
    prediction: ColumnFacts | None,
    *,
    label_matches: bool,
    prediction_matches: bool = False,
) -> OutcomeRows:
    """Find the rows with a positive label and with a positive prediction.

    Parameters
    ----------
    request : CompatRequest
    label, prediction : ColumnFacts
    label_matches, prediction_matches : bool
        Whether any row has a positive value as it is listed.

    Raises
    ------
    InputError
        If the positive values of predictions are not those of labels, or one of them is
        categorical and the other continuous.
    """
    chosen = select_rows(label, request.positive, any_match=label_matches)
    if prediction is None:
        return OutcomeRows(label=chosen, prediction=None, label_text_with_predictions=chosen.text)
    _check_same(request, label, prediction)
    joint = select_rows(label, request.positive, any_match=label_matches, beside=prediction)
    predicted = select_rows(
        prediction, request.positive, any_match=prediction_matches, beside=label
    )
    return OutcomeRows(label=chosen, prediction=predicted, label_text_with_predictions=joint.text)


def _check_same(request: CompatRequest, label: ColumnFacts, prediction: ColumnFacts) -> None:
    told = request.predicted_positive
    if told is not None and tuple(told) != request.positive:
        msg = (
            f"Positive predicted label values {_listed(told)} differ from those of the label, "
            f"{_listed(request.positive)}; give both the same"
        )
        raise InputError(msg)
    kinds = [settle_kind(facts, request.positive) for facts in (label, prediction)]
    if kinds[0] != kinds[1]:
        name = "the predictions" if prediction.name == PREDICTION else repr(prediction.name)
        msg = (
            f"Predicted label and label are of different types to smclarify 0.5: {name} is "
            f"{kinds[1]} ({prediction.dtype}, {prediction.distinct_share:.1%} distinct), "
            f"{label.name!r} is {kinds[0]} ({label.dtype}, {label.distinct_share:.1%} distinct); "
            "store both alike"
        )
        raise InputError(msg)


def nobody_predicted(request: CompatRequest) -> InputError:
    """Return the error for predictions none of which is positive."""
    return InputError(
        "No Label values are present in the predicted Label Column: no row is predicted "
        f"{_listed(request.positive)}; smclarify 0.5 refuses that, and without --compat all that "
        "is defined is computed"
    )


def _listed(values: tuple[object, ...]) -> str:
    return ",".join(str(value) for value in values)
