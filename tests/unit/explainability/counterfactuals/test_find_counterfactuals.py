"""Counterfactuals: the smallest is found, what may not change does not, limits hold."""

import itertools
import json

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from assay.errors import ColumnNotFoundError, InputError, ModelError
from assay.explainability.counterfactuals.find import find_counterfactuals
from assay.result import Result


def grid(n_columns=3, levels=5):
    """Every combination of levels: nothing is implausible."""
    return np.array(list(itertools.product(range(levels), repeat=n_columns)), dtype=float)


def table_model(data, seed, share=0.4):
    """A function that says 1 for a random part of the grid."""
    levels = int(data.max()) + 1
    on = np.random.default_rng(seed).random((levels,) * data.shape[1]) < share

    def score(rows):
        return on[tuple(rows.astype(int).T)].astype(float)

    return score


def size(data, x, rows):
    """The distance, written out."""
    scale = 1.4826 * np.median(np.abs(data - np.median(data, axis=0)), axis=0)
    return (np.abs(rows - x) / scale).sum(axis=1) + (rows != x).sum(axis=1)


def changed(data, found):
    """The rows that the alternatives of one row describe."""
    names = [f"x{j}" for j in range(len(data))]
    out = []
    for each in found.alternatives:
        row = data.copy()
        for change in each.changes:
            assert row[names.index(change.column)] == change.before
            row[names.index(change.column)] = change.after
        out.append(row)
    return np.array(out)


@pytest.mark.parametrize("seed", range(12))
def test_the_smallest_change_of_any_number_of_columns_is_found_on_a_grid(seed):
    data = grid()
    model = table_model(data, seed)
    x = data[seed * 7 : seed * 7 + 1]
    found = find_counterfactuals(model, x, data, threshold=0.5).rows[0]
    other = data[model(data) != model(x)[0]]
    best = size(data, x, other).min()
    assert found.alternatives[0].distance == pytest.approx(best)
    assert found.complete
    rows = changed(x[0], found)
    assert (model(rows) != model(x)[0]).all()
    assert size(data, x, rows) == pytest.approx([e.distance for e in found.alternatives])


@pytest.mark.parametrize("seed", range(12))
def test_the_smallest_single_change_is_found_on_a_grid(seed):
    data = grid(2, 9)
    model = table_model(data, seed, share=0.2)
    x = data[seed * 5 : seed * 5 + 1]
    found = find_counterfactuals(model, x, data, threshold=0.5, max_changes=1).rows[0]
    single = data[(data != x).sum(axis=1) == 1]
    flips = single[model(single) != model(x)[0]]
    if not len(flips):
        assert found.alternatives == ()
        return
    assert found.alternatives[0].distance == pytest.approx(size(data, x, flips).min())
    assert all(len(each.changes) == 1 for each in found.alternatives)


def test_a_boundary_between_quantiles_is_found_to_the_nearest_value_of_the_data():
    rng = np.random.default_rng(0)
    data = rng.normal(size=(3000, 3))
    x = np.array([[0.0, 0.0, 0.0]])
    found = find_counterfactuals(
        lambda rows: rows[:, 0], x, data, threshold=0.777, mutable=["x0"]
    ).rows[0]
    above = data[data[:, 0] >= 0.777, 0].min()
    assert found.alternatives[0].changes[0].after == pytest.approx(above)


def test_two_columns_are_changed_where_none_alone_will_do():
    data = grid(4, 3)
    found = find_counterfactuals(
        lambda rows: ((rows[:, 1] == 2) & (rows[:, 3] == 2)).astype(float),
        data[:1],
        data,
        threshold=0.5,
    ).rows[0]
    assert [each.column for each in found.alternatives[0].changes] == ["x1", "x3"]
    one = find_counterfactuals(
        lambda rows: ((rows[:, 1] == 2) & (rows[:, 3] == 2)).astype(float),
        data[:1],
        data,
        threshold=0.5,
        max_changes=1,
    )
    assert one.rows[0].alternatives == ()
    assert "at most 1 of 4" in one.rows[0].reason
    assert one.findings[0].rule == "counterfactual_not_found"


