"""Trusted joblib and pickle files: what can go wrong, each in one paragraph."""

import ast
import importlib
import pickle
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from assay.errors import InputError
from assay.models.formats.version_warnings import collecting_findings
from assay.result import Finding

MAIN = "__main__"
NO_ATTRIBUTE = (
    re.compile(r"Can't get attribute '(?P<name>[^']+)' on <module '(?P<module>[^']+)'"),
    re.compile(r"module '(?P<module>[^']+)' has no attribute '(?P<name>[^']+)'"),
)
CUT_OFF = (EOFError, pickle.UnpicklingError, OSError, ValueError, LookupError)
MAX_NAMES = 100


def load_pickle(
    path: Path, folders: Sequence[Path] = (), *, read: Callable[[Path], Any] | None = None
) -> tuple[Any, tuple[Finding, ...]]:
    """Load what joblib or pickle saved; the file is trusted.

    A class that was defined in the training script itself is saved under ``__main__``; it is
    looked for in the scripts of `folders`.

    Parameters
    ----------
    path : Path
    folders : sequence of Path
        Where the user's own modules are; they are on the import path already.
    read : callable or None
        Unpickles the file, where another library than joblib wrote it.

    Returns
    -------
    (object, tuple of Finding)

    Raises
    ------
    InputError
        If the file is damaged, or a class cannot be imported.
    """
    lent: list[str] = []
    try:
        with collecting_findings() as findings:
            model = _load(path, folders, lent, read)
    finally:
        for name in lent:
            delattr(sys.modules[MAIN], name)
    return model, tuple(findings)


def _load(
    path: Path,
    folders: Sequence[Path],
    lent: list[str],
    read: Callable[[Path], Any] | None,
) -> Any:  # noqa: ANN401  whatever was pickled
    import joblib

    for _ in range(MAX_NAMES):
        try:
            return (read or joblib.load)(path)
        except ModuleNotFoundError as error:
            raise InputError(_missing_module(path, error, folders)) from error
        except AttributeError as error:
            name, module = _missing_name(error)
            if module != MAIN or name in lent or not _lend(name, folders):
                raise InputError(_missing_attribute(path, name, module, error)) from error
            lent.append(name)
        except MemoryError:
            raise
        except Exception as error:
            raise InputError(_broken(path, error)) from error
    msg = f"{path} names more than {MAX_NAMES} classes of {MAIN}; import them from a module"
    raise InputError(msg)


def _lend(name: str, folders: Sequence[Path]) -> bool:
    """Import the script that defines a name of ``__main__``, and lend the name to ``__main__``."""
    top = name.split(".")[0]
    for folder in folders:
        for script in sorted(folder.glob("*.py")):
            if top in _defined(script):
                setattr(sys.modules[MAIN], top, getattr(_import(script, top), top))
                return True
    return False


def _import(script: Path, name: str) -> ModuleType:
    try:
        return importlib.import_module(script.stem)
    except (Exception, SystemExit) as error:
        msg = (
            f"the model needs {name}, which {script} defines, and importing that script failed "
            f"({type(error).__name__}: {error}); put what it runs under if __name__ == "
            f"'__main__':, or move {name} into a module of its own"
        )
        raise InputError(msg) from error


def _defined(script: Path) -> set[str]:
    """Names of the functions and classes at the top of a script, which is not run for that."""
    try:
        tree = ast.parse(script.read_bytes())
    except (SyntaxError, ValueError, OSError):
        return set()
    kinds = (ast.ClassDef, ast.FunctionDef)
    return {node.name for node in tree.body if isinstance(node, kinds)}


def _missing_name(error: AttributeError) -> tuple[str, str]:
    for pattern in NO_ATTRIBUTE:
        found = pattern.search(str(error))
        if found:
            module = found["module"]
            return found["name"], MAIN if module == _name_of_main() else module
    return "", ""


def _name_of_main() -> str:
    """Return how ``__main__`` is called in messages: under ``python -m`` by its file's module."""
    spec = getattr(sys.modules[MAIN], "__spec__", None)
    return MAIN if spec is None else spec.name


def _missing_attribute(path: Path, name: str, module: str, error: AttributeError) -> str:
    if not name:
        return _broken(path, error)
    if module == MAIN:
        return (
            f"{path} needs {name}, which was defined in the script that saved the model and is "
            f"not known here; add --python-path DIR (in Python python_path=[DIR]) with the folder "
            f"of that script, or better move {name} into a module of its own, import it from "
            "there, save the model again, and name that module's folder"
        )
    return (
        f"{path} needs {name} from the module {module}, which does not have it here: that is "
        "another version of the module than the one the model was saved with; install that "
        "version, or name the folder of the right one with --python-path DIR"
    )


def _missing_module(path: Path, error: ModuleNotFoundError, folders: Sequence[Path]) -> str:
    module = error.name or str(error)
    package = module.split(".")[0]
    if package != module and package in sys.modules:
        return (
            f"{path} needs the module {module}, which the installed {package} does not have: the "
            f"model was saved with another version of {package}; install that version, or save "
            "the model again with this one"
        )
    listed = ", ".join(str(folder) for folder in folders)
    searched = f" (not even with {listed} on the import path)" if folders else ""
    return (
        f"{path} needs the module {module}, which cannot be imported here{searched}; if it is "
        "your own, add --python-path DIR (in Python python_path=[DIR]) with the folder that "
        f"holds {package}.py or the package {package}; if it is a library, run: pip install "
        f"{package}"
    )


def _broken(path: Path, error: Exception) -> str:
    text = " ".join(str(error).split())[:200]
    cause = (
        "it is cut off, damaged or no pickle at all: copy it again, or save the model again"
        if isinstance(error, CUT_OFF)
        else "most likely it was saved with other versions of its libraries: install those, or "
        "save the model again with the ones here"
    )
    return f"{path} cannot be loaded ({type(error).__name__}: {text}); {cause}"
