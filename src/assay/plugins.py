"""Whatever is installed under an entry point: loaded, looked at, and refused with a reason."""

import sys
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from assay.errors import InputError


def load_plugins(group: str, what: str, parts: Sequence[str]) -> dict[str, object]:
    """Load all that packages have put under an entry point, assay's own among it.

    Parameters
    ----------
    group : str
        The entry point: "assay.models".
    what : str
        What each is, for messages: "model format".
    parts : sequence of str
        Attributes that each must have.

    Returns
    -------
    dict of str to object
        By the names of the entry points, sorted.

    Raises
    ------
    InputError
        If one cannot be imported or lacks a part, or if two packages ship one of the same name.

    Examples
    --------
    >>> sorted(load_plugins("assay.channels", "channel", ["send"]))
    ['log']
    """
    places: dict[str, EntryPoint] = {}
    for place in _declared(group, _installed()):
        first = places.setdefault(place.name, place)
        if first.value != place.value:
            msg = (
                f"two packages ship a {what} named {place.name!r}: {first.value} and "
                f"{place.value}; uninstall one of them"
            )
            raise InputError(msg)
    return {name: _load(place, what, parts) for name, place in places.items()}


def _installed() -> tuple[tuple[str, float], ...]:
    """Return where packages lie, and when something there was last added or removed."""
    return tuple((place, _changed(place)) for place in sys.path)


def _changed(place: str) -> float:
    try:
        return Path(place or ".").stat().st_mtime
    except OSError:
        return 0.0


@lru_cache(maxsize=64)
def _declared(group: str, installed: tuple[tuple[str, float], ...]) -> tuple[EntryPoint, ...]:
    """Return the entry points by name; they are read again when `installed` changes."""
    return tuple(sorted(entry_points(group=group), key=lambda each: each.name))


def _load(place: EntryPoint, what: str, parts: Sequence[str]) -> object:
    try:
        loaded = place.load()
    except Exception as broken:
        msg = (
            f"the {what} {place.name!r} ({place.value}) cannot be loaded: {broken}; "
            "repair or uninstall the package that ships it"
        )
        raise InputError(msg) from broken
    lacking = [part for part in parts if not hasattr(loaded, part)]
    if lacking:
        msg = (
            f"the {what} {place.name!r} ({place.value}) has no {', '.join(lacking)}; "
            "repair or uninstall the package that ships it"
        )
        raise InputError(msg)
    return loaded
