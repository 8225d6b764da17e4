"""Bad and odd input to what judges trust: refused in one paragraph, or told as undefined.

Baselines, leaks, comparisons, slices, looks at a test, fits, rankings and forecasts. Nothing may
end in a traceback, in a section that failed, or in a number that is none.
"""

import json
from pathlib import Path

import joblib
import numpy as np
import polars as pl
import pytest

QUICK = ("--budget", "0.3", "--quiet")
LABEL = ("--label", "paid", "--positive", "yes")
SCORED = ("analyze", "d.parquet", *LABEL, "--score", "p", "--ignore", "guess", *QUICK)
ALONE = ("analyze", "d.parquet", *LABEL, "--ignore", "p", "--ignore", "guess", *QUICK)
TRAIN = ("--train", "train.parquet")
ROW = pl.int_range(pl.len())


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "store"))


def table(n=60, seed=0):
    rng = np.random.default_rng(seed)
    paid = np.arange(n) % 5 < 2
    score = np.clip(rng.normal(0.35 + 0.3 * paid, 0.15), 0.0, 1.0)
    return pl.DataFrame(
        {
            "age": rng.integers(18, 90, n),
            "income": rng.normal(30 + 4 * paid, 5),
            "city": rng.choice(["a", "b", "c"], n),
            "paid": np.where(paid, "yes", "no"),
            "p": score,
            "guess": np.where(score >= 0.5, "yes", "no"),
        }
    )


def spoiled(column, value, row=3):
    """The table with one value of a column replaced; `row` counted from 0."""
    wrong = pl.when(row == ROW).then(pl.lit(value)).otherwise(pl.col(column))
    return table().with_columns(wrong.alias(column))


def refused(told, *words):
    """Assert status 2 and one short paragraph that says all the words."""
    assert told.status == 2, (told.status, told.out, told.err)
    assert "Traceback" not in told.err
    assert told.err.count("assay: ") == 1
    assert len(told.err) < 800
    for each in words:
        assert each in told.err


def sound(told, folder="assay-out"):
    """Assert a report without faults; return its results."""
    assert told.status == 0, told.err
    assert "Traceback" not in told.err
    assert "Warning" not in told.err
    text = Path(folder, "results.json").read_text(encoding="utf-8")
    assert "NaN" not in text
    assert "Infinity" not in text
    results = json.loads(text)
    assert "section_failed" not in {each["rule"] for each in results["findings"]}
    return results


def rules_of(results):
    return {each["rule"] for each in results["findings"]}


# train and judged rows


LIGHT = ("--only", "leakage", "--only", "baselines")


@pytest.mark.parametrize(
    ("train", "words"),
    [
        (table().drop("income"), ["columns not found: income", "train.parquet has"]),
        (table().drop("paid"), ["columns not found: paid"]),
        (
            table().with_columns(age=pl.lit("old")),
            ["'age' in train.parquet, row 1", "'old' is not a number", "in d.parquet"],
        ),
        (
            table().with_columns(age=pl.lit("2024-01-01").str.to_date()),
            ["time in train.parquet and int64 in d.parquet", "the same type"],
        ),
        (spoiled("paid", None), ["train.parquet (the label)", "row 4"]),
        (table().head(0), ["train.parquet has columns and no rows"]),
        (pl.DataFrame({"other": [1, 2]}), ["columns not found"]),
    ],
)
def test_train_rows_that_do_not_fit(assay, train, words):
    table().write_parquet("d.parquet")
    train.write_parquet("train.parquet")
    refused(assay(*ALONE, *TRAIN), *words)


def test_train_rows_need_no_answers_and_nothing_that_is_ignored(assay):
    table().write_parquet("d.parquet")
    table(seed=1).drop("p", "guess").write_parquet("train.parquet")
    results = sound(assay(*SCORED, *TRAIN, *LIGHT))
    assert results["sections"]["baselines"]["n_train"] == 60


