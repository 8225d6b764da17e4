"""Long labels of rows are drawn in two lines, in the drawing as well."""

from assay.charts.forest import plot_forest
from assay.charts.theme import BREAK, wrapped
from assay.reports.svg import chart_svg
from assay.tables.forest import ForestRow


def test_a_long_label_is_drawn_in_two_lines():
    name = "boosting over all of the series"
    chart = plot_forest([ForestRow(name, 0.1, 0.0, 0.2)])
    drawn = chart_svg(chart, title="t", description="d", key="k")
    assert BREAK not in drawn
    assert "boosting over all" in drawn
    assert "of the series" in drawn


def test_one_long_word_stays():
    assert wrapped("x" * 40) == "x" * 40
