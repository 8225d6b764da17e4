"""Answers that say which row they are for, put back in the rows' order."""

from assay.models.answers import AnswerError
from assay.models.remote.answers import describe, shorten


def restore_order(values: list[object], n_rows: int, echo: str) -> list[object]:
    """Sort answered records by the number of their row, which they carry back.

    Parameters
    ----------
    values : list of JSON values
    n_rows : int
    echo : str
        Name of the field with the number, counted from 0 in the request.

    Raises
    ------
    AnswerError
        If a record has no such number, or one is missing or comes twice.

    Examples
    --------
    >>> restore_order([{"row": 1, "label": "b"}, {"row": 0, "label": "a"}], 2, "row")
    [{'row': 0, 'label': 'a'}, {'row': 1, 'label': 'b'}]
    """
    placed: dict[int, object] = {}
    for value in values:
        number = value.get(echo) if isinstance(value, dict) else None
        if type(number) is not int or not 0 <= number < n_rows:
            what = (
                f"returned {describe(value)} without the number of its row in {shorten(echo)}, "
                "which each record was sent with"
            )
            raise AnswerError(what)
        if number in placed:
            what = f"returned two predictions for one row ({shorten(echo)} is {number} twice)"
            raise AnswerError(what, row=number)
        placed[number] = value
    absent = next((row for row in range(n_rows) if row not in placed), None)
    if absent is not None:
        what = "returned no prediction for the row"
        raise AnswerError(what, row=absent)
    return [placed[row] for row in range(n_rows)]