@pytest.mark.parametrize(
    ("train", "found"),
    [
        (table(seed=1).with_columns(paid=pl.lit("no")), {"new_label"}),
        (table(seed=1).with_columns(pl.col("paid").str.to_uppercase()), {"new_label"}),
        (table(seed=1).head(1), {"new_label"}),
        (table(seed=1).head(3), set()),
        (table(), {"judged_on_train_rows"}),
    ],
)
def test_classes_that_train_rows_lack_are_told(assay, train, found):
    table().write_parquet("d.parquet")
    train.write_parquet("train.parquet")
    results = sound(assay(*ALONE, *TRAIN, *LIGHT))
    assert found <= rules_of(results)


def test_a_class_of_train_rows_alone_is_no_fault(assay):
    table().write_parquet("d.parquet")
    more = spoiled("paid", "perhaps")
    more.write_parquet("train.parquet")
    sound(assay(*ALONE, *TRAIN, *LIGHT))


# few rows, few columns


@pytest.mark.parametrize("rows", [2, 3, 5, 9])
def test_few_rows(assay, rows):
    table().slice(1, rows).write_parquet("d.parquet")
    sound(assay(*ALONE))


def test_one_row(assay):
    table().head(1).write_parquet("d.parquet")
    told = assay("analyze", "d.parquet", "--label", "paid", *QUICK)
    refused(told, "only the value 'yes'", "at least two")


