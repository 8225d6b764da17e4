"""Explained texts against the definitions, and odd input."""

import json

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.errors import ColumnNotFoundError, InputError, ModelError
from assay.explainability.text.clarify import clarify_record, global_top_shap_text
from assay.explainability.text.explain import explain_text
from assay.explainability.text.levels import sentence_groups
from assay.explainability.text.units import split_text
from orders_of_players import owen, shapley


def model(texts):
    """Count letters with a few products, so that words work together."""
    made = []
    for text in texts:
        a, e, bang = text.count("a"), text.count("e"), text.count("!")
        made.append([a * e + 0.1 * len(text) + bang, np.sin(a + 2 * e) + (" b" in text)])
    return np.array(made)


def masked(text, units, on, background):
    out, before = "", 0
    for place, unit in enumerate(units):
        out += text[before : unit.start] + (unit.text if place in on else background)
        before = unit.end
    return out + text[before:]


@pytest.mark.parametrize("background", ["", "[MASK]", "<UNK> "])
@pytest.mark.parametrize("granularity", ["token", "sentence"])
def test_exact_against_all_orders(background, granularity):
    text = "An apple, be a pea! Eat bananas. Hm…"
    made = explain_text(model, text, granularity=granularity, background=background)
    [row] = made.rows
    units = split_text(text, granularity)
    assert row.units == units
    assert row.exact
    wanted = shapley(lambda on: model([masked(text, units, on, background)])[0], len(units))
    np.testing.assert_allclose(row.values, wanted, atol=1e-8)
    np.testing.assert_allclose(row.base, model([masked(text, units, (), background)])[0])
    assert made.additivity_error < 1e-9
    assert not row.standard_errors.any()


def test_columns_beside_the_text_are_players():
    table = pl.DataFrame({"note": ["an apple a day", "be"], "age": [3.0, 5.0], "sex": [1, 0]})
    background = pl.DataFrame({"age": [1.0, 2.0, 3.0], "sex": [0, 1, 1]})

    def scored(rows):
        a = np.array([text.count("a") for text in rows["note"]])
        return a * rows["age"].to_numpy() + rows["sex"].to_numpy() * rows["age"].to_numpy()

    made = explain_text(scored, table, background_rows=background)
    units = split_text("an apple a day")

    def value(on):
        text = masked("an apple a day", units, on, "")
        rows = [
            {"note": text, "age": 3.0 if 4 in on else age, "sex": 1 if 5 in on else sex}
            for age, sex in background.iter_rows()
        ]
        return [np.mean(scored(pl.DataFrame(rows)))]

    np.testing.assert_allclose(made.rows[0].values, shapley(value, 6), atol=1e-8)
    assert made.rows[0].cells == {"age": "3.0", "sex": "1"}
    again = explain_text(scored, table.to_pandas(), background_rows=background.to_pandas())
    np.testing.assert_allclose(again.rows[0].values, made.rows[0].values, atol=1e-12)
    assert made.to_frame().filter(pl.col("kind") == "column").height == 4
    # Repeated questions are asked once.
    assert made.cost.made < made.cost.asked


def test_a_column_equal_to_its_background_gets_nothing():
    table = pd.DataFrame({"note": ["a b"], "age": [3]})

    def scored(rows):
        return [len(text) + age for text, age in zip(rows["note"], rows["age"], strict=True)]

    made = explain_text(scored, table, background_rows=pd.DataFrame({"age": [3, 3]}))
    assert made.rows[0].values[-1].tolist() == [0.0]


def test_words_in_two_levels_are_owen_values():
    text = "An apple! Be a pea. Eat bananas."
    made = explain_text(model, text, many=4)
    units = split_text(text)
    [row] = made.rows
    assert row.units == units
    assert row.exact
    groups, place = [], 0
    for group in sentence_groups(text, units, 4):
        groups.append([*range(place, place + len(group))])
        place += len(group)
    assert [len(group) for group in groups] == [2, 3, 2]
    wanted = owen(lambda on: model([masked(text, units, on, "")])[0], groups)
    np.testing.assert_allclose(row.values, wanted, atol=1e-8)


def test_sentences_that_matter_little_stay_whole():
    text = "free money now. " + " ".join(f"Nothing {n} here." for n in "bcdefghijk")

    def scored(texts):
        return [("free" in t) + ("free money" in t) + 0.001 * t.count("Nothing") for t in texts]

    made = explain_text(scored, text, many=10)
    [row] = made.rows
    assert [unit.text for unit in row.units[:4]] == ["free", "money", "now", "Nothing b here"]
    assert [unit.kind for unit in row.units] == ["token"] * 3 + ["sentence"] * 10
    np.testing.assert_allclose(row.values[:4, 0], [1.5, 0.5, 0.0, 0.001], atol=1e-6)
    assert made.additivity_error < 1e-9
    assert "Owen" in row.method


