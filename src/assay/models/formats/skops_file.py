"""skops files: loaded without running code, as long as they hold types that are known."""

from pathlib import Path
from typing import Any

from assay.errors import InputError, MissingExtraError, UntrustedModelError
from assay.models.formats.version_warnings import collecting_findings
from assay.result import Finding

SHOWN = 10


def load_skops(path: Path, *, trust: bool = False) -> tuple[Any, tuple[Finding, ...]]:
    """Load what skops saved.

    Parameters
    ----------
    path : Path
    trust : bool
        Whether types that skops does not know may be loaded.

    Returns
    -------
    (object, tuple of Finding)

    Raises
    ------
    MissingExtraError
        If skops is not installed.
    UntrustedModelError
        If the file holds types that skops does not know, and `trust` is False.
    InputError
        If the file is damaged or a type cannot be imported.
    """
    try:
        from skops.io import get_untrusted_types, load
    except ImportError as error:
        purpose = f"to read {path.name}"
        raise MissingExtraError(library="skops", extra="skops", purpose=purpose) from error
    with collecting_findings() as findings:
        try:
            unknown = get_untrusted_types(file=path)
            model = load(path, trusted=unknown) if trust or not unknown else None
        except ImportError as error:
            raise InputError(_missing(path, error)) from error
        except Exception as error:
            text = " ".join(str(error).split())[:200]
            msg = f"{path} cannot be loaded ({type(error).__name__}: {text}); save it again"
            raise InputError(msg) from error
    if unknown and not trust:
        raise UntrustedModelError(_refusal(path, unknown))
    return model, tuple(findings)


def _refusal(path: Path, unknown: list[str]) -> str:
    listed = ", ".join(unknown[:SHOWN]) + (", …" if len(unknown) > SHOWN else "")
    return (
        f"{path} holds types that skops does not know to be harmless: {listed}; look at what they "
        "are, and if you trust the file add --trust-model (in Python trust=True)"
    )


def _missing(path: Path, error: ImportError) -> str:
    return (
        f"{path} needs a module that cannot be imported here ({error}); install it, or add its "
        "folder with --python-path DIR (in Python python_path=[DIR])"
    )
