"""Forecasters by their place: functions, addresses and commands."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from assay.errors import InputError, ModelError
from assay.explainability.maskers.series import SeriesItem
from assay.explainability.series.explain import explain_series
from assay.explainability.series.forecasters import Templates, find_forecaster
from assay.models.predictor import ServiceError
from http_endpoints import Said, serve

QUICK = {"backoff": 0.001, "timeout": 5, "connect_timeout": 2, "concurrency": 2}
ITEM = SeriesItem(
    target=np.array([1.0, np.nan, 4.0]),
    related={"rain": np.array([0.0, 1.0, 2.0, 3.0])},
    static={"shop": "a"},
    timestamps=("t1", "t2", "t3", "t4"),
    item_id="x $record",
)


def ahead(record: dict) -> list[float]:
    known = [value or 0.0 for value in record["target"]]
    return [sum(known) + record["feat"][0][-1], known[-1]]


SINGLE = Templates(
    content_template='{"instances": $record}',
    record_template='{"target": $target_time_series, "feat": $related_time_series, '
    '"id": $item_id}',
    forecast="predictions.mean",
)
MANY = Templates(
    content_template='{"instances": $records}',
    record_template=SINGLE.record_template,
    forecast="predictions[].mean",
)


def in_process(records: list[dict]) -> list[list[float]]:
    return [
        ahead(
            {
                "target": np.nan_to_num(r["target_time_series"]).tolist(),
                "feat": [x.tolist() for x in r["related_time_series"].values()],
            }
        )
        for r in records
    ]


EXPECTED = explain_series(in_process, ITEM, granularity="fine_grained", baseline="zero").items[0]


def test_a_request_with_one_record_each() -> None:
    def answer(asked) -> dict:
        return {"predictions": {"mean": ahead(asked.json["instances"])}}

    with serve(answer) as server:
        forecast = find_forecaster(server.url, SINGLE, options=QUICK)
        made = explain_series(forecast, ITEM, granularity="fine_grained", baseline="zero").items[0]
        sent = [each.json["instances"] for each in server.asked]
    np.testing.assert_allclose(made.scores, EXPECTED.scores, atol=1e-12)
    assert {each["id"] for each in sent} == {"x $record"}  # a value is no placeholder
    assert [0.0, 0.0, 0.0] in [each["target"] for each in sent]
    assert [1.0, None, 4.0] in [each["target"] for each in sent]


def test_a_request_with_many_records() -> None:
    def answer(asked) -> dict:
        return {"predictions": [{"mean": ahead(each)} for each in asked.json["instances"]]}

    with serve(answer) as server:
        forecast = find_forecaster(server.url, MANY, options={**QUICK, "batch_rows": 4})
        made = explain_series(forecast, ITEM, granularity="fine_grained", baseline="zero").items[0]
        sizes = {len(each.json["instances"]) for each in server.asked}
    np.testing.assert_allclose(made.scores, EXPECTED.scores, atol=1e-12)
    assert max(sizes) == 4


def test_json_lines_and_a_horizon_of_one_step() -> None:
    def answer(asked) -> Said:
        lines = [json.dumps({"yhat": [sum(v or 0 for v in each["y"])]}) for each in asked.lines]
        return Said("\n".join(lines), media="application/jsonlines")

    told = Templates(
        content_type="application/jsonlines",
        content_template="$record",
        record_template='{\n"y": $target_time_series\n}',
        forecast="yhat",
    )
    with serve(answer) as server:
        made = explain_series(find_forecaster(server.url, told, options=QUICK), [[1.0, 2.0]])
    assert made.items[0].scores.shape == (2, 1)
    np.testing.assert_allclose(made.items[0].forecast, 3.0)


def test_what_is_sent_by_default() -> None:
    def answer(asked) -> dict:
        return {"predictions": [[1.0, 2.0] for _ in asked.json["instances"]]}

    with serve(answer) as server:
        find_forecaster(server.url, options=QUICK)(
            [ITEM.record(np.array([1.0, np.nan, 4.0, 0, 1, 2, 3]), ["a"])]
        )
        sent = server.asked[0].json["instances"][0]
    assert sent == {
        "item_id": "x $record",
        "start_time": "t1",
        "target_time_series": [1.0, None, 4.0],
        "related_time_series": [[0.0, 1.0, 2.0, 3.0]],
        "static_covariates": ["a"],
    }


def test_answers_that_are_no_forecast() -> None:
    with serve(lambda asked: {"predictions": {"mean": ["x"]}}) as server:
        forecast = find_forecaster(server.url, SINGLE, options=QUICK)
        with pytest.raises(ModelError, match="one number for each"):
            explain_series(forecast, ITEM)
    with serve(lambda asked: {"other": 1}) as server:
        forecast = find_forecaster(server.url, SINGLE, options=QUICK)
        with pytest.raises(ModelError, match=r"nothing at predictions\.mean"):
            explain_series(forecast, ITEM)
    with pytest.raises(ServiceError, match="cannot be reached"):
        explain_series(
            find_forecaster("http://127.0.0.1:9/x", SINGLE, options={**QUICK, "retries": 0}), ITEM
        )


PROGRAM = """
import json, sys
for line in sys.stdin:
    record = json.loads(line)
    known = [value or 0.0 for value in record["target"]]
    print(json.dumps({"mean": [sum(known) + record["feat"][0][-1], known[-1]]}), flush=True)
"""


def test_a_command_reads_records_and_prints_forecasts(tmp_path: Path) -> None:
    script = tmp_path / "forecast.py"
    script.write_text(PROGRAM, encoding="utf-8")
    told = Templates(record_template=SINGLE.record_template, forecast="mean")
    forecast = find_forecaster(f"command:{sys.executable} {script}", told)
    made = explain_series(forecast, ITEM, granularity="fine_grained", baseline="zero").items[0]
    np.testing.assert_allclose(made.scores, EXPECTED.scores, atol=1e-12)


def test_a_function_of_a_file(tmp_path: Path) -> None:
    script = tmp_path / "own_forecasts.py"
    script.write_text(
        "def forecast(records):\n"
        "    return [record['target_time_series'][-2:] for record in records]\n"
        "class Model:\n    pass\n"
        "number = 3\n",
        encoding="utf-8",
    )
    made = explain_series(find_forecaster(f"{script}:forecast"), [[1.0, 2.0]], baseline="zero")
    assert made.items[0].scores.tolist() == [[1.0, 0.0], [0.0, 2.0]]
    for name in ("Model", "number"):
        with pytest.raises(InputError, match="is no function"):
            find_forecaster(f"{script}:{name}")
    with pytest.raises(InputError, match="has no forecasts"):
        find_forecaster(f"{script}:forecasts")


def test_other_places_are_refused(tmp_path: Path) -> None:
    pickled = tmp_path / "model.joblib"
    pickled.write_bytes(b"\x80\x04N.")
    with pytest.raises(InputError, match="cannot forecast items; name a function"):
        find_forecaster(str(pickled))
    with pytest.raises(InputError, match="no command"):
        find_forecaster("command:there-is-no-such-program")
    with pytest.raises(InputError, match="there is no option time_out"):
        find_forecaster("https://localhost/x", options={"time_out": 3})
