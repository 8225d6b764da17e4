"""A Clarify config beside its rows: what assay.yaml would say of it."""

import json
from math import nextafter

import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.errors import InputError
from assay.jobs.clarify.bare_csv import bare_names, header_names
from assay.jobs.clarify.file import read_clarify
from assay.jobs.clarify.translate import translate

N = 120
ROWS = pl.DataFrame(
    {
        "paid": [i % 2 for i in range(N)],
        "age": [20 + i % 40 for i in range(N)],
        "sex": [i // 2 % 2 for i in range(N)],
        "race": [("A", "B", "C")[i % 3] for i in range(N)],
        "amount": [float(i) for i in range(N)],
        "said": [i // 3 % 2 for i in range(N)],
    }
)
CONFIG = {
    "dataset_type": "text/csv",
    "headers": ROWS.columns,
    "label": "paid",
    "label_values_or_threshold": [1],
    "facet": [{"name_or_index": "sex", "value_or_threshold": [0]}],
    "methods": {"pre_training_bias": {"methods": "all"}},
}
POST = {"methods": {"post_training_bias": {"methods": "all"}}}
BOTH = {"methods": {**CONFIG["methods"], **POST["methods"]}}
LOANS = {"predictor": {"endpoint_name": "loans"}}


def translated(folder, rows="rows.csv", flags=None, endpoints=None, **changes):
    config = {key: value for key, value in {**CONFIG, **changes}.items() if value is not None}
    path = folder / "analysis_config.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    if rows is not None and ("data",) not in (flags or {}):
        flags = {("data",): ("--data", str(folder / rows)), **(flags or {})}
    return translate(read_clarify(path), flags=flags or {}, endpoints=endpoints or {})


@pytest.fixture
def folder(tmp_path):
    ROWS.write_csv(tmp_path / "rows.csv")
    ROWS.write_csv(tmp_path / "bare.csv", include_header=False)
    ROWS.write_parquet(tmp_path / "rows.parquet")
    return tmp_path


def test_a_plain_config(folder):
    made = translated(folder, "bare.csv", group_variable="age")
    assert made["data"] == str(folder / "bare.csv")
    assert made["read"] == {"headers": ROWS.columns}
    assert made["roles"] == {
        "label": "paid",
        "facets": ["sex=0"],
        "positive": 1,
        "group_variable": "age",
        "ignore": [],
    }
    assert made["options"] == {}
    assert made["sections"] == {"bias": {"metrics": []}}
    (facet,) = made["clarify"]["facets"]
    assert facet == {"name": "sex = 0", "column": "sex", "text": "0", "values": [0]}
    assert made["clarify"]["positive"] == [1]
    assert made["clarify"]["label_text"] == "1"
    assert made["clarify"]["post_training_bias"] is None
    assert made["clarify"]["notes"] == []


@pytest.mark.parametrize("rows", ["rows.csv", "bare.csv", "rows.parquet"])
def test_columns_by_index(folder, rows):
    made = translated(
        folder,
        rows,
        label=0,
        facet=[{"name_or_index": 2, "value_or_threshold": [0, 1]}, {"name_or_index": 3}],
        group_variable=1,
        excluded_columns=[4],
    )
    assert made["roles"]["label"] == "paid"
    assert made["roles"]["facets"] == ["sex=0,1", "race"]
    assert made["roles"]["group_variable"] == "age"
    assert made["roles"]["ignore"] == ["amount"]
    assert [each["text"] for each in made["clarify"]["facets"]] == ["0,1", None]


def test_names_come_from_the_file_where_no_headers_are_told(folder):
    made = translated(folder, headers=None)
    assert made["read"] == {}
    assert made["roles"]["facets"] == ["sex=0"]
    with pytest.raises(InputError, match=r"the facet is .gender., which .* does not have"):
        translated(folder, headers=None, facet=[{"name_or_index": "gender"}])
    with pytest.raises(InputError, match="the label is column 9, counted from 0"):
        translated(folder, headers=None, label=9)


@pytest.mark.parametrize(
    ("facet", "text", "written"),
    [
        ({"name_or_index": "age", "value_or_threshold": [45]}, "age>45", "(45, 59]"),
        ({"name_or_index": "age", "value_or_threshold": [30, 31]}, "age=30,31", "30,31"),
        ({"name_or_index": "amount", "value_or_threshold": [27.5]}, "amount>27.5", "(27.5, 119]"),
        ({"name_or_index": "race", "value_or_threshold": ["C", "A"]}, "race=C,A", "C,A"),
        ({"name_or_index": "sex", "value_or_threshold": ["1"]}, "sex=1", "1"),
        ({"name_or_index": "sex", "value_or_threshold": [0.5]}, "sex>0.5", "(0.5, 1]"),
        ({"name_or_index": "race", "value_or_threshold": []}, "race", None),
    ],
)
def test_facets(folder, facet, text, written):
    made = translated(folder, facet=[facet])
    assert made["roles"]["facets"] == [text]
    assert made["clarify"]["facets"][0]["text"] == written


def test_a_declared_kind_decides(folder):
    facet = [{"name_or_index": "age", "value_or_threshold": [45]}]
    made = translated(folder, facet=facet, assay={"kinds": {"age": "categorical"}})
    assert made["roles"]["facets"] == ["age=45"]
    assert made["roles"]["kinds"] == {"age": "categorical"}
    facet = [{"name_or_index": "sex", "value_or_threshold": [0]}]
    made = translated(folder, facet=facet, assay={"kinds": {"sex": "number"}})
    assert made["roles"]["facets"] == ["sex>0"]


def test_names_with_signs_are_quoted(tmp_path):
    ROWS.rename({"sex": "sex=m", "race": "a>b"}).write_csv(tmp_path / "rows.csv")
    facet = [
        {"name_or_index": "sex=m", "value_or_threshold": [0]},
        {"name_or_index": "a>b", "value_or_threshold": ["A"]},
    ]
    made = translated(tmp_path, headers=None, facet=facet)
    assert made["roles"]["facets"] == ["`sex=m`=0", "`a>b`=A"]
    assert [each["name"] for each in made["clarify"]["facets"]] == ["sex=m = 0", "a>b = A"]


@pytest.mark.parametrize(
    ("facet", "what"),
    [
        ({"name_or_index": "age", "value_or_threshold": [59]}, "at or above its maximum, 59"),
        ({"name_or_index": "race", "value_or_threshold": ["D"]}, "no row has 'D'.*'A', 'B', 'C'"),
        ({"name_or_index": "sex", "value_or_threshold": [2]}, "no row has 2 .*: 0, 1; list one"),
    ],
)
def test_facets_without_rows_are_refused(folder, facet, what):
    with pytest.raises(InputError, match=what):
        translated(folder, facet=[facet])


@pytest.mark.parametrize(
    ("label", "values", "roles", "options", "bias", "text"),
    [
        ("paid", [0], {"positive": 0}, {}, {}, "0"),
        ("paid", ["1"], {"positive": 1}, {}, {}, "1"),
        ("paid", [0.5], {"positive": 1}, {}, {}, "(0.5, 1]"),
        ("race", ["A", "B"], {}, {"task": "multiclass"}, {"positive": ["A", "B"]}, "A,B"),
        ("amount", [60], {}, {"task": "regression"}, {"label_threshold": 60.0}, "(60, 119]"),
    ],
)
def test_labels(folder, label, values, roles, options, bias, text):
    made = translated(folder, label=label, label_values_or_threshold=values)
    assert made["roles"].get("positive") == roles.get("positive")
    assert made["options"] == options
    assert made["sections"]["bias"] == {"metrics": [], **bias}
    assert made["clarify"]["label_text"] == text


def test_thresholds_are_told(folder):
    facet = [{"name_or_index": "age", "value_or_threshold": 45}]
    notes = translated(folder, facet=facet, label_values_or_threshold=0.5)["clarify"]["notes"]
    assert notes == [
        "$.label_values_or_threshold: taken for the list [0.5]",
        "$.facet[0].value_or_threshold: taken for the list [45]",
        "paid: 0.5 is a threshold, because no row has that very number",
        "age: 45 is a threshold, because it holds numbers, 40 different ones",
    ]


def test_a_label_of_which_all_is_positive_is_refused(folder):
    with pytest.raises(InputError, match="lists every value of the label 'paid'"):
        translated(folder, label_values_or_threshold=[0, 1])


def test_codes_that_were_asked_for(folder):
    methods = {"pre_training_bias": {"methods": ["KL", "CI", "KL"]}}
    made = translated(folder, methods=methods)
    assert made["sections"]["bias"]["metrics"] == ["CI", "KL"]
    assert made["clarify"]["pre_training_bias"] == ("CI", "KL")


def lines_of(rows):
    return [
        {"x": [row["age"], row["sex"], row["race"]], "y": row["paid"], "z": row["said"]}
        for row in rows.iter_rows(named=True)
    ]


@pytest.mark.parametrize("form", ["lines", "object", "list"])
@pytest.mark.parametrize("headers", [True, False])
def test_json(tmp_path, form, headers):
    records = lines_of(ROWS)
    if form == "lines":
        text = "".join(f"{json.dumps(record)}\n" for record in records)
        told = {"dataset_type": "application/jsonlines", "features": "x", "label": "y"}
        name, paths = "rows.jsonl", ("x | [1]", "y")
    else:
        top = "rows" if form == "object" else ""
        text = json.dumps({"rows": records} if top else records)
        told = {
            "dataset_type": "application/json",
            "features": f"{top}[*].x",
            "label": f"{top}[*].y",
        }
        name, paths = "rows.json", (f"map(&[1], {top}[*].x)", f"{top}[*].y")
    (tmp_path / name).write_text(text, encoding="utf-8")
    names = ["age", "sex", "race", "paid"] if headers else None
    facet = [{"name_or_index": 1, "value_or_threshold": [0]}]
    made = translated(tmp_path, name, **told, headers=names, facet=facet)
    sex, label = ("sex", "paid") if headers else ("column_1", "label")
    assert made["read"]["columns"][sex] == paths[0]
    assert made["read"]["columns"][label] == paths[1]
    assert made["read"].get("records") == (None if form == "lines" else "$")
    assert made["roles"]["facets"] == [f"{sex}=0"]
    assert made["roles"]["label"] == label
    assert made["roles"]["positive"] == 1


def test_json_out_of_reach_needs_headers(tmp_path):
    (tmp_path / "rows").mkdir()
    text = "".join(f"{json.dumps(record)}\n" for record in lines_of(ROWS))
    (tmp_path / "rows" / "1.jsonl").write_text(text, encoding="utf-8")
    told = {"dataset_type": "application/jsonlines", "features": "x", "label": "y"}
    with pytest.raises(InputError, match="name them all in the config"):
        translated(tmp_path, "rows", **told, headers=None)
    made = translated(tmp_path, "rows", **told, headers=["age", "sex", "race", "paid"])
    assert made["roles"]["label"] == "paid"


def test_json_with_predicted_labels(tmp_path):
    text = "".join(f"{json.dumps(record)}\n" for record in lines_of(ROWS))
    (tmp_path / "rows.jsonl").write_text(text, encoding="utf-8")
    told = {
        "dataset_type": "application/jsonlines",
        "features": "x",
        "label": "y",
        "predicted_label": "z",
        "headers": ["age", "sex", "race", "paid", "said"],
    }
    made = translated(tmp_path, "rows.jsonl", **told, **BOTH)
    assert made["roles"]["prediction"] == "said"
    with pytest.raises(InputError, match=r"first record has 3 features at x .*names 2 besides"):
        translated(tmp_path, "rows.jsonl", **{**told, "headers": ["a", "sex", "paid", "said"]})
    with pytest.raises(InputError, match=r"'w' \(features\) does not give a list"):
        translated(tmp_path, "rows.jsonl", **{**told, "features": "w"})


def test_rows_kept_as_parquet_stand_for_json(folder):
    told = {
        "dataset_type": "application/jsonlines",
        "features": "x",
        "label": "y",
        "headers": ["age", "sex", "race", "amount", "said", "paid"],
    }
    made = translated(folder, "rows.parquet", **told)
    assert made["roles"]["label"] == "paid"
    assert made["roles"]["facets"] == ["sex=0"]


def test_the_data_of_the_file_start_from_its_folder(folder):
    made = translated(folder, None, dataset_uri="bare.csv")
    assert made["data"] == (folder / "bare.csv").as_posix()
    with pytest.raises(InputError, match="names no dataset_uri; say where the rows are"):
        translated(folder, None)


# Predictions


def test_predicted_labels_of_the_data(folder):
    made = translated(folder, predicted_label="said", **BOTH)
    assert made["roles"]["prediction"] == "said"
    assert "model" not in made


def test_predicted_labels_are_no_feature_where_they_are_not_wanted(folder):
    made = translated(folder, predicted_label="said")
    assert "prediction" not in made["roles"]
    assert made["roles"]["ignore"] == ["said"]


def test_a_flag_wins_over_the_config_and_the_table(folder):
    predictor = {"endpoint_name": "loans", "assay": {"path": "own.skops"}}
    endpoints = {"loans": {"path": "table.skops"}}
    flag = {("model", "path"): ("--model", "flag.skops")}
    told = {**BOTH, "predictor": predictor}
    assert translated(folder, flags=flag, endpoints=endpoints, **told)["model"] == {
        "path": "flag.skops"
    }
    assert translated(folder, endpoints=endpoints, **told)["model"] == {
        "path": (folder / "own.skops").as_posix()
    }
    assert translated(folder, endpoints=endpoints, **BOTH, **LOANS)["model"] == {
        "path": "table.skops"
    }


def test_a_model_name_is_looked_up_too(folder):
    predictor = {"model_name": "m", "instance_type": "x", "initial_instance_count": 1}
    made = translated(folder, endpoints={"m": {"path": "a.onnx"}}, **BOTH, predictor=predictor)
    assert made["model"] == {"path": "a.onnx"}


def test_without_a_model_the_data_are_judged_and_the_rest_is_told(folder):
    made = translated(folder, **BOTH, **LOANS)
    assert "model" not in made
    (lost,) = made["clarify"]["not_run"]
    assert lost["method"] == "post_training_bias"
    assert lost["is_loss"]
    assert "--endpoint loans=PLACE" in lost["reason"]


def test_without_a_model_nothing_is_left_of_predictions_alone(folder):
    with pytest.raises(InputError, match=r"asks for post_training_bias, and nothing on this mach"):
        translated(folder, **POST, **LOANS)


def test_answers_of_a_flag_need_no_model(folder):
    flags = {("roles", "prediction"): ("--prediction", ("said",))}
    made = translated(folder, flags=flags, **POST, **LOANS)
    assert made["clarify"]["not_run"] == []


@pytest.mark.parametrize(
    ("positive", "told", "expected"),
    [
        (1, 0.8, nextafter(0.8, 1)),
        (0, 0.8, 1 - 0.8),
        (1, 0.5, None),
        (1, None, None),
    ],
)
def test_scores_must_lie_above_the_threshold(folder, positive, told, expected):
    flag = {("model", "path"): ("--model", "m.skops")}
    made = translated(
        folder,
        flags=flag,
        **BOTH,
        **LOANS,
        label_values_or_threshold=[positive],
        probability_threshold=told,
    )
    assert made["options"].get("threshold") == expected


def test_how_an_endpoint_is_asked(folder):
    predictor = {
        "endpoint_name": "loans",
        "content_type": "application/json",
        "content_template": '{"rows": $records}',
        "record_template": "$features_kvp",
        "probability": "p[*]",
    }
    made = translated(
        folder,
        endpoints={"loans": {"path": "http://localhost/a", "options": {"timeout": 5}}},
        **BOTH,
        predictor=predictor,
        excluded_columns=["amount"],
        joinsource_name_or_index="said",
    )
    assert made["model"] == {
        "path": "http://localhost/a",
        "features": ["age", "sex", "race"],
        "options": {
            "content_type": "application/json",
            "content_template": '{"rows": $records}',
            "record_template": "$features_kvp",
            "probability": "p[*]",
            "label_headers": [0, 1],
            "probability_threshold": 0.5,
            "timeout": 5,
        },
    }
    assert made["roles"]["id"] == "said"


def test_one_header_names_the_class_of_the_score(tmp_path):
    ROWS.with_columns(
        pl.col("paid").replace_strict({0: "no", 1: "yes"}, return_dtype=pl.String)
    ).write_csv(tmp_path / "rows.csv")
    predictor = {"endpoint_name": "loans", "label_headers": ["no"]}
    made = translated(
        tmp_path,
        endpoints={"loans": {"path": "http://localhost/a"}},
        **BOTH,
        predictor=predictor,
        label_values_or_threshold=["yes"],
        probability_threshold=0.9,
    )
    assert made["model"]["options"]["label_headers"] == ["yes", "no"]
    assert made["model"]["options"]["probability_threshold"] == 0.9
    assert "threshold" not in made["options"]


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        (
            {
                "dataset_type": "application/x-image",
                "label": None,
                "facet": None,
                "methods": {"shap": {"image_config": {"model_type": "IMAGE_CLASSIFICATION"}}},
                "predictor": {"endpoint_name": "loans", "label_headers": ["cat"]},
            },
            "analysis_config.json explains images; `assay analyze` does that",
        ),
        ({"dataset_type": "application/sagemakercapturejson"}, "captured requests"),
    ],
)
def test_what_asks_for_nothing_that_runs_says_so(folder, changes, what):
    with pytest.raises(InputError, match=what):
        translated(folder, **changes)


