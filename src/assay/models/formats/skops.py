"""Models that skops saved: loaded without running code."""

from assay.models.formats.adopt import adopt
from assay.models.formats.format import FormatOptions, LoadRequest
from assay.models.formats.inspection import Inspection
from assay.models.formats.place import ModelPlace, digest_place
from assay.models.formats.skops_facts import SkopsFacts, read_skops_facts
from assay.models.formats.skops_file import load_skops
from assay.models.predictor import Predictor


class SkopsFormat:
    """skops files."""

    name = "skops"
    title = "a scikit-learn style model saved by skops"
    options = FormatOptions

    def recognizes(self, place: ModelPlace) -> bool:
        """Whether it is a zip archive with the schema that skops writes."""
        return place.head.startswith(b"PK") and "schema.json" in place.members

    def inspect(self, place: ModelPlace, options: FormatOptions) -> Inspection:
        """Say what it is; nothing in it is run."""
        found = read_skops_facts(place.file)
        return Inspection(
            place=place.text,
            format=self.name,
            title="skops file",
            runs_code=bool(found.unknown),
            code=_what_runs(found),
            library=found.library,
            library_version=found.library_version,
            class_name=found.class_name,
            kind=found.kind,
            feature_names=found.feature_names,
            classes=found.classes,
            digest=digest_place(place.file),
            size=place.file.stat().st_size,
            facts=found.facts,
            advice="Look at the types; if you trust the file: --trust-model"
            if found.unknown
            else "--model with this file",
        )

    def load(self, place: ModelPlace, request: LoadRequest, options: FormatOptions) -> Predictor:
        """Build the model from the file."""
        model, findings = load_skops(place.file, trust=request.trust)
        return adopt(model, place, request, findings)


def _what_runs(found: SkopsFacts) -> str:
    if found.unknown is None:
        return "which of its types are harmless is known to skops, which is not installed"
    if found.unknown:
        return f"types that skops does not know to be harmless: {', '.join(found.unknown[:10])}"
    return "skops builds only types that it knows to be harmless"


FORMAT = SkopsFormat()