LONG = [f"a message of some length about number {k * 7919 % 101}" for k in range(60)]
ODD = {
    "constant": table().with_columns(age=pl.lit(1), income=pl.lit(2.0), city=pl.lit("a")),
    "empty": table().with_columns(age=None, income=pl.lit(None, dtype=pl.Float64)),
    "none": table().select("paid", "p", "guess"),
    "text alone": table().select("paid", "p", "guess", message=pl.Series(LONG)),
    "not a number": table().with_columns(income=pl.when(ROW % 3 > 0).then(float("nan"))),
    "infinite": spoiled("income", float("inf")),
    "huge": table().with_columns(pl.col("income") * 1e306),
    "durations": table().with_columns(wait=pl.duration(days=pl.col("age"))),
    "nested": table().with_columns(pair=pl.struct("age", "city"), list=pl.concat_list("age")),
    "names of assay": table().rename({"age": "truth", "income": "score", "city": "weight"}),
    "names of polars": table().rename({"age": "literal", "income": "len", "city": "index"}),
    "odd names": table().rename({"age": "my age", "income": "<b>\"in'come", "city": "çité ☃"}),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_features(assay, name):
    ODD[name].write_parquet("d.parquet")
    sound(assay(*ALONE))


def test_more_columns_than_rows(assay):
    rng = np.random.default_rng(0)
    wide = pl.DataFrame({f"x{k}": rng.normal(size=40) for k in range(60)})
    wide.with_columns(paid=table(40)["paid"]).write_parquet("d.parquet")
    sound(assay("analyze", "d.parquet", *LABEL, *QUICK, "--only", "baselines"))


# labels, scores, weights


@pytest.mark.parametrize(
    ("data", "flags", "words"),
    [
        (spoiled("income", float("inf")), ["income"], ["'income' of d.parquet", "inf", "row 4"]),
        (spoiled("income", float("nan")), ["income"], ["no value", "row 4"]),
        (spoiled("income", 1e200), ["income"], ["beyond 1e+45", "larger unit"]),
    ],
)
def test_quantities_that_are_none(assay, data, flags, words):
    data.write_parquet("d.parquet")
    told = assay("analyze", "d.parquet", "--label", *flags, "--task", "regression", *QUICK)
    refused(told, *words)


def test_infinite_quantities_in_train_rows(assay):
    table().write_parquet("d.parquet")
    spoiled("income", float("inf")).write_parquet("train.parquet")
    told = assay(
        "analyze", "d.parquet", "--label", "income", "--task", "regression", *TRAIN, *QUICK
    )
    refused(told, "'income' of train.parquet", "row 4")


def test_a_constant_quantity(assay):
    table().with_columns(income=pl.lit(2.0)).write_parquet("d.parquet")
    told = assay("analyze", "d.parquet", "--label", "income", "--task", "regression", *QUICK)
    sound(told)


@pytest.mark.parametrize(
    ("weight", "words"),
    [
        (pl.lit(0.0), ["are zero"]),
        (pl.lit(-1.0), ["is negative", "row 1"]),
        (pl.lit(float("nan")), ["no value or NaN"]),
        (pl.lit("x"), ["must hold numbers"]),
        (pl.lit(1e300), ["go up to 1e+300", "proportions"]),
        (pl.lit(1e-300), ["go up to 1e-300"]),
        ((pl.col("paid") == "no").cast(pl.Float64), ["label 'yes'", "weight 0", "leave these"]),
    ],
)
def test_weights(assay, weight, words):
    table().with_columns(w=weight).write_parquet("d.parquet")
    refused(assay(*ALONE, "--weight", "w"), *words)
    both = ("compare", "p", "guess", "--data", "d.parquet", *LABEL, "--weight", "w")
    refused(assay(*both), *words)


@pytest.mark.parametrize(
    "change",
    [{"p": pl.lit(0.3)}, {"p": pl.col("p").round(0)}, {"w": (ROW % 2).cast(pl.Float64)}],
    ids=["constant", "ties", "half of the weights zero"],
)
def test_scores_and_weights_that_say_little(assay, change):
    table().with_columns(**change).write_parquet("d.parquet")
    sound(assay(*SCORED, *(("--weight", "w") if "w" in change else ())))


@pytest.mark.parametrize("group", [pl.lit(1), ROW % 2, ROW, pl.lit(None, dtype=pl.String)])
def test_groups_that_cannot_be_parted(assay, group):
    table().with_columns(g=group).write_parquet("d.parquet")
    sound(assay(*ALONE, "--group", "g"))


def test_times_out_of_order(assay):
    later = pl.lit("2024-01-01").str.to_date() + pl.duration(days=ROW)
    table().with_columns(day=later).reverse().write_parquet("d.parquet")
    table(seed=1).with_columns(day=later + pl.duration(days=30)).write_parquet("train.parquet")
    results = sound(assay(*ALONE, "--time", "day", *TRAIN, *LIGHT))
    assert "time_split" in rules_of(results)


# several labels


@pytest.mark.parametrize(
    ("data", "labels"),
    [
        (pl.DataFrame({"x": range(60), "a": [0, 1] * 30, "b": [0, 0, 1] * 20}), ["a", "b"]),
        (pl.DataFrame({"x": range(60), "a": [0, 1] * 30, "b": [0] * 60}), ["a", "b"]),
        (pl.DataFrame({"x": range(60), "y": [["u"], ["u", "v"], []] * 20}), ["y"]),
    ],
)
def test_several_labels_without_answers(assay, data, labels):
    data.with_columns(pl.col("x") ** 2 % 7).write_parquet("d.parquet")
    told = assay("analyze", "d.parquet", *[t for n in labels for t in ("--label", n)], *QUICK)
    assert sound(told)["sections"]["baselines"]["to_beat"] is not None


# incumbents, flags


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (["x=nocol"], ["neither a column of d.parquet nor a file"]),
        (["x=gues"], ["did you mean 'guess'?"]),
        (["x=none.joblib"], ["nor a file"]),
        (["nocol"], ["NAME=PLACE"]),
        (["=p"], ["NAME=PLACE"]),
        (["x="], ["NAME=PLACE"]),
        (["x=p", "x=guess"], ["names 'x' twice"]),
        (["x=paid"], ["is the label"]),
        (["x=city"], ["cannot be judged", "'city'"]),
        (["x=age"], ["cannot be judged", "outside [0, 1]"]),
    ],
)
def test_baselines_that_are_none(assay, told, words):
    table().write_parquet("d.parquet")
    refused(assay(*SCORED, *[t for each in told for t in ("--baseline", each)]), *words)


def test_the_answers_of_a_baseline_are_no_features(assay):
    table().write_parquet("d.parquet")
    told = assay(
        "analyze", "d.parquet", *LABEL, "--baseline", "old=p", *QUICK, "--ignore", "guess"
    )
    prepared = " ".join(sound(told)["sections"]["baselines"]["preparation"])
    assert "age" in prepared
    assert " p" not in prepared.replace("(p", "( p")


