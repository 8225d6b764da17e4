"""An existing analysis_config.json from end to end: every form of data, models, and analysis.json.

The rows are 50 of facet d (sex 0) with 20 true positives, 5 false positives, 7 false negatives and
18 true negatives, and 100 of facet a with 65, 10, 5 and 20.
"""

import json
from pathlib import Path

import polars as pl
import pytest

from http_endpoints import serve

CELLS = {0: {(1, 1): 20, (0, 1): 5, (1, 0): 7, (0, 0): 18}}
CELLS[1] = {(1, 1): 65, (0, 1): 10, (1, 0): 5, (0, 0): 20}
ROWS = pl.DataFrame(
    [
        {"paid": paid, "age": 20 + (7 * i) % 45, "sex": sex, "score": 0.75 if said else 0.25}
        for sex, cells in CELLS.items()
        for (paid, said), n in cells.items()
        for i in range(n)
    ]
)
SAID = (pl.col("score") > 0.5).cast(pl.Int64).alias("said")
PRE = {"CI": 50 / 150, "DPL": 70 / 100 - 27 / 50}
POST = {
    "AD": 85 / 100 - 38 / 50,
    "DAR": 65 / 75 - 20 / 25,
    "DCA": 70 / 75 - 27 / 25,
    "DCR": 23 / 25 - 30 / 25,
    "DI": (25 / 50) / (75 / 100),
    "DPPL": 75 / 100 - 25 / 50,
    "DRR": 18 / 25 - 20 / 25,
    "RD": 65 / 70 - 20 / 27,
    "SD": 18 / 23 - 20 / 30,
    "TE": 7 / 5 - 5 / 10,
}
CONFIG = {
    "dataset_type": "text/csv",
    "headers": ROWS.columns,
    "label": "paid",
    "label_values_or_threshold": [1],
    "facet": [{"name_or_index": "sex", "value_or_threshold": [0]}],
    "methods": {
        "pre_training_bias": {"methods": "all"},
        "post_training_bias": {"methods": "all"},
        "report": {"name": "report", "title": "Analysis Report"},
    },
    "predictor": {
        "model_name": "loans",
        "instance_type": "ml.m5.xlarge",
        "initial_instance_count": 1,
        "accept_type": "text/csv",
    },
}
MODEL = """
def score(rows):
    return rows["score"].to_numpy()
"""
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:narwhals")


@pytest.fixture
def clarify(assay, tmp_path):
    """Run a config on rows; return the command's end and analysis.json."""
    (tmp_path / "model.py").write_text(MODEL, encoding="utf-8")

    def run(*arguments, whole=False, **changes):
        name = "analysis_config.json"
        told = {key: value for key, value in {**CONFIG, **changes}.items() if value is not None}
        Path(name).write_text(json.dumps(told), encoding="utf-8")
        only = () if whole else ("--only", "bias")
        ended = assay("analyze", name, "--quiet", *only, *arguments)
        made = Path("assay-out/analysis.json")
        return ended, json.loads(made.read_text("utf-8")) if made.exists() else None

    return run


def metrics(analysis, stage, column="sex"):
    (entry,) = analysis[f"{stage}_training_bias_metrics"]["facets"][column]
    return {each["name"]: each["value"] for each in entry["metrics"]}


def agrees(analysis):
    for stage, expected in (("pre", PRE), ("post", POST)):
        found = metrics(analysis, stage)
        assert {code: found[code] for code in expected} == pytest.approx(expected)


def write_rows(form):
    rows, name = ROWS, f"rows.{form}"
    if form == "csv":
        rows.write_csv(name)
    elif form == "bare.csv":
        rows.write_csv(name, include_header=False)
    else:
        rows.write_parquet(name)
    return name


@pytest.mark.parametrize("form", ["csv", "bare.csv", "parquet"])
def test_a_config_runs_unchanged(clarify, form):
    ended, analysis = clarify("--data", write_rows(form), "--model", "model.py:score", whole=True)
    assert ended.status == 0, ended.err
    agrees(analysis)
    assert list(analysis) == [
        "version",
        "pre_training_bias_metrics",
        "post_training_bias_metrics",
        "assay",
    ]
    (entry,) = analysis["post_training_bias_metrics"]["facets"]["sex"]
    assert entry["value_or_threshold"] == "0"
    assert [each["name"] for each in entry["metrics"]] == sorted([*POST, "CDDPL", "FT", "GE"])
    results = json.loads(Path("assay-out/results.json").read_text("utf-8"))
    assert {"bias", "evaluation", "data"} <= results["sections"].keys()


