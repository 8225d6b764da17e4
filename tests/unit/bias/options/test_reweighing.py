"""Weights that make group and label independent."""

import json

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.bias.cells import GroupCells
from assay.bias.facet import Facet
from assay.bias.options.reweighing import reweighing, write_reweighed
from assay.bias.outcomes import Outcomes
from assay.data.dataset import Dataset
from assay.errors import InputError

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]
PAID = Outcomes(
    task="binary",
    positive="paid is yes",
    label=nw.col("paid"),
    labels_positive=("yes",),
    classes=("no", "yes"),
)
SEX = Facet(
    name="sex",
    columns=("sex",),
    how="values",
    keys=(nw.col("sex"),),
    key_groups=({},),
    groups=("f", "m"),
    places={("f",): 0, ("m",): 1},
    reported=(0, 1),
)


def test_weights_worked_by_hand():
    found = reweighing(GroupCells.from_counts(["a", "d"], [[20, 40], [30, 10]]), facet="sex")
    # P(a) = 0.6, P(positive) = 0.5: 0.6 · 0.5 / 0.4 = 0.75 for a's positives
    assert found.weights == pytest.approx(np.array([[1.5, 0.75], [2 / 3, 2.0]]))
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["weights"][1] == {
        "group": "a",
        "positive": True,
        "n": 40,
        "weight": 0.75,
        "reason": None,
    }
    assert found.to_frame()["weight"].to_list() == pytest.approx([1.5, 0.75, 2 / 3, 2.0])
    assert "not advice" in found.notes[0]


def test_weights_are_those_of_aif360():
    from aif360.algorithms.preprocessing import Reweighing as Theirs
    from aif360.datasets import BinaryLabelDataset

    counts = np.array([[21, 44], [33, 12]])
    rows = [(g, y) for g in (0, 1) for y in (0, 1) for _ in range(counts[g, y])]
    own = np.random.default_rng(0).integers(1, 4, len(rows)).astype(float)
    frame = pd.DataFrame(rows, columns=["sex", "paid"]).astype(float).assign(w=own)
    theirs = BinaryLabelDataset(
        df=frame,
        label_names=["paid"],
        protected_attribute_names=["sex"],
        instance_weights_name="w",
    )
    fitted = Theirs([{"sex": 1}], [{"sex": 0}]).fit_transform(theirs)
    w = frame.groupby(["sex", "paid"])["w"].sum().to_numpy().reshape(2, 2)
    ours = reweighing(GroupCells.from_counts(["0", "1"], counts, weights=w / counts))
    at = frame[["sex", "paid"]].astype(int).to_numpy()
    assert own * ours.weights[at[:, 0], at[:, 1]] == pytest.approx(fitted.instance_weights)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=6))
def test_group_and_label_become_independent(counts):
    table = np.array(counts)
    if not table.sum():
        return
    found = reweighing(GroupCells.from_counts([str(i) for i in range(len(table))], table))
    weighed = table * np.nan_to_num(found.weights)
    full = (table > 0).all(axis=1)
    shares = weighed[full, 1] / weighed[full].sum(axis=1)
    assert np.ptp(shares) < 1e-12 if len(shares) else True
    tenfold = reweighing(GroupCells.from_counts([str(i) for i in range(len(table))], 10 * table))
    assert np.array_equal(tenfold.weights, found.weights, equal_nan=True) or np.allclose(
        tenfold.weights, found.weights, equal_nan=True
    )


def test_an_empty_cell_has_no_weight():
    found = reweighing(GroupCells.from_counts(["a", "d"], [[20, 40], [30, 0]]))
    told = found.to_dict()["weights"][3]
    assert told["weight"] is None
    assert told["reason"] == "no row"
    assert found.to_frame()["weight"].null_count() == 1


def test_without_positive_outcome_or_rows_it_is_refused():
    cells = GroupCells.from_counts(["a", "d"], [[20, 40], [30, 0]])
    bare = GroupCells(cells.groups, cells.group, cells.n, cells.w, cells.w2)
    with pytest.raises(InputError, match="positive outcome"):
        reweighing(bare)
    with pytest.raises(InputError, match="nothing to weigh"):
        reweighing(GroupCells.from_counts(["a", "d"], [[0, 0], [0, 0]]), facet="sex")


def people(**roles):
    frame = pl.DataFrame(
        {
            "sex": ["f"] * 50 + ["m"] * 50 + [None] * 3,
            "paid": ["yes"] * 10 + ["no"] * 40 + ["yes"] * 30 + ["no"] * 20 + ["yes"] * 3,
            "w": [1.0, 3.0] * 51 + [2.0],
        }
    )
    return Dataset.read(frame, label="paid", positive="yes", facets="sex", **roles)


def test_data_are_written_with_weights_and_the_difference_vanishes(tmp_path):
    weights = reweighing(GroupCells.from_counts(["f", "m"], [[40, 10], [20, 30]]), facet="sex")
    path = tmp_path / "weighed.parquet"
    kept = write_reweighed(people(), SEX, PAID, weights, path)
    table = pl.read_parquet(path)
    assert kept == 3
    assert table["reweighing_weight"].tail(3).to_list() == [1.0, 1.0, 1.0]
    rates = [
        np.average(rows["paid"] == "yes", weights=rows["reweighing_weight"])
        for rows in (table.filter(pl.col("sex") == value) for value in ("f", "m"))
    ]
    assert rates[0] == pytest.approx(rates[1]) == pytest.approx(0.4)
    assert table["reweighing_weight"].head(100).sum() == pytest.approx(100)
    assert [item.name for item in tmp_path.iterdir()] == ["weighed.parquet"]


def test_own_weights_count(tmp_path):
    data = people(weight="w")
    table = data.sample(1_000).head(100)
    w = np.array(
        [
            [
                table.filter((pl.col("sex") == sex) & (pl.col("paid") == paid))["w"].sum()
                for paid in ("no", "yes")
            ]
            for sex in ("f", "m")
        ]
    )
    counts = np.array([[40, 10], [20, 30]])
    weights = reweighing(GroupCells.from_counts(["f", "m"], counts, weights=w / counts))
    path = tmp_path / "weighed.parquet"
    write_reweighed(data, SEX, PAID, weights, path, column="train_weight")
    written = pl.read_parquet(path)
    rates = [
        np.average(rows["paid"] == "yes", weights=rows["train_weight"])
        for rows in (written.filter(pl.col("sex") == value) for value in ("f", "m"))
    ]
    assert rates[0] == pytest.approx(rates[1])
    assert written["train_weight"][-1] == 2.0


def test_a_column_that_is_there_is_not_overwritten(tmp_path):
    weights = reweighing(GroupCells.from_counts(["f", "m"], [[40, 10], [20, 30]]))
    with pytest.raises(InputError, match="column 'w' already"):
        write_reweighed(people(), SEX, PAID, weights, tmp_path / "x.parquet", column="w")
    outcomes = Outcomes(task="multiclass", positive="", label=nw.col("paid"))
    with pytest.raises(InputError, match="positive outcome"):
        write_reweighed(people(), SEX, outcomes, weights, tmp_path / "x.parquet")
