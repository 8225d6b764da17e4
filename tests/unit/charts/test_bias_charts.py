"""The charts of bias: valid, offline, inside their width, and drawn from their points alone."""

import json

import pytest

from assay.charts import theme
from assay.charts.disparities import MAX_ROWS, plot_disparities
from assay.charts.fairness_accuracy import plot_fairness_accuracy
from assay.charts.group_rates import plot_group_rates
from assay.charts.intersection_heat_map import plot_intersection_heat_map
from assay.charts.label_shares import OTHERS, plot_label_shares
from assay.charts.nested_intervals import plot_nested_intervals
from assay.reports.svg import chart_svg
from assay.tables.bias_points import (
    GroupRatePoint,
    HeatMapCell,
    LabelSharesOfGroup,
    NestedInterval,
    TradeOffPoint,
)
from bias_samples import LONG, NASTY, bias_sample, facet_sample, many_groups


def nested(*rows, **about):
    return plot_nested_intervals(rows, axis="difference", tolerated=(-0.1, 0.1), **about)


def cells(rows, columns):
    return [
        HeatMapCell(f"r{i}", f"c{j}", (i + j) / (rows + columns), 10 * (i + j), few=i + j < 2)
        for i in range(rows)
        for j in range(columns)
    ]


ROWS = (
    NestedInterval("DPL", 0.2, 0.18, 0.22, 0.15, 0.25, "shown"),
    NestedInterval(LONG, 0.0, -0.05, 0.05),
    NestedInterval(NASTY, -0.1, None, 0.2, None, None, "few"),
)
CHARTS = {
    "nested": lambda: nested(*ROWS),
    "nothing nested": lambda: nested(),
    "ratios": lambda: plot_nested_intervals(
        [NestedInterval("a", 0.5, 0.4, 0.7, 0.3, 0.9)], axis="ratio", parity=1.0, logarithmic=True
    ),
    "disparities": lambda: plot_disparities(bias_sample().to_frame()),
    "rates": lambda: plot_group_rates(
        [
            GroupRatePoint(group, rate, value, 0.1, 0.5, few=group == NASTY)
            for group in ("Female", LONG, NASTY)
            for rate, value in (("base rate", 0.2), ("selection rate", None))
        ]
    ),
    "no rates": lambda: plot_group_rates([GroupRatePoint("a", "base rate", None)]),
    "small map": lambda: plot_intersection_heat_map(cells(2, 2), rows="sex", columns="race"),
    "large map": lambda: plot_intersection_heat_map(cells(14, 9), rows=LONG, columns=NASTY),
    "labels": lambda: plot_label_shares(
        [LabelSharesOfGroup(g, (0.5, 0.5)) for g in ("a", LONG, NASTY)], [NASTY, "yes"]
    ),
    "no labels": lambda: plot_label_shares([], ["no", "yes"]),
    "trade-off": lambda: plot_fairness_accuracy(
        [TradeOffPoint(0.0, 0.8, 0.79, 0.81), TradeOffPoint(0.2, 0.85, in_use=True)]
    ),
    "no trade-off": lambda: plot_fairness_accuracy([]),
}


def strings(node):
    if isinstance(node, dict):
        return [text for item in node.values() for text in strings(item)]
    if isinstance(node, list):
        return [text for item in node for text in strings(item)]
    return [node] if isinstance(node, str) else []


def drawn(chart):
    """All rows that a chart holds."""
    spec = chart.to_dict()
    own = [layer.get("data") for layer in spec["layer"]] + [spec.get("data")]
    return [row for data in own if data for row in data["values"]]


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_valid_offline_themed_and_draws(name):
    chart = CHARTS[name]()
    spec = chart.to_dict()
    assert spec["width"] == theme.WIDTH
    spec.pop("$schema")
    text = json.dumps(spec, allow_nan=False)
    assert "http" not in text
    known = {role.light for role in theme.ROLES}
    assert {each for each in strings(spec) if each.startswith("#")} <= known
    svg = chart_svg(chart, title="t", description="d", key="k")
    assert "NaN" not in svg
    assert "Infinity" not in svg
    assert "<script" not in svg


