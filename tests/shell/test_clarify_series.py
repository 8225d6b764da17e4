"""An analysis_config.json of time series, run as it is."""

import json
from pathlib import Path

import numpy as np
import pytest

from http_endpoints import serve

FUNCTION = """
import numpy as np

def forecast(records):
    made = []
    for record in records:
        y = record["target_time_series"]
        rain, heat = record["related_time_series"].values()
        made.append(y[-1] * (1 + rain[-3:]) + 0.1 * y.mean() * heat[-3:])
    return made
"""
OUT = Path("assay-out")
NAMES = ("p_mbar", "rain_mm", "T_degC")


def rows() -> list[dict]:
    rng = np.random.default_rng(4)
    return [
        {
            "item_id": item,
            "timestamp": f"2020-01-01 16:{step}0:00",
            "p_mbar": round(float(rng.normal(5, 1)), 3) if step < 3 else None,
            "rain_mm": round(float(rng.random()), 3),
            "T_degC": round(float(rng.normal(2, 1)), 3),
        }
        for item in ("seattle", "sanjose")
        for step in range(6)
    ]


def config(*, granularity: str = "fine_grained", direction: str = "chronological", **changes):
    method = {"direction": direction, "granularity": granularity}
    if granularity == "fine_grained":
        method["num_samples"] = 9
    return {
        "dataset_type": "application/json",
        "headers": ["item_id", "timestamp", *NAMES],
        "methods": {"asymmetric_shapley_value": {**method, **changes.pop("method", {})}},
        "predictor": {
            "endpoint_name": "weather",
            "content_type": "application/json",
            "content_template": '{"instances": $record}',
            "record_template": '{"y": $target_time_series, "feat": $related_time_series}',
            "time_series_predictor_config": {"forecast": "predictions.mean"},
        },
        "time_series_data_config": {
            "dataset_format": "timestamp_records",
            "item_id": "[].item_id",
            "timestamp": "[].timestamp",
            "target_time_series": "[].p_mbar",
            "related_time_series": ["[].rain_mm", "[].T_degC"],
        },
        **changes,
    }


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder with the data and a forecaster in it."""
    monkeypatch.chdir(tmp_path)
    Path("data.json").write_text(json.dumps(rows()), encoding="utf-8")
    Path("weather.py").write_text(FUNCTION, encoding="utf-8")
    return tmp_path


def write(told: dict) -> None:
    Path("analysis_config.json").write_text(json.dumps(told), encoding="utf-8")


def lines(name: str) -> list[dict]:
    path = OUT / "asymmetric_shapley_value" / name / "out.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def run(assay, *arguments):
    return assay(
        "analyze", "analysis_config.json", "--data", "data.json", "--model",
        "weather.py:forecast", *arguments,
    )  # fmt: skip


def test_the_files_are_those_of_clarify(folder, assay, data_dir) -> None:
    write(config())
    assert run(assay).status == 0
    made = lines("fine_grained_chronological")
    sample = data_dir.parent / "clarify-samples" / "asymmetric_shapley_out.jsonl"
    theirs = json.loads(sample.read_text(encoding="utf-8").splitlines()[0])
    assert set(made[0]) == set(theirs)
    assert set(made[0]["explanations"][0]) == set(theirs["explanations"][0])
    order = [(each["feature_name"], each["timestamp"]) for each in made[0]["explanations"]]
    stamps = [f"2020-01-01 16:{step}0:00" for step in range(6)]
    assert order == [
        *(("p_mbar", stamp) for stamp in stamps[:3]),
        *(("rain_mm", stamp) for stamp in stamps),
        *(("T_degC", stamp) for stamp in stamps),
    ]
    analysis = json.loads((OUT / "analysis.json").read_text(encoding="utf-8"))
    assert analysis["explanations"] == {
        "asymmetric_shapley_value": {
            "direction": "chronological",
            "granularity": "fine_grained",
            "explanation_results_path": (
                "asymmetric_shapley_value/fine_grained_chronological/out.jsonl"
            ),
        }
    }
    assert (OUT / "report.html").exists()
    stored = json.loads((OUT / "results.json").read_text(encoding="utf-8"))
    assert stored["sections"]["series"]["exact"]
    shown = stored["sections"]["series"]["shown"][0]
    assert [each["row"] for each in shown["heat_map"]["rows"]] == list(NAMES)
    total = sum(score or 0.0 for row in shown["heat_map"]["rows"] for score in row["scores"])
    np.testing.assert_allclose(shown["mean_offset"] + total, shown["mean_forecast"])


@pytest.mark.parametrize("direction", ["chronological", "anti_chronological", "bidirectional"])
def test_offset_and_scores_add_up_to_the_forecast(folder, assay, direction) -> None:
    write(config(granularity="timewise", direction=direction))
    assert run(assay, "--quiet").status == 0
    by_name = {each["item_id"]: each for each in lines(f"timewise_{direction}")}
    space: dict = {}
    exec(FUNCTION, space)  # the forecaster itself
    for name, made in by_name.items():
        own = [row for row in rows() if row["item_id"] == name]
        record = {
            "target_time_series": np.array([row["p_mbar"] for row in own[:3]]),
            "related_time_series": {
                key: np.array([row[key] for row in own]) for key in ("rain_mm", "T_degC")
            },
        }
        wanted = space["forecast"]([record])[0]
        total = np.array(made["offset"]) + sum(np.array(e["scores"]) for e in made["explanations"])
        np.testing.assert_allclose(total, wanted, rtol=1e-12)
        assert all("feature_name" not in each for each in made["explanations"])
        assert len(made["explanations"]) == 6


def test_an_endpoint_gives_the_numbers_of_the_function(folder, assay) -> None:
    write(config())
    assert run(assay, "--quiet").status == 0
    wanted = lines("fine_grained_chronological")

    def answer(asked) -> dict:
        one = asked.json["instances"]
        space: dict = {}
        exec(FUNCTION, space)
        record = {
            "target_time_series": np.array(one["y"]),
            "related_time_series": dict(enumerate(map(np.array, one["feat"]))),
        }
        return {"predictions": {"mean": space["forecast"]([record])[0].tolist()}}

    with serve(answer) as server:
        ended = assay(
            "analyze", "analysis_config.json", "--data", "data.json", "--endpoint",
            f"weather={server.url}", "--model-option", "retries=0",
        )  # fmt: skip
    assert ended.status == 0, ended.err
    made = lines("fine_grained_chronological")
    for ours, theirs in zip(made, wanted, strict=True):
        for a, b in zip(ours["explanations"], theirs["explanations"], strict=True):
            np.testing.assert_allclose(a["scores"], b["scores"], atol=1e-12)


def test_the_published_sample_runs_as_it_is(folder, assay, data_dir) -> None:
    sample = data_dir.parent / "clarify-samples" / "analysis_config.time_series.json"
    Path("analysis_config.json").write_bytes(sample.read_bytes())
    ended = run(assay)
    assert ended.status == 0, ended.err
    assert "2 random orders" in ended.out
    assert "Raise num_samples to 3" in ended.out


def test_a_config_can_name_a_function_and_a_baseline_of_its_own(folder, assay) -> None:
    told = config(method={"baseline": "baseline.json"}, dataset_uri="data.json")
    told["predictor"] = {"assay": {"python": "weather.py:forecast"}}
    Path("baseline.json").write_text('{"target_time_series": "mean"}', encoding="utf-8")
    write(told)
    ended = assay("analyze", "analysis_config.json")
    assert ended.status == 0, ended.err
    analysis = json.loads((OUT / "analysis.json").read_text(encoding="utf-8"))
    assert analysis["assay"]["baseline"] == "its own mean for the target, zero for related series"
    checked = assay("config", "check", "analysis_config.json")
    assert "runs: asymmetric_shapley_value (fine_grained, chronological)" in checked.out


def test_json_is_all_that_is_printed_on_request(folder, assay) -> None:
    write(config())
    told = json.loads(run(assay, "--json").out)
    assert [each["item_id"] for each in told["sections"]["series"]["items"]] == [
        "seattle", "sanjose",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "arguments", "words"),
    [
        ({}, ["--data", "absent.json", "--model", "weather.py:forecast"], "no data file"),
        ({}, ["--model", "weather.py:forecast"], "names no dataset_uri"),
        ({}, ["--data", "data.json"], "--endpoint weather=PLACE"),
        ({}, ["--data", "data.json", "--model", "weather.py:cast"], "has no cast"),
        ({}, ["--data", "data.json", "--label", "y"], "--label means nothing"),
        ({}, ["--data", "data.json", "--endpoint", "other=weather.py:forecast"], "'weather'"),
        (
            {"method": {"baseline": "absent.json"}},
            ["--data", "data.json", "--model", "weather.py:forecast"],
            "absent.json of asymmetric_shapley_value cannot be read",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(folder, assay, change, arguments, words) -> None:
    write(config(**change))
    ended = assay("analyze", "analysis_config.json", *arguments)
    assert ended.status == 2
    assert words in ended.err
    assert "Traceback" not in ended.err
    assert not OUT.exists()


def test_statics_need_a_baseline_of_every_item(folder, assay) -> None:
    told = config(method={"baseline": {"static_covariates": {"seattle": [1]}}})
    told["headers"].append("height")
    told["time_series_data_config"]["static_covariates"] = ["[].height"]
    Path("data.json").write_text(json.dumps([{**row, "height": 3} for row in rows()]))
    write(told)
    ended = run(assay)
    assert ended.status == 2
    assert "no static_covariates for 1 of 2 items, the first is 'sanjose'" in ended.err
    told["methods"]["asymmetric_shapley_value"]["baseline"] = {
        "static_covariates": {"seattle": [1], "sanjose": [1]}
    }
    write(told)
    assert run(assay).status == 0
    last = lines("fine_grained_chronological")[0]["explanations"][-1]
    assert last == {"feature_name": "height", "scores": [0.0, 0.0, 0.0]}


def test_an_interrupted_run_keeps_finished_items(folder, assay) -> None:
    stopping = FUNCTION + (
        "\nwhole = forecast\n"
        "def stop(records):\n"
        "    if any(record['item_id'] == 'i1' for record in records):\n"
        "        raise KeyboardInterrupt\n"
        "    return whole(records)\n"
    )
    Path("stopping.py").write_text(stopping, encoding="utf-8")
    one = [{**row, "p_mbar": row["p_mbar"] or 1.0} for row in rows()[:6]] * 60
    many = [
        {**row, "item_id": name, "timestamp": step}
        for name in ("i0", "i1")
        for step, row in enumerate(one)
    ]
    Path("data.json").write_text(json.dumps(many), encoding="utf-8")
    write(config())
    ended = assay(
        "analyze", "analysis_config.json", "--data", "data.json", "--model", "stopping.py:stop"
    )
    assert ended.status == 130
    assert [each["item_id"] for each in lines("fine_grained_chronological")] == ["i0"]
    assert json.loads((OUT / "results.json").read_text(encoding="utf-8"))["interrupted"]
