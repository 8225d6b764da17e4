import json

import polars as pl
import pytest

from assay.errors import ColumnNotFoundError
from assay.models.remote.requests import RequestForm
from assay.models.remote.templates import Template, find_template_problems

JSON, LINES, CSV = "application/json", "application/jsonlines", "text/csv"
ROWS = pl.DataFrame({"A": [0, 3], "B": [1, 4]})


def body(content_type, content=None, record=None, rows=ROWS) -> str:
    form = RequestForm(content_type=content_type, content_template=content, record_template=record)
    return form.body(rows).decode()


# Clarify's own examples first.
@pytest.mark.parametrize(
    ("content", "record", "expected"),
    [
        ('{"instances": $records}', "$features", '{"instances": [[0,1],[3,4]]}'),
        ("$records", "$features_kvp", '[{"A":0,"B":1},{"A":3,"B":4}]'),
        ('{"i": $records}', '{"x": $features}', '{"i": [{"x": [0,1]},{"x": [3,4]}]}'),
        (
            '{"names": $feature_names, "rows": $records}',
            "$features",
            '{"names": ["A", "B"], "rows": [[0,1],[3,4]]}',
        ),
        ("$records", '{"b": "${B}", "a": "${A}"}', '[{"b": 1, "a": 0},{"b": 4, "a": 3}]'),
    ],
)
def test_json_bodies(content, record, expected):
    assert body(JSON, content, record) == expected
    assert find_template_problems(JSON, content, record) == ()


def test_one_record_a_request():
    form = RequestForm(
        content_type=JSON, content_template="$record", record_template="$features_kvp"
    )
    assert form.single
    assert [form.body(ROWS[at]) for at in range(2)] == [b'{"A":0,"B":1}', b'{"A":3,"B":4}']


def test_lines():
    assert body(LINES, '{"features": $features}') == '{"features": [0,1]}\n{"features": [3,4]}\n'
    assert body(LINES) == '{"A":0,"B":1}\n{"A":3,"B":4}\n'


def test_default_is_a_list_of_named_records():
    assert json.loads(body(JSON)) == {"instances": [{"A": 0, "B": 1}, {"A": 3, "B": 4}]}


def test_csv_has_no_header():
    assert body(CSV) == "0,1\n3,4\n"


def test_values_that_look_like_placeholders_stay_as_they_are():
    rows = pl.DataFrame({"A": ["$records", '"${A}"'], "B": ["$features", "$feature_names"]})
    assert json.loads(body(JSON, "$records", "$features", rows)) == [
        list(row) for row in rows.rows()
    ]


def test_odd_names_of_features():
    rows = pl.DataFrame({'a "b"': [1], "c}": [2], "dé": [3]})
    record = r'{"x": "${a \"b\"}", "y": "${c}}", "z": "${dé}"}'
    assert json.loads(body(JSON, "$records", record, rows)) == [{"x": 1, "y": 2, "z": 3}]


def test_feature_that_the_table_lacks():
    with pytest.raises(ColumnNotFoundError, match="columns not found: C"):
        Template('{"c": "${C}"}').fill_records(ROWS)


@pytest.mark.parametrize(
    ("content_type", "content", "record", "settings"),
    [
        (JSON, None, None, ["content_template", "record_template"]),
        (JSON, "$records", None, ["record_template"]),
        (JSON, None, "$features", ["content_template"]),
        (JSON, '{"a": 1}', "$features", ["content_template"]),
        (JSON, '{"a": $records, "b": $record}', "$features", ["content_template"]),
        (JSON, "$records", '{"a": 1}', ["record_template"]),
        (JSON, "$records", '{"a": $features, "b": $features_kvp}', ["record_template"]),
        (JSON, "$records", '{"a": $records}', ["record_template"] * 2),
        (JSON, "{$records", "$features", ["content_template"]),
        (LINES, None, None, ["content_template"]),
        (LINES, '{"x": 1}', None, ["content_template"]),
        (LINES, '{"x": $features, "y": $features}', None, ["content_template"]),
        (LINES, "$records", None, ["content_template"] * 2),
        (LINES, '{"x":\n$features}', None, ["content_template"]),
        (CSV, None, None, []),
    ],
)
def test_every_problem_is_told(content_type, content, record, settings):
    problems = find_template_problems(content_type, content, record)
    assert [setting for setting, _ in problems] == settings


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ('{"x": $feature, "y": "${A}"}', "did you mean $features?"),
        ('{"x": ${A}, "y": $features}', 'write "${A}"'),
        ("[$features", "does not become JSON"),
    ],
)
def test_slips_are_named(record, told):
    (_, what), *_ = find_template_problems(JSON, "$records", record)
    assert told in what


def test_dollars_that_are_no_placeholders_are_text():
    template = '{"price": "$5", "$ref": $features}'
    assert find_template_problems(JSON, "$records", template) == ()
    assert json.loads(body(JSON, "$records", template))[0] == {"price": "$5", "$ref": [0, 1]}
