"""Some rows of a dataset, by their places, as a dataset of its own."""

from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from assay.data.dataset import Dataset

if TYPE_CHECKING:
    from assay.data.engines.protocol import LazyFrame


class Rows:
    """The rows of a dataset in memory, of which parts are taken again and again.

    Parameters
    ----------
    data : Dataset

    Examples
    --------
    >>> data = Dataset.read({"x": [10, 20, 30], "y": [0, 1, 0]}, label="y")
    >>> Rows(data).take(np.array([2, 0])).sample(9)["x"].to_list()
    [30, 10]
    """

    def __init__(self, data: Dataset) -> None:
        self.data = data
        self.frame = data.collect()

    @property
    def n(self) -> int:
        """How many rows there are."""
        return self.frame.height

    def take(self, rows: NDArray[np.intp]) -> Dataset:
        """Return the rows at these places, in this order; a place may come twice.

        What is known of the whole table's columns (kinds, storage, whether anything is missing)
        stays as it was, so that a model is given the same types for a part as for the whole.

        Parameters
        ----------
        rows : ndarray of int, shape (n_taken,)

        Returns
        -------
        Dataset
        """
        lazy: LazyFrame = nw.from_native(self.frame[rows].lazy())  # type: ignore[assignment]
        original = self.data.original
        taken = None if original is None else original.iloc[rows]
        return Dataset(
            self.data.name,
            lazy,
            self.data.schema,
            self.data.engine,
            notes=self.data.notes,
            classes=self.data.classes,
            original=taken,
            path=self.data.path,
            options=self.data.options,
        )
