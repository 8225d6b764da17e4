"""The explanation of an image: what each segment adds, with its doubt."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.charts.importance_bars import plot_importance_bars
from assay.errors import InputError
from assay.explainability.images.detection import Box
from assay.explainability.images.overlay import side_by_side, with_boxes
from assay.explainability.images.png import data_uri, png_bytes
from assay.explainability.result import Cost
from assay.explainability.text.highlight import signed
from assay.overview import HasOverview, Overview
from assay.result import Finding, Json, worst_first
from assay.stats.interval import two_sided_quantile
from assay.tables.attribution_points import ImportanceBar

if TYPE_CHECKING:
    import altair as alt

Floats = NDArray[np.float64]
SHOWN = 8
PAGE_SIDE = 640
"""Pixels of the longer side of a picture within a page."""
LEGEND = (
    "Blue raises the score, striped vermillion lowers it; the stronger, the more. "
    "Full strength is {}."
)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ImageExplanation(HasOverview):
    """Why a model gave an image its scores.

    Parameters
    ----------
    image : ndarray
        As it was given.
    channels : {"last", "first"}
    segments : ndarray of int, shape (height, width)
        Which segment each pixel is in.
    values, standard_errors : ndarray, shape (n_segments, n_outputs)
        base + sum over segments = prediction; the error is of the choice of coalitions.
    base, prediction : ndarray, shape (n_outputs,)
        Score with every segment off, and with every one on.
    outputs : tuple of str
        Classes; of a detector the boxes.
    output : {"raw", "probability", "log_odds"}
    link : {"identity", "mean_then_logit", "logit_then_mean"}
    boxes : tuple of Box
        Of a detector: the explained object of each output.
    segmentation, fill : str
        How segments were found, and what they take when off.
    exact, converged : bool
    calls : int
        Coalitions evaluated.
    method : str
    cost : Cost
    seed : int
    level : float
        Coverage of intervals that are drawn.
    notes : tuple of Finding
    """

    image: NDArray[Any]
    channels: str
    segments: NDArray[np.intp]
    values: Floats
    standard_errors: Floats
    base: Floats
    prediction: Floats
    outputs: tuple[str, ...]
    output: str
    link: str
    boxes: tuple[Box, ...] = ()
    segmentation: str
    fill: str
    exact: bool
    converged: bool
    calls: int
    method: str
    cost: Cost = field(default_factory=Cost)
    seed: int = 0
    level: float = 0.95
    notes: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a person should know, worst first."""
        return worst_first(self.notes)

    @property
    def n_segments(self) -> int:
        """How many segments the image has."""
        return len(self.values)

    @property
    def additivity_error(self) -> float:
        """Largest absolute difference of base + sum of values and prediction."""
        gap = np.abs(self.base + self.values.sum(axis=0) - self.prediction)
        return float(gap.max(initial=0.0))

    def place_of(self, output: str | None = None) -> int:
        """Return the place of an output; that of the highest score for None.

        Raises
        ------
        InputError
            If there is no output of that name, or none at all.
        """
        if not self.outputs:
            msg = "nothing was found in the image, so nothing is explained"
            raise InputError(msg)
        if output is None:
            return int(np.argmax(self.prediction))
        if output not in self.outputs:
            msg = f"no output {output!r}; the explanation has: {', '.join(self.outputs)}"
            raise InputError(msg)
        return self.outputs.index(output)

    def heat_map(self, output: str | None = None) -> Floats:
        """Return the value of each pixel's segment, shape (height, width)."""
        return self.values[:, self.place_of(output)][self.segments]

    def pictures(
        self, output: str | None = None, *, largest_side: int | None = None
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Return the image and the image coloured by an output, shape (height, width, 3).

        Small images are enlarged; with `largest_side` large ones leave pixels out.
        """
        place = self.place_of(output)
        plain, drawn = side_by_side(
            self.image,
            self.segments,
            self.values[:, place],
            channels=self.channels,
            largest_side=largest_side,
        )
        if self.boxes:
            corners = [self.boxes[place].corners]
            return with_boxes(plain, corners), with_boxes(drawn, corners)
        return plain, drawn

    def save(self, path: str | Path, *, output: str | None = None) -> Path:
        """Write the image and its coloured picture side by side as a PNG file.

        Raises
        ------
        InputError
            If the name does not end in .png.
        """
        place = Path(path)
        if place.suffix.lower() != ".png":
            msg = f"the picture is written as PNG; name it {place.with_suffix('.png').name}"
            raise InputError(msg)
        plain, drawn = self.pictures(output)
        gap = np.full((plain.shape[0], 12, 3), 255, dtype=np.uint8)
        place.write_bytes(png_bytes(np.concatenate([plain, gap, drawn], axis=1)))
        return place

    def segment_places(self) -> list[tuple[float, float]]:
        """Return the middle of each segment, (row, column) in pixels."""
        rows, columns = np.indices(self.segments.shape)
        n, flat = self.n_segments, self.segments.reshape(-1)
        counts = np.bincount(flat, minlength=n)
        middles = [np.bincount(flat, axis.reshape(-1), n) / counts for axis in (rows, columns)]
        return [(float(down), float(across)) for down, across in zip(*middles, strict=True)]

    def to_frame(self) -> pl.DataFrame:
        """Return one line for each output and segment.

        Columns output, segment, row, column (the segment's middle, in pixels), pixels, value,
        standard_error.
        """
        places = self.segment_places()
        n, width = self.values.shape
        pixels = np.bincount(self.segments.reshape(-1), minlength=n)
        return pl.DataFrame(
            {
                "output": [name for name in self.outputs for _ in range(n)],
                "segment": [*range(n)] * width,
                "row": [down for down, _ in places] * width,
                "column": [across for _, across in places] * width,
                "pixels": pixels.tolist() * width,
                "value": self.values.T.reshape(-1),
                "standard_error": self.standard_errors.T.reshape(-1),
            },
            schema_overrides={"output": pl.String, "segment": pl.Int64, "pixels": pl.Int64},
        )

    def to_dict(self, *, pixels: bool = True) -> dict[str, Json]:
        """Return builtins only; passes ``json.dumps(..., allow_nan=False)``.

        ``segments`` holds the segment of each pixel, row by row: the heat map of an output is
        ``values[segment][output]``. It is None where `pixels` is false.
        """
        return {
            "outputs": list(self.outputs),
            "output": self.output,
            "link": self.link,
            "boxes": [box.to_dict() for box in self.boxes],
            "height": self.segments.shape[0],
            "width": self.segments.shape[1],
            "segmentation": self.segmentation,
            "fill": self.fill,
            "segments": self.segments.tolist() if pixels else None,
            "values": self.values.tolist(),
            "standard_errors": self.standard_errors.tolist(),
            "base": self.base.tolist(),
            "prediction": self.prediction.tolist(),
            "exact": self.exact,
            "converged": self.converged,
            "calls": self.calls,
            "method": self.method,
            "additivity_error": self.additivity_error,
            "cost": self.cost.to_dict(),
            "seed": self.seed,
            "level": self.level,
            "findings": [finding.to_dict() for finding in self.findings],
        }

    def bars(self, output: str | None = None, *, top: int = 15) -> list[ImportanceBar]:
        """Return the segments that add most, by where their middle is."""
        place = self.place_of(output)
        values, errors = self.values[:, place], self.standard_errors[:, place]
        reach = two_sided_quantile(self.level) * errors
        middles = self.segment_places()
        return [
            ImportanceBar(
                f"{each} (row {middles[each][0]:.0f}, column {middles[each][1]:.0f})",
                float(values[each]),
                float(values[each] - reach[each]),
                float(values[each] + reach[each]),
                "raises" if values[each] > 0 else "lowers" if values[each] < 0 else "mixed",
                bool(abs(values[each]) > reach[each]),
            )
            for each in np.argsort(-np.abs(values), kind="stable")[:top].tolist()
        ]

    def plot(self, *, output: str | None = None, top: int = 15) -> "alt.LayerChart":
        """Draw the segments of the image that add most, with their intervals."""
        return plot_importance_bars(self.bars(output, top=top), axis="attribution")

    def to_html(self, output: str | None = None, *, values: bool = True) -> str:
        """Return the image beside its coloured picture, with a legend and the largest values.

        Without `values` the table of the largest is left out.
        """
        place = self.place_of(output)
        name = self.outputs[place]
        plain_and_drawn = self.pictures(name, largest_side=PAGE_SIDE)
        bars = self.bars(name, top=SHOWN)
        said = (
            f"{name}: {self.base[place]:.3g} with everything off, {self.prediction[place]:.3g} "
            f"for this image. Most adds the segment {bars[0].player}: {signed(bars[0].value)}."
        )
        largest = float(np.abs(self.values[:, place]).max(initial=0.0))
        words = ("the image", f"the image coloured by what each segment adds to {name}. {said}")
        drawn = "".join(
            f'<img src="{data_uri(pixels)}" alt="{escape(alt)}" style="max-width:48%;height:auto">'
            for pixels, alt in zip(plain_and_drawn, words, strict=True)
        )
        table = self._largest("Largest values", bars).to_html()
        return (
            f'<div class="assay-image"><p>{escape(said)}</p>'
            f'<div style="display:flex;gap:12px;flex-wrap:wrap">{drawn}</div>'
            f"<p>{escape(LEGEND.format(f'±{largest:.3g}'))}</p>{table if values else ''}</div>"
        )

    def overview(self) -> Overview:
        """Return the segments that add most to the output with the highest score."""
        if not self.outputs:
            return Overview("Nothing was found in the image")
        name = self.outputs[self.place_of()]
        title = f"What adds most to {name}, of {self.n_segments} segments"
        return self._largest(title, self.bars(name, top=SHOWN))

    def _largest(self, title: str, bars: Sequence[ImportanceBar]) -> Overview:
        rows = [
            (bar.player, signed(bar.value), f"{signed(bar.low or 0)} to {signed(bar.high or 0)}")
            for bar in bars
        ]
        return Overview(title, ("segment", "adds", f"{self.level:.0%} interval"), rows)

    def _repr_html_(self) -> str:
        return self.to_html() if self.outputs else "<p>Nothing was found in the image.</p>"
