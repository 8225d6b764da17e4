"""One cause makes one finding; what is not shown, tolerated or on few rows makes none."""

from dataclasses import replace

import pytest

from assay.bias.catalogue import bias_metrics
from assay.bias.families import BY_ANSWER, FAMILIES, NOT_TREATMENT, OF_FAMILY
from assay.bias.findings import bias_findings
from assay.result import Estimate
from assay.stats.interval import Interval
from bias_samples import (
    FAIR,
    NASTY,
    OUTCOME,
    RACE,
    SEX,
    SEX_RACE,
    facet_sample,
    many_groups,
    measure_group,
)


def rules(findings):
    return [each.rule for each in findings]


def tree(finding):
    return finding.rule, [tree(each) for each in finding.consequences]


def flat(findings):
    return [f for each in findings for f in (each, *flat(each.consequences))]


def only(facet, *acronyms):
    """The facet with some of its metrics alone."""
    kept = tuple(each for each in facet.measures if each.acronym in acronyms)
    return replace(facet, measures=kept)


def test_one_disparity_is_one_finding_that_starts_at_the_labels():
    (finding,) = bias_findings([facet_sample("sex", SEX)], outcome=OUTCOME)
    assert tree(finding) == (
        "bias_in_labels",
        [("bias_in_selection_rates", [("four_fifths_not_met", [])]), ("bias_in_error_rates", [])],
    )
    # 600 of 5,000 against 3,500 of 10,000.
    assert finding.message.startswith(
        "sex = Female has income '>50K' 23 points less often than the rest (21 to 25 points)."
    )
    assert finding.evidence["DPL"] == pytest.approx(0.23)
    assert (finding.evidence["rows"], finding.evidence["rows_of_the_rest"]) == (5000, 10000)
    assert finding.where == {"facet": "sex", "group": "Female"}


def test_groups_treated_alike_give_silence():
    assert bias_findings([facet_sample("sex", FAIR)]) == ()


@pytest.mark.parametrize(
    ("interval", "rule_count"),
    [
        (Interval(0.11, 0.3), 1),
        (Interval(-0.3, -0.11), 1),
        (Interval(0.1, 0.3), 0),
        (Interval(0.02, 0.3), 0),
        (None, 0),
    ],
)
def test_the_simultaneous_interval_decides_not_the_single_one(interval, rule_count):
    facet = only(facet_sample("sex", SEX, reported=("Female",)), "DPPL")
    (measure,) = facet.measures
    assert measure.estimate.low > 0.1
    facet = replace(facet, measures=(replace(measure, simultaneous=interval),))
    assert len(bias_findings([facet])) == rule_count


def test_a_metric_without_tolerated_range_makes_none():
    facet = only(facet_sample("sex", SEX), "TE")
    assert bias_findings([facet]) == ()


def test_an_infinite_value_counts_where_its_interval_does():
    facet = only(facet_sample("sex", SEX, reported=("Female",)), "DI")
    measure = replace(
        facet.measures[0],
        estimate=Estimate.undefined("the value is infinity"),
        limit="Infinity",
        simultaneous=Interval(3.0, float("inf")),
    )
    (finding,) = bias_findings([replace(facet, measures=(measure,))])
    assert finding.evidence["DI"] == "Infinity"
    assert finding.evidence["simultaneous_high"] is None


def test_an_undefined_value_makes_none():
    facet = only(facet_sample("sex", SEX, reported=("Female",)), "DPPL")
    measure = replace(facet.measures[0], estimate=Estimate.undefined("nobody"))
    assert bias_findings([replace(facet, measures=(measure,))]) == ()


@pytest.mark.parametrize("how", ["named", "few in the group", "few in the rest", "says so itself"])
def test_too_few_rows_make_none(how):
    facet = only(facet_sample("sex", SEX, reported=("Female",)), "DPPL")
    (measure,) = facet.measures
    if how == "named":
        facet = replace(facet, too_small=("Female",))
    elif how == "few in the group":
        measure = replace(measure, n_group=29)
    elif how == "few in the rest":
        measure = replace(measure, n_rest=29)
    else:
        few = replace(measure.estimate, warnings=("too few: 12 rows predicted positive",))
        measure = replace(measure, estimate=few)
    found = bias_findings([replace(facet, measures=(measure,))])
    assert [each.rule for each in found if each.severity == "warning"] == []


