"""SHAP and partial dependence of an analysis_config.json from end to end, against brute force."""

import csv
import io
import json
from itertools import combinations
from math import factorial
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from http_endpoints import Said, serve

RNG = np.random.default_rng(7)
N = 40
FEATURES = ["age", "income", "debts", "job"]
ROWS = pl.DataFrame(
    {
        "paid": RNG.integers(0, 2, N),
        "age": [19, 75, *RNG.integers(20, 75, N - 2)],
        "income": RNG.normal(size=N).round(3),
        "debts": RNG.normal(size=N).round(3),
        "job": RNG.choice(["none", "half", "full"], N),
        "key": [f"k{place}" for place in range(N)],
    }
)
BASELINE = [[40, 0.5, -0.25, "half"], [30, -1.0, 0.75, "none"]]
MODEL = """
import numpy as np

def margin(rows):
    full = (np.asarray(rows["job"]) == "full").astype(float)
    age, income, debts = (np.asarray(rows[n], dtype=float) for n in ("age", "income", "debts"))
    return 0.02 * (age - 40) + income * debts - debts * full + 0.3 * full * (age > 35)

def score(rows):
    return 1 / (1 + np.exp(-margin(rows)))

def three(rows):
    share = score(rows)
    return np.column_stack([share * 0.7, 1 - share, share * 0.3])
"""
MODELS = {}
exec(MODEL, MODELS)  # the same functions as in the file that the command loads
CONFIG = {
    "dataset_type": "text/csv",
    "headers": ROWS.columns,
    "label": "paid",
    "joinsource_name_or_index": "key",
    "methods": {
        "shap": {"baseline": BASELINE, "save_local_shap_values": True},
        "report": {"name": "report", "title": "Why"},
    },
    "predictor": {"endpoint_name": "loans"},
}
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:narwhals")


def shapley(score, frame, baseline=BASELINE, *, kept=(), link=lambda mean: mean):
    """Return attributions and base values by their definition, shape (n, n_players, n_outputs)."""
    players = [name for name in FEATURES if name not in kept]
    filling = pl.DataFrame(baseline, schema=dict(frame.select(FEATURES).schema), orient="row")
    values, bases = [], []
    for row in frame.select(FEATURES).iter_rows(named=True):

        def value(on, row=row):
            cells = {name: row[name] for name in (*on, *kept)}
            masked = filling.with_columns(pl.lit(cell).alias(n) for n, cell in cells.items())
            found = np.asarray(score(masked), dtype=float).reshape(filling.height, -1)
            return link(found.mean(axis=0))

        n = len(players)
        bases.append(value(()))
        added = []
        for player in players:
            others = [name for name in players if name != player]
            total = 0.0
            for size in range(n):
                weight = factorial(size) * factorial(n - size - 1) / factorial(n)
                for chosen in combinations(others, size):
                    total = total + weight * (value((*chosen, player)) - value(chosen))
            added.append(total)
        values.append(added)
    return np.array(values), np.array(bases)


@pytest.fixture
def clarify(assay, tmp_path):
    """Run a config; return the command's end and analysis.json, strictly read."""
    (tmp_path / "model.py").write_text(MODEL, encoding="utf-8")
    ROWS.write_csv("rows.csv")

    def run(*arguments, data="rows.csv", shap=None, whole=False, **changes):
        told = {key: value for key, value in {**CONFIG, **changes}.items() if value is not None}
        if shap is not None:
            methods = {**told["methods"], "shap": {**told["methods"]["shap"], **shap}}
            kept = {key: value for key, value in methods["shap"].items() if value is not None}
            told["methods"] = {**methods, "shap": kept}
        Path("analysis_config.json").write_text(json.dumps(told), encoding="utf-8")
        only = () if whole else ("--only", "explanations")
        named = ("analysis_config.json", "--data", data, "--quiet")
        ended = assay("analyze", *named, *only, *arguments)
        made = Path("assay-out/analysis.json")
        return ended, strict(made.read_text("utf-8")) if made.exists() else None

    return run


def strict(text):
    def refuse(name):
        raise AssertionError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


def local():
    return pl.read_csv("assay-out/explanations_shap/out.csv")


def numbers(frame, label):
    return frame.select(f"{name}_{label}" for name in FEATURES).to_numpy()


