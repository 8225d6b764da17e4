"""Values of coalitions of table rows: right, whatever the batches, and few predictions."""

import itertools

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import InputError, ModelError
from assay.explainability.maskers.table import TableGames
from assay.explainability.players import make_players
from assay.explainability.pool import pool_rows
from assay.explainability.repeats import PROBE
from assay.explainability.scores import Scores

DRAW = np.random.default_rng(5)
ROWS = DRAW.normal(size=(4, 5))
BACKGROUND = DRAW.normal(size=(7, 5))
ALL = np.array(list(itertools.product([False, True], repeat=5)))


def model(rows):
    rows = np.asarray(rows, dtype=float)
    return rows[:, 0] * rows[:, 1] + np.sin(rows[:, 2]) - rows[:, 3] * rows[:, 4] * rows[:, 0]


def games(rows=ROWS, background=BACKGROUND, *, ask=model, weights=None, players=None, **told):
    pool = pool_rows([rows, background])
    share = np.ones(len(background)) if weights is None else np.asarray(weights, dtype=float)
    outputs = ("p", "q") if told.pop("two", False) else ("p",)
    return TableGames(
        pool,
        len(rows),
        share / share.sum(),
        Scores(ask, outputs),
        make_players(pool.columns, players),
        **told,
    )


def by_hand(rows, background, coalitions, weights):
    """Evaluate masked rows one by one."""
    out = np.zeros((len(rows), len(coalitions)))
    for i, row in enumerate(rows):
        for j, on in enumerate(coalitions):
            masked = np.array([np.where(on, row, other) for other in background])
            out[i, j] = np.average(model(masked), weights=weights)
    return out


def test_values_are_weighted_means_of_masked_rows():
    weights = np.arange(1.0, 8.0)
    made = games(weights=weights).values(np.array([2, 0, 3]), ALL)
    assert made.shape == (3, 32, 1)
    expected = by_hand(ROWS[[2, 0, 3]], BACKGROUND, ALL, weights)
    assert made[..., 0] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("batch_rows", [1, 2, 3, 10, 50, 224, 225, 100_000])
@pytest.mark.parametrize("merge", [True, False, None])
def test_batches_and_merging_change_nothing(batch_rows, merge):
    largest = []

    def ask(rows):
        largest.append(len(rows))
        return np.column_stack([model(rows), -2 * model(rows)])

    made = games(ask=ask, two=True, batch_rows=batch_rows, merge=merge)
    values = made.values(np.arange(4), ALL)
    expected = by_hand(ROWS, BACKGROUND, ALL, None)
    assert values[..., 0] == pytest.approx(expected, abs=1e-12)
    assert values[..., 1] == pytest.approx(-2 * expected, abs=1e-12)
    assert max(largest) <= batch_rows
    assert made.scores.tally.asked == 4 * 32 * 7
    assert made.scores.tally.made == sum(largest)
    assert merge is not False or sum(largest) == 4 * 32 * 7


CELLS = st.sampled_from([0.0, 1.0, 2.0, float("nan")])


@settings(max_examples=60, deadline=None)
@given(
    table=st.lists(st.tuples(*[CELLS] * 3), min_size=2, max_size=9),
    n_rows=st.integers(1, 3),
    frame=st.booleans(),
)
def test_merging_equal_rows_changes_nothing_and_asks_each_once(table, n_rows, frame):
    n_rows = min(n_rows, len(table) - 1)
    every = np.array(table)
    rows, background = every[:n_rows], every[n_rows:]
    seen = []

    def ask(masked):
        array = np.asarray(masked)
        seen.append(array)
        return np.nan_to_num(array, nan=-7.0) @ [1.0, 10.0, 100.0]

    wrap = pl.DataFrame if frame else np.asarray
    coalitions = np.array(list(itertools.product([False, True], repeat=3)))
    made = []
    for merge in (True, False):
        seen.clear()
        told = games(wrap(rows), wrap(background), ask=ask, merge=merge)
        made.append(told.values(np.arange(n_rows), coalitions))
        if merge:
            joined = np.concatenate(seen)
            assert len(np.unique(joined, axis=0, equal_nan=True)) == len(joined)
    assert np.array_equal(made[0], made[1])


