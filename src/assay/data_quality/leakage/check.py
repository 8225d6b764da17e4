"""What one check found, or why it could not say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assay.result import Finding, Json

Status = Literal["clear", "found", "not judged", "not run"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Check:
    """One check of the list.

    Parameters
    ----------
    rule : str
        Name of the finding that it may raise.
    title : str
        What it looks for.
    status : {"clear", "found", "not judged", "not run"}
        "not judged": the data do not allow it; "not run": something was not given.
    said : str
        What was found, or why nothing can be said.
    findings : tuple of Finding
    figures : mapping
        The numbers behind it.
    sampled : str
        Which rows were read; "" for all.
    turn_on : str
        What has to be given, where it did not run.
    affected : ndarray of bool or None, shape (n_judged,)
        Judged rows that the finding is about.
    """

    rule: str
    title: str
    status: Status
    said: str
    findings: tuple[Finding, ...] = ()
    figures: Mapping[str, Json] = field(default_factory=dict[str, Json])
    sampled: str = ""
    turn_on: str = ""
    affected: NDArray[np.bool_] | None = None

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "rule": self.rule,
            "title": self.title,
            "status": self.status,
            "said": self.said,
            "figures": dict(self.figures),
            "sampled": self.sampled,
            "turn_on": self.turn_on,
            "n_affected": None if self.affected is None else int(self.affected.sum()),
            "findings": [finding.to_dict() for finding in self.findings],
        }


@dataclass(frozen=True)
class About:
    """Name and title of a check, from which its results are made.

    Parameters
    ----------
    rule : str
    title : str
    """

    rule: str
    title: str

    def clear(
        self,
        said: str = "nothing found",
        *,
        sampled: str = "",
        figures: Mapping[str, Json] | None = None,
    ) -> Check:
        """Return that nothing is wrong."""
        return Check(
            rule=self.rule,
            title=self.title,
            status="clear",
            said=said,
            sampled=sampled,
            figures=figures or {},
        )

    def not_judged(
        self, reason: str, *, sampled: str = "", figures: Mapping[str, Json] | None = None
    ) -> Check:
        """Return that the data do not allow a judgement."""
        return Check(
            rule=self.rule,
            title=self.title,
            status="not judged",
            said=reason,
            sampled=sampled,
            figures=figures or {},
        )

    def not_run(self, reason: str, turn_on: str) -> Check:
        """Return that something has to be given first."""
        return Check(
            rule=self.rule, title=self.title, status="not run", said=reason, turn_on=turn_on
        )

    def found(
        self,
        *findings: Finding,
        sampled: str = "",
        affected: NDArray[np.bool_] | None = None,
        figures: Mapping[str, Json] | None = None,
    ) -> Check:
        """Return findings; an empty list is "nothing found"."""
        if not findings:
            return self.clear(sampled=sampled, figures=figures)
        return Check(
            rule=self.rule,
            title=self.title,
            status="found",
            said=" ".join(finding.message for finding in findings),
            findings=findings,
            figures=figures or {},
            sampled=sampled,
            affected=affected,
        )
