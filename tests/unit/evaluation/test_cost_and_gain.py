"""Gain, cost by threshold and the cheapest thresholds: by hand, brute force and bootstrap."""

import json

import numpy as np
import pytest

import assay
from assay.evaluation.cost_view import RATIOS, cost_curve, cost_ratios
from assay.evaluation.gain import gain_points
from assay.evaluation.goal import Costs
from metric_tables import scores_of

COSTS = Costs(false_positive=2, false_negative=7, true_positive=0.5, true_negative=-1)


def sample(n=2_000, *, digits=8, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.random(n) < 0.25
    logit = rng.standard_normal(n) + 1.6 * y - 1.8
    return y, (1 / (1 + np.exp(-logit))).round(digits), rng.gamma(2.0, size=n) + 0.1


def mean_cost(y, answer, costs, w=None):
    each = np.where(
        y,
        np.where(answer, costs.true_positive, costs.false_negative),
        np.where(answer, costs.false_positive, costs.true_negative),
    )
    return np.average(each, weights=w)


@pytest.mark.parametrize("weighted", [False, True])
def test_cost_is_that_of_the_answers(weighted):
    y, s, w = sample()
    w = w if weighted else None
    curve = cost_curve(scores_of(y, s, w), COSTS, chosen=0.5)
    some = [0, 40, 120, len(curve.cost) - 1]
    expected = [mean_cost(y, s >= curve.threshold[at], COSTS, w) for at in some]
    assert curve.cost[some] == pytest.approx(expected)
    every = [mean_cost(y, s >= t, COSTS, w) for t in np.unique(s)]
    assert mean_cost(y, s >= curve.lowest, COSTS, w) == pytest.approx(min(every))
    assert curve.by_costs == pytest.approx(3 / 9.5)
    constants = [mean_cost(y, np.full(len(y), answer), COSTS, w) for answer in (True, False)]
    assert curve.constant == pytest.approx(min(constants))
    assert len(curve.cost) <= 201


@pytest.mark.parametrize("how", ["rows", "weighted", "groups"])
def test_bands_are_as_wide_as_the_bootstraps(how):
    y, s, w = sample(1_000)
    rng = np.random.default_rng(1)
    group = np.sort(rng.integers(0, 100, 1_000))
    order = np.argsort(np.argsort(s) // 12 * 1_000 + rng.random(1_000))  # alike within a group
    y, s = y[order], s[order]
    given = {"weighted": {"weight": w}, "groups": {"unit": group}}.get(how, {})
    table = scores_of(y, s, **given)
    curve, gain = cost_curve(table, COSTS), gain_points(table)
    near = int(np.argmin(np.abs(curve.threshold - 0.3)))
    place = int(np.flatnonzero(gain.share == 0.2)[0])
    if how == "groups":
        drawn = rng.multinomial(100, np.full(100, 0.01), size=3_000)[:, group].astype(float)
    else:
        drawn = rng.multinomial(1_000, np.full(1_000, 0.001), size=3_000).astype(float)
        drawn *= w if how == "weighted" else 1.0
    answer = s >= curve.threshold[near]
    each = np.where(y, np.where(answer, 0.5, 7), np.where(answer, 2, -1))
    low, high = np.quantile(drawn @ each / drawn.sum(axis=1), [0.025, 0.975])
    width = curve.high[near] - curve.low[near]
    assert width == pytest.approx(high - low, rel=0.06 if how != "groups" else 0.15)
    down = np.argsort(-s)
    through, held = (np.cumsum(part[:, down], axis=1) for part in (drawn, drawn * y))
    found = [np.interp(0.2 * a[-1], a, b) / b[-1] for a, b in zip(through, held, strict=True)]
    low, high = np.quantile(found, [0.025, 0.975])
    assert gain.high[place] - gain.low[place] == pytest.approx(high - low, rel=0.12)


def test_ratios_are_the_cheapest_of_all_thresholds():
    y, s, _ = sample(600, digits=2)
    found = cost_ratios(scores_of(y, s), rows="judged")
    assert list(zip(found.false_positive, found.false_negative, strict=True)) == list(RATIOS)
    for at, (alarm, miss) in enumerate(RATIOS):
        costs = Costs(false_positive=alarm, false_negative=miss)
        every = [mean_cost(y, s >= t, costs) for t in [*np.unique(s), 2.0]]
        assert found.cost[at] == pytest.approx(min(every))
        answer = s >= found.threshold[at]
        assert mean_cost(y, answer, costs) == pytest.approx(min(every))
        assert found.recall[at] == pytest.approx(answer[y].mean())
        assert found.cost_low[at] <= found.cost[at] <= found.cost_high[at]
        assert found.cost[at] <= found.constant[at]
    assert found.n == 600
    assert list(found.threshold) == sorted(found.threshold, reverse=True)


def test_nothing_answered_positively_has_no_precision():
    found = cost_ratios(scores_of([1, 0, 0, 0] * 20, [0.1, 0.2, 0.3, 0.4] * 20), rows="judged")
    assert found.precision[0] is None
    assert found.recall[0] == 0


def test_gain_by_hand():
    y = [1, 1, 0, 1, 0, 0, 0, 0, 0, 0]
    points = gain_points(scores_of(y, range(10, 0, -1)))
    at = {
        round(float(share), 4): float(gain)
        for share, gain in zip(points.share, points.gain, strict=True)
    }
    assert (at[0.0], at[0.1], at[0.2], at[0.3], at[0.4], at[1.0]) == pytest.approx(
        (0, 1 / 3, 2 / 3, 2 / 3, 1, 1)
    )
    assert points.prevalence == pytest.approx(0.3)
    assert (np.diff(points.gain) >= -1e-12).all()
    assert (points.low <= points.gain).all()
    assert (points.gain <= points.high).all()


def test_a_result_has_one_of_the_two_views_of_costs():
    y, s, _ = sample()
    plain = assay.evaluate(y_true=y, y_score=s)
    priced = assay.evaluate(y_true=y, y_score=s, costs=COSTS)
    assert plain.curves.cost is None
    assert plain.curves.cost_ratios.rows == "judged"
    assert priced.curves.cost_ratios is None
    assert priced.curves.cost.chosen == 0.5
    for result in (plain, priced):
        json.dumps(result.to_dict(), allow_nan=False)
    ranked = assay.evaluate(y_true=y, y_score=10 * s, costs=COSTS, use="ranking")
    assert ranked.curves.cost.by_costs is None
