"""What of a URL or a setting must not be written down: passwords, signatures, tokens."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from assay.errors import InputError

HIDDEN = "***"
URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
SECRET = re.compile(
    r"authorization|cookie|credential|password|passwd|pwd|secret|signature|(?:auth|sig|token)$"
    r"|(?:access|account|api|master|private|shared|subscription)key|^key$"
)
FROM_ENVIRONMENT = re.compile(r"\benv:[A-Za-z_]")
WEB = ("http", "https")


def is_secret(name: str) -> bool:
    """Whether a setting of this name holds a secret.

    Examples
    --------
    >>> is_secret("aws_secret_access_key"), is_secret("X-Api-Key"), is_secret("state_key")
    (True, True, False)
    """
    plain = re.sub(r"[^a-z]", "", name.lower())
    return SECRET.search(plain) is not None


def refuse_hidden(where: str, told: str) -> None:
    """Refuse the stars that `hide_secrets` and `hide_settings` put in place of a secret.

    Raises
    ------
    InputError
    """
    if HIDDEN in told:
        msg = (
            f"{where} has {HIDDEN} where a secret was left out when it was written down; give the "
            "secret anew, or by the environment"
        )
        raise InputError(msg)


def hide_secrets(text: str) -> str:
    """Return a URL without its password, and ``***`` for what signs it; other text as it is.

    Examples
    --------
    >>> hide_secrets("postgresql://ann:pass@host/shop?sslmode=require&password=pass")
    'postgresql://ann@host/shop?sslmode=require&password=***'
    >>> hide_secrets("https://host/a.csv?format=csv&X-Amz-Signature=f00")
    'https://host/a.csv?format=csv&X-Amz-Signature=***'
    """
    if URL.match(text) is None:
        return text
    scheme, _, rest = text.partition("://")
    netloc = urlsplit(f"x://{rest}").netloc
    after = rest[len(netloc) :]
    login, at, host = netloc.rpartition("@")
    if "@" in after.partition("?")[0] and ":" in netloc:  # a password with a slash in it
        return f"{scheme}://{HIDDEN}{rest[rest.rindex('@') :]}"
    user = HIDDEN if scheme.lower() in WEB and login else login.partition(":")[0]
    path, mark, query = after.partition("?")
    shown = re.sub(r"([^&=]+)=([^&]*)", _hide_value, query)
    return f"{scheme}://{user}{at}{host}{path}{mark}{shown}"


def _hide_value(pair: re.Match[str]) -> str:
    return f"{pair[1]}={HIDDEN}" if is_secret(pair[1]) else pair[0]


def hide_settings(settings: Mapping[str, object]) -> dict[str, object]:
    """Return settings, those in them too, with ``***`` for what their names say is a secret.

    What names a variable of the environment is none.

    Examples
    --------
    >>> hide_settings({"headers": {"Authorization": "Bearer 1"}, "batch_rows": 10})
    {'headers': {'Authorization': '***'}, 'batch_rows': 10}
    >>> hide_settings({"headers": {"Authorization": "Bearer env:TOKEN"}})
    {'headers': {'Authorization': 'Bearer env:TOKEN'}}
    """
    return {name: _hidden(name, value) for name, value in settings.items()}


def _hidden(name: str, value: object) -> object:
    if isinstance(value, Mapping):
        return hide_settings(value)
    if not isinstance(value, str):
        return value
    if is_secret(name) and FROM_ENVIRONMENT.search(value) is None:
        return HIDDEN
    return hide_secrets(value)
