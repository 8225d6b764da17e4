"""How a ranking is judged: gains, ties, queries without anything relevant, cut-offs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from assay.errors import InputError
from assay.result import Json

Gain = Literal["linear", "exponential"]
Ties = Literal["pessimistic", "stable", "expected"]
Empty = Literal["exclude", "zero"]


@dataclass(frozen=True, kw_only=True)
class RankingOptions:
    """What peers do in different ways; it is printed beside the numbers.

    Parameters
    ----------
    gain : {"linear", "exponential"}
        What a document of relevance g adds to NDCG: g, or 2^g - 1.
    ties : {"pessimistic", "stable", "expected"}
        Documents of equal score: the least relevant first, in the order of the rows, or the mean
        over all their orders.
    empty : {"exclude", "zero"}
        Queries without a relevant document: left out of means, or counted as 0.
    cutoffs : tuple of int
        The k of NDCG@k and its kin, ascending.
    relevant_above : float
        A document is relevant, where only yes or no counts, when its relevance is greater.

    Raises
    ------
    InputError
        If a word is not known, a cut-off is less than 1, or `relevant_above` is negative.

    Examples
    --------
    >>> RankingOptions(cutoffs=(10, 5)).cutoffs
    (5, 10)
    """

    gain: Gain = "linear"
    ties: Ties = "pessimistic"
    empty: Empty = "exclude"
    cutoffs: tuple[int, ...] = (1, 3, 5, 10)
    relevant_above: float = 0.0

    def __post_init__(self) -> None:
        for name, known in (("gain", Gain), ("ties", Ties), ("empty", Empty)):
            if getattr(self, name) not in get_args(known):
                msg = (
                    f"{name} of a ranking is one of {', '.join(get_args(known))}; "
                    f"found: {getattr(self, name)!r}"
                )
                raise InputError(msg)
        if not self.cutoffs or min(self.cutoffs) < 1:
            msg = f"a cut-off of a ranking is 1 or more; found: {list(self.cutoffs)}"
            raise InputError(msg)
        if not 0 <= self.relevant_above < float("inf"):
            msg = f"relevant_above of a ranking is 0 or more; found: {self.relevant_above}"
            raise InputError(msg)
        object.__setattr__(self, "cutoffs", tuple(sorted(set(self.cutoffs))))

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        stored: Mapping[str, Json] = {
            "gain": self.gain,
            "ties": self.ties,
            "empty": self.empty,
            "cutoffs": list(self.cutoffs),
            "relevant_above": self.relevant_above,
        }
        return dict(stored)
