"""One request over HTTP at a time: time-outs, retries with back-off, caps, no way elsewhere."""

import random
import re
import time
from dataclasses import dataclass
from http import HTTPStatus
from threading import Event, Lock
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    HTTPError,
    InvalidHeader,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.util import Retry, Timeout

from assay.errors import ModelError
from assay.models.predictor import ServiceError
from assay.models.remote.address import Address, show_url
from assay.models.remote.answers import shorten
from assay.models.remote.faults import RowsRefusedError, TooManyRowsError

CHUNK_BYTES = 65_536
LONGEST_WAIT = 60.0
"""Seconds that a server's Retry-After is obeyed at most."""
MOST_REDIRECTS = 3
EXCERPT = 200
EXCERPT_BYTES = 4096
BUSY = (408, 425, 429, 502, 503, 504)
"""Statuses after which the same request may work a little later."""
REFUSED = {
    401: "check the user or token (--model-option headers)",
    403: "check the user or token (--model-option headers)",
    404: "check the path of the address",
    405: "it takes no POST there; check the path of the address",
    406: "it does not give this media type; set accept_type",
    415: "it does not take this media type; set content_type",
}
"""Statuses that say that the way of asking is wrong, whatever the rows are."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a server answered to one request, when it answered well.

    Parameters
    ----------
    body : bytes
        Decompressed.
    content_type : str or None
    """

    body: bytes
    content_type: str | None


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long to wait for an endpoint, and how much to take from it.

    Parameters
    ----------
    timeout : float
        Seconds for an answer, and for each silence in it.
    connect_timeout : float
        Seconds.
    retries : int
        How often a request is sent again.
    backoff : float
        Seconds before the first retry; they double each time, and vary by half.
    max_response_bytes : int
        Of one answer, decompressed.
    connections : int
        How many are kept open.
    """

    timeout: float = 60.0
    connect_timeout: float = 10.0
    retries: int = 3
    backoff: float = 0.5
    max_response_bytes: int = 20_000_000
    connections: int = 4


class Transport:
    """Sends bodies to one address; threads may share it.

    Certificates are verified. A redirection is followed only to the same host, and only where
    it asks for the same request again.

    Parameters
    ----------
    address : Address
    media : (str, str)
        Content-Type and Accept.
    limits : Limits
    """

    def __init__(self, address: Address, media: tuple[str, str], limits: Limits) -> None:
        self._address, self._limits = address, limits
        self._pool = urllib3.connection_from_url(
            address.base,
            maxsize=2 * limits.connections,
            timeout=Timeout(connect=limits.connect_timeout, read=limits.timeout),
        )
        self._headers = {
            "User-Agent": "assay",
            "Content-Type": media[0],
            "Accept": media[1],
            **address.headers,
        }
        self._random, self._lock, self._calls = random.Random(), Lock(), 0

    @property
    def calls(self) -> int:
        """How many requests reached the server so far, retries among them."""
        return self._calls

    def send(self, body: bytes, stop: Event) -> Reply:
        """Send one request, again when that may help.

        Parameters
        ----------
        body : bytes
        stop : Event
            When it is set, no retry is waited for.

        Raises
        ------
        ServiceError
            If the endpoint cannot be reached, is too slow or busy, or refuses to be asked so.
        RowsRefusedError
            If it answers that it cannot predict these rows.
        """
        for attempt in range(self._limits.retries + 1):
            last = attempt == self._limits.retries or stop.is_set()
            try:
                return self._send_once(body)
            except _PassingError as error:
                if last or not error.retry:
                    raise ServiceError(self._tell(error, attempt + 1)) from error.__cause__
                stop.wait(self._delay(attempt, error.wait))
        raise AssertionError

    def _delay(self, attempt: int, wait: float | None) -> float:
        if wait is not None:
            return min(wait, LONGEST_WAIT)
        longest = min(self._limits.backoff * 2**attempt, LONGEST_WAIT)
        return longest * self._random.uniform(0.5, 1.0)

    def _tell(self, error: "_PassingError", attempts: int) -> str:
        times = "" if attempts == 1 else f" ({attempts} attempts)"
        return f"the endpoint {self._address.shown} {error}{times}; {error.advice}"

    def _send_once(self, body: bytes) -> Reply:
        target = self._address.target
        for _ in range(MOST_REDIRECTS + 1):
            started = time.monotonic()
            response = self._open(target, body)
            try:
                whole = self._read(response, started)
            finally:
                response.close()
            if 200 <= response.status < 300:
                return Reply(body=whole, content_type=response.headers.get("Content-Type"))
            if not 300 <= response.status < 400:
                raise self._refusal(response, whole)
            target = self._redirected(response)
        msg = f"the endpoint {self._address.shown} redirects in circles; check the address"
        raise ServiceError(msg)

    def _open(self, target: str, body: bytes) -> urllib3.BaseHTTPResponse:
        try:
            response = self._pool.urlopen(
                "POST",
                target,
                body=body,
                headers=self._headers,
                retries=False,
                redirect=False,
                preload_content=False,
            )
        except HTTPError as error:
            if not isinstance(error, NewConnectionError | ConnectTimeoutError | SSLError):
                self._count()
            raise self._passing(error) from error
        self._count()
        return response

    def _count(self) -> None:
        with self._lock:
            self._calls += 1

    def _read(self, response: urllib3.BaseHTTPResponse, started: float) -> bytes:
        """Return the body, decompressed, up to the cap and the time-out."""
        well = 200 <= response.status < 300
        cap = self._limits.max_response_bytes if well else EXCERPT_BYTES
        whole = bytearray()
        try:
            for chunk in response.stream(CHUNK_BYTES, decode_content=True):
                whole += chunk
                if len(whole) > cap:
                    break
                if time.monotonic() - started > 2 * self._limits.timeout:
                    raise self._too_slow()
        except DecodeError as error:
            msg = "answered with a body that cannot be decompressed"
            raise RowsRefusedError(msg) from error
        except HTTPError as error:
            raise self._passing(error) from error
        if len(whole) > cap and well:
            msg = (
                f"the endpoint {self._address.shown} answered with more than "
                f"{cap / 1e6:g} MB; ask about fewer rows at once (--model-option batch_rows=…) "
                "or raise max_response_mb"
            )
            raise ServiceError(msg)
        return bytes(whole)

    def _too_slow(self) -> "_PassingError":
        return _PassingError(
            f"did not answer within {self._limits.timeout:g} s",
            "raise --model-option timeout=…, or ask about fewer rows at once (batch_rows=…)",
        )

    def _passing(self, error: HTTPError) -> "_PassingError":
        """Say what went wrong on the way, and whether another attempt may help."""
        if isinstance(error, ReadTimeoutError):
            return self._too_slow()
        if isinstance(error, SSLError):
            why = shorten(self._address.hide(str(error)), EXCERPT)
            advice = "its certificate must be valid (SSL_CERT_FILE names your own authority)"
            return _PassingError(f"has no secure connection: {why}", advice, retry=False)
        if isinstance(error, NewConnectionError | ConnectTimeoutError):
            # The last part of the text is the reason; before it stand objects of urllib3.
            why = shorten(str(error).rpartition(": ")[2], EXCERPT)
            return _PassingError(f"cannot be reached: {why}", "start it, or check the address")
        why = shorten(self._address.hide(str(error)), EXCERPT)
        return _PassingError(f"broke off: {why}", "see the server's log")

    def _refusal(self, response: urllib3.BaseHTTPResponse, body: bytes) -> ModelError:
        """Return the error that a bad status means."""
        status = response.status
        said = self._excerpt(body)
        what = f"answered with status {status}{_phrase(status)}{said}"
        if status in BUSY:
            wait = _retry_after(response.headers.get("Retry-After"))
            advice = "try again later, or lower --model-option concurrency"
            raise _PassingError(what, advice, wait=wait)
        if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return TooManyRowsError(f"{what}; lower --model-option batch_rows")
        if status in REFUSED:
            return ServiceError(f"the endpoint {self._address.shown} {what}; {REFUSED[status]}")
        return RowsRefusedError(what)

    def _excerpt(self, body: bytes) -> str:
        text = re.sub(r"<[^>]*>", " ", body.decode(errors="replace"))
        text = shorten(self._address.hide(text), EXCERPT)
        return f": {text}" if text else ""

    def _redirected(self, response: urllib3.BaseHTTPResponse) -> str:
        """Return the path that the same request shall be sent to, on the same host."""
        here = self._address.base + self._address.target
        there = urljoin(here, response.headers.get("Location", ""))
        same = urlsplit(there)[:2] == urlsplit(here)[:2]
        if response.status in (307, 308) and same:
            parts = urlsplit(there)
            return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        msg = (
            f"the endpoint {self._address.shown} redirects (status {response.status}) to "
            f"{shorten(show_url(there), EXCERPT)}; rows are not sent on to where they were not "
            "meant to go: give the new address if it is right"
        )
        raise ServiceError(msg)


class _PassingError(Exception):
    """Something that may be over soon."""

    def __init__(
        self, what: str, advice: str, *, wait: float | None = None, retry: bool = True
    ) -> None:
        self.advice, self.wait, self.retry = advice, wait, retry
        super().__init__(what)


def _phrase(status: int) -> str:
    try:
        return f" ({HTTPStatus(status).phrase})"
    except ValueError:
        return ""


def _retry_after(header: str | None) -> float | None:
    try:
        return None if header is None else Retry().parse_retry_after(header)
    except InvalidHeader:
        return None
