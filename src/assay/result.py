"""The values that every part returns: Estimate, Finding, and the Result protocol."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    import polars as pl

Severity = Literal["info", "warning", "error"]
Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A number with its doubt, and of what.

    Parameters
    ----------
    value : float or None
        The point estimate; None when it is undefined, then `reason` says why.
    low, high : float or None
        Ends of the interval; both None where no interval is given.
    level : float
        Coverage of the interval, in (0, 1).
    n : int
        Rows (or pairs, groups, …) the number is made from: its denominator.
    n_effective : float or None
        Rows of equal weight that would give the same precision; None where it is `n`.
    unit : str
        What was treated as independent: "row", "group", "block" or "query".
    method : str
        How the interval was made, for example "Wilson score".
    conditional_on : str
        What was held fixed; an interval does not cover its variation.
    seed : int or None
        Seed of the draws; None when nothing was drawn.
    reason : str or None
        Why the value, or only its interval, is not given.
    warnings : tuple of str
        What a reader must know before using the number, for example "too few: …".

    Examples
    --------
    >>> Estimate(value=0.8, low=0.7, high=0.9, n=100, method="Wilson score").covers(0.75)
    True
    >>> Estimate.undefined("no row is predicted positive", n=0).value is None
    True
    >>> print(Estimate(value=0.8, low=0.7, high=0.9, n=100))
    0.8 (95% interval 0.7 to 0.9, n = 100)
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    n: int = 0
    n_effective: float | None = None
    unit: str = "row"
    method: str = ""
    conditional_on: str = "the fitted model"
    seed: int | None = None
    reason: str | None = None
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("value", "low", "high"):
            number = getattr(self, name)
            if number is not None and not isfinite(number):
                msg = f"an Estimate's {name} must be finite or None with a reason, not {number}"
                raise ValueError(msg)
        if self.value is None and not self.reason:
            msg = "an undefined Estimate needs a reason"
            raise ValueError(msg)

    @classmethod
    def undefined(cls, reason: str, *, n: int = 0, **about: Any) -> "Estimate":  # noqa: ANN401
        """Return an estimate without a value; `reason` says what made it undefined."""
        return cls(value=None, reason=reason, n=n, **about)

    @property
    def too_few(self) -> bool:
        """Whether the estimate itself says that it rests on too few rows."""
        return any(text.startswith("too few") for text in self.warnings)

    def covers(self, truth: float) -> bool:
        """Whether `truth` lies inside the interval."""
        return self.low is not None and self.high is not None and self.low <= truth <= self.high

    def __str__(self) -> str:
        """Return value, interval and size in one line; the reason where there is no value."""
        if self.value is None:
            return f"undefined: {self.reason}"
        about = [f"n = {self.n:,}", *self.warnings]
        if self.low is not None and self.high is not None:
            about.insert(0, f"{100 * self.level:.4g}% interval {self.low:.4g} to {self.high:.4g}")
        return f"{self.value:.4g} ({', '.join(about)})"

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; undefined is None with a reason, never NaN."""
        return {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "level": self.level,
            "n": self.n,
            "n_effective": self.n_effective,
            "unit": self.unit,
            "method": self.method,
            "conditional_on": self.conditional_on,
            "seed": self.seed,
            "reason": self.reason,
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something a person should know: what, where, how bad, why, and what to do.

    Parameters
    ----------
    rule : str
        Stable snake_case name; what `--fail-on` and ignore lists refer to.
    severity : {"info", "warning", "error"}
        error: the numbers are not to be trusted; warning: a decision may go wrong.
    message : str
        What was found, one plain sentence.
    where : mapping
        Place: for example ``{"columns": ["age"], "row": 17}``.
    evidence : mapping
        The numbers that made it fire.
    cause : str
        The likely cause.
    advice : str
        What to do next.
    first_seen : str or None
        ISO time or step when it first appeared, for findings that last.
    consequences : tuple of Finding
        Findings that follow from this one, folded under it.
    """

    rule: str
    severity: Severity
    message: str
    where: Mapping[str, Json] = field(default_factory=dict[str, Json])
    evidence: Mapping[str, Json] = field(default_factory=dict[str, Json])
    cause: str = ""
    advice: str = ""
    first_seen: str | None = None
    consequences: tuple["Finding", ...] = ()

    def __str__(self) -> str:
        """Return what was found, how bad it is and what to do."""
        return " ".join(filter(None, (f"{self.severity}: {self.message}", self.advice)))

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "message": self.message,
            "where": dict(self.where),
            "evidence": dict(self.evidence),
            "cause": self.cause,
            "advice": self.advice,
            "first_seen": self.first_seen,
            "consequences": [finding.to_dict() for finding in self.consequences],
        }


def worst_first(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Order findings by severity; within one severity the order stays as it was."""
    return tuple(sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity)))


@runtime_checkable
class Result(Protocol):
    """What every analysis returns: a frozen value that knows no files, runs or servers."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a person should know, worst first."""
        ...

    def to_dict(self) -> dict[str, Json]:
        """Builtins only; passes ``json.dumps(..., allow_nan=False)``."""
        ...

    def to_frame(self) -> "pl.DataFrame":
        """One tidy table, the same columns whatever the result holds."""
        ...

    def plot(self) -> Any:  # noqa: ANN401 - an Altair chart; the library is not loaded here
        """Return a figure and show nothing."""
        ...

    def _repr_html_(self) -> str: ...


def result_schema() -> dict[str, Any]:
    """Return the JSON Schema of `Estimate` and `Finding`, which every file of assay follows.

    Examples
    --------
    >>> sorted(result_schema()["$defs"])
    ['Estimate', 'Finding']
    """
    path = Path(__file__).with_name("result.schema.json")
    return json.loads(path.read_text(encoding="utf-8"))
