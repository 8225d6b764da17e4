"""What stands in place of a segment that is off."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, zoom

from assay.errors import InputError

Image = NDArray[Any]
FILLS = ("blurred", "mean", "zero", "noise")
BLUR = 0.1
"""Standard deviation of the blur, as a share of the image's width."""


def fill_of(image: Image, fill: Any, *, channels: str = "last", seed: int = 0) -> Image:  # noqa: ANN401
    """Return the image that off segments take, in the image's shape and dtype.

    Parameters
    ----------
    image : ndarray, shape (height, width), (height, width, channels) or (channels, height, width)
    fill : {"blurred", "mean", "zero", "noise"} or ndarray
        "blurred": a Gaussian of a tenth of the width; "mean": of each channel; "noise": uniform
        over the values that the dtype (of whole numbers) or the image (of floats) spans. An image
        of another height or width is resized; a grey one serves a coloured one.
    channels : {"last", "first"}
    seed : int
        Of the noise.

    Raises
    ------
    InputError
        If the fill is unknown, or an image with other channels.

    Examples
    --------
    >>> fill_of(np.array([[0, 4], [8, 4]], dtype=np.uint8), "mean").tolist()
    [[4, 4], [4, 4]]
    """
    if isinstance(fill, np.ndarray):
        return _as(_fitted(fill, image, channels), image)
    axes = spatial_axes(image, channels)
    if fill == "zero":
        return np.zeros_like(image)
    if fill == "mean":
        return _as(np.broadcast_to(image.mean(axis=axes, keepdims=True), image.shape), image)
    if fill == "noise":
        low, high = _span(image)
        return _as(np.random.default_rng(seed).uniform(low, high, image.shape), image)
    if fill == "blurred":
        sigma = [0.0] * image.ndim
        for axis in axes:
            sigma[axis] = BLUR * image.shape[axes[1]]
        return _as(gaussian_filter(image.astype(np.float64), sigma), image)
    msg = f"unknown fill {fill!r}; choose one of: {', '.join(FILLS)}, or give an image as an array"
    raise InputError(msg)


def spatial_axes(image: Image, channels: str) -> tuple[int, int]:
    """Return the axes of height and width.

    Examples
    --------
    >>> spatial_axes(np.zeros((3, 4, 5)), "first"), spatial_axes(np.zeros((4, 5)), "last")
    ((1, 2), (0, 1))
    """
    return (1, 2) if image.ndim == 3 and channels == "first" else (0, 1)


def _span(image: Image) -> tuple[float, float]:
    if image.dtype.kind in "ui" and image.dtype.itemsize == 1:
        about = np.iinfo(image.dtype)
        return about.min - 0.5, about.max + 0.5
    return float(image.min()), float(image.max())


def _as(filled: NDArray[Any], image: Image) -> Image:
    """Return a fill in the image's dtype; whole numbers are rounded and held in its range."""
    if image.dtype.kind in "ui":
        about = np.iinfo(image.dtype)
        return np.clip(np.rint(filled), about.min, about.max).astype(image.dtype)
    return filled.astype(image.dtype)


def _fitted(fill: Image, image: Image, channels: str) -> Image:
    """Resize a fill to the image."""
    if fill.ndim == 2 and image.ndim == 3:
        fill = fill[..., None] if channels == "last" else fill[None]
    if fill.ndim != image.ndim:
        msg = f"the fill has shape {fill.shape}, and the image {image.shape}"
        raise InputError(msg)
    axes = spatial_axes(image, channels)
    scale = [image.shape[a] / fill.shape[a] if a in axes else 1.0 for a in range(image.ndim)]
    if scale != [1.0] * image.ndim:
        fill = np.asarray(
            zoom(fill.astype(np.float64), scale, order=1, grid_mode=True, mode="nearest")
        )
    try:
        return np.broadcast_to(fill, image.shape)
    except ValueError as error:
        msg = f"the fill has shape {fill.shape}, and the image {image.shape}"
        raise InputError(msg) from error
