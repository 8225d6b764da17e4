"""An image in; the segment of each pixel out."""

from math import ceil, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError, MissingExtraError

Image = NDArray[Any]
Labels = NDArray[np.intp]
KINDS = ("auto", "slic", "grid")
SEGMENTS = 20
COMPACTNESS = 5.0
SLIC_SIDE = 1024
"""Superpixels of images with a longer side are found on every second, third, … pixel: that takes a
fraction of the time and memory, and moves their edges by that many pixels at most."""
SQUARER = (4, 16, 64)
"""Times the compactness, one after the other, where too few superpixels come out."""


def segment_image(
    image: Image,
    segments: Any = "auto",  # noqa: ANN401  a name or labels
    *,
    n_segments: int = SEGMENTS,
    compactness: float = COMPACTNESS,
    channels: str = "last",
) -> tuple[Labels, str]:
    """Cut an image into segments.

    Parameters
    ----------
    image : ndarray, shape (height, width), (height, width, channels) or (channels, height, width)
    segments : {"auto", "slic", "grid"} or ndarray of int, shape (height, width)
        "slic": superpixels (Achanta et al. 2012), which need scikit-image; "grid": rectangles.
        "auto" is "slic" where scikit-image is installed, made squarer (up to 64 times the
        compactness) until at least half of `n_segments` come out.
    n_segments : int
        About how many.
    compactness : float
        Of superpixels: larger is squarer. Colours are compared in CIELAB, grey as its lightness
        (0 to 100), so that one number serves both.
    channels : {"last", "first"}

    Returns
    -------
    labels : ndarray of int, shape (height, width)
        0, 1, 2, … without gaps.
    kind : str
        "slic", "grid" or "given".

    Raises
    ------
    InputError
        If the kind is unknown, or labels have another shape than the image.
    MissingExtraError
        If superpixels are asked for without scikit-image.

    Examples
    --------
    >>> segment_image(np.zeros((2, 4)), "grid", n_segments=2)[0].tolist()
    [[0, 0, 1, 1], [0, 0, 1, 1]]
    """
    last = np.moveaxis(image, 0, -1) if image.ndim == 3 and channels == "first" else image
    height, width = last.shape[:2]
    if isinstance(segments, np.ndarray):
        if segments.shape != (height, width) or segments.dtype.kind not in "ui":
            msg = (
                f"segments must be whole numbers of shape {(height, width)}, one for each pixel, "
                f"not {segments.dtype} of shape {segments.shape}"
            )
            raise InputError(msg)
        return _renumbered(segments), "given"
    if segments not in KINDS:
        msg = f"unknown segments {segments!r}; choose one of: {', '.join(KINDS)}, or give labels"
        raise InputError(msg)
    if n_segments < 1:
        msg = f"n_segments must be 1 or more, not {n_segments}"
        raise InputError(msg)
    if not compactness > 0:
        msg = f"compactness must be above 0, not {compactness}"
        raise InputError(msg)
    if segments == "grid":
        return grid_segments(height, width, n_segments), "grid"
    if segments == "slic":
        return _slic(last, n_segments, compactness), "slic"
    try:
        return _enough(last, n_segments, compactness), "slic"
    except MissingExtraError:
        return grid_segments(height, width, n_segments), "grid"


def grid_segments(height: int, width: int, n_segments: int) -> Labels:
    """Return rectangles of like size, about as wide as high."""
    down = min(height, max(1, round(sqrt(n_segments * height / width))))
    across = min(width, max(1, ceil(n_segments / down)))
    rows = np.arange(height) * down // height
    columns = np.arange(width) * across // width
    return (rows[:, None] * across + columns[None, :]).astype(np.intp)


def _enough(image: Image, n_segments: int, compactness: float) -> Labels:
    """Make superpixels squarer until at least half as many come out as were asked for.

    Where neighbouring pixels differ more than distant ones, loose superpixels fall to pieces that
    are joined to a few, or to one.
    """
    labels = _slic(image, n_segments, compactness)
    for times in SQUARER:
        if 2 * (labels.max() + 1) >= n_segments:
            break
        labels = _slic(image, n_segments, compactness * times)
    return labels


def _slic(image: Image, n_segments: int, compactness: float) -> Labels:
    try:
        from skimage.segmentation import slic
    except ImportError as error:
        raise MissingExtraError(
            library="scikit-image", extra="images", purpose="to find superpixels"
        ) from error
    height, width = image.shape[:2]
    step = -(-max(height, width) // SLIC_SIDE)
    image = image[::step, ::step]
    coloured = image.ndim == 3 and image.shape[2] == 3
    if image.ndim == 3 and image.shape[2] == 1:
        image = image[..., 0]
    low, high = float(image.min()), float(image.max())
    scaled = image / 255.0 if image.dtype == np.uint8 else (image - low) / ((high - low) or 1.0)
    labels = slic(
        scaled.astype(np.float64),
        n_segments=n_segments,
        compactness=compactness if coloured else compactness / 100,
        convert2lab=coloured,
        channel_axis=-1 if image.ndim == 3 else None,
        start_label=0,
    )
    whole = labels.repeat(step, axis=0).repeat(step, axis=1)[:height, :width]
    return _renumbered(whole)


def _renumbered(labels: NDArray[Any]) -> Labels:
    return np.unique(labels, return_inverse=True)[1].reshape(labels.shape).astype(np.intp)