def test_the_resolved_config_repeats_the_run(clarify, assay):
    facet = [{"name_or_index": "age", "value_or_threshold": [40]}]
    _, first = clarify("--data", write_rows("bare.csv"), "--model", "model.py:score", facet=facet)
    again = assay("analyze", "assay-out/assay.yaml", "--out", "again", "--quiet")
    assert again.status == 0, again.err
    assert json.loads(Path("again/analysis.json").read_text("utf-8")) == first
    (entry,) = first["pre_training_bias_metrics"]["facets"]["age"]
    assert entry["value_or_threshold"] == "(40, 64]"


def records(rows):
    return [{"x": [age, sex, score], "y": paid} for paid, age, sex, score in rows.iter_rows()]


JSON_HEADERS = ["age", "sex", "score", "paid"]


@pytest.mark.parametrize("form", ["lines", "object", "list"])
def test_json_through_an_endpoint_with_templates(clarify, form):
    def respond(asked):
        rows = asked.lines if form == "lines" else asked.json["rows"]
        answers = [{"p": row["features"][2]} for row in rows]
        if form != "lines":
            return {"answers": answers}
        return "".join(f"{json.dumps(each)}\n" for each in answers)

    predictor = {"endpoint_name": "loans", "content_template": '{"rows": $records}'}
    predictor |= {"record_template": '{"features": $features}', "probability": "answers[*].p"}
    told = {"dataset_type": "application/json", "headers": JSON_HEADERS, "predictor": predictor}
    if form == "lines":
        text = "".join(f"{json.dumps(each)}\n" for each in records(ROWS))
        predictor |= {"content_template": '{"features": $features}', "probability": "p"}
        del predictor["record_template"]
        told |= {"dataset_type": "application/jsonlines", "features": "x", "label": "y"}
    else:
        top = "rows" if form == "object" else ""
        text = json.dumps({top: records(ROWS)} if top else records(ROWS))
        told |= {"features": f"{top}[*].x", "label": f"{top}[*].y"}
    name = "rows.jsonl" if form == "lines" else "rows.json"
    Path(name).write_text(text, encoding="utf-8")
    with serve(lambda asked: _said(respond(asked))) as served:
        ended, analysis = clarify("--data", name, "--endpoint", f"loans={served.url}", **told)
    assert ended.status == 0, ended.err
    agrees(analysis)


def _said(answer):
    from http_endpoints import Said

    lines = isinstance(answer, str)
    return Said(answer, media="application/jsonlines") if lines else answer


@pytest.mark.parametrize("positive", [1, 0])
def test_a_single_score_in_csv_is_that_of_label_1(clarify, positive):
    def respond(asked):
        from http_endpoints import Said

        scores = [line.split(",")[2] for line in asked.body.decode().splitlines()]
        return Said("\n".join(scores), media="text/csv")

    with serve(respond) as served:
        ended, analysis = clarify(
            "--data",
            write_rows("csv"),
            "--endpoint",
            f"loans={served.url}",
            label_values_or_threshold=[positive],
        )
    assert ended.status == 0, ended.err
    sign = 1 if positive else -1
    assert metrics(analysis, "post")["DPPL"] == pytest.approx(sign * POST["DPPL"])
    assert metrics(analysis, "post")["AD"] == pytest.approx(POST["AD"])


@pytest.mark.parametrize(("threshold", "said"), [(0.75, 0.0), (0.74, POST["DPPL"])])
def test_a_score_must_lie_above_the_threshold(clarify, threshold, said):
    ended, analysis = clarify(
        "--data",
        write_rows("csv"),
        "--model",
        "model.py:score",
        probability_threshold=threshold,
    )
    assert ended.status == 0, ended.err
    assert metrics(analysis, "post")["DPPL"] == pytest.approx(said)


