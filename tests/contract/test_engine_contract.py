"""What every engine promises: equal answers to a plain computation, on a table full of traps.

A second engine adds itself to `ENGINES` and a way to make its lazy frame to `lazy`.
"""

import math
from collections import Counter, defaultdict
from datetime import datetime, timedelta

import narwhals as nw
import numpy as np
import polars as pl
import pytest

from assay.data.engines.polars import PolarsEngine
from assay.data.requests import (
    CubeRequest,
    DistributionRequest,
    GridRequest,
    MomentsRequest,
    ProfileRequest,
    ScoreTableRequest,
    UnitSumsRequest,
)
from assay.errors import InputError

ENGINES = [PolarsEngine()]
N = 3_000


def trap_table(n=N, seed=0):
    """Build ints, nulls, NaNs, strings of low and high cardinality, bools, times, text numbers."""
    rng = np.random.default_rng(seed)
    start = datetime.fromisoformat("2024-01-01")

    def holes(values, share):
        return [None if hole else v for v, hole in zip(values, rng.random(n) < share, strict=True)]

    score = rng.random(n).round(2)
    return pl.DataFrame(
        {
            "id": range(n),
            "number": rng.integers(-5, 5, n),
            "with_null": holes(rng.normal(10, 3, n).tolist(), 0.03),
            "with_nan": np.where(rng.random(n) < 0.01, np.nan, rng.normal(0, 1, n)),
            "low": holes(rng.choice(["a", "b", "c"], n).tolist(), 0.05),
            "high": holes([f"v{i}" for i in rng.integers(0, n // 2, n)], 0.05),
            "flag": rng.random(n) < 0.4,
            "flag_null": holes((rng.random(n) < 0.5).tolist(), 0.1),
            "at": [start + timedelta(minutes=int(i)) for i in rng.integers(0, 10_000, n)],
            "text_number": [str(i) if i % 10 else "bad" for i in range(n)],
            "nothing": pl.Series([None] * n, dtype=pl.Float64),
            "score": score,
            "y": rng.random(n) < score,
            "weight": rng.integers(0, 4, n).astype(float),
            "group": holes([f"g{i}" for i in rng.integers(0, 40, n)], 0.0),
        }
    )


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.name)
def engine(request):
    return request.param


@pytest.fixture(scope="module")
def table():
    return trap_table()


@pytest.fixture(params=["memory", "parquet"])
def frame(request, engine, table, tmp_path):
    return lazy(engine, table, tmp_path if request.param == "parquet" else None)


def lazy(engine, table, folder):
    assert engine.name == "polars"
    if folder is None:
        return nw.from_native(table.lazy())
    table.write_parquet(folder / "table.parquet", row_group_size=700)
    return nw.from_native(pl.scan_parquet(folder / "table.parquet"))


def clean(value):
    """Return NaN as None."""
    return None if isinstance(value, float) and math.isnan(value) else value


def cells_of(cube):
    return {
        tuple(levels[code] for levels, code in zip(cube.levels, codes, strict=True)): at
        for at, codes in enumerate(cube.codes.tolist())
    }


def test_count_rows(engine, frame):
    assert engine.count_rows(frame) == N


@pytest.mark.parametrize(
    "keys",
    [("flag",), ("low", "flag_null"), ("number", "low", "y"), ("with_nan",), ("nothing", "flag")],
)
def test_cube_counts_every_combination(engine, frame, table, keys):
    request = CubeRequest(by={key: nw.col(key) for key in keys}, weight="weight")
    cube = engine.scan(frame, {"cube": request})["cube"]
    n, w, w2 = Counter(), defaultdict(float), defaultdict(float)
    for row in table.iter_rows(named=True):
        cell = tuple(clean(row[key]) for key in keys)
        n[cell] += 1
        w[cell] += row["weight"]
        w2[cell] += row["weight"] ** 2
    at = cells_of(cube) if cube.folded == 0 else {}
    if keys == ("with_nan",):
        assert cube.folded > 0  # more cells than rows / 10 and than the floor
        assert cube.n_rows == N
        return
    assert {cell: cube.n[i] for cell, i in at.items()} == n
    assert all(cube.w[i] == pytest.approx(w[cell]) for cell, i in at.items())
    assert all(cube.w2[i] == pytest.approx(w2[cell]) for cell, i in at.items())
    assert cube.weighted
    for levels in cube.levels:
        known = [level for level in levels if level is not None]
        assert known == sorted(known)
        assert None not in levels[:-1]


def test_unweighted_cube_has_counts_as_weights(engine, frame, table):
    cube = engine.scan(frame, {"cube": CubeRequest(by={"low": nw.col("low")})})["cube"]
    assert cube.w.tolist() == cube.w2.tolist() == cube.n.tolist()
    assert not cube.weighted
    assert cube.n_rows == table.height


def test_cube_by_expression(engine, frame, table):
    request = CubeRequest(by={"high score": nw.col("score") >= 0.5, "y": nw.col("y")})
    cube = engine.scan(frame, {"cube": request})["cube"]
    expected = np.zeros((2, 2))
    for score, y in table.select("score", "y").iter_rows():
        expected[int(score >= 0.5), int(y)] += 1
    assert cube.keys == ("high score", "y")
    assert cube.dense().tolist() == expected.tolist()


def test_cube_where_leaves_rows_out_and_null_is_not_true(engine, frame, table):
    request = CubeRequest(by={"low": nw.col("low")}, where=nw.col("flag_null"))
    cube = engine.scan(frame, {"cube": request})["cube"]
    assert cube.n_rows == table["flag_null"].sum()


def test_cube_of_no_rows(engine, frame):
    request = CubeRequest(by={"low": nw.col("low")}, where=nw.col("number") > 100)
    cube = engine.scan(frame, {"cube": request})["cube"]
    assert cube.n_rows == 0
    assert cube.codes.shape == (0, 1)


def test_cube_by_unit(engine, frame, table):
    request = CubeRequest(by={"y": nw.col("y")}, unit="group", weight="weight")
    cube = engine.scan(frame, {"cube": request})["cube"]
    groups = sorted(set(table["group"]))
    dense = np.zeros((len(groups), 2))
    for group, y, weight in table.select("group", "y", "weight").iter_rows():
        dense[groups.index(group), int(y)] += weight
    found = np.zeros_like(dense)
    found[cube.by_unit.unit, cube.by_unit.cell] = cube.by_unit.w
    assert found == pytest.approx(dense)
    assert cube.by_unit.n_units == len(groups)
    assert found.sum(axis=0) == pytest.approx(cube.w)


def test_rare_values_fold_into_other(engine, frame, table):
    request = CubeRequest(by={"high": nw.col("high"), "y": nw.col("y")}, max_cells=100)
    cube = engine.scan(frame, {"cube": request})["cube"]
    assert cube.n.size <= 100
    assert cube.n_rows == table.height
    assert cube.levels[0][-2:] == ("(other)", None)
    rows = Counter(table["high"].drop_nulls())
    kept = set(cube.levels[0][:-2])
    gone = set(rows) - kept
    assert cube.folded == sum(rows[value] for value in gone)
    assert min(rows[value] for value in kept) >= max(rows[value] for value in gone)


def test_nothing_folds_where_all_values_must_stand(engine, frame, table):
    by = {"high": nw.col("high"), "y": nw.col("y")}
    cube = engine.scan(frame, {"cube": CubeRequest(by=by, max_cells=100, keep_all=True)})["cube"]
    assert cube.folded == 0
    assert cube.n.size == table.select("high", "y").n_unique() > 100
    assert cube.n_rows == table.height


def test_small_tables_do_not_fold(engine):
    table = pl.DataFrame({"a": ["x", "y"] * 6, "b": [True, True, False] * 4})
    frame = lazy(engine, table, None)
    request = CubeRequest(by={"a": nw.col("a"), "b": nw.col("b")})
    assert engine.scan(frame, {"cube": request})["cube"].folded == 0


def expected_scores(table, keep=lambda row: True, weight=False):
    sums = defaultdict(lambda: np.zeros(6))
    for row in table.iter_rows(named=True):
        if keep(row):
            w = row["weight"] if weight else 1.0
            y = row["y"]
            sums[row["score"]] += [y, not y, w * y, w * (not y), w * w * y, w * w * (not y)]
    return sums


@pytest.mark.parametrize("weight", [None, "weight"])
@pytest.mark.parametrize("shift", [0.0, -0.5])  # below 0 the sort takes another way
def test_exact_score_table(engine, frame, table, weight, shift):
    request = ScoreTableRequest(score=nw.col("score") + shift, positive=nw.col("y"), weight=weight)
    scores = engine.scan(frame, {"scores": request})["scores"]
    expected = expected_scores(table, weight=weight is not None)
    assert scores.exact
    assert scores.score == pytest.approx(np.array(sorted(expected)) + shift, abs=1e-15)
    rows = np.array([expected[score] for score in sorted(expected)])
    assert scores.n_pos.tolist() == rows[:, 0].tolist()
    assert scores.n_neg.tolist() == rows[:, 1].tolist()
    if weight is None:
        assert scores.w_pos is None
        assert scores.n_pos.dtype == scores.n_neg.dtype == np.int32
    else:
        made = np.column_stack([scores.w_pos, scores.w_neg, scores.w2_pos, scores.w2_neg])
        assert made == pytest.approx(rows[:, 2:])


def test_score_table_leaves_out_rows_without_score_or_label(engine, frame, table):
    request = ScoreTableRequest(score=nw.col("with_nan"), positive=nw.col("flag_null"))
    scores = engine.scan(frame, {"scores": request})["scores"]
    both = table.filter(pl.col("with_nan").is_not_nan() & pl.col("flag_null").is_not_null())
    assert scores.n_rows == both.height
    assert scores.n_pos.sum() == both["flag_null"].sum()
    assert np.isfinite(scores.score).all()


def test_score_table_keeps_rows_by_unit(engine, frame, table):
    request = ScoreTableRequest(score=nw.col("score"), positive=nw.col("y"), unit="group")
    scores = engine.scan(frame, {"scores": request})["scores"]
    groups = sorted(set(table["group"]))
    assert scores.rows.n_units == len(groups)
    assert scores.score[scores.rows.level].tolist() == table["score"].to_list()
    assert [groups[code] for code in scores.rows.unit] == table["group"].to_list()
    assert scores.rows.positive.tolist() == table["y"].to_list()
    assert scores.rows.kind == "group"


@pytest.mark.parametrize("weight", [None, "weight"])
def test_score_table_keeps_each_row_as_its_own_unit(engine, frame, table, weight):
    request = ScoreTableRequest(
        score=nw.col("score"), positive=nw.col("y"), keep_rows=True, weight=weight
    )
    scores = engine.scan(frame, {"scores": request})["scores"]
    assert scores.rows.kind == "row"
    assert scores.rows.unit.tolist() == list(range(table.height))
    assert scores.score[scores.rows.level].tolist() == table["score"].to_list()
    assert scores.rows.positive.tolist() == table["y"].to_list()
    expected = table["weight"].to_list() if weight else [1.0] * table.height
    assert scores.rows.w.tolist() == expected


@pytest.mark.parametrize("weight", [None, "weight"])
def test_binned_score_table(engine, frame, table, weight):
    request = ScoreTableRequest(
        score=nw.col("score"), positive=nw.col("y"), weight=weight, max_exact=100, n_bins=20
    )
    scores = engine.scan(frame, {"scores": request})["scores"]
    assert not scores.exact
    assert scores.score.size <= 20
    assert scores.n_rows == table.height
    assert scores.n_pos.sum() == table["y"].sum()
    assert (np.diff(scores.score) > 0).all()
    share = (scores.n_pos + scores.n_neg) / table.height
    assert share.max() < 0.09  # about 1/20 each
    weights = table["weight"] if weight else pl.Series([1.0] * table.height)
    w_pos, w_neg = scores.weights()
    assert w_pos.sum() + w_neg.sum() == pytest.approx(weights.sum())
    mean = (scores.score * (scores.n_pos + scores.n_neg)).sum() / table.height
    assert mean == pytest.approx(table["score"].mean())


def test_a_where_that_leaves_few_rows_is_exact(engine, frame, table):
    request = ScoreTableRequest(
        score=nw.col("score"), positive=nw.col("y"), where=nw.col("number") == 0, max_exact=1_000
    )
    scores = engine.scan(frame, {"scores": request})["scores"]
    few = table.filter(pl.col("number") == 0)
    assert scores.exact
    assert scores.score.tolist() == sorted(set(few["score"]))


@pytest.mark.parametrize("weight", [None, "weight"])
def test_distribution(engine, frame, table, weight):
    request = DistributionRequest(value=nw.col("with_null").round(0), weight=weight)
    values = engine.scan(frame, {"values": request})["values"]
    n, w, w2 = Counter(), Counter(), Counter()
    for value, weigh in table.select("with_null", "weight").iter_rows():
        if value is not None:
            key, one = float(np.round(value)), weigh if weight else 1.0
            n[key] += 1
            w[key] += one
            w2[key] += one * one
    assert values.exact
    assert values.value.tolist() == sorted(n)
    assert values.n.tolist() == [n[key] for key in sorted(n)]
    assert values.w == pytest.approx([w[key] for key in sorted(n)])
    assert values.w2 == pytest.approx([w2[key] for key in sorted(n)])


@pytest.mark.parametrize("weight", [None, "weight"])
@pytest.mark.parametrize("max_exact", [10_000, 100])
def test_distribution_keeps_rows_by_unit(engine, frame, table, weight, max_exact):
    request = DistributionRequest(
        value=nw.col("with_null"), weight=weight, unit="group", max_exact=max_exact, n_bins=16
    )
    values = engine.scan(frame, {"values": request})["values"]
    known = table.filter(pl.col("with_null").is_not_null())
    groups = sorted(set(known["group"]))
    assert values.exact == (max_exact > table.height)
    assert [groups[code] for code in values.rows.unit] == known["group"].to_list()
    assert values.rows.w.tolist() == (
        known["weight"].to_list() if weight else [1.0] * known.height
    )
    if values.exact:
        assert values.value[values.rows.level].tolist() == known["with_null"].to_list()
    else:
        numbers = known["with_null"].to_numpy()
        assert (values.low[values.rows.level] <= numbers).all()
        assert (numbers <= values.high[values.rows.level]).all()


def test_binned_distribution_holds_its_values_between_low_and_high(engine, frame, table):
    request = DistributionRequest(value=nw.col("with_null"), max_exact=100, n_bins=16)
    values = engine.scan(frame, {"values": request})["values"]
    known = np.sort(table["with_null"].drop_nulls().to_numpy())
    assert not values.exact
    assert values.n_rows == known.size
    assert values.low[0] == known[0]
    assert values.high[-1] == known[-1]
    assert (values.low <= values.value).all()
    assert (values.value <= values.high).all()
    assert (values.high[:-1] < values.low[1:]).all()
    ends = np.cumsum(values.n)
    assert values.value == pytest.approx(
        [part.mean() for part in np.split(known, ends[:-1])], rel=1e-12
    )


@pytest.mark.parametrize("weight", [None, "weight"])
def test_moments(engine, frame, table, weight):
    quantities = {"a": nw.col("with_null"), "b": nw.col("with_nan"), "c": nw.col("y")}
    request = MomentsRequest(quantities=quantities, weight=weight)
    moments = engine.scan(frame, {"moments": request})["moments"]
    columns = table.select("with_null", "with_nan", pl.col("y").cast(pl.Float64), "weight")
    rows = columns.fill_nan(None).drop_nulls().to_numpy()
    x, w = rows[:, :3], rows[:, 3] if weight else np.ones(len(rows))
    z = np.column_stack([np.ones(len(x)), x])
    mean = (w[:, None] * x).sum(axis=0) / w.sum()
    assert moments.n == len(rows)
    assert moments.n_skipped == table.height - len(rows)
    assert moments.s1 == pytest.approx((z * w[:, None]).T @ z, rel=1e-12)
    assert moments.s2 == pytest.approx((z * (w**2)[:, None]).T @ z, rel=1e-12)
    third = ((w**3)[:, None] * (x - mean) ** 3).sum(axis=0)
    assert moments.s3 == pytest.approx(third, rel=1e-9)
    assert moments.minimum.tolist() == x.min(axis=0).tolist()
    assert moments.maximum.tolist() == x.max(axis=0).tolist()
    assert moments.by_unit is None
    assert moments.unit_kind == "row"


def test_moments_by_unit(engine, frame, table):
    request = MomentsRequest(
        quantities={"a": nw.col("number")}, unit="group", unit_kind="block", weight="weight"
    )
    moments = engine.scan(frame, {"moments": request})["moments"]
    groups = sorted(set(table["group"]))
    totals = np.zeros((len(groups), 2))
    for group, number, w in table.select("group", "number", "weight").iter_rows():
        totals[groups.index(group)] += [w, w * number]
    mean = totals[:, 1].sum() / totals[:, 0].sum()
    assert moments.by_unit == pytest.approx(totals)
    assert moments.unit_kind == "block"
    third = ((totals[:, 1] - mean * totals[:, 0]) ** 3).sum()
    assert moments.s3 == pytest.approx([third])


@pytest.mark.parametrize("weight", [None, "weight"])
def test_unit_sums(engine, frame, table, weight):
    quantities = {"flag": nw.col("flag"), "score": nw.col("score"), "holes": nw.col("flag_null")}
    request = UnitSumsRequest(quantities=quantities, weight=weight, unit="group")
    found = engine.scan(frame, {"t": request})["t"]
    kept = table.drop_nulls(["flag_null"])
    w = kept["weight"] if weight else pl.Series([1.0] * kept.height)
    assert (found.n, found.unit_kind, found.weighted) == (kept.height, "group", weight is not None)
    for at, unit in enumerate(sorted(set(kept["group"]))):
        here = kept["group"] == unit
        assert found.rows[at] == here.sum()
        assert found.w[at] == pytest.approx(w.filter(here).sum())
        assert found.w2[at] == pytest.approx((w**2).filter(here).sum())
        for place, name in enumerate(("flag", "score", "flag_null")):
            wanted = (kept[name].cast(pl.Float64) * w).filter(here).sum()
            assert found.sums[at, place] == pytest.approx(wanted)
    plain = [kept[name].cast(pl.Float64).sum() for name in ("flag", "score", "flag_null")]
    assert found.counts.tolist() == pytest.approx(plain)
    assert found.n_units == len(set(kept["group"]))


def test_unit_sums_of_no_rows(engine, frame):
    request = UnitSumsRequest(
        quantities={"s": nw.col("score")}, unit="group", where=nw.col("score") > 2
    )
    found = engine.scan(frame, {"t": request})["t"]
    assert (found.n, found.n_units, found.sums.shape) == (0, 0, (0, 1))


def test_third_moment_keeps_its_digits_far_from_zero(engine):
    x = np.random.default_rng(1).exponential(1.0, 5_000)
    frame = lazy(engine, pl.DataFrame({"x": x + 1e6}), None)
    request = MomentsRequest(quantities={"x": nw.col("x")})
    moments = engine.scan(frame, {"m": request})["m"]
    assert moments.s3 == pytest.approx([((x - x.mean()) ** 3).sum()], rel=1e-6)


def test_grid(engine, frame, table):
    x_edges, y_edges = (0.0, 0.25, 0.5, 1.0), (5.0, 10.0, 15.0)
    request = GridRequest(
        x=nw.col("score"), y=nw.col("with_null"), x_edges=x_edges, y_edges=y_edges
    )
    grid = engine.scan(frame, {"grid": request})["grid"]
    pairs = table.select("score", "with_null").drop_nulls().to_numpy()
    clipped = np.clip(pairs, [0.0, 5.0], [1.0, 15.0])
    expected, _, _ = np.histogram2d(clipped[:, 0], clipped[:, 1], bins=[x_edges, y_edges])
    assert grid.counts.tolist() == expected.tolist()


def test_profile_of_numbers(engine, frame, table):
    request = ProfileRequest(columns={"with_null": "continuous", "with_nan": "continuous"})
    first, second = engine.scan(frame, {"profile": request})["profile"]
    known = table["with_null"].drop_nulls().to_numpy()
    assert (first.n, first.n_null, first.n_nan) == (table.height, table.height - known.size, 0)
    assert second.n_null == 0
    assert second.n_nan == int(table["with_nan"].is_nan().sum()) > 0
    finite = table["with_nan"].to_numpy()
    finite = finite[np.isfinite(finite)]
    for profile, values in ((first, known), (second, finite)):
        assert profile.minimum == values.min()
        assert profile.maximum == values.max()
        assert profile.mean == pytest.approx(values.mean(), rel=1e-12)
        assert profile.std == pytest.approx(values.std(ddof=1), rel=1e-9)
        assert profile.n_distinct == len(set(values))
        for p, value in profile.quantiles:
            assert value == pytest.approx(np.quantile(values, p), rel=1e-12)


def test_profile_of_other_columns(engine, frame, table):
    columns = {
        "low": "categorical",
        "flag_null": "boolean",
        "at": "time",
        "nothing": "empty",
        "text_number": "text",
    }
    profiles = engine.scan(frame, {"profile": ProfileRequest(columns=columns)})["profile"]
    low, flag, at, nothing, text = profiles
    assert [profile.name for profile in profiles] == list(columns)
    counts = Counter(table["low"].drop_nulls())
    assert dict(low.top) == counts
    assert [rows for _, rows in low.top] == sorted(counts.values(), reverse=True)
    assert (low.n_distinct, low.n_null) == (3, table["low"].null_count())
    assert dict(flag.top) == Counter(table["flag_null"].drop_nulls())
    assert at.first.startswith(str(table["at"].min()))
    assert at.last.startswith(str(table["at"].max()))
    assert (nothing.n_null, nothing.n_distinct, nothing.minimum) == (N, 0, None)
    assert text.top[0] == ("bad", N // 10)


def test_profile_counts_infinite_values_apart(engine):
    frame = lazy(engine, pl.DataFrame({"x": [1.0, float("inf"), float("-inf"), 3.0]}), None)
    (profile,) = engine.scan(frame, {"p": ProfileRequest(columns={"x": "continuous"})})["p"]
    assert (profile.n_infinite, profile.minimum, profile.maximum) == (2, 1.0, 3.0)
    assert profile.mean == 2.0


def test_many_requests_in_one_scan_are_each_as_alone(engine, frame):
    requests = {
        "cube": CubeRequest(by={"low": nw.col("low")}),
        "scores": ScoreTableRequest(score=nw.col("score"), positive=nw.col("y")),
        "moments": MomentsRequest(quantities={"s": nw.col("score")}, where=nw.col("flag")),
        "profile": ProfileRequest(columns={"score": "continuous"}),
    }
    together = engine.scan(frame, requests)
    assert list(together) == list(requests)
    for name, request in requests.items():
        alone = engine.scan(frame, {name: request})[name]
        made = together[name]
        if name == "profile":
            assert alone == made
        elif name == "cube":
            assert alone.n.tolist() == made.n.tolist()
        elif name == "scores":
            assert alone.n_pos.tolist() == made.n_pos.tolist()
        else:
            assert alone.s1.tolist() == made.s1.tolist()


def test_sample_is_the_same_whatever_the_chunks(engine, table, tmp_path):
    whole = lazy(engine, table, None)
    chunked = lazy(engine, pl.concat([table[:1_000], table[1_000:]], rechunk=False), None)
    stored = lazy(engine, table, tmp_path)
    first = engine.sample(whole, 100, seed=3)
    assert first.equals(engine.sample(chunked, 100, seed=3))
    assert first.equals(engine.sample(stored, 100, seed=3))
    assert not first.equals(engine.sample(whole, 100, seed=4))
    assert first.height == 100
    assert first["id"].is_sorted()


def test_sample_of_more_rows_than_there_are(engine, frame, table):
    assert engine.sample(frame, N + 1, seed=0).height == table.height


def test_sample_is_fair(engine):
    frame = lazy(engine, pl.DataFrame({"id": range(20)}), None)
    chosen = Counter()
    for seed in range(2_000):
        chosen.update(engine.sample(frame, 5, seed=seed)["id"])
    counts = np.array([chosen[i] for i in range(20)])
    assert abs(counts - 500).max() < 5 * math.sqrt(2_000 * 0.25 * 0.75)


@pytest.mark.parametrize("rows", [1, 999, 1_000, N, N + 1])
def test_batches_are_in_order_and_full(engine, frame, table, rows):
    if rows == 1:
        frame, table = frame.head(5), table.head(5)
    batches = list(engine.batches(frame, ["id", "low"], batch_rows=rows))
    assert [batch.height for batch in batches[:-1]] == [rows] * (len(batches) - 1)
    assert pl.concat(batches).equals(table.select("id", "low"))


def test_map_batches_runs_once_in_order(engine, frame, table):
    seen = []

    def double(batch):
        seen.extend(batch["id"])
        return batch.select(doubled=pl.col("id") * 2)

    mapped = engine.map_batches(frame, double, columns=["id"], batch_rows=700)
    assert seen == table["id"].to_list()
    out = pl.concat(engine.batches(mapped))
    assert out["doubled"].to_list() == [2 * i for i in seen]
    assert out.columns == [*table.columns, "doubled"]
    cube = engine.scan(mapped, {"c": CubeRequest(by={"d": nw.col("doubled") < 10})})["c"]
    assert cube.n.tolist() == [N - 5, 5]
    assert len(seen) == N


def test_map_batches_refuses_another_number_of_rows(engine, frame):
    with pytest.raises(InputError, match="returned 1 rows for a batch of"):
        engine.map_batches(frame, lambda batch: pl.DataFrame({"p": [1]}))


def test_map_batches_refuses_a_column_that_is_there(engine, frame):
    with pytest.raises(InputError, match="there already: id"):
        engine.map_batches(frame, lambda batch: batch.select("id"))


def test_write_leaves_nothing_half_done(engine, frame, table, tmp_path):
    path = tmp_path / "out.parquet"
    engine.write(frame, path)
    assert pl.read_parquet(path).equals(table)

    def fail(batch):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        engine.write(engine.map_batches(frame, fail), tmp_path / "other.parquet")
    assert not list(tmp_path.glob("other*"))
