"""Saving, loading, merging, and the forms of shap and of Clarify."""

import json
import sys
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import InputError, MissingExtraError
from assay.explainability.clarify_form import clarify_kernel_shap, clarify_shap_values
from assay.explainability.result import Explanation
from assay.explainability.stored import load_explanation, merge
from explained_samples import NASTY, explained, rows_of

ARRAYS = ("values", "standard_errors", "base_values", "predictions", "exact", "converged")


def assert_same(a: Explanation, b: Explanation) -> None:
    for name in (*ARRAYS, "interactions", "interaction_errors"):
        first, second = getattr(a, name), getattr(b, name)
        if first is None:
            assert second is None
        else:
            assert first.dtype == second.dtype
            assert np.array_equal(first, second)
    assert a.data.equals(b.data)
    assert a.data.schema == b.data.schema
    assert a.to_dict() == b.to_dict()
    assert a.notes == b.notes
    assert a.cost == b.cost
    if a.background is not None:
        assert a.background.rows.equals(b.background.rows)
        assert np.array_equal(a.background.weights, b.background.weights)


@pytest.mark.parametrize("name", ["out", "out.json", "out.parquet", "folder/v1.2"])
def test_what_is_saved_is_loaded_bitwise(tmp_path, name):
    plain = explained(20, error=0.01, outputs=("a", NASTY))
    pairs = np.random.default_rng(0).normal(size=(20, 4, 4, 2))
    explanation = replace(plain, interactions=pairs, interaction_errors=np.abs(pairs) / 9)
    told = explanation.save(tmp_path / name)
    assert told.suffix == ".json"
    assert told.with_name(told.name.replace(".json", ".parquet")).exists()
    assert_same(explanation, load_explanation(tmp_path / name))
    assert not list(told.parent.glob(".*"))


@pytest.mark.parametrize(
    "odd",
    [
        lambda e: replace(e, standard_errors=None, background=None),
        lambda e: rows_of(e, []),
        lambda e: rows_of(e, [2]),
        lambda e: replace(e, data=pl.DataFrame(), player_columns=((),) * 4),
        lambda e: replace(
            e,
            data=pl.DataFrame(
                {
                    "age": pl.Series(["x", None] * 3, dtype=pl.Enum(["x", "y"])),
                    NASTY: [date(2020, 1, 1)] * 6,
                    "row": [float("nan")] * 6,
                    "values": pl.Series([["a"]] * 6),
                }
            ),
        ),
    ],
)
def test_odd_explanations_come_back_too(tmp_path, odd):
    explanation = odd(explained(6))
    explanation.save(tmp_path / "e")
    assert_same(explanation, load_explanation(tmp_path / "e"))


def test_files_from_before_errors_of_pairs_were_kept_are_read(tmp_path):
    pairs = np.random.default_rng(0).normal(size=(6, 4, 4, 1))
    told = replace(explained(6), interactions=pairs).save(tmp_path / "older")
    assert "interaction_errors" not in json.loads(told.read_text())["has"]
    loaded = load_explanation(told)
    assert np.array_equal(loaded.interactions, pairs)
    assert loaded.interaction_errors is None


def test_errors_of_pairs_are_merged_where_all_have_them():
    pairs = np.random.default_rng(0).normal(size=(6, 4, 4, 1))
    whole = replace(explained(6), interactions=pairs, interaction_errors=np.abs(pairs))
    left, right = rows_of(whole, [1, 3, 5]), rows_of(whole, [0, 2, 4])
    assert np.array_equal(merge([left, right]).interaction_errors, np.abs(pairs))
    older = replace(right, interaction_errors=None)
    assert merge([left, older]).interaction_errors is None
    assert np.array_equal(merge([left, older]).interactions, pairs)


def test_files_that_are_no_stored_explanation_are_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        load_explanation(tmp_path / "none")
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(InputError, match="is not JSON"):
        load_explanation(tmp_path / "a")
    (tmp_path / "b.json").write_text("[1]")
    with pytest.raises(InputError, match="is no stored explanation"):
        load_explanation(tmp_path / "b")
    explained(4).save(tmp_path / "c")
    explained(4, seed=1).save(tmp_path / "d")
    (tmp_path / "c.parquet").write_bytes((tmp_path / "d.parquet").read_bytes())
    with pytest.raises(InputError, match=r"is not the file that c\.json was written with"):
        load_explanation(tmp_path / "c")
    told = json.loads((tmp_path / "d.json").read_text())
    (tmp_path / "d.json").write_text(json.dumps({**told, "version": 99}))
    with pytest.raises(InputError, match="version 99 of the format"):
        load_explanation(tmp_path / "d")


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        explained(2).save(tmp_path / "file" / "e")


