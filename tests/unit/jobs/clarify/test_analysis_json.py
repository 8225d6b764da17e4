"""analysis.json: Clarify's shape, to the letter, from results whose numbers were set by hand."""

import json
from math import inf

import pytest

from assay.bias.measurement import Measurement
from assay.bias.result import BiasMeasure, BiasResult, FacetResult, LeftOut
from assay.jobs.clarify.analysis_json import analysis_json
from assay.jobs.clarify.codes import POST_TRAINING, PRE_TRAINING
from assay.jobs.config import AnalyzeConfig
from assay.stats.interval import Interval


def measure(code, value, group, *, stage="pre_training", reason=None, facet="sex = 0"):
    made = Measurement(
        value=value,
        reason=reason,
        n=100,
        n_group=40,
        n_rest=60,
        interval=None if value is None else lambda _: Interval(value - 1, value + 1),
        method="by hand",
    )
    return BiasMeasure(
        metric=f"metric_{code.lower()}",
        title=f"Metric {code}",
        acronym=code,
        stage=stage,
        facet=facet,
        group=group,
        estimate=made.estimate(0.95),
        limit=made.limit,
        simultaneous=None if value is None else Interval(-2.0, inf),
        n_group=40,
        n_rest=60,
    )


def facet_of(*measures, name="sex = 0", columns=("sex",), how="listed"):
    return FacetResult(name=name, columns=columns, how=how, measures=measures, rows_missing=3)


def result(*facets, **changes):
    told = {"task": "binary", "positive": "paid is 1", "facets": facets, "notes": ("so it is",)}
    return BiasResult(**{**told, **changes}).to_dict()


def config(**clarify):
    asked = {
        "label": "paid",
        "label_text": "1",
        "facets": [{"name": "sex = 0", "column": "sex", "text": "0"}],
        "pre_training_bias": list(PRE_TRAINING),
        **clarify,
    }
    return AnalyzeConfig.model_validate({"clarify": asked, "roles": {"label": "paid"}})


def test_the_shape_to_the_letter():
    bias = result(
        facet_of(
            measure("KL", inf, "0"),
            measure("CI", 0.07, "0"),
            measure("JS", None, "0", reason="no row of the rest is positive: 0 of 60"),
        )
    )
    made = analysis_json(bias, config(pre_training_bias=["CDDL", "CI", "JS", "KL"]))
    assert list(made) == ["version", "pre_training_bias_metrics", "assay"]
    assert made["version"] == "1.0"
    assert made["pre_training_bias_metrics"] == {
        "label": "paid",
        "label_value_or_threshold": "1",
        "facets": {
            "sex": [
                {
                    "value_or_threshold": "0",
                    "metrics": [
                        {
                            "name": "CDDL",
                            "description": ("Conditional Demographic Disparity in Labels (CDDL)"),
                            "value": None,
                            "error": "Group variable is empty or not provided",
                        },
                        {"name": "CI", "description": "Class Imbalance (CI)", "value": 0.07},
                        {
                            "name": "JS",
                            "description": "Jensen-Shannon Divergence (JS)",
                            "value": None,
                            "error": "no row of the rest is positive: 0 of 60",
                        },
                        {
                            "name": "KL",
                            "description": "Kullback-Liebler Divergence (KL)",
                            "value": "Infinity",
                        },
                    ],
                }
            ]
        },
    }
    json.dumps(made, allow_nan=False)


def test_our_own_is_under_one_key():
    bias = result(facet_of(measure("CI", 0.07, "0")), whole=(measure("GE", 0.2, ""),))
    ours = analysis_json(bias, config())["assay"]
    (entry,) = ours["facets"]["sex"]
    assert entry["value_or_threshold"] == "0"
    assert entry["rows_missing"] == 3
    assert entry["metrics"]["CI"] == {
        "name": "metric_ci",
        "value": 0.07,
        "low": pytest.approx(-0.93),
        "high": pytest.approx(1.07),
        "level": 0.95,
        "n": 100,
        "n_group": 40,
        "n_rest": 60,
        "unit": "row",
        "method": "by hand",
        "simultaneous_low": -2.0,
    }
    assert ours["whole"]["GE"]["value"] == 0.2
    assert ours["notes"] == ["so it is"]
    assert ours["mode"] == "assay"