@pytest.mark.parametrize("flag", [(), ("--threshold", "0.7")])
def test_a_threshold_counts_for_scores_alone(clarify, flag):
    """A model that gives labels has decided; a threshold that a flag demands is an error."""
    text = "def label(rows):\n    return (rows['score'] > 0.5).astype(int).to_numpy()\n"
    Path("labels.py").write_text(text, encoding="utf-8")
    ended, analysis = clarify(
        "--data", write_rows("csv"), "--model", "labels.py:label", *flag, probability_threshold=0.7
    )
    if flag:
        assert ended.status == 2
        assert "there are no scores" in ended.err
        return
    assert ended.status == 0, ended.err
    agrees(analysis)
    results = json.loads(Path("assay-out/results.json").read_text("utf-8"))
    assert any("probability_threshold is not used" in f["message"] for f in results["findings"])


def test_predicted_labels_in_the_data(clarify):
    ROWS.with_columns(SAID).write_csv("rows.csv")
    ended, analysis = clarify(
        "--data", "rows.csv", headers=None, predicted_label="said", predictor=None
    )
    assert ended.status == 0, ended.err
    agrees(analysis)


def test_a_model_beside_the_config_under_our_own_key(clarify):
    ended, analysis = clarify(
        "--data",
        write_rows("csv"),
        predictor={"assay": {"python": "model.py:score"}},
        dataset_uri="nowhere.csv",
    )
    assert ended.status == 0, ended.err
    agrees(analysis)


def test_a_table_of_models(clarify):
    Path("models.yaml").write_text("loans: model.py:score\n", encoding="utf-8")
    ended, analysis = clarify("--data", write_rows("csv"), "--endpoints", "models.yaml")
    assert ended.status == 0, ended.err
    agrees(analysis)


def test_without_a_model_the_data_are_judged_and_the_loss_is_a_warning(clarify):
    ended, analysis = clarify("--data", write_rows("csv"), "--fail-on", "config_partly_run")
    assert ended.status == 1
    assert "post_training_bias_metrics" not in analysis
    assert {k: v for k, v in metrics(analysis, "pre").items() if k in PRE} == pytest.approx(PRE)
    (lost,) = analysis["assay"]["not_run"]
    assert lost["method"] == "post_training_bias"
    results = json.loads(Path("assay-out/results.json").read_text("utf-8"))
    assert "post_training_bias" in {each["section"] for each in results["skipped"]}


def test_flags_about_a_model_that_is_not_there_are_passed_over(clarify):
    ended, analysis = clarify("--data", write_rows("csv"), "--trust-model", "--no-cache")
    assert ended.status == 0, ended.err
    assert "post_training_bias_metrics" not in analysis


def test_an_endpoint_of_another_name_is_refused(clarify):
    ended, _ = clarify("--data", write_rows("csv"), "--endpoint", "loan=model.py:score")
    assert ended.status == 2
    assert "--endpoint names 'loan', and analysis_config.json calls its model 'loans'" in ended.err


def test_predictions_alone_need_a_model(clarify):
    ended, analysis = clarify(
        "--data",
        write_rows("csv"),
        methods={"post_training_bias": {"methods": "all"}},
    )
    assert ended.status == 2
    assert analysis is None
    for way in ("--model FILE", "--endpoint loans=PLACE", "--endpoints", '"assay"'):
        assert way in ended.err


def test_conditional_metrics_without_a_group_variable_say_so(clarify):
    _, analysis = clarify("--data", write_rows("csv"), "--model", "model.py:score")
    (entry,) = analysis["pre_training_bias_metrics"]["facets"]["sex"]
    first = entry["metrics"][0]
    assert first == {
        "name": "CDDL",
        "description": "Conditional Demographic Disparity in Labels (CDDL)",
        "value": None,
        "error": "Group variable is empty or not provided",
    }


def test_the_originals_numbers(clarify):
    ended, analysis = clarify(
        "--data",
        write_rows("csv"),
        "--model",
        "model.py:score",
        assay={"compat": "smclarify-0.5"},
    )
    assert ended.status == 0, ended.err
    assert analysis["assay"]["mode"] == "smclarify-0.5"
    agrees(analysis)


def test_headers_that_are_not_the_files(clarify):
    ROWS.select("age", "paid", "sex", "score").write_csv("rows.csv")
    ended, _ = clarify("--data", "rows.csv", "--model", "model.py:score")
    assert ended.status == 2
    assert "expected paid, age, sex, score; found age, paid, sex, score" in ended.err


