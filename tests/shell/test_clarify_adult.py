"""The configs of the original's own samples on census rows, against the formulas in plain pandas.

The endpoints answer as the original's containers do: scores by line for CSV, and labels with
scores for JSON. Both modes give what their formulas say.
"""

import json
from math import inf, log, sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.neighbors import KNeighborsClassifier

from clarify_configs import run_config, values
from http_endpoints import Said, serve

HEADERS = [
    "Target", "Age", "Workclass", "fnlwgt", "Education", "Education-Num", "Marital Status",
    "Occupation", "Relationship", "Ethnic group", "Sex", "Capital Gain", "Capital Loss",
    "Hours per week", "Country",
]  # fmt: skip
N = 3_000
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:narwhals")


@pytest.fixture(scope="module")
def adult(data_dir):
    rows = pl.read_parquet(data_dir / "adult_test.parquet").head(N).to_pandas()
    codes = {
        name: rows[name]
        if rows[name].dtype.kind == "i"
        else rows[name].astype("category").cat.codes
        for name in rows.columns
    }
    made = pd.DataFrame({"income": codes.pop("income"), **codes}).astype("int64")
    made.columns = HEADERS
    return made


def score(age, education, hours):
    """Return what the model says: any function of the features."""
    return 1 / (1 + np.exp(-(0.06 * age + 0.35 * education + 0.04 * hours - 8.5)))


def ratio(over, under, *, library):
    """0/0 is 0 to the library, and nothing to the formulas; x/0 is infinite."""
    if under:
        return over / under
    return (0.0 if library else None) if over == 0 else inf


def expected(rows, said, group, strata, *, library):
    """Sections 5 and 6 of the specification, row by row."""
    y, p = rows.to_numpy() == 1, np.asarray(said) == 1
    sides = {"d": group.to_numpy(), "a": ~group.to_numpy()}
    n = {side: int(own.sum()) for side, own in sides.items()}
    q = {side: y[own].mean() for side, own in sides.items()}
    q_hat = {side: p[own].mean() for side, own in sides.items()}
    cells = {
        side: {
            "tp": int((y & p & own).sum()),
            "fp": int((~y & p & own).sum()),
            "fn": int((y & ~p & own).sum()),
            "tn": int((~y & ~p & own).sum()),
        }
        for side, own in sides.items()
    }

    def gap(over, under, sign):
        a, d = (
            ratio(
                sum(cells[side][each] for each in over),
                sum(cells[side][each] for each in under),
                library=library,
            )
            for side in "ad"
        )
        return sign * (a - d)

    def divergence(one, other):
        return sum(u * log(u / v) for u, v in zip(one, other, strict=True) if u)

    shares = {side: (q[side], 1 - q[side]) for side in "ad"}
    middle = [(u + v) / 2 for u, v in zip(shares["a"], shares["d"], strict=True)]
    b = p.astype(int) - y.astype(int) + 1
    return {
        "CI": (n["a"] - n["d"]) / (n["a"] + n["d"]),
        "DPL": q["a"] - q["d"],
        "KL": divergence(shares["a"], shares["d"]),
        "JS": (divergence(shares["a"], middle) + divergence(shares["d"], middle)) / 2,
        "LP": sqrt(2) * abs(q["a"] - q["d"]),
        "TVD": abs(q["a"] - q["d"]),
        "KS": abs(q["a"] - q["d"]),
        "CDDL": disparity(y, sides["d"], strata),
        "DPPL": q_hat["a"] - q_hat["d"],
        "DI": q_hat["d"] / q_hat["a"],
        "DCA": gap(("tp", "fn"), ("tp", "fp"), 1),
        "DCR": gap(("tn", "fp"), ("tn", "fn"), -1),
        "AD": gap(("tp", "tn"), ("tp", "fp", "fn", "tn"), 1),
        "RD": gap(("tp",), ("tp", "fn"), 1),
        "SD": gap(("tn",), ("tn", "fp"), -1),
        "DAR": gap(("tp",), ("tp", "fp"), 1),
        "DRR": gap(("tn",), ("tn", "fn"), -1),
        "TE": gap(("fn",), ("fp",), -1),
        "CDDPL": disparity(p, sides["d"], strata),
        "GE": ((b / b.mean()) ** 2 - 1).mean() / 2,
    }


