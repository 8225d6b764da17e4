"""What the original refuses is an entry; the rest of its report stands."""

import json

import pytest

from assay.bias.compat.report import POST_KEY, PRE_KEY, report_sections
from assay.bias.compat.request import CompatFacet, CompatRequest
from assay.bias.compat.standing import standing_report
from assay.data.dataset import Dataset
from assay.errors import InputError

N = 120
ROWS = {
    "sex": ["f", "m", "m"] * 40,
    "pay": [i / 7 for i in range(N)],
    "paid": [int(i % 5 < 2) for i in range(N)],
    "said": [int(i % 7 < 3) for i in range(N)],
    "never": [0] * N,
}
SEX, PAY = CompatFacet(column="sex", values=("f",)), CompatFacet(column="pay")
ASKED = {"pre": ("CI", "DPL"), "post": ("AD", "DPPL")}


def request(**more):
    asked = {"label": "paid", "positive": (1,), "facets": (SEX,), "prediction": "said"}
    return CompatRequest(**{**asked, **more})


def test_where_nothing_is_refused_it_is_the_report():
    made = standing_report(Dataset.read(ROWS), request(), **ASKED)
    assert made.refused == ()
    assert made.sections == report_sections(Dataset.read(ROWS), request(), **ASKED)


@pytest.mark.parametrize("wrong", [PAY, CompatFacet(column="gone", values=(1,))])
def test_a_refused_facet_has_one_entry_in_each_section(wrong):
    data, whole = Dataset.read(ROWS), request(facets=(SEX, wrong, SEX))
    with pytest.raises(InputError):
        report_sections(data, whole, **ASKED)
    made = standing_report(data, whole, **ASKED)
    assert [(each.section, each.column) for each in made.refused] == [
        (PRE_KEY, wrong.column),
        (POST_KEY, wrong.column),
    ]
    right = report_sections(data, request(facets=(SEX, SEX)), **ASKED)
    for key, codes in ((PRE_KEY, ["CI", "DPL"]), (POST_KEY, ["AD", "DPPL"])):
        section = made.sections[key]
        assert section["label_value_or_threshold"] == "1"
        assert section["facets"]["sex"] == right[key]["facets"]["sex"]
        (entry,) = section["facets"][wrong.column]
        assert [each["name"] for each in entry["metrics"]] == codes
        reasons = {each.reason for each in made.refused}
        assert {(each["value"], each["error"] in reasons) for each in entry["metrics"]} == {
            (None, True)
        }
    json.dumps(made.sections, allow_nan=False)


def test_labels_stand_where_nobody_is_predicted_positive():
    made = standing_report(Dataset.read(ROWS), request(prediction="never"), **ASKED)
    assert [each.section for each in made.refused] == [POST_KEY]
    assert "No Label values are present" in made.refused[0].reason
    (entry,) = made.sections[PRE_KEY]["facets"]["sex"]
    assert entry["metrics"][0]["value"] == pytest.approx(1 / 3)
