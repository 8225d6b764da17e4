"""The flip test over rows: which columns, which neighbours, which sign."""

import numpy as np
import pytest

from assay.bias.compat.report import POST_KEY, compat_report
from assay.data.dataset import Dataset

RNG = np.random.default_rng(11)
N = 200
ROWS = {
    "sex": ["f" if i % 3 else "m" for i in range(N)],
    "old": [bool(i % 2) for i in range(N)],
    "x": RNG.normal(size=N).round(3),
    "z": RNG.integers(0, 30, N),
    "paid": [int(i % 5 < 2) for i in range(N)],
    "said": RNG.integers(0, 2, N),
}


def flip(rows=ROWS, *, facet=("sex", ["f"]), **more):
    made = compat_report(
        Dataset.read(rows),
        label="paid",
        positive=[1],
        facets=[facet],
        prediction="said",
        pre_training=None,
        post_training=["FT"],
        **more,
    )
    return [entry["metrics"][0] for entry in made[POST_KEY]["facets"][facet[0]]]


def without(rows, *names):
    return {name: values for name, values in rows.items() if name not in names}


def by_distance(rows, columns, inside):
    """Count flips by sorting all distances; for features without ties."""
    points = np.column_stack([np.asarray(rows[name], dtype=float) for name in columns])
    said = np.asarray(rows["said"])
    k = 5 if np.sum(~inside) >= 10 else 1
    gap = 0
    for place in np.flatnonzero(inside):
        far = np.sqrt(((points[~inside] - points[place]) ** 2).sum(axis=1))
        vote = said[~inside][np.argsort(far)[:k]].mean() > 0.5
        gap += int(said[place]) - int(vote)  # down − up
    return gap / inside.sum()


@pytest.mark.parametrize("listed", ["f", "m"])
def test_all_columns_but_the_facet_are_asked(listed):
    inside = np.array(ROWS["sex"]) == listed
    expected = by_distance(ROWS, ["old", "x", "z"], inside)
    (cell,) = flip(facet=("sex", [listed]))
    assert cell["value"] == pytest.approx(expected)


def test_only_the_columns_that_are_named():
    inside = np.array(ROWS["sex"]) == "f"
    (cell,) = flip(features=["x", "sex"])
    assert cell["value"] == pytest.approx(by_distance(ROWS, ["x"], inside))
    assert cell["value"] not in (0, flip()[0]["value"])


def test_one_neighbour_where_facet_a_is_small():
    rows = {**ROWS, "sex": ["m"] * 9 + ["f"] * (N - 9)}
    (cell,) = flip(rows)
    inside = np.array(rows["sex"]) == "f"
    assert cell["value"] == pytest.approx(by_distance(rows, ["old", "x", "z"], inside))


def test_each_value_has_its_own_test():
    rows = {**ROWS, "job": [["a", "b", None][i % 3] for i in range(N)]}
    first, second, missing = flip(without(rows, "sex"), facet=("job", []))
    for cell, job in ((first, "a"), (second, "b")):
        inside = np.array([each == job for each in rows["job"]])
        assert cell["value"] == pytest.approx(by_distance(rows, ["old", "x", "z"], inside))
    assert missing["error"] == "Facet set is empty"


def test_text_beside_the_facet_is_refused():
    (cell,) = flip({**ROWS, "job": ["a", "b"] * (N // 2)})
    assert cell["value"] is None
    assert cell["error"] == "FlipTest does not support non-numeric columns"


def test_a_facet_of_text_is_refused_beside_another():
    rows = {**ROWS, "old": [float(i) for i in range(N)]}
    (of_age,) = flip(rows, facet=("old", [50]))  # sex is a column of its test
    (of_sex,) = flip(rows)
    assert "non-numeric" in of_age["error"]
    assert of_sex["value"] is not None


def test_no_columns_and_missing_values_are_told_in_scikit_learns_words():
    (cell,) = flip(without(ROWS, "old", "x", "z"))
    assert "0 feature(s)" in cell["error"]
    (cell,) = flip({**ROWS, "x": [None, *ROWS["x"][1:].tolist()]})
    assert "NaN" in cell["error"]


def test_scores_are_no_columns_of_it():
    rows = {**without(ROWS, "z"), "p": ROWS["z"]}
    made = compat_report(
        Dataset.read(rows, label="paid", score="p", positive=1),
        label="paid",
        positive=[1],
        facets={"sex": ["f"]},
        prediction="said",
        post_training=["FT"],
    )
    inside = np.array(ROWS["sex"]) == "f"
    value = made[POST_KEY]["facets"]["sex"][0]["metrics"][0]["value"]
    assert value == pytest.approx(by_distance(ROWS, ["old", "x"], inside))


def test_more_rows_than_the_limit_are_not_read():
    (cell,) = flip(max_flip_rows=N - 1)
    assert cell["value"] is None
    assert "all 200 rows" in cell["error"]
    assert flip(max_flip_rows=N) == flip()