def disparity(positive, d, strata):
    """Mean over subgroups, by their size, of d's share of the rejected less of the accepted."""
    total = 0.0
    for stratum in np.unique(strata):
        own = strata == stratum
        rejected, accepted = own & ~positive, own & positive
        parts = [
            (side & d).sum() / side.sum() if side.sum() else 0.0 for side in (rejected, accepted)
        ]
        total += own.sum() / len(d) * (parts[0] - parts[1])
    return total


def flips(features, said, d):
    """(down, up): rows of d that their neighbours of a would lower or raise, over n of d."""
    near = KNeighborsClassifier(n_neighbors=5).fit(features[~d], said[~d])
    told = near.predict(features[d])
    return ((said[d] == 1) & (told == 0)).mean(), ((said[d] == 0) & (told == 1)).mean()


def sample(data_dir, name):
    path = data_dir.parent / "clarify-samples" / name
    if not path.is_file():
        pytest.skip(f"no {path}")
    return json.loads(path.read_text("utf-8"))


def agrees(analysis, adult, said, *, library):
    group, strata = adult["Sex"] == 0, adult["Age"].to_numpy()
    wanted = expected(adult["Target"], said, group, strata, library=library)
    found = {**values(analysis, "pre", "Sex"), **values(analysis, "post", "Sex")}
    assert found.keys() == {*wanted, "FT"}
    assert {code: found[code] for code in wanted} == pytest.approx(wanted, abs=1e-12)
    features = adult.drop(columns=["Target", "Sex"]).to_numpy(dtype=float)
    down, up = flips(features, np.asarray(said), group.to_numpy())
    assert found["FT"] == pytest.approx(down - up if library else up - down, abs=0.003)


@pytest.mark.parametrize("compat", [False, True])
def test_csv_through_the_original_container(assay, data_dir, adult, compat):
    """The config's threshold is 0.8; the container gets features alone, and gives scores."""
    config = sample(data_dir, "analysis_config.bias_csv.json")
    config |= {"assay": {"compat": "smclarify-0.5"}} if compat else {}
    asked = []

    def respond(request):
        lines = request.body.decode().splitlines()
        asked.extend(lines)
        rows = [[float(each) for each in line.split(",")] for line in lines]
        told = [score(row[0], row[4], row[12]) for row in rows]
        return Said("\n".join(f"{each!r}" for each in map(float, told)), media="text/csv")

    adult.to_csv("rows.csv", index=False, header=False)
    with serve(respond) as served:
        ended, analysis = run_config(
            assay, config, None, "--data", "rows.csv",
            "--endpoint", f"DEMO-clarify-xgboost-model={served.url}", "--bias-flip-rows", "10000",
        )  # fmt: skip
    assert ended.status == 0, ended.err
    assert ",".join(map(str, adult.iloc[0, 1:])) in asked
    said = score(adult["Age"], adult["Education-Num"], adult["Hours per week"]) > 0.8
    agrees(analysis, adult, said.astype(int), library=compat)
    assert analysis["assay"]["mode"] == ("smclarify-0.5" if compat else "assay")


@pytest.mark.parametrize("compat", [False, True])
def test_json_with_templates_and_labels_with_scores(assay, data_dir, adult, compat):
    config = sample(data_dir, "analysis_config.bias_json.json")
    config |= {"assay": {"compat": "smclarify-0.5"}} if compat else {}

    def respond(request):
        told = [
            score(*(each["features"][at] for at in (0, 4, 12)))
            for each in request.json["instances"]
        ]
        return {
            "predictions": [{"predicted_label": int(each > 0.5), "score": each} for each in told]
        }

    features = adult.drop(columns="Target").to_numpy().tolist()
    document = [
        {"features": row, "label": label}
        for row, label in zip(features, adult["Target"].tolist(), strict=True)
    ]
    Path("rows.json").write_text(json.dumps({"instances": document}), encoding="utf-8")
    name = config["predictor"]["model_name"]
    with serve(respond) as served:
        ended, analysis = run_config(
            assay, config, None, "--data", "rows.json", "--endpoint", f"{name}={served.url}",
            "--bias-flip-rows", "10000",
        )  # fmt: skip
    assert ended.status == 0, ended.err
    said = score(adult["Age"], adult["Education-Num"], adult["Hours per week"]) > 0.5
    agrees(analysis, adult, said.astype(int), library=compat)
