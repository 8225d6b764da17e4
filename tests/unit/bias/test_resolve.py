"""Facets settled on rows."""

from datetime import date, datetime, timedelta
from time import perf_counter

import numpy as np
import pandas as pd
import polars as pl
import pytest

from assay.bias import resolve_columns
from assay.bias.facet import EXCLUDED, FacetSpec
from assay.bias.facet_text import parse_facet
from assay.bias.resolve import resolve_facets
from assay.bias.resolve_numbers import clarify_interval
from assay.data.dataset import Dataset
from assay.data.requests import CubeRequest
from assay.errors import ColumnNotFoundError, InputError


def opened(columns, **told):
    n = len(next(iter(columns.values())))
    return Dataset.read({**columns, "y": [0, 1] * (n // 2) + [0] * (n % 2)}, label="y", **told)


def settle(data, *texts, **told):
    names = data.schema.names
    specs = [parse_facet(t, names) if isinstance(t, str) else t for t in texts]
    return resolve_facets(specs, data, **told)


def group_rows(data, facet):
    """Rows of each group by a scan, as the report makes them."""
    by = {f"facet:{at}": key for at, key in enumerate(facet.keys)}
    cube = data.scan({"cells": CubeRequest(by=by)})["cells"]
    place = facet.place(cube.levels, cube.codes)
    names = [*facet.groups, "left out"]
    rows = dict.fromkeys(names, 0)
    for at, n in zip(place, cube.n, strict=True):
        rows[names[at]] += int(n)
    return {name: n for name, n in rows.items() if n}


@pytest.fixture
def people():
    rng = np.random.default_rng(1)
    n = 600
    return opened(
        {
            "sex": rng.choice(["f", "m"], n).tolist(),
            "race": rng.choice(["a", "b", "c"], n, p=[0.8, 0.15, 0.05]).tolist(),
            "age": rng.integers(18, 80, n).tolist(),
            "pay": rng.normal(50, 10, n).tolist(),
            "children": rng.integers(0, 6, n).tolist(),
        }
    )


def test_each_value_of_a_text_column_is_a_group(people):
    facet = settle(people, "race").facets[0]
    assert (facet.how, facet.groups, facet.reported) == ("values", ("a", "b", "c"), (0, 1, 2))
    assert facet.why.startswith("text")
    rows = people.frame.collect().to_native()["race"].value_counts()
    assert group_rows(people, facet) == dict(rows.iter_rows())


def test_few_distinct_numbers_are_categories_and_many_are_cut(people):
    children, age = settle(people, "children", "age").facets
    assert (children.how, children.groups) == ("values", ("0", "1", "2", "3", "4", "5"))
    assert "6 distinct values" in children.why
    assert age.how == "quantiles"
    assert "continuous" in age.why
    assert [name[0] for name in age.groups] == ["≤", "(", "(", ">"]
    assert all(100 < rows < 200 for rows in group_rows(people, age).values())


def test_twenty_distinct_values_are_categories_and_one_more_is_continuous():
    for n_distinct, how in ((20, "values"), (21, "quantiles")):
        data = opened({"x": [at % n_distinct for at in range(210)]})
        assert settle(data, "x").facets[0].how == how


def test_a_declared_kind_wins():
    values = {"x": [at % 40 for at in range(400)], "z": [at % 5 for at in range(400)]}
    data = opened(values, kinds={"x": "categorical", "z": "continuous"})
    x, z = settle(data, "x", "z").facets
    assert (x.how, len(x.groups), x.why[:20]) == ("values", 40, "declared categorical")
    assert (z.how, z.why[:19]) == ("quantiles", "declared continuous")


def test_a_listed_number_may_be_a_threshold(people):
    spec = FacetSpec(column="age", values=(40,), or_threshold=True)
    facet = settle(people, spec).facets[0]
    age = people.frame.collect().to_native()["age"]
    assert (facet.how, facet.groups, facet.reported) == (
        "condition",
        ("age > 40", "age ≤ 40"),
        (0,),
    )
    assert group_rows(people, facet) == {
        "age > 40": (age > 40).sum(),
        "age ≤ 40": (age <= 40).sum(),
    }
    for values in ((40, 41), (3,)):
        column = "age" if len(values) == 2 else "children"
        listed = FacetSpec(column=column, values=values, or_threshold=True)
        assert settle(people, listed).facets[0].how == "listed"


@pytest.mark.parametrize("text", ["age>40", "age>=40", "age<40", "age<=40", "pay>50.5"])
def test_conditions_agree_with_polars(people, text):
    facet = settle(people, text).facets[0]
    sign = text.strip("agepy0123456789.")
    column, cut = text.split(sign)
    held = (
        people.frame.collect()
        .to_native()
        .select(pl.sql_expr(f"{column} {sign} {cut}").alias("held"))["held"]
    )
    rows = group_rows(people, facet)
    assert rows[facet.groups[0]] == held.sum()
    assert rows[facet.groups[1]] == (~held).sum()
    assert facet.reported == (0,)


def test_bands_are_open_below_and_closed_above():
    data = opened({"age": [20, 25, 26, 45, 45, 46, 65, 66, 90, 90]})
    facet = settle(data, "age:25,45,65").facets[0]
    assert group_rows(data, facet) == {"≤ 25": 2, "(25, 45]": 3, "(45, 65]": 2, "> 65": 3}
    assert [clarify_interval(facet, group) for group in facet.groups] == [
        "[20, 25]",
        "(25, 45]",
        "(45, 65]",
        "(65, 90]",
    ]


def test_a_band_without_rows_is_no_group_and_is_said():
    data = opened({"age": [20, 25, 80, 90]})
    facet = settle(data, "age:25,45,65").facets[0]
    assert group_rows(data, facet) == {"≤ 25": 2, "> 65": 2}
    assert facet.why == "no row lies in (25, 45], (45, 65]"


def test_quantiles_keep_rows_of_equal_value_together():
    data = opened({"hours": [40] * 50 + list(range(1, 26)) + list(range(41, 66))})
    facet = settle(data, "hours").facets[0]
    assert facet.groups == ("≤ 25", "(25, 40]", "> 40")
    assert group_rows(data, facet) == {"≤ 25": 25, "(25, 40]": 50, "> 40": 25}
    assert "3 groups, fewer than asked" in facet.why


@pytest.mark.parametrize(
    ("values", "groups"),
    [
        ([0] * 95 + list(range(1, 31)), ("≤ 0", "> 0")),
        ([99] * 95 + list(range(30)), ("≤ 29", "> 29")),
        ([float("inf")] * 95 + [-float("inf")] + list(range(30)), ("≤ 29", "> 29")),
    ],
)
def test_quantiles_where_most_rows_share_an_end(values, groups):
    data = opened({"gain": [float(v) for v in values]})
    assert settle(data, "gain").facets[0].groups == groups


def test_quantiles_of_many_rows_come_from_drawn_ones(monkeypatch):
    monkeypatch.setattr(resolve_columns, "_DRAWN_ROWS", 2_000)
    monkeypatch.setattr(resolve_columns, "_COUNTED_LEVELS", 50)
    rng = np.random.default_rng(3)
    x = rng.exponential(size=20_000)
    data = opened({"x": x.tolist()})
    facet, above = settle(data, "x", "x>1").facets
    rows = group_rows(data, facet)
    assert all(4_300 < n < 5_700 for n in rows.values())
    edges = [span.high for span in facet.spans]
    assert np.isin(edges, x).all()
    assert (facet.spans[0].low, facet.spans[-1].high) == (x.min(), x.max())
    assert group_rows(data, above) == {"x > 1": (x > 1).sum(), "x ≤ 1": (x <= 1).sum()}
    with pytest.raises(InputError, match="at or above the maximum"):
        settle(data, f"x>{float(x.max())!r}")
    some = float(x[7])
    listed = settle(data, f"x={some!r},-5").facets[0]
    assert group_rows(data, listed)[listed.groups[0]] == 1
    with pytest.raises(InputError, match="no row has '-5'"):
        settle(data, "x=-5")


def test_clarify_writes_the_interval_up_to_the_maximum(people):
    facet, sex = settle(people, "age>40", "sex").facets
    top = people.frame.collect().to_native()["age"].max()
    assert clarify_interval(facet, "age > 40") == f"(40, {top}]"
    assert clarify_interval(sex, "f") is None
    with pytest.raises(InputError, match="has no group 'x'"):
        clarify_interval(sex, "x")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("age>79", r"threshold 79 .* is at or above the maximum of 'age', 79"),
        ("age>=79.5", r"is above the maximum"),
        ("age<18", r"is at or below the minimum of 'age', 18"),
        ("age<=17", r"is below the minimum"),
        ("age:5,30", r"threshold 5 .* below the minimum"),
        ("sex>3", r"holds no numbers but for example 'f', 'm'"),
        ("sex=q", r"no row has 'q' .* its values are: "),
        ("race=A", r"did you mean a\? its values are: a, b, c"),
        ("y", r"is the label column 'y'"),
        ("sex*y", r"is the label column 'y'"),
    ],
)
def test_what_cannot_be_meant_is_refused(people, text, message):
    with pytest.raises(InputError, match=message):
        settle(people, text)


def test_unknown_columns_and_the_same_facet_twice_are_refused(people):
    with pytest.raises(ColumnNotFoundError, match="did you mean age"):
        settle(people, FacetSpec(column="agee"))
    with pytest.raises(InputError, match="named twice"):
        settle(people, "sex", "sex")
    with pytest.raises(InputError, match="2 bins"):
        settle(people, "sex", bins=1)


def test_listed_values_are_one_group(people):
    resolved = settle(people, "race=b,c,q")
    facet = resolved.facets[0]
    assert (facet.groups, facet.reported) == (("b, c", "not b, c"), (0,))
    race = people.frame.collect().to_native()["race"]
    assert group_rows(people, facet)["b, c"] == race.is_in(["b", "c"]).sum()
    assert [finding.rule for finding in resolved.findings] == ["facet_values_absent"]
    assert resolved.findings[0].evidence == {"absent": ["q"], "found": ["b", "c"]}


@pytest.mark.parametrize(
    ("values", "listed", "group", "rows"),
    [
        ([1, 0, 1, 0, 0], ("1",), "1", 2),
        ([1, 0, 1, 0, 0], ("1.0",), "1", 2),
        ([1, 0, 1, 0, 0], (True,), "1", 2),
        ([1.0, 0.0, 1.0, 0.0, 0.0], (1,), "1", 2),
        ([1.5, 0.0, 1.5, 0.0, 0.0], ("1.5",), "1.5", 2),
        ([True, False, True, False, False], ("True",), "True", 2),
        ([True, False, True, False, False], (1,), "True", 2),
        (["1", "0", "1", "0", "0"], (1,), "1", 2),
        (["1", "0", "1", "0", "0"], (1.0,), "1", 2),
        (["True", "no", "True", "no", "no"], (True,), "True", 2),
        ([date(2020, 1, d) for d in (1, 2, 1, 3, 3)], ("2020-01-01",), "2020-01-01", 2),
        (
            [datetime.fromisoformat(f"2020-01-0{d}") for d in (1, 2, 1, 3, 3)],
            ("2020-01-01",),
            None,
            2,
        ),
    ],
)
def test_listed_values_are_converted_to_what_the_column_holds(values, listed, group, rows):
    data = opened({"x": values})
    facet = settle(data, FacetSpec(column="x", values=listed)).facets[0]
    assert group is None or facet.groups[0] == group
    assert group_rows(data, facet)[facet.groups[0]] == rows


def test_values_are_matched_as_they_are_before_they_are_converted():
    data = opened({"x": ["1", "1.0", "1", "0"]})
    facet = settle(data, FacetSpec(column="x", values=("1.0",))).facets[0]
    assert group_rows(data, facet) == {"1.0": 1, "not 1.0": 3}


@pytest.mark.parametrize(
    ("values", "groups"),
    [
        ([0.0, 1.0, 0.0, -0.0], ("0", "1")),
        ([True, False, True, True], ("False", "True")),
        ([0.5, 1.5, 0.5, 0.5], ("0.5", "1.5")),
        ([date(2020, 1, 2), date(2020, 1, 1)] * 2, ("2020-01-01", "2020-01-02")),
        (["b", "a", "None", "nan"], ("None", "a", "b", "nan")),
    ],
)
def test_values_of_all_kinds(values, groups):
    data = opened({"x": values})
    facet = settle(data, "x").facets[0]
    assert facet.groups == groups
    assert sum(group_rows(data, facet).values()) == 4
    assert set(group_rows(data, facet)) == set(groups)


def test_categories_that_do_not_occur_are_no_groups_and_ranking_ones_keep_their_order():
    kinds = pd.CategoricalDtype(["low", "middle", "high", "unused"], ordered=True)
    frame = pd.DataFrame({"x": pd.Series(["high", "low", "middle", "low"], dtype=kinds)})
    data = Dataset.read(frame.assign(y=[0, 1, 0, 1]), label="y")
    facet = settle(data, "x").facets[0]
    assert facet.groups == ("low", "middle", "high")
    assert group_rows(data, facet) == {"low": 2, "middle": 1, "high": 1}


MISSING = [
    ["f", None, "m", "f", None, "None"],
    [1.0, float("nan"), 0.0, 1.0, None, 7.0],
    [True, None, False, True, None, True],
]


@pytest.mark.parametrize("values", MISSING)
def test_rows_without_a_value_are_left_out_and_counted(values):
    data = opened({"x": values})
    facet = settle(data, "x").facets[0]
    assert facet.rows_missing == 2
    assert not facet.keeps_missing
    assert group_rows(data, facet)["left out"] == 2


@pytest.mark.parametrize("values", MISSING)
def test_rows_without_a_value_are_a_group_where_asked_for(values):
    data = opened({"x": values})
    facet = settle(data, "x", keep_missing=True).facets[0]
    assert facet.rows_missing == 0
    assert facet.groups[-1] == "(missing)"
    assert facet.reported[-1] == len(facet.groups) - 1
    assert group_rows(data, facet)["(missing)"] == 2
    assert "left out" not in group_rows(data, facet)


def test_missing_values_of_a_condition_and_of_a_real_value_named_so():
    data = opened({"x": [1.0, 2.0, float("nan"), 3.0], "z": ["(missing)", None, "a", "a"]})
    left, named = settle(data, "x>1", "z", keep_missing=True).facets
    assert group_rows(data, left) == {"x > 1": 2, "x ≤ 1": 1, "(missing)": 1}
    assert left.reported == (0,)
    assert named.groups == ("(missing)", "a", "(missing) 2")
    assert group_rows(data, named) == {"(missing)": 1, "a": 2, "(missing) 2": 1}
    alone = settle(data, "x>1").facets[0]
    assert group_rows(data, alone) == {"x > 1": 2, "x ≤ 1": 1, "left out": 1}


@pytest.mark.parametrize(
    ("column", "values", "reason"),
    [
        ("x", ["a"] * 6, "every row has 'a'"),
        ("x", [None] * 5 + ["a"], "every row has 'a'"),
        ("x", [None] * 6, "no row has a value in 'x'"),
        ("x=a,b", ["a", "b"] * 3, "every row with a value has one of a, b"),
        ("x*z", ["a"] * 6, "every row has 'a'"),
    ],
)
def test_what_does_not_part_the_rows_is_left_out_and_the_others_stand(column, values, reason):
    data = opened({"x": values, "z": ["p", "q"] * 3})
    resolved = settle(data, column, "z")
    assert [facet.name for facet in resolved.facets] == ["z"]
    assert reason in resolved.left_out[0].reason
    assert "nothing to compare" in resolved.left_out[0].reason


def test_missing_as_a_group_gives_a_constant_column_something_to_compare():
    data = opened({"x": ["a", "a", None, None]})
    assert settle(data, "x", keep_missing=True).facets[0].groups == ("a", "(missing)")


@pytest.mark.parametrize("as_number", [False, True])
def test_of_ten_thousand_values_the_rare_ones_are_gathered(as_number):
    rng = np.random.default_rng(5)
    codes = (rng.pareto(0.4, 60_000)).clip(0, 9_999).astype(int)
    values = [None, *(codes.tolist() if as_number else [f"v{c}" for c in codes])]
    data = opened({"x": values}, kinds={"x": "categorical"} if as_number else None)
    facet = settle(data, "x", max_groups=50).facets[0]
    rows = group_rows(data, facet)
    counts = pl.Series(values).value_counts().drop_nulls().sort("count", descending=True)
    assert len(facet.groups) == 50
    assert facet.groups[-1] == "(other)"
    assert facet.rows_missing == rows["left out"] == 1
    assert rows["(other)"] == facet.rows_folded
    assert sorted(rows[g] for g in facet.groups[:-1]) == sorted(counts["count"][:49])
    assert sum(rows.values()) == 60_001
    assert facet.n_folded > 100


def test_moments_are_gathered_too():
    first = datetime.fromisoformat("2020-01-01")
    days = [first + timedelta(days=at % 20) for at in range(300)] + [first] * 9
    data = opened({"x": days})
    facet = settle(data, "x", max_groups=5).facets[0]
    rows = group_rows(data, facet)
    assert len(facet.groups) == 5
    assert rows["(other)"] == facet.rows_folded
    assert sum(rows.values()) == 309


def test_intersections_agree_with_polars(people):
    facet = settle(people, "sex*race*age>40").facets[0]
    frame = people.frame.collect().to_native().with_columns(old=pl.col("age") > 40)
    counts = frame.group_by("sex", "race", "old").len()
    expected = {
        f"{s} × {r} × {'age > 40' if old else 'age ≤ 40'}": n
        for s, r, old, n in counts.iter_rows()
    }
    assert group_rows(people, facet) == expected
    assert facet.is_intersection
    reported = {facet.groups[at] for at in facet.reported}
    assert reported == {name for name in expected if name.endswith("age > 40")}


def test_an_intersection_leaves_out_rows_without_any_of_the_values():
    data = opened({"a": ["x", None, "y", "x"], "b": [1.0, 2.0, float("nan"), 2.0]})
    facet = settle(data, "a*b").facets[0]
    assert facet.rows_missing == 2
    assert group_rows(data, facet) == {"x × 1": 1, "x × 2": 1, "left out": 2}
    kept = settle(data, "a*b", keep_missing=True).facets[0]
    assert group_rows(data, kept) == {
        "x × 1": 1,
        "x × 2": 1,
        "y × (missing)": 1,
        "(missing) × 2": 1,
    }


def test_names_of_combinations_that_read_alike_stay_apart():
    data = opened({"a": ["p", "p × q"] * 2, "b": ["q × r", "r"] * 2})
    facet = settle(data, "a*b").facets[0]
    assert facet.groups == ("p × q × r", "p × q × r 2")
    assert set(group_rows(data, facet).values()) == {2}


def test_rare_combinations_are_gathered():
    rng = np.random.default_rng(6)
    n = 4_000
    data = opened(
        {
            "a": [f"a{v}" for v in rng.poisson(8, n)],
            "b": [f"b{v}" for v in rng.poisson(8, n)],
        }
    )
    facet = settle(data, "a*b", max_groups=60).facets[0]
    rows = group_rows(data, facet)
    assert len(facet.groups) == 60
    assert sum(rows.values()) == n
    assert rows["(other)"] == facet.rows_folded
    frame = data.frame.collect().to_native()
    top = frame.group_by("a", "b").len().sort("len", descending=True)["len"]
    assert sorted(v for g, v in rows.items() if g != "(other)") == sorted(top[:59])


def test_place_agrees_with_brute_force_and_knows_values_that_were_not_there():
    rng = np.random.default_rng(7)
    data = opened(
        {
            "a": [f"a{v}" for v in rng.integers(0, 30, 3_000)],
            "b": [f"b{v}" for v in rng.integers(0, 30, 3_000)],
        }
    )
    facet = settle(data, "a*b", max_groups=100).facets[0]
    levels = (
        (*(f"a{v}" for v in range(30)), "unseen", None),
        (*(f"b{v}" for v in range(30)), "(other)"),
    )
    codes = np.stack([rng.integers(0, 32, 100_000), rng.integers(0, 31, 100_000)], axis=1)
    place = facet.place(levels, codes)
    for at in range(0, 100_000, 97):
        a, b = levels[0][codes[at, 0]], levels[1][codes[at, 1]]
        expected = EXCLUDED if a is None else facet.places.get((a, b), facet.other)
        assert place[at] == expected
    assert facet.place(levels, np.zeros((0, 2), dtype=np.int64)).shape == (0,)


def test_a_combination_too_large_for_a_table_is_looked_up(monkeypatch, people):
    facet = settle(people, "sex*race*children").facets[0]
    levels = (("f", "m"), ("a", "b", "c"), tuple(range(6)))
    codes = np.argwhere(np.ones((2, 3, 6)))
    by_table = facet.place(levels, codes)
    monkeypatch.setattr("assay.bias.facet._MAX_TABLE", 1)
    assert facet.place(levels, codes).tolist() == by_table.tolist()
    assert len(set(by_table.tolist())) == 36


def test_real_people(data_dir):
    data = Dataset.read(data_dir / "adult_test.parquet", label="income")
    facets = settle(data, "sex", "age>40", "hours_per_week", "sex*race").facets
    frame = data.frame.collect().to_native()
    assert group_rows(data, facets[0]) == dict(frame["sex"].value_counts().iter_rows())
    assert group_rows(data, facets[1])["age > 40"] == (frame["age"] > 40).sum()
    assert 40.0 in [span.high for span in facets[2].spans]
    assert len(facets[3].groups) == 10


def test_a_text_listed_for_many_numbers_is_refused_with_what_occurs():
    data = opened({"x": np.random.default_rng(8).normal(size=2_000).tolist()})
    with pytest.raises(InputError, match=r"no row has 'abc' in the facet column 'x'"):
        settle(data, "x=abc")


def test_many_cells_are_placed_quickly():
    rng = np.random.default_rng(9)
    data = opened(
        {
            "a": [f"a{v}" for v in rng.integers(0, 40, 4_000)],
            "b": [f"b{v}" for v in rng.integers(0, 40, 4_000)],
        }
    )
    facet = settle(data, "a*b").facets[0]
    levels = (tuple(f"a{v}" for v in range(40)), tuple(f"b{v}" for v in range(40)))
    codes = rng.integers(0, 40, (100_000, 2))
    facet.place(levels, codes[:1])
    begun = perf_counter()
    facet.place(levels, codes)
    assert perf_counter() - begun < 0.5  # about 3 ms on a machine that is not busy


def test_decimals_are_numbers():
    frame = pl.DataFrame({"x": ["1.5", "2.5", "1.5", "3.5"], "y": [0, 1, 0, 1]})
    data = Dataset.read(frame.with_columns(pl.col("x").cast(pl.Decimal(10, 2))), label="y")
    values, above, listed = settle(data, "x", "x>2", "x=1.5").facets
    assert group_rows(data, values) == {"1.5": 2, "2.5": 1, "3.5": 1}
    assert group_rows(data, above) == {"x > 2": 2, "x ≤ 2": 2}
    assert group_rows(data, listed) == {"1.5": 2, "not 1.5": 2}


def test_parts_are_made_coarser_only_where_too_many_combinations_can_be():
    rng = np.random.default_rng(10)
    n = 9_000
    data = opened(
        {
            "sex": rng.choice(["f", "m"], n).tolist(),
            "a": [f"a{v}" for v in rng.integers(0, 90, n)],
            "b": [f"b{v}" for v in rng.integers(0, 90, n)],
        }
    )
    whole, coarse = settle(data, "sex*a", "a*b").facets
    assert len(whole.groups) == 180
    assert whole.rows_folded == 0
    assert len(coarse.groups) == 200
    assert sum(group_rows(data, coarse).values()) == n
