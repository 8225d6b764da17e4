"""Image files in; arrays out."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError, MissingExtraError

MODES = {"L", "RGB", "I;16", "F", "I"}
MAX_PIXELS = 178_956_970
"""More pixels than that are refused, as pillow does: a small file can hide a huge image."""


def read_image(path: str | Path) -> NDArray[Any]:
    """Read an image file.

    Parameters
    ----------
    path : path
        A PNG, JPEG or other file that pillow reads; or an array of numpy (``.npy``).

    Returns
    -------
    ndarray, shape (height, width) or (height, width, 3)
        Of uint8 for usual files. Palettes become colours, transparent parts white, and the image
        is turned as its camera says. Arrays of numpy are taken as they are.

    Raises
    ------
    InputError
        If there is no such file, or it holds no image that can be decoded.
    MissingExtraError
        If pillow is needed and not installed.
    """
    place = Path(path)
    if not place.is_file():
        msg = f"there is no image file {place}"
        raise InputError(msg)
    try:
        made = _array(place) if place.suffix.lower() == ".npy" else _decoded(place)
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        if isinstance(error, InputError):
            raise
        msg = (
            f"image not decodable: {place} ({' '.join(str(error).split())[:200]}); give a whole "
            "PNG or JPEG file, or an array saved by numpy"
        )
        raise InputError(msg) from error
    return check_image(made, str(place))


def check_image(image: object, name: str = "the image") -> NDArray[Any]:
    """Return an image as an array of numbers.

    Raises
    ------
    InputError
        If it has other than two or three axes, no pixels, or values that are no finite numbers.

    Examples
    --------
    >>> check_image([[0, 1], [1, 0]]).shape
    (2, 2)
    """
    array = np.asarray(image)
    if array.dtype.kind not in "uif" or array.ndim not in (2, 3) or array.size == 0:
        msg = (
            f"{name} must be numbers of shape (height, width), (height, width, channels) or "
            f"(channels, height, width); found {array.dtype} of shape {array.shape}"
        )
        raise InputError(msg)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        msg = f"{name} holds {int((~np.isfinite(array)).sum()):,} values that are not finite"
        raise InputError(msg)
    return array


def _array(place: Path) -> NDArray[Any]:
    return np.load(place, allow_pickle=False)


def _decoded(place: Path) -> NDArray[Any]:
    try:
        from PIL import Image, ImageOps
    except ImportError as error:
        raise MissingExtraError(
            library="pillow", extra="images", purpose=f"to read {place.name}"
        ) from error
    with Image.open(place) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            msg = f"{opened.width:,} × {opened.height:,} pixels are too many"
            raise ValueError(msg)
        turned = ImageOps.exif_transpose(opened)
        if "A" in turned.mode or "transparency" in turned.info:
            clear = turned.convert("RGBA")
            white = Image.new("RGBA", clear.size, (255, 255, 255, 255))
            turned = Image.alpha_composite(white, clear).convert("RGB")
        if turned.mode == "1":
            turned = turned.convert("L")
        return np.array(turned if turned.mode in MODES else turned.convert("RGB"))
