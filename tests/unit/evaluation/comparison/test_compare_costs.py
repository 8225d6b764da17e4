import numpy as np
import pytest

from assay.evaluation.comparison.costs import compare_costs, cost_of
from assay.evaluation.goal import Costs
from assay.evaluation.judged import Answers, JudgedRows

PRICES = Costs(false_positive=1.0, false_negative=5.0, true_positive=-2.0, true_negative=0.5)


def drawn(n: int, seed: int = 0) -> tuple[JudgedRows, Answers, Answers]:
    rng = np.random.default_rng(seed)
    truth = (rng.random(n) < 0.3).astype(np.int64)
    one, two = (
        Answers(name=name, labels=np.where(rng.random(n) < wrong, 1 - truth, truth))
        for name, wrong in (("one", 0.1), ("two", 0.25))
    )
    return JudgedRows(task="binary", truth=truth, classes=(0, 1)), one, two


def row_costs(rows: JudgedRows, answers: Answers) -> np.ndarray:
    price = np.array([[0.5, 1.0], [5.0, -2.0]])
    return price[rows.truth.astype(int), answers.labels.astype(int)]


def test_value_and_difference_are_means_of_what_rows_cost():
    rows, one, two = drawn(2_000)
    found = compare_costs(rows, one, two, PRICES)
    gaps = row_costs(rows, two) - row_costs(rows, one)

    assert cost_of(rows, one, PRICES).value == pytest.approx(row_costs(rows, one).mean())
    assert found.difference.value == pytest.approx(gaps.mean())
    error = gaps.std() / 2_000**0.5
    assert found.difference.low == pytest.approx(gaps.mean() - 1.96 * error, abs=0.1 * error)
    assert found.difference.high == pytest.approx(gaps.mean() + 1.96 * error, abs=0.1 * error)
    assert not found.greater_is_better
    assert found.verdict == "better"


def test_weights_count_as_repetition():
    rows, one, two = drawn(500)
    times = np.random.default_rng(1).integers(1, 4, 500)
    weighted = JudgedRows(
        task="binary", truth=rows.truth, classes=(0, 1), weight=times.astype(float)
    )
    many = np.repeat(np.arange(500), times)

    found = compare_costs(weighted, one, two, PRICES).difference.value
    repeated = compare_costs(rows.take(many), one.take(many), two.take(many), PRICES)
    assert found == pytest.approx(repeated.difference.value)


def test_groups_are_redrawn_whole():
    rows, one, two = drawn(1_000)
    grouped = JudgedRows(
        task="binary",
        truth=np.repeat(rows.truth, 5),
        classes=(0, 1),
        unit=np.repeat(np.arange(1_000), 5),
        unit_kind="group",
    )
    five = np.repeat(np.arange(1_000), 5)
    wide = compare_costs(grouped, one.take(five), two.take(five), PRICES).difference
    once = compare_costs(rows, one, two, PRICES).difference

    assert wide.value == pytest.approx(once.value)
    assert wide.high - wide.low == pytest.approx(once.high - once.low, rel=0.1)