def test_an_open_end_reaches_the_edge_and_a_missing_interval_has_no_length():
    rows = {row["name"]: row for row in drawn(nested(*ROWS)) if "name" in row}
    domain = nested(*ROWS).to_dict()["layer"][2]["encoding"]["x"]["scale"]["domain"]
    assert rows[NASTY]["low"] == domain[0]
    assert rows[NASTY]["high"] == pytest.approx(0.2)
    assert rows[NASTY]["joint_low"] == rows[NASTY]["joint_high"] == -0.1


def test_wide_intervals_of_few_rows_do_not_set_the_axis():
    wide = NestedInterval("few", 0.0, -0.9, 0.9, -1.0, 1.0, "few")
    chart = nested(ROWS[0], wide)
    low, high = chart.to_dict()["layer"][2]["encoding"]["x"]["scale"]["domain"]
    assert low > -0.2
    assert high < 0.4
    alone = nested(wide).to_dict()["layer"][2]["encoding"]["x"]["scale"]["domain"]
    assert alone[0] <= -1.0


def test_bounds_hold_the_axis():
    edge = NestedInterval("a", 0.98, 0.9, 1.0)
    domain = nested(edge, bounds=(-1.0, 1.0)).to_dict()["layer"][2]["encoding"]["x"]["scale"]
    assert domain["domain"][1] == 1.0


def test_disparities_are_differences_with_a_tolerated_range():
    frame = bias_sample().to_frame()
    names = [row["name"] for row in drawn(plot_disparities(frame)) if "name" in row]
    assert len(set(names)) <= MAX_ROWS
    assert not any(name.endswith((" DI", " KL", " TE")) for name in names)
    assert "sex: Female: DPPL" in names


def test_rows_of_one_group_are_named_by_metric_and_of_one_metric_by_group():
    facet = facet_sample("race", many_groups(5))
    frame = bias_sample(facet).to_frame()
    by_group = frame.filter(frame["acronym"] == "DPPL")
    assert {r["name"] for r in drawn(plot_disparities(by_group)) if "name" in r} == {
        "value 0",
        "value 1",
        "value 2",
        LONG,
        "value 4",
    }
    by_metric = frame.filter(frame["group"] == "value 0")
    names = {r["name"] for r in drawn(plot_disparities(by_metric)) if "name" in r}
    assert names == {"DPL", "DPPL", "RD", "SD", "AD", "DAR"}


def test_what_lies_beyond_the_tolerated_is_told_apart():
    frame = bias_sample(facet_sample("a", many_groups(8))).to_frame()
    rows = drawn(plot_disparities(frame.filter(frame["acronym"] == "DPPL")))
    tones = {row["name"]: row["tone"] for row in rows if "name" in row}
    assert tones["value 1"] == "not shown"


def test_an_undefined_rate_is_left_out_and_its_group_stays():
    chart = CHARTS["rates"]()
    assert {row["rate"] for row in drawn(chart)} == {"base rate"}
    domain = chart.to_dict()["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert domain == ["Female", LONG, NASTY]


def test_small_combinations_are_in_brackets():
    rows = {(r["row"], r["column"]): r for r in drawn(CHARTS["small map"]())}
    assert rows["r0", "c0"]["percent"] == "(0.0%)"
    assert rows["r1", "c1"]["percent"] == "50.0%"
    assert (rows["r0", "c0"]["kind"], rows["r1", "c1"]["kind"]) == ("few", "enough")


def test_many_classes_are_drawn_as_the_largest_and_the_others():
    shares = (0.1, 0.4, 0.05, 0.25, 0.2)
    chart = plot_label_shares([LabelSharesOfGroup("a", shares)], list("vwxyz"))
    rows = drawn(chart)
    assert [(r["class"], pytest.approx(r["end"] - r["start"])) for r in rows] == [
        ("w", 0.4),
        ("y", 0.25),
        ("z", 0.2),
        (OTHERS, 0.15),
    ]