@pytest.mark.parametrize(("p_value", "count"), [(0.001, 1), (0.049, 0), (0.9, 0)])
def test_a_distance_needs_its_test_adjusted_over_all_tests(p_value, count):
    """Two tests: Holm's method asks the smaller p-value to be at most 0.025."""
    facet = only(facet_sample("sex", SEX), "KL")
    first, second = facet.measures
    measures = (replace(first, p_value=p_value), replace(second, p_value=0.8))
    assert len(bias_findings([replace(facet, measures=measures)])) == count


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ((0.01, 0.03, 0.04), ["sex"]),  # 0.05 / 3 rejects; 0.05 / 2 does not, nor may 0.04 then
        ((0.01, 0.8, 0.02), ["sex", "b"]),
    ],
)
def test_holm_stops_at_the_first_that_does_not_reject(values, found):
    facets = [only(facet_sample("sex", SEX), "KL"), only(facet_sample("b", SEX), "KL")]
    first, second, third = *facets[0].measures, facets[1].measures[0]
    tested = [
        replace(each, p_value=p) for each, p in zip((first, second, third), values, strict=True)
    ]
    told = [
        replace(facets[0], measures=tuple(tested[:2])),
        replace(facets[1], measures=tuple(tested[2:])),
    ]
    assert [each.where["facet"] for each in bias_findings(told)] == found


def test_mistakes_of_a_model_on_equal_labels_are_told_from_the_labels():
    counts = {"a": (900, 100, 100, 1900), "d": (500, 50, 500, 1950)}
    (finding,) = bias_findings([facet_sample("sex", counts)], outcome=OUTCOME)
    assert finding.rule == "bias_in_selection_rates"
    assert finding.where["group"] == "d"
    assert "The labels do not show this difference, so it comes from the model" in finding.cause
    assert "bias_in_error_rates" in rules(finding.consequences)


def test_error_rates_among_equal_truths_are_a_finding_beside_the_labels():
    counts = {"a": (2900, 300, 100, 2700), "d": (600, 100, 400, 4900)}
    found = bias_findings([facet_sample("sex", counts)])
    assert rules(found) == ["bias_in_labels", "bias_in_error_rates"]
    assert "RD" in found[1].evidence


@pytest.mark.parametrize(
    ("a", "d", "words"),
    [
        ((2000, 1000, 1000, 6000), (400, 0, 600, 4000), "the model adds to it"),
        ((2500, 500, 500, 6500), (600, 400, 400, 8600), "The model repeats it"),
        ((2500, 0, 2500, 5000), (400, 600, 600, 8400), "more than the predictions do"),
    ],
)
def test_the_cause_says_what_the_model_does_to_the_difference(a, d, words):
    found = flat(bias_findings([facet_sample("sex", {"a": a, "d": d})]))
    selection = next(each for each in found if each.rule == "bias_in_selection_rates")
    assert words in selection.cause


def test_several_groups_of_a_facet_are_one_finding():
    found = bias_findings([facet_sample("country", many_groups())], outcome=OUTCOME)
    assert rules(found) == ["bias_in_selection_rates"]
    assert found[0].message.endswith("14 other groups differ as well.")
    assert len(found[0].evidence["other_groups"]) == 14
    assert "value 21" in found[0].message


def test_a_combination_is_folded_under_a_facet_that_it_is_made_of():
    both = facet_sample("sex × race", SEX_RACE, how="intersection", columns=("sex", "race"))
    alone = bias_findings([both])
    assert rules(alone)[0] == "bias_in_labels"
    found = bias_findings([facet_sample("sex", SEX), both])
    assert [each.where.get("facet") for each in found if each.rule == "bias_in_labels"] == ["sex"]
    under = [each.where["facet"] for each in found[0].consequences]
    assert "sex × race" in under


