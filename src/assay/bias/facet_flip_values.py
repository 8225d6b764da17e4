"""The values of a facet in; what is put into each row in place of its own, out."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.bias.facet import Facet

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Picks:
    """What is put into each row that is asked about.

    Parameters
    ----------
    row : ndarray of int, shape (n_asked, n_values)
        A sampled row that has the value.
    share : ndarray of float, shape (n_asked, n_values)
        How much each counts; sums to 1.
    how : str
        In words.
    """

    row: NDArray[np.intp]
    share: Floats
    how: str


@dataclass(frozen=True, eq=False)
class Replacements:
    """The values of a facet, and which of them each row has.

    Parameters
    ----------
    value : ndarray of int, shape (n_asked,)
        Place of the value of each row that is asked about.
    group : ndarray of int, shape (n_values,)
        Group of each value.
    share : ndarray of float, shape (n_values,)
        Share of each value among all rows.
    example : ndarray of int, shape (n_values,)
        A sampled row that has it.
    reason : str
        Why nothing can be put in; "" where something can.
    """

    value: NDArray[np.int64]
    group: NDArray[np.int64]
    share: Floats
    example: NDArray[np.intp]
    reason: str = ""

    def pick(self, max_values: int, rng: np.random.Generator) -> Picks:
        """Choose the values for each row: all of other groups, or some drawn by their shares.

        Parameters
        ----------
        max_values : int
        rng : numpy.random.Generator

        Returns
        -------
        Picks
        """
        law = np.where(self.group[:, None] != self.group[None, :], self.share[None, :], 0.0)
        law /= law.sum(axis=1, keepdims=True)
        width = int(np.max(np.sum(law > 0, axis=1)))
        if width <= max_values:
            order = np.argsort(-law, axis=1, kind="stable")[:, :width]
            share = np.take_along_axis(law, order, axis=1)
            how = "the other value" if width == 1 else "each other value, by its share of the rows"
            return Picks(self.example[order[self.value]], share[self.value], how)
        drawn = np.zeros((len(self.value), max_values), dtype=np.int64)
        for one in np.unique(self.value):
            at = np.flatnonzero(self.value == one)
            drawn[at] = rng.choice(len(law), size=(len(at), max_values), p=law[one])
        how = f"{max_values} other values in each row, drawn by their shares of the rows"
        return Picks(self.example[drawn], np.full(drawn.shape, 1 / max_values), how)


def choose_replacements(
    facet: Facet,
    table: pl.DataFrame,
    group: NDArray[np.int64],
    n_data: NDArray[np.int64],
    asked: NDArray[np.intp],
) -> Replacements:
    """Find the values of a facet in sampled rows.

    Parameters
    ----------
    facet : Facet
        Of values of one column.
    table : polars.DataFrame
        Sampled rows of every group.
    group : ndarray of int, shape (n_rows,)
        Of each of these.
    n_data : ndarray of int, shape (n_groups,)
        Rows of each group in the data.
    asked : ndarray of int
        Which of these rows are asked about.

    Returns
    -------
    Replacements
        With a reason where all rows are of one group.

    Examples
    --------
    >>> import narwhals as nw
    >>> facet = Facet(name="sex", columns=("sex",), how="values", keys=(nw.col("sex"),),
    ...               key_groups=({},), groups=("f", "m"), places={("f",): 0, ("m",): 1},
    ...               reported=(0, 1))
    >>> found = choose_replacements(
    ...     facet, pl.DataFrame({"sex": ["m", "f"]}), np.array([1, 0]), np.array([30, 70]),
    ...     np.array([0]))
    >>> found.group.tolist(), found.share.tolist(), found.value.tolist()
    ([1, 0], [0.7, 0.3], [0])
    """
    column = table[facet.columns[0]]
    known = pl.DataFrame({"v": column, "at": np.arange(column.len())})
    first = known.group_by("v", maintain_order=True).agg(pl.first("at"), pl.len().alias("n"))
    place = first.select("v", place=np.arange(first.height))
    value = known.join(place, on="v", how="left", nulls_equal=True, maintain_order="left")["place"]
    example = first["at"].to_numpy()
    rows = first["n"].to_numpy().astype(np.float64)
    groups = group[example]
    in_group = np.bincount(groups, weights=rows, minlength=len(facet.groups))
    share = n_data[groups] * rows / in_group[groups] / max(1, int(n_data.sum()))
    reason = ""
    if len(np.unique(groups)) < 2:
        what = "there is no row" if not len(groups) else "all rows are of one group"
        reason = f"{what} of {facet.name}, so there is no other value to put in"
    codes = value.to_numpy().astype(np.int64)[asked]
    return Replacements(codes, groups, share, example.astype(np.intp), reason)
