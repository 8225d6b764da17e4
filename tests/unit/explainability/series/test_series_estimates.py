"""Scores that are estimated: honest errors, exact sums, the same whatever the batch."""

import json

import numpy as np
import pytest

from assay.errors import InputError
from assay.explainability.maskers.series import SeriesItem
from assay.explainability.series.explain import explain_series
from assay.explainability.series.orders import draw_orders

RNG = np.random.default_rng(5)
WEIGHTS = RNG.normal(size=(10, 10))


def interacting(records: list[dict]) -> np.ndarray:
    """Every series of a step interacts with every other; two steps ahead."""
    made = []
    for record in records:
        rows = np.array([record["target_time_series"], *record["related_time_series"].values()])
        pairs = sum(column @ WEIGHTS[: len(column), : len(column)] @ column for column in rows.T)
        made.append([pairs, np.tanh(pairs) + rows.prod(axis=0).sum()])
    return np.array(made)


def wide(n_related: int, steps: int = 3) -> SeriesItem:
    rng = np.random.default_rng(n_related)
    return SeriesItem(
        target=rng.normal(1, 0.3, size=steps),
        related={f"r{i}": rng.normal(1, 0.3, size=steps) for i in range(n_related)},
    )


def test_few_calls_give_estimates_whose_steps_sum_to_the_timewise_scores() -> None:
    item = wide(9)
    told = {"baseline": "zero", "direction": "bidirectional"}
    fine = explain_series(interacting, item, granularity="fine_grained", calls=150, **told)
    timewise = explain_series(interacting, item, **told).items[0]
    one = fine.items[0]
    assert not one.exact
    assert "within each step" in one.method
    assert (one.standard_errors > 0).any()
    np.testing.assert_allclose(one.by_step(), timewise.scores, atol=1e-9)
    np.testing.assert_allclose(one.offset + one.scores.sum(axis=0), one.forecast, rtol=1e-12)


def test_estimates_lie_within_a_few_standard_errors_of_exact_scores() -> None:
    item = wide(9)
    exact = explain_series(
        interacting, item, granularity="fine_grained", baseline="zero", calls=4000
    ).items[0]
    assert exact.exact
    for how in ({"calls": 200}, {"orders": 20}):
        made = explain_series(
            interacting, item, granularity="fine_grained", baseline="zero", **how
        ).items[0]
        sure = made.standard_errors > 1e-12
        off = np.abs(made.scores - exact.scores)[sure] / made.standard_errors[sure]
        assert sure.any()
        assert np.mean(off < 3) > 0.9


def test_errors_of_random_orders_are_honest() -> None:
    item = wide(4, steps=2)
    exact = explain_series(interacting, item, granularity="fine_grained", baseline="zero").items[0]
    errors, spread = [], []
    for seed in range(60):
        made = explain_series(
            interacting, item, granularity="fine_grained", baseline="zero", orders=6, seed=seed
        ).items[0]
        assert made.method == "6 random orders within each step"
        errors.append(made.scores - exact.scores)
        spread.append(made.standard_errors)
    covered = np.abs(errors) < 1.96 * np.array(spread)
    assert 0.92 < covered.mean() < 0.99
    bias = np.mean(errors, axis=0) / (np.std(errors, axis=0) / np.sqrt(60))
    assert np.abs(bias).max() < 4


def test_all_orders_are_exact_and_enumeration_is_taken_where_it_is_cheaper() -> None:
    item = wide(2)
    exact = explain_series(interacting, item, granularity="fine_grained", baseline="zero").items[0]
    many = explain_series(
        interacting, item, granularity="fine_grained", baseline="zero", orders=9
    ).items[0]
    assert many.exact
    assert many.method == "every coalition within each step"
    np.testing.assert_allclose(many.scores, exact.scores, atol=1e-12)


def test_a_single_order_has_no_error_and_json_says_none() -> None:
    made = explain_series(
        interacting, wide(3), granularity="fine_grained", baseline="zero", orders=1
    )
    assert np.isnan(made.items[0].standard_errors).all()
    text = json.dumps(made.to_dict(), allow_nan=False)
    assert json.loads(text)["items"][0]["players"][0]["standard_errors"] == [None, None]
    assert made.to_frame()["standard_error"].null_count() == made.to_frame().height


def test_orders_are_distinct_where_they_can_be() -> None:
    drawn = draw_orders(4, 20, np.random.default_rng(1))
    assert len(np.unique(drawn, axis=0)) == 20
    assert len(draw_orders(3, 100, np.random.default_rng(1))) == 6
    assert draw_orders(9, 3, np.random.default_rng(1)).shape == (3, 9)


@pytest.mark.parametrize("batch", [1, 3, 1000])
@pytest.mark.parametrize("how", [{}, {"calls": 60}, {"orders": 3}, {"symmetric": True}])
def test_batches_change_nothing(batch: int, how: dict) -> None:
    items = [wide(7), wide(7, steps=2)]
    told = {"granularity": "fine_grained", "baseline": "mean", **how}
    items[1] = SeriesItem(target=items[1].target, related=items[1].related, item_id="1")
    one = explain_series(interacting, items, batch_records=batch, **told)
    all_at_once = explain_series(interacting, items, **told)
    for a, b in zip(one.items, all_at_once.items, strict=True):
        np.testing.assert_allclose(a.scores, b.scores, atol=1e-9)


def test_symmetric_values_of_many_players_are_estimated() -> None:
    made = explain_series(interacting, wide(1, steps=10), symmetric=True, calls=200)
    one = made.items[0]
    assert made.direction == "any order"
    np.testing.assert_allclose(one.offset + one.scores.sum(axis=0), one.forecast, rtol=1e-9)


def test_timewise_asks_one_forecast_more_than_there_are_steps() -> None:
    asked = []

    def forecast(records: list[dict]) -> list[list[float]]:
        asked.extend(records)
        return [[float(record["target_time_series"].sum())] for record in records]

    made = explain_series(forecast, [[1.0, 2.0, 4.0, 8.0]], baseline="zero")
    assert made.items[0].scores[:, 0].tolist() == [1.0, 2.0, 4.0, 8.0]
    assert made.items[0].calls == 5
    assert len(asked) == 5 + 1  # and one to see whether it is repeatable
    both = explain_series(
        forecast, [[1.0, 2.0, 4.0, 8.0]], baseline="zero", direction="bidirectional"
    )
    assert both.items[0].calls == 2 * 5 - 2  # both begin with nothing and end with all


def test_too_few_calls_are_refused_with_a_way_out() -> None:
    with pytest.raises(InputError, match=r"needs? .*calls.*segments="):
        explain_series(interacting, [np.ones(100)], calls=20)
    made = explain_series(interacting, [np.arange(100.0)], calls=20, segments=10)
    assert len(made.items[0].players) == 10
