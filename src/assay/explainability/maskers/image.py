"""Games of one image: its segments are switched to a blurred, empty or other image."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.explainability.scores import Scores
from assay.explainability.shapley.games import Coalitions

Floats = NDArray[np.float64]
Image = NDArray[Any]
BATCH_BYTES = 64 * 2**20
BATCH_IMAGES = 1024


@dataclass(eq=False)
class ImageGames:
    """The game of one image; see `Games`.

    Parameters
    ----------
    image : ndarray, shape (height, width), (height, width, channels) or (channels, height, width)
    segments : ndarray of int, shape (height, width)
        Which segment each pixel is in, 0 … n_players - 1.
    fills : ndarray, shape (n_fills, *image.shape)
        What off segments take, in the image's dtype; the mean over them is the coalition's value.
    scores : Scores
        Of batches of images, shape (n, *image.shape).
    channels : {"last", "first"}
        Where the channels are; of no account for grey images of two axes.
    seen : ndarray of bool or None, shape (height, width)
        Pixels outside are filled in every coalition; None: there are none.
    batch_rows : int or None
        Images handed to the model at once.
    progress : callable or None
        Told how many predictions were made, batch by batch.
    noise : ndarray, shape (n_outputs,)
    """

    image: Image
    segments: NDArray[np.intp]
    fills: Image
    scores: Scores
    channels: str = "last"
    seen: NDArray[np.bool_] | None = None
    batch_rows: int | None = None
    progress: Callable[[int], None] | None = None
    noise: Floats = field(default_factory=lambda: np.zeros(1))
    n_rows: int = 1

    def __post_init__(self) -> None:
        self.n_players = int(self.segments.max()) + 1
        if self.noise.shape != (self.n_outputs,):
            self.noise = np.zeros(self.n_outputs)

    @property
    def n_outputs(self) -> int:
        """How many scores an image has."""
        return len(self.scores.outputs)

    def varying(self) -> NDArray[np.bool_]:
        """Tell the segments that a fill changes somewhere, shape (1, n_players)."""
        differs = (self.fills != self.image).any(axis=0)
        if differs.ndim == 3:
            differs = differs.any(axis=2 if self.channels == "last" else 0)
        if self.seen is not None:
            differs = differs & self.seen
        out = np.zeros((1, self.n_players), dtype=bool)
        out[0, self.segments[differs]] = True
        return out

    def masked(self, on: NDArray[np.bool_], fill: int = 0) -> Image:
        """Return the image under some coalitions, shape (n_coalitions, *image.shape)."""
        kept = on[:, self.segments]
        if self.seen is not None:
            kept = kept & self.seen
        if self.image.ndim == 3:
            kept = kept[..., None] if self.channels == "last" else kept[:, None]
        return np.where(kept, self.image, self.fills[fill])

    def values(self, rows: NDArray[np.intp], coalitions: Coalitions) -> Floats:
        """Return the value of each coalition, shape (len(rows), n_coalitions, n_outputs)."""
        room = max(1, min(BATCH_IMAGES, BATCH_BYTES // max(self.image.nbytes, 1)))
        step = self.batch_rows or room
        made = np.zeros((len(coalitions), self.n_outputs))
        for fill in range(len(self.fills)):
            for start in range(0, len(coalitions), step):
                batch = self.masked(coalitions[start : start + step], fill)
                self.scores.tally.asked += len(batch)
                made[start : start + step] += self.scores(batch, len(batch)) / len(self.fills)
                if self.progress is not None:
                    self.progress(len(batch))
        return np.repeat(self.scores.of_mean(made)[None], len(rows), axis=0)
