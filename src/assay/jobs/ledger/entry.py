"""One look at rows that judge models, as a line of the ledger; each holds the hash of the last."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args

from assay.result import Estimate, Json

FORMAT = "assay.ledger/1"
DIGEST_BYTES = 16
Purpose = Literal["development", "final", "audit"]
Part = Literal["test", "validation"]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A number that a look showed.

    Parameters
    ----------
    name : str
        In the catalogue, for example "roc_auc".
    title : str
    value, low, high : float or None
    level : float
    n : int
    greater_is_better : bool or None
    """

    name: str
    title: str
    value: float | None
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    n: int = 0
    greater_is_better: bool | None = None

    @classmethod
    def of(
        cls, name: str, title: str, estimate: Estimate, *, greater_is_better: bool | None
    ) -> "Shown":
        """Return what a look showed of an estimate."""
        return cls(
            name=name,
            title=title,
            value=estimate.value,
            low=estimate.low,
            high=estimate.high,
            level=estimate.level,
            n=estimate.n,
            greater_is_better=greater_is_better,
        )

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One look.

    Parameters
    ----------
    n : int
        1 for the first line of the ledger.
    when : str
        ISO time in UTC.
    who : str
        Name of the user's account.
    run : str
        What looked: "analyze", "evaluate", "compare", ….
    model : tuple of str
        What identifies the model: of its file, of its answers; one in common is the same model.
    model_name : str
    test : tuple of str
        What identifies the rows, whatever their order; one in common is the same test.
    test_name : str
    rows : int
    part : {"test", "validation"}
    metrics : tuple of Shown
        The numbers that headed what was shown.
    purpose : {"development", "final", "audit"}
        "final" seals the model and the test.
    decision : str
        What was decided by it, where that is known.
    previous : str
        Hash of the entry before; "" for the first.
    """

    n: int
    when: str
    who: str
    run: str
    model: tuple[str, ...]
    model_name: str
    test: tuple[str, ...]
    test_name: str
    rows: int
    part: Part = "test"
    metrics: tuple[Shown, ...] = field(default=())
    purpose: Purpose = "development"
    decision: str = ""
    previous: str = ""

    @property
    def digest(self) -> str:
        """blake2b-128 of all the rest, 32 hex digits."""
        text = json.dumps(self.to_dict(), sort_keys=True, ensure_ascii=True, allow_nan=False)
        return hashlib.blake2b(text.encode(), digest_size=DIGEST_BYTES).hexdigest()

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        told: dict[str, Json] = {each.name: getattr(self, each.name) for each in fields(self)}
        told["model"], told["test"] = list(self.model), list(self.test)
        told["metrics"] = [each.to_dict() for each in self.metrics]
        return told

    def to_line(self) -> str:
        """Return the line of the ledger, with its end."""
        told = {"format": FORMAT, **self.to_dict(), "hash": self.digest}
        return json.dumps(told, ensure_ascii=True, allow_nan=False) + "\n"


def read_line(line: str) -> tuple[Entry, str]:
    """Return an entry, and the hash that was written with it.

    Raises
    ------
    ValueError
        If the line is not one of a ledger.
    """
    told = json.loads(line)
    if not isinstance(told, Mapping) or told.get("format") != FORMAT:
        msg = "no line of a ledger"
        raise ValueError(msg)
    try:
        return _entry(dict(told)), str(told["hash"])
    except (KeyError, TypeError, AttributeError) as error:
        msg = f"no line of a ledger: {error}"
        raise ValueError(msg) from error


def _entry(told: dict[str, Any]) -> Entry:
    told.pop("format")
    told.pop("hash")
    if told["purpose"] not in get_args(Purpose) or told["part"] not in get_args(Part):
        msg = "no line of a ledger"
        raise ValueError(msg)
    metrics = tuple(Shown(**each) for each in told.pop("metrics"))
    model, test = tuple(told.pop("model")), tuple(told.pop("test"))
    return Entry(**told, metrics=metrics, model=model, test=test)
