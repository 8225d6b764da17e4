"""A forest plot draws what it is given: every row keeps its place, and no end leaves the chart."""

from assay.charts.forest import plot_forest
from assay.tables.forest import ForestRow


def layers(rows, **options):
    return {
        layer["mark"]["type"]: layer for layer in plot_forest(rows, **options).to_dict()["layer"]
    }


def test_every_label_keeps_its_row_even_without_a_value():
    drawn = plot_forest([ForestRow("b", 1.0, 0.5, 1.5), ForestRow("a", None)]).to_dict()
    assert drawn["layer"][-1]["encoding"]["y"]["scale"]["domain"] == ["b", "a"]
    assert [row["label"] for row in drawn["layer"][-1]["data"]["values"]] == ["b"]


def test_an_open_end_is_drawn_to_the_edge():
    spec = plot_forest([ForestRow("a", 1.0, 0.5, None), ForestRow("b", 3.0, 2.0, 4.0)]).to_dict()
    end = spec["layer"][-1]["encoding"]["x"]["scale"]["domain"][1]
    assert spec["layer"][-1]["data"]["values"][0]["high"] == end > 4.0


def test_a_row_of_few_rows_does_not_stretch_the_axis():
    rows = [ForestRow("a", 1.0, 0.5, 1.5), ForestRow("b", 1.2, -50.0, 50.0, "few")]
    spec = plot_forest(rows, reference=None).to_dict()
    low, high = spec["layer"][-1]["encoding"]["x"]["scale"]["domain"]
    assert low > 0.3
    assert high < 1.7
    assert spec["data"]["values"][1]["low"] == low


def test_there_is_a_legend_only_where_marks_differ():
    one = layers([ForestRow("a", 1.0, 0.5, 1.5, "above")])["point"]
    two = layers([ForestRow("a", 1.0, 0.5, 1.5, "above"), ForestRow("b", 0.0, -1.0, 1.0)])["point"]
    assert one["encoding"]["shape"]["legend"] is None
    assert two["encoding"]["shape"]["legend"] is not None
    assert two["encoding"]["shape"]["scale"]["domain"] == ["above", "not shown"]


def test_nothing_to_draw_is_an_empty_chart():
    assert plot_forest([]).to_dict()["width"] == 360
