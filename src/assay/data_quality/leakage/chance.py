"""Two counts in; how likely the first would be as large if only chance set them apart, out."""


def more_often_p(count: int, rows: int, count_within: int, rows_within: int) -> float:
    """Return Fisher's exact one-sided p-value that the first share is the larger one.

    Parameters
    ----------
    count, rows : int
        Say judged rows with a twin among the train rows, of all judged rows.
    count_within, rows_within : int
        Say train rows with a twin among the other train rows, of all train rows.

    Returns
    -------
    float

    Examples
    --------
    >>> more_often_p(0, 10, 3, 10)
    1.0
    >>> round(more_often_p(3, 10, 0, 10), 4)
    0.1053
    """
    from scipy.stats import hypergeom

    total = rows + rows_within
    if not rows or not rows_within:
        return 1.0
    return min(1.0, float(hypergeom.sf(count - 1, total, count + count_within, rows)))
