import json

import pytest

from assay.errors import InputError
from assay.models.answers import AnswerError
from assay.models.remote.responses import ResponseForm, find_place_problems, read_response

CSV, LINES = "text/csv", "application/jsonlines"


def read(body, n_rows, content_type=None, **form):
    if not isinstance(body, bytes | str):
        body = json.dumps(body)
    body = body if isinstance(body, bytes) else body.encode()
    answers = read_response(body, n_rows, ResponseForm(**form), content_type)
    return answers.labels, answers.scores


# Clarify's forms of CSV.
@pytest.mark.parametrize(
    ("body", "n_rows", "places", "expected"),
    [
        ("0.6", 1, {}, (None, [0.6])),
        ("0.6,0.3", 2, {}, (None, [0.6, 0.3])),
        ("0.6\n0.3\n", 2, {}, (None, [0.6, 0.3])),
        ("0.6\r\n0.3\r\n\r\n", 2, {}, (None, [0.6, 0.3])),
        ("0.1,0.6,0.3", 1, {}, (None, [[0.1, 0.6, 0.3]])),
        ("0.1,0.6,0.3\n0.2,0.2,0.6", 2, {}, (None, [[0.1, 0.6, 0.3], [0.2, 0.2, 0.6]])),
        ("1,0.6", 1, {"label": 0, "probability": 1}, ([1], [0.6])),
        ("1,0.6\n0,0.2", 2, {"probability": 1}, (None, [0.6, 0.2])),
        (
            "\"['cat','dog']\",\"[0.4,0.6]\"",
            1,
            {"label": 0, "probability": 1},
            ([["cat", "dog"]], [[0.4, 0.6]]),
        ),
        ("yes\nno", 2, {}, (None, ["yes", "no"])),
        ('"a, b"\n"c\nd"', 2, {}, (None, ["a, b", "c\nd"])),
        ("007,0.5", 1, {"label": 0}, (["007"], None)),
        ("1e-3\n+.5", 2, {}, (None, [0.001, 0.5])),
        ("nan\ninf", 2, {"probability": 0}, (None, ["nan", "inf"])),
    ],
)
def test_csv(body, n_rows, places, expected):
    assert read(body, n_rows, accept_type=CSV, **places) == expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ([0.2, 0.9], (None, [0.2, 0.9])),
        (["no", "yes"], (None, ["no", "yes"])),
        ([True, False], (None, [True, False])),
        ([[0.8, 0.2], [0.1, 0.9]], (None, [[0.8, 0.2], [0.1, 0.9]])),
        ({"predictions": [0.2, 0.9]}, (None, [0.2, 0.9])),
        ({"predictions": [[0.2], [0.9]]}, (None, [[0.2], [0.9]])),
        ({"instances": [1, 2]}, (None, [1, 2])),
        ({"scores": [0.2, 0.9]}, (None, [0.2, 0.9])),
        (
            {"model": "m", "probabilities": [[0.8, 0.2], [0.1, 0.9]]},
            (None, [[0.8, 0.2], [0.1, 0.9]]),
        ),
        (
            {"labels": ["no", "yes"], "probabilities": [[0.8, 0.2], [0.1, 0.9]]},
            (["no", "yes"], [[0.8, 0.2], [0.1, 0.9]]),
        ),
        (
            {"predictions": ["n", "y"], "scores": [[0.8, 0.2], [0.1, 0.9]]},
            (["n", "y"], [[0.8, 0.2], [0.1, 0.9]]),
        ),
        ({"predictions": {"label": ["n", "y"]}}, (None, ["n", "y"])),
        ([{"label": "n"}, {"label": "y"}], (None, ["n", "y"])),
        ([{"prediction": 3.5}, {"prediction": 4}], (None, [3.5, 4])),
        (
            [{"label": 0, "probability": 0.2}, {"label": 1, "probability": 0.9}],
            ([0, 1], [0.2, 0.9]),
        ),
        (
            [{"n": 0.8, "y": 0.2}, {"n": 0.1, "y": 0.9}],
            (None, [{"n": 0.8, "y": 0.2}, {"n": 0.1, "y": 0.9}]),
        ),
        (
            [[{"label": "n", "score": 0.8}, {"label": "y", "score": 0.2}]] * 2,
            (None, [{"n": 0.8, "y": 0.2}] * 2),
        ),
    ],
)
def test_common_shapes_of_json(document, expected):
    assert read(document, 2) == expected
    if isinstance(document, list):
        lines = "".join(json.dumps(value) + "\n" for value in document)
        assert read(lines, 2, accept_type=LINES) == expected


@pytest.mark.parametrize(
    "document",
    [[0.3, 0.7], [[0.3, 0.7]], {"predictions": [0.3, 0.7]}, {"probabilities": [0.3, 0.7]}],
)
def test_one_record_needs_no_list_around_its_scores(document):
    assert read(document, 1, single=True) == (None, [[0.3, 0.7]])


def test_one_record_alone():
    assert read(0.3, 1, single=True) == (None, [0.3])
    assert read({"label": "no"}, 1, single=True) == (None, ["no"])
    assert read({"a": {"b": "no"}}, 1, single=True, label="a.b") == (["no"], None)


