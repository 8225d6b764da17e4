"""The name of something in a module or a file in, the thing itself out."""

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType

from assay.errors import InputError
from assay.models.formats.place import digest_place

SHOWN = 10
MESSAGE_LENGTH = 200


def find_object(module: str, name: str, text: str) -> object:
    """Import a module or a file, and return what has this name in it.

    The current folder, or the file's own, becomes importable, as ``python file.py`` has it.

    Parameters
    ----------
    module : str
        Dotted name, or a path that ends in ``.py``.
    name : str
        Dotted for an attribute of an attribute.
    text : str
        What the user wrote, for messages.

    Raises
    ------
    InputError
        If it cannot be imported, or has nothing of this name.

    Examples
    --------
    >>> find_object("math", "sqrt", "math:sqrt")(4)
    2.0
    """
    try:
        found: object = _import(module, text)
    except InputError:
        raise
    except (Exception, SystemExit) as error:
        raise InputError(_tell_failure(module, text, error)) from error
    for part in name.split("."):
        if not hasattr(found, part):
            raise InputError(_tell_absent(found, part, text))
        found = getattr(found, part)
    return found


def _import(module: str, text: str) -> ModuleType:
    if module.endswith(".py"):
        return _import_file(Path(module), text)
    _make_importable(Path.cwd())
    importlib.invalidate_caches()
    return importlib.import_module(module)


def _import_file(path: Path, text: str) -> ModuleType:
    if not path.is_file():
        names = [each.name for each in path.parent.glob("*.py")] if path.parent.is_dir() else []
        near = get_close_matches(path.name, names, n=1)
        hint = f"did you mean {path.with_name(near[0])}?" if near else "check the path"
        msg = f"{text}: there is no file {path}; {hint}"
        raise InputError(msg)
    path = path.resolve()
    _make_importable(path.parent)
    name = _module_name(path)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    before = sys.modules.get(name)
    sys.modules[name] = made
    try:
        spec.loader.exec_module(made)
    except BaseException:
        sys.modules.pop(name)
        if before is not None:
            sys.modules[name] = before
        raise
    return made


def _module_name(path: Path) -> str:
    """Return the file's own name, unless another module goes by it."""
    taken = path.stem in sys.stdlib_module_names
    there = sys.modules.get(path.stem)
    if taken or (there is not None and getattr(there, "__file__", None) != str(path)):
        return f"{path.stem}_{digest_place(path)[:8]}"
    return path.stem


def _make_importable(folder: Path) -> None:
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))


def _tell_failure(module: str, text: str, error: BaseException) -> str:
    absent = error.name if isinstance(error, ModuleNotFoundError) else None
    if absent is not None and (module == absent or module.startswith(f"{absent}.")):
        near = get_close_matches(absent.rpartition(".")[2], _modules_beside(absent), n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        return (
            f"{text}: there is no module {absent}; {hint}run assay in the folder that holds it, "
            "name that folder with --python-path, or write the file's path: folder/file.py:name"
        )
    if isinstance(error, SystemExit):
        return (
            f"{text}: {module} ends the program when it is imported; put what it runs as a "
            'script below if __name__ == "__main__":'
        )
    told = " ".join(str(error).split())[:MESSAGE_LENGTH]
    line = _line_of(error, module)
    advice = f"install {absent}" if absent else "it must be importable without an error"
    return f"{text}: {module} cannot be imported: {type(error).__name__}: {told}{line}; {advice}"


def _line_of(error: BaseException, module: str) -> str:
    """Name the last line of the user's own file that the error passed."""
    trace, found = error.__traceback__, ""
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.stem == Path(module).stem or path.stem == module.rpartition(".")[2]:
            found = f" ({path.name}, line {trace.tb_lineno})"
        trace = trace.tb_next
    return found


def _modules_beside(absent: str) -> list[str]:
    """Names of the modules in the same package, or in the folders of the user."""
    package = sys.modules.get(absent.rpartition(".")[0])
    if package is not None:
        folders: Sequence[str] = list(getattr(package, "__path__", []))
    else:
        folders = [each for each in sys.path if "site-packages" not in each]
    return [each.name for each in pkgutil.iter_modules(folders)]


def _tell_absent(found: object, part: str, text: str) -> str:
    names = [name for name in dir(found) if not name.startswith("_")]
    near = get_close_matches(part, names, n=1)
    own = [name for name in names if callable(getattr(found, name, None))]
    listed = ", ".join(own[:SHOWN]) + (", …" if len(own) > SHOWN else "")
    hint = f"did you mean {near[0]}?" if near else f"it has: {listed or 'nothing to call'}"
    what = getattr(found, "__name__", type(found).__name__)
    return f"{text}: {what} has no {part}; {hint}"
