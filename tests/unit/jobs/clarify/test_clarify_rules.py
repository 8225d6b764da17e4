"""analysis_config.json: every rule with the JSON path and the words that it answers with."""

import copy
import json

import pytest

from assay.errors import ConfigError, InputError
from assay.jobs.clarify.file import is_clarify_config, read_clarify

GONE = object()

BIAS = {
    "dataset_type": "text/csv",
    "headers": ["paid", "age", "sex", "amount"],
    "label": "paid",
    "label_values_or_threshold": [1],
    "facet": [{"name_or_index": "sex", "value_or_threshold": [0]}],
    "methods": {
        "pre_training_bias": {"methods": "all"},
        "post_training_bias": {"methods": ["DPPL", "DI"]},
    },
    "predictor": {"endpoint_name": "loans"},
}
LINES = {
    **BIAS,
    "dataset_type": "application/jsonlines",
    "headers": ["age", "sex", "amount", "paid"],
    "features": "x",
    "label": "y",
    "predictor": {"endpoint_name": "loans", "content_template": '{"x": $features}', "label": "z"},
}
DOCUMENT = {
    **LINES,
    "dataset_type": "application/json",
    "features": "rows[*].x",
    "label": "rows[*].y",
    "predictor": {
        "endpoint_name": "loans",
        "content_template": '{"rows": $records}',
        "record_template": "$features_kvp",
        "probability": "p[*]",
    },
}
SHAP = {
    "dataset_type": "text/csv",
    "methods": {"shap": {}},
    "predictor": {"endpoint_name": "loans"},
}
SERIES = {
    "dataset_type": "application/json",
    "methods": {
        "asymmetric_shapley_value": {
            "direction": "chronological",
            "granularity": "fine_grained",
            "num_samples": 3,
            "baseline": {"static_covariates": {"a": [1]}},
        }
    },
    "predictor": {
        "endpoint_name": "rain",
        "content_template": '{"i": $record}',
        "record_template": '{"t": $target_time_series}',
        "time_series_predictor_config": {"forecast": "p.mean"},
    },
    "time_series_data_config": {
        "item_id": "[].id",
        "timestamp": "[].t",
        "target_time_series": "[].y",
        "static_covariates": ["[].s"],
        "dataset_format": "timestamp_records",
    },
}
IMAGES = {
    "dataset_type": "application/x-image",
    "methods": {"shap": {"image_config": {"model_type": "OBJECT_DETECTION"}}},
    "predictor": {"endpoint_name": "cats", "label_headers": ["cat", "dog"]},
}


def changed(base, **changes):
    """Return a config with values at dotted places changed; GONE takes one away."""
    made = copy.deepcopy(base)
    for place, value in changes.items():
        *path, last = place.split("__")
        at = made
        for part in path:
            at = at[int(part) if part.isdigit() else part]
        if value is GONE:
            del at[last]
        else:
            at[last] = value
    return made


def write(folder, config):
    path = folder / "analysis_config.json"
    path.write_text(config if isinstance(config, str) else json.dumps(config), encoding="utf-8")
    return path


def problems(folder, config):
    with pytest.raises(ConfigError) as caught:
        read_clarify(write(folder, config))
    return dict(caught.value.problems)


