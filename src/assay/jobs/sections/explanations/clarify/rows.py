"""All rows of the data, in their order, and which columns of them the model reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from assay.data.dataset import Dataset
from assay.explainability.rows import rows_of_dataset
from assay.models.features import choose_columns
from assay.models.local import LocalModel
from assay.models.predictor import Predictor


@dataclass(frozen=True, eq=False)
class AllRows:
    """Every row of a dataset.

    Parameters
    ----------
    predictor : Predictor
    data : Dataset
    frame : polars.DataFrame
        All its columns.
    columns : tuple of str
        Those that the model reads, in its order.
    """

    predictor: Predictor
    data: Dataset
    frame: pl.DataFrame
    columns: tuple[str, ...]

    def __len__(self) -> int:
        return self.frame.height

    def native(self, frame: pl.DataFrame | None = None) -> Any:  # noqa: ANN401
        """Return rows, all or those of a frame with the same columns, as the model reads them."""
        told = self.frame if frame is None else frame
        return rows_of_dataset(self.predictor, self.data, told)

    def with_frame(self, frame: pl.DataFrame) -> "AllRows":
        """Return the same with other cells."""
        return AllRows(self.predictor, self.data, frame, self.columns)


def all_rows(predictor: Predictor, data: Dataset, features: Sequence[str]) -> AllRows:
    """Read every row.

    Parameters
    ----------
    predictor : Predictor
    data : Dataset
    features : sequence of str
        The columns that the config sends to a model, in the order of the data.

    Raises
    ------
    InputError
        If the model reads columns that are not there.
    """
    return AllRows(predictor, data, data.collect(), _columns(predictor, data, features))


def _columns(predictor: Predictor, data: Dataset, features: Sequence[str]) -> tuple[str, ...]:
    if isinstance(predictor, LocalModel):
        named = predictor.wanted.names is not None
        names = data.schema.names if named else data.schema.features
        return tuple(choose_columns(predictor.wanted, names))
    told = predictor.info.feature_names
    return tuple(told if told is not None else data.schema.features or features)