def test_a_file_whose_first_line_is_a_row(clarify):
    Path("model_by_place.py").write_text(
        "def score(rows):\n    return rows['column_3'].to_numpy()\n", encoding="utf-8"
    )
    ended, analysis = clarify(
        "--data",
        write_rows("bare.csv"),
        "--model",
        "model_by_place.py:score",
        headers=None,
        label=0,
        facet=[{"name_or_index": 2, "value_or_threshold": [0]}],
    )
    assert ended.status == 0, ended.err
    (found,) = analysis["post_training_bias_metrics"]["facets"]["column_2"]
    assert {m["name"]: m["value"] for m in found["metrics"]}["DPPL"] == pytest.approx(POST["DPPL"])
    (note,) = analysis["assay"]["config_notes"]
    assert "its first line has a number" in note


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"headers": None, "label": "payd"}, "the label is 'payd', which rows.csv does not have"),
        ({"headers": None, "label": "payd"}, "did you mean 'paid'?"),
        ({"headers": None, "facet": [{"name_or_index": "sexx"}]}, "did you mean 'sex'?"),
        ({"headers": None, "facet": [{"name_or_index": 9}]}, "counted from 0, and rows.csv has 4"),
        ({"headers": ["paid", "age", "sex"]}, "has 4 columns, and 3 names were told for it"),
        ({"label_values_or_threshold": [2]}, "no row has 2 in the label 'paid', nor lies above"),
        ({"label_values_or_threshold": ["yes"]}, "its values are: 0, 1; list one of these"),
        ({"label_values_or_threshold": [0, 1]}, "lists every value of the label 'paid'"),
    ],
)
def test_what_the_rows_do_not_have(clarify, changes, told):
    ended, _ = clarify("--data", write_rows("csv"), "--model", "model.py:score", **changes)
    assert ended.status == 2
    assert told in ended.err


def test_listed_values_that_are_not_all_there(clarify):
    ended, analysis = clarify(
        "--data", write_rows("csv"), "--model", "model.py:score", label_values_or_threshold=[1, 7]
    )
    assert ended.status == 0, ended.err
    agrees(analysis)
    assert analysis["assay"]["config_notes"] == ["paid: no row has 7"]


def test_facets_without_clarify_write_the_file_too(assay):
    ROWS.with_columns(SAID).write_csv("rows.csv")
    flags = ("--label", "paid", "--positive", "1", "--prediction", "said", "--facet", "sex=0")
    told = assay("analyze", "rows.csv", *flags, "--quiet", "--only", "bias")
    assert told.status == 0, told.err
    agrees(json.loads(Path("assay-out/analysis.json").read_text("utf-8")))


@pytest.mark.parametrize(
    ("facet", "texts"),
    [
        ("age>40", ["(40, 64]"]),
        ("age<40", ["[20, 40)"]),
        ("age:30,50", ["[20, 30]", "(30, 50]", "(50, 64]"]),
        ("sex*age>40", ["0 × age > 40", "1 × age > 40"]),
    ],
)
def test_numbers_of_any_facet_are_intervals(assay, facet, texts):
    ROWS.write_csv("rows.csv")
    told = assay(
        "analyze", "rows.csv", "--label", "paid", "--positive", "1", "--facet", facet,
        "--quiet", "--only", "bias",
    )  # fmt: skip
    assert told.status == 0, told.err
    analysis = json.loads(Path("assay-out/analysis.json").read_text("utf-8"))
    (found,) = analysis["pre_training_bias_metrics"]["facets"].values()
    assert sorted(each["value_or_threshold"] for each in found) == sorted(texts)


def test_a_facet_of_one_group_is_an_entry_with_its_reason(clarify):
    facet = [*CONFIG["facet"], {"name_or_index": "sex", "value_or_threshold": [0, 1]}]
    methods = {"pre_training_bias": {"methods": ["CI", "DPL"]}}
    ended, analysis = clarify("--data", write_rows("csv"), facet=facet, methods=methods)
    assert ended.status == 0, ended.err
    one, none = analysis["pre_training_bias_metrics"]["facets"]["sex"]
    assert one["value_or_threshold"] == "0"
    assert none["value_or_threshold"] == "0,1"
    for each in none["metrics"]:
        assert each["value"] is None
        assert "there is nothing to compare" in each["error"]


