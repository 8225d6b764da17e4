"""Where a model is: a file, a folder, a URI, a function's name or a command."""

import hashlib
import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from assay.errors import InputError

HEAD_BYTES = 4096
SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]+):(?P<rest>.*)", re.DOTALL)
FUNCTION = re.compile(
    r"(?P<module>[^:]+\.py|[^\W\d]\w*(?:\.[^\W\d]\w*)*):(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)"
)


@dataclass(frozen=True)
class ModelPlace:
    """What was named as the model, looked at without running anything in it.

    Parameters
    ----------
    text : str
        As it was written.
    path : Path or None
        The file or the folder; None for a URI, a function or a command.
    head : bytes
        The first `HEAD_BYTES` of a file.
    members : tuple of str
        Names inside a zip archive, or in a folder (not below it).
    """

    text: str
    path: Path | None = None
    head: bytes = b""
    members: tuple[str, ...] = ()

    @property
    def scheme(self) -> str:
        """What stands before the colon of a URI, in lower case; "" for paths and functions."""
        found = None if self.path is not None else SCHEME.fullmatch(self.text)
        return "" if found is None or self.function is not None else found["scheme"].lower()

    @property
    def function(self) -> tuple[str, str] | None:
        """(module or file, name in it) where the text is ``package.module:function``."""
        found = None if self.path is not None else FUNCTION.fullmatch(self.text)
        return None if found is None else (found["module"], found["name"])

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return self.path is not None and self.path.is_dir()

    @property
    def file(self) -> Path:
        """The path of what is a file or a folder; forms that recognised one may ask for it."""
        if self.path is None:
            msg = f"{self.text} is not a path"
            raise TypeError(msg)
        return self.path

    @property
    def name(self) -> str:
        """For people: the file's name, else the text."""
        return self.text if self.path is None else self.path.name


def find_place(model: str | Path) -> ModelPlace:
    """Look at what was named as the model; files are believed by their content.

    Raises
    ------
    InputError
        If it is meant as a file and there is none, it is empty, or it cannot be read.

    Examples
    --------
    >>> find_place("shop.models:predict").function
    ('shop.models', 'predict')
    >>> find_place("https://localhost:8080/invocations").scheme
    'https'
    """
    path = Path(model)
    there = _exists(path)
    if there and path.is_dir():
        return ModelPlace(str(model), path, members=tuple(sorted(p.name for p in path.iterdir())))
    if there:
        return _file(str(model), path)
    text = str(model)
    place = ModelPlace(text)
    if isinstance(model, str) and (place.function is not None or SCHEME.fullmatch(text)):
        return place
    raise InputError(_absent(path))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a long command is no name that a file can have
        return False


def digest_place(path: Path) -> str:
    """Return blake2b-128 of a file, or of all files below a folder with their names.

    Returns
    -------
    str
        32 hex digits.
    """
    if not path.is_dir():
        with path.open("rb") as file:
            return hashlib.file_digest(file, _new_digest).hexdigest()
    whole = _new_digest()
    for file in sorted(each for each in path.rglob("*") if each.is_file()):
        name = file.relative_to(path).as_posix()
        whole.update(f"{name}\0{digest_place(file)}\0".encode())
    return whole.hexdigest()


def _new_digest() -> "hashlib.blake2b":
    return hashlib.blake2b(digest_size=16)


def _file(text: str, path: Path) -> ModelPlace:
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        msg = f"the model file {path} cannot be read: {error.strerror}"
        raise InputError(msg) from error
    if not head:
        msg = f"the model file {path} is empty; save the model again"
        raise InputError(msg)
    return ModelPlace(text, path, head, _archived(path) if head.startswith(b"PK") else ())


def _archived(path: Path) -> tuple[str, ...]:
    try:
        with ZipFile(path) as archive:
            return tuple(archive.namelist())
    except BadZipFile:
        msg = f"the model file {path} is cut off or damaged (a broken zip archive); save it again"
        raise InputError(msg) from None


def _absent(path: Path) -> str:
    try:
        names = [each.name for each in path.parent.iterdir()]
    except OSError:
        return f"there is no model file {path}: there is no folder {path.parent}"
    near = get_close_matches(path.name, names, n=1)
    hint = f"did you mean {path.with_name(near[0])}?" if near else "check the path"
    return f"there is no model file {path}; {hint}"
