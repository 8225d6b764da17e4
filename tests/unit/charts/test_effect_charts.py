"""Charts of effects: valid, offline, inside their width, and every point in them."""

import json

import pytest

from assay.charts import theme
from assay.charts.effect_curve import plot_effect
from assay.charts.effect_heat_map import plot_effect_heat_map
from assay.charts.permutation_importance import plot_permutation_importance
from assay.tables.effect_points import EffectCell, EffectPoint, EffectPoints, ImportancePoint

OUTSIDE = (True, False, False, False)


def points(scale: str = "number", outputs: tuple[str, ...] = ("p",), **told) -> EffectPoints:
    made = [
        EffectPoint(str(x), float(x), name, x / 10, x / 10 - 0.1, x / 10 + 0.1, 0.25, out)
        for name in outputs
        for x, out in enumerate(OUTSIDE)
    ]
    made += [EffectPoint("missing", None, name, 0.5, None, None, 0.1) for name in outputs]
    return EffectPoints("age", "mean probability", scale, tuple(made), **told)  # type: ignore[arg-type]


def years() -> EffectPoints:
    a_year = 365 * 86_400_000.0
    made = [
        EffectPoint(str(2020 + at), at * a_year, "p", at / 10, None, None, 0.5) for at in range(3)
    ]
    return EffectPoints("sold", "mean price", "time", tuple(made))


CHARTS = {
    "curve": plot_effect(
        points(curves=((0.0, 0.1, 0.2, 0.9),), density=((0.0, 1.5, 0.4), (1.5, 3.0, 0.6)))
    ),
    "three outputs": plot_effect(points(outputs=("a", "b", "c"))),
    "times": plot_effect(points("time")),
    "years": plot_effect(years()),
    "far end": plot_effect(points(extent=(0.0, 2.5))),
    "levels": plot_effect(points("category")),
    "one value": plot_effect(
        EffectPoints("a", "p", "number", (EffectPoint("1", 1.0, "p", 0.2, None, None, 1.0),))
    ),
    "joint": plot_effect_heat_map(
        [EffectCell(a, b, 0.1 * len(a + b), len(a) - 1) for a in ("x", "yy") for b in ("u", "v")]
    ),
    "interaction": plot_effect_heat_map(
        [EffectCell("x", "u", -0.1, 3), EffectCell("x", "v", 0.2, 1)], signed=True
    ),
    "unsure interaction": plot_effect_heat_map(
        [EffectCell("x", "u", -12_345.0, 3, True), EffectCell("x", "v", 200.0, 0, False)],
        signed=True,
        title="interaction",
    ),
    "importance": plot_permutation_importance(
        [ImportancePoint("age", 0.3, 0.2, 0.4), ImportancePoint("noise", -0.01, -0.1, 0.1)]
    ),
}


def strings(node: object) -> list[str]:
    if isinstance(node, dict):
        return [text for value in node.values() for text in strings(value)]
    if isinstance(node, list):
        return [text for value in node for text in strings(value)]
    return [node] if isinstance(node, str) else []


def marks(name: str, kind: str) -> list[dict[str, object]]:
    """Rows of the layers of one kind of mark."""
    spec = CHARTS[name].to_dict()
    return [
        row
        for layer in spec["layer"]
        if layer["mark"]["type"] == kind
        for row in (layer.get("data") or spec["data"])["values"]
    ]


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_valid_offline_and_in_colours_with_a_role(name):
    spec = CHARTS[name].to_dict()
    assert spec["width"] == theme.WIDTH
    spec.pop("$schema")
    text = json.dumps(spec, allow_nan=False)
    assert "http" not in text
    found = {each for each in strings(spec) if each.startswith("#")}
    assert found
    assert found <= {role.light for role in theme.ROLES}


def test_ends_beyond_the_rows_are_dashed_and_single_rows_are_thin():
    layers = [each["mark"] for each in CHARTS["curve"].to_dict()["layer"]]
    lines = [mark for mark in layers if mark["type"] == "line"]
    assert [mark.get("strokeDash") for mark in lines] == [None, [1, 0], [4, 4]]
    assert CHARTS["curve"].to_dict()["title"]["text"] == (
        "thin: rows · dashed: beyond 1–99 % · diamond: missing"
    )