def test_every_value_of_a_facet_is_an_entry_of_its_column():
    by_value = facet_of(
        *(measure("CI", 0.1, group, facet="race") for group in ("A", "B")),
        name="race",
        columns=("race",),
        how="values",
    )
    above = facet_of(
        measure("CI", 0.3, "> 45", facet="age > 45"),
        name="age > 45",
        columns=("age",),
        how="condition",
    )
    other = facet_of(
        measure("CI", 0.4, "> 60", facet="age > 60"),
        name="age > 60",
        columns=("age",),
        how="condition",
    )
    facets = [
        {"name": "race", "column": "race"},
        {"name": "age > 45", "column": "age", "text": "(45, 77]"},
        {"name": "age > 60", "column": "age", "text": "(60, 77]"},
    ]
    made = analysis_json(result(by_value, above, other), config(facets=facets))
    found = made["pre_training_bias_metrics"]["facets"]
    assert {k: [e["value_or_threshold"] for e in each] for k, each in found.items()} == {
        "race": ["A", "B"],
        "age": ["(45, 77]", "(60, 77]"],
    }


def test_a_metric_of_all_rows_is_the_same_for_each_group():
    bias = result(
        facet_of(
            *(measure("AD", 0.1, g, stage="post_training") for g in ("a", "b")),
            name="race",
            columns=("race",),
        ),
        whole=(measure("GE", 0.25, "", stage="post_training"),),
    )
    asked = {"pre_training_bias": None, "post_training_bias": ["AD", "GE"], "facets": []}
    made = analysis_json(bias, config(**asked))
    assert "pre_training_bias_metrics" not in made
    entries = made["post_training_bias_metrics"]["facets"]["race"]
    assert [[each["value"] for each in entry["metrics"]] for entry in entries] == [[0.1, 0.25]] * 2


def test_what_was_left_out_says_why():
    bias = result(
        facet_of(measure("CI", 0.1, "0")),
        left_out=(LeftOut(title="Flip test (FT)", reason="no features are left"),),
    )
    asked = {"pre_training_bias": None, "post_training_bias": ["FT", "TE"]}
    made = analysis_json(bias, config(**asked))
    (entry,) = made["post_training_bias_metrics"]["facets"]["sex"]
    assert [each["error"] for each in entry["metrics"]] == [
        "no features are left",
        "It was not computed",
    ]


def test_without_a_config_of_clarify_both_methods_as_far_as_there_is_anything():
    plain = AnalyzeConfig.model_validate({"roles": {"label": "paid", "positive": 1}})
    made = analysis_json(result(facet_of(measure("CI", 0.1, "0"))), plain)
    assert list(made) == ["version", "pre_training_bias_metrics", "assay"]
    part = made["pre_training_bias_metrics"]
    assert part["label_value_or_threshold"] == "1"
    (entry,) = part["facets"]["sex"]
    assert [each["name"] for each in entry["metrics"]] == list(PRE_TRAINING)
    both = result(
        facet_of(measure("CI", 0.1, "0"), measure("DI", 1.0, "0", stage="post_training"))
    )
    made = analysis_json(both, plain)
    (entry,) = made["post_training_bias_metrics"]["facets"]["sex"]
    assert [each["name"] for each in entry["metrics"]] == list(POST_TRAINING)


def test_a_method_that_could_not_run_has_no_metrics_and_an_entry():
    lost = {"method": "post_training_bias", "reason": "no model", "is_loss": True}
    asked = config(post_training_bias=list(POST_TRAINING), not_run=[lost])
    made = analysis_json(result(facet_of(measure("CI", 0.1, "0"))), asked)
    assert "post_training_bias_metrics" not in made
    assert made["assay"]["not_run"] == [
        {"method": "post_training_bias", "reason": "no model", "turn_on": ""}
    ]


def test_the_originals_numbers_stand_in_their_place():
    original = {
        "pre_training_bias_metrics": {"label": "paid", "facets": {}},
        "post_training_bias_metrics": {"label": "paid", "facets": {}},
    }
    bias = result(facet_of(measure("CI", 0.1, "0")), mode="smclarify-0.5", compat=original)
    made = analysis_json(bias, config())
    assert made["pre_training_bias_metrics"] == original["pre_training_bias_metrics"]
    assert "post_training_bias_metrics" not in made
    assert made["assay"]["mode"] == "smclarify-0.5"


def test_codes_and_descriptions_are_those_of_the_samples(data_dir):
    path = data_dir.parent / "clarify-samples" / "analysis.fraud_bias_1.json"
    if not path.exists():
        pytest.skip("no samples beside the data")
    sample = json.loads(path.read_text(encoding="utf-8"))
    known = {"pre": PRE_TRAINING, "post": POST_TRAINING}
    assert (len(PRE_TRAINING), len(POST_TRAINING)) == (8, 13)
    for stage, codes in known.items():
        assert list(codes) == sorted(codes)
        (entries,) = sample[f"{stage}_training_bias_metrics"]["facets"].values()
        for metric in entries[0]["metrics"]:
            assert codes[metric["name"]] == metric["description"]
