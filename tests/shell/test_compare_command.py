"""`assay compare` as it is typed, on real census rows; numbers against numpy and scipy."""

import json

import joblib
import numpy as np
import polars as pl
import pytest
from scipy.stats import binomtest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

NUMBERS = ["age", "education_num", "capital_gain", "capital_loss", "hours_per_week"]
LABEL = ("--label", "income", "--positive", ">50K")


@pytest.fixture(scope="module")
def census(data_dir, tmp_path_factory):
    """Two models as files, and 2,000 rows with the answers of both as columns."""
    folder = tmp_path_factory.mktemp("census")
    train = pl.read_parquet(data_dir / "adult_train.parquet").head(6_000)
    test = pl.read_parquet(data_dir / "adult_test.parquet").head(2_000)
    X, y = train.select(NUMBERS).to_pandas(), train["income"].to_numpy()
    old = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
    new = HistGradientBoostingClassifier(max_iter=30, random_state=0).fit(X, y)
    joblib.dump(old, folder / "old.joblib")
    joblib.dump(new, folder / "new.joblib")
    rows = test.select(NUMBERS).to_pandas()
    scored = test.with_columns(
        p_old=old.predict_proba(rows)[:, 1],
        p_new=new.predict_proba(rows)[:, 1],
        said=pl.Series(new.predict(rows)),
    )
    test.write_parquet(folder / "test.parquet")
    scored.write_parquet(folder / "scored.parquet")
    for name in ("old", "new"):
        scored.select("age", "income", f"p_{name}").write_parquet(folder / f"{name}.parquet")
    scored.head(900).select("age", "income", "p_new").write_parquet(folder / "fewer.parquet")
    return folder


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "store"))


def found(told):
    assert told.status == 0, told.err
    return json.loads(told.out)["sections"]["comparison"]


def test_two_models_are_compared_row_by_row(assay, census):
    models = (census / "old.joblib", census / "new.joblib")
    told = assay(
        "compare", *models, "--data", census / "test.parquet", *LABEL, "--trust-model", "--json"
    )
    result = found(told)
    scored = pl.read_parquet(census / "scored.parquet")
    truth = (scored["income"] == ">50K").to_numpy()
    old, new = ((scored[name] >= 0.5).to_numpy() for name in ("p_old", "p_new"))
    fixed, broken = (
        int((new == truth)[old != truth].sum()),
        int((new != truth)[old == truth].sum()),
    )
    comparison = next(
        each
        for each in [*result["comparisons"], *result["further"]]
        if each["metric"] == "accuracy"
    )
    assert comparison["difference"]["value"] == pytest.approx((fixed - broken) / len(truth))
    assert comparison["p_value"] == pytest.approx(binomtest(fixed, fixed + broken).pvalue)
    assert result["candidates"][1]["values"]["accuracy"]["value"] == (new == truth).mean()
    change = result["changes"][0]
    assert (change["fixed"], change["broken"]) == (fixed, broken)
    assert sum(change[k] for k in ("fixed", "broken", "both_right", "both_wrong")) == 2_000


def test_columns_models_and_names_are_compared_alike(assay, census):
    told = assay(
        "compare", "p_old", "p_new", f"gb={census / 'new.joblib'}",
        "--data", census / "scored.parquet", *LABEL, "--trust-model", "--metric", "roc_auc",
        "--metric", "brier", "--json",
    )  # fmt: skip
    result = found(told)
    scored = pl.read_parquet(census / "scored.parquet")
    truth = scored["income"] == ">50K"
    expected = roc_auc_score(truth, scored["p_new"]) - roc_auc_score(truth, scored["p_old"])
    column, model = result["comparisons"]
    assert column["difference"]["value"] == pytest.approx(expected, abs=1e-12)
    assert "DeLong" in column["test"]
    assert column["difference"]["level"] == pytest.approx(0.975)
    assert column["p_adjusted"] >= column["p_value"]
    for key in ("value", "low", "high"):
        assert model["difference"][key] == pytest.approx(column["difference"][key], abs=1e-12)
    assert {each["metric"] for each in result["further"]} == {"brier"}
    assert len(result["pairs"]) == 3


def test_predicted_classes_are_told_from_scores(assay, census):
    data = ("--data", census / "scored.parquet", *LABEL)
    told = assay("compare", "p_new", "said", *data, "--metric", "accuracy", "--json")
    result = found(told)
    assert result["comparisons"][0]["difference"]["value"] == 0
    assert [each["threshold"] is None for each in result["candidates"]] == [False, True]


def test_a_threshold_holds_for_every_candidate(assay, census):
    data = ("--data", census / "scored.parquet", *LABEL)
    told = assay(
        "compare", "p_old", "p_new", *data, "--threshold", "0.3", "--metric", "f1", "--json"
    )
    assert [each["threshold"]["value"] for each in found(told)["candidates"]] == [0.3, 0.3]


