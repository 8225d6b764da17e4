"""MLflow itself: imported quietly, asked for remote models, and for models of any flavor."""

import logging
import os
import shutil
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import unquote, urlsplit

from assay.errors import InputError, MissingExtraError
from assay.models.formats.mlflow_folder import MLMODEL
from assay.models.formats.torch_file import quietly

SHOWN = 10
TRACKING = "MLFLOW_TRACKING_URI"
STORED = ("runs", "models", "mlflow-artifacts")
"""Schemes of URIs that only a tracking server or store can resolve."""


def require_mlflow(purpose: str) -> Any:  # noqa: ANN401  the module
    """Import MLflow with its telemetry off.

    Raises
    ------
    MissingExtraError
        If MLflow is not installed.
    """
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    try:
        with quietly():
            import mlflow
            import mlflow.artifacts
            import mlflow.pyfunc
    except ImportError as error:
        raise MissingExtraError(library="mlflow", extra="mlflow", purpose=purpose) from error
    return mlflow


def file_of_uri(text: str) -> Path:
    """Return the path of a ``file:`` URI.

    Examples
    --------
    >>> file_of_uri("file:///models/a%20b").as_posix()
    '/models/a b'
    """
    return Path(unquote(urlsplit(text).path))


class Fetched:
    """A folder with a model that was fetched; it goes away with this object.

    Parameters
    ----------
    folder : Path
        Made for this model alone.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.model = folder
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)


def download(uri: str) -> Fetched:
    """Fetch a model into a temporary folder.

    Raises
    ------
    InputError
        If nobody said where MLflow keeps its models, or it does not have this one.
    """
    mlflow = require_mlflow(f"to fetch {uri}")
    _check_tracking(mlflow, uri)
    fetched = Fetched(Path(mkdtemp(prefix="assay-mlflow-")))
    try:
        with quietly(), _silent():
            found = mlflow.artifacts.download_artifacts(
                artifact_uri=uri, dst_path=str(fetched.folder)
            )
    except Exception as error:
        store = str(mlflow.get_tracking_uri())
        text = " ".join(_without_password(str(error), store).split())[:300]
        msg = (
            f"MLflow cannot fetch {uri} from {_without_password(store, store)} "
            f"({type(error).__name__}: {text}); check the URI and the variable {TRACKING}"
        )
        raise InputError(msg) from error
    fetched.model = Path(found)
    if not (fetched.model / MLMODEL).is_file():
        inside = fetched.model if fetched.model.is_dir() else fetched.folder
        names = ", ".join(sorted(each.name for each in inside.iterdir())[:SHOWN])
        msg = f"{uri} is no model of MLflow: it has no {MLMODEL} file; it holds: {names}"
        raise InputError(msg)
    return fetched


def load_pyfunc(path: Path) -> Any:  # noqa: ANN401  a PyFuncModel
    """Load a model of any flavor; it is trusted, since most of them are pickles.

    Raises
    ------
    InputError
        If it cannot be loaded.
    """
    mlflow = require_mlflow(f"to load {path.name}")
    try:
        with quietly(), _silent():
            return mlflow.pyfunc.load_model(str(path), suppress_warnings=True)
    except MemoryError:
        raise
    except Exception as error:
        text = " ".join(str(error).split())[:300]
        msg = (
            f"MLflow cannot load {path} ({type(error).__name__}: {text}); install what the model "
            "needs: pip install -r requirements.txt of its folder"
        )
        raise InputError(msg) from error


def _check_tracking(mlflow: Any, uri: str) -> None:  # noqa: ANN401
    """Refuse before MLflow makes a new, empty store in the user's folder."""
    if urlsplit(uri).scheme.lower() not in STORED:
        return
    store = str(mlflow.get_tracking_uri())
    path = _local(store)
    if path is not None and not path.exists():
        told = mlflow.is_tracking_uri_set()
        where = (
            f"there is no store {path}" if told else "nobody said where MLflow keeps its models"
        )
        msg = (
            f"{uri} cannot be found: {where}; set the variable {TRACKING} to the address of the "
            "MLflow server (or to sqlite:///PATH of its database), or give the model's folder"
        )
        raise InputError(msg)


def _local(store: str) -> Path | None:
    """Return the file or folder of a store on this machine; None for a server."""
    if store.startswith("sqlite:///"):
        return Path(unquote(store.removeprefix("sqlite:///")))
    scheme = urlsplit(store).scheme
    if scheme == "file":
        return file_of_uri(store)
    return Path(store) if scheme == "" else None


def _without_password(text: str, store: str) -> str:
    """Hide in a text the password that stands in the address of the store."""
    password = urlsplit(store).password
    return text.replace(f":{password}@", ":***@") if password else text


@contextmanager
def _silent() -> Iterator[None]:
    """Keep MLflow's log lines and progress bars to itself."""
    logger = logging.getLogger("mlflow")
    level, bars = logger.level, os.environ.get("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR")
    logger.setLevel(logging.CRITICAL)
    os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
    try:
        yield
    finally:
        logger.setLevel(level)
        if bars is None:
            del os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"]
        else:
            os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = bars
