"""Metrics of counts against fairlearn, AI Fairness 360 and scikit-learn, row by row."""

import logging
import warnings

import numpy as np
import pytest

from assay.bias.catalogue import find_bias_metric
from assay.bias.cells import GroupCells
from assay.bias.split import FacetTables, Split

BOTH = [(0, 0), (0, 1), (1, 0), (1, 1)]


@pytest.fixture(scope="module")
def peers():
    # Its absent extras and old spellings are told of while AI Fairness 360 is imported.
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from aif360.sklearn import metrics as aif360
            from fairlearn import metrics as fairlearn
    finally:
        logging.disable(logging.NOTSET)
    return fairlearn, aif360


def rows(seed, *, weighted):
    rng = np.random.default_rng(seed)
    n = 400
    in_d = rng.random(n) < 0.3
    y = rng.random(n) < np.where(in_d, 0.4, 0.55)
    p = rng.random(n) < np.where(y, np.where(in_d, 0.6, 0.8), np.where(in_d, 0.3, 0.2))
    w = rng.choice([0.5, 1.0, 3.0], n) if weighted else np.ones(n)
    return in_d, y.astype(int), p.astype(int), w


def split_of(in_d, y, p, w):
    group, label, prediction = (
        np.array(each) for each in zip(*[(g, *b) for g in (0, 1) for b in BOTH], strict=True)
    )
    cell = 4 * in_d + 2 * y + p
    sums = [np.bincount(cell, weights=w**power, minlength=8) for power in range(3)]
    cells = GroupCells(
        ("a", "d"),
        group,
        sums[0].astype(np.int64),
        sums[1],
        sums[2],
        bool(np.any(w != 1)),
        positive=label == 1,
        predicted=prediction == 1,
        label=label,
        prediction=prediction,
        classes=(0, 1),
    )
    return Split.of(FacetTables(groups=cells.groups, cells=cells), "d")


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_fairlearn(peers, seed, weighted):
    fairlearn, _ = peers
    in_d, y, p, w = rows(seed, weighted=weighted)
    split = split_of(in_d, y, p, w)
    more = {"sensitive_features": np.where(in_d, "d", "a"), "sample_weight": w}

    def ours(name):
        return find_bias_metric(name).function(split).value

    assert abs(ours("DPPL")) == pytest.approx(
        fairlearn.demographic_parity_difference(y, p, **more)
    )
    ratio = fairlearn.demographic_parity_ratio(y, p, **more)
    assert min(ours("DI"), 1 / ours("DI")) == pytest.approx(ratio)
    assert ours("equalized_odds_difference") == pytest.approx(
        fairlearn.equalized_odds_difference(y, p, **more)
    )
    assert abs(ours("equal_opportunity_difference")) == pytest.approx(
        fairlearn.equal_opportunity_difference(y, p, **more)
    )
    assert abs(ours("false_positive_rate_difference")) == pytest.approx(
        fairlearn.false_positive_rate_difference(y, p, **more)
    )


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_metric_frame(peers, seed, weighted):
    fairlearn, _ = peers
    from sklearn import metrics as sklearn

    in_d, y, p, w = rows(seed, weighted=weighted)
    split = split_of(in_d, y, p, w)
    wanted = {
        "AD": (sklearn.accuracy_score, 1),
        "RD": (sklearn.recall_score, 1),
        "SD": (fairlearn.true_negative_rate, -1),
        "DAR": (sklearn.precision_score, 1),
        "f1_difference": (sklearn.f1_score, 1),
        "balanced_accuracy_difference": (sklearn.balanced_accuracy_score, 1),
    }
    by_group = fairlearn.MetricFrame(
        metrics={name: function for name, (function, _) in wanted.items()},
        y_true=y,
        y_pred=p,
        sensitive_features=np.where(in_d, "d", "a"),
        sample_params={name: {"sample_weight": w} for name in wanted},
    ).by_group
    for name, (_, sign) in wanted.items():
        theirs = sign * (by_group.loc["a", name] - by_group.loc["d", name])
        assert find_bias_metric(name).function(split).value == pytest.approx(theirs), name


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_aif360(peers, seed, weighted):
    _, aif360 = peers
    in_d, y, p, w = rows(seed, weighted=weighted)
    split = split_of(in_d, y, p, w)
    more = {"prot_attr": np.where(in_d, 0, 1), "priv_group": 1, "sample_weight": w}

    def ours(name):
        return find_bias_metric(name).function(split).value

    # AI Fairness 360 takes d - a throughout.
    assert ours("DPL") == pytest.approx(-aif360.statistical_parity_difference(y, **more))
    assert ours("DPPL") == pytest.approx(-aif360.statistical_parity_difference(y, p, **more))
    assert ours("DI") == pytest.approx(aif360.disparate_impact_ratio(y, p, **more))
    assert ours("RD") == pytest.approx(-aif360.equal_opportunity_difference(y, p, **more))
    odds = aif360.average_odds_difference(y, p, **more)
    assert ours("average_odds_difference") == pytest.approx(-odds)


@pytest.mark.parametrize("seed", range(5))
def test_aif360_without_weights(peers, seed):
    _, aif360 = peers
    in_d, y, p, w = rows(seed, weighted=False)
    split = split_of(in_d, y, p, w)
    ge = find_bias_metric("GE").function(split).value
    assert ge == pytest.approx(aif360.generalized_entropy_error(y, p, alpha=2))
    groups = {"prot_attr": np.where(in_d, 0, 1), "priv_group": 1}
    imbalance = aif360.class_imbalance(y, **groups)  # (n_d - n_a) / n
    assert find_bias_metric("CI").function(split).value == pytest.approx(-imbalance)