def test_the_terminal_says_what_to_do_and_the_report_is_written(assay, census, tmp_path):
    data = ("--data", census / "scored.parquet", *LABEL)
    told = assay("compare", "p_old", "p_new", *data, "--margin", "0.2", "--out", "which")
    assert told.status == 0, told.err
    assert "equivalent within the margin" in told.out
    assert "Take the cheaper one" in told.out
    assert "(baseline)" in told.out
    page = (tmp_path / "which" / "report.html").read_text()
    assert "What changes with p_new in place of p_old" in page
    assert "could not be drawn" not in page
    assert json.loads((tmp_path / "which" / "results.json").read_text())["task"] == "binary"


def test_against_turns_the_comparison_and_gates_fail(assay, census):
    data = ("--data", census / "scored.parquet", *LABEL, "--metric", "roc_auc", "--quiet")
    worse = ("p_old", "p_new", *data, "--against", "p_new")
    told = assay("compare", *worse, "--fail-on", "candidate_worse")
    assert told.status == 1
    assert told.err.strip() == "assay: gate --fail-on candidate_worse: 1 finding"
    assert assay("compare", *worse, "--fail-on", "candidate_not_better").status == 1
    assert assay("compare", *worse, "--fail-on", "warning").status == 1
    assert assay("compare", *worse, "--fail-on", "error").status == 0
    better = ("p_old", "p_new", *data, "--fail-on", "candidate_not_better")
    assert assay("compare", *better).status == 0


def analyzed(assay, census, out, *options):
    told = assay("analyze", *options, *LABEL, "--out", out, "--only", "evaluation", "--quiet")
    assert told.status == 0, told.err


def test_earlier_outputs_are_compared_row_by_row(assay, census):
    for name in ("old", "new"):
        analyzed(assay, census, name, census / f"{name}.parquet", "--score", f"p_{name}")
    result = found(assay("compare", "old", "new/results.json", "--json"))
    scored = ("--data", census / "scored.parquet", *LABEL)
    direct = found(assay("compare", "p_old", "p_new", *scored, "--json"))
    assert result["comparisons"][0]["difference"] == direct["comparisons"][0]["difference"]
    assert [each["name"] for each in result["candidates"]] == ["old", "new"]


def test_an_untrusted_model_of_an_earlier_run_is_compared_by_its_numbers(assay, census):
    for name in ("old", "new"):
        model = ("--model", census / f"{name}.joblib", "--trust-model")
        analyzed(assay, census, name, census / "test.parquet", *model)
    told = assay("compare", "old", "new", "--metric", "accuracy", "--json")
    unpaired = found(told)["comparisons"][0]
    rules = {each["rule"] for each in json.loads(told.out)["findings"]}
    assert "compared_unpaired" in rules
    assert "unpaired" in unpaired["test"]
    again = ("compare", "old", "new", "--metric", "accuracy", "--trust-model", "--json")
    paired = found(assay(*again))["comparisons"][0]
    assert paired["difference"]["value"] == pytest.approx(unpaired["difference"]["value"])
    widths = [e["difference"]["high"] - e["difference"]["low"] for e in (unpaired, paired)]
    assert widths[0] > widths[1]


def test_a_changed_model_is_not_asked_again(assay, census, tmp_path):
    model = tmp_path / "m.joblib"
    model.write_bytes((census / "old.joblib").read_bytes())
    analyzed(assay, census, "then", census / "test.parquet", "--model", model, "--trust-model")
    model.write_bytes((census / "new.joblib").read_bytes())
    told = assay("compare", "then", census / "new.joblib", "--trust-model", "--json")
    assert found(told)["candidates"][0]["why_unpaired"].endswith("is no longer the one it judged")


def test_lost_data_leave_the_numbers(assay, census, tmp_path):
    for name in ("old", "new"):
        place = tmp_path / "rows.parquet"
        place.write_bytes((census / "scored.parquet").read_bytes())
        analyzed(assay, census, name, place, "--score", f"p_{name}")
    place.unlink()
    told = assay("compare", "old", "new", "--json")
    result = found(told)
    assert "no longer at" in result["candidates"][0]["why_unpaired"]
    assert result["n"] == 2_000
    assert assay("compare", "old", "p_new").status == 2


