"""The place of images in, the files that are explained out, each with a name of its own."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.explainability.images.reading import read_image
from assay.jobs.clarify.explanations import ImageDebug

SUFFIXES = (".jpg", ".jpeg", ".png")
PREFIX = "prefix"
SIXTEEN_BITS = 257
"""What a value of 16 bits is divided by for one of 8."""


@dataclass(frozen=True)
class ImageFile:
    """An image that is to be explained.

    Parameters
    ----------
    name : str
        Its path below the folder, or as the manifest has it, with forward slashes.
    path : Path
    stem : str
        What the names of its pictures begin with; no other image has it.
    """

    name: str
    path: Path
    stem: str


@dataclass(frozen=True)
class ImageFiles:
    """The images of a config.

    Parameters
    ----------
    files : tuple of ImageFile
        In the order of their names, or of the manifest.
    notes : tuple of str
        What was left out, for people.
    """

    files: tuple[ImageFile, ...]
    notes: tuple[str, ...] = ()


def find_images(place: str, debug: ImageDebug | None = None) -> ImageFiles:
    """Find the JPEG and PNG files at a place.

    Parameters
    ----------
    place : str
        A folder, which is searched with all below it; one image; or a manifest as S3 has it: a
        JSON list of file names, before which ``{"prefix": FOLDER}`` may stand. Files of a manifest
        whose prefix is an address are looked for in the manifest's own folder.
    debug : ImageDebug or None
        Which of them are wanted: `image_names` (with or without folders), then those from
        `sample_from` up to, and without, `sample_to`, counted from 0.

    Raises
    ------
    InputError
        If there are none, or what is named is not there.
    """
    if "://" in place:
        msg = (
            f"{place}: images are read from a folder of this machine; fetch them, and name the "
            "folder with --data FOLDER"
        )
        raise InputError(msg)
    where = Path(place).expanduser()
    notes: tuple[str, ...] = ()
    if where.is_dir():
        named, notes = _below(where)
    elif where.suffix.lower() in SUFFIXES:
        named = {where.name: where}
    elif where.is_file():
        named = _of_manifest(where)
    else:
        msg = f"there is no folder, image or manifest {place}; check the path"
        raise InputError(msg)
    absent = [name for name, path in named.items() if not path.is_file()]
    if absent:
        msg = (
            f"{len(absent)} of {len(named)} images of {place} are not there, the first is "
            f"{absent[0]} ({named[absent[0]]})"
        )
        raise InputError(msg)
    if not named:
        msg = f"{place} holds no image: no file ends in {', '.join(SUFFIXES)}"
        raise InputError(msg)
    return ImageFiles(_chosen(_with_stems(named), debug), notes)


def _below(folder: Path) -> tuple[dict[str, Path], tuple[str, ...]]:
    """Return the images of a folder by name, and a note of what else lies there."""
    found: dict[str, Path] = {}
    others = 0
    for path in folder.rglob("*"):
        inner = path.relative_to(folder)
        if any(part.startswith(".") for part in inner.parts) or not path.is_file():
            continue
        if path.suffix.lower() in SUFFIXES:
            found[inner.as_posix()] = path
        else:
            others += 1
    told = f"{others} file(s) of {folder.name} that are neither JPEG nor PNG were left out"
    return dict(sorted(found.items())), (told,) if others and found else ()


def _of_manifest(file: Path) -> dict[str, Path]:
    try:
        told = json.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, ValueError, RecursionError) as error:
        msg = f"{file} is neither an image ({', '.join(SUFFIXES)}) nor a manifest: {error}"
        raise InputError(msg) from error
    entries = told if isinstance(told, list) else []
    folder = file.resolve().parent
    if entries and isinstance(entries[0], dict) and isinstance(entries[0].get(PREFIX), str):
        prefix, entries = entries[0][PREFIX], entries[1:]
        folder = folder if "://" in prefix else folder / Path(prefix).expanduser()
    if not entries or not all(isinstance(each, str) and each for each in entries):
        msg = (
            f"{file} is no manifest of images; write a JSON list such as "
            '[{"prefix": "images/"}, "cat.jpg", "dogs/1.png"]'
        )
        raise InputError(msg)
    return {Path(each).as_posix(): folder / each for each in entries}


def _with_stems(named: dict[str, Path]) -> list[ImageFile]:
    """Give each image the shortest stem that no other has."""
    paths = [Path(name) for name in named]
    ways = (
        [path.stem for path in paths],
        ["_".join(path.with_suffix("").parts) for path in paths],
        ["_".join(path.parts).replace(".", "_") for path in paths],
        [f"{number}_{path.stem}" for number, path in enumerate(paths)],
    )
    # Pictures of two images whose stems differ in case alone would be one on some machines.
    counts = [Counter(stem.lower() for stem in stems) for stems in ways]
    taken: set[str] = set()
    made = []
    for number, (name, path) in enumerate(named.items()):
        told = zip(ways, counts, strict=True)
        alone = (way[number] for way, count in told if count[way[number].lower()] == 1)
        stem = next(alone, ways[-1][number]).lstrip("./") or str(number)
        while stem.lower() in taken:
            stem += "_"
        taken.add(stem.lower())
        made.append(ImageFile(name, path, stem))
    return made


def _chosen(files: Sequence[ImageFile], debug: ImageDebug | None) -> tuple[ImageFile, ...]:
    if debug is None:
        return tuple(files)
    if debug.image_names is not None:
        known = {name for each in files for name in (each.name, each.path.name)}
        absent = [name for name in debug.image_names if name not in known]
        if absent:
            msg = (
                f"methods.shap.image_config.debug.image_names names {absent[0]!r}, which is none "
                f"of the {len(files)} images, such as {files[0].name!r}"
            )
            raise InputError(msg)
        files = [e for e in files if {e.name, e.path.name} & {*debug.image_names}]
    kept = files[debug.sample_from or 0 : debug.sample_to]
    if not kept:
        msg = (
            f"methods.shap.image_config.debug leaves no image: sample_from {debug.sample_from} "
            f"and sample_to {debug.sample_to} of {len(files)}"
        )
        raise InputError(msg)
    return tuple(kept)


def read_rgb(path: Path) -> NDArray[np.uint8]:
    """Read an image as Clarify does: height × width × 3, uint8.

    Grey images have three equal channels, and values of 16 bits are brought to 8.

    Raises
    ------
    InputError
        If it cannot be decoded.
    MissingExtraError
        If pillow is not installed.
    """
    image = read_image(path)
    if image.dtype != np.uint8:
        image = np.rint(np.clip(image / SIXTEEN_BITS, 0, 255)).astype(np.uint8)
    return np.repeat(image[..., None], 3, axis=2) if image.ndim == 2 else image