def test_the_same_answers_as_candidate_and_baseline(assay):
    table().write_parquet("d.parquet")
    results = sound(assay(*SCORED, "--baseline", "same=p", "--only", "baselines"))
    (found,) = [
        each
        for each in results["sections"]["baselines"]["comparisons"]
        if each["baseline"] == "same"
    ]
    assert found["difference"]["value"] == 0


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--budget", "-1"], ["--budget"]),
        (["--budget", "nan"], ["--budget"]),
        (["--margin", "-1"], ["--margin"]),
        (["--margin", "nan"], ["--margin"]),
        (["--seed", "4294967296"], ["--seed"]),
        (["--ignore-rule", "leak_target"], ["RULE=REASON"]),
        (["--ignore-rule", "leak_target="], ["RULE=REASON"]),
        (["--ignore-rule", "Leak Target=x"], ["not the name of a rule"]),
        (["--ignore-rule", "a=b", "--ignore-rule", "a=c"], ["names 'a' twice"]),
        (["--slices-column", "nocol"], ["columns not found: nocol"]),
        (["--slices-named", "nocol=3"], ["columns not found: nocol"]),
        (["--slices-named", ">>"], ["names no column"]),
        (["--slices-loss-column", "city"], ["'city'", "numbers"]),
        (["--slices-rows", "0"], ["--slices-rows"]),
        (["--leakage-sample", "0"], ["--leakage-sample"]),
        (["--leakage-gap", "-1"], ["--leakage-gap"]),
        (["--leakage-reference", "none.csv"], ["none.csv does not exist"]),
        (["--leakage-population", "nocol=F:.5"], ["columns not found: nocol"]),
        (["--leakage-population", "city"], ["--leakage-population"]),
        (["--evaluation-ranking-cutoffs", "0"], ["1 or more"]),
        (["--evaluation-season", "0"], ["--evaluation-season"]),
    ],
)
def test_flags_of_trust(assay, flags, words):
    table().write_parquet("d.parquet")
    refused(assay(*SCORED, *flags), *words)


@pytest.mark.parametrize("flags", [["--budget", "0"], ["--margin", "1e300"], ["--final"] * 2])
def test_flags_at_their_ends(assay, flags):
    table().write_parquet("d.parquet")
    sound(assay(*SCORED, *flags))


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        (pl.DataFrame({"zz": [1, 2]}), ["columns not found", "r.parquet has: zz"]),
        (table().head(0), ["no rows"]),
        (table().with_columns(age=pl.lit("x")), ["'age' in r.parquet", "'x' is not a number"]),
    ],
)
def test_references_that_are_none(assay, reference, words):
    table().write_parquet("d.parquet")
    reference.write_parquet("r.parquet")
    refused(assay(*SCORED, "--leakage-reference", "r.parquet"), *words)


def test_a_reference_needs_neither_label_nor_answers(assay):
    table().write_parquet("d.parquet")
    pl.DataFrame({"city": ["c"] * 50}).write_parquet("r.parquet")
    told = assay(*SCORED, "--leakage-reference", "r.parquet", "--only", "leakage")
    assert "not_representative" in rules_of(sound(told))


@pytest.mark.parametrize(
    "name", ["leakage", "baselines", "fit", "slices", "prediction_intervals", "discipline"]
)
def test_each_section_alone(assay, name):
    table().write_parquet("d.parquet")
    assert list(sound(assay(*SCORED, "--only", name))["sections"]) == [name]
    told = assay(*ALONE, "--only", name)
    if name in ("slices", "discipline"):
        refused(told, f"the section '{name}' cannot run", "--model FILE")
    else:
        sound(told)


def test_ends_of_intervals_are_no_leaks(assay):
    rng = np.random.default_rng(0)
    y = rng.normal(size=200)
    rows = pl.DataFrame({"x": rng.normal(size=200), "y": y, "f": y, "lo": y - 1, "hi": y + 1})
    rows.write_parquet("d.parquet")
    ends = ("--prediction-intervals-low", "lo", "--prediction-intervals-high", "hi")
    judged = ("analyze", "d.parquet", "--label", "y", "--prediction", "f", *ends, *QUICK)
    assert "leak_target" not in rules_of(sound(assay(*judged, "--only", "leakage")))


# the ledger


@pytest.fixture
def sealed(assay, tmp_path):
    table().write_parquet("d.parquet")
    sound(assay(*SCORED, "--only", "evaluation", "--only", "discipline", "--final"))
    return tmp_path / "store" / "ledger.jsonl"


