"""Which labels are wrong together in; a figure with its words and its table out."""

import numpy as np

from assay.charts.error_pairs import plot_error_pairs
from assay.reports.page import Figure, Table
from assay.tables.curves import ErrorPairs

MAX_PAIRS = 20
LEAST_SHARE = 0.01


def error_pairs_figure(points: ErrorPairs) -> tuple[Figure, ...]:
    """Return the figure of labels that are wrong in the same rows; nothing without two errors.

    Parameters
    ----------
    points : ErrorPairs
    """
    if np.count_nonzero(np.diag(points.share)) < 2:
        return ()
    pairs = _pairs(points)
    rows = tuple(
        (one, other, f"{share:.1%}", f"{chance:.1%}", round(share / chance, 2) if chance else None)
        for one, other, share, chance in pairs[:MAX_PAIRS]
    )
    note = f"The {MAX_PAIRS} most frequent of {len(pairs)} pairs; results.json has them all."
    return (
        Figure(
            title="Which labels are wrong together",
            alternative=_in_words(pairs),
            chart=plot_error_pairs(points),
            table=Table(
                "Pairs of labels that are wrong in the same row",
                ("label", "other label", "rows with both wrong", "if independent", "ratio"),
                rows,
                folded=True,
                note=note if len(pairs) > MAX_PAIRS else "",
            ),
            caption="Of the rows in which the label on the left is wrong, the share in which the "
            "other one is wrong as well.",
        ),
    )


def _pairs(points: ErrorPairs) -> list[tuple[str, str, float, float]]:
    """Return each pair once, the most frequent first."""
    upper = zip(*np.triu_indices(len(points.labels), k=1), strict=True)
    found = [
        (
            points.labels[i],
            points.labels[j],
            float(points.share[i, j]),
            float(points.by_chance[i, j]),
        )
        for i, j in upper
    ]
    return sorted(found, key=lambda pair: -pair[2])


def _in_words(pairs: list[tuple[str, str, float, float]]) -> str:
    one, other, share, chance = pairs[0]
    said = (
        f"Most often {one} and {other} are wrong in the same row: in {share:.1%} of the rows, "
        f"where {chance:.1%} would be expected if errors were independent."
    )
    known = [pair for pair in pairs if pair[3] > 0 and pair[2] >= LEAST_SHARE]
    if not known:
        return said
    tied = max(known, key=lambda pair: pair[2] / pair[3])
    if tied[:2] == (one, other) or tied[2] <= tied[3]:
        return said
    ratio = tied[2] / tied[3]
    return f"{said} Most beyond chance are {tied[0]} and {tied[1]}: {ratio:.1f} times as often."
