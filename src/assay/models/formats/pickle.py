"""Models that joblib or pickle saved: code, loaded only when it is trusted."""

import re

from assay.errors import InputError, UntrustedModelError
from assay.models.formats.adopt import adopt
from assay.models.formats.format import FormatOptions, LoadRequest
from assay.models.formats.inspection import Inspection
from assay.models.formats.pickle_facts import PickleFacts, find_facts
from assay.models.formats.pickle_file import load_pickle
from assay.models.formats.pickle_machine import PickleContent, follow
from assay.models.formats.pickle_stream import COMPRESSED, PickleStream
from assay.models.formats.place import ModelPlace, digest_place
from assay.models.formats.torch_file import TORCH_PICKLE
from assay.models.predictor import Predictor

PICKLE = b"\x80"
OLD = re.compile(rb"c[A-Za-z_][\w.]*\n[A-Za-z_]\w*\n|\((?:i|[dl]p\d)|[}\]]q\x00")
FIRST_STEPS = 2
"""A file that stops making sense so early is no pickle."""
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
        content, compression = _follow(place)
        found = find_facts(content)
        facts = {"compressed by": compression, **found.facts}
        return Inspection(
            place=place.text,
            format=self.name,
            title="pickle (joblib, pickle or cloudpickle)",
            runs_code=True,
            code=_what_runs(content, found),
            library=found.library,
            library_version=found.library_version,
            class_name=found.class_name,
            kind=found.kind,
            feature_names=found.feature_names,
            classes=found.classes,
            digest=digest_place(path),
            size=path.stat().st_size,
            facts={name: text for name, text in facts.items() if text},
            advice="If you know who made it and trust them: --trust-model",
        )

    def load(self, place: ModelPlace, request: LoadRequest, options: FormatOptions) -> Predictor:
        """Unpickle it."""
        path = place.file
        if not request.trust:
            raise UntrustedModelError(_refusal(place))
        model, findings = load_pickle(path, request.python_path)
        return adopt(model, place, request, findings)


def _follow(place: ModelPlace) -> tuple[PickleContent, str]:
    """Follow the file's instructions, and name its compression."""
    stream = PickleStream(place.file)
    try:
        content = follow(stream)
    finally:
        stream.close()
    if content.stopped and content.steps <= FIRST_STEPS and not stream.compression:
        msg = (
            f"{place.text} begins like a pickle and is none, or is damaged ({content.stopped}); "
            "save the model again"
        )
        raise InputError(msg)
    return content, stream.compression


def _what_runs(content: PickleContent, found: PickleFacts) -> str:
    modules = len({name.module for name in content.names})
    begin = "loading a pickle runs whatever code is in it"
    if content.stopped:
        return f"{begin}, and this one could not be read to its end"
    if found.risky:
        return f"{begin}; this one reaches beyond what a model needs: {', '.join(found.risky[:5])}"
    return f"{begin}; this one imports from {modules} module(s), and calls what it finds there"


def _old_pickle(head: bytes) -> bool:
    """Pickles of protocol 0 and 1 begin with an instruction: a name, a list or a mapping."""
    start = head[:64]
    return OLD.match(start) is not None or b"copy_reg\n" in start


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
