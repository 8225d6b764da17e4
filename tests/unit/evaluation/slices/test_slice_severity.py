"""What a slice means is decided by its numbers alone."""

import pytest

from assay.evaluation.slices.result import Slice
from assay.evaluation.slices.severity import weight_of
from assay.result import Estimate


def estimate(value: float, half_width: float = 0.02) -> Estimate:
    return Estimate(value=value, low=value - half_width, high=value + half_width, n=100)


def one(
    loss: float,
    rest: float,
    beyond: Estimate | None = None,
    kind: str | None = "beyond the scores",
    *,
    confirmed: bool = True,
) -> Slice:
    return Slice(
        name="a = b",
        origin="found",
        conditions=(),
        rows=100,
        share=0.1,
        loss=estimate(loss),
        rest=estimate(rest),
        difference=estimate(loss - rest),
        p_value=0.001,
        confirmed=confirmed,
        metric=estimate(1 - loss),
        beyond=beyond,
        beyond_kind=None if beyond is None else kind,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("told", "word"),
    [
        (one(0.3, 0.1, confirmed=False), "not shown"),
        (one(0.105, 0.1), "slight"),
        (one(0.3, 0.1), "weak"),  # nothing can be foreseen
        (one(0.3, 0.1, estimate(0.1)), "weak"),
        (one(0.3, 0.1, estimate(0.0)), "foreseen"),
        (one(0.3, 0.1, estimate(-0.2)), "foreseen"),
        (one(0.3, 0.1, estimate(0.04, 0.01)), "foreseen"),  # less than a quarter of the excess
        (one(0.3, 0.1, estimate(0.1, 0.2)), "foreseen"),  # not beyond chance
        (one(2.0, 1.0, estimate(0.6, 0.1), "lean"), "weak"),
        (one(2.0, 1.0, estimate(-0.6, 0.1), "lean"), "weak"),
        (one(2.0, 1.0, estimate(-0.4, 0.1), "lean"), "no lean"),  # less than a quarter
        (one(2.0, 1.0, estimate(0.6, 0.7), "lean"), "no lean"),
        (one(2.0, 1.0, Estimate(value=0.6, reason="one group"), "lean"), "weak"),
    ],
)
def test_the_word_follows_from_the_numbers(told: Slice, word: str) -> None:
    assert weight_of(told) == word


def test_among_many_more_is_asked() -> None:
    """0.1 with a 95 % interval of ±0.08 is 2.45 errors: 1.4 % by chance of one, 14 % of ten."""
    told = one(0.3, 0.1, estimate(0.1, 0.08))
    assert [weight_of(told, among) for among in (1, 10)] == ["weak", "foreseen"]
    lean = one(2.0, 1.0, estimate(-0.6, 0.48), "lean")
    assert [weight_of(lean, among) for among in (1, 10)] == ["weak", "no lean"]
