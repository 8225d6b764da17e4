"""An image, its segments and their values in; the coloured picture out."""

import numpy as np
from numpy.typing import NDArray

from assay.charts.theme import BLUE, VERMILLION
from assay.explainability.images.png import coloured

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]
STRONGEST = 0.75
"""Opacity of the colour of the segment with the largest absolute value."""
SMALLEST_SIDE = 240
"""Small images are enlarged to about this many pixels, without smoothing."""
HATCH = 8
EDGE = (90, 98, 106)
GREY = np.array([0.299, 0.587, 0.114])


def overlay(image: Pixels, segments: NDArray[np.intp], values: Floats) -> Pixels:
    """Colour the segments of an image by their values.

    Blue raises the score, vermillion with stripes lowers it; opacity is in proportion to the
    absolute value, on one scale for both. The image itself is grey, so that the colours say one
    thing. Segments of like value show their borders.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width, 3)
    segments : ndarray of int, shape (height, width)
    values : ndarray, shape (n_segments,)

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
    """
    largest = float(np.abs(values).max(initial=0.0))
    share = (values / largest if largest else np.zeros_like(values))[segments]
    height, width = segments.shape
    grey = np.repeat((image @ GREY)[..., None], 3, axis=2)
    grey = 255 - (255 - grey) * 0.65
    colour = np.where((share > 0)[..., None], _rgb(BLUE), _rgb(VERMILLION))
    alpha = np.abs(share)
    stripes = (np.arange(height)[:, None] + np.arange(width)[None, :]) % HATCH < HATCH // 2
    alpha = np.where((share < 0) & stripes, alpha * 0.55, alpha)[..., None] * STRONGEST
    mixed = grey * (1 - alpha) + colour * alpha
    mixed[_edges(segments)] = mixed[_edges(segments)] * 0.6 + np.array(EDGE) * 0.4
    return np.rint(mixed).astype(np.uint8)


def enlarged(image: NDArray[np.uint8 | np.intp]) -> NDArray[np.uint8 | np.intp]:
    """Repeat the pixels of a small image or of its segments.

    Examples
    --------
    >>> enlarged(np.zeros((28, 28), dtype=np.uint8)).shape
    (252, 252)
    """
    times = max(1, -(-SMALLEST_SIDE // max(image.shape[:2])))
    return image.repeat(times, axis=0).repeat(times, axis=1)


def every_so_many(shape: tuple[int, ...], largest_side: int | None) -> int:
    """Return the step with which pixels are left out so that no side is longer than wanted.

    Examples
    --------
    >>> every_so_many((3000, 4000), 2048), every_so_many((28, 28), 480), every_so_many((9,), None)
    (2, 1, 1)
    """
    return 1 if largest_side is None else -(-max(shape) // largest_side)


def side_by_side(
    image: NDArray[np.generic],
    segments: NDArray[np.intp],
    values: Floats,
    *,
    channels: str = "last",
    largest_side: int | None = None,
) -> tuple[Pixels, Pixels]:
    """Return the image and its coloured picture, both enlarged where they are small.

    With `largest_side` pixels of a large image are left out until no side is longer.
    """
    plain = shown(image, channels=channels, largest_side=largest_side)
    step = every_so_many(segments.shape, largest_side)
    fewer = np.asarray(enlarged(segments[::step, ::step]), dtype=np.intp)
    return plain, overlay(plain, fewer, values)


def shown(
    image: NDArray[np.generic], *, channels: str = "last", largest_side: int | None = None
) -> Pixels:
    """Return an image as colours, enlarged where it is small and thinned out where it is large."""
    last = np.moveaxis(image, 0, -1) if image.ndim == 3 and channels == "first" else image
    step = every_so_many(last.shape[:2], largest_side)
    return np.asarray(enlarged(coloured(last[::step, ::step])), dtype=np.uint8)


def with_boxes(image: Pixels, boxes: list[tuple[float, float, float, float]]) -> Pixels:
    """Draw boxes, (left, top, right, bottom) as shares of width and height."""
    out = image.copy()
    height, width = image.shape[:2]
    thick = max(1, min(height, width) // 120)
    for left, top, right, bottom in boxes:
        a, b = (int(np.clip(share * width, 0, width - 1)) for share in (left, right))
        c, d = (int(np.clip(share * height, 0, height - 1)) for share in (top, bottom))
        for part in (
            (slice(c, c + thick), slice(a, b + 1)),
            (slice(max(d - thick, 0), d + 1), slice(a, b + 1)),
            (slice(c, d + 1), slice(a, a + thick)),
            (slice(c, d + 1), slice(max(b - thick, 0), b + 1)),
        ):
            out[part] = _rgb(VERMILLION)
    return out


def _edges(segments: NDArray[np.intp]) -> NDArray[np.bool_]:
    edge = np.zeros(segments.shape, dtype=bool)
    edge[1:] |= segments[1:] != segments[:-1]
    edge[:, 1:] |= segments[:, 1:] != segments[:, :-1]
    return edge


def _rgb(colour: str) -> Floats:
    return np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)], dtype=np.float64)