def test_what_does_not_run_is_an_entry(folder):
    methods = {**CONFIG["methods"], "shap": {}, "pdp": {"grid_resolution": 5}}
    segments = [{"name_or_index": "age", "segments": [["[1, 40]"]]}]
    made = translated(folder, methods=methods, segment_config=segments, **LOANS)
    told = {each["method"]: each for each in made["clarify"]["not_run"]}
    assert set(told) == {"shap", "pdp", "segment_config"}
    lost = {name for name, each in told.items() if each["is_loss"]}
    assert lost == {"shap", "pdp"}  # a model would let them run
    assert "--endpoint loans=PLACE" in told["shap"]["reason"]
    assert "--prediction" not in told["shap"]["reason"]


def test_compatibility_is_asked_for_under_our_own_key(folder):
    made = translated(folder, assay={"compat": "smclarify-0.5"})
    assert made["options"]["compat"] == "smclarify-0.5"


# Side files

SIDE = {
    "headers": ["paid", "age", "amount"],
    "facet_dataset_uri": "facets.csv",
    "facet_headers": ["sex"],
}


@pytest.fixture
def apart(tmp_path):
    ROWS.select("paid", "age", "amount").write_csv(tmp_path / "rows.csv", include_header=False)
    ROWS.select("sex").write_csv(tmp_path / "facets.csv", include_header=False)
    ROWS.select("said").write_csv(tmp_path / "said.csv")
    return tmp_path