def test_words_sum_to_their_sentence_when_states_are_drawn():
    rng = np.random.default_rng(3)
    words = ["aa", "be", "ae", "b", "ea", "c"]
    text = " ".join(" ".join(rng.choice(words, 6)).capitalize() + "." for _ in range(8))

    def scored(texts):
        return [np.tanh(t.count("a") * t.count("e") / 60) for t in texts]

    [row] = explain_text(scored, text, many=10, tolerance=None).rows
    spans = [
        tuple(unit for unit in group) for group in sentence_groups(text, split_text(text), 10)
    ]
    whole = explain_text(
        scored,
        text,
        granularity=lambda text: [(group[0].start, group[-1].end - 0) for group in spans],
    )
    totals = [
        sum(
            row.values[at, 0]
            for at, u in enumerate(row.units)
            if g[0].start <= u.start < g[-1].end
        )
        for g in spans
    ]
    # Off, a sentence keeps the spaces between its words here and loses them there.
    np.testing.assert_allclose(totals, whole.rows[0].values[:, 0], atol=1e-6)
    assert (row.standard_errors > 0).any()
    assert not row.exact


def test_same_seed_same_numbers_whatever_the_batches():
    text = " ".join(f"{c}a{c}e" for c in "bcdfghjklmnpqrstvwxz")
    kept = [
        explain_text(model, text, calls=128, batch_rows=batch, seed=5).rows[0].values
        for batch in (None, 7)
    ]
    np.testing.assert_array_equal(*kept)


@pytest.mark.parametrize("text", ["", "   ", "?!…"])
def test_texts_without_units(text):
    made = explain_text(model, ["an apple", text])
    row = made.rows[1]
    assert row.values.shape == (0, 2)
    np.testing.assert_array_equal(row.base, row.prediction)
    assert [each.rule for each in made.findings] == ["text_without_units"]
    json.dumps(made.to_dict(), allow_nan=False)
    assert "<" in made.highlight(1)
    made.plot(1)


def test_one_unit_gets_the_difference():
    [row] = explain_text(model, "banana").rows
    np.testing.assert_allclose(row.values[0], model(["banana"])[0] - model([""])[0])


@pytest.mark.parametrize(
    "text",
    ["東京は雨。傘？", "สวัสดี a", "مرحبا كيف a", "👩‍👩‍👧 a 🇩🇪", "שלום 'a' \u202etxt", "\x00a\x1bb"],
)
def test_other_scripts(text):
    made = explain_text(model, text)
    [row] = made.rows
    assert all(text[unit.start : unit.end] == unit.text for unit in row.units)
    assert made.additivity_error < 1e-9
    html = made.highlight()
    assert not any(ord(char) < 32 and char != "\n" for char in html)


def test_ten_thousand_characters():
    sentences = [f"The {n}th word of sentence {n} is apple or pear." for n in range(210)]
    text = " ".join(sentences) + " Buy free stuff!"
    assert len(text) > 9_000

    def scored(texts):
        return [1.0 * ("free" in t) + 0.5 * ("Buy free" in t) for t in texts]

    made = explain_text(scored, text, calls=600)
    [row] = made.rows
    best = row.units[int(np.argmax(row.values[: len(row.units), 0]))]
    assert best.text == "free"
    assert best.start == text.index("free")
    assert made.additivity_error < 1e-9


def test_a_text_of_one_sentence_without_end():
    text = " ".join(f"w{n}" for n in range(300)) + " free"
    [row] = explain_text(lambda texts: [float("free" in t) for t in texts], text).rows
    assert row.units[-1].text == "free"
    assert row.values[-1, 0] == pytest.approx(1.0)


def test_pooled_words():
    texts = ["Win a prize", "win WIN win", "a day", "a week", "a", "A"]
    made = explain_text(lambda some: [0.2 * t.lower().count("win") for t in some], texts)
    first, second = made.global_tokens(min_count=4)
    assert (first.token, first.count, first.n_texts) == ("win", 4, 2)
    assert (first.mean, first.mean_abs) == (pytest.approx(0.2), pytest.approx(0.2))
    assert (second.token, second.count) == ("a", 5)
    assert [each.token for each in made.global_tokens()] == ["a"]


def test_files_of_clarify():
    table = pl.DataFrame({"note": ["I love this", "bad, bad"], "age": [3, 4]})
    made = explain_text(
        lambda rows: [t.count("bad") + 0.0 * a for t, a in rows.rows()], table, classes=["no"]
    )
    line = clarify_record(made.rows[1], "note", order=["note", "age"], join_source_value=7)
    assert [each["feature_name"] for each in line["explanations"]] == ["note", "age"]
    words, age = line["explanations"]
    assert words["data_type"] == "free_text"
    assert words["attributions"][1]["description"] == {"partial_text": "bad", "start_idx": 5}
    assert age == {
        "feature_name": "age",
        "data_type": "numerical",
        "attributions": [{"attribution": [0.0]}],
    }
    assert line["join_source_value"] == 7
    assert "join_source_value" not in clarify_record(made.rows[1], "note")
    top = global_top_shap_text(made, max_top_tokens=2)
    assert top == {"bad": pytest.approx(1.0), "i": 0.0}
    assert global_top_shap_text(made, agg_method="median", max_top_tokens=1) == {
        "bad": pytest.approx(1.0)
    }
    with pytest.raises(InputError, match="unknown agg_method 'max'"):
        global_top_shap_text(made, agg_method="max")