@pytest.mark.parametrize("seed", [None, 0, 5, -3])
def test_few_features_are_exact_whatever_the_seed(clarify, seed):
    ended, analysis = clarify("--model", "model.py:score", shap={"seed": seed})
    assert ended.status == 0, ended.err
    frame = local()
    values, bases = shapley(MODELS["score"], ROWS)
    assert frame.columns == [*(f"{name}_label0" for name in FEATURES), "key"]
    assert frame["key"].to_list() == ROWS["key"].to_list()
    np.testing.assert_allclose(numbers(frame, "label0"), values[..., 0], atol=1e-9)
    told = analysis["explanations"]["kernel_shap"]
    assert list(told) == ["label0"]
    assert told["label0"]["expected_value"] == pytest.approx(bases[0, 0], abs=1e-9)
    mean = dict(zip(FEATURES, np.abs(values[..., 0]).mean(axis=0), strict=True))
    assert told["label0"]["global_shap_values"] == pytest.approx(mean, abs=1e-9)
    scores = numbers(frame, "label0").sum(axis=1) + told["label0"]["expected_value"]
    np.testing.assert_allclose(scores, MODELS["score"](ROWS), atol=1e-9)
    ours = analysis["assay"]["explanations"]["kernel_shap"]
    assert ours["method"] == "enumeration"
    assert ours["num_samples"] == 2 ** len(FEATURES) - 2
    assert ours["labels"]["label0"]["age"]["mean_standard_error"] == 0.0
    assert list(analysis) == ["version", "explanations", "assay"]


def test_the_resolved_config_repeats_the_run(clarify, assay):
    _, first = clarify("--model", "model.py:score", shap={"baseline": None})
    ended = assay("analyze", "assay-out/assay.yaml", "--out", "again", "--quiet")
    assert ended.status == 0, ended.err
    assert strict(Path("again/analysis.json").read_text("utf-8")) == first
    for name in ("out.csv", "baseline.csv"):
        made = [
            Path(f"{out}/explanations_shap/{name}").read_text() for out in ("assay-out", "again")
        ]
        assert made[0] == made[1]


def test_log_odds_are_of_the_mean(clarify):
    def logit(mean):
        return np.log(mean / (1 - mean))

    ended, analysis = clarify(
        "--model", "model.py:score", shap={"use_logit": True, "agg_method": "MEAN_SQ"}
    )
    assert ended.status == 0, ended.err
    values, bases = shapley(MODELS["score"], ROWS, link=logit)
    np.testing.assert_allclose(numbers(local(), "label0"), values[..., 0], atol=1e-8)
    told = analysis["explanations"]["kernel_shap"]["label0"]
    assert told["expected_value"] == pytest.approx(bases[0, 0])
    squares = dict(zip(FEATURES, (values[..., 0] ** 2).mean(axis=0), strict=True))
    assert told["global_shap_values"] == pytest.approx(squares)


def test_several_classes_and_the_signed_median(clarify):
    predictor = {"endpoint_name": "loans", "label_headers": ["low", "no", "high"]}
    ended, analysis = clarify(
        "--model", "model.py:three", shap={"agg_method": "median"}, predictor=predictor
    )
    assert ended.status == 0, ended.err
    frame = local()
    labels = predictor["label_headers"]
    assert frame.columns == [*(f"{f}_{label}" for label in labels for f in FEATURES), "key"]
    values, _ = shapley(MODELS["three"], ROWS)
    told = analysis["explanations"]["kernel_shap"]
    assert list(told) == labels
    for place, label in enumerate(labels):
        np.testing.assert_allclose(numbers(frame, label), values[..., place], atol=1e-9)
        median = dict(zip(FEATURES, np.median(values[..., place], axis=0), strict=True))
        assert told[label]["global_shap_values"] == pytest.approx(median, abs=1e-9)
    assert min(told["no"]["global_shap_values"].values()) < 0


def test_two_headers_of_one_score_are_two_labels(clarify):
    predictor = {"assay": {"python": "model.py:score", "classes": ["no", "yes"]}}
    predictor |= {"label_headers": ["yes", "no"]}
    ended, analysis = clarify(predictor=predictor)
    assert ended.status == 0, ended.err
    values, bases = shapley(MODELS["score"], ROWS)
    np.testing.assert_allclose(numbers(local(), "yes"), values[..., 0], atol=1e-9)
    np.testing.assert_allclose(numbers(local(), "no"), -values[..., 0], atol=1e-9)
    told = analysis["explanations"]["kernel_shap"]
    assert list(told) == ["yes", "no"]
    assert told["no"]["expected_value"] == pytest.approx(1 - bases[0, 0])