@pytest.mark.parametrize("name", ["sex", 0])
def test_facets_in_a_file_of_their_own(apart, name):
    facet = [{"name_or_index": name, "value_or_threshold": [0]}]
    made = translated(apart, **SIDE, facet=facet)
    assert made["facet_data"] == (apart / "facets.csv").as_posix()
    assert made["read"] == {"headers": SIDE["headers"], "facet_headers": ["sex"]}
    assert made["roles"]["facets"] == ["sex=0"]


def test_predicted_labels_in_a_file_of_their_own(apart):
    made = translated(apart, **SIDE, **BOTH, predicted_label_dataset_uri="said.csv")
    assert made["prediction_data"] == (apart / "said.csv").as_posix()
    assert made["roles"]["prediction"] == "said"
    with pytest.raises(InputError, match=r"the predicted label is 'guess', which .*said.csv does"):
        translated(
            apart,
            **SIDE,
            **BOTH,
            predicted_label_dataset_uri="said.csv",
            predicted_label="guess",
        )


def test_side_files_are_joined_by_a_column(apart):
    rows = ROWS.with_row_index("id")
    rows.select("id", "paid", "age").write_csv(apart / "rows.csv")
    rows.select("sex", "id").reverse().write_csv(apart / "facets.csv")
    told = {**SIDE, "headers": None, "facet_headers": None, "joinsource_name_or_index": "id"}
    made = translated(apart, **told)
    assert made["roles"]["join_on"] == made["roles"]["id"] == "id"


