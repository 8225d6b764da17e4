"""Scores of one item's values, cell by cell: what a heat map shows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ScoreCell:
    """One cell.

    Parameters
    ----------
    column : int
        Place along time.
    row : str
        A series, or a step ahead.
    score : float
    settled : bool
        Whether its interval leaves 0 out; True where it is exact.
    """

    column: int
    row: str
    score: float
    settled: bool = True


@dataclass(frozen=True)
class SeriesScores:
    """The cells of one item.

    Parameters
    ----------
    cells : tuple of ScoreCell
    columns : tuple of str
        What stands at each place along time: the time it begins at.
    rows : tuple of str
        From the top.
    origin : int or None
        Column at which the forecast begins; None where no future step is known.
    row_title : str
    summed : int
        So many time steps at most are added up in a column.
    """

    cells: tuple[ScoreCell, ...]
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    origin: int | None
    row_title: str
    summed: int = 1

    def to_dict(self) -> dict[str, object]:
        """Return builtins only: the cells row by row, None where there is none."""
        found = {(cell.row, cell.column): cell.score for cell in self.cells}
        return {
            "columns": list(self.columns),
            "steps_a_column": self.summed,
            "rows": [
                {"row": row, "scores": [found.get((row, n)) for n in range(len(self.columns))]}
                for row in self.rows
            ],
        }