@pytest.mark.parametrize("name", ["report", "loans"])
def test_the_reports_title_and_name(clarify, name):
    methods = {"pre_training_bias": {"methods": ["CI"]}}
    methods["report"] = {"name": name, "title": "Loans & <who> gets them"}
    ended, analysis = clarify("--data", write_rows("csv"), methods=methods)
    assert ended.status == 0, ended.err
    page = Path("assay-out/report.html").read_text("utf-8")
    assert "<title>Loans &amp; &lt;who&gt; gets them" in page
    noted = [each for each in analysis["assay"]["config_notes"] if "report.name" in each]
    assert len(noted) == (name != "report")


@pytest.mark.parametrize("joined", [True, False])
def test_side_files(clarify, joined):
    rows = ROWS.with_columns(SAID).with_row_index("id")
    names = {"rows": ["id", "paid", "age"], "facets": ["id", "sex"], "said": ["id", "said"]}
    for name, columns in names.items():
        part = rows.select(columns if joined else columns[1:])
        part = part.reverse() if joined and name != "rows" else part
        part.write_csv(f"{name}.csv", include_header=name == "rows")
    told = {"facet_headers": names["facets"], "predicted_label_headers": names["said"]}
    ended, analysis = clarify(
        "--data",
        "rows.csv",
        headers=None,
        predictor=None,
        facet_dataset_uri="facets.csv",
        predicted_label="said",
        predicted_label_dataset_uri="said.csv",
        joinsource_name_or_index="id" if joined else None,
        **{key: each if joined else each[1:] for key, each in told.items()},
    )
    assert ended.status == 0, ended.err
    agrees(analysis)


def test_a_continuous_label_and_its_predictions(clarify):
    table = pl.DataFrame(
        {
            "pay": [float(i % 60) for i in range(240)],
            "guess": [float((i + i // 60 * 10) % 60) for i in range(240)],
            "sex": [i // 60 % 2 for i in range(240)],
        }
    )
    table.write_csv("rows.csv")
    ended, analysis = clarify(
        "--data",
        "rows.csv",
        headers=None,
        label="pay",
        label_values_or_threshold=[40],
        predicted_label="guess",
        predictor=None,
    )
    assert ended.status == 0, ended.err
    group = pl.col("sex") == 0
    high = {name: pl.col(name) > 40 for name in ("pay", "guess")}
    shares = {
        name: table.filter(~group).select(above.mean()).item()
        - table.filter(group).select(above.mean()).item()
        for name, above in high.items()
    }
    assert analysis["pre_training_bias_metrics"]["label_value_or_threshold"] == "(40, 59]"
    assert metrics(analysis, "pre")["DPL"] == pytest.approx(shares["pay"])
    assert metrics(analysis, "post")["DPPL"] == pytest.approx(shares["guess"])
    wrong = high["pay"] != high["guess"]
    gap = [table.filter(each).select(wrong.mean()).item() for each in (group, ~group)]
    assert metrics(analysis, "post")["AD"] == pytest.approx(gap[0] - gap[1])


def test_several_positive_values_of_several_classes(clarify):
    table = pl.DataFrame(
        {"grade": list("aabbccdd") * 20, "said": list("abbbcdda") * 20, "sex": [0, 1, 1, 1] * 40}
    )
    table.write_csv("rows.csv")
    ended, analysis = clarify(
        "--data",
        "rows.csv",
        headers=None,
        label="grade",
        label_values_or_threshold=["a", "b"],
        predicted_label="said",
        predictor=None,
        methods={
            "pre_training_bias": {"methods": ["DPL"]},
            "post_training_bias": {"methods": ["DPPL", "AD"]},
        },
    )
    assert ended.status == 0, ended.err
    assert analysis["pre_training_bias_metrics"]["label_value_or_threshold"] == "a,b"
    # of each 8 rows sex is 0 in the first (a, said a) and the fifth (c, said c)
    assert metrics(analysis, "pre") == pytest.approx({"DPL": 3 / 6 - 1 / 2})
    found = metrics(analysis, "post")
    assert found == pytest.approx({"DPPL": 4 / 6 - 1 / 2, "AD": 5 / 6 - 2 / 2})
