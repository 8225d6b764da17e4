"""What flags and the config itself say of places and names."""

from collections.abc import Mapping
from pathlib import Path

from assay.errors import InputError
from assay.jobs.clarify.file import ClarifyFile

Flags = Mapping[tuple[str, ...], tuple[str, object]]
READ = ("storage", "delimiter", "headers")


def told_text(flags: Flags, *keys: str) -> str | None:
    """Return what a flag says as text; None where it was not given."""
    value = flags.get(keys, ("", None))[1]
    return None if value is None else str(value)


def told_reading(flags: Flags) -> dict[str, object]:
    """Return what flags say of how the table is read."""
    return {name: flags.get(("read", name), ("", None))[1] for name in READ}


def data_place(file: ClarifyFile, flags: Flags) -> str:
    """Return where the rows are: a flag's place wins over the config's.

    Raises
    ------
    InputError
        If neither names one.
    """
    place = told_text(flags, "data") or _beside(file.config.dataset_uri, file.path)
    if place is None:
        msg = (
            f"{file.path.name} names no dataset_uri; say where the rows are: assay analyze "
            f"{file.path} --data FILE"
        )
        raise InputError(msg)
    return place


def _beside(place: str | None, path: Path) -> str | None:
    """Let a relative path start from the config's folder."""
    if place is None or "://" in place:
        return place
    return (path.resolve().parent / Path(place).expanduser()).as_posix()


def label_flag(flags: Flags) -> str | None:
    """Return the label that a flag names; of a config there is one.

    Raises
    ------
    InputError
        If several are named.
    """
    told = flags.get(("roles", "label"), ("", None))[1]
    names = [told] if isinstance(told, str) else list(told) if isinstance(told, tuple) else []
    if len(names) > 1:
        msg = f"an analysis_config.json has one label, and --label names {', '.join(names)}"
        raise InputError(msg)
    return names[0] if names else None
