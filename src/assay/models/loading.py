"""A model's place in, a Predictor out; code in a file runs only when it is trusted."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from assay.errors import InputError
from assay.models.formats.format import FormatOptions, LoadRequest, ModelFormat
from assay.models.formats.inspection import Inspection
from assay.models.formats.place import ModelPlace, digest_place, find_place
from assay.models.formats.registry import read_options, recognize, settings_of
from assay.models.formats.told import describe_told
from assay.models.local import LocalModel
from assay.models.predictor import ClassLabel, Predictor

PathLike = str | os.PathLike[str]


def load_model(
    model: PathLike,
    *,
    trust: bool = False,
    python_path: Sequence[PathLike] = (),
    container: str | None = None,
    name: str | None = None,
    classes: Sequence[ClassLabel] | None = None,
    output: str | None = None,
    features: Sequence[str] | None = None,
    version: str | None = None,
    options: Mapping[str, object] | None = None,
) -> Predictor:
    """Load a model from wherever it is.

    Parameters
    ----------
    model : path or str
        A file or a folder, whose content decides what it is, not its suffix; a URI; the name of
        a function, ``package.module:function`` or ``file.py:function``; or a command.
    trust : bool
        Whether code in the file may run. A pickle (joblib's too) is code; a skops file is not,
        unless it holds types that skops does not know.
    python_path : sequence of path
        Folders with the modules that define the model's own classes, or with the script that
        did. They stay importable afterwards, since models import while they predict.
    container : {"pandas", "polars", "numpy"} or None
        What the model is given; None is what it was fitted on, as far as it tells.
    name : str or None
        For people; None takes the file's name.
    classes : sequence or None
        Its classes in the order of its scores, where it does not say them itself.
    output : {"label", "probability", "number"} or None
        What it returns, where it does not say so itself.
    features : sequence of str or None
        The columns that it reads, in order, where it does not say them itself.
    version : str or None
        Names the version of a model that has no content to be told by, such as an endpoint.
    options : mapping or None
        Settings of its form, such as the time-out of an endpoint.

    Returns
    -------
    Predictor
        `info.digest` is blake2b-128 of the content, and `info.findings` says, for example, when
        another version of the library made it.

    Raises
    ------
    UntrustedModelError
        If the file is code and `trust` is False.
    MissingExtraError
        If a library is needed and not installed.
    InputError
        If it is missing, empty, damaged or no model, its classes cannot be imported, or
        `options` do not fit it.

    Examples
    --------
    >>> load_model("model.joblib")
    Traceback (most recent call last):
    ...
    assay.errors.InputError: there is no model file model.joblib; check the path
    """
    place, known, told = _find(model, options)
    folders = [Path(folder) for folder in python_path]
    extend_path(folders)
    request = LoadRequest(
        trust=trust,
        container=container,
        name=name,
        classes=None if classes is None else tuple(classes),
        output=output,
        features=None if features is None else tuple(features),
        version=version,
        python_path=tuple(folders),
    )
    loaded = known.load(place, request, told)
    if not isinstance(loaded, LocalModel):
        return loaded
    digest = loaded.info.digest
    if digest is None and place.path is not None:
        digest = digest_place(place.path)
    settings = describe_told(known.name, request, told)
    return replace(loaded, info=replace(loaded.info, digest=digest, settings=settings))


def inspect_model(model: PathLike, *, options: Mapping[str, object] | None = None) -> Inspection:
    """Say what a model is, what it wants and gives, and whether loading it runs code.

    Nothing that is in it, and nothing that it names, is run.

    Parameters
    ----------
    model, options
        As in `load_model`.

    Raises
    ------
    InputError
        If it is missing, empty, damaged or no model.
    """
    place, known, told = _find(model, options)
    return replace(known.inspect(place, told), settings=settings_of(known))


def _find(
    model: PathLike, options: Mapping[str, object] | None
) -> tuple[ModelPlace, ModelFormat, FormatOptions]:
    if not isinstance(model, str | os.PathLike):
        msg = (
            f"{type(model).__name__} is a model already; a path or an address is read here. "
            "Give it to the function that judges or explains it, or to assay.as_predictor"
        )
        raise InputError(msg)
    place = find_place(model if isinstance(model, str) else Path(model))
    known = recognize(place)
    return place, known, read_options(known, options or {})


def extend_path(folders: Sequence[Path]) -> None:
    """Make the modules in some folders importable.

    Raises
    ------
    InputError
        If one is no folder.
    """
    for folder in folders:
        if not folder.is_dir():
            msg = f"--python-path {folder} is not a folder; name the folder that holds the modules"
            raise InputError(msg)
    for folder in reversed(folders):
        entry = str(folder.resolve())
        if entry not in sys.path:
            sys.path.insert(0, entry)
