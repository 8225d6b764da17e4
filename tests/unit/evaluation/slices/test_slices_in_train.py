"""What the train rows say of slices; they are read once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pytest

from assay.data.conditions import Condition
from assay.data.dataset import Dataset
from assay.evaluation.slices.in_train import TrainRows, in_train


@dataclass
class Watched:
    """A dataset that remembers what was read of it."""

    inner: Dataset
    read: list[list[str]] = field(default_factory=list)

    @property
    def schema(self) -> object:
        return self.inner.schema

    def batches(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        self.read.append(list(columns))
        return iter(self.inner.batches(list(columns)))


OLD = Condition("age", ">", (40.0,))
WOMEN = Condition("sex", "=", ("F",))
ELSEWHERE = Condition("region", "=", ("north",))


@pytest.fixture
def train() -> TrainRows:
    frame = {"age": [20, 30, 50, 60], "sex": ["F", "M", "F", "M"], "more": [1, 2, 3, 4]}
    losses = np.array([0.0, 1.0, 2.0, 5.0])
    return TrainRows(Watched(Dataset.read(frame)), losses)  # type: ignore[arg-type]


def test_shares_and_losses_are_those_of_the_train_rows(train: TrainRows) -> None:
    old, both, unknown = in_train([[OLD], [OLD, WOMEN], [OLD, ELSEWHERE]], train)
    assert (old.rows, old.share, old.loss, old.rest) == (2, 0.5, 3.5, 0.5)
    assert (both.rows, both.share, both.loss, both.rest) == (1, 0.25, 2.0, 2.0)
    assert unknown is None


def test_train_rows_are_read_once_and_no_other_column(train: TrainRows) -> None:
    in_train([[OLD], [WOMEN], [OLD, WOMEN], [ELSEWHERE]], train)
    assert train.data.read == [["age", "sex"]]  # type: ignore[attr-defined]


def test_nothing_is_read_for_slices_of_other_columns(train: TrainRows) -> None:
    assert in_train([[ELSEWHERE]], train) == [None]
    assert in_train([], train) == []
    assert train.data.read == []  # type: ignore[attr-defined]
