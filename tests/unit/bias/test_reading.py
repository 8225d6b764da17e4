"""A number in plain words: what it compares, how much, and which way."""

import math

import pytest

from assay.bias.reading import amount_words, group_words, points, read_value
from bias_samples import METRICS, sample_metric

SAID = {"group": "sex = Female", "outcome": "income '>50K'"}


@pytest.mark.parametrize(
    ("acronym", "value", "words"),
    [
        (
            "DPPL",
            0.18,
            "sex = Female is predicted income '>50K' 18 points less often than the rest",
        ),
        (
            "DPPL",
            -0.042,
            "sex = Female is predicted income '>50K' 4.2 points more often than the rest",
        ),
        ("DPL", 0.01, "sex = Female has income '>50K' 1 point less often than the rest"),
        ("DI", 0.3, "sex = Female is predicted income '>50K' 0.3 times as often as the rest"),
        ("DI", 2.5, "sex = Female is predicted income '>50K' 2.5 times as often as the rest"),
        ("SD", -0.1, "sex = Female has a lower specificity than the rest, by 10 points"),
        ("KL", 0.5, "the labels of sex = Female and the rest are distributed differently, by 0.5"),
        (
            "TE",
            math.inf,
            "sex = Female has more false negatives for each false positive than the rest: the "
            "value is infinity",
        ),
    ],
)
def test_the_sign_chooses_the_sentence_and_the_amount_its_unit(acronym, value, words):
    assert read_value(METRICS[acronym], value, **SAID) == words


@pytest.mark.parametrize("acronym", ["DPPL", "DI"])
def test_parity_is_no_difference(acronym):
    metric = METRICS[acronym]
    assert read_value(metric, metric.parity, **SAID) == (
        "no difference between sex = Female and the rest"
    )


def test_undefined_names_the_reason():
    words = read_value(METRICS["DI"], None, reason="nobody of the rest is selected", **SAID)
    assert words == "not defined here: nobody of the rest is selected"


def test_names_with_braces_or_directions_are_left_as_they_are():
    words = read_value(METRICS["DPPL"], 0.2, group="{rest} more", rest="less {group}")
    assert words == (
        "{rest} more is predicted the positive outcome 20 points less often than less {group}"
    )


def test_a_metric_without_sentences_still_reads():
    plain = sample_metric("", "gap of medians", needs="numbers")
    assert (
        read_value(plain, 12345.6, group="b") == "gap of medians of b against the rest is 12,346"
    )


def test_differences_of_other_things_are_not_points():
    area = sample_metric("", "AUC gap", needs="scores", positive_means="{group} is ranked worse")
    assert read_value(area, 0.03, group="b") == "b is ranked worse, by 0.03"


@pytest.mark.parametrize(
    ("facet", "group", "how", "words"),
    [
        ("sex", "Female", "values", "sex = Female"),
        ("age > 40", "age > 40", "condition", "age > 40"),
        ("age", "(25, 40]", "bands", "age (25, 40]"),
        ("sex × race", "woman × Black", "intersection", "woman × Black"),
        ("", "b", "values", "b"),
        ("sex", "", "values", "sex"),
    ],
)
def test_a_group_has_its_facet_where_its_name_lacks_it(facet, group, how, words):
    assert group_words(facet, group, how=how) == words


def test_points_have_no_sign_and_no_false_digits():
    assert [points(x) for x in (-0.2, 0.0949, 0.1, 0.00049)] == [
        "20 points",
        "9.5 points",
        "10 points",
        "less than 0.1 points",
    ]


def test_an_infinite_amount_is_without_bound():
    assert amount_words(METRICS["TE"], math.inf) == "without bound"
