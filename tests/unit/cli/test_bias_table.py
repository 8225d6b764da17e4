"""Lines of a terminal, from what results.json holds."""

import pytest

from assay.cli.bias_table import BEYOND, MAX_GROUPS, bias_table


def measure(group, value, low=None, high=None, **more):
    return {
        "name": "difference_in_positive_proportions_in_labels",
        "acronym": "DPL",
        "group": group,
        "value": value,
        "low": low,
        "high": high,
        "level": 0.95,
        "n": 100,
        "method": "m",
        "limit": None,
        "tolerated": [-0.1, 0.1],
        "simultaneous_low": low,
        "simultaneous_high": high,
        **more,
    }


def results(measures, left_out=(), sizes=None, rows_missing=0):
    sizes = sizes or {each["group"]: 100 for each in measures}
    facet = {
        "name": "sex",
        "measures": measures,
        "groups": [{"group": group, "n": n} for group, n in sizes.items()],
        "rows_missing": rows_missing,
    }
    facets = [facet] if measures else []
    return {"sections": {"bias": {"facets": facets, "left_out": list(left_out)}}}


LEFT_OUT = {"title": "facet race", "reason": "every row has 'A'", "turn_on": "name another"}


def test_what_lies_beyond_is_marked_and_explained():
    said = bias_table(results([measure("f", 0.2, 0.15, 0.25), measure("m", 0.02, -0.01, 0.05)]))
    head, women, men = said.splitlines()[:3]
    assert head.split() == ["sex", "n", "DPL"]
    assert women.endswith("*")
    assert not men.endswith("*")
    assert said.endswith(BEYOND)
    assert BEYOND not in bias_table(results([measure("m", 0.02, -0.01, 0.05)]))


def test_undefined_and_infinite_values_are_words():
    said = bias_table(results([measure("f", None), measure("m", None, limit="Infinity")]))
    assert said.splitlines()[1].split()[-1] == "undefined"
    assert said.splitlines()[2].split()[-1] == "infinity"


def test_the_largest_groups_are_shown_and_the_others_counted():
    sizes = {f"g{i}": 10 + i for i in range(MAX_GROUPS + 3)}
    said = bias_table(results([measure(group, 0.0) for group in sizes], sizes=sizes))
    assert "g0 " not in said
    assert f"g{MAX_GROUPS + 2} " in said
    assert "3 smaller groups" in said


def test_rows_without_a_value_are_counted():
    assert "1,200 rows have no value" in bias_table(
        results([measure("f", 0.0)], rows_missing=1200)
    )


def test_a_facet_that_was_left_out_is_named_with_its_reason():
    told = "left out: facet race: every row has 'A'"
    assert bias_table(results([], [LEFT_OUT])) == f"no bias was measured\n{told}"
    assert told in bias_table(results([measure("f", 0.0)], [LEFT_OUT]))
    other = {"title": "FT", "reason": "no features", "turn_on": ""}
    assert "FT" not in bias_table(results([measure("f", 0.0)], [other]))


@pytest.mark.parametrize("name", ["\x1b[31mred", "two\nlines"])
def test_names_cannot_steer_the_terminal(name):
    said = bias_table(results([measure(name, 0.0)]))
    assert "\x1b" not in said
    assert len(said.splitlines()) == 2
