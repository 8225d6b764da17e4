"""Every chart: valid, offline, inside its width, and drawn from its points alone."""

import json

import altair as alt
import numpy as np
import pytest

from assay.charts import theme
from assay.charts.calibration import plot_calibration
from assay.charts.confusion import plot_confusion
from assay.charts.cost_curve import MARKS, plot_cost_curve
from assay.charts.error_by_decile import plot_error_by_decile
from assay.charts.error_pairs import plot_error_pairs
from assay.charts.gain import plot_gain
from assay.charts.metric_intervals import plot_metric_intervals
from assay.charts.precision_recall import plot_precision_recall
from assay.charts.predicted_vs_actual import plot_predicted_vs_actual
from assay.charts.residual_histogram import plot_residual_histogram
from assay.charts.residual_vs_predicted import plot_residual_vs_predicted
from assay.charts.roc import plot_roc
from assay.charts.score_histogram import plot_score_histogram
from assay.charts.threshold_curve import plot_threshold_curve
from assay.reports.svg import chart_svg
from assay.tables import curves
from report_samples import every_chart

CHARTS = every_chart()


def drawn(chart: alt.LayerChart) -> list[dict[str, object]]:
    """All rows that a chart holds."""
    spec = chart.to_dict()
    layers = spec["layer"]
    own = [layer.get("data") for layer in layers if layer.get("data")] + [spec.get("data")]
    return [row for data in own if data for row in data["values"]]


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_a_valid_specification_without_addresses(name):
    spec = CHARTS[name].to_dict()
    assert spec["width"] == theme.WIDTH
    assert spec["autosize"]["type"] == "fit"
    spec.pop("$schema")
    text = json.dumps(spec, allow_nan=False)
    assert "http" not in text
    assert '"url"' not in text


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_uses_only_colours_with_a_role(name):
    known = {role.light for role in theme.ROLES}
    spec = CHARTS[name].to_dict()
    spec.pop("$schema")
    found = {text for text in strings(spec) if text.startswith("#")}
    assert found
    assert found <= known


def strings(node: object) -> list[str]:
    if isinstance(node, dict):
        return [text for item in node.values() for text in strings(item)]
    if isinstance(node, list):
        return [text for item in node for text in strings(item)]
    return [node] if isinstance(node, str) else []


def test_the_confusion_matrix_leaves_empty_cells_out_and_shades_by_row():
    counts = np.array([[8, 2], [0, 5]])
    table = curves.ConfusionTable(("no", "yes"), counts, counts.astype(float))
    rows = drawn(plot_confusion(table))
    assert [(r["true"], r["predicted"], r["share"], r["right"]) for r in rows] == [
        ("no", "no", 0.8, "right"),
        ("no", "yes", 0.2, "wrong"),
        ("yes", "yes", 1.0, "right"),
    ]


def test_the_confusion_matrix_shades_by_weight_and_shows_rows():
    counts, weights = np.array([[1, 1], [1, 1]]), np.array([[3.0, 1.0], [1.0, 1.0]])
    rows = drawn(plot_confusion(curves.ConfusionTable(("a", "b"), counts, weights)))
    assert rows[0]["share"] == 0.75
    assert rows[0]["count"] == "1"


@pytest.mark.parametrize(("n_classes", "n_layers"), [(2, 3), (6, 3), (7, 2), (10, 2), (11, 1)])
def test_the_confusion_matrix_writes_what_fits(n_classes, n_layers):
    counts = np.eye(n_classes, dtype=int)
    labels = tuple(f"c{i}" for i in range(n_classes))
    chart = plot_confusion(curves.ConfusionTable(labels, counts, counts.astype(float)))
    assert len(chart.to_dict()["layer"]) == n_layers


def test_an_undefined_precision_is_a_gap():
    nan_at_end = np.array([0.5, np.nan])
    points = curves.ThresholdCurve(
        np.array([0.1, 0.9]), nan_at_end, np.ones(2), np.ones(2), chosen=None
    )
    rows = drawn(plot_threshold_curve(points))
    assert [row["y"] for row in rows if row["metric"] == "precision"] == [0.5, None]


def test_an_undefined_interval_mark_is_left_out_but_its_row_stays():
    points = curves.MetricIntervals(
        ("a", "b"), ("", ""), (0.5, None), (0.4, None), (0.6, None), reference=None
    )
    chart = plot_metric_intervals(points)
    assert [row["name"] for row in drawn(chart)] == ["a"]
    assert chart.to_dict()["layer"][0]["encoding"]["y"]["scale"]["domain"] == ["a", "b"]


def test_a_value_without_interval_has_a_dot_and_no_length():
    points = curves.MetricIntervals(("a",), ("",), (0.5,), (None,), (None,))
    (row,) = drawn(plot_metric_intervals(points))
    assert row["low"] == row["value"] == row["high"] == 0.5


def test_intervals_of_nothing_still_draw():
    empty = curves.MetricIntervals(("a",), ("",), (None,), (None,), (None,))
    assert plot_metric_intervals(empty).to_dict()["layer"]


