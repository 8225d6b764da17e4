"""Bad input: one short paragraph that says what, where and what to do; status 2; nothing left."""

import gzip
import os
import sys
from pathlib import Path

import joblib
import numpy as np
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

from assay.cli.root import run

SCORED = ("--label", "paid", "--positive", "yes", "--score", "p")
FEATURES = ["age", "income"]


def table(n=200):
    rng = np.random.default_rng(7)
    paid = rng.random(n) < 0.4
    return pl.DataFrame(
        {
            "age": rng.integers(18, 90, n),
            "income": rng.normal(30 + 10 * paid, 5),
            "paid": np.where(paid, "yes", "no"),
            "p": np.clip(rng.normal(0.35 + 0.3 * paid, 0.15), 0.0, 1.0),
        }
    )


def lines():
    return table().write_csv().splitlines()


def spoiled(column, value, row=6):
    """The table with one value of a column replaced; `row` counted from 0."""
    wrong = pl.when(pl.int_range(pl.len()) == row).then(pl.lit(value)).otherwise(pl.col(column))
    return table().with_columns(wrong.alias(column))


def csv(text):
    return lambda path: path.with_suffix(".csv").write_text(text, encoding="utf-8")


def raw(content):
    return lambda path: path.with_suffix(".csv").write_bytes(content)


def named(suffix, content):
    return lambda path: path.with_suffix(f".{suffix}").write_bytes(content)


def frame(data):
    return lambda path: data.write_parquet(path.with_suffix(".parquet"))


LATIN = "\n".join([*lines()[:3], "33,1.5,yès,0.4", *lines()[3:]]).encode("latin-1")
DATA = {
    "empty": (raw(b""), ["table.csv is empty"]),
    "header only": (csv(lines()[0] + "\n"), ["a header and no rows"]),
    "ragged": (
        csv("\n".join([*lines()[:5], "1,2,3,4,5,6", *lines()[5:]])),
        ["line 6", "6 fields"],
    ),
    "doubtful delimiter": (
        csv("\n".join(lines()).replace(",", ";").replace("age;", "age|", 1)),
        ["semicolons and bars", "--delimiter"],
    ),
    "truncated gzip": (
        named("csv.gz", gzip.compress("\n".join(lines()).encode())[:-20]),
        ["table.csv.gz is cut off", "again"],
    ),
    "half a JSON line": (
        named("jsonl", table().write_ndjson().encode()[:-30]),
        ["line 200 is not JSON", "cut off"],
    ),
    "mixed types": (
        named("jsonl", table().write_ndjson().replace('"p":', '"p":"?", "q":', 1).encode()),
        ["column 'p' mixes types", "line 1", "line 2", "--missing '?'"],
    ),
    "Parquet named CSV": (raw(b"PAR1...."), ["not CSV", "Parquet", "rename"]),
    "gzip that is none": (named("csv.gz", b"age,paid,p\n"), ["not compressed", "take .gz"]),
    "latin-1": (raw(LATIN), ["not UTF-8", "line 4", "iconv"]),
    "duplicate names": (
        csv("\n".join(["age,age,paid,p", *lines()[1:]])),
        ["more than one column named 'age'", "rename"],
    ),
    "one class": (frame(table().with_columns(paid=pl.lit("yes"))), ["only the value 'yes'"]),
    "null label": (frame(spoiled("paid", None)), ["'paid'", "row 7", "drop these rows"]),
    "score outside": (frame(spoiled("p", 1.7)), ["'p'", "row 7", "1.7", "--use ranking"]),
    "NaN score": (frame(spoiled("p", float("nan"))), ["'p'", "row 7", "nan"]),
    "infinite score": (frame(spoiled("p", float("inf"))), ["'p'", "row 7", "inf"]),
    "text score": (frame(table().with_columns(p=pl.lit("high"))), ["'p'", "number"]),
    "no label": (frame(table().drop("paid")), ["paid", "age, income, p"]),
    "no score": (frame(table().drop("p")), ["not found: p", "age, income, paid"]),
    "not Parquet": (
        lambda path: path.with_suffix(".parquet").write_bytes(b"PAR0 no"),
        ["table.parquet"],
    ),
}


