"""A Predictor around a service that answers about rows, wherever it runs."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from assay.errors import ModelError
from assay.models.answers import AnswerError
from assay.models.features import Wanted, choose_columns
from assay.models.predictor import ModelInfo, PartialAnswerError, Prediction, ServiceError
from assay.models.remote.answers import Answers, join_answers
from assay.models.remote.predictions import PredictionForm, to_prediction
from assay.models.remote.splitting import Outcome


class RowService(Protocol):
    """Answers about rows, from wherever."""

    @property
    def calls(self) -> int:
        """How many times the model was asked."""
        ...

    def answer(self, rows: pl.DataFrame) -> Outcome:
        """Ask about rows in order; what goes wrong with the model comes in the outcome."""
        ...


@dataclass(frozen=True, eq=False)
class RemoteModel:
    """A Predictor around a service.

    Parameters
    ----------
    info : ModelInfo
        `feature_names` are the columns that are sent; None sends all that it is given.
    service : RowService
    form : PredictionForm
        How its answers become predictions.
    """

    info: ModelInfo
    service: RowService
    form: PredictionForm

    @property
    def calls(self) -> int:
        """How many times the model was asked so far; requests that were sent again count."""
        return self.service.calls

    def predict(self, batch: pl.DataFrame) -> Prediction:
        """Predict every row of a batch.

        Raises
        ------
        PartialAnswerError
            If the model failed after it had answered for the first rows.
        ServiceError
            If it does not work, whatever the rows are.
        ModelError
            If it fails on the first row.
        InputError
            If a column that the model wants is missing, or its answers cannot be told apart.
        """
        wanted = Wanted(self.info.feature_names)
        columns = choose_columns(wanted, batch.columns)
        outcome = self.service.answer(batch.select(columns))
        if outcome.error is not None and not isinstance(outcome.error, ModelError):
            raise outcome.error
        answers = self._joined(outcome)
        try:
            made = to_prediction(answers, self.form) if len(answers) else Prediction()
        except AnswerError as error:
            raise self._at_row(answers, error) from error
        if outcome.error is None:
            return made
        if not len(answers):
            raise outcome.error
        raise PartialAnswerError(
            str(outcome.error), done=made, n_done=len(answers), row=outcome.error.row
        ) from outcome.error

    def _joined(self, outcome: Outcome) -> Answers:
        try:
            return join_answers(outcome.pieces)
        except ValueError as error:
            msg = f"the model {self.info.name} changes the form of its answers: {error}"
            raise ServiceError(msg) from error

    def _at_row(self, answers: Answers, error: AnswerError) -> ModelError:
        """Return the error about one row's answer, with the predictions before it."""
        if error.row is None:
            return ServiceError(f"the model {self.info.name} {error.what}")
        if error.row:
            with suppress(AnswerError):
                done = to_prediction(answers.head(error.row), self.form)
                return PartialAnswerError(
                    f"it {error.what}", done=done, n_done=error.row, row=error.row
                )
        return error