LOOK = ("--only", "evaluation", "--only", "discipline")


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-20]),
        lambda path: path.write_bytes(b"\xff\x00 garbage\n" + path.read_bytes()),
        lambda path: path.write_bytes(path.read_bytes().replace(b"final", b"finaI")),
    ],
    ids=["removed", "emptied", "cut off", "garbage", "edited"],
)
def test_a_damaged_ledger_is_told(assay, sealed, damage):
    damage(sealed)
    assert "ledger_changed" in rules_of(sound(assay(*SCORED, *LOOK)))


def test_a_model_sealed_twice_is_one_look(assay, sealed):
    assert not {"test_sealed", "ledger_changed"} & rules_of(
        sound(assay(*SCORED, *LOOK, "--final"))
    )


def test_a_store_that_cannot_be_written_is_told(assay, tmp_path):
    table().write_parquet("d.parquet")
    (tmp_path / "store").write_text("a file where a folder should be")
    assert "look_not_counted" in rules_of(sound(assay(*SCORED, *LOOK)))


# compare


COMPARED = ("--data", "d.parquet", *LABEL, "--quiet", "--out", "assay-out")


@pytest.mark.parametrize(
    ("candidates", "words"),
    [
        ([], ["needs two or more"]),
        (["p"], ["needs two or more"]),
        (["p", "p"], ["named twice"]),
        (["a=p", "b=p"], ["named twice"]),
        (["a=p", "a=guess"], ["two candidates are called 'a'"]),
        (["p", "nocol"], ["neither a column of the data nor a file"]),
        (["p", "paid"], ["is the label"]),
        (["p", "age"], ["the candidate age", "outside [0, 1]"]),
        (["p", "city"], ["the candidate city", "classes"]),
        (["p", "guess", "--against", "zz"], ["--against names 'zz'"]),
        (["p", "guess", "--metric", "acuracy"], ["did you mean accuracy?"]),
        (["p", "guess", "--metric", "roc_auc"], ["'guess' have no scores"]),
        (["p", "guess", "--margin", "nan"], ["--margin"]),
        (["p", "guess", "--threshold", "f1"], ["needs rows to choose on", "--validation"]),
    ],
)
def test_candidates(assay, candidates, words):
    table().write_parquet("d.parquet")
    refused(assay("compare", *candidates, *COMPARED), *words)


@pytest.mark.parametrize(
    "change",
    [
        {"q": pl.col("p")},
        {"q": pl.lit(0.5), "p": pl.lit(0.5)},
        {"q": (pl.col("paid") == "yes").cast(pl.Float64)},
        {"q": 1 - pl.col("p")},
    ],
    ids=["equal", "constant", "perfect", "reversed"],
)
@pytest.mark.parametrize("rows", [60, 2])
def test_odd_candidates(assay, change, rows):
    data = table().with_columns(**change).head(60)
    data = data if rows == 60 else data.sort("paid").gather([0, 59])
    data.write_parquet("d.parquet")
    sound(assay("compare", "p", "q", *COMPARED))


FOLDS = "candidate,fold,score,n_train,n_test\n"
SCORES = [f"{c},{k},{0.8 + 0.01 * k},80,20" for c in "ab" for k in range(5)]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["a,0,.8,80,20", "b,0,.9,80,20"], ["1 folds are too few", "5 are needed"]),
        ([*SCORES[:-1], "b,4,high,80,20"], ["'score'", "must hold numbers"]),
        ([*SCORES[:-1], "b,4,,80,20"], ["empty cells"]),
        ([*SCORES[:-1], "b,4,inf,80,20"], ["no finite numbers"]),
        (SCORES[:-1], ["no score of 'b' for repeat 0, fold 4"]),
        ([*SCORES, SCORES[0]], ["two scores"]),
        (SCORES[:5], ["scores of 1 candidate"]),
        ([each.replace(",20", ",0") for each in SCORES], ["no rows"]),
        ([], ["no rows"]),
    ],
)
def test_scores_of_folds(assay, tmp_path, lines, words):
    (tmp_path / "f.csv").write_text(FOLDS + "\n".join(lines))
    refused(assay("compare", "--folds", "f.csv", "--quiet"), *words)


def test_folds_that_all_tie(assay, tmp_path):
    (tmp_path / "f.csv").write_text(FOLDS + "\n".join(SCORES))
    sound(assay("compare", "--folds", "f.csv", "--quiet", "--out", "assay-out"))


