"""Files of Keras: the config inside, read without Keras and without running anything."""

import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal
from zipfile import BadZipFile, ZipFile

from assay.errors import InputError, MissingExtraError
from assay.models.formats.place import ModelPlace
from assay.models.keras_config import KerasFacts, read_config

if TYPE_CHECKING:
    from types import ModuleType

Holds = Literal["keras", "hdf5", "savedmodel"]
HDF5 = b"\x89HDF\r\n\x1a\n"
CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
TRAINING_ONLY = ("optimizer", "optimizer_weights")


@dataclass(frozen=True)
class KerasFile:
    """What a file says of itself.

    Parameters
    ----------
    facts : KerasFacts
    keras_version : str
    parameters : int or None
        Numbers in its weights; None where they could not be counted.
    """

    facts: KerasFacts
    keras_version: str = ""
    parameters: int | None = None


def holds(place: ModelPlace) -> Holds | None:
    """Say what kind of Keras model a place is; None for what is none."""
    if place.is_folder:
        return "savedmodel" if "saved_model.pb" in place.members else None
    if place.head.startswith(HDF5):
        return "hdf5"
    return "keras" if {CONFIG, METADATA} <= set(place.members) else None


def read_file(place: ModelPlace) -> KerasFile:
    """Read the config of a ``.keras`` archive or an HDF5 file.

    Raises
    ------
    InputError
        If it is damaged, or holds weights without a model.
    MissingExtraError
        If an HDF5 file cannot be read for want of h5py.
    """
    return _archive(place.file) if holds(place) == "keras" else _hdf5(place.file)


@contextmanager
def with_suffix(path: Path, suffix: str) -> Iterator[Path]:
    """Offer a file under a name with the suffix by which Keras tells its forms apart."""
    if path.suffix == suffix:
        yield path
        return
    with TemporaryDirectory() as folder:
        link = Path(folder) / f"model{suffix}"
        link.symlink_to(path.resolve())
        yield link


def damaged(path: Path, error: Exception) -> str:
    """Say in one paragraph that a file cannot be read."""
    text = " ".join(str(error).split())[:300]
    return (
        f"{path} cannot be read as a Keras model ({type(error).__name__}: {text}); it is cut off, "
        "damaged, or made by another version of Keras: copy it again, or save the model again"
    )


def _archive(path: Path) -> KerasFile:
    try:
        with ZipFile(path) as archive:
            config = json.loads(archive.read(CONFIG))
            about = json.loads(archive.read(METADATA))
            weights = archive.read(WEIGHTS) if WEIGHTS in archive.namelist() else b""
        facts = _facts(config)
        version = str(about.get("keras_version", ""))
    except (BadZipFile, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(damaged(path, error)) from error
    return KerasFile(facts, version, _count(path, io.BytesIO(weights)) if weights else None)


def _hdf5(path: Path) -> KerasFile:
    h5py = _require_h5py(path)
    try:
        with h5py.File(path) as file:
            about = {name: _text(file.attrs[name]) for name in file.attrs}
    except OSError as error:
        raise InputError(damaged(path, error)) from error
    if "model_config" not in about:
        msg = (
            f"{path} is an HDF5 file without a Keras model in it (most likely weights alone); "
            "save the whole model: model.save('model.keras')"
        )
        raise InputError(msg)
    try:
        config = json.loads(about["model_config"])
        trained = json.loads(about.get("training_config") or "{}")
        facts = _facts({**config, "training_config": trained})
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise InputError(damaged(path, error)) from error
    return KerasFile(facts, about.get("keras_version", ""), _count(path, path))


def _facts(config: object) -> KerasFacts:
    if not isinstance(config, Mapping):
        msg = "its config is no mapping"
        raise TypeError(msg)
    return read_config(config)


def _count(path: Path, source: object) -> int | None:
    """Count the numbers in the weights, leaving out those of the optimizer."""
    try:
        h5py: Any = _require_h5py(path)
    except MissingExtraError:
        return None
    total = 0

    def add(name: str, item: Any) -> None:  # noqa: ANN401  h5py has no types
        nonlocal total
        if isinstance(item, h5py.Dataset) and name.split("/")[0] not in TRAINING_ONLY:
            total += int(item.size or 0)

    try:
        with h5py.File(source) as file:
            file.visititems(add)
    except OSError as error:
        raise InputError(damaged(path, error)) from error
    return total


def _require_h5py(path: Path) -> "ModuleType":
    try:
        import h5py
    except ImportError as error:
        purpose = f"to read {path.name}"
        raise MissingExtraError(library="h5py", extra="keras", purpose=purpose) from error
    return h5py


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
