"""A folder that MLflow saved: what its MLmodel file says, read without MLflow."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import yaml

from assay.errors import InputError
from assay.models.formats.inspection import Port
from assay.result import Finding

MLMODEL = "MLmodel"
PYFUNC = "python_function"
OWN = "mlflow"
SHOWN = 5
FILES: dict[str, tuple[str, tuple[str, ...]]] = {
    "onnx": ("data", ("",)),
    "lightgbm": ("data", ("",)),
    "xgboost": ("data", ("",)),
    "catboost": ("data", ("",)),
    "keras": ("data", ("model.keras", "model.h5")),
    "tensorflow": ("data", ("model.keras", "model.h5")),
    "sklearn": ("pickled_model", ("",)),
    "pytorch": ("model_data", ("model.pt2", "model.pth")),
}
"""Flavor → its key that names the file (or folder) of the model, and names of files in that."""
POSITIONAL = ("onnx", "keras", "tensorflow", "pytorch")
"""Flavors whose files know no columns, so that the signature's order counts."""
EXACT = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*==\s*(?P<version>[^\s;,]+)"
)


@dataclass(frozen=True)
class Field:
    """One column of a signature: its name, MLflow's type, and whether it must be there."""

    name: str
    type: str
    required: bool = True


@dataclass(frozen=True)
class MlflowFolder:
    """What an MLmodel file says.

    Parameters
    ----------
    path : Path
    flavors : mapping of str to mapping
    columns : tuple of Field or None
        Columns of the signature; None where it has none or is of tensors.
    wants, gives : tuple of Port
    facts : mapping of str to str
        Where the model is from: run, time, version of MLflow.
    """

    path: Path
    flavors: Mapping[str, Mapping[str, Any]]
    columns: tuple[Field, ...] | None = None
    wants: tuple[Port, ...] = ()
    gives: tuple[Port, ...] = ()
    facts: dict[str, str] = field(default_factory=dict)

    def file_of(self, flavor: str) -> Path | None:
        """Return the file of the model itself in a flavor; None where it has none such.

        Raises
        ------
        InputError
            If the MLmodel file names a file outside of its folder, or one that is not there.
        """
        key, names = FILES.get(flavor, ("", ()))
        named = self.flavors.get(flavor, {}).get(key)
        if not isinstance(named, str):
            return None
        for name in names:
            found = self._inside(Path(named) / name)
            if found.is_file():
                return found
        if not self._inside(Path(named)).exists():
            msg = f"{self.path} names the file {named} in {MLMODEL} and has none; copy it again"
            raise InputError(msg)
        return None

    def code_folder(self) -> Path | None:
        """Return the folder with the model's own modules, where there is one."""
        for conf in self.flavors.values():
            named = conf.get("code")
            if isinstance(named, str) and self._inside(Path(named)).is_dir():
                return self._inside(Path(named))
        return None

    def _inside(self, name: Path) -> Path:
        found = (self.path / name).resolve()
        if not found.is_relative_to(self.path.resolve()):
            msg = f"{self.path / MLMODEL} names a file outside of its folder: {name}"
            raise InputError(msg)
        return found


def read_folder(path: Path) -> MlflowFolder:
    """Read the MLmodel file of a folder.

    Raises
    ------
    InputError
        If it is damaged or names no flavor.
    """
    file = path / MLMODEL
    try:
        about = yaml.safe_load(file.read_text(encoding="utf-8"))
        flavors = {str(name): dict(conf or {}) for name, conf in about["flavors"].items()}
        signature = about.get("signature") or {}
        inputs = json.loads(signature.get("inputs") or "[]")
        outputs = json.loads(signature.get("outputs") or "[]")
        wants, gives = tuple(map(_port, inputs)), tuple(map(_port, outputs))
        columns = _columns(inputs)
    except (OSError, yaml.YAMLError, ValueError, KeyError, TypeError, AttributeError) as error:
        text = " ".join(str(error).split())[:200]
        msg = f"{file} is cut off or damaged ({type(error).__name__}: {text}); copy it again"
        raise InputError(msg) from error
    if not flavors:
        msg = f"{file} names no flavor, so nothing says how the model is run; save it again"
        raise InputError(msg)
    return MlflowFolder(path, flavors, columns, wants, gives, _facts(about))


def differing_requirements(path: Path, *, all_needed: bool) -> tuple[Finding, ...]:
    """Compare the versions that the model was saved with against those installed here.

    Parameters
    ----------
    path : Path
        The model's folder, with its requirements.txt.
    all_needed : bool
        Whether libraries that are not installed here count too. A file that assay loads by its
        own form does without most of them; MLflow itself never counts.
    """
    try:
        lines = (path / "requirements.txt").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return ()
    found = []
    for line in lines:
        wanted = EXACT.match(line.strip())
        if wanted is None or wanted["name"].startswith(OWN):
            continue
        here = _installed(wanted["name"])
        if here != wanted["version"] and (here is not None or all_needed):
            found.append((wanted["name"], wanted["version"], here))
    if not found:
        return ()
    shown = "; ".join(f"{name} {was} (here {here or 'none'})" for name, was, here in found[:SHOWN])
    more = ", …" if len(found) > SHOWN else ""
    return (
        Finding(
            rule="model_requirements_differ",
            severity="info",
            message=f"The model was saved with other versions than are installed here: "
            f"{shown}{more}.",
            evidence={
                "requirements": [
                    {"name": name, "saved_with": was, "installed": here}
                    for name, was, here in found
                ]
            },
            cause="The model was saved in another environment.",
            advice="If predictions differ from those in production, install the versions in the "
            "model's requirements.txt.",
        ),
    )


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _columns(inputs: list[dict[str, Any]]) -> tuple[Field, ...] | None:
    if not inputs or any("name" not in each or each["type"] == "tensor" for each in inputs):
        return None
    return tuple(
        Field(str(each["name"]), str(each["type"]), bool(each.get("required", True)))
        for each in inputs
    )


def _port(spec: dict[str, Any]) -> Port:
    tensor = spec.get("tensor-spec") or {}
    shape = tuple(None if length == -1 else int(length) for length in tensor.get("shape", ()))
    return Port(
        name=str(spec.get("name", "")), type=str(tensor.get("dtype", spec["type"])), shape=shape
    )


def _facts(about: Mapping[str, Any]) -> dict[str, str]:
    named = {
        "run_id": "run",
        "model_uuid": "uuid",
        "model_id": "model id",
        "mlflow_version": "MLflow",
        "utc_time_created": "saved (UTC)",
    }
    return {title: str(about[key]) for key, title in named.items() if about.get(key)}