@pytest.mark.parametrize(
    ("last", "words"),
    [
        ("d7,a,.5", ["no score of 'b' for dataset d7"]),
        ("d7,a,.5\nd7,b,", ["empty cells"]),
        ("d7,a,.5\nd7,b,x", ["must hold numbers"]),
        ("d0,a,.5", ["two scores for dataset d0"]),
    ],
)
def test_scores_of_data_sets(assay, tmp_path, last, words):
    lines = [f"d{k},{c},{0.5 + k / 100}" for k in range(7) for c in "ab"]
    (tmp_path / "s.csv").write_text("\n".join(["dataset,candidate,score", *lines, last]))
    refused(assay("compare", "--datasets", "s.csv", "--quiet"), *words)


@pytest.mark.parametrize("content", ["{}", "{cut", '{"format": "other/1"}'])
def test_earlier_outputs_that_are_none(assay, tmp_path, content):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "results.json").write_text(content)
    refused(assay("compare", "one", "two"), "results.json")


def test_earlier_outputs_of_other_questions(assay):
    table().write_parquet("d.parquet")
    table(seed=2).write_parquet("e.parquet")
    only = ("--only", "evaluation", *QUICK)
    for out, told in {
        "one": ("d.parquet", *LABEL, "--score", "p"),
        "rows": ("e.parquet", *LABEL, "--score", "p"),
        "positive": ("d.parquet", "--label", "paid", "--positive", "no", "--prediction", "guess"),
        "label": ("d.parquet", "--label", "income", "--prediction", "age"),
    }.items():
        assert assay("analyze", *told, *only, "--out", out).status == 0
    refused(assay("compare", "one", "rows"), "not the same rows")
    refused(assay("compare", "one", "positive"), "as positive")
    refused(assay("compare", "one", "label"), "judged the label income")


class Other:
    """A model of other classes."""

    classes_ = np.array(["maybe", "never"])
    feature_names_in_ = np.array(["age"])

    def predict(self, rows):
        return np.array(["maybe", "never"] * len(rows))[: len(rows)]


def test_a_candidate_of_other_classes(assay, tmp_path):
    table().write_parquet("d.parquet")
    joblib.dump(Other(), tmp_path / "other.joblib")
    told = assay("compare", "p", "other.joblib", *COMPARED, "--trust-model")
    refused(told, "the candidate other", "maybe, never", "--label-map")


# rankings and forecasts


def ranked(queries=12, documents=5, seed=0):
    rng = np.random.default_rng(seed)
    relevance = rng.integers(0, 3, queries * documents)
    return pl.DataFrame(
        {
            "q": np.repeat(np.arange(queries) + 100 * seed, documents),
            "doc": np.tile(np.arange(documents), queries),
            "x": relevance + rng.normal(size=len(relevance)),
            "rel": relevance,
            "s": relevance + rng.normal(size=len(relevance)),
        }
    )


RANKED = ("analyze", "d.parquet", "--label", "rel", "--query-id", "q", "--score", "s", *QUICK)


@pytest.mark.parametrize(
    "data",
    [
        ranked(1),
        ranked(2),
        ranked(12, 1),
        ranked(1, 1),
        ranked().with_columns(rel=pl.lit(0)),
        ranked().with_columns(rel=pl.lit(1)),
        ranked().with_columns(s=pl.lit(1.0)),
        pl.concat([ranked(), ranked()]),
    ],
    ids=["one query", "two", "one document", "one row", "none", "all", "ties", "rows twice"],
)
def test_odd_rankings(assay, data):
    data.write_parquet("d.parquet")
    sound(assay(*RANKED))


def test_documents_that_a_query_names_twice_are_told(assay):
    ranked().with_columns(doc=pl.lit(1)).write_parquet("d.parquet")
    assert "documents_repeated" in rules_of(sound(assay(*RANKED, "--id", "doc")))