def test_side_files_of_another_length_are_refused(apart):
    ROWS.select("sex").head(9).write_csv(apart / "facets.csv", include_header=False)
    with pytest.raises(InputError, match=r"has 9 rows and .* has 120"):
        translated(apart, **SIDE)


def test_identifiers_that_repeat_are_refused(apart):
    rows = ROWS.with_row_index("id")
    rows.select("id", "paid", "age").write_csv(apart / "rows.csv")
    twice = pl.concat([rows.select("sex", "id"), rows.select("sex", "id").head(2)])
    twice.write_csv(apart / "facets.csv")
    told = {**SIDE, "headers": None, "facet_headers": None, "joinsource_name_or_index": "id"}
    with pytest.raises(InputError, match=r"2 values of the identifier 'id' .* of facets\.csv"):
        translated(apart, **told)


def test_a_facet_that_its_file_does_not_have(apart):
    facet = [{"name_or_index": "sexx", "value_or_threshold": [0]}]
    told = {**SIDE, "facet_headers": None, "facet": facet}
    ROWS.select("sex").write_csv(apart / "facets.csv")
    with pytest.raises(InputError, match=r"which .*facets\.csv does not have.*mean 'sex'\?"):
        translated(apart, **told)


def test_a_side_file_whose_first_line_is_a_row(apart):
    ROWS.select("said", "sex").write_csv(apart / "facets.csv", include_header=False)
    facet = [{"name_or_index": 1, "value_or_threshold": [0]}]
    made = translated(apart, **{**SIDE, "facet_headers": None}, facet=facet)
    assert made["read"]["facet_headers"] == ["column_0", "column_1"]
    assert made["clarify"]["facets"][0]["column"] == "column_1"


