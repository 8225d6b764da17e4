"""LightGBM's own text models."""

import re
from typing import TYPE_CHECKING

from assay.errors import InputError, MissingExtraError
from assay.models.boosters.frames import real_names
from assay.models.boosters.lightgbm import wrap_lightgbm
from assay.models.formats.format import FormatOptions, LoadRequest
from assay.models.formats.inspection import Inspection
from assay.models.formats.lightgbm_file import LightGbmFile, read_lightgbm
from assay.models.formats.place import ModelPlace, digest_place
from assay.models.predictor import Predictor

if TYPE_CHECKING:
    from lightgbm import Booster

TEXT = re.compile(rb"tree\r?\nversion=")
DUMP = re.compile(rb'\s*\{\s*"name"\s*:\s*"tree"\s*,\s*"version"')
SHOWN_CATEGORIES = 5


class LightGbmFormat:
    """Text files of ``Booster.save_model``; they hold no code."""

    name = "lightgbm"
    title = "a LightGBM text model (Booster.save_model)"
    options = FormatOptions

    def recognizes(self, place: ModelPlace) -> bool:
        """Whether it begins as LightGBM's text does, or as its JSON dump."""
        return bool(TEXT.match(place.head) or DUMP.match(place.head))

    def inspect(self, place: ModelPlace, options: FormatOptions) -> Inspection:
        """Read the file as text; LightGBM is not needed."""
        _refuse_dump(place)
        read = read_lightgbm(place.file)
        scores = read.facts.scores
        return Inspection(
            place=place.text,
            format=self.name,
            title="LightGBM text model",
            runs_code=False,
            code="the file is text that describes trees",
            library="LightGBM",
            class_name="Booster",
            kind=scores.kind,
            feature_names=real_names(read.facts.names),
            classes=scores.known_classes,
            digest=digest_place(place.file),
            size=place.file.stat().st_size,
            facts=_facts(read),
            advice="Its classes are codes: name what they stand for with --class, in order"
            if scores.kind == "classifier"
            else "",
        )

    def load(self, place: ModelPlace, request: LoadRequest, options: FormatOptions) -> Predictor:
        """Read it with LightGBM."""
        _refuse_dump(place)
        read_lightgbm(place.file)
        return wrap_lightgbm(
            _load(place),
            name=request.name or place.name,
            container=request.container,
            classes=request.classes,
            output=request.output,
            features=request.features,
        )


def _load(place: ModelPlace) -> "Booster":
    try:
        import lightgbm
    except ImportError as error:
        purpose = f"to read {place.name}"
        raise MissingExtraError(library="lightgbm", extra="lightgbm", purpose=purpose) from error
    try:
        return lightgbm.Booster(model_file=place.file)
    except (lightgbm.basic.LightGBMError, ValueError) as error:
        text = " ".join(str(error).split())[:200]
        msg = f"LightGBM cannot read {place.text} ({text}); save or copy it again"
        raise InputError(msg) from error


def _refuse_dump(place: ModelPlace) -> None:
    if DUMP.match(place.head):
        msg = (
            f"{place.text} is a JSON dump of a LightGBM model, which LightGBM itself cannot load "
            "again; save the model with booster.save_model('model.txt') (of an LGBMClassifier: "
            "model.booster_.save_model('model.txt'))"
        )
        raise InputError(msg)


def _facts(read: LightGbmFile) -> dict[str, str]:
    facts = {
        "objective": read.facts.objective or "the user's own: the model gives raw scores",
        "trees": str(read.n_trees),
        "features": str(len(read.facts.names)),
        "text form": read.version,
    }
    declared = [read.facts.names[place] for place in read.categorical_places]
    if declared:
        facts["categorical features"] = ", ".join(declared)
    for number, known in enumerate(read.categories):
        more = ", …" if len(known) > SHOWN_CATEGORIES else ""
        shown = ", ".join(str(each) for each in known[:SHOWN_CATEGORIES])
        title = declared[number] if len(declared) == len(read.categories) else str(number + 1)
        facts[f"categories of {title}"] = f"{shown}{more}"
    return facts


FORMAT = LightGbmFormat()