def test_paths():
    document = {"predictions": [{"out": {"l": "n", "s": 0.2}}, {"out": {"l": "y", "s": 0.9}}]}
    places = {"label": "predictions[*].out.l", "probability": "predictions[*].out.s"}
    assert read(document, 2, **places) == (["n", "y"], [0.2, 0.9])
    lines = "\n".join(json.dumps(each) for each in document["predictions"])
    assert read(lines, 2, accept_type=LINES, label="out.l", probability="out.s") == (
        ["n", "y"],
        [0.2, 0.9],
    )


def test_the_responses_own_type_counts_unless_told_otherwise():
    assert read("0.1\n0.2", 2, "text/csv; charset=utf-8") == (None, [0.1, 0.2])
    assert read("[0.1]\n[0.2]", 2, "application/x-ndjson") == (None, [[0.1], [0.2]])
    assert read("[0.1, 0.2]", 2, "text/plain") == (None, [0.1, 0.2])
    with pytest.raises(AnswerError, match="instead of predictions"):
        read("0.1\n0.2", 2, "text/csv", accept_type="application/json")


def test_character_sets():
    assert read('["é"]'.encode("latin-1"), 1, "application/json; charset=latin-1") == (None, ["é"])
    assert read(b'\xef\xbb\xbf["a"]', 1) == (None, ["a"])
    assert read('["\u2028"]'.encode(), 1, "application/jsonlines") == (None, [["\u2028"]])
    for charset in ("", "; charset=klingon"):
        with pytest.raises(AnswerError, match="not text in"):
            read(b'["\xff\xfe"]', 1, f"application/json{charset}")


@pytest.mark.parametrize(
    ("body", "form", "told"),
    [
        ('{"predictions": [0.1, 0.', {}, "instead of predictions"),
        ("", {}, "returned nothing instead of predictions"),
        ("<!DOCTYPE html><h1>Sign in</h1>", {}, "page of HTML"),
        ("  <html>", {"accept_type": CSV}, "page of HTML"),
        ("[0.1]", {}, "1 predictions for 2 rows"),
        ("[0.1, 0.2, 0.3]", {}, "3 predictions for 2 rows"),
        ("0.1\n0.2\n0.3", {"accept_type": CSV}, "3 predictions for 2 rows"),
        ("0.1\n", {"accept_type": LINES}, "1 predictions for 2 rows"),
        ("0.1\nnoise\n", {"accept_type": LINES}, "'noise' instead of a line of JSON"),
        ('{"error": "no such model"}', {}, "the fields error and no list of predictions"),
        ('{"labels": ["a"], "scores": [0.1, 0.2]}', {}, "1 labels and 2 scores"),
        ("7", {}, "returned 7 where a list"),
        ('{"x": [1]}', {"label": "x"}, "1 predictions for 2 rows"),
        ('{"x": [1]}', {"label": "y"}, "returned nothing at y"),
        ("1,2\n3\n", {"accept_type": CSV, "label": 1}, "column 1 .from 0. was asked for"),
        ("[" * 100_000, {}, "instead of predictions"),
        ("[" + "1" * 5000 + "]", {}, "instead of predictions"),
    ],
)
def test_answers_that_cannot_be_used(body, form, told):
    with pytest.raises(AnswerError, match=told) as caught:
        read(body, 2, **form)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("body", "form", "told"),
    [
        ('[{"a": "x"}, {"a": "y"}]', {}, r"records of the fields a; say where"),
        ('[{"label": "x", "score": 0.9}, {"label": "y", "score": 0.9}]', {}, r"probability=score"),
        ("yes,0.9\nno,0.2", {"accept_type": CSV}, r"label=0 or probability=1"),
        ('{"x": 3}', {"label": "x"}, r"must give a list"),
        ("1\n2", {"accept_type": CSV, "label": "a.b"}, r"in CSV, where 'a.b' must be the index"),
        ("[1, 2]", {"label": 0}, r"in JSON, where 0 must be a JMESPath"),
        ('{"x": 3}', {"label": "sum(x)"}, r"cannot be used on the model's answer"),
    ],
)
def test_forms_that_cannot_be_told_are_the_users_to_settle(body, form, told):
    with pytest.raises(InputError, match=told):
        read(body, 2, **form)


def test_numbered_records_come_back_in_order():
    records = [{"row": 1, "label": "b"}, {"row": 0, "label": "a"}]
    assert read({"predictions": records}, 2, echo="row") == (None, ["a", "b"])
    assert read({"x": 1, "predictions": records}, 2, echo="row", label="predictions[*].label") == (
        ["a", "b"],
        None,
    )
    lines = "\n".join(map(json.dumps, records))
    assert read(lines, 2, accept_type=LINES, echo="row", label="label") == (["a", "b"], None)


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ([0, 0], "two predictions for one row"),
        ([0, 2], "without the number"),
        ([0, None], "without"),
    ],
)
def test_numbers_that_are_wrong(numbers, told):
    records = [{"row": number, "label": "a"} for number in numbers]
    with pytest.raises(AnswerError, match=told):
        read(records, 2, echo="row")


@pytest.mark.parametrize(
    ("accept", "label", "probability", "settings"),
    [
        (CSV, "a", "-1", ["label", "probability"]),
        (CSV, "0", 1, []),
        ("application/json", 0, None, ["label"]),
        ("application/json", "a[", "b[*].c", ["label"]),
        (None, None, None, []),
    ],
)
def test_places_are_checked_before(accept, label, probability, settings):
    found = find_place_problems(accept, label, probability)
    assert [setting for setting, _ in found] == settings
