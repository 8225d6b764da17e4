"""A text in; its units out: words, sentences, paragraphs, or what the user's tokenizer says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assay.errors import InputError
from assay.explainability.text.sentences import paragraph_spans, sentence_spans
from assay.explainability.text.words import word_spans

MANY = 128
"""Units of one text that are told apart at once; beyond it whole sentences come first."""
GRANULARITIES = ("token", "sentence", "paragraph", "auto")
Spans = list[tuple[int, int]]


@dataclass(frozen=True)
class Unit:
    """A stretch of a text that is switched on or off as one.

    Parameters
    ----------
    text : str
    start, end : int
        Its place in the text, in characters; ``text[start:end]`` is the unit.
    kind : str
        "token", "sentence" or "paragraph".
    """

    text: str
    start: int
    end: int
    kind: str = "token"


def split_text(text: str, granularity: Any = "token", *, many: int = MANY) -> tuple[Unit, ...]:  # noqa: ANN401
    """Cut a text into units.

    Parameters
    ----------
    text : str
    granularity : {"token", "sentence", "paragraph", "auto"}, callable or tokenizer
        "auto" is the finest of the three with at most `many` units. A callable takes the text and
        returns pairs of start and end; so does a tokenizer that knows offsets (of transformers,
        the fast kind, or of tokenizers).
    many : int
        What "auto" takes for too many.

    Returns
    -------
    tuple of Unit
        In the order of the text; empty for a text without a letter, digit or picture.

    Raises
    ------
    InputError
        If the granularity is unknown, or the spans lie outside the text or over each other.

    Examples
    --------
    >>> [(unit.text, unit.start) for unit in split_text("Pay now, please.")]
    [('Pay', 0), ('now', 4), ('please', 9)]
    >>> split_text("  ")
    ()
    """
    if granularity == "auto":
        for kind in ("token", "sentence"):
            units = split_text(text, kind)
            if len(units) <= many:
                return units
        return split_text(text, "paragraph")
    kind, spans = _spans(text, granularity)
    return tuple(Unit(text[start:end], start, end, kind) for start, end in spans)


def check_granularity(granularity: object) -> str:
    """Return the name of a granularity for people.

    Raises
    ------
    InputError
        If it is none.

    Examples
    --------
    >>> check_granularity("sentence")
    'sentence'
    """
    if isinstance(granularity, str) and granularity in GRANULARITIES:
        return granularity
    if not isinstance(granularity, str) and (callable(granularity) or _encodes(granularity)):
        return "token"
    msg = (
        f"unknown granularity {granularity!r}; choose one of: {', '.join(GRANULARITIES)}, a "
        "function from a text to pairs of start and end, or a tokenizer that knows offsets"
    )
    raise InputError(msg)


def _encodes(tokenizer: object) -> bool:
    return hasattr(tokenizer, "encode")


def _spans(text: str, granularity: Any) -> tuple[str, Spans]:  # noqa: ANN401
    kind = check_granularity(granularity)
    if isinstance(granularity, str):
        words = word_spans(text)
        if kind == "token":
            return kind, words
        cut = sentence_spans if kind == "sentence" else paragraph_spans
        return kind, _with_words(cut(text), words)
    return kind, _checked(text, _told(text, granularity))


def _with_words(spans: Spans, words: Spans) -> Spans:
    """Leave out spans that hold punctuation alone."""
    starts = np.array([start for start, _ in words])
    places = np.searchsorted(starts, np.array(spans).reshape(-1, 2))
    return [span for span, (low, high) in zip(spans, places, strict=True) if high > low]


def _told(text: str, tokenizer: Any) -> Any:  # noqa: ANN401
    """Ask a function or a tokenizer for offsets."""
    if hasattr(tokenizer, "is_fast"):
        if not tokenizer.is_fast:
            msg = "the tokenizer knows no offsets; load its fast form (use_fast=True)"
            raise InputError(msg)
        made = tokenizer(
            text, return_offsets_mapping=True, add_special_tokens=False, truncation=False,
            verbose=False,
        )  # fmt: skip
        return made["offset_mapping"]
    if callable(tokenizer):
        return tokenizer(text)
    offsets: Any = tokenizer.encode(text, add_special_tokens=False).offsets
    return offsets


def _checked(text: str, told: Iterable[Any]) -> Spans:
    spans: Spans = []
    for pair in told:
        if not (isinstance(pair, Sequence | np.ndarray) and len(pair) == 2):
            msg = f"granularity must give pairs of start and end, not {pair!r}"
            raise InputError(msg)
        start, end = int(pair[0]), int(pair[1])
        if start == end:
            continue
        before = spans[-1][1] if spans else 0
        if not before <= start < end <= len(text):
            msg = (
                f"granularity gave the span ({start}, {end}) for a text of {len(text):,} "
                f"characters after one that ends at {before}; spans must lie in the text, in "
                "order, and not over each other"
            )
            raise InputError(msg)
        if text[start:end].strip():
            spans.append((start, end))
    return spans
