"""A folder that transformers saved: what its config says, and how it is loaded, offline."""

import atexit
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from assay.errors import InputError, MissingExtraError
from assay.models.formats.place import ModelPlace
from assay.models.formats.torch_file import quietly, read_header, require_torch

CONFIG = "config.json"
HEAD = "ForSequenceClassification"
TOKENIZERS = (
    "tokenizer.json",
    "tokenizer_config.json",
    "tokenizer.model",
    "vocab.txt",
    "vocab.json",
    "spiece.model",
    "sentencepiece.bpe.model",
)
COPIES = "HF_MODULES_CACHE"
SHOWN = 5


@dataclass(frozen=True)
class TextFolder:
    """What the files of a folder say.

    Parameters
    ----------
    architecture : str
        Class of transformers that it was saved from; "" when it does not say.
    model_type, version, problem_type : str
        "" when it does not say.
    n_labels : int
        Columns of its head.
    id2label : mapping
        Column → class.
    hidden_size : int or None
    code : tuple of str
        Classes of its own that its config names.
    encoder_of_sentences : bool
        Whether sentence-transformers saved it.
    facts : mapping of str to str
    """

    architecture: str
    model_type: str = ""
    version: str = ""
    problem_type: str = ""
    n_labels: int = 2
    id2label: dict[str, str] = field(default_factory=dict)
    hidden_size: int | None = None
    code: tuple[str, ...] = ()
    encoder_of_sentences: bool = False
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def has_head(self) -> bool:
        """Whether it was saved with a head that classifies texts."""
        return self.architecture.endswith(HEAD) or bool(self.code)

    @property
    def multilabel(self) -> bool:
        """Whether a text may have several of its classes."""
        return self.problem_type == "multi_label_classification"

    def why_not(self, place: str) -> str:
        """Say what a folder without a head is, and how to use it."""
        kind = self.architecture or f"a model of type {self.model_type}"
        if self.encoder_of_sentences or self.architecture.endswith("Model"):
            size = f" of {self.hidden_size} numbers" if self.hidden_size else ""
            return (
                f"{place} is a text encoder ({kind}): it turns a text into a vector{size} and has "
                "no head that predicts classes. Use the vectors as features: fit a scikit-learn "
                "pipeline on them and give that, or a function that does both "
                "(package.module:function); or fine-tune it with "
                "AutoModelForSequenceClassification and give the folder saved from that"
            )
        return (
            f"{place} is {kind}, which does not classify texts; give a folder saved from "
            "AutoModelForSequenceClassification, or a function that reads its answers "
            "(package.module:function)"
        )


def looks_right(place: ModelPlace) -> bool:
    """Whether a folder's config.json is one of transformers; MLflow's folders are its own."""
    if not place.is_folder or CONFIG not in place.members or "MLmodel" in place.members:
        return False
    try:
        config = json.loads((place.file / CONFIG).read_bytes())
    except (OSError, ValueError):
        # Cut off or damaged: a folder with a tokenizer beside it is still meant as one.
        return any(name in place.members for name in TOKENIZERS)
    return isinstance(config, dict) and bool({"model_type", "architectures"} & set(config))


def read_folder(path: Path) -> TextFolder:
    """Read the config and the headers of the weights; runs nothing.

    Raises
    ------
    InputError
        If the config or the weights are damaged, or weights or tokenizer are missing.
    """
    config = _read_json(path / CONFIG)
    named = config.get("architectures") or [""]
    id2label = config.get("id2label")
    labels = dict(id2label) if isinstance(id2label, Mapping) else {}
    return TextFolder(
        architecture=str(named[0]),
        model_type=str(config.get("model_type", "")),
        version=str(config.get("transformers_version", "")),
        problem_type=str(config.get("problem_type") or ""),
        n_labels=len(labels) or int(config.get("num_labels") or 2),
        id2label=labels,
        hidden_size=config.get("hidden_size"),
        code=_own_code(config, path),
        encoder_of_sentences=(path / "modules.json").is_file(),
        facts=_facts(path, config),
    )


