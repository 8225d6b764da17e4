"""The four-fifths rule: both directions, what the interval leaves open, and what is too few."""

import json
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.bias.cells import GroupCells
from assay.bias.four_fifths import four_fifths
from assay.bias.measurement import Measurement
from assay.bias.post_training.disparate_impact import disparate_impact
from assay.bias.split import FacetTables, Split
from assay.stats.interval import Interval


def impact(value, low, high, **more):
    return Measurement(value=value, interval=lambda level: Interval(low, high), **more)


def judged(a, d, level=0.95):
    """Judge two facets, each given as selected and not."""
    counts = [[[no, yes], [0, 0]] for yes, no in (a, d)]
    cells = GroupCells.from_counts(["men", "women"], counts)
    split = Split.of(FacetTables(groups=cells.groups, cells=cells), "women")
    return four_fifths(disparate_impact(split), group="women", rest="men", level=level)


@pytest.mark.parametrize(
    ("found", "verdict", "ratio", "ends", "lower_group"),
    [
        (impact(0.9, 0.85, 0.95), "passes", 0.9, (0.85, 0.95), "women"),
        (impact(0.9, 0.8, 1.1), "passes", 0.9, (0.8, 1.0), "women"),
        (impact(1.0, 0.9, 1.1), "passes", 1.0, (0.9, 1.0), ""),
        (impact(0.9, 0.7, 1.1), "cannot be told", 0.9, (0.7, 1.0), "women"),
        (impact(1.0, 0.9, 1.5), "cannot be told", 1.0, (1 / 1.5, 1.0), ""),
        (impact(0.5, 0.4, 0.79), "fails", 0.5, (0.4, 0.79), "women"),
        (impact(0.5, 0.3, 0.8), "cannot be told", 0.5, (0.3, 0.8), "women"),
        (impact(2.0, 1.3, 4.0), "fails", 0.5, (0.25, 1 / 1.3), "men"),
        (impact(1.2, 1.1, 1.24), "passes", 1 / 1.2, (1 / 1.24, 1 / 1.1), "men"),
        (impact(0.0, 0.0, 0.3), "fails", 0.0, (0.0, 0.3), "women"),
        (impact(inf, 4.0, inf), "fails", 0.0, (0.0, 0.25), "men"),
    ],
)
def test_verdicts(found, verdict, ratio, ends, lower_group):
    said = four_fifths(found, group="women", rest="men")
    assert said.verdict == verdict
    assert said.ratio == pytest.approx(ratio)
    assert (said.low, said.high) == pytest.approx(ends)
    assert said.lower_group == lower_group
    assert said.sentence.startswith(f"{verdict}: ")


def test_the_example_of_the_guidelines():
    # 29 CFR 1607.4 D, questions and answers: 60 % of whites and 30 % of blacks are hired.
    assert judged((48, 32), (12, 28)).ratio == pytest.approx(0.5)
    assert judged((480, 320), (120, 280)).verdict == "fails"
    assert judged((480, 320), (550, 450)).verdict == "passes"
    assert judged((48, 32), (23, 17)).verdict == "cannot be told"


def test_a_higher_level_is_less_sure():
    assert judged((60, 60), (34, 86)).verdict == "fails"
    assert judged((60, 60), (34, 86), level=0.99999).verdict == "cannot be told"


def test_too_few_rows_cannot_be_judged():
    said = judged((480, 320), (1, 9))
    assert said.ratio == pytest.approx(1 / 6)
    assert said.verdict == "cannot be told"
    assert "too few: 10 rows in women" in said.sentence


def test_undefined_keeps_its_reason():
    said = judged((0, 50), (0, 40))
    assert (said.verdict, said.ratio, said.low) == ("cannot be told", None, None)
    assert "0 of 40 rows in women are predicted positive" in said.sentence


@given(st.floats(0.01, 100), st.floats(1.0, 5.0), st.floats(1.0, 5.0))
def test_direction_does_not_matter(value, down, up):
    one = four_fifths(impact(value, value / down, value * up), group="d", rest="a")
    turned = impact(1 / value, 1 / (value * up), down / value)
    other = four_fifths(turned, group="a", rest="d")
    assert one.ratio == pytest.approx(other.ratio)
    assert (one.low, one.high) == pytest.approx((other.low, other.high))
    assert 0 <= one.low <= one.ratio <= one.high <= 1


def test_to_dict_is_plain():
    told = judged((480, 320), (120, 280)).to_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["verdict"] == "fails"
