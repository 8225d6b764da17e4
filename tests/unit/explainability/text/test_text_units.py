"""Words, sentences and paragraphs in many scripts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.errors import InputError
from assay.explainability.text.sentences import paragraph_spans, sentence_spans
from assay.explainability.text.units import split_text
from assay.explainability.text.words import word_spans


def pieces(text, cut):
    return [text[start:end] for start, end in cut(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't pay £1,000.50 now!", ["Don't", "pay", "£", "1,000.50", "now"]),
        ("well-known foo_bar ___ a__b", ["well", "known", "foo_bar", "a__b"]),
        ("東京タワーは高い。", ["東", "京", "タワー", "は", "高", "い"]),
        ("สวัสดี ครับ", ["ส", "วั", "ส", "ดี", "ค", "รั", "บ"]),
        ("한국어 단어", ["한국어", "단어"]),
        ("مرحبا، كيف", ["مرحبا", "كيف"]),
        ('צה"ל בא', ['צה"ל', "בא"]),
        ("👩‍👩‍👧 ok 🇩🇪🇫🇷👍🏽 1️⃣ ❤️", ["👩‍👩‍👧", "ok", "🇩🇪", "🇫🇷", "👍🏽", "1️⃣", "❤️"]),
        ("nai\u0308ve \u200fab\u200f", ["nai\u0308ve", "ab\u200f"]),
        ("a\u200bb", ["a", "b"]),
        ("", []),
        (" \n\t ", []),
        ("?!… --", []),
    ],
)
def test_words(text, words):
    assert pieces(text, word_spans) == words


def test_words_are_those_of_a_second_implementation():
    regex = pytest.importorskip("regex")
    texts = [
        "The quick (brown) fox can't jump 32.3 feet, right?",
        "naïve Straße Ångström 3,5 x_y 10'000 l’été a.b.c",
        "中文 and カタカナ文字 ひらがな",
        "Привет, мир! Γειά σου Κόσμε",
        "नमस्ते दुनिया هذا نص",
        "family 👨‍👩‍👧‍👦 and 🇯🇵🇺🇸",
    ]
    for text in texts:
        parts = [part for part in regex.split(r"(?wV1)\b", text) if part]
        wanted = [part for part in parts if any(c.isalnum() or ord(c) > 0x1F000 for c in part)]
        assert pieces(text, word_spans) == wanted


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Pay now! Is it 3.5 or 4? He said so.", ["Pay now!", "Is it 3.5 or 4?", "He said so."]),
        ('J. Smith, e.g. this. "Yes."  No', ["J. Smith, e.g. this.", '"Yes."', "No"]),
        ("今日は。元気？はい！", ["今日は。", "元気？", "はい！"]),
        ("สวัสดีครับ ผมชื่อ", ["สวัสดีครับ", "ผมชื่อ"]),
        ("مرحبا كيف حالك؟ نعم.", ["مرحبا كيف حالك؟", "نعم."]),
        ("यह है। वह था।", ["यह है।", "वह था।"]),
        ("One\nline. Two\r\n\r\nThree", ["One\nline.", "Two", "Three"]),
        ("no end", ["no end"]),
        ("", []),
    ],
)
def test_sentences(text, sentences):
    assert pieces(text, sentence_spans) == sentences


def test_paragraphs_are_parted_by_blank_lines():
    text = "  A.\nB.\n \nC.\r\n\r\n\r\nD.\u2029E. "
    assert pieces(text, paragraph_spans) == ["A.\nB.", "C.", "D.", "E."]


@given(st.text(max_size=80))
def test_units_lie_in_order_in_the_text(text):
    for granularity in ("token", "sentence", "paragraph", "auto"):
        units = split_text(text, granularity)
        ends = [0]
        for unit in units:
            assert ends[-1] <= unit.start < unit.end <= len(text)
            assert text[unit.start : unit.end] == unit.text
            ends.append(unit.end)


@given(st.text(alphabet="ab1 .,!?\n\u0301é東。", max_size=60))
def test_every_letter_and_digit_is_in_a_unit(text):
    inside = {place for start, end in word_spans(text) for place in range(start, end)}
    assert all(place in inside for place, char in enumerate(text) if char.isalnum())


def test_auto_takes_the_finest_that_is_few():
    text = "One two. Three four.\n\nFive six."
    kinds = [split_text(text, "auto", many=many)[0].kind for many in (6, 5, 2)]
    assert kinds == ["token", "sentence", "paragraph"]


def test_sentences_of_punctuation_alone_are_no_units():
    assert [unit.text for unit in split_text("!!! Yes. ???", "sentence")] == ["Yes."]


def test_a_function_gives_spans():
    units = split_text("ab cd", lambda text: [(0, 2), (2, 2), (2, 3), (3, 5)])
    assert [unit.text for unit in units] == ["ab", "cd"]


@pytest.mark.parametrize(
    ("spans", "words"),
    [
        ([(0, 3), (2, 4)], "not over each other"),
        ([(3, 9)], "5 characters"),
        ([7], "pairs of start and end"),
    ],
)
def test_bad_spans_are_refused(spans, words):
    with pytest.raises(InputError, match=words):
        split_text("ab cd", lambda text: spans)


def test_unknown_granularity_is_refused():
    with pytest.raises(InputError, match="unknown granularity 'word'; choose one of: token"):
        split_text("a", "word")


def test_tokenizers_that_know_offsets():
    tokenizers = pytest.importorskip("tokenizers")
    words = tokenizers.Tokenizer(tokenizers.models.WordLevel({"pay": 0, "[U]": 1}, "[U]"))
    words.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    assert [u.start for u in split_text("pay  up", words)] == [0, 5]
    transformers = pytest.importorskip("transformers")
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=words)
    assert [u.start for u in split_text("pay  up", fast)] == [0, 5]
