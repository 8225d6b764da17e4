"""CatBoost's own models: .cbm and JSON."""

import json
import re
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from assay.errors import InputError, MissingExtraError
from assay.models.boosters.catboost import (
    MEMBERSHIPS,
    MISSING,
    loss_of,
    names_of,
    scores_of,
    version_of,
    wrap_catboost,
)
from assay.models.boosters.frames import real_names
from assay.models.formats.format import FormatOptions, LoadRequest
from assay.models.formats.inspection import Inspection
from assay.models.formats.place import ModelPlace, digest_place
from assay.models.predictor import Predictor

if TYPE_CHECKING:
    from catboost import CatBoost

BINARY = b"CBM1"
JSON = re.compile(
    rb'\s*\{\s*"(ctr_data|features_info|model_info|oblivious_trees|scale_and_bias|trees)"\s*:'
)
PARTS = {"features_info", "model_info"}
"""What every JSON model of CatBoost has."""


class CatBoostOptions(FormatOptions):
    """Settings of CatBoost's models."""

    output: int | None = Field(
        None, ge=0, description="which of several outputs to evaluate, from 0"
    )
    missing_category: str = Field(
        MISSING, description="the text that stands for a missing value in a categorical column"
    )


class CatBoostFormat:
    """Files of CatBoost's ``save_model``, binary or JSON; they hold no code."""

    name = "catboost"
    title = "a CatBoost model (.cbm or .json)"
    options = CatBoostOptions

    def recognizes(self, place: ModelPlace) -> bool:
        """Whether it begins as CatBoost's binary or JSON form does."""
        return place.head.startswith(BINARY) or bool(JSON.match(place.head))

    def inspect(self, place: ModelPlace, options: FormatOptions) -> Inspection:
        """Read the file with CatBoost, which runs nothing that is in it."""
        model = _load(place)
        scores = scores_of(model)
        several = loss_of(model)[0] in MEMBERSHIPS
        return Inspection(
            place=place.text,
            format=self.name,
            title=f"CatBoost {'binary' if _is_binary(place) else 'JSON'} model",
            runs_code=False,
            code="the file is data that describes trees",
            library="CatBoost",
            library_version=version_of(model),
            class_name="CatBoost",
            kind=scores.kind,
            feature_names=real_names(names_of(model)),
            classes=scores.known_classes,
            digest=digest_place(place.file),
            size=place.file.stat().st_size,
            facts=_facts(model),
            advice="Name its labels with --class, in order" if several else "",
        )

    def load(self, place: ModelPlace, request: LoadRequest, options: FormatOptions) -> Predictor:
        """Read it with CatBoost."""
        assert isinstance(options, CatBoostOptions)
        return wrap_catboost(
            _load(place),
            name=request.name or place.name,
            container=request.container,
            classes=request.classes,
            output=request.output,
            features=request.features,
            target=options.output,
            missing_category=options.missing_category,
        )


def _is_binary(place: ModelPlace) -> bool:
    return place.head.startswith(BINARY)


def _load(place: ModelPlace) -> "CatBoost":
    if not _is_binary(place):
        _check_json(place)
    try:
        import catboost
    except ImportError as error:
        purpose = f"to read {place.name}"
        raise MissingExtraError(library="catboost", extra="catboost", purpose=purpose) from error
    model = catboost.CatBoost()
    try:
        model.load_model(str(place.file), format="cbm" if _is_binary(place) else "json")
        for ask in (scores_of, names_of, version_of):  # damaged text shows here
            ask(model)
    except (catboost.CatBoostError, ValueError, TypeError) as error:
        raise InputError(_damaged(place, " ".join(str(error).split())[:200])) from error
    return model


def _check_json(place: ModelPlace) -> None:
    """Refuse JSON that is not whole: CatBoost loads what is there and says nothing."""
    try:
        read = json.loads(place.file.read_bytes())
    except (ValueError, RecursionError) as error:
        raise InputError(_damaged(place, " ".join(str(error).split())[:200])) from error
    missing = sorted(PARTS - set(read))
    if missing or not {"oblivious_trees", "trees"} & set(read):
        raise InputError(_damaged(place, f"it has no {' and no '.join(missing or ['trees'])}"))


def _damaged(place: ModelPlace, what: str) -> str:
    return f"the CatBoost model {place.text} is cut off or damaged: {what}; save or copy it again"


def _facts(model: "CatBoost") -> dict[str, str]:
    names = np.asarray(names_of(model))
    loss, params = loss_of(model)
    listed = ", ".join(f"{key}={value}" for key, value in params.items() if key[0] != "_")
    facts = {
        "objective": f"{loss} ({listed})" if listed else loss,
        "trees": str(model.tree_count_),
        "features": str(len(names)),
    }
    for title, places in (
        ("categorical features", model.get_cat_feature_indices()),
        ("text features", model.get_text_feature_indices()),
        ("embedding features", model.get_embedding_feature_indices()),
    ):
        if places:
            facts[title] = ", ".join(names[places])
    return facts


FORMAT = CatBoostFormat()
