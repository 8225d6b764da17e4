"""MLflow: a folder or a URI; files of known forms are loaded as such, the rest with trust."""

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

from pydantic import Field, JsonValue

from assay.errors import InputError, UntrustedModelError
from assay.models.callable import wrap_callable
from assay.models.formats.format import FormatOptions, LoadRequest
from assay.models.formats.inspection import Inspection
from assay.models.formats.mlflow_folder import (
    FILES,
    MLMODEL,
    POSITIONAL,
    PYFUNC,
    MlflowFolder,
    differing_requirements,
    read_folder,
)
from assay.models.formats.mlflow_frame import enforced
from assay.models.formats.mlflow_remote import (
    STORED,
    Fetched,
    download,
    file_of_uri,
    load_pyfunc,
)
from assay.models.formats.place import ModelPlace, digest_place, find_place
from assay.models.formats.registry import find_formats, read_options, recognize
from assay.models.local import Answer, CallCounter, LocalModel
from assay.models.predictor import Prediction, Predictor

PICKLED = "its python_function flavor runs Python code and pickles that are in the folder"


class MlflowOptions(FormatOptions):
    """Settings of an MLflow model."""

    flavor: str | None = Field(
        default=None,
        description="the flavor to load it by, such as python_function; none takes the one whose "
        "file can be read most directly",
    )
    options: dict[str, JsonValue] = Field(
        default_factory=dict,
        description="options of the form of the file inside, such as {output: logits} for PyTorch",
    )


class MlflowFormat:
    """Folders with an MLmodel file, and URIs of MLflow."""

    name = "mlflow"
    title = "an MLflow model (a folder with MLmodel, runs:/…, models:/…)"
    options: type[FormatOptions] = MlflowOptions

    def recognizes(self, place: ModelPlace) -> bool:
        """Whether it is a folder with an MLmodel file, or a URI that MLflow resolves."""
        if place.path is not None:
            return MLMODEL in place.members and place.is_folder
        if place.scheme == "file":
            return (file_of_uri(place.text) / MLMODEL).is_file()
        return place.scheme in STORED

    def inspect(self, place: ModelPlace, options: FormatOptions) -> Inspection:
        """Read its MLmodel file and inspect the file inside; a remote one is fetched for that."""
        told = cast("MlflowOptions", options)
        with _opened(place) as (path, _):
            folder = read_folder(path)
            flavor, file = _choose(folder, told)
            inner = _inspect_file(file, told)
            pyfunc = folder.flavors.get(PYFUNC, {})
            size = sum(each.stat().st_size for each in path.rglob("*") if each.is_file())
            return Inspection(
                place=place.text,
                format=self.name,
                title=f"MLflow model, flavor {flavor}",
                runs_code=True if inner is None else inner.runs_code,
                code=PICKLED if inner is None else f"{inner.title}: {inner.code}",
                library=flavor if inner is None else inner.library,
                library_version="" if inner is None else inner.library_version,
                class_name=str(pyfunc.get("loader_module", ""))
                if inner is None
                else inner.class_name,
                kind="unknown" if inner is None else inner.kind,
                feature_names=None
                if folder.columns is None
                else tuple(each.name for each in folder.columns),
                classes=None if inner is None else inner.classes,
                wants=folder.wants or (() if inner is None else inner.wants),
                gives=folder.gives or (() if inner is None else inner.gives),
                digest=digest_place(path),
                size=size,
                facts={
                    **folder.facts,
                    "flavors": ", ".join(sorted(folder.flavors)),
                    **({} if inner is None else inner.facts),
                },
                advice="If you know who made it and trust them: --trust-model"
                if inner is None
                else inner.advice,
            )

    def load(self, place: ModelPlace, request: LoadRequest, options: FormatOptions) -> Predictor:
        """Load the file inside by its own form, or the whole by MLflow when it is trusted."""
        told = cast("MlflowOptions", options)
        with _opened(place) as (path, kept):
            folder = read_folder(path)
            flavor, file = _choose(folder, told)
            named = replace(request, name=request.name or _title(place))
            if file is None:
                loaded: Predictor = _load_pyfunc(place, folder, named)
            else:
                loaded = _load_file(folder, flavor, file, named, told)
            if not isinstance(loaded, LocalModel):
                return loaded
            return _finished(loaded, path, kept, all_needed=file is None)