def test_an_axis_over_years_tells_the_year_of_each_month():
    axis = CHARTS["years"].to_dict()["layer"][0]["encoding"]["x"]["axis"]
    assert (axis["format"], axis["tickCount"]) == ("%b %Y", 4)
    assert "format" not in CHARTS["times"].to_dict()["layer"][0]["encoding"]["x"].get("axis", {})


def test_ends_far_away_are_cut_off_and_said_to_be():
    spec = CHARTS["far end"].to_dict()
    first = spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert first[0] == 0.0
    assert first[1] < 3
    assert spec["title"]["text"] == "cut: ends beyond 1–99 % · diamond: missing"
    assert all(layer["mark"]["clip"] for layer in spec["layer"] if layer["mark"]["type"] == "line")


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ((175812.483, -2.5), ["175,812", "-2"]),
        ((0.5, 0.25), ["0.500", "0.250"]),
        ((0.0,), ["0.000"]),
        ((2.345e-5, 0.0), ["2.3e-05", "0"]),
    ],
)
def test_numbers_beside_categories_are_written_as_large_as_they_are(values, told):
    made = [EffectPoint(f"c{at}", at, "p", v, None, None, 0.5) for at, v in enumerate(values)]
    chart = plot_effect(EffectPoints("job", "mean price", "category", tuple(made))).to_dict()
    assert [row["label"] for row in chart["data"]["values"]] == told


def test_heights_are_of_the_stretch_that_is_drawn():
    made = [EffectPoint(str(x), x, "p", x, None, None, 0.3) for x in (0.0, 1.0, 500.0)]
    chart = plot_effect(EffectPoints("a", "p", "number", tuple(made), extent=(0.0, 1.1)))
    assert chart.to_dict()["layer"][0]["encoding"]["y"]["scale"]["domain"][1] < 2


def test_a_missing_value_stands_beside_the_axis():
    (row,) = marks("curve", "point")
    assert row["x"] > 3
    assert row["y"] == 0.5


def test_cells_without_rows_are_hatched():
    layers = CHARTS["joint"].to_dict()["layer"]
    hatch = next(layer for layer in layers if layer["mark"]["type"] == "text")
    assert "n" in json.dumps(hatch["transform"])
    assert "no rows" in CHARTS["joint"].to_dict()["title"]["text"]
    assert "no rows" not in CHARTS["interaction"].to_dict()["title"]["text"]


def test_cells_whose_interval_holds_zero_are_hollow():
    spec = CHARTS["unsure interaction"].to_dict()
    solid, outline, _ = spec["layer"]
    assert solid["transform"] == [{"filter": "datum.shown"}]
    assert (outline["mark"]["filled"], outline["transform"]) == (
        False,
        [{"filter": "!datum.shown"}],
    )
    assert [row["shown"] for row in spec["data"]["values"]] == [True, False]
    assert spec["title"]["text"] == "interaction · ///: no rows · hollow: holds 0"
    sides = solid["encoding"]["color"]["scale"]["domain"]
    assert sides == ["up to 200", "down to -12.3k"]
    assert "hollow" not in CHARTS["interaction"].to_dict()["title"]["text"]


def test_many_columns_of_cells_have_one_stroke_each():
    chart = plot_effect_heat_map([EffectCell("x", str(at), 0.1 * at, 0) for at in range(13)])
    assert {row["hatch"] for row in chart.to_dict()["data"]["values"]} == {"/"}
    assert "/: no rows" in chart.to_dict()["title"]["text"]


def test_bars_whose_interval_holds_zero_are_hollow():
    assert [row["hollow"] for row in marks("importance", "bar")] == [False, True]


def test_names_of_two_lines_have_room():
    def height(*names):
        points = [ImportancePoint(name, 0.2, 0.1, 0.3) for name in names]
        return plot_permutation_importance(points).to_dict()["height"]

    assert height("years since promotion", "age") > height("years", "age")