def nothing_is_left(folder):
    return not (folder / "assay-out").exists()


@pytest.mark.parametrize("name", DATA)
def test_data(assay, tmp_path, name):
    make, expected = DATA[name]
    make(tmp_path / "table")
    (path,) = tmp_path.glob("table.*")
    told = assay("analyze", path.name, *SCORED)
    assert told.status == 2, told.err
    for words in expected:
        assert words in told.err, told.err
    assert_short(told.err)
    assert told.out == ""
    assert nothing_is_left(tmp_path)


def assert_short(err):
    """One paragraph after the lines of progress, without a traceback."""
    (message,) = [line for line in err.splitlines() if line.startswith("assay: ")]
    assert "Traceback" not in err
    assert len(message) < 600


def test_a_byte_order_mark_is_no_fault(assay, tmp_path):
    (tmp_path / "bom.csv").write_text("\n".join(lines()), encoding="utf-8-sig")
    assert assay("evaluate", "bom.csv", *SCORED, "--quiet").status == 0


def test_a_missing_file_suggests_its_neighbour(assay, tmp_path):
    table().write_csv(tmp_path / "scored.csv")
    told = assay("analyze", "scord.csv", *SCORED)
    assert told.status == 2
    assert "not found" in told.err
    assert "did you mean" in told.err
    assert "scored.csv" in told.err
    assert nothing_is_left(tmp_path)


def test_column_names_with_html_and_newlines_are_shown_not_run(assay, tmp_path):
    names = {"age": "<script>alert(1)</script>", "income": "in\ncome\u202e"}
    table().rename(names).write_parquet(tmp_path / "odd.parquet")
    told = assay("analyze", "odd.parquet", *SCORED, "--quiet")
    assert told.status == 0, told.err
    page = (tmp_path / "assay-out" / "report.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "\u202e" not in page
    assert "in\ncome" not in page


def test_an_error_message_shows_odd_names_too(assay, tmp_path):
    table().rename({"age": "a\nb"}).write_parquet(tmp_path / "odd.parquet")
    told = assay("analyze", "odd.parquet", "--label", "nope", "--score", "p")
    assert told.status == 2
    assert_short(told.err)


@pytest.fixture
def models(tmp_path):
    """Models and the table they are fitted on, in the folder that the command runs in."""
    data = table()
    data.write_parquet(tmp_path / "table.parquet")
    good = LogisticRegression().fit(data.select(FEATURES).to_pandas(), data["paid"].to_numpy())
    joblib.dump(good, tmp_path / "good.joblib")
    more = data.with_columns(height=pl.col("age") * 2)
    wants_more = LogisticRegression().fit(
        more.select([*FEATURES, "height"]).to_pandas(), more["paid"].to_numpy()
    )
    joblib.dump(wants_more, tmp_path / "wants_more.joblib")
    numbers = LogisticRegression().fit(
        data.select(FEATURES).to_pandas(), (data["paid"] == "yes").cast(pl.Int64).to_numpy()
    )
    joblib.dump(numbers, tmp_path / "numbers.joblib")
    return tmp_path


JUDGE = ("table.parquet", "--label", "paid", "--positive", "yes", "--ignore", "p")
TRUSTED = (*JUDGE, "--trust-model")


def test_a_model_runs(assay, models):
    told = assay("evaluate", *TRUSTED, "--model", "good.joblib", "--quiet")
    assert told.status == 0, told.err


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ((*JUDGE, "--model", "good.joblib"), ["good.joblib", "--trust-model"]),
        ((*TRUSTED, "--model", "wants_more.joblib"), ["height"]),
        (
            (*TRUSTED, "--model", "numbers.joblib"),
            ["--label-map '0=no'", "--label-map '1=yes'"],
        ),
        ((*TRUSTED, "--model", "none.joblib"), ["none.joblib"]),
        ((*TRUSTED, "--model", "table.parquet"), ["table.parquet"]),
        ((*JUDGE, "--trust-model"), ["model.path", "required"]),
        (
            (*TRUSTED, "--model", "good.joblib", "--score", "age"),
            ["a model and --score were both given"],
        ),
        (
            (*TRUSTED, "--model", "good.joblib", "--threshold", "f1"),
            ["--validation"],
        ),
    ],
)
def test_model(assay, models, flags, expected):
    told = assay("analyze", *flags)
    assert told.status == 2, told.err
    for words in expected:
        assert words in told.err, told.err
    assert "Traceback" not in told.err
    assert nothing_is_left(models)