def test_few_repeats_are_not_searched_for_after_the_first_batch():
    rows, background = DRAW.normal(size=(6, 10)), DRAW.normal(size=(40, 10))
    coalitions = DRAW.random((128, 10)) < 0.5
    made = games(rows, background, ask=lambda rows: np.zeros(len(rows)))
    made.values(np.arange(6), coalitions)
    assert len(coalitions) * len(background) > PROBE
    assert made._repeats._merge is False
    discrete = games(rows.round() > 0, background > 0, ask=lambda rows: np.zeros(len(rows)))
    discrete.values(np.arange(6), coalitions)
    assert discrete._repeats._merge is True
    assert discrete.scores.tally.made < 0.3 * discrete.scores.tally.asked


def test_players_that_equal_all_background_rows_do_not_vary():
    rows = np.array([[1.0, np.nan, 3.0], [2.0, 1.0, 3.0]])
    background = np.array([[1.0, np.nan, 3.0], [1.0, np.nan, 4.0]])
    made = games(rows, background)
    assert made.varying().tolist() == [[False, False, True], [True, True, True]]
    grouped = games(rows, background, players=[["x0", "x1"]])
    assert grouped.varying().tolist() == [[False, True], [True, True]]
    weighed = games(rows, background, weights=[1.0, 0.0])
    assert weighed.varying().tolist() == [[False, False, False], [True, True, False]]


def test_rows_repeated_in_the_background_are_weights():
    coalitions = ALL
    doubled = np.concatenate([BACKGROUND, BACKGROUND[:3], BACKGROUND[:1]])
    weights = np.array([3.0, 2, 2, 1, 1, 1, 1])
    one = games(background=doubled).values(np.arange(4), coalitions)
    other = games(weights=weights).values(np.arange(4), coalitions)
    assert one == pytest.approx(other, abs=1e-12)
    without = games(weights=[1, 1, 1, 0, 0, 0, 0]).values(np.arange(4), coalitions)
    assert without == pytest.approx(
        games(background=BACKGROUND[:3]).values(np.arange(4), coalitions), abs=1e-12
    )


def test_columns_in_another_order_give_the_same_values():
    order = [3, 0, 4, 1, 2]
    frame = [pd.DataFrame(part, columns=list("abcde")) for part in (ROWS, BACKGROUND)]
    turned = [part.iloc[:, order] for part in frame]
    ask = lambda rows: model(rows[list("abcde")])  # noqa: E731
    one = games(*frame, ask=ask).values(np.arange(4), ALL)
    other = games(*turned, ask=ask).values(np.arange(4), ALL[:, order])
    assert np.array_equal(one, other)


def test_groups_are_switched_together_and_kept_columns_keep_the_rows_values():
    pool = pool_rows([ROWS, BACKGROUND])
    players = make_players(pool.columns, {"both": ["x0", "x3"], "one": ["x1"]}, rest="kept")
    made = TableGames(pool, 4, np.full(7, 1 / 7), Scores(model, ("p",)), players)
    values = made.values(np.arange(4), np.array([[True, False], [False, True]]))[..., 0]
    on = np.array([[True, False, True, True, True], [False, True, True, False, True]])
    assert values == pytest.approx(by_hand(ROWS, BACKGROUND, on, None), abs=1e-12)


def test_memory_that_runs_out_makes_batches_smaller():
    sizes = []

    def ask(rows):
        sizes.append(len(rows))
        if len(rows) > 20:
            raise MemoryError
        return model(rows)

    made = games(ask=ask, merge=False)
    values = made.values(np.arange(4), ALL)[..., 0]
    assert values == pytest.approx(by_hand(ROWS, BACKGROUND, ALL, None), abs=1e-12)
    before = len(sizes)
    made.values(np.arange(4), ALL)
    assert max(sizes[before:]) <= 20

    def never(rows):
        del rows
        raise MemoryError

    with pytest.raises(ModelError, match="out of memory on a single row"):
        games(ask=never).values(np.arange(1), ALL)


