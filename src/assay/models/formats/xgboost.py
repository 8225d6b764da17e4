"""XGBoost's own models: JSON and Universal Binary JSON."""

import math
from typing import Any

from pydantic import Field

from assay.errors import InputError, MissingExtraError
from assay.models.boosters.frames import real_names
from assay.models.boosters.xgboost import Iterations, XgboostFacts, wrap_xgboost
from assay.models.formats.format import FormatOptions, LoadRequest
from assay.models.formats.inspection import Inspection
from assay.models.formats.place import ModelPlace, digest_place
from assay.models.formats.xgboost_file import XgboostFile, file_form, read_xgboost
from assay.models.predictor import Predictor

TITLES = {
    "json": "XGBoost JSON model",
    "ubj": "XGBoost binary JSON model",
    "old": "XGBoost model in the binary form that was given up",
}
SHOWN_CATEGORIES = 5


class XgboostOptions(FormatOptions):
    """Settings of XGBoost's models."""

    output: int | None = Field(
        None, ge=0, description="which of several outputs to evaluate, from 0"
    )
    iterations: Iterations | None = Field(
        None,
        description="best: only the rounds up to the best one of early stopping; all; by default "
        "best for what scikit-learn's interface saved, all for a Booster, as XGBoost does",
    )
    missing: float | None = Field(
        None, description="a number that means 'no value', beside missing values themselves"
    )


class XgboostFormat:
    """Files of ``Booster.save_model`` and ``XGBClassifier.save_model``; they hold no code."""

    name = "xgboost"
    title = "an XGBoost model (.json or .ubj)"
    options = XgboostOptions

    def recognizes(self, place: ModelPlace) -> bool:
        """Whether it begins as XGBoost's JSON does, or has the marks of its old binary form."""
        return bool(file_form(place))

    def inspect(self, place: ModelPlace, options: FormatOptions) -> Inspection:
        """Read the file as data; XGBoost is not needed."""
        read = read_xgboost(place)
        facts, scores = read.facts, read.facts.scores
        return Inspection(
            place=place.text,
            format=self.name,
            title=TITLES[file_form(place)],
            runs_code=False,
            code="the file is data that describes trees",
            library="XGBoost",
            library_version=read.version,
            class_name="Booster",
            kind=scores.kind,
            feature_names=real_names(facts.names),
            classes=scores.known_classes,
            digest=digest_place(place.file),
            size=place.file.stat().st_size,
            facts=_facts(read),
            advice=_advice(facts),
        )

    def load(self, place: ModelPlace, request: LoadRequest, options: FormatOptions) -> Predictor:
        """Read it with XGBoost."""
        assert isinstance(options, XgboostOptions)
        read_xgboost(place)
        return wrap_xgboost(
            _load(place),
            name=request.name or place.name,
            container=request.container,
            classes=request.classes,
            output=request.output,
            features=request.features,
            target=options.output,
            iterations=options.iterations,
            missing=math.nan if options.missing is None else options.missing,
        )


def _load(place: ModelPlace) -> Any:  # noqa: ANN401  xgboost.Booster
    try:
        import xgboost
    except ImportError as error:
        purpose = f"to read {place.name}"
        raise MissingExtraError(library="xgboost", extra="xgboost", purpose=purpose) from error
    booster = xgboost.Booster()
    try:
        # From memory it goes by the content; from a path by the suffix.
        booster.load_model(bytearray(place.file.read_bytes()))
    except (xgboost.core.XGBoostError, ValueError, TypeError) as error:
        text = " ".join(str(error).split())[:200]
        msg = f"XGBoost {xgboost.__version__} cannot read {place.text} ({text}); save it again"
        raise InputError(msg) from error
    return booster


def _facts(read: XgboostFile) -> dict[str, str]:
    known = read.facts
    facts = {
        "objective": known.objective,
        "booster": known.booster,
        "trees": str(known.n_trees),
        "features": str(known.n_features),
    }
    if known.n_targets > 1:
        facts["outputs"] = str(known.n_targets)
    if known.best_iteration is not None:
        facts["best iteration"] = str(known.best_iteration)
    if "scikit_learn" in known.attributes:
        facts["saved by"] = "scikit-learn's interface"
    if known.categorical:
        facts["categorical features"] = ", ".join(map(str, known.categorical))
    for name, each in known.categories.items():
        more = ", …" if len(each) > SHOWN_CATEGORIES else ""
        shown = ", ".join(str(value) for value in each[:SHOWN_CATEGORIES])
        facts[f"categories of {name}"] = f"{shown}{more}"
    return facts


def _advice(facts: XgboostFacts) -> str:
    if facts.scores.form == "number" and facts.n_targets > 1:
        return "It predicts several numbers: choose one with --model-option output=0"
    if facts.scores.kind == "classifier":
        return "Its classes are codes: name what they stand for with --class, in order"
    return ""


FORMAT = XgboostFormat()
