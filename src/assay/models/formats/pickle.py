"""Models that joblib or pickle saved: code, loaded only when it is trusted."""

from assay.errors import UntrustedModelError
from assay.models.formats.adopt import adopt
from assay.models.formats.format import FormatOptions, LoadRequest
from assay.models.formats.inspection import Inspection
from assay.models.formats.pickle_file import load_pickle
from assay.models.formats.place import ModelPlace, digest_place
from assay.models.formats.torch_file import TORCH_PICKLE
from assay.models.predictor import Predictor

PICKLE = b"\x80"
COMPRESSED = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x5d\x00\x00": "lzma",
    b"\x04\x22\x4d\x18": "lz4",
    b"\x78\x01": "zlib",
    b"\x78\x5e": "zlib",
    b"\x78\x9c": "zlib",
    b"\x78\xda": "zlib",
}
"""How joblib compresses pickles."""
SUFFIXES = (".joblib", ".pkl", ".pickle", ".sav", ".gz")


class PickleFormat:
    """joblib, pickle and cloudpickle files."""

    name = "pickle"
    title = "a scikit-learn style model saved by joblib or pickle"
    options = FormatOptions

    def recognizes(self, place: ModelPlace) -> bool:
        """Whether the first bytes are those of a pickle, compressed or not, and not torch's."""
        if place.head.startswith(TORCH_PICKLE):
            return False
        return place.head.startswith((PICKLE, *COMPRESSED)) or _old_pickle(place.head)

    def inspect(self, place: ModelPlace, options: FormatOptions) -> Inspection:
        """Say what it is; nothing in it is run."""
        path = place.file
        return Inspection(
            place=place.text,
            format=self.name,
            title="pickle",
            runs_code=True,
            code="loading a pickle runs whatever code is in it",
            digest=digest_place(path),
            size=path.stat().st_size,
            advice="If you know who made it and trust them: --trust-model",
        )

    def load(self, place: ModelPlace, request: LoadRequest, options: FormatOptions) -> Predictor:
        """Unpickle it."""
        path = place.file
        if not request.trust:
            raise UntrustedModelError(_refusal(place))
        model, findings = load_pickle(path, request.python_path)
        return adopt(model, place, request, findings)


def _old_pickle(head: bytes) -> bool:
    """Pickles of protocol 0 and 1 begin with an opcode; those of objects with these."""
    start = head[:64]
    return start.startswith((b"ccopy_reg\n", b"c__builtin__\n", b"(i")) or b"copy_reg\n" in start


def _refusal(place: ModelPlace) -> str:
    suffix = place.file.suffix
    disguise = ""
    if suffix and suffix.lower() not in SUFFIXES:
        disguise = f" (whatever its suffix {suffix!r} says)"
    return (
        f"{place.path} is a pickle{disguise}, and loading a pickle runs whatever code is in it; "
        "if you know who made the file and trust them, add --trust-model (in Python trust=True), "
        "or ask for the model as a skops file"
    )


FORMAT = PickleFormat()
