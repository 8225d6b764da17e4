"""`assay config check` on an analysis_config.json, and what is no config though it is JSON."""

import json

import pytest

CONFIG = {
    "dataset_type": "text/csv",
    "label": "paid",
    "label_values_or_threshold": ["yes"],
    "facet": [{"name_or_index": "sex", "value_or_threshold": ["f"]}],
    "methods": {
        "pre_training_bias": {"methods": "all"},
        "post_training_bias": {"methods": ["DPPL"]},
        "shap": {"num_clusters": 2},
    },
    "predictor": {"endpoint_name": "loans"},
}


def write(name="analysis_config.json", **changes):
    with open(name, "w", encoding="utf-8") as file:  # noqa: PTH123 - in the command's folder
        json.dump({**CONFIG, **changes}, file)
    return name


def test_a_right_config_says_what_runs_here(assay):
    told = assay("config", "check", write(label_values_or_threshold="yes"))
    assert told.status == 0
    assert told.err == ""
    assert told.out.splitlines() == [
        "analysis_config.json: nothing wrong",
        '  $.label_values_or_threshold: taken for the list ["yes"]',
        "  runs: pre_training_bias (CDDL, CI, DPL, JS, KL, KS, LP, TVD)",
        "  runs: post_training_bias (DPPL)",
        "  runs: shap (centres of 2 clusters as baseline, mean_abs)",
        "  post_training_bias and shap need a model of this machine: say --model FILE, or "
        "--endpoint loans=PLACE",
    ]


def test_images_are_explained_and_their_kind_must_be_told(assay):
    predictor = {"endpoint_name": "cats", "label_headers": ["cat", "dog"]}
    images = {"dataset_type": "application/x-image", "label": None, "facet": None}
    told = assay("config", "check", write(**images, methods={"shap": {}}, predictor=predictor))
    assert told.status == 2
    assert "$.methods.shap.image_config: is required for images" in told.err
    methods = {"shap": {"image_config": {"model_type": "OBJECT_DETECTION", "num_segments": 30}}}
    told = assay("config", "check", write(**images, methods=methods, predictor=predictor))
    assert told.status == 0, told.err
    assert told.out.splitlines()[-2:] == [
        "  runs: shap (objects of images, about 30 segments, white noise as baseline)",
        "  shap needs a model of this machine: say --model MODULE:FUNCTION, or "
        "--endpoint cats=PLACE",
    ]


def test_a_config_of_which_nothing_runs_is_right_all_the_same(assay):
    capture = {"dataset_type": "application/sagemakercapturejson"}
    told = assay("config", "check", write(**capture))
    assert told.status == 0, told.err
    assert "nothing in this config runs here" in told.out


def test_all_errors_are_told_at_once_with_their_paths(assay):
    name = write(
        label=None,
        facets=[],
        predictor={"model_name": "m"},
        methods={"post_training_bias": {"methods": ["DPL"]}},
    )
    told = assay("config", "check", name)
    assert told.status == 2
    assert told.out == ""
    assert told.err.splitlines()[0] == "assay: analysis_config.json has 5 problem(s):"
    for part in (
        "  $.facets: unknown key; did you mean 'facet'?",
        "  $.label: is required for bias metrics",
        "  $.predictor.instance_type: is required beside model_name",
        "  $.predictor.initial_instance_count: is required beside model_name",
        "  $.methods.post_training_bias.methods[0]: DPL is a metric of pre_training_bias",
    ):
        assert part in told.err


@pytest.mark.parametrize("command", ["analyze", "evaluate"])
def test_the_same_errors_end_a_run_before_anything_is_read(assay, command):
    told = assay(command, write(dataset_type="text/cvs"), "--data", "nowhere.csv")
    assert told.status == 2
    assert "$.dataset_type: must be 'text/csv'" in told.err
    assert "nowhere" not in told.err


def test_models_for_names_mean_nothing_without_a_config(assay, scored):
    told = assay("analyze", scored, "--endpoint", "loans=m.joblib")
    assert told.status == 2
    assert "--endpoint says which model stands for a name in an analysis_config.json" in told.err


@pytest.mark.parametrize("form", ["records", "columns"])
def test_a_table_in_json_stays_a_table(assay, form):
    rows = [{"methods": i % 3, "dataset_type": "ab"[i % 2], "p": i / 40} for i in range(40)]
    columns = {key: [row[key] for row in rows] for key in rows[0]}
    with open("rows.json", "w", encoding="utf-8") as file:  # noqa: PTH123
        json.dump(rows if form == "records" else columns, file)
    told = assay(
        "evaluate", "rows.json", "--label", "dataset_type", "--positive", "a", "--score", "p"
    )
    assert told.status == 0, told.err
    assert "AUC" in told.out