def test_alternatives_differ_and_none_holds_another():
    data = grid(4, 4)
    found = find_counterfactuals(
        lambda rows: (rows.max(axis=1) >= 3).astype(float), data[:1], data, threshold=0.5, n=4
    ).rows[0]
    sets = [{change.column for change in each.changes} for each in found.alternatives]
    assert sorted(map(tuple, sets)) == [("x0",), ("x1",), ("x2",), ("x3",)]


def people(n=400, seed=0):
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 80, n)
    income = rng.gamma(4, 8000, n).round()
    city = pd.Categorical(rng.choice(["Rome", "Oslo", "Lima"], n))
    frame = pd.DataFrame({"age": age, "income": income, "city": city, "debt": rng.random(n)})
    frame.loc[5, "income"] = np.nan
    return frame


def approve(frame):
    income = frame["income"].fillna(20_000) / 40_000
    score = income + 0.4 * (frame["city"] == "Oslo") - frame["debt"]
    return 1 / (1 + np.exp(-4 * (score.to_numpy() - 0.5)))


def test_only_mutable_columns_change_and_only_within_their_ranges():
    data = people()
    rejected = data[approve(data) < 0.4].head(8)
    found = find_counterfactuals(
        approve,
        rejected,
        data,
        threshold=0.5,
        mutable=["income", "city", "debt"],
        ranges={"income": "up", "debt": (0.1, None), "city": ["Rome", "Oslo"]},
        predictions=4000,
    )
    assert isinstance(found, Result)
    frame = found.to_frame()
    assert "age" not in frame["column"].to_list()
    income = frame.filter(pl.col("column") == "income")
    assert (income["after"].cast(float) > income["before"].cast(float)).all()
    debt = frame.filter(pl.col("column") == "debt")
    assert (debt["after"].cast(float) >= 0.1).all()
    assert "Lima" not in frame["after"].to_list()
    assert all(each.alternatives for each in found.rows)
    assert all(each.scores["prediction"] >= 0.5 for r in found.rows for each in r.alternatives)
    json.dumps(found.to_dict(), allow_nan=False)
    assert "→" in found._repr_html_()
    assert found.plot().to_dict()["layer"]


def test_what_is_told_lies_as_near_to_the_data_as_the_data_do():
    rng = np.random.default_rng(1)
    first = rng.normal(size=500)
    data = np.column_stack([first, first + 0.01 * rng.normal(size=500)])
    found = find_counterfactuals(
        lambda rows: rows[:, 0] - rows[:, 1], data[:3], data, threshold=1.0
    )
    for each in found.rows:
        assert each.alternatives == ()
        assert each.implausible > 0
        assert "unlike the data" in each.reason
    near = find_counterfactuals(lambda rows: rows[:, 0], data[:3], data, target=(0.5, None))
    for each in near.rows:
        assert all(e.nearest <= each.limit * (1 + 1e-9) for e in each.alternatives)


@pytest.mark.parametrize("limit", [1, 5, 40, 300])
def test_the_limit_of_predictions_holds_and_is_told(limit):
    data = grid(6, 4)[::7]
    asked = []

    def model(rows):
        asked.append(len(rows))
        return (rows.sum(axis=1) >= 9).astype(float)

    found = find_counterfactuals(model, data[:1], data, threshold=0.5, predictions=limit).rows[0]
    assert found.predictions <= limit
    assert sum(asked) == found.predictions + 1 + 2  # the row itself, and a look at two rows
    assert not found.complete
    again = find_counterfactuals(model, data[:1], data, threshold=0.5, predictions=limit).rows[0]
    assert again == found


def test_several_classes_lead_to_any_other_or_to_one():
    data = grid(2, 6)

    def three(rows):
        middle = 1 - np.abs(rows[:, 0] - 2.5) / 3
        return np.column_stack([1 - rows[:, 0] / 5, middle, rows[:, 0] / 5])

    any_other = find_counterfactuals(three, data[:1], data).rows[0]
    assert any_other.goal == "not output0"
    first = any_other.alternatives[0]
    assert max(first.scores, key=first.scores.get) == "output1"
    last = find_counterfactuals(three, data[:1], data, target="output2").rows[0]
    first = last.alternatives[0]
    assert max(first.scores, key=first.scores.get) == "output2"
    with pytest.raises(InputError, match="no class 'q'; the model has: output0"):
        find_counterfactuals(three, data[:1], data, target="q")


