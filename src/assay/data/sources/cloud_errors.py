"""What went wrong on the way to an object, in words and with a remedy."""

import re
from collections.abc import Mapping

from assay.data.sources.cloud_place import Place
from assay.errors import InputError

STATUS = re.compile(r"status code: (\d{3} [A-Za-z ]+)")
CODE = re.compile(r"<Code>(\w+)</Code>")
NETWORK = re.compile(
    r"dns error|name resolution|Name or service not known|Connection refused|connection reset"
    r"|error sending request|timed out|tcp connect error",
    re.IGNORECASE,
)
CREDENTIALS = re.compile(
    r"169\.254\.169\.254|credential|Account must be specified|InvalidAccessKeyId"
    r"|SignatureDoesNotMatch|Unauthorized|Forbidden|AccessDenied",
    re.IGNORECASE,
)
NO_SUCH_BUCKET = "NoSuchBucket"
LOGIN_HINT = (
    "give credentials by the environment or with --storage-option, as Polars' storage_options "
    "names them, such as aws_access_key_id or aws_skip_signature=true for a public bucket"
)


def explain(place: Place, error: BaseException, storage: Mapping[str, str]) -> InputError:
    """Return the error to raise, with the cause in one line.

    Parameters
    ----------
    place : Place
    error : BaseException
        As Polars, obstore or urllib3 raised it.
    storage : mapping of str to str
        Settings whose values are not shown.
    """
    text = str(error)
    told = _told(place, text, storage)
    if NO_SUCH_BUCKET in text:
        return InputError(f"there is no bucket {place.bucket}: {told}; check its name")
    if isinstance(error, FileNotFoundError) or "404 Not Found" in text:
        return InputError(
            f"there is no {place.shown}: {told}; check the path, upper and lower case too"
        )
    if isinstance(error, PermissionError) or CREDENTIALS.search(text):
        hint = "check the URL, or download the file first" if place.is_web else LOGIN_HINT
        return InputError(f"{place.shown} may not be read: {told}; {hint}")
    if isinstance(error, (ConnectionError, TimeoutError)) or NETWORK.search(text):
        hint = "check host and network" if place.is_web else "check network, region and endpoint"
        return InputError(f"{place.shown} cannot be reached: {told}; {hint}, and try again")
    if "expanded paths were empty" in text:
        return InputError(f"nothing matches {place.shown}; check the path and the pattern")
    return InputError(
        f"{place.shown} cannot be read: {told}; check the file, or download it first"
    )


def _told(place: Place, text: str, storage: Mapping[str, str]) -> str:
    """Return the part of a message that says what happened."""
    status, code = STATUS.search(text), CODE.search(text)
    parts = [found[1].strip() for found in (status, code) if found]
    network = NETWORK.findall(text)
    if not parts and network:
        parts = [network[-1]]
    if not parts:
        parts = [
            text.partition("\n\nDebug source")[0].partition(" (path: ")[0] or "no reason given"
        ]
    return place.clean(", ".join(parts), storage)
