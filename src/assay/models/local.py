"""A model in this process: a container of rows goes in, an answer comes out, calls are counted."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from assay.errors import AssayError, ModelError
from assay.models.containers import to_container
from assay.models.features import Wanted, choose_columns
from assay.models.layout import Layout
from assay.models.native import Native
from assay.models.predictor import ModelInfo, Prediction
from assay.models.remote.answers import shorten

MESSAGE_LENGTH = 600
"""Characters of a model's own error that are told; --debug shows all of it."""


class CallCounter:
    """Calls the user's functions, counts how often, and turns their errors into ModelError."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, function: Callable[[Any], object], rows: object) -> object:
        """Call `function` once.

        Raises
        ------
        ModelError
            If it raises; the first error is the cause. KeyboardInterrupt passes through.
        """
        self.count += 1
        try:
            return function(rows)
        except AssayError:
            raise
        except Exception as error:  # whatever the user's model raises
            text = shorten(str(error), MESSAGE_LENGTH)
            msg = f"{type(error).__name__}: {text}" if text else type(error).__name__
            raise ModelError(msg) from error


Answer = Callable[[CallCounter, Any, int], Prediction]
"""What an adapter adds: (caller, rows, number of rows) -> Prediction."""


@dataclass(frozen=True, eq=False)
class LocalModel:
    """A Predictor around an object of this process.

    Parameters
    ----------
    info : ModelInfo
    answer : callable
        Asks the model about rows in its container and reads what it returns.
    wanted : Wanted
        Which columns it reads.
    layout : Layout
        Whole-column facts of the table that batches come from.
    estimator : object
        What was wrapped, where it can learn (it has ``fit``); else None.
    native : Native or None
        What was wrapped, for those who look inside it; None where the adapter does not say.
    """

    info: ModelInfo
    answer: Answer
    wanted: Wanted = field(default_factory=Wanted)
    layout: Layout = field(default_factory=Layout)
    estimator: object = None
    counter: CallCounter = field(default_factory=CallCounter)
    native: Native | None = None

    @property
    def calls(self) -> int:
        """How many times the model was called so far, whichever table it read."""
        return self.counter.count

    def reading(self, layout: Layout) -> "LocalModel":
        """Return the same model, reading batches of the table that `layout` describes."""
        return replace(self, layout=layout)

    def predict(self, batch: pl.DataFrame) -> Prediction:
        """Predict every row of a batch.

        Parameters
        ----------
        batch : polars.DataFrame
            Columns beside those that the model was fitted on are left out.

        Raises
        ------
        ModelError
            If the model fails or answers in a form that cannot be used.
        InputError
            If a column that the model wants is missing.
        """
        columns = choose_columns(self.wanted, batch.columns)
        rows = to_container(
            batch, columns, self.layout, self.info.container, one_column=self.wanted.one_column
        )
        return self.answer(self.counter, rows, batch.height)

    def predict_rows(self, rows: object) -> Prediction:
        """Predict rows of the user's own frame or array; only columns are chosen, by name.

        Raises
        ------
        ModelError
            If the model fails or answers in a form that cannot be used.
        InputError
            If a column that the model wants is missing.
        """
        return self.answer(self.counter, self._chosen(rows), len(rows))  # type: ignore[arg-type]

    def _chosen(self, rows: Any) -> Any:  # noqa: ANN401  the user's own container
        names = getattr(rows, "columns", None)
        if names is None:
            return rows
        chosen = list(choose_columns(self.wanted, [*names]))
        if self.wanted.one_column:
            return rows[chosen[0]]
        return rows if list(names) == chosen else rows[chosen]
