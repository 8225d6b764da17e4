import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.errors import InputError
from assay.models.labels import label_text, match_labels


def test_strange_classes_propose_the_flag():
    with pytest.raises(InputError) as caught:
        match_labels([0, 1], ["<=50K", ">50K"])
    text = str(caught.value)
    assert "--label-map '0=<=50K' --label-map '1=>50K'" in text
    assert "if that is what they mean" in text.lower()
    assert caught.value.exit_status == 2


def test_proposal_follows_the_negative_first():
    with pytest.raises(InputError, match=r"'0=yes' --label-map '1=no'"):
        match_labels([0, 1], ["yes", "no"])


def test_quote_in_a_label_survives_the_shell():
    with pytest.raises(InputError, match="it'\"'\"'s"):
        match_labels([0, 1], ["it's", "not"])


@pytest.mark.parametrize(
    ("classes", "labels"),
    [
        ((0, 1), ("0", "1")),
        (("0", "1"), (0, 1)),
        ((0.0, 1.0), (0, 1)),
        ((1, 2, 3), (1.0, 2.0, 3.0)),
        ((False, True), ("False", "True")),
        (("false", "true"), (False, True)),
        ((0, 1), (False, True)),
        ((False, True), ("0", "1")),
        (("no", "yes"), ("no", "yes")),
        (("1", "1.0"), ("1", "1.0")),
        (("007", "7"), ("007", "7")),
    ],
)
def test_same_text_is_the_same_label(classes, labels):
    match = match_labels(classes, labels)
    assert list(match.words.values()) == list(labels)
    assert [type(word) for word in match.words.values()] == [type(label) for label in labels]
    assert match.findings == ()


def test_truth_is_no_number_beside_other_numbers():
    with pytest.raises(InputError, match="class True cannot be written"):
        match_labels([True, 2], [1, 2])


def test_case_matters():
    with pytest.raises(InputError):
        match_labels(["Yes", "No"], ["yes", "no"])


def test_map_is_followed_against_the_order():
    match = match_labels([0, 1], ["no", "yes"], {"0": "yes", "1": "no"})
    assert match.words == {0: "yes", 1: "no"}


def test_map_of_one_class_leaves_the_rest_to_text():
    match = match_labels(["a", "other"], ["a", "b"], {"other": "b"})
    assert match.words == {"a": "a", "other": "b"}


def test_map_reaches_numbers_of_the_data():
    assert match_labels(["neg", "pos"], [0, 1], {"neg": "0", "pos": "1"}).words == {
        "neg": 0,
        "pos": 1,
    }


def test_map_may_name_a_label_that_this_table_lacks():
    match = match_labels([0, 1], ["no"], {"0": "no", "1": "yes"})
    assert match.words == {0: "no", 1: "yes"}


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({"2": "no"}, "its classes: 0, 1"),
        ({"0": "nope"}, "the data's labels: no, yes"),
        ({"0": "no", "1": "no"}, "both stand for the data's label no"),
    ],
)
def test_wrong_map_is_refused(told, found):
    with pytest.raises(InputError, match=found):
        match_labels([0, 1], ["no", "yes"], told)


def test_classes_on_one_side_only_are_findings():
    match = match_labels(["a", "b", "c"], ["a", "b", "d"])
    assert match.unknown_to_model == ("d",)
    assert match.absent_from_data == ("c",)
    assert [finding.rule for finding in match.findings] == [
        "labels_unknown_to_model",
        "classes_absent_from_data",
    ]
    assert match.words["c"] == "c"


def test_absent_class_takes_the_type_of_the_labels():
    assert match_labels([0, 1, 2], ["0", "1"]).words[2] == "2"
    assert match_labels(["0", "1", "2"], [0, 1]).words["2"] == 2
    with pytest.raises(InputError, match="cannot be written"):
        match_labels(["0", "1", "other"], [0, 1])


@given(st.lists(st.integers() | st.text(min_size=1), min_size=1, unique_by=label_text))
def test_labels_always_match_themselves(labels):
    match = match_labels(labels, labels)
    assert match.words == dict(zip(labels, labels, strict=True))
    assert match.findings == ()