@given(st.permutations(range(12)), st.integers(1, 11))
@settings(max_examples=25, deadline=None)
def test_merging_any_split_gives_the_whole(order, cut):
    whole = explained(12, error=0.02)
    parts = [rows_of(whole, order[:cut]), rows_of(whole, order[cut:])]
    merged = merge(parts)
    assert merged.rows == whole.rows
    assert np.array_equal(merged.values, whole.values)
    assert merged.data.equals(whole.data)
    assert merged.cost.calls == 2 * whole.cost.calls
    assert merged.notes == whole.notes


def test_what_cannot_be_merged_is_refused():
    whole = explained(6)
    left, right = rows_of(whole, range(3)), rows_of(whole, range(3, 6))
    with pytest.raises(InputError, match="no explanations"):
        merge([])
    with pytest.raises(InputError, match=r"1 row\(s\) are explained twice, the first: 2"):
        merge([left, rows_of(whole, [2, 3])])
    for other, told in (
        (replace(right, output="raw"), "output"),
        (replace(right, standard_errors=None), "standard_errors"),
        (replace(right, background=None), "background"),
        (replace(right, data=right.data.rename({"age": "years"})), "columns of the data"),
    ):
        with pytest.raises(InputError, match=told):
            merge([left, other])


def test_shap_gets_the_same_numbers():
    shap = pytest.importorskip("shap")
    one = explained(8, error=0.1)
    found = one.to_shap()
    assert isinstance(found, shap.Explanation)
    assert np.array_equal(found.values, one.values[:, :, 0])
    assert np.array_equal(found.base_values, one.base_values[:, 0])
    assert list(found.feature_names) == list(one.players)
    assert found.data[0, 2] in ("Rome", "Oslo", "Lima")
    many = explained(8, outputs=("a", "b"), names=("p", "q", "r"))
    assert many.to_shap().values.shape == (8, 3, 2)
    assert np.array_equal(many.to_shap("b").values, many.values[:, :, 1])


def test_data_for_shap_are_numbers_where_all_are():
    pytest.importorskip("shap")
    plain = explained(8)
    numbers = replace(plain, data=plain.data.with_columns(city=pl.lit(1)))
    assert numbers.to_shap().data.dtype == np.float64


def test_without_shap_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "shap", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'assay\[explain\]'"):
        explained(2).to_shap()


def test_clarifys_table_has_all_features_of_a_label_before_the_next():
    explanation = explained(5, outputs=("a", "b"), names=("p", "q", "r"))
    ids = pl.Series("id", list("vwxyz"))
    table = clarify_shap_values(explanation, joinsource=ids)
    assert table.columns == [
        "p_label0",
        "q_label0",
        "r_label0",
        "p_label1",
        "q_label1",
        "r_label1",
        "id",
    ]
    assert table["q_label1"].to_list() == explanation.values[:, 1, 1].tolist()
    expected = clarify_kernel_shap(explanation)["label1"]["expected_value"]
    sums = table.select(pl.sum_horizontal("p_label1", "q_label1", "r_label1")).to_series()
    assert (sums + expected).to_numpy() == pytest.approx(explanation.predictions[:, 1])
    named = clarify_shap_values(explanation, label_headers=["no", "yes"])
    assert named.columns[3] == "p_yes"


@pytest.mark.parametrize(
    ("agg", "by_hand"),
    [
        ("mean_abs", lambda phi: np.abs(phi).mean()),
        ("mean_sq", lambda phi: (phi**2).mean()),
        ("median", np.median),
    ],
)
def test_clarifys_global_values_are_not_corrected(agg, by_hand):
    explanation = explained(9, error=1.0)
    found = clarify_kernel_shap(explanation, agg=agg)
    assert list(found) == ["label0"]
    for j, player in enumerate(explanation.players):
        value = found["label0"]["global_shap_values"][player]
        assert value == pytest.approx(by_hand(explanation.values[:, j, 0]))
    assert found["label0"]["expected_value"] == pytest.approx(0.3)


def test_clarifys_forms_refuse_what_does_not_fit():
    explanation = explained(4)
    with pytest.raises(InputError, match="Clarify knows no agg_method"):
        clarify_kernel_shap(explanation, agg="mean")
    with pytest.raises(InputError, match="2 name"):
        clarify_shap_values(explanation, label_headers=["a", "b"])
    with pytest.raises(InputError, match="joinsource has 1 values for 4"):
        clarify_shap_values(explanation, joinsource=pl.Series("id", [1]))
    with pytest.raises(InputError, match=r"two columns of out\.csv"):
        clarify_shap_values(explanation, joinsource=pl.Series("age_label0", [1, 2, 3, 4]))
    with pytest.raises(InputError, match="no row is explained"):
        clarify_kernel_shap(rows_of(explanation, []))
