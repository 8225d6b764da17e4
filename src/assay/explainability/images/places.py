"""The place of a model of images in, a function from batches of images to answers out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.errors import InputError, MissingExtraError, ModelError
from assay.models.formats.endpoint import MEGABYTE, EndpointFormat, EndpointOptions
from assay.models.formats.function_import import find_object
from assay.models.formats.place import ModelPlace, find_place
from assay.models.formats.registry import read_options, recognize
from assay.models.local import CallCounter
from assay.models.remote.media import JSON
from assay.models.remote.requests import RequestForm

Batch = NDArray[np.uint8]
Answer = Callable[[Batch], list[object]]
JPEG, PNG, NPY = "image/jpeg", "image/png", "application/x-npy"
JPEG_QUALITY = 95
WEB = ("http", "https")
KINDS = (
    "a function from images, an array of shape (n, height, width, 3), to their answers "
    "(package.module:function or file.py:function), or an address (https://host/path)"
)


@dataclass(frozen=True, kw_only=True)
class ImageRequests:
    """How images are sent to an address, and where the answer is; Clarify's names.

    Parameters
    ----------
    content_type : str
        "image/jpeg" or "image/png": one image a request; "application/x-npy": an array of numpy
        with several, shape (n, height, width, 3).
    probability : str or None
        JMESPath to the scores or the objects in an answer; None takes the commonest shapes.
    """

    content_type: str = JPEG
    probability: str | None = None


def find_image_model(
    place: str,
    requests: ImageRequests | None = None,
    *,
    options: Mapping[str, object] | None = None,
) -> Answer:
    """Return what asks the model of images at a place.

    Parameters
    ----------
    place : str
        ``package.module:function`` or ``file.py:function``: called with a batch of images.
        ``https://…``: asked with requests of this form.
    requests : ImageRequests or None
        None sends JPEG.
    options : mapping or None
        Settings of an address, such as the time-out; see `assay models`.

    Returns
    -------
    callable
        A batch of images of uint8, shape (n, height, width, 3) → one answer for each. It raises
        ModelError if the model fails, or answers about another number of images.

    Raises
    ------
    InputError
        If nothing is there that can be asked about images, or a setting is wrong.
    MissingExtraError
        If pillow is needed to write images and not installed.

    Examples
    --------
    >>> find_image_model("cat.joblib")
    Traceback (most recent call last):
    ...
    assay.errors.InputError: there is no model file cat.joblib; check the path
    """
    found = find_place(place)
    if found.function is not None and found.function[0].lower() != "command":
        return _Function(_callable(found), place)
    known = recognize(found) if found.scheme in WEB else None
    if known is None:
        hint = "; a function can load this file" if found.path is not None else ""
        msg = f"{place} cannot be asked about images; name {KINDS}{hint}"
        raise InputError(msg)
    told = EndpointOptions.of(read_options(known, options or {}))
    return _Endpoint(found, requests or ImageRequests(), told)


def _callable(place: ModelPlace) -> Callable[[Batch], object]:
    assert place.function is not None
    module, name = place.function
    found = find_object(module, name, place.text)
    if isinstance(found, type) or not callable(found) or hasattr(found, "forward"):
        msg = f"{place.text} is no function; name {KINDS}"
        raise InputError(msg)
    return found  # type: ignore[return-value]  its answers are checked when it is asked


@dataclass(eq=False)
class _Function:
    """Asks a function of this process."""

    function: Callable[[Batch], object]
    place: str

    def __call__(self, batch: Batch) -> list[object]:
        found: Any = CallCounter()(self.function, batch)
        found = found.detach().cpu().numpy() if hasattr(found, "detach") else found
        try:
            answers = list(found)
        except TypeError as error:
            msg = (
                f"{self.place} returned {type(found).__name__}; it must return one answer for "
                "each image"
            )
            raise ModelError(msg) from error
        if len(answers) != len(batch):
            msg = f"{self.place} returned {len(answers):,} answers for {len(batch):,} images"
            raise ModelError(msg)
        return answers


@dataclass(eq=False)
class _Endpoint:
    """Asks an address about images, several requests at once."""

    place: ModelPlace
    told: ImageRequests
    options: EndpointOptions

    def __post_init__(self) -> None:
        encoded(np.zeros((1, 1, 3), dtype=np.uint8), self.told.content_type)
        form = _ImageRequest(content_type=self.told.content_type)
        changes = {
            "content_type": self.told.content_type,
            "accept_type": JSON,
            "probability": self.told.probability,
            "label": None,
            "echo": None,
        }
        asked = self.options.model_copy(update=changes)
        self.service = EndpointFormat().service(self.place, asked, form)
        self.most_images = self.service.batch_rows

    def __call__(self, batch: Batch) -> list[object]:
        room = int(self.options.max_request_mb * MEGABYTE) // max(batch[0].nbytes, 1)
        self.service.batch_rows = max(1, min(self.most_images, room))
        height, width = batch.shape[1:3]
        pixels = [image.tobytes() for image in batch]
        rows = pl.DataFrame({"image": pixels}).with_columns(height=height, width=width)
        outcome = self.service.answer(rows)
        if outcome.error is not None:
            raise outcome.error
        if any(piece.scores is None for piece in outcome.pieces):
            msg = (
                f"{self.place.text} answers with labels and no scores; say where the scores are "
                "with the JMESPath probability"
            )
            raise ModelError(msg)
        return [each for piece in outcome.pieces for each in piece.scores or ()]


@dataclass(frozen=True, kw_only=True)
class _ImageRequest(RequestForm):
    """Requests whose body is an image, or an array of several.

    Images are written here, in the threads that send them, and not before.
    """

    @property
    def single(self) -> bool:
        """Whether a request holds one image only."""
        return self.content_type != NPY

    def body(self, rows: pl.DataFrame) -> bytes:
        """Return the body of one request."""
        height, width = rows["height"][0], rows["width"][0]
        pixels = np.frombuffer(b"".join(rows["image"].to_list()), dtype=np.uint8)
        images = pixels.reshape(rows.height, height, width, 3)
        return encoded(images[0] if self.single else images, self.content_type)


def encoded(image: Batch, media: str) -> bytes:
    r"""Return an image as a file of a media type.

    JPEG is written without thinning out colours; it changes pixels a little all the same.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width, 3) or (n, height, width, 3)
    media : {"image/jpeg", "image/jpg", "image/png", "application/x-npy"}

    Raises
    ------
    MissingExtraError
        If pillow is needed and not installed.

    Examples
    --------
    >>> encoded(np.zeros((2, 2, 3), dtype=np.uint8), "application/x-npy")[:6]
    b'\x93NUMPY'
    """
    if media == NPY:
        return _npy(image)
    try:
        from PIL import Image
    except ImportError as error:
        raise MissingExtraError(
            library="pillow", extra="images", purpose=f"to send images as {media}"
        ) from error
    held = BytesIO()
    if media == PNG:
        Image.fromarray(image).save(held, format="PNG", compress_level=1)
    else:
        Image.fromarray(image).save(held, format="JPEG", quality=JPEG_QUALITY, subsampling=0)
    return held.getvalue()


def _npy(array: NDArray[np.generic]) -> bytes:
    held = BytesIO()
    np.save(held, array, allow_pickle=False)
    return held.getvalue()
