"""The address and the headers of an endpoint; secrets in them are used and never shown."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote

from assay.data.sources.secrets import HIDDEN, is_secret, refuse_hidden
from assay.errors import InputError

FROM_ENVIRONMENT = re.compile(r"(?P<before>.*?)\benv:(?P<name>[A-Za-z_][A-Za-z0-9_]*)")
TOKEN_LENGTH = 24
"""Values of a query from this length on are taken for secrets, whatever their names are."""
SHORTEST_SECRET = 4


@dataclass(frozen=True)
class Address:
    """Where an endpoint is.

    Parameters
    ----------
    base : str
        Scheme, host and port.
    target : str
        Path and query, as they are sent.
    shown : str
        All of it without secrets.
    headers : mapping of str to str
        As they are sent.
    told : mapping of str to str
        As the user wrote them, for those that come from the environment.
    secrets : tuple of str
        What no message may hold.
    """

    base: str
    target: str = field(repr=False)
    shown: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    told: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def hide(self, text: str) -> str:
        """Return a text without the secrets, should somebody have echoed them."""
        for secret in self.secrets:
            text = text.replace(secret, HIDDEN)
        return text


def read_address(url: str, headers: Mapping[str, str] | None = None) -> Address:
    """Take a URL apart, and fetch the headers' secrets from the environment.

    Parameters
    ----------
    url : str
        ``http://`` or ``https://``; a user name and password in it are sent as basic
        authentication, unless there is such a header.
    headers : mapping of str to str or None
        Values such as ``env:TOKEN`` or ``Bearer env:TOKEN`` take the variable TOKEN.

    Raises
    ------
    InputError
        If the URL or a header is wrong, a variable is not set, or a secret is written out.

    Examples
    --------
    >>> read_address("https://me:pw@host/score?variant=b&token=abc").shown
    'https://host/score?variant=b&token=***'
    """
    # Looking for a model's form reads this module; urllib3 is loaded for endpoints alone.
    from urllib3.exceptions import LocationParseError  # noqa: PLC0415
    from urllib3.util import make_headers, parse_url  # noqa: PLC0415

    refuse_hidden(f"the address {show_url(url)}", url)
    try:
        parts = parse_url(url)
    except LocationParseError:
        parts = None
    if parts is None or parts.scheme not in ("http", "https") or not parts.host:
        msg = f"{show_url(url)} is not the address of an endpoint; write https://host/path"
        raise InputError(msg)
    sent, secrets = _read_headers(headers or {})
    if parts.auth and "authorization" not in {name.lower() for name in sent}:
        basic = make_headers(basic_auth=unquote(parts.auth))["authorization"]
        sent["Authorization"] = basic
        secrets += [parts.auth, unquote(parts.auth).partition(":")[2], basic.split()[1]]
    secrets += [v for k, v in parse_qsl(parts.query or "") if _is_secret(k, v)]
    port = "" if parts.port is None else f":{parts.port}"
    return Address(
        base=f"{parts.scheme}://{parts.host}{port}",
        target=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        shown=show_url(url),
        headers=sent,
        told=dict(headers or {}),
        secrets=tuple(each for each in secrets if len(each) >= SHORTEST_SECRET),
    )


def show_url(url: str) -> str:
    """Return a URL without user name, password, fragment and the secrets of its query.

    Examples
    --------
    >>> show_url("http://me:pw@host:80/a?api_key=1234#x")
    'http://host:80/a?api_key=***'
    """
    before, _, query = url.partition("#")[0].partition("?")
    scheme, slashes, rest = before.partition("//")
    host, slash, path = rest.partition("/")
    shown = f"{scheme}{slashes}{host.rpartition('@')[2]}{slash}{path}"
    pairs = [
        f"{quote(name)}={HIDDEN if _is_secret(name, value) else quote(value)}"
        for name, value in parse_qsl(query, keep_blank_values=True)
    ]
    return f"{shown}?{'&'.join(pairs)}" if pairs else shown


def _is_secret(name: str, value: str) -> bool:
    return is_secret(name) or len(value) >= TOKEN_LENGTH


def _read_headers(headers: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return the headers as they are sent, and the secrets in them."""
    sent, secrets, problems = {}, [], []
    for name, told in headers.items():
        refuse_hidden(f"the header {name}", told)
        found = FROM_ENVIRONMENT.fullmatch(told)
        if found is None:
            if is_secret(name):
                problems.append(
                    f"{name} looks like a secret: put it into an environment variable and write "
                    f"{name}: env:VARIABLE (or Bearer env:VARIABLE)"
                )
            sent[name] = told
            continue
        value = os.environ.get(found["name"], "").strip()
        if not value:
            problems.append(f"{name} wants the environment variable {found['name']}, not set")
        sent[name] = found["before"] + value
        secrets.append(value)
    problems += [
        f"{name!r} cannot be a header or has a value with a line break"
        for name, value in sent.items()
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name) or not value.isprintable()
    ]
    if problems:
        msg = f"the headers for the endpoint are wrong: {'; '.join(problems)}"
        raise InputError(msg)
    return sent, secrets
