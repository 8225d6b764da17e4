"""Keras: .keras archives and HDF5 files, without trust as long as they hold no code."""

import importlib
from typing import Any, cast

from pydantic import Field

from assay.errors import InputError, UntrustedModelError
from assay.models.formats.format import FormatOptions, LoadRequest
from assay.models.formats.inspection import Inspection, Port
from assay.models.formats.keras_file import KerasFile, damaged, holds, read_file, with_suffix
from assay.models.formats.place import ModelPlace, digest_place
from assay.models.keras_backend import require_keras
from assay.models.keras_config import KerasPort
from assay.models.keras_model import BATCH_ROWS, KerasInput, wrap_keras
from assay.models.network_output import KINDS, Meaning
from assay.models.network_rows import Nulls
from assay.models.predictor import Predictor

SUFFIXES = {"keras": ".keras", "hdf5": ".h5"}
TITLES = {"keras": "Keras model", "hdf5": "Keras model in HDF5 (legacy)"}


class KerasOptions(FormatOptions):
    """Settings of a Keras model."""

    output: Meaning | None = Field(
        default=None,
        description="what it returns: logits, probability, number (regression), label, or auto; "
        "as a rule its last layer and its loss say so",
    )
    multilabel: bool | None = Field(
        default=None, description="whether a row may have several classes (several sigmoids)"
    )
    output_name: str | int | None = Field(
        default=None,
        description="the output that counts, by name or number, where there are several",
    )
    inputs: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="columns of each named input; one that is not named here reads the column of "
        "its name",
    )
    nulls: Nulls = Field(
        default="refuse",
        description="missing values: refuse, nan, or the number to put in their place",
    )
    batch_rows: int = Field(
        default=BATCH_ROWS, gt=0, description="rows that the network computes at once"
    )
    modules: tuple[str, ...] = Field(
        default=(), description="modules to import first, which register the model's own layers"
    )


class KerasFormat:
    """.keras archives and HDF5 files."""

    name = "keras"
    title = "a Keras model (.keras, .h5)"
    options: type[FormatOptions] = KerasOptions

    def recognizes(self, place: ModelPlace) -> bool:
        """Whether it is an archive with Keras's config, an HDF5 file, or a SavedModel folder."""
        return holds(place) is not None

    def inspect(self, place: ModelPlace, options: FormatOptions) -> Inspection:
        """Read its config; nothing in it is run."""
        _refuse_saved_model(place)
        told = cast("KerasOptions", options)
        file = read_file(place)
        facts = file.facts
        port = facts.outputs[0] if len(facts.outputs) == 1 else None
        meaning, several = facts.meaning(port)
        meaning = told.output or meaning
        return Inspection(
            place=place.text,
            format=self.name,
            title=TITLES[str(holds(place))],
            runs_code=bool(facts.code) or bool(facts.own and not told.modules),
            code=_code(file),
            library="Keras",
            library_version=file.keras_version,
            class_name=facts.class_name,
            kind="multilabel" if several else KINDS[meaning][0],
            wants=tuple(_shown(each, each.dtype) for each in facts.inputs),
            gives=tuple(_shown(each, each.activation) for each in facts.outputs),
            digest=digest_place(place.file),
            size=place.file.stat().st_size,
            facts=_facts(file, meaning),
            advice=_advice(file),
        )

    def load(self, place: ModelPlace, request: LoadRequest, options: FormatOptions) -> Predictor:
        """Build the model; in Keras's safe mode unless it is trusted."""
        _refuse_saved_model(place)
        told = cast("KerasOptions", options)
        file = read_file(place)
        if not request.trust:
            _refuse_code(place, file, told)
        model = _load(place, told, trust=request.trust)
        takes = KerasInput(
            inputs=told.inputs,
            nulls=told.nulls,
            batch_rows=told.batch_rows,
            output_name=told.output_name,
        )
        return wrap_keras(
            model,
            name=request.name or place.name,
            classes=request.classes,
            output=request.output or told.output,
            multilabel=told.multilabel,
            feature_names=request.features,
            takes=takes,
            facts=file.facts,
            library_version=file.keras_version,
        )