def load_folder(path: Path, *, trust: bool, device: str) -> tuple[Any, Any]:
    """Load the model with its head, and its tokenizer, without a download.

    Returns
    -------
    (transformers.PreTrainedModel, transformers.PreTrainedTokenizerBase)

    Raises
    ------
    MissingExtraError
        If transformers or torch is not installed.
    InputError
        If a file is damaged or missing, the head's weights are, or there is no such device.
    """
    _refuse_without_tokenizer(path)
    require_torch(f"to run {path.name}")
    auto_model, auto_tokenizer = _require_transformers(path, copies_code=trust)
    told = {"local_files_only": True, "trust_remote_code": trust}
    folder = str(path.resolve())
    try:
        with quietly(), _silent(), _offline():
            tokenizer = auto_tokenizer.from_pretrained(folder, **told)
            model, found = auto_model.from_pretrained(folder, output_loading_info=True, **told)
    except MemoryError:
        raise
    except Exception as error:
        text = " ".join(str(error).split())[:300]
        msg = (
            f"{path} cannot be loaded by transformers ({type(error).__name__}: {text}); it is cut "
            "off, damaged, incomplete or made for another version: copy it again, or save it again"
        )
        raise InputError(msg) from error
    _refuse_untrained(path, found)
    try:
        return model.eval().to(device), tokenizer
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        text = " ".join(str(error).split())[:200]
        msg = f"the device {device!r} cannot be used here ({text}); say --model-option device=cpu"
        raise InputError(msg) from error


def _read_json(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        msg = f"{path} cannot be read ({error}); copy the model's folder again"
        raise InputError(msg) from error
    return read if isinstance(read, dict) else {}


def _own_code(config: Mapping[str, Any], path: Path) -> tuple[str, ...]:
    """Return classes that the folder's own Python files define, as its configs name them."""
    maps = [config.get("auto_map")]
    tokenizer = path / "tokenizer_config.json"
    if tokenizer.is_file():
        maps.append(_read_json(tokenizer).get("auto_map"))
    found = set()
    for each in maps:
        for value in each.values() if isinstance(each, Mapping) else ():
            parts = value if isinstance(value, list) else [value]
            found.update(str(part) for part in parts if part)
    return tuple(sorted(found))


def _facts(path: Path, config: Mapping[str, Any]) -> dict[str, str]:
    facts = {}
    for name, title in (
        ("model_type", "model type"),
        ("num_hidden_layers", "layers"),
        ("hidden_size", "hidden size"),
        ("max_position_embeddings", "tokens of a text"),
        ("vocab_size", "tokens known"),
    ):
        if config.get(name) is not None:
            facts[title] = str(config[name])
    weights = sorted(path.glob("*.safetensors"))
    if weights:
        total = sum(tensor.size for file in weights for tensor in read_header(file))
        facts["parameters"] = f"{total:,}"
    facts["weights"] = ", ".join(
        each.name for each in (*weights, *sorted(path.glob("pytorch_model*.bin")))
    )
    return facts


def _require_transformers(path: Path, *, copies_code: bool) -> tuple[Any, Any]:
    """Import transformers.

    It copies a model's own code before it runs it, to the home folder if nothing else is said.
    """
    if copies_code and "transformers" not in sys.modules and COPIES not in os.environ:
        os.environ[COPIES] = mkdtemp(prefix="assay-transformers-")
        atexit.register(shutil.rmtree, os.environ[COPIES], ignore_errors=True)
    try:
        with quietly():
            from transformers import AutoModelForSequenceClassification, AutoTokenizer
    except ImportError as error:
        purpose = f"to load {path.name}"
        raise MissingExtraError(
            library="transformers", extra="transformers", purpose=purpose
        ) from error
    return AutoModelForSequenceClassification, AutoTokenizer


@contextmanager
def _silent() -> Iterator[None]:
    """Load without progress bars and reports, and leave those settings as they were."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


@contextmanager
def _offline() -> Iterator[None]:
    """Keep the library from the network while it loads, and leave the process as it was.

    Told of local files only, it still looks models up that it takes for others' copies.
    """
    from huggingface_hub import constants

    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before


def _refuse_without_tokenizer(path: Path) -> None:
    if not any((path / name).is_file() for name in TOKENIZERS):
        msg = (
            f"{path} has no tokenizer (such as tokenizer.json), so texts cannot be read; save it "
            "beside the model: tokenizer.save_pretrained(folder)"
        )
        raise InputError(msg)


def _refuse_untrained(path: Path, found: Mapping[str, Any]) -> None:
    """Refuse a model of which some weights were not in the file: they would be random."""
    missing = sorted(map(str, found.get("missing_keys", ())))
    differing = sorted(str(each[0]) for each in found.get("mismatched_keys", ()))
    if missing or differing:
        names = [*missing, *differing]
        shown = ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
        msg = (
            f"{path} lacks weights that the model needs ({shown}), so its answers would be "
            "random; save the trained model again with model.save_pretrained(folder)"
        )
        raise InputError(msg)
