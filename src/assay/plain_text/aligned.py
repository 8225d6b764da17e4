"""Cells of text laid out in columns."""

from collections.abc import Sequence


def aligned(rows: Sequence[Sequence[str]], *, numbers: bool = False) -> list[str]:
    """Return one line a row, each column as wide as its widest cell.

    Parameters
    ----------
    rows : sequence of sequence of str
        All of the same number of cells; at least one row.
    numbers : bool
        Whether all columns but the first stand to the right, as numbers do.

    Examples
    --------
    >>> aligned([["age", "0.25"], ["income", "1"]], numbers=True)
    ['age     0.25', 'income     1']
    """
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    sides = ["<", *((">" if numbers else "<") for _ in widths[1:])]
    return [
        "  ".join(
            f"{cell:{side}{width}}" for cell, side, width in zip(row, sides, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
