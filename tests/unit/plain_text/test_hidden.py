import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.plain_text.hidden import visible, visible_lines


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("age\nyears", "age\\nyears"),
        ("a\x00b", "a\\x00b"),
        ("a\u202eb", "a\\u202eb"),
        ("\ufeffid", "\\ufeffid"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("half\ud800", "half\\ud800"),
        ("naïve café — 年齢", "naïve café — 年齢"),
    ],
)
def test_hidden_characters_are_shown(raw, shown):
    assert visible(raw) == shown


@given(st.text())
def test_what_is_shown_can_be_written_and_parsed(text):
    shown = visible(text)
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert not any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 for c in shown)
    assert visible(shown) == shown


def test_lines_are_kept_where_text_has_them():
    assert visible_lines("a: 1\nb\tc: 2") == "a: 1\nb\\tc: 2"