def test_other_rows_are_refused_with_both_fingerprints(assay, census):
    analyzed(assay, census, "all", census / "new.parquet", "--score", "p_new")
    analyzed(assay, census, "few", census / "fewer.parquet", "--score", "p_new")
    told = assay("compare", "all", "few")
    assert told.status == 2
    assert "not the same rows" in told.err
    assert told.err.count("fs1:") == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["p_old"], "needs two or more"),
        ([], "needs two or more"),
        (["p_old", "p_nwe"], "did you mean p_new?"),
        (["p_old", "p_old"], "the same candidate is named twice"),
        (["a=p_old", "a=p_new"], "two candidates are called 'a'"),
        (["p_old", "p_new", "--against", "p_older"], "--against names 'p_older'"),
        (["p_old", "p_new", "--metric", "rmse"], "rmse"),
        (["p_old", "p_new", "--metric", "f1", "--margin", "-1"], "--margin"),
        (["p_old", "income"], "is the label of the data"),
        (["p_old", "race"], "the candidate race: "),
        (["p_old", "p_new", "--fail-on", "worse"], "did you mean candidate_worse?"),
        (["said", "race=said", "--threshold", "0.3"], "twice"),
    ],
)
def test_bad_candidates_are_one_paragraph(assay, census, arguments, said):
    told = assay("compare", *arguments, "--data", census / "scored.parquet", *LABEL)
    assert told.status == 2, told.out
    assert said in told.err
    assert "Traceback" not in told.err


def test_no_data_says_how_to_name_them(assay):
    told = assay("compare", "a", "b")
    assert told.status == 2
    assert "--data" in told.err


def folds(tmp_path, k=10, **more):
    rng = np.random.default_rng(3)
    rows = [
        {"candidate": name, "fold": fold, "score": mean + rng.normal(0, 0.01)}
        | {"n_train": 90, "n_test": 10}
        for name, mean in (("old", 0.80), ("new", 0.83))
        for fold in range(k)
    ]  # fmt: skip
    frame = pl.DataFrame(rows).with_columns(**more)
    frame.write_csv(tmp_path / "folds.csv")
    return frame


def test_folds_are_compared_by_the_corrected_t(assay, tmp_path):
    frame = folds(tmp_path)
    comparison = found(assay("compare", "--folds", "folds.csv", "--json"))["comparisons"][0]
    old, new = (
        frame.filter(pl.col("candidate") == name)["score"].to_numpy() for name in ("old", "new")
    )
    d = new - old
    t = d.mean() / np.sqrt((1 / 10 + 10 / 90) * d.var(ddof=1))
    assert comparison["difference"]["value"] == pytest.approx(d.mean())
    assert comparison["further"]["t"] == pytest.approx(t)


def test_the_metric_gives_scores_their_direction(assay, tmp_path):
    folds(tmp_path)
    more = found(assay("compare", "--folds", "folds.csv", "--json"))
    less = found(assay("compare", "--folds", "folds.csv", "--metric", "rmse", "--json"))
    told = found(assay("compare", "--folds", "folds.csv", "--less-is-better", "--json"))
    gaps = [each["comparisons"][0]["difference"]["value"] for each in (more, less, told)]
    assert gaps[0] == -gaps[1] == -gaps[2] > 0


def test_bad_folds_are_refused(assay, tmp_path):
    folds(tmp_path, k=4)
    assert "too few" in assay("compare", "--folds", "folds.csv").err
    folds(tmp_path, fold=pl.lit(1))
    assert "two scores for candidate" in assay("compare", "--folds", "folds.csv").err
    folds(tmp_path).drop("n_test").write_csv(tmp_path / "folds.csv")
    assert "columns not found: n_test" in assay("compare", "--folds", "folds.csv").err
    folds(tmp_path).tail(11).write_csv(tmp_path / "folds.csv")
    assert "has no score of 'old'" in assay("compare", "--folds", "folds.csv").err
    assert "leave a out" in assay("compare", "a", "--folds", "folds.csv").err


def on_sets(tmp_path, names, n=8):
    rng = np.random.default_rng(5)
    rows = [
        {"dataset": f"d{i}", "candidate": name, "score": 0.7 + 0.05 * k + rng.normal(0, 0.005)}
        for i in range(n)
        for k, name in enumerate(names)
    ]
    pl.DataFrame(rows).write_csv(tmp_path / "scores.csv")


def test_two_over_data_sets_are_compared_by_signed_ranks(assay, tmp_path):
    on_sets(tmp_path, ["a", "b"])
    comparison = found(assay("compare", "--datasets", "scores.csv", "--json"))["comparisons"][0]
    assert comparison["p_value"] == pytest.approx(2 / 2**8)
    assert comparison["verdict"] == "better"


def test_several_over_data_sets_are_compared_by_mean_ranks(assay, tmp_path):
    on_sets(tmp_path, ["a", "b", "c"])
    result = found(assay("compare", "--datasets", "scores.csv", "--json", "--out", "o"))
    b, c = result["comparisons"]
    assert (b["difference"]["value"], c["difference"]["value"]) == (1.0, 2.0)
    assert c["difference"]["low"] == pytest.approx(2 - 2.3437 * np.sqrt(3 * 4 / (6 * 8)), abs=1e-3)
    assert (b["verdict"], c["verdict"]) == ("not shown to be better", "better")


def test_five_data_sets_are_too_few(assay, tmp_path):
    on_sets(tmp_path, ["a", "b"], n=5)
    assert "5 data sets are too few" in assay("compare", "--datasets", "scores.csv").err
