"""Models that are a Python function, or an estimator, under a name in a module or a file.

``--model package.module:function`` or ``--model folder/file.py:function``. The function gets a
pandas frame of rows (``--model-input`` chooses Polars or numpy) and returns one label, number or
probability a row, or a probability for each class. An object with ``predict`` is taken as an
estimator. The current folder, the file's own and those of ``--python-path`` are importable. Since
you name the code, no trust is asked for.
"""

from dataclasses import replace
from pathlib import Path

from assay.errors import InputError
from assay.models.formats.adopt import adopt
from assay.models.formats.format import FormatOptions, LoadRequest
from assay.models.formats.function_import import find_object
from assay.models.formats.inspection import Inspection
from assay.models.formats.place import ModelPlace, digest_place
from assay.models.local import LocalModel
from assay.models.predictor import Predictor


class FunctionFormat:
    """Functions from rows to predictions, and objects with ``predict``."""

    name = "function"
    title = "a Python function (package.module:function or file.py:function)"
    options = FormatOptions

    def recognizes(self, place: ModelPlace) -> bool:
        """Whether it is written as a name in a module or in a Python file."""
        return place.function is not None and place.function[0].lower() != "command"

    def inspect(self, place: ModelPlace, options: FormatOptions) -> Inspection:
        """Say what would be imported; it is not."""
        module, name = _named(place)
        path = Path(module)
        known = path.is_file() if module.endswith(".py") else False
        return Inspection(
            place=place.text,
            format=self.name,
            title="Python function",
            runs_code=True,
            code=f"loading it imports {module}, and predicting calls {name} in it",
            digest=digest_place(path) if known else None,
            size=path.stat().st_size if known else None,
            advice="You name the code, so no flag is needed; --python-path DIR names the folder "
            "of modules that it imports.",
        )

    def load(self, place: ModelPlace, request: LoadRequest, options: FormatOptions) -> Predictor:
        """Import it, and wrap what it is."""
        module, name = _named(place)
        found = find_object(module, name, place.text)
        _refuse_others(found, place)
        made = adopt(found, place, request)
        if not isinstance(made, LocalModel):
            return made
        info = replace(made.info, address=_address(place), version=request.version)
        return replace(made, info=info)


def _named(place: ModelPlace) -> tuple[str, str]:
    assert place.function is not None
    return place.function


def _refuse_others(found: object, place: ModelPlace) -> None:
    if isinstance(found, type):
        msg = (
            f"{place.text} is a class; name a function, or an object of the class that is made in "
            f"the module: model = {found.__name__}(…)"
        )
        raise InputError(msg)
    if not callable(found) and not hasattr(found, "predict"):
        msg = (
            f"{place.text} is a {type(found).__name__}, which cannot be called and has no "
            "predict; name a function from rows to predictions, or a fitted estimator"
        )
        raise InputError(msg)


def _address(place: ModelPlace) -> str:
    """Return the text, with the digest of the file where it names one."""
    path = Path(_named(place)[0])
    return f"{place.text} {digest_place(path)}" if path.is_file() else place.text


FORMAT = FunctionFormat()
