"""Log lines on stderr: findings for the log channel, tracebacks of sections for --debug."""

import logging
from collections.abc import Sequence


def show_logs(channels: Sequence[str], *, debug: bool) -> None:
    """Show assay's own log lines where they were asked for; all other logging is left alone."""
    if "log" in channels:
        _show("assay.notify", logging.INFO)
    if debug:
        _show("assay.jobs", logging.DEBUG)


def _show(name: str, level: int) -> None:
    logger = logging.getLogger(name)
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    for old in [each for each in logger.handlers if isinstance(each, logging.StreamHandler)]:
        logger.removeHandler(old)  # a second run in one process speaks once, to today's stderr
    logger.addHandler(handler)
    logger.setLevel(level)
    logger.propagate = False
