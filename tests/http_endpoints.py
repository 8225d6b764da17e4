"""A real HTTP server on 127.0.0.1 that answers as a test wants, for tests of endpoints."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from threading import Lock, Thread


@dataclass(frozen=True)
class Asked:
    """A request that came."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    number: int
    client: tuple[str, int]

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def lines(self) -> list:
        return [json.loads(line) for line in self.body.splitlines()]


@dataclass(frozen=True)
class Said:
    """What is answered; `length` is said in place of the body's own."""

    body: bytes | str = b""
    status: int = 200
    media: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None


class HangupError(Exception):
    """Raised by a test's function to close the connection without an answer."""


@dataclass
class Served:
    """A running server."""

    url: str
    asked: list[Asked] = field(default_factory=list)

    @property
    def bodies(self) -> list[bytes]:
        return [each.body for each in self.asked]


Respond = Callable[[Asked], object]


@contextmanager
def serve(respond: Respond, tls: SSLContext | None = None) -> Iterator[Served]:
    """Answer POST requests by a function; what it returns is JSON, unless it is `Said`."""
    served, lock = Served(""), Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # headers and body leave together

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                asked = Asked(
                    self.path, dict(self.headers), body, len(served.asked), self.client_address
                )
                served.asked.append(asked)
            try:
                said = respond(asked)
            except HangupError:
                self.close_connection = True
                return
            if not isinstance(said, Said):
                said = Said(json.dumps(said))
            self._say(said)

        def _say(self, said: Said):
            body = said.body.encode() if isinstance(said.body, str) else said.body
            self.send_response(said.status)
            self.send_header("Content-Type", said.media)
            self.send_header("Content-Length", str(said.length or len(body)))
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()
            self.close_connection = said.length is not None

        def handle(self):
            try:
                super().handle()
            except ConnectionError:
                self.close_connection = True  # the client did not wait

        def log_message(self, format, *args):
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request, client_address):
            pass

    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    served.url = f"http{'s' if tls else ''}://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