RIGHT = {
    "bias": BIAS,
    "lines": LINES,
    "document": DOCUMENT,
    "shap": SHAP,
    "series": SERIES,
    "images": IMAGES,
    "mixed case": changed(BIAS, dataset_type="Text/CSV", predictor__content_type="TEXT/csv"),
    "by index": changed(BIAS, headers=GONE, label=0, facet=[{"name_or_index": 2}]),
    "empty values": changed(BIAS, facet=[{"name_or_index": "sex", "value_or_threshold": []}]),
    "predictions": changed(BIAS, predictor=GONE, predicted_label="amount"),
    "side files": changed(
        BIAS,
        facet_dataset_uri="facets.csv",
        facet_headers=["sex"],
        predictor=GONE,
        predicted_label_dataset_uri="predicted.csv",
    ),
    "ours": changed(
        BIAS,
        predictor={"assay": {"python": "loans:score"}},
        assay={"kinds": {"age": "number"}, "compat": "smclarify-0.5"},
    ),
    "threshold": changed(BIAS, probability_threshold=1),
    "one template each": changed(DOCUMENT, predictor__record_template='{"a": "${age}"}'),
    "segments": changed(
        BIAS,
        segment_config=[
            {
                "name_or_index": "age",
                "segments": [["[1, 4]", "(5, 6]"], ["(6, 9)"]],
                "display_aliases": ["young", "old", "others"],
            }
        ],
    ),
    "text": changed(
        SHAP,
        methods__shap={"text_config": {"granularity": "Token", "language": "Norwegian Bokmål"}},
    ),
    "pdp beside shap": changed(SHAP, methods__pdp={"grid_resolution": 9}),
    "series by index": changed(
        SERIES,
        time_series_data_config={"item_id": 0, "timestamp": 1, "target_time_series": 2},
        methods__asymmetric_shapley_value={
            "direction": "bidirectional",
            "granularity": "timewise",
        },
    ),
}


@pytest.mark.parametrize("config", RIGHT.values(), ids=RIGHT)
def test_right(tmp_path, config):
    assert read_clarify(write(tmp_path, config)).notes == ()


