"""The charts of attributions: valid, offline, themed, and drawn from their points alone."""

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from assay.charts import theme
from assay.charts.beeswarm import plot_beeswarm
from assay.charts.saving import save_chart, themed
from assay.errors import InputError
from assay.explainability.group_importance import importance_by_group
from assay.explainability.likeliest import likeliest_partner
from assay.explainability.pictures import KINDS, picture
from assay.explainability.points import (
    DOTS,
    additive_digits,
    heat_map_points,
    scatter_points,
    swarm_points,
    waterfall_points,
)
from assay.reports.svg import chart_svg
from explained_samples import LONG, NASTY, explained, rows_of

WIDE = ("age", LONG, "city", NASTY, *(f"x{j}" for j in range(14)))
SAMPLES = {
    "plain": lambda: explained(60, error=0.03),
    "wide": lambda: explained(150, error=0.05, names=WIDE),
    "one row": lambda: explained(1),
    "large": lambda: explained(
        12, base=250_000.0, coefficients=np.array([3e4, -1200.0, 400.0, 0])
    ),
    "nothing matters": lambda: explained(12, coefficients=np.zeros(4)),
    "one player": lambda: replace(
        explained(12),
        values=explained(12).values[:, :1],
        standard_errors=None,
        players=("age",),
        player_columns=(("age",),),
    ),
}


def strings(node):
    if isinstance(node, dict):
        return [text for item in node.values() for text in strings(item)]
    if isinstance(node, list):
        return [text for item in node for text in strings(item)]
    return [node] if isinstance(node, str) else []


def assert_sound(chart):
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
    assert "<b" not in svg


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sample", SAMPLES)
def test_every_chart_draws_and_has_its_table_and_words(sample, kind):
    explanation = SAMPLES[sample]()
    found = picture(explanation, kind)
    assert_sound(found.chart)
    assert found.rows
    assert all(len(row) == len(found.columns) for row in found.rows)
    assert found.alternative.endswith(".")
    assert explanation.plot(kind).to_dict() == found.chart.to_dict()


def test_groups_draw():
    explanation = explained(90, names=WIDE)
    for n_groups in (2, 3, 6):
        groups = [f"group {i % n_groups}" for i in range(90)]
        assert_sound(importance_by_group(explanation, groups).plot())


def test_an_empty_swarm_draws():
    assert_sound(plot_beeswarm([]))


def test_unknown_kinds_rows_players_and_no_rows_are_refused():
    explanation = explained(3)
    with pytest.raises(InputError, match="unknown kind of chart 'pie'"):
        explanation.plot("pie")
    with pytest.raises(InputError, match="no row 3"):
        explanation.waterfall(3)
    with pytest.raises(InputError, match="no player 'q'"):
        explanation.plot("scatter", player="q")
    with pytest.raises(InputError, match="nothing to draw"):
        rows_of(explanation, []).plot()
    assert explanation.waterfall(-1).to_dict() == explanation.waterfall(2).to_dict()


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 0.1, 1.0, 37.0, 1e5, 1e9])
def test_printed_steps_add_up_to_the_printed_prediction(scale):
    rng = np.random.default_rng(0)
    for _ in range(50):
        steps = (rng.normal(size=rng.integers(1, 11)) * scale).tolist()
        base = float(rng.normal() * scale)
        prediction = base + sum(steps)
        first, *middle, last = (
            float(each.replace(",", "")) for each in additive_digits(base, steps, prediction)
        )
        assert first + sum(middle) == pytest.approx(last, abs=1e-9 * scale + 1e-15)
        printed = additive_digits(base, steps, prediction)[1]
        unit = 10.0 ** -len(printed.partition(".")[2]) if "." in printed else 1.0
        assert all(abs(a - b) <= unit * 1.001 for a, b in zip(middle, steps, strict=True))


def test_a_waterfall_goes_from_base_to_prediction_over_nine_steps_and_the_rest():
    explanation = explained(5, error=0.02, names=WIDE)
    steps = waterfall_points(explanation, 2)
    assert [each.kind for each in steps] == ["base", *["step"] * 9, "rest", "prediction"]
    assert steps[10].label == "9 others"
    assert steps[-2].end == pytest.approx(explanation.predictions[2, 0])
    for before, after in pairwise(steps[:-1]):
        assert after.start == pytest.approx(before.end)
    sizes = [abs(each.end - each.start) for each in steps[1:10]]
    assert sizes == sorted(sizes, reverse=True)
    first = steps[1]
    assert (first.high - first.low) / 2 == pytest.approx(1.95996 * 0.02, rel=1e-4)


def test_ten_players_need_no_rest():
    kinds = [each.kind for each in waterfall_points(explained(3, names=WIDE[:10]))]
    assert kinds == ["base", *["step"] * 10, "prediction"]


