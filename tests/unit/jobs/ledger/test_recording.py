"""Looks are counted by content, once a model, and said when they are many."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.jobs.ledger import Look, Shown, look_at, read_standing, record_look
from assay.jobs.ledger.file import LedgerFile
from assay.models.predictor import ModelInfo


def look(model, *, test="fs1:0", rows=400, part="test"):
    return Look(
        test=(test,), model=(f"content:{model}",), rows=rows, part=part, model_name=str(model)
    )


def auc(value, low, high):
    return Shown(
        name="roc_auc",
        title="ROC AUC",
        value=value,
        low=low,
        high=high,
        n=400,
        greater_is_better=True,
    )


def rules(recorded):
    return [each.rule for each in recorded.findings]


def test_the_same_model_is_one_look_however_often(tmp_path):
    first = [record_look(look("a"), folder=tmp_path) for _ in range(10)]
    assert [each.entry is not None for each in first] == [True] + [False] * 9
    assert all(each.standing.looks == 1 for each in first)
    assert all(each.findings == () for each in first)
    assert len(LedgerFile(tmp_path).read().entries) == 1


def test_severity_follows_the_number_of_models(tmp_path):
    found = [rules(record_look(look(name), folder=tmp_path)) for name in "abcde"]
    assert found == [[], ["test_looked_at"], ["test_looked_at"]] + [["test_looked_at_often"]] * 2
    again = record_look(look("a"), folder=tmp_path)
    assert again.standing.looks == 5
    assert rules(again) == ["test_looked_at_often"]


def test_another_test_or_part_counts_for_itself(tmp_path):
    for name in "abcde":
        record_look(look(name), folder=tmp_path)
    assert rules(record_look(look("f", test="fs1:1"), folder=tmp_path)) == []
    validation = record_look(look("f", part="validation"), folder=tmp_path)
    assert validation.findings == ()
    assert validation.standing.looks == 1


def test_validation_rows_may_be_looked_at_often(tmp_path):
    told = [record_look(look(name, part="validation"), folder=tmp_path) for name in "abcdef"]
    assert [each.standing.looks for each in told] == [1, 2, 3, 4, 5, 6]
    assert all(each.findings == () for each in told)


def test_a_verdict_that_correction_takes_away_is_an_error(tmp_path):
    shown = [auc(0.56, 0.505, 0.615)]
    once = record_look(look("a"), metrics=shown, chance=0.5, folder=tmp_path)
    assert rules(once) == []
    for name in "bcde":
        record_look(look(name), metrics=shown, chance=0.5, folder=tmp_path)
    told = record_look(look("f"), metrics=shown, chance=0.5, folder=tmp_path)
    assert rules(told) == ["test_reuse", "test_looked_at_often"]
    reuse = told.findings[0]
    assert reuse.severity == "error"
    assert reuse.evidence["corrected_low"] < 0.5 < reuse.evidence["low"]
    strong = [auc(0.8, 0.76, 0.84)]
    told = record_look(look("g"), metrics=strong, chance=0.5, folder=tmp_path)
    assert rules(told) == ["test_looked_at_often"]
    json.dumps([each.to_dict() for each in told.findings], allow_nan=False)


def test_a_seal_is_written_once_and_said_to_other_models(tmp_path):
    record_look(look("a"), folder=tmp_path)
    sealed = record_look(look("a"), purpose="final", folder=tmp_path)
    assert sealed.entry is not None
    assert sealed.entry.purpose == "final"
    assert record_look(look("a"), purpose="final", folder=tmp_path).entry is None
    assert record_look(look("a"), folder=tmp_path).entry is None
    assert rules(record_look(look("a"), folder=tmp_path)) == []
    other = record_look(look("b"), folder=tmp_path)
    assert rules(other) == ["test_looked_at", "test_sealed"]


def test_a_model_is_one_by_its_file_and_its_answers(tmp_path):
    as_file = replace(look("a"), model=("content:1", "answers:9"))
    as_column = replace(look("a"), model=("answers:9",))
    other_file = replace(look("a"), model=("content:2", "answers:9"))
    record_look(as_file, folder=tmp_path)
    assert record_look(as_column, folder=tmp_path).entry is None
    assert record_look(other_file, folder=tmp_path).entry is None


def test_a_standing_that_is_read_writes_nothing(tmp_path):
    record_look(look("a"), folder=tmp_path)
    standing, told = read_standing(look("b"), folder=tmp_path)
    assert standing.looks == 2
    assert told == ()
    assert len(LedgerFile(tmp_path).read().entries) == 1


def test_a_store_that_cannot_be_written_to_is_a_note(tmp_path):
    (tmp_path / "file").write_text("mine")
    told = record_look(look("a"), folder=tmp_path / "file")
    assert rules(told) == ["look_not_counted"]
    assert told.entry is None


def test_a_changed_ledger_is_said(tmp_path):
    record_look(look("a"), folder=tmp_path)
    file = LedgerFile(tmp_path)
    text = file.path.read_text().replace('"rows": 400', '"rows": 401')
    file.path.write_text(text)
    assert rules(record_look(look("b"), folder=tmp_path)) == ["ledger_changed", "test_looked_at"]
    file.path.write_bytes(file.path.read_bytes() + b'{"format"')
    assert "ledger_repaired" in rules(record_look(look("c"), folder=tmp_path))


def scored(n=300, seed=0):
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {"key": range(n), "x": rng.normal(size=n), "y": rng.integers(0, 2, n), "p": rng.random(n)}
    )


def at(frame, **roles):
    return look_at(Dataset.read(frame, label="y", **roles))


def test_a_shuffle_is_the_same_test_and_the_same_model():
    frame = scored()
    shuffled = frame.sample(fraction=1, shuffle=True, seed=1)
    one, two = at(frame, score="p"), at(shuffled, score="p")
    assert one.test == two.test
    assert one.model == two.model


def test_answers_under_another_name_are_the_same_model_and_others_are_not():
    frame = scored()
    renamed = frame.rename({"p": "q"})
    other = frame.with_columns(p=1 - pl.col("p"))
    one, two = at(frame, score="p"), at(renamed, score="q")
    assert (one.test, one.model) == (two.test, two.model)
    three = at(other, score="p")
    assert one.test == three.test
    assert one.model != three.model


def test_answers_belong_to_their_rows():
    frame = scored()
    swapped = frame.with_columns(p=pl.col("p").reverse())
    assert at(frame, score="p").model != at(swapped, score="p").model


def test_other_labels_or_rows_are_another_test():
    frame = scored()
    assert at(frame, score="p").test != at(frame.head(299), score="p").test
    flipped = frame.with_columns(y=1 - pl.col("y"))
    assert at(frame, score="p").test != at(flipped, score="p").test


def test_without_columns_of_answers_it_is_the_fingerprint_of_the_rows():
    frame = scored().drop("p")
    data = Dataset.read(frame, label="y")
    found = look_at(data, info=ModelInfo(name="m", digest="abc"), answers=())
    assert found.test == (data.fingerprint().order_free,)
    assert found.model[0] == "content:abc"
    assert found.model_name == "m"


def test_ids_make_it_the_same_test_when_a_feature_is_added():
    frame = scored()
    more = frame.with_columns(new=pl.col("x") * 2)
    one, two = at(frame, score="p", id="key"), at(more, score="p", id="key")
    assert one.test[0] != two.test[0]
    assert one.test[1] == two.test[1]


def test_where_rows_are_alike_the_order_tells_tests_apart():
    rng = np.random.default_rng(2)
    labels = rng.integers(0, 2, 300)
    frame = pl.DataFrame({"y": labels, "p": rng.random(300)})
    other = pl.DataFrame({"y": rng.permutation(labels), "p": rng.random(300)})
    one = at(frame, score="p")
    assert one.test[0].startswith("fo1:")
    assert one.test != at(other, score="p").test
    assert one.test == at(frame.with_columns(p=pl.lit(0.5)), score="p").test


def test_other_candidates_beside_are_no_part_of_the_rows():
    frame = scored().with_columns(q=pl.col("p") / 2)
    data = Dataset.read(frame, label="y", score="p")
    one = look_at(data, answers=["p"], beside=["p", "q"])
    two = look_at(data, answers=["q"], beside=["p", "q"])
    assert one.test == two.test == at(scored(), score="p").test
    assert one.model != two.model


@pytest.mark.parametrize("digest", ["abc", None])
def test_settings_of_a_model_are_part_of_it(digest):
    data = Dataset.read(scored(), label="y", score="p")
    plain = look_at(data, info=ModelInfo(name="m", digest=digest))
    told = look_at(data, info=ModelInfo(name="m", digest=digest, settings="output=2"))
    assert (plain.model == told.model) is (digest is None)
