"""What a ledger holds and one more look in; how that look stands among those before it, out."""

from collections.abc import Sequence
from dataclasses import dataclass

from assay.jobs.ledger.entry import Entry, Purpose
from assay.jobs.ledger.look import Look


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a look stands among the looks at the same rows.

    Parameters
    ----------
    look : Look
    purpose : {"development", "final", "audit"}
    earlier : tuple of Entry
        Looks at the same part, oldest first.
    looks : int
        Distinct models that looked, this one among them.
    known : bool
        Whether this model looked before: then the look is free.
    seals : tuple of Entry
        Looks of other models that were said to be final.
    sealed : bool
        Whether this model's own look was said to be final before.
    """

    look: Look
    purpose: Purpose
    earlier: tuple[Entry, ...] = ()
    looks: int = 1
    known: bool = False
    seals: tuple[Entry, ...] = ()
    sealed: bool = False

    @property
    def free(self) -> bool:
        """Whether there is nothing to write: this model looked before, and seals nothing now."""
        return self.known and (self.purpose != "final" or self.sealed)


def stand(entries: Sequence[Entry], look: Look, purpose: Purpose = "development") -> Standing:
    """Find the looks at the same rows, and count the distinct models.

    Parameters
    ----------
    entries : sequence of Entry
    look : Look
    purpose : {"development", "final", "audit"}
    """
    earlier = tuple(
        entry for entry in entries if entry.part == look.part and set(entry.test) & set(look.test)
    )
    models: list[set[str]] = []
    for known in (*(entry.model for entry in earlier), look.model):
        _join(models, set(known))
    own = next(each for each in models if each & set(look.model))
    finals = [entry for entry in earlier if entry.purpose == "final"]
    return Standing(
        look=look,
        purpose=purpose,
        earlier=earlier,
        looks=len(models),
        known=any(set(entry.model) & own for entry in earlier),
        seals=tuple(entry for entry in finals if not set(entry.model) & own),
        sealed=any(set(entry.model) & own for entry in finals),
    )


def _join(models: list[set[str]], known: set[str]) -> None:
    """Add what identifies a model; models that share something are one."""
    same = [each for each in models if each & known]
    for each in same:
        models.remove(each)
    models.append(known.union(*same))