def test_features_that_are_not_explained_keep_the_records_values(clarify):
    ended, analysis = clarify(
        "--model", "model.py:score", shap={"features_to_explain": [4, "income"]}
    )
    assert ended.status == 0, ended.err
    frame = local()
    assert frame.columns == ["income_label0", "job_label0", "key"]
    values, bases = shapley(MODELS["score"], ROWS, kept=("age", "debts"))
    np.testing.assert_allclose(frame[:, :2].to_numpy(), values[..., 0], atol=1e-9)
    told = analysis["explanations"]["kernel_shap"]["label0"]
    assert set(told["global_shap_values"]) == {"income", "job"}
    assert told["expected_value"] == pytest.approx(bases.mean())


def test_without_a_baseline_clusters_make_one(clarify):
    shap = {"baseline": None, "num_clusters": 3, "seed": 1}
    ended, analysis = clarify("--model", "model.py:score", shap=shap)
    assert ended.status == 0, ended.err
    text = Path("assay-out/explanations_shap/baseline.csv").read_text("utf-8")
    rows = [[*map(float, row[:3]), row[3]] for row in csv.reader(io.StringIO(text))]
    assert len(rows) == 3
    exact = ROWS.with_columns(pl.col("age").cast(pl.Float64))
    values, bases = shapley(MODELS["score"], exact, rows)
    np.testing.assert_allclose(numbers(local(), "label0"), values[..., 0], atol=1e-9)
    told = analysis["explanations"]["kernel_shap"]["label0"]
    assert told["expected_value"] == pytest.approx(bases[0, 0])
    ours = analysis["assay"]["explanations"]["kernel_shap"]["baseline"]
    assert (ours["rows"], ours["criterion"], ours["seed"]) == (3, "num_clusters", 1)
    # The file can be given back as the baseline of the next run.
    ended, again = clarify(
        "--model",
        "model.py:score",
        shap={"baseline": "assay-out/explanations_shap/baseline.csv"},
    )
    assert ended.status == 0, ended.err
    found = again["explanations"]["kernel_shap"]["label0"]["global_shap_values"]
    assert found == pytest.approx(told["global_shap_values"], abs=1e-9)


def test_local_values_are_not_saved_unless_asked_for(clarify):
    ended, _ = clarify("--model", "model.py:score", shap={"save_local_shap_values": None})
    assert ended.status == 0, ended.err
    assert not Path("assay-out/explanations_shap").exists()


def test_partial_dependence_on_the_middles_of_buckets(clarify):
    """The published centres: from 19 to 75 in 20 buckets they are 20.4, 23.2, …, 73.6."""
    pdp = {"grid_resolution": 20, "features": ["age", 4]}
    ended, analysis = clarify("--model", "model.py:score", methods={"pdp": pdp})
    assert ended.status == 0, ended.err
    assert list(analysis["explanations"]) == ["pdp"]
    age, job = analysis["explanations"]["pdp"]
    assert age["data_type"] == "numerical"
    assert age["feature_values"][:2] == pytest.approx([20.4, 23.2])
    assert age["feature_values"][-1] == pytest.approx(73.6)
    expected = [MODELS["score"](ROWS.with_columns(age=v)).mean() for v in age["feature_values"]]
    assert age["model_predictions"] == [pytest.approx(expected)]
    assert sum(age["data_distribution"]) == pytest.approx(1)
    assert age["data_distribution"][-1] == pytest.approx((ROWS["age"] >= 19 + 56 * 19 / 20).mean())
    assert (job["feature_name"], job["data_type"]) == ("job", "categorical")
    shares = dict(zip(job["feature_values"], job["data_distribution"], strict=True))
    assert shares == {v: pytest.approx((ROWS["job"] == v).mean()) for v in ROWS["job"].unique()}
    assert job["label_headers"] == ["label0"]
    assert "What age does to the score" in Path("assay-out/report.html").read_text("utf-8")