def _load(place: ModelPlace, told: KerasOptions, *, trust: bool) -> Any:  # noqa: ANN401
    keras: Any = require_keras(f"to load {place.name}")
    for module in told.modules:
        try:
            importlib.import_module(module)
        except Exception as error:
            msg = (
                f"modules={module} cannot be imported ({type(error).__name__}: {error}); add "
                "--python-path DIR with the folder that it is in"
            )
            raise InputError(msg) from error
    try:
        with with_suffix(place.file, SUFFIXES[str(holds(place))]) as path:
            return keras.models.load_model(str(path), compile=False, safe_mode=not trust)
    except MemoryError:
        raise
    except Exception as error:
        text = " ".join(str(error).split())
        if "custom" in text.lower() or "unknown layer" in text.lower():
            raise InputError(_unknown(place, text)) from error
        raise InputError(damaged(place.file, error)) from error


def _refuse_saved_model(place: ModelPlace) -> None:
    if holds(place) == "savedmodel":
        msg = (
            f"{place.text} is a TensorFlow SavedModel, a program that only TensorFlow can run and "
            "that does not say what it predicts; save the model as model.keras or as ONNX, or "
            "serve it and give the endpoint's URL"
        )
        raise InputError(msg)


def _refuse_code(place: ModelPlace, file: KerasFile, told: KerasOptions) -> None:
    facts = file.facts
    if facts.code:
        msg = (
            f"{place.text} holds code: {', '.join(facts.code)}; loading it runs that code. If you "
            "know who made the file and trust them, add --trust-model (in Python trust=True)"
        )
        raise UntrustedModelError(msg)
    if facts.own and not told.modules:
        msg = (
            f"{place.text} needs classes that are not Keras's own: {', '.join(facts.own)}; name "
            "the modules that define and register them with --model-option modules=[MODULE] (and "
            "--python-path DIR with their folder), or trust the file: --trust-model (in Python "
            "trust=True)"
        )
        raise UntrustedModelError(msg)


def _unknown(place: ModelPlace, text: str) -> str:
    return (
        f"{place.text} needs a class that is not known here ({text[:200]}); name the modules that "
        "define it and register it with keras.saving.register_keras_serializable: --model-option "
        "modules=[MODULE], and --python-path DIR with their folder"
    )


def _code(file: KerasFile) -> str:
    if file.facts.code:
        return f"it holds code: {', '.join(file.facts.code)}"
    if file.facts.own:
        return f"it needs classes that are not Keras's own: {', '.join(file.facts.own)}"
    return "its config names layers of Keras alone, and Keras loads it in safe mode"


def _advice(file: KerasFile) -> str:
    if file.facts.code:
        return "If you know who made it and trust them: --trust-model"
    if file.facts.own:
        return "--model-option modules=[MODULE] names the modules that register its classes"
    if len(file.facts.inputs) > 1:
        first = file.facts.inputs[0].name
        return (
            f"Each input reads the column of its name; --model-option 'inputs={{{first}: [COLUMN, "
            "COLUMN]}' says otherwise"
        )
    return ""


def _facts(file: KerasFile, meaning: Meaning) -> dict[str, str]:
    facts = {"layers": str(file.facts.n_layers), "output": meaning}
    if file.parameters is not None:
        facts["parameters"] = f"{file.parameters:,}"
    if file.facts.loss:
        facts["loss"] = file.facts.loss + (" of logits" if file.facts.from_logits else "")
    return facts


def _shown(port: KerasPort, kind: str) -> Port:
    return Port(name=port.name, type=kind, shape=(None, *(port.shape or ())))


FORMAT = KerasFormat()