def test_a_combination_that_only_differs_together_stands_by_itself():
    counts = {
        "woman × Black": (10, 10, 190, 790),
        "woman × White": (350, 150, 50, 450),
        "man × Black": (350, 150, 50, 450),
        "man × White": (10, 10, 190, 790),
    }
    sides = {"woman": (360, 160, 240, 1240), "man": (360, 160, 240, 1240)}
    both = facet_sample("sex × race", counts, how="intersection", columns=("sex", "race"))
    found = bias_findings([facet_sample("sex", sides), both])
    assert {each.where["facet"] for each in found} == {"sex × race"}


def test_worst_pairs_never_make_a_finding():
    facet = facet_sample("race", RACE)
    pairs = tuple(measure_group("race", "Black", RACE["Black"], RACE["White"], versus="White"))
    assert bias_findings([replace(facet, measures=(), worst_pairs=pairs, too_small=())]) == ()


def test_sizes_of_groups_are_not_treatment():
    facet = only(facet_sample("sex", SEX, reported=("Female",)), "DPL")
    sizes = replace(facet.measures[0], metric="facet_imbalance", acronym="CI")
    assert bias_findings([replace(facet, measures=(sizes,))]) == ()


def test_small_groups_missing_values_and_folded_values_are_said_once():
    facets = [
        facet_sample("sex", FAIR, rows_missing=1),
        facet_sample("race", {NASTY: (1, 1, 1, 2), **FAIR}, rows_folded=5, rows_missing=3000),
    ]
    found = bias_findings(facets)
    assert rules(found) == [
        "bias_facet_rows_missing",
        "bias_groups_too_small",
        "bias_facet_rows_missing",
        "facet_values_folded",
    ]
    assert [each.severity for each in found] == ["warning", "info", "info", "info"]
    assert "3,000 of 18,005 rows (16.7%) have no value of race" in found[0].message
    assert "1 of 15,001 rows (0.0%) has no value of sex" in found[2].message
    assert found[1].evidence == {"race": [NASTY]}


def test_disparities_are_warnings_never_errors():
    found = flat(bias_findings([facet_sample("sex", SEX), facet_sample("race", RACE)]))
    assert {each.severity for each in found} == {"warning", "info"}


def test_every_metric_of_the_catalogue_has_its_kind_of_disparity():
    listed = {name for names in OF_FAMILY.values() for name in names} | NOT_TREATMENT
    assert {metric.name for metric in bias_metrics()} <= listed
    assert set(OF_FAMILY) == set(FAMILIES)
    assert listed >= BY_ANSWER


@pytest.mark.parametrize(
    ("facet", "how", "reading", "start"),
    [
        ("age: 25, 45", "bands", "age ≤ 25 has it 23 points less often", "age ≤ 25 has it"),
        ("sex", "values", "predictions are right less often for Female", "Predictions are right"),
    ],
)
def test_a_sentence_has_a_capital_and_a_name_its_own_letters(facet, how, reading, start):
    made = facet_sample(facet, SEX, how=how, reported=("Female",))
    measures = tuple(replace(each, reading=reading) for each in made.measures)
    (found, *_) = bias_findings([replace(made, measures=measures)])
    assert found.message.startswith(start)


def test_an_interval_of_another_unit_says_its_size_as_the_sentence_does():
    facet = only(facet_sample("sex", SEX, reported=("Female",)), "DPL")
    lower = replace(
        facet.measures[0],
        metric="auc_difference",
        acronym="",
        stage="post_training",
        simultaneous=Interval(-0.3, -0.2),
        reading="scores tell less well, by 0.25",
    )
    (finding,) = bias_findings([replace(facet, measures=(lower,))])
    assert (finding.rule, finding.message) == (
        "bias_in_ranking",
        "Scores tell less well, by 0.25 (0.2 to 0.3).",
    )