TEMPLATE = "$.predictor.content_template"
WRONG = [
    # the schema
    (BIAS, {"dataset_typ": "text/csv"}, "$.dataset_typ", "did you mean 'dataset_type'?"),
    (BIAS, {"dataset_type": GONE}, "$.dataset_type", "is required"),
    (BIAS, {"dataset_type": "text/cvs"}, "$.dataset_type", "did you mean 'text/csv'?"),
    (BIAS, {"version": "2.0"}, "$.version", "must be '1.0', found '2.0'"),
    (BIAS, {"methods": GONE}, "$.methods", "is required"),
    (BIAS, {"methods": []}, "$.methods", "must be an object, found []"),
    (BIAS, {"headers": "a,b"}, "$.headers", "must be a list, found 'a,b'"),
    (BIAS, {"label": True}, "$.label", "must be text or a whole number, found True"),
    (BIAS, {"label": -1}, "$.label", "must be at least 0, found -1"),
    (BIAS, {"label": ""}, "$.label", "must not be empty"),
    (BIAS, {"probability_threshold": 2}, "$.probability_threshold", "at most 1, found 2"),
    (BIAS, {"facet": {"name_or_index": "sex"}}, "$.facet", "must be a list"),
    (BIAS, {"facet__0__name_or_index": GONE}, "$.facet[0].name_or_index", "is required"),
    (BIAS, {"facet__0__value": [1]}, "$.facet[0].value", "there is: name_or_index"),
    (
        BIAS,
        {"facet__0__value_or_threshold": [True]},
        "$.facet[0].value_or_threshold[0]",
        "found True",
    ),
    (BIAS, {"methods__shapp": {}}, "$.methods.shapp", "did you mean 'shap'?"),
    (BIAS, {"methods__report": {}}, "$.methods.report.name", "is required"),
    (BIAS, {"predictor__modelname": "m"}, "$.predictor.modelname", "'model_name'"),
    (BIAS, {"predictor__assay": {}}, "$.predictor.assay", 'exactly one of "path"'),
    (BIAS, {"assay": {"kinds": {"age": "numbr"}}}, "$.assay.kinds.age", "must be 'continuous'"),
    (BIAS, {"assay": {"compat": "smclarify"}}, "$.assay.compat", "'smclarify-0.5'"),
    # 2.1, 2.6
    (BIAS, {"label": GONE}, "$.label", "is required for bias metrics"),
    (BIAS, {"facet": GONE}, "$.facet", "is required for bias metrics"),
    (BIAS, {"facet": []}, "$.facet", "is required for bias metrics"),
    (
        BIAS,
        {"label_values_or_threshold": GONE},
        "$.label_values_or_threshold",
        "is required for bias metrics",
    ),
    (BIAS, {"label_values_or_threshold": []}, "$.label_values_or_threshold", "is required"),
    (BIAS, {"predictor": GONE}, "$.predictor", "is required for post_training_bias"),
    (BIAS, {"methods": {"report": {"name": "r"}}}, "$.methods", "no analysis besides the report"),
    (
        BIAS,
        {"headers": ["paid", "age", "sex", "age"]},
        "$.headers[3]",
        "names 'age' again, which is column 1",
    ),
    (BIAS, {"label": "payd"}, "$.label", "did you mean 'paid'?"),
    (BIAS, {"label": 4}, "$.label", "the headers name 4 columns"),
    (BIAS, {"facet__0__name_or_index": "gender"}, "$.facet[0].name_or_index", "there is: paid"),
    (BIAS, {"group_variable": "town"}, "$.group_variable", "not among the headers"),
    (BIAS, {"excluded_columns": ["age", "x"]}, "$.excluded_columns[1]", "not among the headers"),
    (BIAS, {"predicted_label": "y"}, "$.predicted_label", "not among the headers"),
    (
        BIAS,
        {"facet_dataset_uri": "f.csv", "facet_headers": ["race"]},
        "$.facet[0].name_or_index",
        "there is: race",
    ),
    (LINES, {"features": GONE}, "$.features", "is required for application/jsonlines"),
    (DOCUMENT, {"features": GONE}, "$.features", "is required for application/json"),
    (DOCUMENT, {"features": "rows["}, "$.features", "is no JMESPath, found 'rows['"),
    (LINES, {"label": 3}, "$.label", "must be a JMESPath for application/jsonlines"),
    (LINES, {"facet_dataset_uri": "f.csv"}, "$.facet_dataset_uri", "works with text/csv alone"),
    (
        DOCUMENT,
        {"predicted_label_dataset_uri": "f.csv"},
        "$.predicted_label_dataset_uri",
        "works with text/csv alone",
    ),
    (
        BIAS,
        {"dataset_type": "application/x-parquet", "label": 0},
        "$.label",
        "must be a column's name",
    ),
    # codes
    (
        BIAS,
        {"methods__post_training_bias__methods": ["DPPL", "CI"]},
        "$.methods.post_training_bias.methods[1]",
        "CI is a metric of pre_training_bias",
    ),
    (
        BIAS,
        {"methods__pre_training_bias__methods": ["dpl"]},
        "$.methods.pre_training_bias.methods[0]",
        "did you mean 'DPL'?",
    ),
    (
        BIAS,
        {"methods__post_training_bias__methods": ["DCAcc"]},
        "$.methods.post_training_bias.methods[0]",
        "write DCA",
    ),
    (
        BIAS,
        {"methods__pre_training_bias__methods": "every"},
        "$.methods.pre_training_bias.methods",
        "must be 'all' or a list",
    ),
    # 2.2, 2.4: SHAP and PDP
    (SHAP, {"predictor": GONE}, "$.predictor", "is required for shap"),
    (
        SHAP,
        {"methods__shap": {"baseline": [[0]], "num_clusters": 3}},
        "$.methods.shap.num_clusters",
        "leave one out",
    ),
    (
        SHAP,
        {"methods__shap": {"baseline": [[0], [1, 2]]}},
        "$.methods.shap.baseline[1]",
        "has 2 values, and the first row has 1",
    ),
    (
        SHAP,
        {"methods__shap": {"baseline": {"x": 1}}},
        "$.methods.shap.baseline",
        "must be a list of rows",
    ),
    (
        LINES,
        {"methods": {"shap": {"baseline": [[0]]}}},
        "$.methods.shap.baseline[0]",
        'such as {"features": [0]}',
    ),
    (
        DOCUMENT,
        {"methods": {"shap": {"baseline": [[0]]}}},
        "$.methods.shap.baseline",
        "the data's structure",
    ),
    (
        SHAP,
        {"methods__shap": {"agg_method": "mean"}},
        "$.methods.shap.agg_method",
        "must be 'mean_abs'",
    ),
    (SHAP, {"methods__shap": {"use_logit": 1}}, "$.methods.shap.use_logit", "true or false"),
    (
        SHAP,
        {
            "methods__shap": {
                "text_config": {"granularity": "token", "language": "english"},
                "features_to_explain": ["a"],
            }
        },
        "$.methods.shap.features_to_explain",
        "cannot be given with text_config",
    ),
    (
        SHAP,
        {"label": "a", "methods__shap": {"features_to_explain": ["b", "a"]}},
        "$.methods.shap.features_to_explain[1]",
        "names the label",
    ),
    (
        SHAP,
        {"methods__shap": {"text_config": {"granularity": "word", "language": "en"}}},
        "$.methods.shap.text_config.granularity",
        "must be 'token'",
    ),
    (
        SHAP,
        {"methods__shap": {"text_config": {"granularity": "token", "language": "inglish"}}},
        "$.methods.shap.text_config.language",
        "did you mean 'english'?",
    ),
    (
        SHAP,
        {"methods__shap": {"text_config": {"granularity": "token"}}},
        "$.methods.shap.text_config.language",
        "is required",
    ),
    (
        SHAP,
        {"methods__shap": {"image_config": {}}},
        "$.methods.shap.image_config",
        "is for images",
    ),
    (SHAP, {"methods": {"pdp": {}}}, "$.methods.pdp.grid_resolution", "is required"),
    (
        SHAP,
        {"methods": {"pdp": {"grid_resolution": 5}}},
        "$.methods.pdp.features",
        "unless shap is asked for",
    ),
    # images
    (IMAGES, {"predictor__label_headers": GONE}, "$.predictor.label_headers", "for images"),
    (IMAGES, {"predicted_label": "a"}, "$.predicted_label", "is for tables"),
    (IMAGES, {"excluded_columns": [1]}, "$.excluded_columns", "is for tables"),
    (
        IMAGES,
        {"methods__pre_training_bias": {"methods": "all"}},
        "$.methods.pre_training_bias",
        "cannot be measured on images",
    ),
    (IMAGES, {"predictor__content_type": "image/gif"}, "$.predictor.content_type", "image/jpeg"),
    (
        IMAGES,
        {"methods__shap__image_config__context": 2},
        "$.methods.shap.image_config.context",
        "at most 1",
    ),
    (IMAGES, {"methods__shap": {}}, "$.methods.shap.image_config", "is required for images"),
    (
        IMAGES,
        {"methods__shap__image_config__model_type": GONE},
        "$.methods.shap.image_config.model_type",
        "IMAGE_CLASSIFICATION or OBJECT_DETECTION",
    ),
    (
        IMAGES,
        {"methods__shap__image_config__model_type": "CLASSIFICATION"},
        "$.methods.shap.image_config.model_type",
        "must be 'IMAGE_CLASSIFICATION' or 'OBJECT_DETECTION'",
    ),
    (
        IMAGES,
        {"methods__shap__image_config__feature_extraction_method": "grid"},
        "$.methods.shap.image_config.feature_extraction_method",
        "must be 'segmentation'",
    ),
    (IMAGES, {"methods__shap__use_logit": True}, "$.methods.shap.use_logit", "no log-odds"),
    (IMAGES, {"methods__shap__num_clusters": 3}, "$.methods.shap.num_clusters", "for tables"),
    (IMAGES, {"methods__shap__baseline": [[0]]}, "$.methods.shap.baseline", "one picture"),
    (
        IMAGES,
        {"methods__shap__image_config__debug": {"sample_from": 3, "sample_to": 3}},
        "$.methods.shap.image_config.debug.sample_to",
        "must be more than sample_from, 3",
    ),
    (
        IMAGES,
        {"methods__shap__image_config__debug": {"class_ids": []}},
        "$.methods.shap.image_config.debug.class_ids",
        "must not be empty",
    ),
    (
        IMAGES,
        {"predictor__label_headers": ["cat", "cat"]},
        "$.predictor.label_headers",
        "names 'cat' twice",
    ),
    (IMAGES, {"predictor__probability": "a["}, "$.predictor.probability", "is no JMESPath"),
    # 12: time series
    (SERIES, {"dataset_type": "text/csv"}, "$.dataset_type", "must be application/json"),
    (SERIES, {"time_series_data_config": GONE}, "$.time_series_data_config", "is required"),
    (
        SERIES,
        {"predictor__time_series_predictor_config": GONE},
        "$.predictor.time_series_predictor_config",
        "is required for time series",
    ),
    (
        SERIES,
        {"methods__pre_training_bias": {"methods": "all"}},
        "$.methods.pre_training_bias",
        "cannot be measured on time series",
    ),
    (SERIES, {"methods__shap": {}}, "$.methods.shap", "asymmetric_shapley_value"),
    (SERIES, {"methods__pdp": {"grid_resolution": 3}}, "$.methods.pdp", "asymmetric"),
    (
        SERIES,
        {"methods__asymmetric_shapley_value__direction": "bidirectional"},
        "$.methods.asymmetric_shapley_value.direction",
        "must be 'chronological' for fine_grained",
    ),
    (
        SERIES,
        {"methods__asymmetric_shapley_value__num_samples": GONE},
        "$.methods.asymmetric_shapley_value.num_samples",
        "is required for fine_grained",
    ),
    (
        SERIES,
        {"methods__asymmetric_shapley_value__granularity": "timewise"},
        "$.methods.asymmetric_shapley_value.num_samples",
        "is for fine_grained alone",
    ),
    (
        SERIES,
        {"methods__asymmetric_shapley_value__baseline__static_covariates": {"a": [1, 2]}},
        "$.methods.asymmetric_shapley_value.baseline.static_covariates.a",
        "has 2 value(s) for 1",
    ),
    (
        SERIES,
        {"time_series_data_config__static_covariates": GONE},
        "$.methods.asymmetric_shapley_value.baseline.static_covariates",
        "names no static_covariates",
    ),
    (
        SERIES,
        {"methods__asymmetric_shapley_value__baseline": {}},
        "$.methods.asymmetric_shapley_value.baseline.static_covariates",
        "is required",
    ),
    (
        SERIES,
        {"time_series_data_config__timestamp": 1},
        "$.time_series_data_config.timestamp",
        "must be a JMESPath, as item_id is",
    ),
    (
        SERIES,
        {"time_series_data_config__dataset_format": GONE},
        "$.time_series_data_config.dataset_format",
        "is required where places are JMESPaths",
    ),
    (
        SERIES,
        {"time_series_data_config__target_time_series": ""},
        "$.time_series_data_config.target_time_series",
        "must not be empty",
    ),
    (
        SERIES,
        {"predictor__accept_type": "text/csv"},
        "$.predictor.accept_type",
        "found 'text/csv'",
    ),
    # 2.3: predictor
    (BIAS, {"predictor": {}}, "$.predictor", "names no model"),
    (
        BIAS,
        {"predictor": {"model_name": "m", "instance_type": "x"}},
        "$.predictor.initial_instance_count",
        "is required beside model_name and instance_type",
    ),
    (BIAS, {"predictor__model_name": "m"}, "$.predictor.endpoint_name", "beside model_name"),
    (
        BIAS,
        {"predictor__endpoint_name_prefix": "loans"},
        "$.predictor.endpoint_name_prefix",
        "is for model_name",
    ),
    (
        BIAS,
        {"predictor__endpoint_name_prefix": "-loans"},
        "$.predictor.endpoint_name_prefix",
        "begin with two letters or digits",
    ),
    (BIAS, {"predictor__content_type": "text/plain"}, "$.predictor.content_type", "text/csv"),
    (BIAS, {"predictor__accept_type": "json"}, "$.predictor.accept_type", "application/json"),
    (
        BIAS,
        {"predictor__custom_attributes": "a\n"},
        "$.predictor.custom_attributes",
        "visible ASCII",
    ),
    (BIAS, {"predictor__label": "a.b"}, "$.predictor.label", "index of a column"),
    (LINES, {"predictor__content_template": GONE}, TEMPLATE, "is needed"),
    (LINES, {"predictor__content_template": '{"x": 1}'}, TEMPLATE, "must have $features"),
    (DOCUMENT, {"predictor__content_template": '{"x": 1}'}, TEMPLATE, "must have $records"),
    (
        DOCUMENT,
        {"predictor__record_template": GONE},
        "$.predictor.record_template",
        "is needed for application/json",
    ),
    (DOCUMENT, {"predictor__probability": 1}, "$.predictor.probability", "must be a JMESPath"),
    (
        BIAS,
        {"dataset_type": "application/x-parquet"},
        "$.predictor.content_type",
        "is required where dataset_type is application/x-parquet",
    ),
    # 2.5
    (
        BIAS,
        {"segment_config": [{"name_or_index": "age", "segments": [["[4, 1]"]]}]},
        "$.segment_config[0].segments[0][0]",
        "is no interval",
    ),
    (
        BIAS,
        {
            "segment_config": [
                {"name_or_index": "sex", "segments": [[0]], "display_aliases": ["a", "b", "c"]}
            ]
        },
        "$.segment_config[0].display_aliases",
        "has 3 names for 1 segment(s)",
    ),
    (
        BIAS,
        {"segment_config": [{"name_or_index": "town", "segments": [[0]]}]},
        "$.segment_config[0].name_or_index",
        "not among the headers",
    ),
    (
        BIAS,
        {"segment_config": [{"name_or_index": "sex"}]},
        "$.segment_config[0].segments",
        "is required",
    ),
    (
        BIAS,
        {"assay": {"kinds": {"agee": "continuous"}}},
        "$.assay.kinds.agee",
        "did you mean 'age'?",
    ),
    # one column cannot be two things
    (BIAS, {"facet__0__name_or_index": "paid"}, "$.facet[0].name_or_index", "the label 'paid'"),
    (BIAS, {"facet__0__name_or_index": 0}, "$.facet[0].name_or_index", "the label 'paid'"),
    (
        BIAS,
        {"headers": GONE, "label": 3, "facet__0__name_or_index": 3},
        "$.facet[0].name_or_index",
        "the label 3",
    ),
    (
        BIAS,
        {"predicted_label": "sex"},
        "$.facet[0].name_or_index",
        "the predicted label 'sex'",
    ),
    (LINES, {"facet__0__name_or_index": "paid"}, "$.facet[0].name_or_index", "the label 'paid'"),
    (BIAS, {"predicted_label": 0}, "$.predicted_label", "names the label itself"),
    (BIAS, {"group_variable": "paid"}, "$.group_variable", "names the label 'paid'"),
    (
        BIAS,
        {"methods__shap": {"features_to_explain": [0]}},
        "$.methods.shap.features_to_explain[0]",
        "only features are explained",
    ),
    (
        DOCUMENT,
        {"predictor__record_template": '{"x": "${agee}"}'},
        "$.predictor.record_template",
        "names the feature 'agee'; did you mean 'age'?",
    ),
    (
        DOCUMENT,
        {"predictor__record_template": '{"x": "${paid}"}'},
        "$.predictor.record_template",
        "names the feature 'paid'",
    ),
]


