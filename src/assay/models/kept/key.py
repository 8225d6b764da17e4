"""What tells one set of predictions from another: the model, the rows, and how they were read."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from assay.models.layout import Layout
from assay.models.predictor import ModelInfo
from assay.result import Json

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

DIGEST_BYTES = 16


@dataclass(frozen=True)
class EntryKey:
    """Everything on which a model's answers for a table depend.

    Parameters
    ----------
    facts : mapping
        Builtins only.

    Examples
    --------
    >>> len(EntryKey({"model": "content:00"}).digest)
    32
    """

    facts: Mapping[str, Json]

    @property
    def digest(self) -> str:
        """blake2b-128 of the facts, 32 hex digits."""
        text = json.dumps(self.facts, sort_keys=True, ensure_ascii=True)
        return hashlib.blake2b(text.encode(), digest_size=DIGEST_BYTES).hexdigest()

    @property
    def has_content(self) -> bool:
        """Whether the model is told by its content, so that the same key is the same model."""
        return str(self.facts["model"]).startswith("content:")

    @property
    def names_version(self) -> bool:
        """Whether the user named a version of a model that has no content."""
        return self.facts.get("model_version") is not None


def make_key(
    info: ModelInfo, dataset: "Dataset", columns: tuple[str, ...], layout: Layout
) -> EntryKey | None:
    """Return the key of a model's answers for a table; None where the model has no identity.

    An object of this process has none: it may be another one tomorrow.

    Parameters
    ----------
    info : ModelInfo
    dataset : Dataset
        Its ordered fingerprint is taken, which reads all rows once.
    columns : tuple of str
        What the model reads, in order.
    layout : Layout
        What decides how these columns reach the model.
    """
    if info.digest is None and not info.address:
        return None
    model = f"content:{info.digest}" if info.digest else f"address:{info.address}"
    facts: dict[str, Json] = {
        "model": model,
        "model_version": None if info.digest else info.version,
        "settings": info.settings,
        "library": _installed(info.library),
        "container": info.container,
        "rows": dataset.fingerprint().ordered,
        "columns": list(columns),
        "types": _types(dataset, columns),
        "layout": describe_layout(layout, columns),
    }
    return EntryKey(facts)


def describe_layout(layout: Layout, columns: tuple[str, ...]) -> Json:
    """Return what a layout says of these columns, as builtins."""
    chosen = set(columns)
    nullable: list[Json] = [*sorted(chosen & layout.nullable)]
    empty: list[Json] = [*sorted(chosen & layout.empty)]
    dtypes: dict[str, Json] = {
        name: _dtype(layout.dtypes[name]) for name in columns if name in layout.dtypes
    }
    return {"source": layout.source, "nullable": nullable, "empty": empty, "dtypes": dtypes}


def _dtype(dtype: Any) -> str:  # noqa: ANN401  a dtype of pandas or numpy
    values = getattr(dtype, "categories", None)
    if values is None:
        return str(dtype)
    listed = [repr(value) for value in values.tolist()]
    return f"{dtype}, ordered={dtype.ordered}: {', '.join(listed)}"


def _types(dataset: "Dataset", columns: tuple[str, ...]) -> list[Json]:
    types = dataset.frame.collect_schema()
    return [str(types[name]) for name in columns]


def _installed(library: str) -> str:
    """Name a library with its installed version: another one may answer otherwise."""
    try:
        return f"{library} {version(library)}" if library else ""
    except PackageNotFoundError:
        return library
