"""ONNX models, run by ONNX Runtime."""

import hashlib
import textwrap
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import BeforeValidator, Field

from assay.errors import InputError, ModelError
from assay.models.answers import as_array
from assay.models.containers import check_container
from assay.models.formats.format import FormatOptions, LoadRequest
from assay.models.formats.inspection import Inspection
from assay.models.formats.onnx_file import OnnxFile, looks_like_onnx, read_onnx
from assay.models.formats.onnx_inputs import plan_inputs
from assay.models.formats.onnx_outputs import (
    Activation,
    OutputPlan,
    Trial,
    Wish,
    join_outputs,
)
from assay.models.formats.onnx_plan import choose_outputs, plan_outputs
from assay.models.formats.onnx_session import TRIAL_ROWS, OnnxModel, open_session
from assay.models.formats.place import ModelPlace, digest_place
from assay.models.local import CallCounter, LocalModel
from assay.models.predictor import ModelInfo, Prediction, Predictor

SHOWN_PROPERTIES, SHOWN_CHARACTERS = 10, 80


def _as_list(value: object) -> object:
    """Read ``a`` and ``a,b`` as lists."""
    if isinstance(value, str):
        return [part.strip() for part in value.strip("[]").split(",")]
    return value


Names = Annotated[list[str], BeforeValidator(_as_list)]


class OnnxOptions(FormatOptions):
    """Settings of ONNX models."""

    inputs: dict[str, Names] = Field(
        default_factory=dict, description="input of the model → column, or columns, of the table"
    )
    shapes: dict[str, list[int]] = Field(
        default_factory=dict,
        description="input → shape of one row of it, where the model leaves lengths open",
    )
    output: Names = Field(
        default_factory=list,
        description="which output to evaluate; several, where each is for one class",
    )
    column: int | None = Field(
        None, ge=0, description="which column of the output to evaluate, from 0"
    )
    activation: Activation = Field(
        "none", description="what makes probabilities of the output: none, softmax or sigmoid"
    )
    multilabel: bool = Field(False, description="whether a row may have several classes")
    missing_text: str | None = Field(
        None, description="what stands for missing text, for which tensors have no sign"
    )


class OnnxFormat:
    """ONNX files; they hold operations from a fixed list and no code."""

    name = "onnx"
    title = "an ONNX model"
    options = OnnxOptions

    def recognizes(self, place: ModelPlace) -> bool:
        """Whether its first fields are those of an ONNX model."""
        return looks_like_onnx(place.head)

    def inspect(self, place: ModelPlace, options: FormatOptions) -> Inspection:
        """Read the file's own description of itself; ONNX Runtime is not needed."""
        assert isinstance(options, OnnxOptions)
        model = read_onnx(place.file)
        plan = _planned(model, _wish(options, LoadRequest()))
        return Inspection(
            place=place.text,
            format=self.name,
            title="ONNX model",
            runs_code=False,
            code="the file names operations that ONNX Runtime has; libraries of custom ones are "
            "not loaded",
            library="ONNX Runtime",
            kind="unknown" if plan is None else plan.kind,
            classes=None if plan is None else plan.classes,
            wants=model.inputs,
            gives=model.outputs,
            digest=_digest(place, model),
            size=sum(path.stat().st_size for path in (place.file, *_external(place, model))),
            facts=_facts(model),
            advice=""
            if plan
            else "It has several outputs: choose with --model-option output=NAME",
        )

    def load(self, place: ModelPlace, request: LoadRequest, options: FormatOptions) -> Predictor:
        """Open a session; a few made-up rows show whether scores are probabilities."""
        assert isinstance(options, OnnxOptions)
        check_container(request.container)
        model = read_onnx(place.file)
        _external(place, model)
        inputs, wanted = plan_inputs(
            model.inputs,
            columns=options.inputs,
            shapes=options.shapes,
            features=request.features,
        )
        wish = _wish(options, request)
        running = OnnxModel(open_session(place), inputs, options.missing_text)
        plan = plan_outputs(model, wish, _try_out(running, *choose_outputs(model, wish)))

        def answer(call: CallCounter, rows: object, n_rows: int) -> Prediction:
            made = call(lambda given: running.run(given, plan.names), rows)
            return plan.read(made, n_rows)  # type: ignore[arg-type]

        info = ModelInfo(
            name=request.name or place.name,
            kind=plan.kind,
            library="ONNX Runtime",
            container=request.container or "polars",
            feature_names=wanted.names,
            classes=plan.classes,
            score_kind=plan.score_kind,
            digest=_digest(place, model),
        )
        return LocalModel(info, answer, wanted)