@pytest.mark.parametrize(
    ("base", "changes", "place", "what"),
    WRONG,
    ids=[f"{place} {what}"[:70] for _, _, place, what in WRONG],
)
def test_wrong(tmp_path, base, changes, place, what):
    found = problems(tmp_path, changed(base, **changes))
    assert what in found.get(place, ""), found


def test_all_at_once(tmp_path):
    config = changed(
        BIAS,
        label="payd",
        facet__0__valeu=1,
        probability_threshold="high",
        methods__pre_training_bias__methods=["CI", "XX"],
        predictor={"model_name": "m", "content_type": "application/jsonlines"},
    )
    assert set(problems(tmp_path, config)) == {
        "$.facet[0].valeu",
        "$.probability_threshold",
        "$.label",
        "$.methods.pre_training_bias.methods[1]",
        "$.predictor.instance_type",
        "$.predictor.initial_instance_count",
        "$.predictor.content_template",
    }


@pytest.mark.parametrize(
    ("base", "changes", "place"),
    [
        (BIAS, {"facet__0__name_or_index": True}, "$.facet[0].name_or_index"),
        (
            BIAS,
            {"segment_config": [{"name_or_index": "sex", "segments": ["[0, 1]"]}]},
            "$.segment_config[0].segments[0]",
        ),
        (
            SERIES,
            {"time_series_data_config__item_id": ""},
            "$.time_series_data_config.item_id",
        ),
    ],
)
def test_one_mistake_is_told_once(tmp_path, base, changes, place):
    assert list(problems(tmp_path, changed(base, **changes))) == [place]


