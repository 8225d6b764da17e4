"""A model file in, a Predictor out; code in the file runs only when it is trusted."""

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from assay.errors import InputError, UntrustedModelError
from assay.models.local import LocalModel
from assay.models.pickle_file import load_pickle
from assay.models.skops_file import load_skops
from assay.models.sniffing import file_digest, sniff
from assay.models.wrap import as_predictor

PathLike = str | os.PathLike[str]


def load_model(
    path: PathLike,
    *,
    trust: bool = False,
    python_path: Sequence[PathLike] = (),
    container: str | None = None,
    name: str | None = None,
) -> LocalModel:
    """Load a model that joblib, pickle or skops saved.

    Parameters
    ----------
    path : path
        The file. Its content decides what it is, not its suffix.
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

    Returns
    -------
    LocalModel
        A Predictor; `info.digest` is blake2b-128 of the file, and `info.findings` says when
        another version of scikit-learn made it.

    Raises
    ------
    UntrustedModelError
        If the file is code and `trust` is False.
    MissingExtraError
        If skops is needed and not installed.
    InputError
        If the file is missing, empty, a folder, damaged or no model, or its classes cannot be
        imported.

    Examples
    --------
    >>> load_model("model.joblib")
    Traceback (most recent call last):
    ...
    assay.errors.InputError: there is no model file model.joblib; check the path
    """
    file = Path(path)
    folders = [Path(folder) for folder in python_path]
    written = sniff(file)
    if written == "pickle" and not trust:
        raise UntrustedModelError(_refusal(file))
    _extend_path(folders)
    if written == "skops":
        model, findings = load_skops(file, trust=trust)
    else:
        model, findings = load_pickle(file, folders)
    try:
        wrapped = as_predictor(model, container=container, name=name or file.name)
    except InputError as error:
        msg = f"{file} was loaded, but {error}"
        raise InputError(msg) from error
    if not isinstance(wrapped, LocalModel):
        msg = f"{file} holds a predictor of assay's own kind; load the model that it wraps"
        raise InputError(msg)
    info = replace(
        wrapped.info, digest=file_digest(file), findings=(*wrapped.info.findings, *findings)
    )
    return replace(wrapped, info=info)


def _extend_path(folders: Sequence[Path]) -> None:
    for folder in folders:
        if not folder.is_dir():
            msg = f"--python-path {folder} is not a folder; name the folder that holds the modules"
            raise InputError(msg)
    for folder in reversed(folders):
        entry = str(folder.resolve())
        if entry not in sys.path:
            sys.path.insert(0, entry)


def _refusal(file: Path) -> str:
    disguise = ""
    if file.suffix.lower() not in (".joblib", ".pkl", ".pickle", ".sav", ".gz"):
        disguise = f" (whatever its suffix {file.suffix!r} says)" if file.suffix else ""
    return (
        f"{file} is a pickle{disguise}, and loading a pickle runs whatever code is in it; if you "
        "know who made the file and trust them, add --trust-model (in Python trust=True), or ask "
        "for the model as a skops file"
    )
