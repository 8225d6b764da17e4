import numpy as np
import pandas as pd
import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.errors import InputError, ModelError
from assay.models.reading import PREDICTION, SCORE, score_name
from assay.models.scoring import score_dataset
from assay.models.torch_module import TorchInput, wrap_module
from assay.models.wrap import as_predictor


@pytest.fixture(scope="module", autouse=True)
def torch_is_there():
    """Import torch when the first of these tests runs, not when they are collected."""
    global torch
    torch = pytest.importorskip("torch", reason="torch is not installed")


N = 40
FLOAT32 = 1e-6
"""Sums of float32 depend on how many rows are multiplied at once."""


@pytest.fixture
def frame():
    rng = np.random.default_rng(1)
    made = pd.DataFrame({"a": rng.normal(size=N), "b": rng.normal(size=N)})
    made["y"] = np.where(made["a"] > made["b"], "yes", "no")
    return made


def difference(columns=1, check=None):
    """Return a module of logits (b - a, a - b), through a dropout that zeroes nearly all."""

    class Difference(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.dropout = torch.nn.Dropout(0.999)
            weights = torch.tensor([[-1.0, 1.0], [1.0, -1.0]])
            self.weight = torch.nn.Parameter(weights[2 - columns :])

        def forward(self, rows):
            if check is not None:
                check(rows)
            return self.dropout(rows) @ self.weight.T

    return Difference()


def dataset(frame, positive="yes"):
    return Dataset.read(pl.from_pandas(frame), label="y", positive=positive, features=("a", "b"))


def scored(predictor, data, **how):
    made = score_dataset(predictor, data, **how)
    return made, made.frame.collect().to_polars()


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("batch_rows", [1, 7, N])
def test_logits_are_scored_and_batching_does_not_change_them(frame, columns, batch_rows):
    model = difference(columns=columns)
    predictor = wrap_module(
        model, output="logits", classes=("no", "yes"), takes=TorchInput(batch_rows=batch_rows)
    )
    made, table = scored(predictor, dataset(frame), batch_rows=13)
    assert made.classes == ("no", "yes")
    assert table[PREDICTION].to_list() == frame["y"].tolist()
    margin = (frame["a"] - frame["b"]) * columns
    np.testing.assert_allclose(table[SCORE], 1 / (1 + np.exp(-margin)), atol=FLOAT32)


def test_positive_class_may_be_the_first_of_its_classes(frame):
    predictor = wrap_module(difference(), output="logits", classes=("no", "yes"))
    _, table = scored(predictor, dataset(frame, positive="no"))
    margin = frame["b"] - frame["a"]
    np.testing.assert_allclose(table[SCORE], 1 / (1 + np.exp(-margin)), atol=FLOAT32)


def test_three_classes_keep_their_order(frame):
    frame["y"] = np.select([frame["a"] > 0.5, frame["b"] > 0.5], ["up", "mid"], "low")
    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Softmax(dim=1))
    predictor = as_predictor(model, classes=("up", "mid", "low"))
    made, table = scored(predictor, dataset(frame, positive=None))
    rows = torch.tensor(frame[["a", "b"]].to_numpy(), dtype=torch.float32)
    wanted = model(rows).detach().numpy()
    assert made.classes == ("up", "mid", "low")
    for place in range(3):
        np.testing.assert_allclose(table[score_name(place)], wanted[:, place], atol=FLOAT32)


def test_a_network_in_memory_is_evaluated_and_left_as_it_was(frame):
    model = difference(columns=2).train()
    model.dropout.eval()
    state = {name: part.training for name, part in model.named_modules()}
    predictor = as_predictor(model, output="logits")
    assert predictor.info.library == "PyTorch"
    made, table = scored(predictor, dataset(frame))
    assert table[PREDICTION].to_list() == frame["y"].tolist()
    assert {name: part.training for name, part in model.named_modules()} == state
    assert "model_not_deterministic" not in {finding.rule for finding in made.notes}


def test_dropout_left_on_is_switched_off(frame):
    model = difference(columns=2).train()
    batch = pl.from_pandas(frame[["a", "b"]])
    predictor = as_predictor(model, output="logits")
    first = predictor.predict(batch).probabilities
    np.testing.assert_array_equal(first, predictor.predict(batch).probabilities)
    np.testing.assert_allclose(
        np.log(first[:, 1] / first[:, 0]), 2 * (frame["a"] - frame["b"]), atol=1e-4
    )


def test_numbers_of_a_regressor(frame):
    frame["y"] = frame["a"] * 2 + 1
    model = torch.nn.Linear(1, 1)
    with torch.no_grad():
        model.weight.fill_(2.0)
        model.bias.fill_(1.0)
    predictor = wrap_module(model, output="number", feature_names=("a",))
    made, table = scored(predictor, dataset(frame, positive=None))
    np.testing.assert_allclose(table[PREDICTION], frame["y"], atol=1e-5)
    assert "columns_by_position" not in {finding.rule for finding in made.notes}


