"""ONNX Runtime: a file in, something that answers rows out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.errors import InputError, MissingExtraError
from assay.models.containers import container_of
from assay.models.formats.onnx_inputs import TEXT, TensorInput
from assay.models.formats.place import ModelPlace
from assay.models.threads import usable_processors

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

MAX_THREADS = 8
QUIET = 3
"""Only errors are written to standard error."""
TRIAL_ROWS = 4


@dataclass(frozen=True, eq=False)
class OnnxModel:
    """A session and what goes into it.

    Parameters
    ----------
    session : onnxruntime.InferenceSession
    inputs : tuple of TensorInput
    missing_text : str or None
        What stands for missing text; None refuses it.
    """

    session: "InferenceSession"
    inputs: tuple[TensorInput, ...]
    missing_text: str | None = None

    def run(self, rows: object, outputs: Sequence[str]) -> dict[str, Any]:
        """Return what the outputs hold for every row.

        Parameters
        ----------
        rows : polars or pandas DataFrame, or ndarray, shape (n_rows, n_columns)
        outputs : sequence of str

        Raises
        ------
        InputError
            If the rows do not fit the inputs.
        """
        frame = _as_frame(rows)
        feeds = {each.name: each.tensor(frame, self.missing_text) for each in self.inputs}
        return self._feed(feeds, frame.height, outputs)

    def _feed(
        self, feeds: dict[str, NDArray[Any]], n_rows: int, outputs: Sequence[str]
    ) -> dict[str, Any]:
        """Run the session; a model that takes a fixed number of rows gets them in pieces."""
        sizes = {each.batch for each in self.inputs if each.batch is not None}
        size = min(sizes) if sizes else n_rows
        if size == n_rows:
            return dict(zip(outputs, self.session.run(list(outputs), feeds), strict=True))
        pieces: list[list[Any]] = []
        for start in range(0, n_rows, size):
            taken = min(size, n_rows - start)
            piece = {
                name: _filled(array[start : start + taken], size) for name, array in feeds.items()
            }
            made = self.session.run(list(outputs), piece)
            pieces.append([_first(each, taken, size) for each in made])
        return {
            name: _joined([piece[place] for piece in pieces]) for place, name in enumerate(outputs)
        }

    def try_out(self, outputs: Sequence[str]) -> dict[str, Any] | None:
        """Return what the outputs hold for made-up rows; None if the model refuses them."""
        rng = np.random.default_rng(0)
        feeds = {}
        for each in self.inputs:
            if each.size is None:
                return None
            shape = [TRIAL_ROWS, *(length or 0 for length in each.row)]
            if each.type == TEXT:
                feeds[each.name] = np.full(shape, "", dtype=object)
            else:
                drawn = rng.normal(size=shape)
                kind = np.dtype(each.type).kind
                feeds[each.name] = (drawn if kind == "f" else np.abs(drawn)).astype(each.type)
        try:
            return self._feed(feeds, TRIAL_ROWS, outputs)
        except Exception:  # noqa: BLE001  whatever the model says to rows that nobody meant
            return None


def open_session(place: ModelPlace) -> "InferenceSession":
    """Open a model on the processor, with threads that leave the machine usable.

    Raises
    ------
    MissingExtraError
        If ONNX Runtime is not installed.
    InputError
        If ONNX Runtime cannot read the file.
    """
    try:
        import onnxruntime
    except ImportError as error:
        purpose = f"to run {place.name}"
        raise MissingExtraError(library="onnxruntime", extra="onnx", purpose=purpose) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(usable_processors(), MAX_THREADS)
    options.inter_op_num_threads = 1
    options.log_severity_level = QUIET
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(
            str(place.file), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:
        text = " ".join(str(error).split())[:300]
        msg = (
            f"ONNX Runtime {onnxruntime.__version__} cannot load {place.text} ({text}); export it "
            "again for the operations that this version knows, without custom ones"
        )
        raise InputError(msg) from error


def _as_frame(rows: Any) -> pl.DataFrame:  # noqa: ANN401  any container
    container = container_of(rows)
    if container == "polars":
        return rows if isinstance(rows, pl.DataFrame) else rows.to_frame()
    if container == "pandas":
        return pl.from_pandas(rows)
    array = np.asarray(rows)
    names = [f"column {place}" for place in range(1 if array.ndim == 1 else array.shape[1])]
    return pl.DataFrame(array, schema=names, orient="row")


def _filled(array: NDArray[Any], size: int) -> NDArray[Any]:
    """Return exactly `size` rows: the last one stands for those that are missing."""
    missing = size - len(array)
    return np.concatenate([array, array[-1:].repeat(missing, 0)]) if missing else array


def _first(output: Any, taken: int, size: int) -> Any:  # noqa: ANN401
    if isinstance(output, list) and output and isinstance(output[0], np.ndarray):
        return [each[:taken] for each in output]
    return output[:taken] if len(output) == size else output


def _joined(pieces: list[Any]) -> Any:  # noqa: ANN401
    first = pieces[0]
    if isinstance(first, np.ndarray):
        return np.concatenate(pieces)
    if first and isinstance(first[0], np.ndarray):
        return [np.concatenate(parts) for parts in zip(*pieces, strict=True)]
    return [row for piece in pieces for row in piece]
