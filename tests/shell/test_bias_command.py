"""`assay bias` as it is typed: answers where there are any, else one paragraph and status 2."""

import json

import numpy as np
import polars as pl
import pytest

from assay.cli.root import run

SCORED = ("--label", "paid", "--positive", "yes", "--prediction", "said", "--score", "p")


def people(n=400, **more):
    rng = np.random.default_rng(0)
    sex = rng.choice(["f", "m"], n, p=[0.4, 0.6])
    paid = rng.random(n) < np.where(sex == "f", 0.3, 0.5)
    score = np.clip(0.3 * paid + rng.normal(0.35, 0.15, n), 0.01, 0.99)
    columns = {
        "sex": sex,
        "race": rng.choice(["A", "B", "C"], n, p=[0.6, 0.3, 0.1]),
        "age": rng.integers(18, 80, n),
        "branch": rng.choice(["x", "y"], n),
        "paid": np.where(paid, "yes", "no"),
        "said": np.where(score > 0.5, "yes", "no"),
        "p": score,
    }
    return pl.DataFrame(columns | more)


@pytest.fixture
def bias(tmp_path, capsys):
    """Run on a frame; its exit status, stdout and stderr."""

    def call(frame, *args, columns=SCORED):
        path = tmp_path / "people.parquet"
        frame.write_parquet(path)
        status = run(["bias", str(path), *columns, *map(str, args)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


@pytest.fixture
def measured(bias):
    """Run with --json; the bias section of results.json."""

    def call(frame, *args, columns=SCORED):
        status, out, err = bias(frame, "--json", *args, columns=columns)
        assert status == 0, err
        assert "section_failed" not in out
        return json.loads(out)["sections"]["bias"]

    return call


def measures(section, group, facet=0):
    told = section["facets"][facet]["measures"]
    return {each["acronym"] or each["name"]: each for each in told if each["group"] == group}


def shares(frame, column, value, by="sex"):
    counted = frame.group_by(by).agg((pl.col(column) == value).mean())
    return dict(counted.iter_rows())


def test_numbers_are_those_of_a_group_by(measured):
    rows = people()
    found = measures(measured(rows, "--facet", "sex"), "f")
    labels, answers = shares(rows, "paid", "yes"), shares(rows, "said", "yes")
    assert found["DPL"]["value"] == pytest.approx(labels["m"] - labels["f"])
    assert found["DPPL"]["value"] == pytest.approx(answers["m"] - answers["f"])
    assert found["DI"]["value"] == pytest.approx(answers["f"] / answers["m"])
    right = rows.with_columns(right=pl.col("paid") == pl.col("said"))
    accuracy = shares(right, "right", True)
    assert found["AD"]["value"] == pytest.approx(accuracy["m"] - accuracy["f"])


def test_weights_count_as_copies_of_a_row(measured):
    rows = people(w=1 + np.arange(400) % 3)
    copies = rows.select(pl.exclude("w").repeat_by("w")).explode(pl.all())
    told = measures(measured(rows, "--facet", "race", "--weight", "w"), "B")
    twice = measures(measured(copies, "--facet", "race"), "B")
    for name in ("CI", "DPL", "DPPL", "DI", "RD", "SD", "AD", "KL"):
        assert told[name]["value"] == pytest.approx(twice[name]["value"])


@pytest.mark.parametrize(
    ("more", "undefined"),
    [
        ({"said": ["yes"] * 400}, {"DRR", "DCR"}),
        ({"said": ["no"] * 400}, {"DI", "DAR", "DCA"}),
    ],
)
def test_answers_of_one_kind_undefine_some_metrics_with_a_reason(measured, more, undefined):
    found = measures(measured(people(**more), "--facet", "sex"), "f")
    for name in undefined:
        assert found[name]["value"] is None
        assert found[name]["reason"].startswith("0 of ")
    assert found["DPPL"]["value"] == 0.0
    assert found["DPL"]["value"] is not None


def test_a_group_of_one_row_is_flagged_and_not_judged(measured):
    section = measured(people(sex=["f"] + ["m"] * 399), "--facet", "sex")
    assert [each["rule"] for each in section["findings"]] == ["bias_groups_too_small"]


@pytest.mark.parametrize("n", [2, 3])
def test_tables_of_a_few_rows(measured, n):
    section = measured(people(n=400).head(n), "--facet", "sex")
    assert all(each["severity"] == "info" for each in section["findings"])


def test_rows_without_a_facet_are_left_out_or_a_group_of_their_own(measured):
    rows = people(sex=[None, "f", "m", "m"] * 100)
    facet = measured(rows, "--facet", "sex")["facets"][0]
    assert facet["rows_missing"] == 100
    assert [each["group"] for each in facet["groups"]] == ["f", "m"]
    facet = measured(rows, "--facet", "sex", "--bias-missing", "group")["facets"][0]
    assert [each["group"] for each in facet["groups"]] == ["f", "m", "(missing)"]


def test_a_blank_text_is_a_group_with_a_name(measured):
    section = measured(people(sex=["", "f", "m", "(blank)"] * 100), "--facet", "sex")
    names = {each["group"]: each["n"] for each in section["facets"][0]["groups"]}
    assert names == {"(blank)": 100, "(blank) 2": 100, "f": 100, "m": 100}


@pytest.mark.parametrize(
    ("more", "facet", "said"),
    [
        ({"sex": ["f"] * 400}, "sex", "facet sex: "),
        ({"sex": pl.Series([None] * 400, dtype=pl.String)}, "sex", "facet sex: "),
        ({}, "race=A,B,C", "facet race = A, B, C: "),
    ],
)
def test_a_facet_without_two_groups_is_left_out_and_said_to_be(bias, more, facet, said):
    status, out, _ = bias(people(**more), "--facet", facet)
    assert status == 0
    assert f"no bias was measured\nleft out: {said}" in out
    assert "no groups could be compared" in out
    status, out, _ = bias(people(**more), "--facet", facet, "--facet", "age>40")
    assert status == 0
    assert f"left out: {said}" in out


@pytest.mark.parametrize(
    ("more", "by", "reason"),
    [
        ({"branch": pl.Series([None] * 400, dtype=pl.String)}, "branch", "no row has a value"),
        ({}, "sex", "is the facet itself"),
    ],
)
def test_a_group_variable_that_says_nothing_is_a_reason(measured, more, by, reason):
    section = measured(people(**more), "--facet", "sex", "--group-variable", by)
    found = measures(section, "f")
    assert found["CDDL"]["value"] is None
    assert reason in found["CDDL"]["reason"]
    assert found["DPL"]["value"] is not None


def test_too_many_subgroups_are_a_reason_and_never_put_together(measured):
    n = 120_000
    rows = people(n, branch=np.arange(n) % 60_000, sex=np.arange(n) // 60_000)
    section = measured(rows.drop("p", "race"), "--facet", "sex", "--group-variable", "branch",
                       columns=SCORED[:-2])  # fmt: skip
    assert "too many values to count by" in measures(section, "0")["CDDL"]["reason"]


def test_rows_without_a_subgroup_are_counted(measured):
    rows = people(branch=[None, "x", "y", "y"] * 100)
    found = measures(measured(rows, "--facet", "sex", "--group-variable", "branch"), "f")
    assert "100 rows without a value" in " ".join(found["CDDL"]["warnings"])
    assert found["CDDL"]["n"] == 300


REFUSED = {
    "facet is the label": (["--facet", "paid"], ["is the label column 'paid'"]),
    "facet is the score": (["--facet", "p"], ["is the score column 'p'"]),
    "facet is the weight": (["--facet", "age", "--weight", "age"], ["is the weight column"]),
    "value that no row has": (["--facet", "sex=q"], ["no row has 'q'", "m, f"]),
    "threshold at the maximum": (["--facet", "age>79"], ["at or above the maximum", "79"]),
    "threshold on a text": (["--facet", "race>3"], ["holds no numbers", "race=…"]),
    "facet that is not there": (["--facet", "sexx"], ["did you mean sex?"]),
    "the same facet twice": (["--facet", "sex", "--facet", "sex"], ["named twice"]),
    "facet times itself": (["--facet", "sex*sex"], ["with itself"]),
    "bands that fall": (["--facet", "age:45,25"], ["age:25,45"]),
    "no facet": ([], ["--facet"]),
    "group variable is the label": (
        ["--facet", "sex", "--group-variable", "paid"],
        ["the group variable 'paid' is the label"],
    ),
    "tolerance without numbers": (
        ["--facet", "sex", "--bias-tolerance", "DPPL=x"],
        ["--bias-tolerance", "DPPL=0.05"],
    ),
    "tolerance without parity": (
        ["--facet", "sex", "--bias-tolerance", "DPPL=0.1..0.3"],
        ["leaves out 0"],
    ),
    "unknown metric": (["--facet", "sex", "--bias-metrics", "FOO"], ["FOO"]),
    "positive class of two": (["--facet", "sex", "--bias-positive", "no"], ["--positive"]),
    "label threshold of classes": (
        ["--facet", "sex", "--bias-label-threshold", "3"],
        ["a label threshold needs numbers"],
    ),
    "joined with nothing": (["--facet", "sex", "--join-on", "age"], ["--facet-data"]),
}


@pytest.mark.parametrize(("args", "said"), REFUSED.values(), ids=REFUSED)
def test_wrong_input_is_one_paragraph(bias, args, said):
    status, out, err = bias(people(), "--quiet", *args)
    assert status == 2
    assert not out
    assert "Traceback" not in err
    for each in said:
        assert each in err


NUMBERS = ("--label", "price", "--prediction", "guess")


def prices(n=400):
    rng = np.random.default_rng(1)
    price = rng.normal(100, 20, n)
    return people(n, price=price, guess=price + rng.normal(0, 5, n)).drop("paid", "said", "p")


def test_a_threshold_makes_a_quantity_an_outcome(measured):
    rows = prices()
    section = measured(rows, "--facet", "sex", "--bias-label-threshold", 100, columns=NUMBERS)
    above = shares(rows.with_columns(above=pl.col("price") > 100), "above", True)
    value = measures(section, "f")["DPL"]["value"]
    assert value == pytest.approx(above["m"] - above["f"])


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--bias-label-threshold", 1000], "at or above the maximum of 'price'"),
        (["--bias-label-threshold", -1000], "below the minimum of 'price'"),
        (["--bias-positive", "3"], "--bias-label-threshold"),
    ],
)
def test_outcomes_that_a_quantity_does_not_give(bias, args, said):
    status, _, err = bias(prices(), "--quiet", "--facet", "sex", *args, columns=NUMBERS)
    assert status == 2
    assert said in err


@pytest.mark.parametrize(
    ("args", "title"),
    [
        (["--bias-parity", "equal_opportunity"], "thresholds by group"),
        (["--bias-reweigh"], "reweighing"),
    ],
)
def test_an_option_that_cannot_be_worked_out_is_listed(measured, args, title):
    section = measured(prices(), "--facet", "sex", *args, columns=NUMBERS)
    assert title in {each["title"] for each in section["left_out"]}


@pytest.fixture
def side(tmp_path):
    """Write a side file; its path."""

    def write(frame):
        path = tmp_path / "side.csv"
        frame.write_csv(path)
        return path

    return write


def genders(n=400):
    rng = np.random.default_rng(3)
    return pl.DataFrame({"k": np.arange(n), "gender": rng.choice(["f", "m"], n)})


def test_a_side_file_is_matched_by_its_key_in_any_order(measured, side):
    rows = people(k=np.arange(400))
    sorted_ = measured(rows.with_columns(genders()["gender"]), "--facet", "gender")
    shuffled = side(genders().sample(fraction=1, shuffle=True, seed=1))
    joined = measured(rows, "--facet", "gender", "--facet-data", shuffled, "--join-on", "k")
    for name in ("DPL", "DPPL", "AD"):
        assert measures(joined, "f")[name]["value"] == measures(sorted_, "f")[name]["value"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda each: pl.concat([each, each.head(3)]), "3 values of the identifier 'k'"),
        (lambda each: each.rename({"k": "q"}), "columns not found: k"),
        (lambda each: each.rename({"gender": "x"}), "columns not found: gender"),
        (lambda each: each.with_columns(pl.format("{}a", "k").alias("k")), "nothing would match"),
    ],
)
def test_a_side_file_that_does_not_fit_is_refused(bias, side, change, said):
    args = ("--facet", "gender", "--facet-data", side(change(genders())), "--join-on", "k")
    status, _, err = bias(people(k=np.arange(400)), "--quiet", *args)
    assert status == 2
    assert said in err


def test_the_written_config_gives_the_same_numbers(bias, tmp_path, capsys):
    out = tmp_path / "out"
    args = ("--facet", "sex*race", "--facet", "age>40", "--group-variable", "branch")
    assert bias(people(), *args, "--out", out, "--seed", 3)[0] == 0
    again = tmp_path / "again"
    assert run(["bias", str(out / "assay.yaml"), "--out", str(again)]) == 0
    capsys.readouterr()
    first, second = (
        json.loads((folder / "results.json").read_text(encoding="utf-8"))["sections"]["bias"]
        for folder in (out, again)
    )
    assert first == second


def test_several_labels_are_said_not_to_be_looked_at(bias):
    rows = people(u=np.arange(400) % 2, v=np.arange(400) % 3 // 2, pu=np.arange(400) % 2)
    rows = rows.with_columns(pv=pl.col("pu")).drop("paid", "said", "p")
    named = ("--label", "u", "--label", "v", "--prediction", "pu", "--prediction", "pv")
    status, _, err = bias(rows, "--quiet", "--facet", "sex", columns=named)
    assert status == 2
    assert "rows with several labels are not looked at for bias" in err
