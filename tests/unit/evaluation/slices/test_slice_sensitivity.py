"""How weak a slice must be to be seen: the claim grows and falls with what it rests on."""

import numpy as np
import polars as pl
import pytest

import assay
from assay.evaluation.slices.search import Searched
from assay.evaluation.slices.sensitivity import sensitivity_of
from assay.evaluation.slices.significance import LossRows


def claim(losses: np.ndarray, *, bar: float = 3.5, tested: int = 10, **more: object):
    half = len(losses) // 2
    second = {name: np.asarray(values)[half:] for name, values in more.items()}
    first = {name: np.asarray(values)[:half] for name, values in more.items()}
    return sensitivity_of(
        Searched([], losses[:half], **first),
        LossRows(losses[half:], **second),
        bar=bar,
        tested=tested,
        alpha=0.03,
    )


def errors(n: int, rate: float = 0.1) -> np.ndarray:
    return (np.arange(n) % round(1 / rate) == 0).astype(float)


def test_more_rows_and_larger_slices_need_less() -> None:
    few, many = claim(errors(2_000)), claim(errors(20_000))
    assert many.difference < few.difference / 2
    sizes = [few.difference, *(excess for _, excess in few.larger)]
    assert sizes == sorted(sizes, reverse=True)
    assert [share for share, _ in few.larger] == [0.15, 0.3]


def test_a_higher_bar_and_more_tests_ask_for_more() -> None:
    losses = errors(4_000)
    assert claim(losses, bar=5.0).difference > claim(losses, bar=2.0).difference
    assert claim(losses, tested=10).difference > claim(losses, tested=1).difference


def test_both_halves_have_to_agree() -> None:
    """Without a bar on the first half, the second alone asks for its quantile and the power."""
    losses = np.random.default_rng(0).normal(size=40_000)  # may be below 0: its spread stays
    told = claim(losses, bar=0.0, tested=1)
    error = np.std(losses) * np.sqrt((1 / 0.06 + 1 / 0.94) / 20_000)
    assert told.difference == pytest.approx((1.8808 + 1.0364) * error, rel=0.02)
    assert claim(losses, bar=1.8808, tested=1).difference == pytest.approx(
        (1.8808 + 1.4183) * error,
        rel=0.02,  # √0.85 on each half
    )


def test_the_sentence_names_shares_and_unit() -> None:
    told = claim(errors(4_000))
    assert told.text.startswith("Of the slices with 6% of the rows, one failing ")
    assert f"{100 * told.difference:.1f} points more often" in told.text
    assert f"with 30%, {100 * told.larger[1][1]:.1f} points." in told.text


def test_too_few_rows_see_nothing() -> None:
    told = claim(errors(60))
    assert told.difference is None
    assert "too few to see any weak slice" in told.text


def test_weights_and_groups_ask_for_more() -> None:
    rng = np.random.default_rng(1)
    losses = rng.normal(size=4_000) ** 2
    plain = claim(losses)
    assert claim(losses, weight=rng.lognormal(0, 1, 4_000)).difference > 1.2 * plain.difference
    unit = np.repeat(np.arange(400), 10)
    shared = np.repeat(rng.normal(size=400) ** 2, 10)
    assert claim(shared, unit=np.concatenate([unit[:2_000], unit[:2_000]])).difference > (
        2 * claim(shared).difference
    )


def test_what_is_claimed_is_seen() -> None:
    rng = np.random.default_rng(5)
    n, runs, seen = 2_000, 24, 0
    for run in range(runs):
        planted = rng.permutation(n) < 0.06 * n
        frame = pl.DataFrame(
            {
                "zone": np.where(planted, "z", rng.choice(["a", "b"], n)),
                "x": rng.normal(size=n),
                "w": rng.normal(size=n),
            }
        )
        y, wrong = rng.integers(0, 2, n), rng.random(n) < 0.1
        blank = assay.find_slices(
            X=frame, y_true=y, y_pred=np.where(wrong, 1 - y, y), seed=run
        ).sensitivity
        wrong |= planted & (rng.random(n) < blank.difference / 0.9)
        found = assay.find_slices(X=frame, y_true=y, y_pred=np.where(wrong, 1 - y, y), seed=run)
        seen += any("zone = z" in each.name for each in found.confirmed)
    assert 0.6 <= seen / runs < 1
