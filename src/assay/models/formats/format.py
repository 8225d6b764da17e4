"""The ModelFormat protocol: how one form of model is recognised, inspected and loaded."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from assay.models.formats.inspection import Inspection
from assay.models.formats.place import ModelPlace
from assay.models.predictor import ClassLabel, Predictor


class FormatOptions(BaseModel):
    """Base of a form's own settings: unknown keys are errors, and values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, kw_only=True)
class LoadRequest:
    """What the user said about a model.

    Parameters
    ----------
    trust : bool
        Whether code in the file may run.
    container : str or None
        "pandas", "polars" or "numpy"; None is what the model was fitted on.
    name : str or None
        For people; None takes the place's name.
    classes : tuple or None
        Its classes in the order of its scores, where it does not say them itself.
    output : str or None
        "label", "probability" or "number", where it does not say what it returns.
    features : tuple of str or None
        Columns that it reads, in order, where it does not say them itself.
    version : str or None
        What the user calls the version of a model without content, for `ModelInfo.version`.
    python_path : tuple of Path
        Folders with the user's own modules; they are on the import path already.
    """

    trust: bool = False
    container: str | None = None
    name: str | None = None
    classes: tuple[ClassLabel, ...] | None = None
    output: str | None = None
    features: tuple[str, ...] | None = None
    version: str | None = None
    python_path: tuple[Path, ...] = ()


class ModelFormat(Protocol):
    """One form in which models are given, registered under the entry point `assay.models`.

    The module that holds it loads no model library until `load` (or `inspect`) is called.
    """

    name: str
    title: str
    options: type[FormatOptions]

    def recognizes(self, place: ModelPlace) -> bool:
        """Whether the place is of this form: by content, never by the suffix alone."""
        ...

    def inspect(self, place: ModelPlace, options: FormatOptions) -> Inspection:
        """Say what the model is without running code that is in it or that it names.

        Raises
        ------
        InputError
            If it is damaged.
        """
        ...

    def load(self, place: ModelPlace, request: LoadRequest, options: FormatOptions) -> Predictor:
        """Make a Predictor of it.

        `info.digest` is left to the caller where `place` is a path. Without one, `info.address`
        says where and how the model is asked (no secrets in it), and `info.version` is the
        request's.

        Raises
        ------
        UntrustedModelError
            If loading runs code in the file and `request.trust` is False.
        MissingExtraError
            If a library is not installed.
        InputError
            If it is damaged, or options are missing or do not fit it.
        """
        ...


OptionValues = Mapping[str, object]
"""A form's settings as the user wrote them: name → value."""
