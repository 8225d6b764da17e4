"""What a user asks of an explanation, checked at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Literal

from assay.errors import InputError
from assay.explainability.counting import check_count, check_positive, check_seed

Method = Literal["auto", "kernel", "exact", "linear", "trees", "gradients"]
METHODS = ("auto", "kernel", "exact", "linear", "trees", "gradients")
VALUE_FUNCTIONS = ("interventional", "path_dependent")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How attributions are made.

    Parameters
    ----------
    method : {"auto", "kernel", "exact", "linear", "trees", "gradients"}
        "auto" takes the first that fits; "exact" insists on the enumeration of all coalitions.
    value_function : {"interventional", "path_dependent"}
        What stands in for a column that is switched off: the background's values, or, for trees,
        the shares of train rows in the branches.
    players : mapping of str to sequence of str, or None
        Groups of columns that are switched together; the others are players of their own.
    calls : int or None
        Coalitions a row at most.
    tolerance : float or None
        Enough when the largest standard error is this share of the sum of the attributions.
    settle_top : int or None
        Enough when the order of so many largest attributions is settled.
    seconds : float or None
        Stop after that long; what is finished is returned.
    limit_predictions : int or None
        Hard limit of what the model is asked.
    interactions : bool
        Whether pairs are attributed as well, from the same calls.
    batch_rows : int or None
        Rows that the model is handed at once.
    seed : int
    level : float

    Raises
    ------
    InputError
        If a setting means nothing.
    """

    method: str = "auto"
    value_function: str = "interventional"
    players: Mapping[str, Sequence[str]] | None = None
    calls: int | None = None
    tolerance: float | None = 0.01
    settle_top: int | None = None
    seconds: float | None = None
    limit_predictions: int | None = None
    interactions: bool = False
    batch_rows: int | None = None
    seed: int = 0
    level: float = 0.95

    def __post_init__(self) -> None:
        _one_of("method", self.method, METHODS)
        _one_of("value_function", self.value_function, VALUE_FUNCTIONS)
        for name in ("calls", "settle_top", "limit_predictions", "batch_rows"):
            check_count(name, getattr(self, name))
        for name in ("tolerance", "seconds"):
            check_positive(name, getattr(self, name))
        check_seed(self.seed)
        if not isinstance(self.level, Real) or not 0 < self.level < 1:
            msg = f"level must lie between 0 and 1, for example 0.95; found {self.level!r}"
            raise InputError(msg)
        if self.value_function == "path_dependent" and self.method not in ("auto", "trees"):
            msg = (
                f"value_function='path_dependent' is defined for trees alone, and method is "
                f"{self.method!r}; leave one of them out"
            )
            raise InputError(msg)


def _one_of(name: str, value: object, known: Sequence[str]) -> None:
    if value not in known:
        msg = f"unknown {name} {value!r}; choose one of: {', '.join(known)}"
        raise InputError(msg)