def test_a_refused_type_or_method_hides_nothing_else(tmp_path):
    config = changed(
        BIAS,
        dataset_type="text/cvs",
        label=GONE,
        facet=[],
        methods__pdp={"grid_resolution": 0},
        methods__pre_training_bias__methods=["XX"],
        predictor={},
    )
    assert set(problems(tmp_path, config)) == {
        "$.dataset_type",
        "$.label",
        "$.facet",
        "$.methods.pdp.grid_resolution",
        "$.methods.pre_training_bias.methods[0]",
        "$.predictor",
    }


def test_the_places_of_several_wrong_parts_of_a_list_are_their_own(tmp_path):
    """Taking one out must not move the next one's number."""
    facets = [{"name_or_index": each} for each in (True, "sex", False, "sexx")]
    assert set(problems(tmp_path, changed(BIAS, facet=facets))) == {
        "$.facet[0].name_or_index",
        "$.facet[2].name_or_index",
        "$.facet[3].name_or_index",
    }


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("{", "line 1, column 2", "this is not JSON"),
        ("[]", "$", "must be an object"),
        ('{"label": "a", "label": "b"}', "$.label", "stands twice"),
    ],
)
def test_no_config(tmp_path, text, place, what):
    assert what in problems(tmp_path, text)[place]