@pytest.mark.parametrize(
    ("change", "flags", "words"),
    [
        ({"rel": pl.col("rel") - 1}, [], ["negative or not finite"]),
        ({"rel": pl.lit("much")}, [], ["must be a number"]),
        ({"q": pl.when(ROW > 3).then(pl.col("q"))}, [], ["(the query) has no value"]),
        ({"s": pl.lit(float("inf"))}, [], ["infinite"]),
        (
            {"rel": pl.col("rel") * 3000},
            ["--evaluation-ranking-gain", "exponential"],
            ["2^g - 1", "linear"],
        ),
        ({"z": pl.lit("a")}, ["--baseline", "old=z"], ["must hold numbers"]),
    ],
)
def test_rankings_that_cannot_be_judged(assay, change, flags, words):
    ranked().with_columns(**change).write_parquet("d.parquet")
    refused(assay(*RANKED, *flags), *words)


def series(periods=30, names=("a", "b"), judged=7):
    rng = np.random.default_rng(0)
    parts = []
    for name in names:
        y = 10 + 3 * np.sin(np.arange(periods) * 2 * np.pi / 7) + rng.normal(size=periods)
        known = [None] * (periods - judged)
        days = pl.date_range(
            pl.date(2024, 1, 1), pl.date(2024, 1, 1) + pl.duration(days=periods - 1), eager=True
        )
        parts.append(
            pl.DataFrame(
                {"s": [name] * periods, "day": days, "y": y, "f": known + list(y[-judged:] + 0.5)},
                schema_overrides={"f": pl.Float64},
            )
        )
    return pl.concat(parts)


PANEL = ("analyze", "d.parquet", "--label", "y", "--time", "day", "--series", "s", *QUICK)
FORECAST = (*PANEL, "--prediction", "f")


@pytest.mark.parametrize(
    "data",
    [
        series(6, judged=2),
        series(names=("a",)),
        series().sample(fraction=1.0, shuffle=True, seed=1),
        series().filter(ROW % 5 > 0),
        series().with_columns(y=pl.lit(5.0)),
        series().filter(pl.col("f").is_not_null()),
    ],
    ids=["short", "one", "shuffled", "gaps", "constant", "no past"],
)
def test_odd_forecasts(assay, data):
    data.write_parquet("d.parquet")
    results = sound(assay(*FORECAST, "--only", "evaluation", "--only", "baselines"))
    assert results["sections"]["baselines"]["rungs"]


@pytest.mark.parametrize(
    ("data", "flags", "words"),
    [
        (pl.concat([series(), series().head(1)]), FORECAST, ["occur twice", "2024-01-01"]),
        (series(2, judged=1).drop("f"), PANEL, ["need series of more than"]),
        (series().with_columns(y=pl.lit(float("inf"))), FORECAST, ["no finite numbers"]),
        (series().with_columns(day=pl.when(ROW > 3).then("day")), FORECAST, ["has no time"]),
        (series().with_columns(f=pl.lit(None, dtype=pl.Float64)), FORECAST, ["no row has a pred"]),
        (series(), (*FORECAST, "--baseline", "old=zz"), ["neither a column"]),
    ],
)
def test_forecasts_that_cannot_be_judged(assay, data, flags, words):
    data.write_parquet("d.parquet")
    refused(assay(*flags), *words)


# splits


@pytest.mark.parametrize(
    ("data", "flags", "words"),
    [
        (table().head(1), [], ["one row cannot be parted"]),
        (table().head(3), ["--kind", "folds"], ["3 rows cannot be parted into 5 folds"]),
        (table(), ["--kind", "folds", "--folds", "500"], ["take 60 folds or fewer"]),
        (table(), ["--kind", "group"], ["needs a column"]),
        (table(), ["--kind", "group", "--by", "zz"], ["columns not found: zz"]),
        (
            table().with_columns(city=pl.lit("a")),
            ["--kind", "group", "--by", "city"],
            ["one group of 'city'"],
        ),
        (table(), ["--kind", "time", "--by", "age", "--gap", "-3d"], ["no length of time"]),
        (table(), ["--kind", "time", "--by", "city"], ["no time in any row"]),
        (table(), ["--shares", "80/30"], ["must sum to 1"]),
        (table(), ["--like", "none.json"], ["cannot be read"]),
    ],
)
def test_splits_that_cannot_be_made(assay, data, flags, words):
    data.write_parquet("d.parquet")
    refused(assay("data", "split", "d.parquet", "--out", "parts", *flags), *words)
