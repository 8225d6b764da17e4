"""What a model file is by its first bytes; its suffix is not believed."""

import hashlib
from pathlib import Path
from typing import Literal
from zipfile import BadZipFile, ZipFile

from assay.errors import InputError

Format = Literal["pickle", "skops"]
PICKLE = b"\x80"
COMPRESSED = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x5d\x00\x00": "lzma",
    b"\x04\x22\x4d\x18": "lz4",
    b"\x78\x01": "zlib",
    b"\x78\x5e": "zlib",
    b"\x78\x9c": "zlib",
    b"\x78\xda": "zlib",
}
"""How joblib compresses pickles."""
OTHERS = {
    b"\x89HDF": "an HDF5 file (Keras)",
    b"PAR1": "a Parquet table",
    b"tree\n": "a LightGBM text model",
    b"{": "JSON text (XGBoost saves so)",
    b"binf": "an XGBoost binary model",
    b"\x08": "perhaps an ONNX model",
}
READABLE = "a scikit-learn style model saved by joblib, pickle or skops"


def file_digest(path: Path) -> str:
    """Return blake2b-128 of a file's content, 32 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def sniff(path: Path) -> Format:
    """Tell the format of a model file by its content.

    Raises
    ------
    InputError
        If there is no such file, it is a folder or empty, or its format is not one that is read.
    """
    if not path.exists():
        msg = f"there is no model file {path}; check the path"
        raise InputError(msg)
    if path.is_dir():
        msg = f"{path} is a folder, not a model file; name the file itself: {READABLE}"
        raise InputError(msg)
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError as error:
        msg = f"the model file {path} cannot be read: {error.strerror}"
        raise InputError(msg) from error
    if not head:
        msg = f"the model file {path} is empty; save the model again"
        raise InputError(msg)
    if head.startswith(b"PK"):
        return _sniff_zip(path)
    if head.startswith((PICKLE, *COMPRESSED)) or _old_pickle(head):
        return "pickle"
    looks = next((what for mark, what in OTHERS.items() if head.startswith(mark)), None)
    raise InputError(_unknown(path, looks))


def _sniff_zip(path: Path) -> Format:
    try:
        with ZipFile(path) as archive:
            names = archive.namelist()
    except BadZipFile:
        msg = f"the model file {path} is cut off or damaged (a broken zip archive); save it again"
        raise InputError(msg) from None
    if "schema.json" in names:
        return "skops"
    torch = any(name.endswith("/data.pkl") for name in names)
    looks = "a PyTorch archive" if torch else "a zip archive that skops did not write"
    raise InputError(_unknown(path, looks))


def _old_pickle(head: bytes) -> bool:
    """Pickles of protocol 0 and 1 begin with an opcode; those of objects with these."""
    return head.startswith((b"ccopy_reg\n", b"c__builtin__\n", b"(i")) or b"copy_reg\n" in head


def _unknown(path: Path, looks: str | None) -> str:
    seems = f" seems to be {looks} and" if looks else ""
    return f"{path}{seems} is not a model that can be loaded here; give {READABLE}"