def test_slow_models_get_smaller_batches_and_quick_ones_large_ones_again():
    made = games()
    made._adapt(20_000, 2.0)
    assert made._limit == 10_000
    made._adapt(10_000, 0.6)
    assert made._limit == 5_000
    made._adapt(5_000, 0.2)
    assert made._limit == 5_000
    made._adapt(5_000, 0.01)
    assert made._limit == 10_000
    for _ in range(3):
        made._adapt(made._limit, 0.01)
    assert made._limit == 20_000
    told = games(batch_rows=500)
    told._adapt(500, 9.0)
    assert told._limit == 500


def test_large_backgrounds_and_wide_tables_come_in_parts():
    rows, background = np.zeros((1, 3)), DRAW.normal(size=(50_000, 3))
    sizes = []

    def ask(masked):
        sizes.append(len(masked))
        return masked.sum(axis=1)

    values = games(rows, background, ask=ask, merge=False).values(
        np.array([0]), np.zeros((1, 3), bool)
    )
    assert values.item() == pytest.approx(background.sum(axis=1).mean())
    assert max(sizes) <= 20_000
    assert games(np.zeros((1, 4000)), np.zeros((1, 4000)))._limit == 2**26 // (8 * 4000)


def test_no_rows_or_coalitions_give_empty_values():
    assert games().values(np.array([], dtype=int), ALL).shape == (0, 32, 1)
    assert games().values(np.arange(4), ALL[:0]).shape == (4, 0, 1)
    assert games(ROWS[:0]).varying().shape == (0, 5)


def test_progress_tells_the_predictions_asked_for():
    told = []
    games(batch_rows=50, progress=told.append).values(np.arange(4), ALL)
    assert sum(told) == 4 * 32 * 7


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda rows: np.zeros(len(rows) + 1), "shape"),
        (lambda rows: np.full(len(rows), np.nan), "no finite number for 1 of 1 rows"),
        (lambda rows: ["yes"] * len(rows), "hold no numbers"),
        (lambda rows: np.zeros(len(rows), dtype=complex), "hold no numbers"),
        (lambda rows: 1 / 0, "fails: ZeroDivisionError: .*put together of two"),
    ],
)
def test_bad_answers_are_told(ask, message):
    with pytest.raises(ModelError, match=message):
        Scores(ask, ("p",))(ROWS[:1], 1)


def test_answers_may_be_lists_frames_and_columns():
    for answer in ([1.0, 2.0], pd.DataFrame({"p": [1, 2]}), pl.Series([1.0, 2.0]), [[1], [2]]):
        made = Scores(lambda rows, answer=answer: answer, ("p",))(ROWS[:2], 2)
        assert made.tolist() == [[1.0], [2.0]]


def test_errors_that_say_what_to_do_stay_and_memory_is_found_below():
    def refuse(rows):
        del rows
        msg = "say so"
        raise InputError(msg)

    with pytest.raises(InputError, match="say so"):
        Scores(refuse, ("p",))(ROWS, 4)

    def wrapped(rows):
        del rows
        msg = "the model failed"
        raise ModelError(msg) from MemoryError()

    with pytest.raises(MemoryError):
        Scores(wrapped, ("p",))(ROWS, 4)


def test_the_two_links_of_log_odds_differ_and_count_what_they_clip():
    def ask(rows):
        return np.asarray(rows)[:, 0]

    def of(link):
        scores = Scores(ask, ("p",), "log_odds", link)
        pool = pool_rows([np.array([[1.0]]), np.array([[0.2], [0.9]])])
        made = TableGames(pool, 1, np.array([0.5, 0.5]), scores, make_players(pool.columns))
        return made.values(np.array([0]), np.array([[False], [True]])), scores.tally.clipped

    mean, logit = (lambda p: np.log(p / (1 - p)))(0.55), np.log(0.25) / 2 + np.log(9) / 2
    (first, clipped), (second, _) = of("mean_then_logit"), of("logit_then_mean")
    assert first[0, 0, 0] == pytest.approx(mean)
    assert second[0, 0, 0] == pytest.approx(logit)
    assert clipped == 1
    assert first[0, 1, 0] == pytest.approx(np.log(1e7), rel=1e-6)
