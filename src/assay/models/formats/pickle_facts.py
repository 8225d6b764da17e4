"""What a pickle would do in, what a person wants to know of it out."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from assay.models.formats.pickle_machine import Made, Name, PickleContent, values_of
from assay.models.predictor import ClassLabel

MAX_MODULES = 20
MAX_NAMES = 5
MAX_STEPS = 20

RISKY_MODULES = {
    "os": "the operating system",
    "posix": "the operating system",
    "nt": "the operating system",
    "pty": "the operating system",
    "sys": "the interpreter",
    "subprocess": "other programs",
    "_posixsubprocess": "other programs",
    "multiprocessing": "other programs",
    "shutil": "files",
    "pathlib": "files",
    "tempfile": "files",
    "io": "files",
    "socket": "the network",
    "ssl": "the network",
    "http": "the network",
    "urllib": "the network",
    "requests": "the network",
    "urllib3": "the network",
    "ftplib": "the network",
    "smtplib": "the network",
    "webbrowser": "the network",
    "importlib": "any module",
    "imp": "any module",
    "pkgutil": "any module",
    "runpy": "any module",
    "ctypes": "memory",
    "mmap": "memory",
    "marshal": "code of its own",
    "code": "code of its own",
    "codeop": "code of its own",
    "types": "code of its own",
    "cloudpickle": "code of its own",
    "dill": "code of its own",
    "pip": "other programs",
    "asyncio": "other programs",
    "?": "a name that is put together while loading",
}
"""Modules beyond what a model needs → what they reach."""
RISKY_NAMES = {
    "eval": "code of its own",
    "exec": "code of its own",
    "compile": "code of its own",
    "execfile": "code of its own",
    "__import__": "any module",
    "getattr": "any attribute",
    "setattr": "any attribute",
    "delattr": "any attribute",
    "globals": "any attribute",
    "open": "files",
    "input": "the terminal",
    "breakpoint": "code of its own",
    "apply": "any function",
    "map": "any function",
    "filter": "any function",
}
"""The same for names in builtins."""
BUILTINS = ("builtins", "__builtin__", "__builtins__")
LIBRARIES = {
    "sklearn": "scikit-learn",
    "lightgbm": "lightgbm",
    "xgboost": "xgboost",
    "catboost": "catboost",
    "torch": "torch",
    "keras": "keras",
    "tensorflow": "tensorflow",
    "statsmodels": "statsmodels",
}


@dataclass(frozen=True, kw_only=True)
class PickleFacts:
    """What is known of the model in a pickle, and of what loading it would do."""

    class_name: str = ""
    library: str = ""
    library_version: str = ""
    kind: str = "unknown"
    feature_names: tuple[str, ...] | None = None
    classes: tuple[ClassLabel, ...] | None = None
    risky: tuple[str, ...] = ()
    facts: dict[str, str] = field(default_factory=dict)


def find_facts(content: PickleContent) -> PickleFacts:
    """Sum up what a pickle would do."""
    main = _main(content.top)
    last = _last_step(main)
    name = main.of if main is not None else None
    library = "" if name is None else LIBRARIES.get(name.module.split(".")[0], "")
    risky = tuple(
        f"{each} ({reach})" for each in content.names if (reach := _reaches(each)) is not None
    )
    facts = {
        "protocol": str(content.protocol),
        "reaches": ", ".join(risky[:MAX_MODULES]) + (", …" if len(risky) > MAX_MODULES else ""),
        "imports": list_imports(content.names),
        "holds": "" if main is not None else _describe(content.top),
        "steps": _steps(main),
        "not read": content.stopped,
    }
    return PickleFacts(
        class_name="" if name is None else name.name,
        library=library,
        library_version=_version(content, main),
        kind=_kind(main, last),
        feature_names=_texts(_first(main, "feature_names_in_")),
        classes=_labels(_first(last, "classes_")),
        risky=risky,
        facts={key: text for key, text in facts.items() if text},
    )


def list_imports(names: Iterable[Name]) -> str:
    """Write modules with what is taken from them, shortened.

    Examples
    --------
    >>> list_imports([Name("numpy", "dtype"), Name("os", "system"), Name("numpy", "ndarray")])
    'numpy (dtype, ndarray); os (system)'
    """
    by_module: dict[str, list[str]] = {}
    for each in names:
        by_module.setdefault(_short(each.module), []).append(_short(each.name))
    listed = [
        f"{module} ({', '.join(taken[:MAX_NAMES])}{', …' if len(taken) > MAX_NAMES else ''})"
        for module, taken in by_module.items()
    ]
    more = len(listed) - MAX_MODULES
    return "; ".join(listed[:MAX_MODULES]) + (f"; and {more} more modules" if more > 0 else "")


def _reaches(name: Name) -> str | None:
    if name.module in BUILTINS:
        return RISKY_NAMES.get(name.name.split(".")[0])
    if name.module == "operator" and name.name in ("attrgetter", "methodcaller"):
        return "any attribute"
    return RISKY_MODULES.get(name.module.split(".")[0])


def _main(top: object) -> Made | None:
    """Return the object that is the model: what the pickle returns."""
    return top if isinstance(top, Made) else None


def _describe(top: object) -> str:
    if isinstance(top, dict):
        keys = ", ".join(_short(str(key)) for key in list(top)[:MAX_NAMES])
        return f"a dict with {len(top)} key(s): {keys}" + (", …" if len(top) > MAX_NAMES else "")
    if isinstance(top, list | tuple):
        return f"a {type(top).__name__} of {len(top)}"
    return str(top) if isinstance(top, Name) else ""


def _last_step(main: Made | None) -> Made | None:
    """Return what decides in the end: of a pipeline its last step, of a search the best."""
    seen = 0
    while main is not None and seen < MAX_STEPS:
        values = values_of(main)
        inner = values.get("best_estimator_")
        steps = values.get("steps")
        if isinstance(steps, list) and steps and isinstance(steps[-1], tuple):
            inner = steps[-1][-1]
        if not isinstance(inner, Made):
            return main
        main, seen = inner, seen + 1
    return main


def _first(made: Made | None, name: str) -> list[Any] | None:
    """Return an array of that name of an object, or of the first step that has one."""
    if made is None:
        return None
    values = values_of(made)
    found = values.get(name)
    if isinstance(found, Made) and isinstance(found.array, list):
        return found.array
    steps = values.get("steps")
    for step in steps if isinstance(steps, list) else []:
        if isinstance(step, tuple) and step and isinstance(step[-1], Made):
            inner = values_of(step[-1]).get(name)
            if isinstance(inner, Made) and isinstance(inner.array, list):
                return inner.array
    return None


def _steps(main: Made | None) -> str:
    steps = values_of(main).get("steps")
    if not isinstance(steps, list):
        return ""
    listed = []
    for step in steps[:MAX_STEPS]:
        if isinstance(step, tuple) and len(step) == 2:
            made = step[1].of if isinstance(step[1], Made) else None
            listed.append(f"{_short(str(step[0]))}: {made.name if made else _short(str(step[1]))}")
    return ", ".join(listed)


def _version(content: PickleContent, main: Made | None) -> str:
    told = values_of(main).get("_sklearn_version")
    if isinstance(told, str):
        return _short(told)
    for made in content.states:
        told = values_of(made).get("_sklearn_version")
        if isinstance(told, str):
            return _short(told)
    return ""


def _kind(main: Made | None, last: Made | None) -> str:
    name = last.of.name if last is not None and last.of is not None else ""
    if "classes_" in values_of(last) or "classes_" in values_of(main):
        return "classifier"
    return kind_of_class(name)


def kind_of_class(name: str) -> str:
    """Guess what a model predicts from the name of its class.

    Examples
    --------
    >>> kind_of_class("RandomForestClassifier"), kind_of_class("Ridge")
    ('classifier', 'unknown')
    """
    if name.startswith("Logistic") or name.endswith(("Classifier", "ClassifierCV", "SVC", "NB")):
        return "classifier"
    return "regressor" if name.endswith(("Regressor", "Regression", "SVR")) else "unknown"


def _texts(array: list[Any] | None) -> tuple[str, ...] | None:
    if not array or not all(isinstance(each, str) for each in array):
        return None
    return tuple(array)


def _labels(array: list[Any] | None) -> tuple[ClassLabel, ...] | None:
    if not array or not all(isinstance(each, bool | int | float | str) for each in array):
        return None
    return tuple(array)


def _short(text: str) -> str:
    shown = text if text.isprintable() else repr(text)
    return shown if len(shown) <= 80 else shown[:79] + "…"