def _wish(options: OnnxOptions, request: LoadRequest) -> Wish:
    return Wish(
        outputs=tuple(options.output),
        column=options.column,
        activation=options.activation,
        multilabel=options.multilabel,
        returns=request.output,
        classes=request.classes,
    )


def _planned(model: OnnxFile, wish: Wish) -> OutputPlan | None:
    """Return what the file alone says of the answers; None where an output must be chosen."""
    try:
        return plan_outputs(model, wish, None)
    except InputError:
        return None


def _try_out(model: OnnxModel, label: str | None, scores: tuple[str, ...]) -> Trial | None:
    """Return what the outputs hold for made-up rows; None if the model refuses them."""
    made = model.try_out([*scores, *(() if label is None else (label,))])
    if made is None:
        return None
    try:
        values = join_outputs([made[name] for name in scores], TRIAL_ROWS, None)
        labels = None if label is None else as_array(made[label], TRIAL_ROWS)
    except ModelError as error:
        shapes = ", ".join(f"{name} {getattr(each, 'shape', '')}" for name, each in made.items())
        msg = (
            f"the outputs have these shapes for {TRIAL_ROWS} rows: {shapes}; one value a row, or "
            "one a class, is needed: choose another output with --model-option output=NAME"
        )
        raise InputError(msg) from error
    return Trial(
        None if values is None or values.dtype.kind not in "biuf" else values.astype(np.float64),
        labels,
    )


def _external(place: ModelPlace, model: OnnxFile) -> tuple[Path, ...]:
    """Return the files with weights beside the model.

    Raises
    ------
    InputError
        If one is missing, or would be outside the model's folder.
    """
    folder = place.file.parent.resolve()
    paths = []
    for name in model.external:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder):
            msg = (
                f"{place.text} keeps weights in {name!r}, which is outside its folder; save the "
                "model with its weights beside it"
            )
            raise InputError(msg)
        if not path.is_file():
            msg = f"{place.text} keeps weights in {name!r}, which is not there; copy it beside it"
            raise InputError(msg)
        paths.append(path)
    return tuple(paths)


def _digest(place: ModelPlace, model: OnnxFile) -> str:
    """Return the digest of the model with the files of its weights."""
    own = digest_place(place.file)
    paths = _external(place, model)
    if not paths:
        return own
    whole = hashlib.blake2b(own.encode(), digest_size=16)
    for name, path in zip(model.external, paths, strict=True):
        whole.update(f"{name}\0{digest_place(path)}\0".encode())
    return whole.hexdigest()


def _facts(model: OnnxFile) -> dict[str, str]:
    facts = {
        "operations": str(len(model.nodes)),
        "opset": ", ".join(f"{name} {version}" for name, version in model.opsets.items()),
        "IR version": str(model.ir_version),
    }
    if model.producer:
        facts["made by"] = _shortened(f"{model.producer} {model.producer_version}")
    if model.external:
        facts["weights in"] = _shortened(", ".join(model.external))
    for key, value in list(model.properties.items())[:SHOWN_PROPERTIES]:
        facts[f"property {_shortened(key)}"] = _shortened(value)
    return facts


def _shortened(text: str) -> str:
    """Write foreign text on one short line."""
    return textwrap.shorten(text, SHOWN_CHARACTERS, placeholder=" …")


FORMAT = OnnxFormat()
