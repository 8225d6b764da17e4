"""What was typed for each candidate in; a name for each, and what stands behind it, out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from assay.errors import InputError
from assay.jobs.comparing.earlier import EarlierRun, read_earlier

NAMED = re.compile(r"(?P<name>[^=:/\\]+)=(?P<place>.+)", re.DOTALL)
PATTERN = "*?["
Kind = Literal["columns", "model", "earlier"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Candidate:
    """One of those compared.

    Parameters
    ----------
    name : str
        For people; unique.
    place : str
        What stands behind the name: columns, a path, an address.
    kind : {"columns", "model", "earlier"}
    columns : tuple of str
        Of the data, with the answers.
    model : object or None
        An object of this process; None where `place` is to be loaded.
    earlier : EarlierRun or None
    """

    name: str
    place: str
    kind: Kind
    columns: tuple[str, ...] = ()
    model: object = None
    earlier: EarlierRun | None = None


@dataclass(frozen=True)
class Typed:
    """A candidate as it was typed: the name that was given to it, if any, and the rest."""

    text: str
    name: str | None = None

    @property
    def place(self) -> str:
        """What stands behind the name."""
        return self.text if self.name is None else self.text[len(self.name) + 1 :]


def split_name(text: str) -> Typed:
    """Part NAME=PLACE; what is the name of a file or folder as a whole is left whole.

    Examples
    --------
    >>> split_name("new=m.joblib").name, split_name("https://h/m?v=2").name
    ('new', None)
    """
    found = NAMED.fullmatch(text)
    if found is None or Path(text).exists():
        return Typed(text)
    return Typed(text, found["name"])


def check_count(n: int) -> None:
    """Refuse to compare fewer than two.

    Raises
    ------
    InputError
    """
    if n < 2:
        there = "no candidate was named" if n == 0 else "one candidate was named"
        msg = (
            f"{there}, and a comparison needs two or more: models, columns of answers of --data, "
            "or folders that assay analyze --out wrote"
        )
        raise InputError(msg)


def resolve(typed: Sequence[Typed], columns: Sequence[str]) -> tuple[Candidate, ...]:
    """Say what each candidate is: columns of the data first, then earlier outputs, then models.

    Parameters
    ----------
    typed : sequence of Typed
    columns : sequence of str
        Of the data.

    Returns
    -------
    tuple of Candidate
        Each with a name of its own: the one told, else that of its columns, file or folder.

    Raises
    ------
    InputError
        If one is there twice, two have one name, or a place is nothing
        that is known.
    """
    found = [_resolve_one(each, columns) for each in typed]
    _refuse_twins(found)
    short = [each.name for each in found]
    if len(set(short)) == len(short):
        return tuple(found)
    longer = [
        candidate if each.name is not None else replace(candidate, name=each.place)
        for each, candidate in zip(typed, found, strict=True)
    ]
    names = [each.name for each in longer]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        msg = f"two candidates are called {twice!r}; name them apart, as new={longer[-1].place}"
        raise InputError(msg)
    return tuple(longer)


def choose_baseline(names: Sequence[str], against: str | None) -> str:
    """Return the name of the one that the others are compared with.

    Raises
    ------
    InputError
        If no candidate has the name that was told.

    Examples
    --------
    >>> choose_baseline(["old", "new"], None)
    'old'
    """
    if against is None:
        return names[0]
    if against not in names:
        msg = f"--against names {against!r}, and the candidates are: {', '.join(names)}"
        raise InputError(msg)
    return against


def _resolve_one(typed: Typed, columns: Sequence[str]) -> Candidate:
    for text, name in ((typed.text, typed.text), (typed.place, typed.name)):
        found = _columns_of(text, columns)
        if found:
            return Candidate(name=name or text, place=text, kind="columns", columns=found)
    place = typed.place
    earlier = read_earlier(Path(place))
    if earlier is not None:
        name = typed.name or earlier.name
        return Candidate(name=name, place=place, kind="earlier", earlier=earlier)
    _check_model(place, columns)
    short = place if ":" in place else Path(place).stem
    return Candidate(name=typed.name or short, place=place, kind="model")


def _columns_of(text: str, columns: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that a text names: one, several joined by commas, or a pattern."""
    if text in columns:
        return (text,)
    if "," in text:
        parts = tuple(part.strip() for part in text.split(","))
        return parts if all(part in columns for part in parts) else ()
    if set(text) & set(PATTERN):
        return tuple(name for name in columns if fnmatchcase(name, text))
    return ()


def _check_model(place: str, columns: Sequence[str]) -> None:
    """Refuse what is neither a column nor a place of a model, with what it may have meant."""
    from difflib import get_close_matches  # noqa: PLC0415 - rarely needed

    from assay.models.formats.place import find_place  # noqa: PLC0415 - brings the formats

    try:
        find_place(place)
    except InputError as wrong:
        if Path(place).exists():
            raise
        near = get_close_matches(place, columns, n=1) or get_close_matches(
            Path(place).name, _beside(Path(place)), n=1
        )
        hint = f"did you mean {near[0]}? " if near else ""
        listed = ", ".join(columns[:20]) + (", …" if len(columns) > 20 else "")
        has = f"the data has: {listed}" if columns else "no data were named (--data)"
        msg = f"{place!r} is neither a column of the data nor a file; {hint}{has}"
        raise InputError(msg) from wrong


def _beside(path: Path) -> list[str]:
    try:
        return [each.name for each in path.parent.iterdir()]
    except OSError:
        return []


def _refuse_twins(found: Sequence[Candidate]) -> None:
    seen: dict[tuple[object, ...], str] = {}
    for each in found:
        path = Path(each.place)
        place = str(path.resolve()) if each.kind != "columns" and path.exists() else each.place
        key = (each.kind, each.columns or place)
        if key in seen:
            msg = f"the same candidate is named twice: {seen[key]} and {each.place}; leave one out"
            raise InputError(msg)
        seen[key] = each.place