def test_columns_may_come_as_keywords_in_their_own_types():
    class Shop(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.table = torch.nn.Embedding.from_pretrained(torch.tensor([[10.0], [20.0]]))

        def forward(self, *, colour, price):
            assert colour.dtype == torch.int64
            assert price.dtype == torch.float64
            return self.table(colour)[:, 0] + price

    predictor = wrap_module(
        Shop(), output="number", takes=TorchInput(form="columns", dtype="float64")
    )
    batch = pl.DataFrame({"price": [0.5, 0.25], "colour": [1, 0]})
    assert predictor.predict(batch).values.tolist() == [20.5, 10.25]


def test_rows_may_have_a_shape():
    model = torch.nn.Sequential(torch.nn.Conv2d(1, 1, 2), torch.nn.Flatten())
    predictor = wrap_module(model, output="number", takes=TorchInput(row_shape=(1, 2, 2)))
    batch = pl.DataFrame({name: [1.0, 2.0] for name in "abcd"})
    rows = torch.tensor(batch.to_numpy(), dtype=torch.float32).reshape(-1, 1, 2, 2)
    wanted = model(rows).detach().numpy()[:, 0]
    np.testing.assert_allclose(predictor.predict(batch).values, wanted, atol=FLOAT32)
    with pytest.raises(InputError, match=r"takes 4 numbers a row, and .* 3 feature columns"):
        predictor.predict(batch.select("a", "b", "c"))


@pytest.mark.parametrize("rows", ["polars", "pandas", "numpy"])
def test_own_rows_in_any_container(frame, rows):
    features = frame[["a", "b"]]
    given = {"pandas": features, "polars": pl.from_pandas(features), "numpy": features.to_numpy()}[
        rows
    ]
    predictor = as_predictor(difference(columns=2), output="logits")
    wanted = predictor.predict(pl.from_pandas(features)).probabilities
    np.testing.assert_array_equal(predictor.predict_rows(given).probabilities, wanted)


def test_one_of_several_outputs_is_chosen():
    class Two(torch.nn.Module):
        def forward(self, rows):
            return {"scores": rows.softmax(dim=1), "hidden": rows}

    batch = pl.DataFrame({"a": [0.0], "b": [0.0]})
    with pytest.raises(InputError, match=r"scores \(1, 2\), hidden \(1, 2\).*output_name"):
        as_predictor(Two()).predict(batch)
    chosen = wrap_module(Two(), takes=TorchInput(output_name="scores"))
    assert chosen.predict(batch).probabilities.tolist() == [[0.5, 0.5]]


def test_missing_values_and_text_are_named(frame):
    predictor = as_predictor(difference(), output="logits", name="net")
    batch = pl.from_pandas(frame[["a", "b"]])
    with pytest.raises(InputError, match="'b' has no value in 1 of 40"):
        predictor.predict(batch.with_columns(pl.col("b").replace(batch["b"][3], None)))
    with pytest.raises(InputError, match="'b' holds String values"):
        predictor.predict(batch.with_columns(pl.col("b").cast(pl.String)))
    with pytest.raises(ModelError, match=r"RuntimeError.*3x?"):
        predictor.predict(batch.with_columns(c=pl.lit(1.0)))


@pytest.mark.parametrize("row", [0, 17, N - 1])
def test_failing_row_is_named(frame, row):
    def check(rows):
        if (rows[:, 0] == 0.125).any():
            raise ValueError("cannot take 0.125")

    frame.loc[row, "a"] = 0.125
    predictor = wrap_module(
        difference(check=check), output="logits", takes=TorchInput(batch_rows=9)
    )
    with pytest.raises(ModelError, match=rf"row {row + 1} .*cannot take 0.125") as caught:
        score_dataset(predictor, dataset(frame), batch_rows=16)
    assert caught.value.row == row


def test_nan_of_a_network_is_named_with_its_row(frame):
    class Log(torch.nn.Module):
        def forward(self, rows):
            return rows[:, 0].log()

    frame["a"] = frame["a"].abs() + 1
    frame.loc[23, "a"] = -1.0
    with pytest.raises(ModelError, match=r"row 24 .*nan"):
        score_dataset(
            as_predictor(Log(), output="number"), dataset(frame, None), task="regression"
        )


def test_half_precision_is_read(frame):
    model = difference(columns=2).to(torch.bfloat16)
    predictor = wrap_module(model, output="logits", takes=TorchInput(dtype="bfloat16"))
    made = predictor.predict(pl.from_pandas(frame[["a", "b"]]))
    np.testing.assert_allclose(made.probabilities.sum(axis=1), 1.0)


def test_calls_are_counted(frame):
    predictor = wrap_module(difference(), output="logits", takes=TorchInput(batch_rows=15))
    assert predictor.calls == 0
    predictor.predict(pl.from_pandas(frame[["a", "b"]]))
    assert predictor.calls == 3


def test_device_that_is_not_there_is_refused():
    with pytest.raises(InputError, match=r"device 'cuda:99' cannot be used.*device=cpu"):
        wrap_module(difference(), takes=TorchInput(device="cuda:99"))
    with pytest.raises(InputError, match="device 'toaster'"):
        wrap_module(difference(), takes=TorchInput(device="toaster"))


def test_logits_that_nobody_told_of_are_not_guessed(frame):
    predictor = as_predictor(difference())
    with pytest.raises(InputError, match=r"neither labels .* nor probabilities.*output=logits"):
        score_dataset(predictor, dataset(frame))
