"""Sentences and paragraphs of a text, in any script."""

import re
from itertools import pairwise

FULL = "。．！？｡︒﹒﹖﹗"
"""Terminators of Chinese and Japanese: no space follows them."""
OTHERS = "!?…‼⁇⁈⁉؟۔।॥։።፧။។៕᙮᠃᠉⸮꓿"
CLOSERS = "\"'’”»›)]}」』】〕〉》）］｝"
END = re.compile(
    rf"[{re.escape(FULL)}][{re.escape(FULL + OTHERS)}.]*[{re.escape(CLOSERS)}]*"
    rf"|[.{re.escape(OTHERS)}]+[{re.escape(CLOSERS)}]*(?=\s|$)"
    r"|(?<=[\u0e00-\u0eff])\s+(?=[\u0e00-\u0eff])"
)
BLANK = re.compile(r"(?:\r\n?|\n|\x0b|\x0c|\x85|\u2028)[^\S\n\r]*(?:\r\n?|\n)\s*|\u2029\s*")
INITIAL = re.compile(r"(?:^|[\s.(])[^\W\d_]$")


def paragraph_spans(text: str) -> list[tuple[int, int]]:
    r"""Return where the paragraphs of a text are: what blank lines part.

    Space at their ends belongs to none.

    Examples
    --------
    >>> paragraph_spans("One.\nStill one.\n\n  Two.")
    [(0, 15), (19, 23)]
    """
    cuts = [(found.start(), found.end()) for found in BLANK.finditer(text)]
    starts = [0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), len(text)]
    return _trimmed(text, zip(starts, ends, strict=True))


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return where the sentences of a text are: what terminators and blank lines part.

    ``!``, ``?``, ``…`` and their like in other scripts end a sentence before a space, those of
    Chinese and Japanese anywhere. So does a full stop, unless a small letter follows or it stands
    behind a single letter ("J. Smith"). Thai and Lao write no terminators: a space between two
    of their characters ends one. Abbreviations are not known: "Mr. Smith" is parted.

    Examples
    --------
    >>> text = "Pay now! Is it 3.5 or 4? He said so."
    >>> [text[start:end] for start, end in sentence_spans(text)]
    ['Pay now!', 'Is it 3.5 or 4?', 'He said so.']
    """
    spans: list[tuple[int, int]] = []
    for start, end in paragraph_spans(text):
        cuts = [start]
        cuts += [
            found.end() for found in END.finditer(text, start, end) if _ends(text, found, start)
        ]
        spans += _trimmed(text, pairwise([*cuts, end]))
    return spans


def _ends(text: str, found: re.Match[str], start: int) -> bool:
    """Whether a full stop ends a sentence; all other terminators do."""
    if found.group().rstrip(CLOSERS) != ".":
        return True
    behind = text[found.end() :].lstrip()[:1]
    return not behind.islower() and not INITIAL.search(text[start : found.start()][-2:])


def _trimmed(text: str, spans: object) -> list[tuple[int, int]]:
    """Leave out space at the ends of spans, and spans without a letter, digit or picture."""
    kept: list[tuple[int, int]] = []
    for start, end in spans:  # type: ignore[attr-defined]
        piece = text[start:end]
        first = start + len(piece) - len(piece.lstrip())
        last = end - len(piece) + len(piece.rstrip())
        if first < last:
            kept.append((first, last))
    return kept