def test_partial_dependence_of_the_largest_global_values(clarify):
    pdp = {"grid_resolution": 4, "top_k_features": 2}
    ended, analysis = clarify(
        "--model", "model.py:score", methods={**CONFIG["methods"], "pdp": pdp}
    )
    assert ended.status == 0, ended.err
    found = analysis["explanations"]["kernel_shap"]["label0"]["global_shap_values"]
    largest = sorted(found, key=found.get, reverse=True)[:2]
    assert [each["feature_name"] for each in analysis["explanations"]["pdp"]] == largest


def test_bias_and_explanations_in_one_go(clarify):
    methods = {
        **CONFIG["methods"],
        "pre_training_bias": {"methods": "all"},
        "post_training_bias": {"methods": ["DPPL", "AD"]},
        "pdp": {"grid_resolution": 3, "features": ["age"]},
    }
    facet = [{"name_or_index": "job", "value_or_threshold": ["none"]}]
    ended, analysis = clarify(
        "--model",
        "model.py:score",
        methods=methods,
        facet=facet,
        label_values_or_threshold=[1],
        whole=True,
    )
    assert ended.status == 0, ended.err
    assert list(analysis) == [
        "version",
        "pre_training_bias_metrics",
        "post_training_bias_metrics",
        "explanations",
        "assay",
    ]
    assert list(analysis["explanations"]) == ["kernel_shap", "pdp"]
    values, _ = shapley(MODELS["score"], ROWS)
    np.testing.assert_allclose(numbers(local(), "label0"), values[..., 0], atol=1e-9)
    assert analysis["assay"]["not_run"] == []
    results = json.loads(Path("assay-out/results.json").read_text("utf-8"))
    assert {"bias", "evaluation", "explanations"} <= results["sections"].keys()


def test_predictions_in_the_data_are_judged_and_the_model_explained(clarify):
    ROWS.with_columns(said=1 - pl.col("paid")).write_csv("said.csv")
    methods = {**CONFIG["methods"], "post_training_bias": {"methods": ["AD"]}}
    ended, analysis = clarify(
        "--endpoint",
        "loans=model.py:score",
        data="said.csv",
        methods=methods,
        headers=[*ROWS.columns, "said"],
        predicted_label="said",
        facet=[{"name_or_index": "job", "value_or_threshold": ["none"]}],
        label_values_or_threshold=[1],
        whole=True,
    )
    assert ended.status == 0, ended.err
    (entry,) = analysis["post_training_bias_metrics"]["facets"]["job"]
    assert entry["metrics"][0]["value"] == 0.0  # all wrong in both groups
    values, _ = shapley(MODELS["score"], ROWS)
    np.testing.assert_allclose(numbers(local(), "label0"), values[..., 0], atol=1e-9)


@pytest.mark.parametrize("form", ["parquet", "lines", "json"])
def test_other_forms_of_data(clarify, form):
    records = [{"x": list(row), "y": y} for y, *row, _ in ROWS.iter_rows()]
    told = {"headers": [*FEATURES, "paid"], "joinsource_name_or_index": None}
    if form == "parquet":
        ROWS.write_parquet("rows.parquet")
        told = {"dataset_type": "application/x-parquet", "headers": None, "shap": {}}
        told["predictor"] = {"endpoint_name": "loans", "content_type": "text/csv"}
        name = "rows.parquet"
    elif form == "lines":
        name = "rows.jsonl"
        Path(name).write_text("".join(json.dumps(each) + "\n" for each in records))
        told |= {"dataset_type": "application/jsonlines", "features": "x", "label": "y"}
        told["shap"] = {"baseline": [{"x": row} for row in BASELINE]}
        told["predictor"] = {"endpoint_name": "loans", "content_template": '{"x": $features}'}
    else:
        name = "rows.json"
        Path(name).write_text(json.dumps({"rows": records}))
        told |= {"dataset_type": "application/json", "features": "rows[*].x"}
        told |= {
            "label": "rows[*].y",
            "shap": {"baseline": {"rows": [{"x": r} for r in BASELINE]}},
        }
        told["predictor"] = {"endpoint_name": "loans", "content_template": "$records"}
        told["predictor"] |= {"record_template": "$features"}
    ended, _ = clarify("--model", "model.py:score", data=name, **told)
    assert ended.status == 0, ended.err
    values, _ = shapley(MODELS["score"], ROWS)
    np.testing.assert_allclose(numbers(local(), "label0"), values[..., 0], atol=1e-9)