def test_a_row_that_has_the_answer_already_says_so():
    data = grid(2, 4)
    found = find_counterfactuals(lambda rows: rows[:, 0], data[:1], data, target=(None, 1.0))
    assert found.rows[0].alternatives == ()
    assert "already" in found.rows[0].reason
    assert found.rows[0].predictions == 0


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame])
def test_fitted_models_flip(kind):
    data = people()[["age", "debt"]]
    y = np.where(data["debt"] + data["age"] / 100 > 1, "no", "yes")
    for model in (LogisticRegression(), RandomForestClassifier(20, random_state=0)):
        model.fit(data, y)
        found = find_counterfactuals(model, kind(data.head(4)), kind(data), predictions=2000)
        before = model.predict(data.head(4))
        for each in found.rows:
            for alternative in each.alternatives:
                row = data.iloc[[each.row]].copy()
                for change in alternative.changes:
                    row[change.column] = change.after
                assert model.predict(row)[0] != before[each.row]
        assert sum(bool(each.alternatives) for each in found.rows) >= 3


def test_a_missing_value_may_change_and_is_never_put_in():
    data = people()
    found = find_counterfactuals(
        approve, data.iloc[[5]], data, mutable=["income"], threshold=0.5, n=2
    ).rows[0]
    assert found.alternatives[0].changes[0].before is None
    others = find_counterfactuals(
        lambda frame: frame["income"].isna().to_numpy().astype(float),
        data.iloc[[0]],
        data,
        threshold=0.5,
    ).rows[0]
    assert others.alternatives == ()


def test_nothing_may_change():
    data = grid(2, 3)
    found = find_counterfactuals(lambda rows: rows[:, 0], data[:1], data, threshold=1, mutable=[])
    assert found.rows[0].reason == "No column may take another value of the data."
    constant = np.ones((5, 2))
    found = find_counterfactuals(lambda rows: rows[:, 0], constant[:1], constant, threshold=2)
    assert found.rows[0].alternatives == ()


def test_what_cannot_be_asked_is_refused():
    data, frame = grid(2, 3), people()
    with pytest.raises(InputError, match="predicts a number"):
        find_counterfactuals(lambda rows: rows[:, 0], data[:1], data)
    with pytest.raises(InputError, match="the lower end comes first"):
        find_counterfactuals(lambda rows: rows[:, 0], data[:1], data, target=(2, 1))
    with pytest.raises(InputError, match="must be"):
        find_counterfactuals(lambda rows: rows[:, 0], data[:1], data, target=(None, None))
    with pytest.raises(ColumnNotFoundError, match="agee"):
        find_counterfactuals(approve, frame.head(1), frame, threshold=0.9, mutable=["agee"])
    with pytest.raises(InputError, match="'city' has no order"):
        find_counterfactuals(approve, frame.head(1), frame, threshold=0.9, ranges={"city": "up"})
    with pytest.raises(InputError, match="is none: give"):
        find_counterfactuals(approve, frame.head(1), frame, threshold=0.9, ranges={"age": "side"})
    for name in ("n", "max_changes", "predictions"):
        with pytest.raises(InputError, match=f"{name} must be a whole number of 1 or more"):
            find_counterfactuals(approve, frame.head(1), frame, threshold=0.9, **{name: 0})
    with pytest.raises(InputError, match="hold no rows"):
        find_counterfactuals(approve, frame.head(1), frame.head(0), threshold=0.9)
    with pytest.raises(ModelError):
        find_counterfactuals(lambda rows: np.full(len(rows), np.nan), data[:1], data, threshold=0)


def test_an_alternative_without_the_nearest_flip_is_looked_for():
    data = grid(5, 3)

    def model(rows):
        both = (rows[:, 1] == 2) & (rows[:, 2] == 2)
        return ((rows[:, 0] >= 1) | both | (rows[:, 3:].sum(axis=1) == 4)).astype(float)

    found = find_counterfactuals(model, data[:1], data, threshold=0.5, n=3).rows[0]
    sets = {tuple(change.column for change in each.changes) for each in found.alternatives}
    assert sets == {("x0",), ("x1", "x2"), ("x3", "x4")}
