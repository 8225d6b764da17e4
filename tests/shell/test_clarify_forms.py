"""Configs on many forms of rows: odd characters, several classes, hidden columns, flags."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from clarify_configs import entries, run_config, values
from http_endpoints import Said, serve

N = 240
ODD = ['a, "b"', "naïve; ü>3", "x*y", ">50K", "`q`", "it's", "line\nbreak", "日本"]
rng = np.random.default_rng(7)
ROWS = pl.DataFrame(
    {
        "out come": rng.choice([">50K", '<=50K, "no"'], N),
        "a>b": rng.choice(ODD, N),
        "age, years": rng.integers(20, 70, N),
        "said": rng.choice([">50K", '<=50K, "no"'], N),
        '"q"': [f"{i}" for i in range(N)],
    }
)
CONFIG = {
    "dataset_type": "text/csv",
    "label": "out come",
    "label_values_or_threshold": [">50K"],
    "predicted_label": "said",
    "facet": [
        {"name_or_index": "a>b", "value_or_threshold": ['a, "b"', "line\nbreak"]},
        {"name_or_index": "a>b", "value_or_threshold": ["`q`"]},
        {"name_or_index": 2, "value_or_threshold": [40]},
    ],
    "methods": {
        "pre_training_bias": {"methods": ["CI", "DPL"]},
        "post_training_bias": {"methods": ["AD", "DPPL"]},
    },
}
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:narwhals")


def gaps(group, y, said):
    """CI, DPL, AD and DPPL of a group, from rows."""
    d = np.asarray(group)
    share = {"d": d, "a": ~d}
    n, y, said = {side: own.sum() for side, own in share.items()}, np.asarray(y), np.asarray(said)

    def less(flag):
        return flag[share["a"]].mean() - flag[share["d"]].mean()

    return {
        "CI": (n["a"] - n["d"]) / N,
        "DPL": less(y),
        "AD": less(y == said),
        "DPPL": less(said),
    }


def write(form):
    """Return the name of a file of the rows, and what the config says of its form."""
    if form == "parquet":
        ROWS.write_parquet("rows.parquet")
        facet = [*CONFIG["facet"][:2], {**CONFIG["facet"][2], "name_or_index": "age, years"}]
        told = {"dataset_type": "application/x-parquet", "facet": facet}
        return "rows.parquet", told
    if form == "no header":
        ROWS.write_csv("rows.csv", include_header=False)
        return "rows.csv", {"headers": ROWS.columns}
    text = ROWS.write_csv()
    if form == "bom":
        Path("rows.csv").write_bytes(b"\xef\xbb\xbf" + text.encode().replace(b"\n", b"\r\n"))
        # a break within a value is now of two characters
        facet = json.loads(json.dumps(CONFIG["facet"]).replace("line\\nbreak", "line\\r\\nbreak"))
        return "rows.csv", {"facet": facet}
    if form == "jsonlines":
        names = [name for name in ROWS.columns if name not in ("out come", "said")]
        lines = [
            json.dumps(
                {"x": [row[name] for name in names], "y": row["out come"], "p": row["said"]}
            )
            for row in ROWS.iter_rows(named=True)
        ]
        Path("rows.jsonl").write_text("\n".join(lines), encoding="utf-8")
        told = {"features": "x", "label": "y", "predicted_label": "p"}
        facet = [*CONFIG["facet"][:2], {**CONFIG["facet"][2], "name_or_index": "age, years"}]
        names = [*names, "out come", "said"]
        return "rows.jsonl", {
            "dataset_type": "application/jsonlines",
            "headers": names,
            "facet": facet,
            **told,
        }
    Path("rows.csv").write_text(text, encoding="utf-8")
    return "rows.csv", {}


@pytest.mark.parametrize(
    ("form", "compat"),
    [
        ("csv", False),
        ("no header", True),
        ("bom", False),
        ("parquet", True),
        ("jsonlines", False),
    ],
)
def test_odd_characters_in_names_and_values(assay, form, compat):
    name, told = write(form)
    told |= {"assay": {"compat": "smclarify-0.5"}} if compat else {}
    ended, analysis = run_config(assay, {**CONFIG, **told}, None, "--data", name)
    assert ended.status == 0, ended.err
    rich = {name: (ROWS[name] == ">50K").to_numpy() for name in ("out come", "said")}
    age, odd = ROWS["age, years"].to_numpy(), ROWS["a>b"]
    groups = {
        "a>b": {'a, "b",line\nbreak': odd.is_in(['a, "b"', "line\nbreak"]), "`q`": odd == "`q`"},
        "age, years": {f"(40, {age.max()}]": age > 40},
    }
    for column, told_groups in groups.items():
        pre, post = (entries(analysis, stage, column) for stage in ("pre", "post"))
        for text, group in told_groups.items():
            key = text.replace("\n", "\r\n") if form == "bom" else text
            found = {**pre[key], **post[key]}
            wanted = gaps(group, rich["out come"], rich["said"])
            assert {c: each["value"] for c, each in found.items()} == pytest.approx(wanted)


GRADES = ["low", "mid", "high"]
GRADED = pl.DataFrame(
    {
        "grade": rng.choice(GRADES, N),
        "a": rng.random(N),
        "b": rng.random(N),
        "secret": rng.random(N),
        "sex": rng.choice(["f", "m"], N),
    }
)
MANY = {
    **CONFIG,
    "label": "grade",
    "label_values_or_threshold": ["high", "mid"],
    "predicted_label": None,
    "facet": [{"name_or_index": "sex", "value_or_threshold": ["f"]}],
    "excluded_columns": ["secret", "sex"],
}


def scores(line):
    a, b = map(float, line.split(","))
    return [a, b, 0.5]


def grade(line):
    told = scores(line)
    return GRADES[told.index(max(told))]


ANSWERS = {
    "scores": lambda line: ",".join(map(str, scores(line))),
    "label and score": lambda line: f"{grade(line)},{max(scores(line))}",
    "lists": lambda line: f'"{GRADES}","{scores(line)}"',
}
PLACES = {
    "scores": {"label_headers": GRADES},
    "label and score": {"label": 0, "probability": 1},
    "lists": {"label": 0, "probability": 1},
}


@pytest.mark.filterwarnings("ignore:The y_prob values do not sum")
@pytest.mark.parametrize("answer", ANSWERS)
def test_several_classes_from_a_container(assay, answer):
    sent = []

    def respond(asked):
        lines = asked.body.decode().splitlines()
        sent.extend(lines)
        return Said("\n".join(map(ANSWERS[answer], lines)), media="text/csv")

    with serve(respond) as served:
        predictor = {"endpoint_name": "g", "accept_type": "text/csv", **PLACES[answer]}
        ended, analysis = run_config(
            assay, {**MANY, "predictor": predictor}, GRADED, "--endpoint", f"g={served.url}"
        )
    assert ended.status == 0, ended.err
    rows = [f"{a},{b}" for a, b in GRADED.select("a", "b").iter_rows()]
    assert set(sent) == set(rows)  # no column that is excluded, the facet among them
    good = {"high", "mid"}
    said = [grade(line) in good for line in rows]
    wanted = gaps(GRADED["sex"] == "f", [each in good for each in GRADED["grade"]], said)
    found = {**values(analysis, "pre", "sex"), **values(analysis, "post", "sex")}
    assert found == pytest.approx(wanted)


def test_a_local_model_does_not_see_what_is_excluded(assay, tmp_path):
    model = """
    def label(rows):
        assert list(rows.columns) == ["a", "b"], list(rows.columns)
        return ["high" if a > 0.5 else "low" for a in rows["a"]]
    """
    lines = model.strip("\n").splitlines()
    (tmp_path / "model.py").write_text("\n".join(line[4:] for line in lines), encoding="utf-8")
    predictor = {"assay": {"python": "model.py:label"}}
    ended, analysis = run_config(assay, {**MANY, "predictor": predictor}, GRADED)
    assert ended.status == 0, ended.err
    good = {"high", "mid"}
    wanted = gaps(
        GRADED["sex"] == "f", [each in good for each in GRADED["grade"]], GRADED["a"] > 0.5
    )
    assert values(analysis, "post", "sex")["DPPL"] == pytest.approx(wanted["DPPL"])


@pytest.mark.parametrize(
    ("flag", "compat"),
    [("--positive", True), ("--facet", False), ("--facet", True), ("--label", False)],
)
def test_flags_overrule_the_config(assay, flag, compat):
    flags = {
        "--positive": ("--positive", '<=50K, "no"'),
        "--facet": ("--facet", "`age, years`>50"),
        "--label": ("--label", "said", "--prediction", "out come"),
    }[flag]
    more = ("--compat", "smclarify-0.5") if compat else ()
    facet = CONFIG["facet"][1:2]
    ended, analysis = run_config(assay, {**CONFIG, "facet": facet}, ROWS, *flags, *more)
    assert ended.status == 0, ended.err
    (column,) = analysis["pre_training_bias_metrics"]["facets"]
    rich = [(ROWS[name] == ">50K").to_numpy() for name in ("out come", "said")]
    group = (ROWS["a>b"] == "`q`").to_numpy()
    if flag == "--positive":
        rich = [~each for each in rich]
    elif flag == "--label":
        rich.reverse()
    else:
        assert column == "age, years"
        group = (ROWS["age, years"] > 50).to_numpy()
    wanted = gaps(group, *rich)
    found = {**values(analysis, "pre", column), **values(analysis, "post", column)}
    assert found == pytest.approx(wanted)
