"""Importance by group: differences that are there are found, others are not."""

import json
from dataclasses import replace

import numpy as np
import pytest

from assay.errors import InputError
from assay.explainability.group_importance import REST, importance_by_group
from assay.explainability.ranks import attribution_ndcg
from assay.result import Result
from explained_samples import explained


def two_groups(n=200, factor=3.0, seed=0):
    """In group b the second player matters `factor` times as much."""
    explanation = explained(n, seed=seed)
    groups = np.where(np.arange(n) % 4 == 0, "b", "a")
    values = explanation.values.copy()
    values[groups == "b", 1] *= factor
    return replace(explanation, values=values), groups.tolist()


def test_the_difference_is_that_of_the_means_and_the_larger_group_is_the_reference():
    explanation, groups = two_groups()
    found = importance_by_group(explanation, groups)
    assert isinstance(found, Result)
    assert (found.reference, found.sizes) == ("a", (("a", 150), ("b", 50)))
    size = np.abs(explanation.values[:, 1, 0])
    inside = np.array(groups) == "b"
    second = found.players[1]
    assert second.difference.value == pytest.approx(size[inside].mean() - size[~inside].mean())
    assert second.difference.low > 0
    assert found.differing[0].player == "income"
    assert "income matters more for b than for a" in found.findings[0].message
    json.dumps(found.to_dict(), allow_nan=False)
    assert found.to_frame().height == 4
    assert "income" in found._repr_html_()


def test_disagreement_is_one_minus_the_ndcg_of_the_references_order():
    explanation, groups = two_groups(factor=10.0)
    found = importance_by_group(explanation, groups)
    inside = np.array(groups) == "b"
    a, b = (np.abs(explanation.values[side, :, 0]).mean(axis=0) for side in (~inside, inside))
    (group, estimate), *rest = found.disagreement
    assert (group, rest) == ("b", [])
    assert estimate.value == pytest.approx(1 - attribution_ndcg(b, a))
    assert 0 < estimate.low <= estimate.value <= estimate.high


def test_groups_that_do_not_differ_are_silent_at_the_level():
    loud = 0
    for seed in range(60):
        explanation, groups = two_groups(120, factor=1.0, seed=seed)
        loud += bool(importance_by_group(explanation, groups, seed=seed).differing)
    assert loud <= 8


def test_bootstrap_intervals_cover_the_true_difference():
    rng = np.random.default_rng(0)
    held = 0
    for seed in range(60):
        explanation = explained(80, seed=seed)
        values = rng.gamma(2.0, size=explanation.values.shape)
        values[:30] *= 1.5
        explanation = replace(explanation, values=values)
        found = importance_by_group(explanation, ["b"] * 30 + ["a"] * 50, reference="a")
        held += sum(each.difference.covers(1.0) for each in found.players)
    assert 0.9 <= held / 240 <= 0.99


def test_three_groups_are_compared_with_the_rest_or_with_one():
    explanation = explained(90)
    groups = [("x", "y", "z")[i % 3] for i in range(90)]
    rest = importance_by_group(explanation, groups)
    assert rest.reference == REST
    assert {each.group for each in rest.players} == {"x", "y", "z"}
    one = importance_by_group(explanation, groups, reference="y")
    assert {each.group for each in one.players} == {"x", "z"}
    assert {each.in_reference.n for each in one.players} == {30}


def test_small_groups_say_so_and_a_single_row_has_no_interval():
    explanation = explained(41)
    found = importance_by_group(explanation, ["a"] * 40 + ["b"])
    assert found.players[0].difference.low is None
    assert found.players[0].in_group.too_few
    assert found.players[0].p_value is None
    assert found.disagreement[0][1].reason == "a side has a single row"
    assert found.differing == ()


def test_rows_without_a_group_are_left_out_and_the_same_seed_gives_the_same():
    explanation, groups = two_groups()
    missing = [None, float("nan"), *groups[2:]]
    found = importance_by_group(explanation, missing)
    assert dict(found.sizes) == {"a": 149, "b": 49}
    assert found.to_dict() == importance_by_group(explanation, missing).to_dict()


def test_large_groups_use_welch_and_agree_with_the_bootstrap():
    explanation, groups = two_groups(9000)
    welch = importance_by_group(explanation, groups).players[0].difference
    few = importance_by_group(
        replace(explanation, values=explanation.values[:4000], standard_errors=None),
        groups[:4000],
    )
    assert welch.method.startswith("Welch")
    assert few.players[0].difference.method.startswith("bootstrap")
    ratio = (few.players[0].difference.high - few.players[0].difference.low) / (
        welch.high - welch.low
    )
    assert ratio == pytest.approx(1.5, abs=0.15)


def test_what_cannot_be_compared_is_refused():
    explanation = explained(10)
    with pytest.raises(InputError, match="9 groups were given for 10 explained rows"):
        importance_by_group(explanation, ["a"] * 9)
    with pytest.raises(InputError, match="only 'a'"):
        importance_by_group(explanation, ["a"] * 10)
    with pytest.raises(InputError, match="the reference 'q' is no group; there are: a, b"):
        importance_by_group(explanation, ["a", "b"] * 5, reference="q")
    with pytest.raises(InputError, match="compared by means"):
        importance_by_group(explanation, ["a", "b"] * 5, "median")
