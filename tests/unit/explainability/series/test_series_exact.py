"""Asymmetric Shapley values against the mean over all allowed orders, listed one by one."""

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations, product

import numpy as np
import pytest

from assay.explainability.maskers.series import SeriesItem
from assay.explainability.series.explain import explain_series

Cell = tuple[str, int]
"""A series and a step; statics have the step -1."""


def forecast(records: list[dict]) -> list[list[float]]:
    """Interact over time, over series and with the statics; two steps ahead."""
    made = []
    for record in records:
        y = record["target_time_series"]
        total = y[-1] * (1 + y[0]) + np.sin(y).sum()
        for series in record["related_time_series"].values():
            total += series[-1] * y[-1] + np.prod(1 + 0.3 * series) + series[0] ** 2
        for value in record["static_covariates"].values():
            total *= 1 + 0.1 * value
        made.append([total, total**2 / 10 + y[len(y) // 2]])
    return made


def value(item: SeriesItem, on: set[Cell], filled: dict[str, float]) -> np.ndarray:
    """The forecast where the cells that are not `on` have the filling's value."""
    record = {
        "target_time_series": np.array(
            [y if (item.target_name, t) in on else filled[item.target_name]
             for t, y in enumerate(item.target)]
        ),
        "related_time_series": {
            name: np.array([x if (name, t) in on else filled[name] for t, x in enumerate(series)])
            for name, series in item.related.items()
        },
        "static_covariates": {
            name: v if (name, -1) in on else filled[name] for name, v in item.static.items()
        },
    }  # fmt: skip
    return np.array(forecast([record])[0])


def allowed_orders(blocks: Sequence[Sequence[set[Cell]]]) -> Iterator[list[set[Cell]]]:
    for inner in product(*(list(permutations(block)) for block in blocks)):
        yield [player for block in inner for player in block]


def brute_force(
    item: SeriesItem, blocks: Sequence[Sequence[set[Cell]]], filled: dict[str, float]
) -> dict[frozenset[Cell], np.ndarray]:
    orders = list(allowed_orders(blocks))
    scores: dict[frozenset[Cell], np.ndarray] = {}
    for order in orders:
        on: set[Cell] = set()
        before = value(item, on, filled)
        for player in order:
            on = on | player
            after = value(item, on, filled)
            key = frozenset(player)
            scores[key] = scores.get(key, np.zeros(2)) + (after - before) / len(orders)
            before = after
    return scores


def blocks_of(item: SeriesItem, *, fine: bool) -> tuple[list, list]:
    """Return the statics' block (a list of none or one) and those of the steps."""
    series = {item.target_name: item.target, **item.related}
    steps = []
    for t in range(item.n_steps):
        cells = [{(name, t)} for name, x in series.items() if t < len(x)]
        steps.append(cells if fine else [set().union(*cells)])
    statics = [{(name, -1)} for name in item.static]
    if not statics:
        return [], steps
    return [statics if fine else [set().union(*statics)]], steps


def expected(item: SeriesItem, *, fine: bool, direction: str, filled: dict[str, float]) -> dict:
    statics, steps = blocks_of(item, fine=fine)
    chronological = brute_force(item, [*statics, *steps], filled)
    if direction == "chronological":
        return chronological
    backwards = brute_force(item, [*statics, *reversed(steps)], filled)
    if direction == "anti_chronological":
        return backwards
    return {key: (chronological[key] + backwards[key]) / 2 for key in chronological}


ITEMS: dict[str, Callable[[], SeriesItem]] = {
    "target alone": lambda: SeriesItem(target=np.array([0.4, -1.2, 2.0, 0.7])),
    "related over the past": lambda: SeriesItem(
        target=np.array([1.0, 0.2, -0.5]), related={"rain": np.array([0.1, 2.0, -1.0])}
    ),
    "related over the future": lambda: SeriesItem(
        target=np.array([1.0, 0.2]),
        related={"rain": np.array([0.1, 2.0, -1.0]), "work": np.array([1.0, 1.0])},
        static={"size": 2.0, "age": -1.0},
    ),
    "one step": lambda: SeriesItem(target=np.array([3.0]), static={"size": 2.0}),
}


@pytest.mark.parametrize("direction", ["chronological", "anti_chronological", "bidirectional"])
@pytest.mark.parametrize("fine", [False, True])
@pytest.mark.parametrize("name", ITEMS)
@pytest.mark.parametrize("baseline", ["zero", "mean"])
def test_scores_are_the_mean_over_all_allowed_orders(
    name: str, fine: bool, direction: str, baseline: str
) -> None:
    item = ITEMS[name]()
    series = {item.target_name: item.target, **item.related}
    filled = {n: float(x.mean()) if baseline == "mean" else 0.0 for n, x in series.items()}
    filled |= dict.fromkeys(item.static, 0.5)
    made = explain_series(
        forecast,
        item,
        direction=direction,
        granularity="fine_grained" if fine else "timewise",
        baseline=baseline,
        static_baseline=[0.5] * len(item.static) if item.static else None,
    ).items[0]
    wanted = expected(item, fine=fine, direction=direction, filled=filled)
    assert made.exact
    assert len(made.players) == len(wanted)
    for player, scores in zip(made.players, made.scores, strict=True):
        key = frozenset(cells_of(item, player))
        np.testing.assert_allclose(scores, wanted[key], atol=1e-8)
    np.testing.assert_allclose(made.offset, value(item, set(), filled), atol=1e-12)
    np.testing.assert_allclose(made.offset + made.scores.sum(axis=0), made.forecast, rtol=1e-12)


def cells_of(item: SeriesItem, player) -> set[Cell]:
    series = {item.target_name: item.target, **item.related}
    if player.kind == "static":
        return {(n, -1) for n in ([player.feature] if player.feature else item.static)}
    names = [player.feature] if player.feature else list(series)
    return {(n, player.first) for n in names if player.first < len(series[n])}


def test_symmetric_values_are_the_mean_over_all_orders() -> None:
    item = ITEMS["related over the past"]()
    filled = {"target": 0.0, "rain": 0.0}
    made = explain_series(
        forecast, item, granularity="fine_grained", baseline="zero", symmetric=True, calls=64
    ).items[0]
    cells = [{(p.feature, p.first)} for p in made.players]
    wanted = brute_force(item, [cells], filled)
    assert made.exact
    for player, scores in zip(made.players, made.scores, strict=True):
        np.testing.assert_allclose(scores, wanted[frozenset(cells_of(item, player))], atol=1e-8)


def test_the_mean_over_windows_is_the_mean_of_the_games() -> None:
    item = SeriesItem(target=np.array([1.0, 2.0, 0.5]))
    windows = [np.array([0.1, 0.2, 0.3]), np.array([-1.0, 0.0, 2.0, 1.0])]  # three stretches
    stretches = [windows[0], windows[1][:3], windows[1][1:]]
    made = explain_series(forecast, item, baseline=windows).items[0]
    each = [one_window(item, filled) for filled in stretches]
    np.testing.assert_allclose(made.scores, np.mean(each, axis=0), atol=1e-12)


def one_window(item: SeriesItem, filled: np.ndarray) -> np.ndarray:
    """Chronological scores by the definition, with a stretch as the filling."""
    values = []
    for t in range(len(item.target) + 1):
        y = np.concatenate([item.target[:t], filled[t:]])
        record = {"target_time_series": y, "related_time_series": {}, "static_covariates": {}}
        values.append(forecast([record])[0])
    return np.diff(np.array(values), axis=0)
