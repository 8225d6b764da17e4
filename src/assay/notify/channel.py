"""The Channel protocol: where findings are sent."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from assay.result import Finding


@runtime_checkable
class Channel(Protocol):
    """One way to reach people; one implementation a file, found by entry point."""

    def send(self, subject: str, findings: Sequence[Finding]) -> None:
        """Deliver findings.

        A channel never raises into its caller: what it cannot deliver it logs, because an
        analysis that has finished must not fail for want of a mail server.

        Parameters
        ----------
        subject : str
            What the findings are about, one line.
        findings : sequence of Finding
            Worst first; may be empty, then nothing was found.
        """
        ...