@contextmanager
def _opened(place: ModelPlace) -> Iterator[tuple[Path, Fetched | None]]:
    """Offer the model's folder on this machine, and what keeps it if it was fetched."""
    if place.path is not None:
        yield place.path, None
    elif place.scheme == "file":
        yield file_of_uri(place.text), None
    else:
        fetched = download(place.text)
        yield fetched.model, fetched


def _title(place: ModelPlace) -> str:
    """Name a model for people: its folder's name, or the URI of a stored one."""
    return file_of_uri(place.text).name if place.scheme == "file" else place.name


def _choose(folder: MlflowFolder, told: MlflowOptions) -> tuple[str, Path | None]:
    """Return the flavor to load by, and its file where assay has a form of its own for that."""
    if told.flavor is not None and told.flavor not in folder.flavors:
        listed = ", ".join(sorted(folder.flavors))
        msg = f"{folder.path} has no flavor {told.flavor!r}; it has: {listed}"
        raise InputError(msg)
    for flavor in FILES if told.flavor is None else (told.flavor,):
        file = folder.file_of(flavor)
        if file is not None and _is_known(file):
            return flavor, file
    if PYFUNC not in folder.flavors:
        listed = ", ".join(sorted(folder.flavors))
        msg = f"{folder.path} can be run in no way known here; its flavors: {listed}"
        raise InputError(msg)
    return told.flavor or PYFUNC, None


def _is_known(file: Path) -> bool:
    place = find_place(file)
    return any(known.recognizes(place) for known in find_formats())


def _inspect_file(file: Path | None, told: MlflowOptions) -> Inspection | None:
    if file is None:
        return None
    inside = find_place(file)
    known = recognize(inside)
    return known.inspect(inside, read_options(known, told.options))


def _load_file(
    folder: MlflowFolder, flavor: str, file: Path, request: LoadRequest, told: MlflowOptions
) -> Predictor:
    """Load the file by assay's own form of it, which asks for trust where that is needed."""
    inside = find_place(file)
    known = recognize(inside)
    if request.trust:
        _add_code(folder)
    if flavor in POSITIONAL and request.features is None and folder.columns is not None:
        request = replace(request, features=tuple(each.name for each in folder.columns))
    return known.load(inside, request, read_options(known, told.options))


def _load_pyfunc(place: ModelPlace, folder: MlflowFolder, request: LoadRequest) -> LocalModel:
    if not request.trust:
        msg = (
            f"{place.text} is an MLflow model with the flavors "
            f"{', '.join(sorted(folder.flavors))}, and {PICKLED}; if you know who made it and "
            "trust them, add --trust-model (in Python trust=True)"
        )
        raise UntrustedModelError(msg)
    model = load_pyfunc(folder.path)
    names = request.features
    if names is None and folder.columns is not None:
        names = tuple(each.name for each in folder.columns)
    return wrap_callable(
        enforced(model.predict, folder.columns),
        name=request.name,
        container=request.container,
        classes=request.classes,
        output=request.output,
        feature_names=names,
    )


def _finished(
    loaded: LocalModel, path: Path, kept: Fetched | None, *, all_needed: bool
) -> LocalModel:
    """Add what is known of the folder; a fetched one stays as long as the model does."""
    info = loaded.info
    # The folder says the order of columns; what the form inside counts (a factory) counts too.
    digest = digest_place(path)
    if info.digest is not None:
        digest = hashlib.blake2b(f"{digest} {info.digest}".encode(), digest_size=16).hexdigest()
    info = replace(
        info,
        digest=digest,
        findings=(*info.findings, *differing_requirements(path, all_needed=all_needed)),
    )
    answer = loaded.answer if kept is None else _keeping(loaded.answer, kept)
    return replace(loaded, info=info, answer=answer)


def _keeping(answer: Answer, kept: Fetched) -> Answer:
    """Return the same answers from a function that holds a folder which the model may read."""

    def ask(call: CallCounter, rows: object, n_rows: int, _kept: Fetched = kept) -> Prediction:
        return answer(call, rows, n_rows)

    return ask


def _add_code(folder: MlflowFolder) -> None:
    """Let the model's own modules be imported; its code is trusted."""
    code = folder.code_folder()
    if code is not None and str(code) not in sys.path:
        sys.path.insert(0, str(code))


FORMAT = MlflowFormat()