def test_an_endpoint_with_templates(clarify):
    def respond(asked):
        rows = pl.DataFrame(
            [row["f"] for row in asked.json["rows"]], schema=FEATURES, orient="row"
        )
        return {"answers": [{"p": value} for value in MODELS["score"](rows).tolist()]}

    predictor = {"endpoint_name": "loans", "content_type": "application/json"}
    predictor |= {"content_template": '{"rows": $records}', "probability": "answers[*].p"}
    predictor |= {"record_template": '{"f": $features}'}
    with serve(respond) as served:
        ended, analysis = clarify("--endpoint", f"loans={served.url}", predictor=predictor)
    assert ended.status == 0, ended.err
    values, _ = shapley(MODELS["score"], ROWS)
    np.testing.assert_allclose(numbers(local(), "label0"), values[..., 0], atol=1e-9)
    assert list(analysis["explanations"]["kernel_shap"]) == ["label0"]


def test_an_endpoint_with_a_score_a_class(clarify):
    def respond(asked):
        text = asked.body.decode()
        rows = pl.read_csv(io.StringIO(text), has_header=False, new_columns=FEATURES)
        scores = MODELS["score"](rows)
        return Said("\n".join(f"{1 - s!r},{s!r}" for s in scores.tolist()), media="text/csv")

    with serve(respond) as served:
        ended, analysis = clarify("--endpoint", f"loans={served.url}")
    assert ended.status == 0, ended.err
    values, _ = shapley(MODELS["score"], ROWS)
    np.testing.assert_allclose(numbers(local(), "label1"), values[..., 0], atol=1e-9)
    np.testing.assert_allclose(numbers(local(), "label0"), -values[..., 0], atol=1e-9)
    assert list(analysis["explanations"]["kernel_shap"]) == ["label0", "label1"]


@pytest.mark.parametrize(
    ("shap", "what"),
    [
        ({"baseline": [[1, 2]]}, r"has 2 values, and the data have 4 features"),
        ({"baseline": [["old", 0.5, 0.1, "half"]]}, r"'old' for the feature 'age'"),
        ({"baseline": "nowhere.csv"}, r"there is no such file"),
        ({"features_to_explain": ["key"]}, r"names 'key', which is sent to no model"),
    ],
)
def test_what_does_not_fit_is_one_paragraph(clarify, shap, what):
    ended, _ = clarify("--model", "model.py:score", shap=shap)
    assert ended.status == 2
    assert what in ended.err


def test_no_model_says_how_to_give_one(clarify):
    ended, _ = clarify()
    assert ended.status == 2
    assert "--model FILE" in ended.err
    assert "--endpoint loans=PLACE" in ended.err
    assert "--prediction" not in ended.err


def test_a_limit_of_predictions_leaves_rows_out_and_says_so(clarify):
    ended, analysis = clarify("--model", "model.py:score", "--explanations-predictions", "400")
    assert ended.status == 0, ended.err
    told = analysis["assay"]["explanations"]["kernel_shap"]
    assert 0 < told["rows"] < N
    assert local().height == told["rows"]
    results = json.loads(Path("assay-out/results.json").read_text("utf-8"))
    assert "explanation_stopped" in {each["rule"] for each in results["findings"]}