# Flags, and what a config leaves open


def test_a_kind_of_a_column_that_is_not_there(folder):
    with pytest.raises(InputError, match=r"assay\.kinds is 'agee', which .* did you mean 'age'\?"):
        translated(folder, headers=None, assay={"kinds": {"agee": "continuous"}})


def test_several_numbers_that_no_row_has(folder):
    facet = [{"name_or_index": "amount", "value_or_threshold": [10.5, 20.5]}]
    with pytest.raises(InputError, match=r"no row has 10\.5 or 20\.5 .*or one number alone"):
        translated(folder, facet=facet)


@pytest.mark.parametrize(("flag", "positive", "text"), [("0", "0", "0"), (1, 1, "1")])
def test_a_flag_says_what_is_positive(folder, flag, positive, text):
    made = translated(folder, flags={("roles", "positive"): ("--positive", flag)})
    assert made["clarify"]["positive"] == [positive]
    assert made["clarify"]["label_text"] == text


def test_flags_name_the_columns_of_files_without_a_header(apart):
    ROWS.select("said").write_csv(apart / "said.csv", include_header=False)
    flags = {
        ("read", "headers"): ("--header", ("paid", "age", "amount")),
        ("read", "facet_headers"): ("--facet-header", ("sex",)),
        ("read", "prediction_headers"): ("--prediction-header", ("said",)),
    }
    told = {**SIDE, "headers": None, "facet_headers": None, "predicted_label": "said"}
    made = translated(apart, flags=flags, **told, **BOTH, predicted_label_dataset_uri="said.csv")
    assert made["read"] == {
        "headers": ["paid", "age", "amount"],
        "facet_headers": ["sex"],
        "prediction_headers": ["said"],
    }


