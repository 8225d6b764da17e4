"""The name of a channel in, the channel out: channels are entry points of installed packages."""

import logging
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points

from assay.errors import InputError
from assay.notify.channel import Channel
from assay.result import Finding

GROUP = "assay.channels"
LOGGER = logging.getLogger("assay.notify")


def channel_names() -> tuple[str, ...]:
    """Names of all installed channels, sorted.

    Examples
    --------
    >>> "log" in channel_names()
    True
    """
    return tuple(sorted(_installed()))


def get_channel(name: str) -> Channel:
    """Return the channel of a name.

    Raises
    ------
    InputError
        If there is no such channel, it cannot be imported, or it is none.

    Examples
    --------
    >>> type(get_channel("log")).__name__
    'LogChannel'
    """
    found = _installed().get(name)
    if found is None:
        msg = f"there is no notification channel {name!r}; there are: {', '.join(channel_names())}"
        raise InputError(msg)
    try:
        channel = found.load()()
    except Exception as error:
        msg = (
            f"the notification channel {name!r} ({found.value}) cannot be used "
            f"({type(error).__name__}: {error}); mend or remove the package that brings it"
        )
        raise InputError(msg) from error
    if not isinstance(channel, Channel):
        msg = f"{found.value} is no notification channel: it has no send(subject, findings)"
        raise InputError(msg)
    return channel


def send_all(channels: Sequence[Channel], subject: str, findings: Sequence[Finding]) -> None:
    """Send findings through every channel; one that fails is logged and stops none of the others.

    Parameters
    ----------
    channels : sequence of Channel
    subject : str
    findings : sequence of Finding
    """
    for channel in channels:
        try:
            channel.send(subject, findings)
        except Exception:
            LOGGER.exception("%s could not send %r", type(channel).__name__, subject)


def _installed() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=GROUP)}
