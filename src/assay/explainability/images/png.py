"""Pixels in, a PNG file's bytes out, with nothing but zlib."""

import struct
import zlib
from base64 import b64encode
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOURS = 2
DEPTH = 8


def png_bytes(pixels: NDArray[np.uint8]) -> bytes:
    r"""Return a PNG file of coloured pixels.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)

    Examples
    --------
    >>> png_bytes(np.zeros((1, 1, 3), dtype=np.uint8))[:4]
    b'\x89PNG'
    """
    height, width = pixels.shape[:2]
    lines = np.zeros((height, 1 + 3 * width), dtype=np.uint8)
    lines[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, DEPTH, COLOURS, 0, 0, 0)
    body = zlib.compress(lines.tobytes(), 9)
    return SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def data_uri(pixels: NDArray[np.uint8]) -> str:
    """Return pixels as the address of an image within a page."""
    return f"data:image/png;base64,{b64encode(png_bytes(pixels)).decode('ascii')}"


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def coloured(image: NDArray[Any], channels: str = "last") -> NDArray[np.uint8]:
    """Return any image as colours for people, shape (height, width, 3).

    Whole numbers of one byte and floats within [0, 1] are taken as they are; other values are
    stretched over the range. Of more than three channels the first three are shown, of two the
    first.
    """
    last = np.moveaxis(image, 0, -1) if image.ndim == 3 and channels == "first" else image
    last = last[..., None] if last.ndim == 2 else last
    last = last[..., :3] if last.shape[2] >= 3 else last[..., :1]
    values = last.astype(np.float64)
    low, high = float(values.min()), float(values.max())
    if image.dtype == np.uint8:
        shown = values
    elif low >= 0 and high <= 1:
        shown = values * 255
    else:
        shown = (values - low) / ((high - low) or 1.0) * 255
    return np.broadcast_to(np.rint(shown), (*last.shape[:2], 3)).astype(np.uint8)
