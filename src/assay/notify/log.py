"""The channel that writes findings to Python's logging."""

import logging
from collections.abc import Sequence

from assay.result import Finding, Severity

LOGGER = logging.getLogger("assay.notify")
LEVELS: dict[Severity, int] = {
    "error": logging.ERROR,
    "warning": logging.WARNING,
    "info": logging.INFO,
}


class LogChannel:
    """Logs a line for each finding under ``assay.notify``; handlers are the program's own.

    Examples
    --------
    >>> LogChannel().send("nightly run", [])
    """

    def send(self, subject: str, findings: Sequence[Finding]) -> None:
        """Log every finding at the level of its severity; one info line when there is none."""
        if not findings:
            LOGGER.info("%s: no findings", _line(subject))
        for finding in findings:
            LOGGER.log(
                LEVELS.get(finding.severity, logging.WARNING),
                "%s: %s: %s",
                _line(subject),
                finding.rule,
                _line(finding.message),
            )


def _line(text: str) -> str:
    """Keep data values from starting a log line of their own."""
    return " ".join(text.split())
