import polars as pl
import pytest

import assay
from assay.bias.described import describe_metric
from assay.bias.named import QUESTIONS


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_name_is_a_metric(question):
    for name in QUESTIONS[question]:
        assert describe_metric(name) is not None, name


def test_each_question_finds_its_numbers():
    rows = pl.DataFrame(
        {
            "sex": ["f", "m"] * 200,
            "y": [False, True, True, True] * 100,
            "p": [0.2, 0.9, 0.7, 0.8] * 100,
        }
    )
    result = assay.measure_bias(rows, label="y", positive=True, score="p", facets="sex")
    named = result.to_dict()["by_question"]
    asked = set(QUESTIONS)
    assert asked <= named.keys()
    dpl = next(
        each
        for each in named["demographic_parity"]
        if each["group"] == "f" and each["name"].endswith("_in_labels")
    )
    assert dpl["value"] == result.facet("sex").measure("DPL", "f").estimate.value == 0.5
    assert {each["name"] for each in named["label_imbalance"]} == set(QUESTIONS["label_imbalance"])
