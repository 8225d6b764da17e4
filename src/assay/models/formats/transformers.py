"""Text classifiers of Hugging Face transformers, from a folder of this machine."""

from typing import Literal, cast

from pydantic import Field

from assay.errors import InputError, UntrustedModelError
from assay.models.formats.format import FormatOptions, LoadRequest
from assay.models.formats.inspection import Inspection, Port
from assay.models.formats.place import ModelPlace, digest_place
from assay.models.formats.transformers_folder import (
    TextFolder,
    load_folder,
    looks_right,
    read_folder,
)
from assay.models.network_output import KINDS, Meaning
from assay.models.predictor import Predictor
from assay.models.text_model import (
    BATCH_ROWS,
    TextInput,
    labels_of,
    meaning_of,
    wrap_text_classifier,
)


class TransformersOptions(FormatOptions):
    """Settings of a text classifier."""

    output: Meaning = Field(
        default="auto",
        description="what a head of one column gives: number (the default), or probability",
    )
    max_length: int | None = Field(
        default=None, gt=0, description="tokens of a text that are read; none is what it can take"
    )
    nulls: Literal["refuse", "empty"] = Field(
        default="refuse", description="missing texts: refuse, or empty to read them as empty"
    )
    device: str = Field(default="cpu", description="where it runs, such as cpu or cuda")
    batch_rows: int = Field(default=BATCH_ROWS, gt=0, description="texts in one call")


class TransformersFormat:
    """Folders with config.json, weights and tokenizer."""

    name = "transformers"
    title = "a folder with a text classifier of Hugging Face transformers"
    options: type[FormatOptions] = TransformersOptions

    def recognizes(self, place: ModelPlace) -> bool:
        """Whether it is a folder whose config.json names an architecture of transformers."""
        return looks_right(place)

    def inspect(self, place: ModelPlace, options: FormatOptions) -> Inspection:
        """Read its config and the headers of its weights; nothing in it is run."""
        told = cast("TransformersOptions", options)
        folder = read_folder(place.file)
        width, head = folder.n_labels, folder.has_head
        meaning = meaning_of(width, told.output)
        kind = "multilabel" if folder.multilabel else KINDS[meaning][0]
        return Inspection(
            place=place.text,
            format=self.name,
            title="Hugging Face text classifier" if head else "Hugging Face model without a head",
            runs_code=bool(folder.code),
            code=_code(folder),
            library="transformers",
            library_version=folder.version,
            class_name=folder.architecture,
            kind=kind if head else "unknown",
            classes=labels_of(folder.id2label, width, None) if head else None,
            wants=(Port(name="text", type="text", shape=(None,)),),
            gives=(Port(name="logits", type="float", shape=(None, width)),) if head else (),
            digest=digest_place(place.file),
            size=sum(each.stat().st_size for each in place.file.rglob("*") if each.is_file()),
            facts=folder.facts,
            advice="" if head else folder.why_not(place.text),
        )

    def load(self, place: ModelPlace, request: LoadRequest, options: FormatOptions) -> Predictor:
        """Load model and tokenizer from the folder; nothing is downloaded."""
        told = cast("TransformersOptions", options)
        folder = read_folder(place.file)
        if folder.code and not request.trust:
            raise UntrustedModelError(_refusal(place, folder))
        if not folder.has_head:
            raise InputError(folder.why_not(place.text))
        model, tokenizer = load_folder(place.file, trust=request.trust, device=told.device)
        output = request.output or told.output
        return wrap_text_classifier(
            model,
            tokenizer,
            name=request.name or place.name,
            classes=request.classes,
            output=output,
            feature_names=request.features,
            takes=TextInput(
                max_length=told.max_length, batch_rows=told.batch_rows, nulls=told.nulls
            ),
            library_version=folder.version,
        )


def _code(folder: TextFolder) -> str:
    if folder.code:
        return f"its config names code of its own: {', '.join(folder.code)}"
    return (
        "its architecture is one of transformers' own, and weights are read without running code"
    )


def _refusal(place: ModelPlace, folder: TextFolder) -> str:
    return (
        f"{place.text} brings code of its own ({', '.join(folder.code)}), which runs when it is "
        "loaded; if you know who made it and trust them, add --trust-model (in Python trust=True)"
    )


FORMAT = TransformersFormat()
