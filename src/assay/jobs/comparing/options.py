"""What only a comparison is told, typed and checked."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictStr

from assay.errors import InputError

MEANT = {
    "worse": "candidate_worse",
    "not_better": "candidate_not_better",
    "not_worse": "candidate_worse",
    "better": "candidate_not_better",
}
Names = Annotated[
    tuple[StrictStr, ...],
    BeforeValidator(lambda told: (told,) if isinstance(told, str) else tuple(told or ())),
]


class CompareOptions(BaseModel):
    """What only a comparison is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    against: StrictStr | None = Field(
        default=None, description="The candidate that the others are compared with."
    )
    metrics: Names = Field(default=(), description="Metrics to compare by; the first decides.")
    folds: StrictStr | None = Field(default=None, description="Table of scores of folds.")
    datasets: StrictStr | None = Field(default=None, description="Table of scores on data sets.")
    less_is_better: StrictBool | None = Field(
        default=None, description="Direction of the scores of folds and data sets."
    )


def check_gates(gates: tuple[str, ...]) -> None:
    """Refuse words that look like gates and would never fail.

    Raises
    ------
    InputError

    Examples
    --------
    >>> check_gates(("worse",))
    Traceback (most recent call last):
    ...
    assay.errors.InputError: --fail-on worse is no rule; did you mean candidate_worse?
    """
    for gate in gates:
        if gate in MEANT:
            msg = f"--fail-on {gate} is no rule; did you mean {MEANT[gate]}?"
            raise InputError(msg)