def test_highlighting_is_escaped_and_says_the_numbers():
    made = explain_text(
        lambda texts: [t.count("<b>") - 0.5 * t.count("free") for t in texts],
        'x <b> & "free"',
        granularity=lambda text: [(2, 5), (9, 13)],
        classes=["<spam>"],
    )
    html = made.highlight()
    assert "<b>" not in html
    assert "&lt;b&gt;" in html
    assert 'class="up" style="--a:1.000;--w:4.0px" title="+1"' in html
    assert 'class="down" style="--a:0.500;--w:2.5px" title="−0.5"' in html
    assert "&lt;spam&gt;" in html
    assert "1 of 1 texts" in made._repr_html_()


def test_values_not_told_from_zero_are_hollow():
    rng = np.random.default_rng(0)
    weights = rng.normal(size=40)

    def scored(texts):
        on = np.array([[f"w{n:02}" in t for n in range(40)] for t in texts])
        return np.tanh(on @ weights) * 0.5 + np.sin(on @ weights[::-1] * 3)

    made = explain_text(scored, " ".join(f"w{n:02}" for n in range(40)), calls=100)
    assert " open" in made.highlight()
    assert [each.rule for each in made.findings] == ["text_values_imprecise"]


def test_what_is_refused():
    table = pl.DataFrame({"a": ["x"], "b": ["y"], "n": [1]})
    with pytest.raises(InputError, match="several columns hold text: a, b; name the one"):
        explain_text(model, table)
    with pytest.raises(ColumnNotFoundError, match="columns not found: c"):
        explain_text(model, table, column="c")
    with pytest.raises(InputError, match="need background rows"):
        explain_text(model, table, column="a")
    with pytest.raises(InputError, match=r"1 of 2 texts are none, the first is row 1 \(missing\)"):
        explain_text(model, ["a", None])
    with pytest.raises(InputError, match="no text was given"):
        explain_text(model, [])
    with pytest.raises(InputError, match="must be a text, not 0"):
        explain_text(model, "a", background=0)
    with pytest.raises(InputError, match="at least 2 calls"):
        explain_text(model, "a b", calls=0)
    with pytest.raises(ModelError, match="no finite number"):
        explain_text(lambda texts: [np.nan] * len(texts), "a b")
    with pytest.raises(InputError, match="no output 'x'"):
        explain_text(model, "a b").highlight(output="x")


def test_a_model_that_draws_is_noticed():
    rng = np.random.default_rng(0)
    made = explain_text(lambda texts: rng.random(len(texts)), "a b c")
    assert "model_not_deterministic" in [each.rule for each in made.findings]


def test_ctrl_c_keeps_what_is_finished():
    calls = []

    def scored(texts):
        calls.append(len(texts))
        if len(calls) > 4:
            raise KeyboardInterrupt
        return [float(len(t)) for t in texts]

    made = explain_text(scored, ["a b"] * 40)
    assert 0 < len(made) < 40
    assert made.findings[0].rule == "explanation_stopped"


@given(st.text(alphabet="ab e!.\n", max_size=25), st.integers(0, 5))
def test_values_always_sum_to_the_prediction(text, seed):
    made = explain_text(model, text, seed=seed, calls=40)
    assert made.additivity_error < 1e-8
    assert made.to_frame().height == 2 * len(made.rows[0].units)


def test_pipelines_of_texts_and_tables():
    from sklearn.compose import ColumnTransformer
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    texts = ["free prize now", "see you at home", "claim a free prize", "home with mum"] * 5
    label = np.array(["spam", "ham", "spam", "ham"] * 5)
    words = make_pipeline(CountVectorizer(), LogisticRegression()).fit(texts, label)
    made = explain_text(words, texts[:1], output="raw")
    # The margin is linear in the words: each adds its coefficient.
    vocabulary = words[0].vocabulary_
    wanted = [words[1].coef_[0, vocabulary[word]] for word in ("free", "prize", "now")]
    np.testing.assert_allclose(made.rows[0].values[:, 0], wanted, atol=1e-9)
    assert made.outputs == ("spam",)
    table = pd.DataFrame({"text": texts, "n": range(20)})
    only = explain_text(words, table[["text"]].head(1), output="raw")
    np.testing.assert_array_equal(only.rows[0].values, made.rows[0].values)
    assert explain_text(words, texts[:1]).output == "probability"
    both = make_pipeline(
        ColumnTransformer([("t", CountVectorizer(), "text"), ("n", "passthrough", ["n"])]),
        LogisticRegression(),
    ).fit(table, label)
    seen = explain_text(both, table.head(2), output="raw", background_rows=table)
    n = table["n"]
    slope = both[1].coef_[0, -1]
    np.testing.assert_allclose(seen.rows[1].values[-1, 0], slope * (n[1] - n.mean()), atol=1e-9)
    assert seen.n_background == 20
