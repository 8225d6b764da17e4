"""Import Keras with a backend that is there, and leave nothing behind in the home folder."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

from assay.errors import InputError, MissingExtraError

BACKEND, HOME = "KERAS_BACKEND", "KERAS_HOME"
BACKENDS = ("tensorflow", "jax", "torch")


def require_keras(purpose: str) -> ModuleType:
    """Import Keras 3, or say what is missing.

    Its backend is the one that the user chose (``KERAS_BACKEND`` or ``~/.keras/keras.json``);
    where nobody chose, the first that is installed of TensorFlow (Keras's own default), JAX and
    PyTorch.

    Raises
    ------
    MissingExtraError
        If Keras is not installed.
    InputError
        If no backend is, or the chosen one is not.
    """
    if find_spec("keras") is None:
        raise MissingExtraError(library="keras", extra="keras", purpose=purpose)
    if "keras" not in sys.modules:
        _choose_backend(purpose)
    try:
        with _home_left_alone():
            import keras
    except ImportError as error:
        msg = (
            f"Keras cannot be imported ({error}): its backend is "
            f"{os.environ.get(BACKEND, 'tensorflow')}; install that, or name another one in the "
            "variable KERAS_BACKEND (tensorflow, jax or torch)"
        )
        raise InputError(msg) from error
    return keras


def _choose_backend(purpose: str) -> None:
    if BACKEND in os.environ or _is_installed(_configured()):
        return
    there = [name for name in BACKENDS if _is_installed(name)]
    if not there:
        raise MissingExtraError(library="a backend of Keras", extra="torch", purpose=purpose)
    os.environ[BACKEND] = there[0]


def _configured() -> str:
    """Return the backend of Keras's config file; Keras writes one where nobody chose, too."""
    try:
        return str(json.loads(_config_file().read_text()).get("backend", ""))
    except (OSError, ValueError, AttributeError):
        return ""


def _is_installed(backend: str) -> bool:
    return backend in BACKENDS and find_spec(backend) is not None


def _config_file() -> Path:
    home = os.environ.get(HOME)
    return (Path(home) if home else Path.home() / ".keras") / "keras.json"


@contextmanager
def _home_left_alone() -> Iterator[None]:
    """Let the config that Keras writes on import, where there is none, vanish with a folder."""
    if "keras" in sys.modules or HOME in os.environ or _config_file().is_file():
        yield
        return
    with TemporaryDirectory() as folder:
        os.environ[HOME] = folder
        try:
            yield
        finally:
            del os.environ[HOME]