def test_attributions_whose_interval_holds_zero_are_hollow():
    explanation = explained(40, error=0.1)
    held = {each.row: each.shown for each in swarm_points(explanation) if each.player == "age"}
    values = explanation.values[:, 0, 0]
    assert [held[i] for i in range(40)] == (np.abs(values) > 1.96 * 0.1).tolist()
    assert all(each.shown for each in swarm_points(explained(40)))
    marks = [each.shown for each in waterfall_points(explanation) if each.kind == "step"]
    assert marks == sorted(marks, reverse=True)
    assert False in marks


def test_a_swarm_has_at_most_two_thousand_dots_and_the_others_are_summed():
    explanation = explained(1000, names=WIDE)
    dots = swarm_points(explanation)
    assert len(dots) == DOTS
    players = list(dict.fromkeys(each.player for each in dots))
    assert players[-1] == "9 others"
    assert len(players) == 10
    assert all(-1 <= each.offset <= 1 for each in dots)
    rest = {each.row: each.value for each in dots if each.player == "9 others"}
    order = np.argsort(-np.abs(explanation.values[:, :, 0]).mean(axis=0))
    row = next(iter(rest))
    assert rest[row] == pytest.approx(explanation.values[row, order[9:], 0].sum())


def test_shades_are_places_of_values_and_categories_have_none():
    dots = swarm_points(explained(50))
    ages = [each for each in dots if each.player == "age"]
    assert {min(d.shade for d in ages), max(d.shade for d in ages)} == {0.0, 1.0}
    assert all(each.shade is None for each in dots if each.player == "city")
    missing = [each for each in dots if each.player == "income" and each.row == 3]
    assert missing[0].shade is None


def test_a_scatter_leaves_missing_numbers_out_and_keeps_categories():
    explanation = explained(50)
    assert len(scatter_points(explanation, 1, None)) == 49
    assert {each.x for each in scatter_points(explanation, 2, None)} == {"Rome", "Oslo", "Lima"}
    coloured = scatter_points(explanation, 0, 2)
    assert {each.level for each in coloured} == {"Rome", "Oslo", "Lima"}


def test_the_partner_that_interacts_is_found():
    rng = np.random.default_rng(0)
    plain = explained(400, names=("a", "b", "c", "d"))
    x = np.column_stack([plain.data["a"].to_numpy(), plain.data["d"].to_numpy()])
    values = plain.values.copy()
    values[:, 0, 0] = x[:, 0] + x[:, 0] * x[:, 1] + 0.1 * rng.normal(size=400)
    assert likeliest_partner(replace(plain, values=values), 0) == 3
    assert likeliest_partner(explained(400), 0) is None
    assert likeliest_partner(explained(20), 0) is None
    pairs = np.zeros((400, 4, 4, 1))
    pairs[:, 0, 2] = pairs[:, 2, 0] = -0.3
    assert likeliest_partner(replace(plain, interactions=pairs), 0) == 2


def test_a_heat_map_is_ordered_by_prediction_and_thinned():
    explanation = explained(300)
    cells = heat_map_points(explanation)
    top = [each for each in cells if each.player == "age"]
    assert len(top) == 100
    predictions = [explanation.predictions[each.row, 0] for each in top]
    assert predictions == sorted(predictions)


@pytest.mark.parametrize("suffix", [".png", ".svg"])
@pytest.mark.parametrize("page", ["light", "dark"])
def test_charts_are_saved(tmp_path, suffix, page):
    chart = explained(12).plot()
    path = save_chart(chart, tmp_path / f"a{suffix}", theme=page)
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG" if suffix == ".png" else b"<svg")
    if suffix == ".svg":
        assert (b"#5bb8f0" in content) == (page == "dark")


def test_an_explanation_saves_its_charts_and_refuses_other_files(tmp_path):
    explanation = explained(12)
    assert explanation.save_plot(tmp_path / "w.svg", "waterfall", row=2).exists()
    with pytest.raises(InputError, match=r"saved as .png or .svg, and the file is 'a.pdf'"):
        explanation.save_plot(tmp_path / "a.pdf")
    with pytest.raises(InputError, match="cannot be written"):
        explanation.save_plot(tmp_path / "none" / "a.svg")
    with pytest.raises(InputError, match="theme must be"):
        save_chart(explanation.plot(), tmp_path / "a.svg", theme="sepia")


def test_a_theme_changes_colours_and_no_data():
    spec = {"data": {"values": [{"name": "#0072b2"}]}, "mark": {"color": "#0072b2"}}
    dark = themed(spec, "dark")
    assert dark["data"] == spec["data"]
    assert dark["mark"]["color"] == "#5bb8f0"
    assert themed(spec, "light")["config"]["background"] == "#ffffff"