@pytest.mark.parametrize(
    ("value", "low", "high"), [((0.99,), (0.98,), (1.0,)), ((12.0,), (-3.0,), (40.0,))]
)
def test_the_axis_of_intervals_holds_them_and_stays_inside_the_unit(value, low, high):
    chart = plot_metric_intervals(curves.MetricIntervals(("a",), ("",), value, low, high))
    first, last = chart.to_dict()["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert first <= low[0]
    assert last >= high[0]
    assert (high[0] <= 1) == (last <= 1)


def test_two_classes_of_one_name_stay_two_series():
    share = np.array([0.4, 0.6])
    points = curves.ScoreHistogram(np.array([0.0, 0.5, 1.0]), share, share)
    rows = drawn(plot_score_histogram(points, positive="x", negative="x"))
    assert {row["class"] for row in rows} == {"x", "x (positive)"}


def test_the_histogram_of_scores_reaches_its_last_edge():
    points = curves.ScoreHistogram(
        np.array([0.0, 0.5, 1.0]), np.array([0.4, 0.6]), np.array([0.7, 0.3])
    )
    rows = drawn(plot_score_histogram(points))
    one = [(row["x"], row["share"]) for row in rows if row["class"] == "positive"]
    assert one[:3] == [(0.0, 0.4), (0.5, 0.6), (1.0, 0.6)]


def test_no_line_at_zero_where_all_residuals_are_on_one_side():
    one_side = curves.ValueHistogram(np.array([1.0, 2.0]), np.array([1.0]))
    assert len(plot_residual_histogram(one_side).to_dict()["layer"]) == 1


NONE, ONE, SAME = np.array([]), np.array([0.5]), np.array([5.0, 5.0])
NO_ROWS = NONE.astype(int)
THIN = {
    "no curve": lambda: plot_roc(curves.RocPoints(NONE, NONE, NONE, NONE, NONE)),
    "no precision": lambda: plot_precision_recall(
        curves.PrecisionRecallPoints(NONE, NONE, NONE, 0.5)
    ),
    "no bins": lambda: plot_calibration(curves.CalibrationBins(NO_ROWS, NONE, NONE, NONE, NONE)),
    "a class without rows": lambda: plot_score_histogram(
        curves.ScoreHistogram(np.array([0.0, 1.0]), ONE * np.nan, ONE)
    ),
    "an infinite threshold": lambda: plot_threshold_curve(
        curves.ThresholdCurve(np.array([0.5, np.inf]), SAME / 5, SAME / 5, SAME / 5)
    ),
    "one value only": lambda: plot_predicted_vs_actual(
        curves.DensityGrid(SAME, SAME, np.array([[3]]))
    ),
    "no residuals": lambda: plot_residual_vs_predicted(
        curves.BinnedMeans(ONE, np.array([1]), ONE, ONE * np.nan, ONE * np.nan)
    ),
    "no answers": lambda: plot_confusion(
        curves.ConfusionTable(("a", "b"), np.zeros((2, 2), int), np.zeros((2, 2)))
    ),
}


@pytest.mark.parametrize("name", THIN)
def test_points_that_say_nothing_still_draw(name):
    chart = THIN[name]()
    json.dumps(chart.to_dict(), allow_nan=False)
    svg = chart_svg(chart, title="t", description="d", key="k")
    assert "NaN" not in svg
    assert "Infinity" not in svg


def luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("role", theme.ROLES, ids=lambda role: role.name)
def test_colours_stand_out_from_the_page_in_both_themes(role):
    least = {"chart-ink": 4.5, "chart-muted": 4.5, "chart-grid": 1.0}.get(role.name, 3.0)
    assert contrast(role.light, "#ffffff") >= least
    assert contrast(role.dark, "#0f1419") >= least


def test_contrast_is_computed_as_wcag_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_no_two_roles_share_a_colour():
    assert len({role.light for role in theme.ROLES}) == len(theme.ROLES)


def test_error_pairs_are_shares_of_the_label_on_the_left():
    share = np.array([[0.2, 0.05, 0.0], [0.05, 0.1, 0.0], [0.0, 0.0, 0.0]])
    rows = drawn(plot_error_pairs(curves.ErrorPairs(("a", "b", "never"), share, share)))
    found = {(row["label"], row["other"]): row["percent"] for row in rows}
    assert found == {
        ("a", "b"): "25%",
        ("a", "never"): "0%",
        ("b", "a"): "50%",
        ("b", "never"): "0%",
    }


def test_the_gain_curve_draws_its_points():
    share = np.array([0.0, 0.5, 1.0])
    gain = np.array([0.0, 0.8, 1.0])
    rows = drawn(plot_gain(curves.GainPoints(share, gain, gain - 0.1, gain + 0.1, 0.3)))
    assert {"x": 0.5, "y": 0.8, "low": pytest.approx(0.7), "high": pytest.approx(0.9)} in rows


def test_the_cost_curve_marks_only_thresholds_that_there_are():
    t, cost = np.array([0.1, 0.4, 0.9]), np.array([2.0, 1.0, 3.0])
    plain = curves.CostCurve(t, cost, cost - 0.1, cost + 0.1, lowest=0.4, constant=1.5)
    rows = [row for row in drawn(plot_cost_curve(plain)) if "mark" in row]
    assert rows == [{"x": 0.4, "y": 1.0, "mark": MARKS[1]}]
    every = curves.CostCurve(t, cost, cost, cost, 0.4, 1.5, chosen=0.5, by_costs=0.2)
    marks = {row["mark"]: row["y"] for row in drawn(plot_cost_curve(every)) if "mark" in row}
    assert marks == {MARKS[0]: 3.0, MARKS[1]: 1.0, MARKS[2]: 1.0}


def test_errors_by_tenth_are_numbered_from_the_lowest():
    one = np.array([1.0, 2.0])
    low, high = one - 0.5, one + 0.5
    points = curves.DecileErrors(np.array([50, 50]), *[one] * 9, one, low, high)
    rows = drawn(plot_error_by_decile(points))
    assert rows[1] == {"tenth": 2, "y": 2.0, "low": 1.5, "high": 2.5}
