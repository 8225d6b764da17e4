"""Models that skops saved: loaded without running code."""

from assay.models.formats.adopt import adopt
from assay.models.formats.format import FormatOptions, LoadRequest
from assay.models.formats.inspection import Inspection
from assay.models.formats.place import ModelPlace, digest_place
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
        return Inspection(
            place=place.text,
            format=self.name,
            title="skops file",
            runs_code=False,
            code="skops builds only types that it knows to be harmless",
            library="scikit-learn",
            digest=digest_place(place.file),
            size=place.file.stat().st_size,
        )

    def load(self, place: ModelPlace, request: LoadRequest, options: FormatOptions) -> Predictor:
        """Build the model from the file."""
        model, findings = load_skops(place.file, trust=request.trust)
        return adopt(model, place, request, findings)


FORMAT = SkopsFormat()
