"""Plans of validating: what is judged once, what never looks ahead, what is purged."""

import json
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.data.dataset import Dataset
from assay.data.fold_plan import OUT, plan_folds
from assay.errors import InputError

DAY = timedelta(days=1)


def days(n, seed=0):
    rng = np.random.default_rng(seed)
    start = datetime(2024, 1, 1)  # noqa: DTZ001 - a day without a zone
    frame = pl.DataFrame(
        {
            "at": [start + DAY * int(day) for day in rng.permutation(n)],
            "who": rng.integers(0, 7, n),
            "y": rng.choice(["a", "b"], n),
            "x": rng.normal(size=n),
        }
    )
    return frame, Dataset.read(frame, label="y", time="at", group="who")


@given(st.integers(12, 60), st.integers(2, 5), st.integers(0, 4))
def test_rolling_never_fits_on_what_comes_later(n, folds, gap):
    frame, data = days(n, seed=n)
    if gap and n // (folds + 1) <= gap:
        return
    at = frame["at"].to_numpy()
    judged = []
    for fit, judge in plan_folds(data, "rolling", folds=folds, gap=gap * DAY).pairs():
        assert at[fit].max() < at[judge].min()
        assert at[judge].min() - at[fit].max() >= np.timedelta64(gap, "D")
        judged += judge.tolist()
    assert len(judged) == len(set(judged))


@given(st.integers(20, 60), st.integers(0, 3), st.integers(0, 3))
def test_purged_labels_do_not_reach_into_what_is_judged(n, horizon, embargo):
    frame, data = days(n, seed=n)
    at = frame["at"].to_numpy()
    plan = plan_folds(data, "purged", folds=3, horizon=horizon * DAY, embargo=embargo * DAY)
    span = np.timedelta64(horizon, "D")
    seen = np.zeros(n, dtype=int)
    for fit, judge in plan.pairs():
        first, last = at[judge].min(), at[judge].max()
        overlaps = (at[fit] <= last + span) & (at[fit] + span >= first)
        assert not overlaps.any()
        after = at[fit][at[fit] > last]
        if after.size:
            assert after.min() > last + np.timedelta64(horizon + embargo, "D")
        seen[judge] += 1
    assert (seen == 1).all()


def test_purging_leaves_out_just_the_neighbours():
    frame = pl.DataFrame({"at": list(range(10))})
    plan = plan_folds(Dataset.read(frame), "purged", folds=5, by="at", horizon=timedelta(0))
    assert plan.roles is not None
    assert (plan.roles != OUT).all()


def test_each_group_is_left_out_once():
    frame, data = days(50)
    plan = plan_folds(data, "leave_one_group_out")
    who = frame["who"].to_numpy()
    judged = [set(who[judge]) for _, judge in plan.pairs()]
    assert all(len(groups) == 1 for groups in judged)
    assert set.union(*judged) == set(who)
    for fit, judge in plan.pairs():
        assert not set(who[fit]) & set(who[judge])


def test_repetitions_differ_and_each_judges_all_rows():
    _, data = days(60)
    plan = plan_folds(data, "repeated", folds=3, repeats=4, within="stratified")
    assert plan.n_folds == 12
    assert len(plan.codes) == 4
    assert len({tuple(codes.tolist()) for codes in plan.codes}) == 4
    assert sum(judge.size for _, judge in plan.pairs()) == 240


def test_inner_folds_are_within_what_an_outer_fold_fits_on():
    _, data = days(60)
    plan = plan_folds(data, "nested", folds=4, within="group")
    for fold, (fit, judge) in enumerate(plan.pairs()):
        inner = plan.inner[fold]
        assert (inner[judge] == -1).all()
        assert set(inner[fit]) == {0, 1, 2, 3}


def test_manifest_is_json_and_counts_rows():
    _, data = days(60)
    told = plan_folds(data, "rolling", folds=3, gap=DAY).to_dict()
    json.dumps(told, allow_nan=False)
    assert [each["judge"] for each in told["folds"]] == [15, 15, 15]
    assert all(sum(each.values()) == 60 for each in told["folds"])


@pytest.mark.parametrize(
    ("kind", "arguments", "message"),
    [
        ("mystery", {}, "no plan of kind 'mystery'"),
        ("rolling", {"gap": 400 * DAY}, "no row is left to fit on before stretch 1"),
        ("purged", {"horizon": 400 * DAY}, "no row is left to fit on beside stretch 1"),
        ("rolling", {"horizon": DAY}, "horizon means nothing to folds of kind 'rolling'"),
        ("rolling", {"gap": -DAY}, "gap must not be negative"),
        ("repeated", {"repeats": 1}, "two repetitions or more"),
        ("nested", {"within": "time"}, "take kind 'rolling'"),
        ("leave_one_group_out", {"by": "one"}, "has 1 groups"),
    ],
)
def test_plans_that_cannot_be_made(kind, arguments, message):
    frame, _ = days(30)
    data = Dataset.read(frame.with_columns(one=pl.lit("same")), time="at")
    with pytest.raises(InputError, match=message):
        plan_folds(data, kind, **arguments)
