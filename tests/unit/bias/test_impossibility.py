"""Which parities cannot hold together is said only where base rates are shown to differ."""

from assay.bias.impossibility import impossibility_notes
from bias_samples import FAIR, NASTY, OUTCOME, RACE, SEX, facet_sample


def test_base_rates_that_differ_are_named_with_their_numbers():
    (note,) = impossibility_notes([facet_sample("sex", SEX)], outcome=OUTCOME)
    assert "The base rates of income '>50K' are 12.0% and 35.0% (sex = Female" in note
    # Recall 400/600 and 2600/3500; precision 400/500 and 2600/3500.
    assert "equal recall 0.076" in note
    assert "equal precision 0.057" in note


def test_equal_base_rates_need_no_note():
    assert impossibility_notes([facet_sample("sex", FAIR)]) == ()


def test_without_false_positives_all_three_can_be_equal():
    clean = {"a": (300, 0, 100, 600), "b": (75, 0, 25, 900)}
    facet = facet_sample("sex", clean)
    labels = facet.measure("DPL", "b")
    assert labels.simultaneous.low > 0
    # Recall 0.75, specificity 1, precision 1 in both: the three parities do hold together.
    assert facet.measure("RD", "b").estimate.value == 0
    assert facet.measure("SD", "b").estimate.value == 0
    assert facet.measure("DAR", "b").estimate.value == 0
    assert impossibility_notes([facet]) == ()


def test_the_widest_facet_heads_and_others_are_named():
    facets = [facet_sample("race", RACE), facet_sample("sex", SEX)]
    (note,) = impossibility_notes(facets)
    assert "sex = Female" in note
    assert note.endswith("The same goes for race.")


def test_a_group_with_too_few_rows_makes_no_note():
    few = {"a": (300, 50, 100, 600), NASTY: (0, 0, 0, 29)}
    facet = facet_sample("sex", few, reported=(NASTY,))
    assert facet.measure("DPL", NASTY).simultaneous.low > 0
    assert impossibility_notes([facet]) == ()
