"""What a user set beside a model, as one text: other settings may give other answers."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from assay.models.formats.format import FormatOptions, LoadRequest

SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages"})


def describe_told(name: str, request: LoadRequest, options: FormatOptions) -> str:
    """Return all that was set on which a model's answers may depend, apart from its content.

    The user's own modules count by their names, sizes and times of change.

    Parameters
    ----------
    name : str
        `ModelFormat.name`.
    request : LoadRequest
    options : FormatOptions

    Examples
    --------
    >>> describe_told("onnx", LoadRequest(output="label"), FormatOptions())
    '{"form": "onnx", "output": "label"}'
    """
    told = {
        "form": name,
        "classes": None if request.classes is None else [repr(each) for each in request.classes],
        "output": request.output,
        "features": request.features,
        "options": options.model_dump(mode="json", exclude_defaults=True),
        "code": [*_code(request.python_path)],
    }
    return json.dumps({key: value for key, value in told.items() if value}, sort_keys=True)


def _code(folders: Sequence[Path]) -> Iterator[str]:
    for folder in folders:
        for path in _modules(folder):
            about = path.stat()
            yield f"{path.relative_to(folder).as_posix()} {about.st_size} {about.st_mtime_ns}"


def _modules(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.suffix == ".py" and path.is_file():
            yield path
        elif path.is_dir() and not path.name.startswith(".") and path.name not in SKIPPED:
            yield from _modules(path)
