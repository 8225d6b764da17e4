import json
import math
import time
from threading import Lock

import numpy as np
import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.errors import InputError, ModelError
from assay.models.loading import inspect_model, load_model
from assay.models.predictor import PartialAnswerError, ServiceError
from assay.models.reading import PREDICTION, SCORE
from assay.models.scoring import score_dataset
from http_endpoints import HangupError, Said, serve

N = 50
X = pl.DataFrame({"a": np.linspace(-2, 2, N), "b": [None, "x"] * (N // 2), "c": [*range(N)]})
QUICK = {"backoff": 0.001, "timeout": 5, "connect_timeout": 2, "concurrency": 2}


def model(url, *, options=None, **how):
    return load_model(url, options={**QUICK, **(options or {})}, **how)


def chance(a) -> float:
    return 1 / (1 + math.exp(-a))


EXPECTED = [chance(a) for a in X["a"]]


def instances(asked):
    return {"predictions": [chance(row["a"]) for row in asked.json["instances"]]}


def per_row(answer):
    """Answer {"instances": …} with a function of each row; it may raise ValueError: status 500."""

    def respond(asked):
        try:
            return {"predictions": [answer(row) for row in asked.json["instances"]]}
        except ValueError as error:
            return Said(f"cannot use {error}", 500, "text/plain")

    return respond


def test_json_as_most_servers_read_it():
    with serve(instances) as server:
        made = model(f"{server.url}/v1:predict")
        assert made.predict(X).values.tolist() == EXPECTED
    assert made.calls == len(server.asked) == 1
    assert server.asked[0].json["instances"][0] == {"a": -2.0, "b": None, "c": 0}


@pytest.mark.parametrize("concurrency", [1, 3])
def test_many_requests_keep_the_rows_in_order(concurrency):
    lock, running, most = Lock(), 0, 0

    def respond(asked):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02 / (1 + asked.json["instances"][0]["c"]))
        with lock:
            running -= 1
        return instances(asked)

    with serve(respond) as server:
        made = model(server.url, options={"batch_rows": 7, "concurrency": concurrency})
        assert made.predict(X).values.tolist() == EXPECTED
    assert made.calls == 8
    assert most <= concurrency
    assert (most > 1) == (concurrency > 1)
    assert made.info.batch_rows == 7 * concurrency * 4


def test_clarifys_csv():
    def respond(asked):
        rows = [line.split(",") for line in asked.body.decode().splitlines()]
        return Said(
            "".join(f"{int(float(a) > 0)},{chance(float(a))}\n" for a, *_ in rows),
            media="text/csv",
        )

    places = {"content_type": "text/csv", "label": 0, "probability": "1"}
    with serve(respond) as server:
        made = model(server.url, options=places, classes=[0, 1]).predict(X)
    assert server.bodies[0].splitlines()[:2] == [b"-2.0,,0", b"-1.9183673469387754,x,1"]
    assert made.labels.tolist() == [int(a > 0) for a in X["a"]]
    np.testing.assert_allclose(made.probabilities[:, 1], EXPECTED)


def test_clarifys_json_lines():
    def respond(asked):
        made = [
            {"out": {"scores": [1 - chance(f[0]), chance(f[0])]}}
            for f in (line["features"] for line in asked.lines)
        ]
        return Said("\n".join(map(json.dumps, made)), media="application/jsonlines")

    options = {
        "content_type": "application/jsonlines",
        "accept_type": "application/jsonlines",
        "content_template": '{"features": $features}',
        "probability": "out.scores",
        "label_headers": "no,yes",
    }
    with serve(respond) as server:
        made = model(server.url, options=options, features=["a", "c"]).predict(X)
    assert server.bodies[0].splitlines()[1] == b'{"features": [-1.9183673469387754,1]}'
    assert made.classes == ("no", "yes")
    assert made.labels.tolist() == ["yes" if p > 0.5 else "no" for p in EXPECTED]


def test_one_record_a_request():
    def respond(asked):
        return {"score": chance(asked.json["a"])}

    options = {"content_template": "$record", "record_template": "$features_kvp"}
    options["concurrency"] = 1
    with serve(respond) as server:
        made = model(server.url, options=options)
        assert made.predict(X[:5]).values.tolist() == EXPECTED[:5]
    assert server.bodies[1] == b'{"a":-1.9183673469387754,"b":"x","c":1}'
    assert made.calls == 5


def test_a_dataset_is_judged_end_to_end():
    table = X.with_columns(y=pl.Series(["yes" if p > 0.5 else "no" for p in EXPECTED]))
    data = Dataset.read(table, label="y", positive="yes")
    with serve(instances) as server:
        scored = score_dataset(model(server.url, options={"batch_rows": 5}), data)
    frame = scored.frame.collect().to_native()
    assert frame[SCORE].to_list() == EXPECTED
    assert frame[PREDICTION].to_list() == table["y"].to_list()


@pytest.mark.parametrize("bad", [0, 1, 23, 49])
def test_the_row_that_fails_is_named_and_those_before_are_kept(bad):
    def answer(row):
        if row["c"] == bad:
            raise ValueError(row["c"])
        return chance(row["a"])

    with serve(per_row(answer)) as server:
        made = model(server.url, options={"batch_rows": 10})
        with pytest.raises(ModelError, match=f"status 500 .*cannot use {bad}") as caught:
            made.predict(X)
        data = Dataset.read(X.with_columns(y=pl.lit(1.0)), label="y")
        with pytest.raises(ModelError, match=rf"failed on row {bad + 1} of .* it answered"):
            score_dataset(made, data, task="regression")
    assert caught.value.row == bad
    if bad:
        assert isinstance(caught.value, PartialAnswerError)
        assert caught.value.n_done == bad
        assert caught.value.done.values.tolist() == EXPECTED[:bad]


@pytest.mark.parametrize("answer", ["NaN", None, "inf", [0.1]])
def test_an_answer_that_cannot_be_used_names_its_row(answer):
    with serve(per_row(lambda row: answer if row["c"] == 30 else chance(row["a"]))) as server:
        made = model(server.url, options={"batch_rows": 10})
        with pytest.raises(PartialAnswerError, match="it returned") as caught:
            made.predict(X)
    assert caught.value.row == caught.value.n_done == 30
    assert caught.value.done.values.tolist() == EXPECTED[:30]
    assert made.calls == 5


@pytest.mark.parametrize("change", [lambda made: made[:-1], lambda made: [*made, 0.5]])
def test_other_numbers_of_rows_are_asked_again_one_by_one(change):
    def respond(asked):
        made = instances(asked)["predictions"]
        return change(made) if len(made) > 1 else made

    with serve(respond) as server:
        made = model(server.url, options={"batch_rows": 16, "concurrency": 1})
        assert made.predict(X).values.tolist() == EXPECTED
        assert made.calls == 96
        assert made.predict(X).values.tolist() == EXPECTED
        assert made.calls == 96 + N


def test_too_large_requests_become_smaller_and_stay_so():
    def respond(asked):
        if len(asked.json["instances"]) > 6:
            return Said("too much", 413)
        return instances(asked)

    with serve(respond) as server:
        made = model(server.url, options={"batch_rows": 20})
        assert made.predict(X).values.tolist() == EXPECTED
        asked = made.calls
        assert made.predict(X).values.tolist() == EXPECTED
    assert made.calls - asked == 10


def test_the_users_own_limit_for_requests():
    with serve(instances) as server:
        made = model(server.url, options={"max_request_mb": 0.0005})
        assert made.predict(X).values.tolist() == EXPECTED
        assert max(map(len, server.bodies)) <= 500
        with pytest.raises(ModelError, match=r"max_request_mb is 1e-05"):
            model(server.url, options={"max_request_mb": 0.00001}).predict(X)


def test_a_service_that_goes_down_is_not_asked_about_fewer_rows():
    def respond(asked):
        if asked.json["instances"][0]["c"] >= 20:
            return Said("", 503)
        return instances(asked)

    options = {"batch_rows": 10, "retries": 1, "concurrency": 1}
    with serve(respond) as server:
        made = model(server.url, options=options)
        with pytest.raises(PartialAnswerError, match=r"status 503.*\(2 attempts\)") as caught:
            made.predict(X)
        assert made.calls == 4
    assert caught.value.n_done == 20
    assert caught.value.row is None
    assert isinstance(caught.value.__cause__, ServiceError)


def hang_up(asked):
    raise HangupError


@pytest.mark.parametrize(
    ("respond", "told"),
    [
        (lambda asked: Said("<html>Sign in</html>", media="text/html"), "page of HTML"),
        (lambda asked: Said('{"predictions": [0.1,'), "instead of predictions"),
        (lambda asked: Said(b'["\xff"]'), "not text in utf-8"),
        (lambda asked: Said("oops", 500), "status 500 .*: oops"),
        (lambda asked: {"error": "no model"}, "the fields error"),
        (lambda asked: Said("", 404), "status 404"),
        (hang_up, "broke off"),
    ],
)
def test_services_that_do_not_work_are_told_apart_from_rows(respond, told):
    with serve(respond) as server:
        made = model(server.url, options={"retries": 1})
        with pytest.raises(ServiceError, match=told):
            made.predict(X)
        assert made.calls < 20
        with pytest.raises(ModelError, match=rf"{told}[\s\S]*asked about"):
            score_dataset(made, Dataset.read(X.with_columns(y=1.0), label="y"))


def shuffled(asked):
    records = [{"row": row.get("row"), "p": chance(row["a"])} for row in asked.json["instances"]]
    return {"predictions": records[::-1]}


def test_answers_in_another_order_are_sorted_by_the_number_they_carry():
    options = {"echo": "row", "probability": "predictions[*].p", "batch_rows": 9}
    with serve(shuffled) as server:
        assert model(server.url, options=options).predict(X).values.tolist() == EXPECTED
        first = min(
            (asked.json["instances"][0] for asked in server.asked), key=lambda row: row["c"]
        )
        assert first == {"row": 0, "a": -2.0, "b": None, "c": 0}
        with pytest.raises(InputError, match="has a column row already"):
            model(server.url, options=options).predict(X.with_columns(row=1))


def test_secrets_are_sent_and_never_told(monkeypatch):
    monkeypatch.setenv("SCORING_TOKEN", "t0p-s3cret")
    headers = {"Authorization": "Bearer env:SCORING_TOKEN", "X-Variant": "b"}
    with serve(lambda asked: Said(asked.headers["Authorization"], 500)) as server:
        url = server.url.replace("http://", "http://me:passw0rd@") + "/x?key=abcd1234"
        made = model(url, options={"headers": headers})
        with pytest.raises(ModelError) as caught:
            made.predict(X[:1])
    assert server.asked[0].headers["Authorization"] == "Bearer t0p-s3cret"
    assert server.asked[0].path == "/x?key=abcd1234"
    told = [str(caught.value), made.info.address, made.info.name, repr(made), repr(caught.value)]
    told.append(str(inspect_model(url, options={"headers": headers}).to_dict()))
    assert not any(secret in text for text in told for secret in ("t0p", "passw0rd", "abcd1234"))
    assert "X-Variant" in made.info.address


def test_the_address_tells_what_changes_answers_and_nothing_else():
    first = load_model("http://host/x", options={"timeout": 3, "concurrency": 2, "batch_rows": 9})
    assert first.info.address == "http://host/x"
    other = load_model("http://host/x", options={"label": "a.b"}, classes=["n", "y"], version="3")
    assert other.info.address == 'http://host/x {"classes": ["n", "y"], "label": "a.b"}'
    assert other.info.version == "3"
    assert other.info.digest is None


def test_every_wrong_setting_is_told_before_anything_is_sent():
    options = {"content_template": "$record", "label": "a[", "probability": 3}
    with pytest.raises(InputError) as caught:
        load_model("http://host/x", options=options)
    told = str(caught.value)
    for part in ("record_template is needed", "label is no JMESPath", "probability must be"):
        assert part in told


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"content_type": "text/xml"}, "content_type"),
        (
            {"content_type": "text/csv", "content_template": "$records"},
            "content_template is not used",
        ),
        (
            {"content_type": "application/jsonlines", "record_template": "x"},
            "record_template is not",
        ),
        ({"content_type": "text/csv", "label": "a.b"}, "label must be the index of a column"),
        ({"content_type": "text/csv", "echo": "row"}, "echo needs records with names"),
        ({"timeout": 0, "retries": -1, "colour": "red"}, r"timeout: .*retries: .*colour"),
        (
            {"content_template": "$records", "record_template": '{"x": "${z}"}'},
            "names z, which is none",
        ),
        ({"headers": {"Authorization": "Bearer abc"}}, "looks like a secret"),
    ],
)
def test_wrong_settings(options, told):
    with pytest.raises(InputError, match=told):
        load_model("http://host/x", options=options, features=["a", "b"])


def test_what_a_template_names_and_the_table_lacks():
    options = {"content_template": "$records", "record_template": '{"x": "${z}"}'}
    with serve(instances) as server:
        with pytest.raises(InputError, match="columns not found: z"):
            model(server.url, options=options).predict(X)
        with pytest.raises(InputError, match="does not have: wage"):
            model(server.url, features=["a", "wage"]).predict(X)
    assert server.asked == []


def test_inspecting_sends_nothing():
    with serve(instances) as server:
        found = inspect_model(server.url, options={"content_type": "text/csv"})
    assert server.asked == []
    assert not found.runs_code
    assert found.facts["body"] == "a line of values for each row, without a header"
    assert json.dumps(found.to_dict())


@pytest.mark.parametrize(
    ("output", "kind", "score_kind"),
    [
        (None, "unknown", "unknown"),
        ("label", "classifier", "none"),
        ("probability", "classifier", "probability"),
        ("number", "regressor", "none"),
    ],
)
def test_what_it_returns_may_be_said(output, kind, score_kind):
    info = load_model("http://host/x", output=output).info
    assert (info.kind, info.score_kind) == (kind, score_kind)
    assert load_model("http://host/x", options={"score_kind": "score"}).info.score_kind == "score"
