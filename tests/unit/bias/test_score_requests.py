"""From rows through the scan to metrics: the same as from arrays, exact and in bins."""

from dataclasses import replace

import narwhals as nw
import numpy as np
import polars as pl
import pytest

from assay.bias.catalogue import bias_metrics
from assay.bias.facet import Facet
from assay.bias.from_rows import tables_of_rows
from assay.bias.outcomes import Outcomes
from assay.bias.score_requests import read_score_tables, score_requests
from assay.bias.split import Split
from assay.data.engines.polars import PolarsEngine
from assay.data.requests import GroupMomentsRequest, GroupScoresRequest

N = 4_000
SCORED = Outcomes(
    task="binary",
    positive="answer is 'yes'",
    label=nw.col("answer"),
    labels_positive=("yes",),
    score=nw.col("score"),
    as_probabilities=True,
)
NUMERIC = Outcomes(
    task="regression",
    positive="",
    actual_number=nw.col("price"),
    predicted_number=nw.col("guess"),
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


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    score = rng.random(N)
    price = rng.integers(0, 200, N)
    return pl.DataFrame(
        {
            "sex": [None if x == "?" else x for x in rng.choice(["f", "m", "?"], N).tolist()],
            "answer": np.where(rng.random(N) < score, "yes", "no"),
            "score": score,
            "price": price.astype(np.uint8),  # a difference of these would wrap around
            "guess": price + rng.normal(0, 20, N),
            "w": rng.gamma(2.0, 1.0, N),
            "unit": rng.integers(0, 200, N),
        }
    )


def read(table, outcomes, *, max_exact=None, **shared):
    requests = score_requests(SEX, outcomes, **shared)
    if max_exact is not None:
        requests = {
            name: replace(request, max_exact=max_exact, n_bins=512)
            if isinstance(request, GroupScoresRequest)
            else request
            for name, request in requests.items()
        }
    tables = PolarsEngine().scan(nw.from_native(table.lazy()), requests)
    scores, numbers = read_score_tables(SEX, tables)
    return scores, numbers


def split_of(table, outcomes, **options):
    scores, numbers = read(table, outcomes, **options)
    plain = tables_of_rows(["f", "m"], score=[0.0, 0.0])
    return Split.of(replace(plain, scores=scores, numbers=numbers), "f")


def from_arrays(table, shared):
    rows = table.drop_nulls("sex")
    extra = {name: rows[column].to_numpy() for name, column in shared.items()}
    made = tables_of_rows(
        rows["sex"].to_list(),
        score=rows["score"].to_numpy(),
        positive=(rows["answer"] == "yes").to_numpy(),
        label=rows["price"].to_numpy().astype(float),
        prediction=rows["guess"].to_numpy(),
        **extra,
    )
    return Split.of(made, "f")


@pytest.mark.parametrize("shared", [{}, {"weight": "w"}, {"weight": "w", "unit": "unit"}], ids=str)
def test_scan_and_arrays_agree(table, shared):
    truth = from_arrays(table, shared)
    for outcomes, needs in ((SCORED, "scores"), (NUMERIC, "numbers")):
        exact = split_of(table, outcomes, **shared)
        binned = split_of(table, outcomes, max_exact=500, **shared)
        for metric in bias_metrics():
            if metric.needs != needs:
                continue
            want = metric.function(truth)
            found = metric.function(exact)
            assert found.value == pytest.approx(want.value, abs=1e-9), metric.name
            assert found.ends(0.95) == pytest.approx(want.ends(0.95), abs=1e-4), metric.name
            assert found.unit == want.unit
            rough = metric.function(binned)
            slack = 3.0 if needs == "numbers" else 0.01  # a bin holds 8 rows
            assert rough.value == pytest.approx(want.value, abs=slack), metric.name
            low, high = rough.ends(0.95)
            wanted = want.ends(0.95)
            assert (low, high) == pytest.approx(wanted, abs=2 * slack), metric.name


def test_bins_bound_what_they_do_to_the_area(table):
    scores, _ = read(table, SCORED, max_exact=500)
    assert not scores.exact
    exact = from_arrays(table, {})
    split = Split.of(replace(exact.tables, scores=scores), "f")
    auc = next(metric for metric in bias_metrics() if metric.name == "auc_difference")
    rough, true = auc.function(split), auc.function(exact)
    assert "bins move it by at most" in rough.method
    assert abs(rough.value - true.value) < 0.004
    assert rough.ends(0.95).low < true.ends(0.95).low < true.ends(0.95).high
    assert rough.ends(0.95).high > true.ends(0.95).high


def test_only_what_there_is_is_asked_for():
    assert list(score_requests(SEX, SCORED)) == ["probabilities"]
    ranks = score_requests(SEX, replace(SCORED, as_probabilities=False, labels_positive=()))
    assert list(ranks) == ["scores"]
    assert ranks["scores"].positive is None
    assert score_requests(SEX, Outcomes(task="binary", positive="")) == {}
    labels = score_requests(SEX, replace(NUMERIC, predicted_number=None), weight="w", unit="unit")
    assert list(labels) == ["numbers"]
    assert isinstance(labels["numbers"], GroupMomentsRequest)
    assert (labels["numbers"].weight, labels["numbers"].unit) == ("w", "unit")
    assert list(labels["numbers"].quantities) == ["label"]


def test_facets_share_their_columns():
    one, other = score_requests(SEX, NUMERIC), score_requests(SEX, NUMERIC)
    assert one["number_errors"].score is other["number_errors"].score
    assert read_score_tables(SEX, {}) == (None, None)


def test_scores_outside_0_and_1_are_no_probabilities(table):
    scores, _ = read(table.with_columns(pl.col("score") * 2), SCORED)
    assert not scores.as_probabilities
    scores, _ = read(table, SCORED)
    assert scores.as_probabilities
    assert scores.rows.sum() == table.drop_nulls("sex").height