def test_no_file(tmp_path):
    with pytest.raises(InputError, match="config file not found"):
        read_clarify(tmp_path / "analysis_config.json")


def test_a_bare_number_is_taken_for_a_list_and_said(tmp_path):
    config = changed(BIAS, label_values_or_threshold=0.5, facet__0__value_or_threshold="f")
    read = read_clarify(write(tmp_path, config))
    assert read.config.label_values_or_threshold == (0.5,)
    assert read.config.facet is not None
    assert read.config.facet[0].value_or_threshold == ("f",)
    assert read.notes == (
        "$.label_values_or_threshold: taken for the list [0.5]",
        '$.facet[0].value_or_threshold: taken for the list ["f"]',
    )


def test_numbers_keep_their_type(tmp_path):
    config = changed(BIAS, label_values_or_threshold=[1, 1.0, "1"])
    told = read_clarify(write(tmp_path, config)).config.label_values_or_threshold
    assert [type(each) for each in told or ()] == [int, float, str]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.json", json.dumps(BIAS), True),
        ("analysis_config.json", '{"label": "x"}', True),
        ("analysis_config.json", "{", True),
        ("rows.json", '[{"dataset_type": "a", "methods": "b"}]', False),
        ("rows.json", '{"dataset_type": ["a", "b"], "methods": ["c", "d"]}', False),
        ("rows.json", '{"age": [1, 2], "methods": [3, 4]}', False),
        ("rows.json", '{"dataset_type": "a"}\n{"dataset_type": "b"}', False),
        ("rows.csv", json.dumps(BIAS), False),
    ],
)
def test_a_table_of_records_is_no_config(tmp_path, name, text, expected):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert is_clarify_config(path) is expected
    assert not is_clarify_config(tmp_path / "none.json")


def test_samples_of_the_original_pass(data_dir):
    samples = sorted((data_dir.parent / "clarify-samples").glob("analysis_config*.json"))
    if not samples:
        pytest.skip("no samples beside the data")
    for path in samples:
        assert is_clarify_config(path)
        assert read_clarify(path).notes == ()