def test_texts_piece_by_piece_with_columns_beside(clarify):
    texts = ["good, very good shirt", "bad dress. really bad", "good but bad", "no word of it"]
    rows = pl.DataFrame({"review": texts, "age": [30, 40, 50, 60], "key": [1, 2, 3, 4]})
    rows.write_csv("texts.csv")
    Path("words.py").write_text(
        "def score(rows):\n"
        "    texts, ages = rows['review'], rows['age']\n"
        "    both = zip(texts, ages)\n"
        "    return [t.count('good') - 2.0 * t.count('bad') * (a > 35) for t, a in both]\n"
    )
    shap = {"text_config": {"granularity": "token", "language": "English"}}
    ended, analysis = clarify(
        "--model",
        "words.py:score",
        data="texts.csv",
        headers=None,
        label=None,
        shap={**shap, "baseline": [["", 20]]},
    )
    assert ended.status == 0, ended.err
    text = Path("assay-out/explanations_shap/out.jsonl").read_text("utf-8")
    lines = [strict(line) for line in text.splitlines()]
    assert [line["join_source_value"] for line in lines] == [1, 2, 3, 4]
    for line, review in zip(lines, texts, strict=True):
        words, age = line["explanations"]
        assert (words["feature_name"], words["data_type"]) == ("review", "free_text")
        assert (age["feature_name"], age["data_type"]) == ("age", "numerical")
        for piece in words["attributions"]:
            told = piece["description"]
            start = told["start_idx"]
            assert review[start : start + len(told["partial_text"])] == told["partial_text"]
    good, _, again, shirt = lines[0]["explanations"][0]["attributions"]
    assert good["attribution"] == pytest.approx([1.0])
    assert again["attribution"] == pytest.approx([1.0])
    assert shirt["attribution"] == pytest.approx([0.0], abs=1e-9)
    # "bad" counts from 35 years on: each word and the age share what they do together.
    assert lines[1]["explanations"][1]["attributions"][0]["attribution"] == pytest.approx([-2.0])
    told = analysis["explanations"]["kernel_shap"]["label0"]
    assert told["expected_value"] == 0.0
    assert list(told["global_top_shap_text"]) == ["review"]
    assert {*list(told["global_top_shap_text"]["review"])[:2]} == {"good", "bad"}
    assert set(told["global_shap_values"]) == {"review", "age"}
    # A limit of predictions leaves texts out, and says so.
    ended, analysis = clarify(
        "--model",
        "words.py:score",
        "--explanations-predictions",
        "70",
        data="texts.csv",
        headers=None,
        label=None,
        shap={**shap, "baseline": [["", 20]]},
    )
    assert ended.status == 0, ended.err
    assert analysis["assay"]["explanations"]["kernel_shap"]["rows"] < len(texts)
    results = json.loads(Path("assay-out/results.json").read_text("utf-8"))
    assert "explanation_stopped" in {each["rule"] for each in results["findings"]}


SAMPLES = ["analysis_config.shap_csv.json", "analysis_config.shap_json_dict_baseline.json"]


@pytest.mark.parametrize("sample", SAMPLES)
def test_published_configs_run_unchanged(assay, data_dir, sample):
    path = data_dir.parent / "clarify-samples" / sample
    if not path.exists():
        pytest.skip("the published samples are not here")
    config = json.loads(path.read_text("utf-8"))
    names = [name for name in config["headers"] if name != "Target"]
    draw = np.random.default_rng(3)
    x = draw.integers(0, 60, (25, len(names)))
    Path("model.py").write_text(
        "import numpy as np\n"
        "def score(rows):\n"
        "    x = np.asarray(rows, dtype=float)\n"
        "    return 1 / (1 + np.exp(-(x[:, 0] - 38 + x[:, 3] * x[:, 4] / 50) / 9))\n"
    )
    if config["dataset_type"] == "text/csv":
        Path("rows.data").write_text(
            "".join(f"1,{','.join(map(str, row))}\n" for row in x.tolist())
        )
    else:
        rows = [{"features": row, "label": 0} for row in x.tolist()]
        Path("rows.data").write_text(json.dumps({"instances": rows}))
    Path("rows.data").rename(data := Path("rows.csv" if "csv" in sample else "rows.json"))
    ended = assay("analyze", path, "--data", data, "--model", "model.py:score", "--quiet")
    assert ended.status == 0, ended.err
    analysis = strict(Path("assay-out/analysis.json").read_text("utf-8"))
    told = analysis["explanations"]["kernel_shap"]["label0"]
    assert list(told["global_shap_values"]) == names
    assert Path("assay-out/explanations_shap/out.csv").exists() == ("csv" in sample)
    if "csv" in sample:
        out = pl.read_csv("assay-out/explanations_shap/out.csv")
        scores = 1 / (1 + np.exp(-(x[:, 0] - 38 + x[:, 3] * x[:, 4] / 50) / 9))
        sums = out.to_numpy().sum(axis=1) + told["expected_value"]
        np.testing.assert_allclose(sums, scores, atol=1e-9)
        assert out.columns == [f"{name}_label0" for name in names]
