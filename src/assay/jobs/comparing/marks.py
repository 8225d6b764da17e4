"""The word of a verdict in; how it is drawn and how good that is, out."""

from collections.abc import Mapping

from assay.evaluation.comparison.result import Word
from assay.evaluation.comparison.words import BETTER, EQUIVALENT, NOT_SHOWN, PERHAPS, WORSE
from assay.tables.forest import Mark

MARKS: Mapping[Word, Mark] = {
    BETTER: "above",
    PERHAPS: "above",
    NOT_SHOWN: "plain",
    EQUIVALENT: "inside",
    WORSE: "below",
}


def mark_of(word: Word) -> Mark:
    """Return the mark of a verdict in a forest plot.

    Examples
    --------
    >>> mark_of("worse")
    'below'
    """
    return MARKS[word]
