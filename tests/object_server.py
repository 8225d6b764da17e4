"""Objects behind HTTP on loopback, as a web server gives them and as S3 lists them."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

RANGE = re.compile(r"bytes=(\d*)-(\d*)")
MODIFIED = "Mon, 01 Jan 2024 00:00:00 GMT"
ISO_MODIFIED = "2024-01-01T00:00:00.000Z"


@dataclass
class ObjectServer:
    """What the server gives, and what it was asked for.

    Parameters
    ----------
    objects : dict of str to bytes
        By path: "/bucket/folder/name.parquet".
    buckets : set of str
        Buckets that exist.
    failures : dict of str to int
        Status to answer with, by path.
    stalls : set of str
        Paths that are never answered.
    types : dict of str to str
        Content types, by path.
    cuts : dict of str to int
        After how many bytes the connection breaks off, by path.
    has_ranges : bool
        Whether a part of an object can be asked for.
    asked : list of (str, str)
        Method and path of each request.
    bytes_sent : int
        Of the contents of objects.
    """

    url: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)
    buckets: set[str] = field(default_factory=set)
    failures: dict[str, int] = field(default_factory=dict)
    stalls: set[str] = field(default_factory=set)
    types: dict[str, str] = field(default_factory=dict)
    cuts: dict[str, int] = field(default_factory=dict)
    has_ranges: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)
    bytes_sent: int = 0
    closed: threading.Event = field(default_factory=threading.Event)

    @property
    def storage(self) -> dict[str, str]:
        """Options that lead Polars and obstore here for s3:// URLs."""
        return {
            "aws_endpoint_url": self.url,
            "aws_access_key_id": "tester",
            "aws_secret_access_key": "velvet-anchor-9",
            "aws_region": "us-east-1",
            "aws_allow_http": "true",
        }


@contextmanager
def running_objects() -> Iterator[ObjectServer]:
    """Serve objects on a free port of loopback."""
    state = ObjectServer()

    class Handler(_Handler):
        served = state

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        state.closed.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    served: ObjectServer
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, *, with_body: bool) -> None:
        parts = urlsplit(self.path)
        path, query = unquote(parts.path), parse_qs(parts.query)
        self.served.asked.append((self.command, path))
        if path in self.served.stalls:
            self.served.closed.wait(60)
            return
        if path in self.served.failures:
            self._refuse(self.served.failures[path], "AccessDenied")
        elif "list-type" in query:
            self._list(path.strip("/").partition("/")[0], query.get("prefix", [""])[0])
        elif path in self.served.objects:
            self._send(path, with_body=with_body)
        elif path.split("/")[1] in self.served.buckets or not self.served.buckets:
            self._refuse(404, "NoSuchKey")
        else:
            self._refuse(404, "NoSuchBucket")

    def _send(self, path: str, *, with_body: bool) -> None:
        content = self.served.objects[path]
        status, start, stop = 200, 0, len(content)
        wanted = RANGE.fullmatch(self.headers.get("Range", ""))
        if wanted is not None and self.served.has_ranges:
            status, (first, last) = 206, wanted.groups()
            if first:
                start = int(first)
                stop = min(len(content), int(last) + 1) if last else len(content)
            else:
                start = max(0, len(content) - int(last))
        self.send_response(status)
        if status == 206:
            self.send_header("Content-Range", f"bytes {start}-{stop - 1}/{len(content)}")
        if path in self.served.types:
            self.send_header("Content-Type", self.served.types[path])
        self.send_header("Content-Length", str(stop - start))
        self.send_header("Last-Modified", MODIFIED)
        self.send_header("ETag", f'"{hash(content) & 0xFFFF:x}"')
        self.end_headers()
        if with_body:
            cut = self.served.cuts.get(path)
            self.wfile.write(content[start:stop][:cut])
            self.served.bytes_sent += stop - start
            self.close_connection = cut is not None

    def _list(self, bucket: str, prefix: str) -> None:
        if bucket not in self.served.buckets:
            self._refuse(404, "NoSuchBucket")
            return
        entries = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>{ISO_MODIFIED}</LastModified>"
            f'<ETag>"0"</ETag><Size>{len(content)}</Size></Contents>'
            for path, content in sorted(self.served.objects.items())
            if path.startswith(f"/{bucket}/")
            and (key := path.removeprefix(f"/{bucket}/")).startswith(prefix)
        )
        self._xml(
            200, f"<ListBucketResult><IsTruncated>false</IsTruncated>{entries}", "ListBucketResult"
        )

    def _refuse(self, status: int, code: str) -> None:
        self._xml(status, f"<Error><Code>{code}</Code><Message>{code}</Message>", "Error")

    def _xml(self, status: int, body: str, root: str) -> None:
        text = f'<?xml version="1.0" encoding="UTF-8"?>{body}</{root}>'.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)
