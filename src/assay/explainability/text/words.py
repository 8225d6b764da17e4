"""Words of a text, by the rules of Unicode for word boundaries, in any script."""

import unicodedata
from functools import lru_cache

LETTER, DIGIT, JOINER, KATAKANA, ALONE, PICTURE, FLAG, EXTEND, NONE = range(9)
ZWJ = "\u200d"
MIDDLE_OF_WORD = frozenset("'’‘.·:․‧﹒＇．﹕：\u05f4\u0387")
MIDDLE_OF_NUMBER = frozenset("'’‘.,;․﹒＇．，；\u066c\ufe10\ufe14")
SPACES = frozenset("\u200b\ufeff")
"""Characters of format that part words instead of sticking to them."""
KATAKANA_RANGES = (
    (0x3031, 0x3035), (0x309B, 0x309C), (0x30A0, 0x30FF), (0x31F0, 0x31FF),
    (0x32D0, 0x32FE), (0x3300, 0x3357), (0xFF66, 0xFF9F), (0x1B000, 0x1B000),
)  # fmt: skip
UNSPACED_RANGES = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x1950, 0x19DF), (0x1A20, 0x1AAF), (0xAA80, 0xAADF),  # Tai Le, New Tai Lue, Tham, Viet
    (0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3021, 0x3029), (0x3041, 0x309F), (0x3105, 0x312F),
    (0x31A0, 0x31BF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF),
    (0x11700, 0x1174F),  # Ahom
    (0x16FE0, 0x18DFF), (0x1B001, 0x1B2FF), (0x20000, 0x3FFFF),
)  # fmt: skip
"""Scripts that put no space between words: Thai and its neighbours, Han, Hiragana, Bopomofo."""
HEBREW = (0x05D0, 0x05EA)
FLAGS = (0x1F1E6, 0x1F1FF)
SKINS = (0x1F3FB, 0x1F3FF)


def word_spans(text: str) -> list[tuple[int, int]]:
    """Return where the words of a text are, in order.

    The rules are those of Unicode Standard Annex 29 for words. Letters, digits and underscores
    stick together, with an apostrophe or a dot between letters and a comma or a dot between
    digits; accents and joiners stick to what they follow. Katakana stick together. In scripts
    that write no spaces (Han, Hiragana, Thai, Lao, Khmer, Myanmar and their like) every character
    with its marks is a unit of its own, as the standard has it where there is no dictionary.
    Pictures with their joiners, flags and signs of currency are units; punctuation, mathematical
    signs and spaces belong to none.

    Returns
    -------
    list of (start, end)
        Places of characters in `text`; ``text[start:end]`` is the word.

    Examples
    --------
    >>> [text[a:b] for text in ["Don't pay 1,000.50!"] for a, b in word_spans(text)]
    ["Don't", 'pay', '1,000.50']
    >>> [text[a:b] for text in ["東京 タワー"] for a, b in word_spans(text)]
    ['東', '京', 'タワー']
    """
    spans, place = [], 0
    while place < len(text):
        kind = _kind(text[place])
        end = _after_extensions(text, place + 1)
        if kind in (LETTER, DIGIT, JOINER):
            end, holds = _end_of_word(text, end, kind)
        elif kind == KATAKANA:
            end, holds = _end_of_katakana(text, end), True
        elif kind == FLAG:
            paired = end < len(text) and _kind(text[end]) == FLAG
            end, holds = _after_extensions(text, end + 1) if paired else end, True
        elif kind == PICTURE:
            end, holds = _end_of_picture(text, end), True
        else:
            end, holds = (end, True) if kind == ALONE else (place + 1, False)
        if holds:
            spans.append((place, end))
        place = end
    return spans


def _end_of_word(text: str, end: int, last: int) -> tuple[int, bool]:
    """Return the end of letters, digits and underscores, and whether it is more than the last."""
    holds = last != JOINER
    while end < len(text):
        kind = _kind(text[end])
        if kind == KATAKANA and last == JOINER:
            return _end_of_katakana(text, end + 1), True
        if kind not in (LETTER, DIGIT, JOINER):
            after = _over_the_middle(text, end, last)
            if after is None:
                break
            end, kind = after, last
        else:
            end = _after_extensions(text, end + 1)
        holds |= kind != JOINER
        last = kind
    return end, holds


def _over_the_middle(text: str, place: int, last: int) -> int | None:
    """Return where a word goes on behind an apostrophe, a dot or a comma; None where it ends."""
    middles = {LETTER: MIDDLE_OF_WORD, DIGIT: MIDDLE_OF_NUMBER}.get(last, frozenset[str]())
    behind = _after_extensions(text, place + 1)
    quoted = text[place] == '"' and all(
        HEBREW[0] <= ord(char) <= HEBREW[1] for char in text[place - 1 : place + 2 : 2]
    )
    if text[place] not in middles and not quoted:
        return None
    if behind < len(text) and _kind(text[behind]) == last:
        return _after_extensions(text, behind + 1)
    return None


def _end_of_katakana(text: str, end: int) -> int:
    while end < len(text) and _kind(text[end]) in (KATAKANA, JOINER):
        end = _after_extensions(text, end + 1)
    return end


def _end_of_picture(text: str, end: int) -> int:
    """Return the end of a picture, with those that a joiner adds to it."""
    while end < len(text) and text[end - 1] == ZWJ and _kind(text[end]) == PICTURE:
        end = _after_extensions(text, end + 1)
    return end


def _after_extensions(text: str, place: int) -> int:
    while place < len(text) and _kind(text[place]) == EXTEND:
        place += 1
    return place


@lru_cache(maxsize=4096)
def _kind(char: str) -> int:
    """Tell what a character does at a word's boundary."""
    category, point = unicodedata.category(char), ord(char)
    if FLAGS[0] <= point <= FLAGS[1]:
        return FLAG
    extends = category[0] == "M" or category == "Cf" or SKINS[0] <= point <= SKINS[1]
    if extends:
        return NONE if char in SPACES else EXTEND
    if _within(point, KATAKANA_RANGES) and category[0] in "LSN":
        return KATAKANA
    if category[0] == "L":
        return ALONE if _within(point, UNSPACED_RANGES) else LETTER
    if category[0] == "N":
        return ALONE if category != "Nd" and _within(point, UNSPACED_RANGES) else DIGIT
    if category == "Pc":
        return JOINER
    return PICTURE if category in ("So", "Sc") else NONE


def _within(point: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= point <= high for low, high in ranges)
