"""What can be said of a model without running it."""

from dataclasses import dataclass, field

from assay.models.predictor import ClassLabel
from assay.result import Json


@dataclass(frozen=True, kw_only=True)
class Port:
    """One input or output of a model.

    Parameters
    ----------
    name : str
    type : str
        In the model's own words, for example "float32" or "text".
    shape : tuple of (int, str or None)
        None for a length that is not fixed.
    """

    name: str
    type: str = ""
    shape: tuple[int | str | None, ...] = ()

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {"name": self.name, "type": self.type, "shape": list(self.shape)}


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One option of a model's form.

    Parameters
    ----------
    name : str
    description : str
    default : bool, int, float, str, list, mapping or None
    """

    name: str
    description: str = ""
    default: Json = None

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {"name": self.name, "description": self.description, "default": self.default}


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What a model is, what it wants, what it gives, and whether loading it runs code.

    Parameters
    ----------
    place : str
        As the user named it.
    format : str
        Name of the form, as `ModelFormat.name`.
    title : str
        For people: "LightGBM text model".
    runs_code : bool
        Whether loading it runs code that is in it, or code that it names.
    code : str
        Which code that is; or why there is none.
    library, library_version : str
        What is needed to run it, and the version that made it, where known.
    class_name : str
    kind : str
        "classifier", "regressor", "multilabel" or "unknown".
    feature_names : tuple of str or None
    classes : tuple or None
    wants, gives : tuple of Port
        Inputs and outputs, where the model tells.
    digest : str or None
        blake2b-128 of the content, 32 hex digits.
    size : int or None
        Bytes.
    facts : mapping of str to str
        What else is known, such as the number of trees.
    advice : str
        How to have it judged: the flags that it needs.
    settings : tuple of Setting
        The options of its form; filled in by `inspect_model`.
    """

    place: str
    format: str
    title: str
    runs_code: bool
    code: str
    library: str = ""
    library_version: str = ""
    class_name: str = ""
    kind: str = "unknown"
    feature_names: tuple[str, ...] | None = None
    classes: tuple[ClassLabel, ...] | None = None
    wants: tuple[Port, ...] = ()
    gives: tuple[Port, ...] = ()
    digest: str | None = None
    size: int | None = None
    facts: dict[str, str] = field(default_factory=dict)
    advice: str = ""
    settings: tuple[Setting, ...] = ()

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "place": self.place,
            "format": self.format,
            "title": self.title,
            "runs_code": self.runs_code,
            "code": self.code,
            "library": self.library,
            "library_version": self.library_version,
            "class_name": self.class_name,
            "kind": self.kind,
            "feature_names": None if self.feature_names is None else list(self.feature_names),
            "classes": None if self.classes is None else list(self.classes),
            "wants": [port.to_dict() for port in self.wants],
            "gives": [port.to_dict() for port in self.gives],
            "digest": self.digest,
            "size": self.size,
            "facts": dict(self.facts),
            "advice": self.advice,
            "settings": [setting.to_dict() for setting in self.settings],
        }