def test_a_flag_names_the_label(folder):
    made = translated(folder, flags={("roles", "label"): ("--label", "said")})
    assert made["roles"]["label"] == made["clarify"]["label"] == "said"


def test_a_joinsource_in_json_is_a_path_and_joins_nothing(tmp_path):
    text = "".join(f"{json.dumps({**each, 'k': at})}\n" for at, each in enumerate(lines_of(ROWS)))
    (tmp_path / "rows.jsonl").write_text(text, encoding="utf-8")
    made = translated(
        tmp_path,
        "rows.jsonl",
        dataset_type="application/jsonlines",
        features="x",
        label="y",
        headers=["age", "sex", "race", "paid"],
        joinsource_name_or_index="k",
    )
    assert "id" not in made["roles"]


def test_several_numbers_of_a_measure_are_values_and_that_is_said(folder):
    facet = [{"name_or_index": "age", "value_or_threshold": [30, 40]}]
    made = translated(folder, facet=facet)
    assert made["roles"]["facets"] == ["age=30,40"]
    assert made["clarify"]["notes"] == [
        "age: 30 and 40 are values, because more than one is listed"
    ]


@pytest.mark.parametrize(
    ("first", "told", "names"),
    [
        ("a,b", 0, None),
        ("1,b", 0, ("column_0", "column_1")),
        ("1,b", "b", None),
        ('"x,y",nan', 1, None),
        ('"x,y",2.5', 1, ("column_0", "column_1")),
    ],
)
def test_whether_the_first_line_is_a_row(tmp_path, first, told, names):
    path = tmp_path / "rows.csv"
    path.write_text(f"{first}\n3,c\n", encoding="utf-8")
    assert bare_names(str(path), told) == names
    assert bare_names(str(tmp_path / "none.csv"), told) is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a,b\n1,2\n", ("a", "b")),
        ("\n\na;b\n1;2\n", ("a", "b")),
        ('\ufeff"a,b",,c\n1,2,3\n', ("a,b", "Unnamed: 1", "c")),
        ("", None),
    ],
)
def test_the_names_in_the_first_line_are_those_of_the_reader(tmp_path, text, names):
    path = tmp_path / "rows.csv"
    path.write_text(text, encoding="utf-8")
    assert header_names(str(path)) == names
    if names is not None:
        read = Dataset.read(path)
        assert tuple(read.schema.names) == names