def test_the_proposed_label_map_works(assay, models):
    maps = ("--label-map", "0=no", "--label-map", "1=yes")
    told = assay("evaluate", *TRUSTED, "--model", "numbers.joblib", *maps, "--quiet")
    assert told.status == 0, told.err


OWN_MODELS = """
import numpy as np

class WrongShape:
    classes_ = np.array(["no", "yes"])
    def predict(self, rows):
        return np.array(["no"] * 3)

class Leaves:
    classes_ = np.array(["no", "yes"])
    def predict(self, rows):
        raise SystemExit(0)

class FailsLate:
    classes_ = np.array(["no", "yes"])
    def predict(self, rows):
        if (rows["age"] == 17).any():
            raise ZeroDivisionError("age 17 is not known")
        return np.array(["no", "yes"] * len(rows))[: len(rows)]
"""


@pytest.fixture
def own_model(models, monkeypatch):
    """Dump an object of a class that only a file in `lib` defines."""
    (models / "lib").mkdir()
    (models / "lib" / "own_models.py").write_text(OWN_MODELS)
    monkeypatch.syspath_prepend(str(models / "lib"))

    def dump(name):
        import own_models  # pyright: ignore[reportMissingImports]

        joblib.dump(getattr(own_models, name)(), models / "own.joblib")
        sys.modules.pop("own_models")

    yield dump
    sys.modules.pop("own_models", None)


def test_a_model_of_the_wrong_shape(assay, models, own_model):
    own_model("WrongShape")
    told = assay("analyze", *TRUSTED, "--model", "own.joblib", "--python-path", "lib")
    assert told.status == 3, told.err
    assert "it must be one a row" in told.err
    assert nothing_is_left(models)


def test_a_model_that_ends_the_program(assay, models, own_model):
    own_model("Leaves")
    told = assay("analyze", *TRUSTED, "--model", "own.joblib", "--python-path", "lib")
    assert told.status == 3, told.err
    assert nothing_is_left(models)


def test_a_model_that_fails_on_a_row_names_the_row(assay, models, own_model):
    own_model("FailsLate")
    rows = table().with_columns(
        age=pl.when(pl.int_range(pl.len()) == 150).then(17).otherwise(pl.col("age"))
    )
    rows.write_parquet(models / "table.parquet")
    told = assay("analyze", *TRUSTED, "--model", "own.joblib", "--python-path", "lib")
    assert told.status == 3, told.err
    assert "row 151" in told.err
    assert "age 17 is not known" in told.err
    assert nothing_is_left(models)


def test_a_model_whose_class_cannot_be_found(assay, models, own_model, monkeypatch):
    own_model("WrongShape")
    monkeypatch.setattr(sys, "path", [place for place in sys.path if Path(place).name != "lib"])
    told = assay("analyze", *TRUSTED, "--model", "own.joblib")
    assert told.status == 2, told.err
    assert "--python-path" in told.err
    assert nothing_is_left(models)


def test_an_unknown_config_key(assay, tmp_path):
    (tmp_path / "assay.yaml").write_text("data: t.csv\nroles:\n  lable: paid\n")
    told = assay("analyze", "assay.yaml")
    assert told.status == 2
    assert "roles.lable (line 3): unknown key; did you mean 'label'?" in told.err
    assert nothing_is_left(tmp_path)


def test_out_that_is_a_file(assay, tmp_path):
    table().write_csv(tmp_path / "t.csv")
    (tmp_path / "taken").write_text("mine")
    told = assay("analyze", "t.csv", *SCORED, "--out", "taken")
    assert told.status == 2
    assert "is a file, not a directory" in told.err
    assert "--out" in told.err
    assert (tmp_path / "taken").read_text() == "mine"


