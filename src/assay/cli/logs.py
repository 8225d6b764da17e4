"""Log lines on stderr, for runs that were asked to notify by log."""

from collections.abc import Sequence


def show_logs(channels: Sequence[str]) -> None:
    """Show assay's log lines when the log channel is used; leaves all other logging alone."""
    if "log" not in channels:
        return
    import logging

    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.getLogger("assay.notify")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
