"""Grids of columns that are mostly one value or have one far away, and how values are told."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.explainability.effects.measure import measure_dependence
from assay.explainability.effects.spread_grid import inverse_quantiles, spread_values


def second(rows: np.ndarray) -> np.ndarray:
    return np.log1p(np.abs(rows[:, 0])) + rows[:, 1]


def mostly_zero(n: int = 1000, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    gain = np.where(rng.random(n) < 0.93, 0.0, rng.integers(100, 9000, n))
    gain[0] = 1e6
    return np.column_stack([gain, rng.normal(size=n)])


def test_a_column_that_is_mostly_zero_has_more_than_zero_in_its_grid():
    x = mostly_zero()
    effect = measure_dependence(second, x, 0)
    grid = np.array(effect.grid)
    assert grid[0] == 0
    assert len(grid) == 20
    rest = np.sort(x[x[:, 0] > 0, 0])
    np.testing.assert_array_equal(grid[1:], inverse_quantiles(*counted(rest), spaced(19)))
    steps = measure_dependence(second, x, 0, kind="ale")
    assert len(steps.grid) == 21
    assert (steps.grid[0], steps.grid[-1]) == (0.0, 1e6)
    assert min(steps.counts[2:]) >= 1


def counted(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    levels, counts = np.unique(values, return_counts=True)
    return levels, counts.astype(np.float64)


def spaced(n: int) -> np.ndarray:
    return np.linspace(0.05, 0.95, n)


@given(
    st.lists(st.integers(0, 30), min_size=1, max_size=60),
    st.integers(1, 25),
)
def test_spread_values_occur_are_no_more_than_asked_and_hold_the_quantiles_where_enough(values, n):
    levels, mass = counted(np.array(values, dtype=np.float64))
    made = spread_values(levels, mass, (0.05, 0.95), n)
    plain = np.unique(inverse_quantiles(levels, mass, np.linspace(0.05, 0.95, n)))
    assert set(made.tolist()) <= set(levels.tolist())
    assert 1 <= len(made) <= n
    if len(plain) >= n / 2:
        np.testing.assert_array_equal(made, plain)


def test_one_value_far_away_is_measured_and_not_drawn():
    x = mostly_zero()
    effect = measure_dependence(second, x, 0, kind="ale")
    points = effect.points()
    assert effect.positions[-1] == 1e6
    assert points.extent is not None
    assert points.extent[1] < 1e5
    assert 0.98 < sum(share for _, _, share in effect.density) < 1
    near = measure_dependence(second, x[1:], 0, kind="ale")
    assert near.points().extent is None
    given_far = measure_dependence(second, x, 0, grid=[0.0, 1.0, 1e6])
    assert given_far.points().extent is None


def test_density_is_of_the_stretch_that_is_drawn():
    x = np.column_stack([np.random.default_rng(0).lognormal(0, 3, 1000), np.zeros(1000)])
    effect = measure_dependence(second, x, 0)
    ends = effect.density[0][0], effect.density[-1][1]
    low, high = effect.positions[0], effect.positions[-1]
    room = 0.1 * (high - low)
    assert ends == pytest.approx((max(x[:, 0].min(), low - room), high + room))
    inside = np.mean((x[:, 0] >= ends[0]) & (x[:, 0] <= ends[1]))
    assert sum(share for _, _, share in effect.density) == pytest.approx(inside)


def test_times_with_a_zone_are_told_in_utc_and_can_be_given_back():
    when = pd.Timestamp("2021-01-03", tz="Europe/Berlin") + pd.to_timedelta(
        np.arange(0, 4000, 40), "min"
    )
    rows = pd.DataFrame({"when": when, "z": np.arange(100.0)})

    def hour(asked: pd.DataFrame) -> np.ndarray:
        return asked["when"].dt.hour.to_numpy() + asked["z"].to_numpy()

    effect = measure_dependence(hour, rows, "when", resolution=5)
    assert all(str(cell).endswith("Z") for cell in effect.grid)
    again = measure_dependence(hour, rows, "when", grid=list(effect.grid))
    assert again.positions == effect.positions
    np.testing.assert_array_equal(again.values, effect.values)


def test_a_category_called_missing_is_not_a_missing_value():
    rows = pd.DataFrame({"c": ["missing", "there", None] * 10, "z": np.arange(30.0)})

    def model(asked: pd.DataFrame) -> np.ndarray:
        return asked["z"].to_numpy() + asked["c"].isna().to_numpy()

    effect = measure_dependence(model, rows, "c")
    told = ["missing", "there", "missing (no value)"]
    assert effect.to_frame()["value"].to_list() == told
    pair = measure_dependence(model, rows, ("c", "z"), resolution=2)
    assert pair.to_frame()["first_value"].unique(maintain_order=True).to_list() == told
    assert len({(cell.row, cell.column) for cell in pair.cells()}) == 6


def test_times_of_a_heat_map_are_told_by_their_days():
    when = pd.Timestamp("2021-01-03 07:16") + pd.to_timedelta(np.arange(60), "D")
    rows = pd.DataFrame({"when": when, "z": np.arange(60.0)})
    pair = measure_dependence(lambda r: r["z"].to_numpy(), rows, ("when", "z"), resolution=3)
    assert all(len(cell.row) == len("2021-01-03") for cell in pair.cells())