@pytest.mark.skipif(
    os.name == "nt" or getattr(os, "geteuid", lambda: 0)() == 0, reason="root may write anywhere"
)
def test_out_without_permission(assay, tmp_path):
    table().write_csv(tmp_path / "t.csv")
    (tmp_path / "locked").mkdir(mode=0o500)
    told = assay("analyze", "t.csv", *SCORED, "--out", "locked/out")
    assert told.status == 2
    assert "cannot write" in told.err


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("analyze",), "no data: name a table"),
        (("analyze", "t.csv", "--lable", "x"), "'--label'"),
        (("analyze", "t.csv", "--task", "binry"), "binry"),
        (("analyze", "t.csv", "--level", "2"), "--level: must be less than 1, found 2"),
        (("analyze", "t.csv", "--seed", "x"), "'x' is not a valid integer"),
        (("analyze", "t.csv", "--kind", "age"), "--types takes COL=KIND"),
        (("analyze", "t.csv", "--label-map", "0"), "--label-map takes MODELCLASS=DATALABEL"),
        (
            ("analyze", "t.csv", "--label-map", "0=<=50K", "--label-map", "0=>50K"),
            "--label-map names '0' twice: '<=50K' and '>50K'",
        ),
        (("analyze", "t.csv", "--kind", "age=numbr"), "--types: must be 'continuous'"),
        (("analyze", "t.csv", "--cost-fp", "1"), "give cost_fn as well"),
        (("analyze", "t.csv", "--fail-on", "eror"), "did you mean 'error'?"),
        (("analyze", "t.csv", "--only", "evalution"), "did you mean 'evaluation'?"),
        (("analyze", "t.csv", "--notify", "mail"), "there are: log"),
        (("analyze", "t.csv", "--threshold", "accuracy"), "unknown goal 'accuracy'"),
        (("analyze", "t.csv", "--data", "u.csv"), "two tables were named"),
        (("analyze", "t.csv", "--only", "evaluation"), "give --label COLUMN and --model FILE"),
        (("evaluate", "t.csv", "--label", "paid"), "give --model FILE"),
        (("analyse", "t.csv"), "did you mean 'analyze'?"),
        (("config", "chek"), "did you mean 'check'?"),
    ],
)
def test_flags(assay, tmp_path, flags, words):
    table().write_csv(tmp_path / "t.csv")
    told = assay(*flags)
    assert told.status == 2, told.err
    assert words in told.err, told.err
    assert told.out == ""
    assert nothing_is_left(tmp_path)


def test_debug_shows_where(assay, tmp_path):
    told = assay("analyze", "none.csv", *SCORED, "--debug")
    assert told.status == 2
    assert "Traceback" in told.err


def test_an_unexpected_fault_says_how_to_report_it(assay, tmp_path, monkeypatch):
    table().write_csv(tmp_path / "t.csv")

    def breaks(*_, **__):
        raise LookupError("a thing nobody thought of")

    monkeypatch.setattr("assay.jobs.analyze.assemble", breaks)
    told = assay("analyze", "t.csv", *SCORED, "--quiet")
    assert told.status not in (0, 1, 2, 3, 130)
    assert "a thing nobody thought of" in told.err
    assert "--debug" in told.err
    assert "Traceback" not in told.err
    assert nothing_is_left(tmp_path)


def test_an_old_report_is_left_alone_by_a_failed_run(assay, tmp_path):
    table().write_csv(tmp_path / "t.csv")
    (tmp_path / "assay-out").mkdir()
    (tmp_path / "assay-out" / "report.html").write_text("old")
    assert assay("analyze", "t.csv", "--label", "none").status == 2
    assert [each.name for each in (tmp_path / "assay-out").iterdir()] == ["report.html"]
    assert (tmp_path / "assay-out" / "report.html").read_text() == "old"


@pytest.mark.parametrize("arguments", [[], ["config"]])
def test_a_group_without_a_command_shows_its_help(capfd, arguments):
    assert run(arguments) == 2
    told = capfd.readouterr()
    assert told.err.startswith("Usage: assay")
    assert "Examples:" in told.err
    assert told.out == ""
