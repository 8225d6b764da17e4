import gzip
import shutil
import socket
import ssl
import subprocess
import time
from email.utils import formatdate
from threading import Event, Thread

import pytest

from assay.models.predictor import ServiceError
from assay.models.remote.address import read_address
from assay.models.remote.faults import RowsRefusedError, TooManyRowsError
from assay.models.remote.transport import Limits, Transport
from http_endpoints import HangupError, Said, serve

LIMITS = {"timeout": 5.0, "connect_timeout": 2.0, "retries": 2, "backoff": 0.001}


def transport(url, headers=None, **limits) -> Transport:
    media = ("application/json", "application/json")
    return Transport(read_address(url, headers), media, Limits(**{**LIMITS, **limits}))


def send(url, body=b"[]", **limits):
    return transport(url, **limits).send(body, Event())


def test_body_and_headers_arrive():
    with serve(lambda asked: asked.json) as server:
        made = transport(f"{server.url}/a?v=1", {"X-Variant": "b"})
        assert made.send(b"[1, 2]", Event()).body == b"[1, 2]"
    (asked,) = server.asked
    assert asked.path == "/a?v=1"
    assert asked.headers["Content-Type"] == asked.headers["Accept"] == "application/json"
    assert asked.headers["X-Variant"] == "b"
    assert made.calls == 1


def test_one_connection_serves_many_requests():
    with serve(lambda asked: 1) as server:
        made = transport(server.url)
        for _ in range(3):
            made.send(b"[]", Event())
    assert made.calls == 3
    assert len({asked.client for asked in server.asked}) == 1


@pytest.mark.parametrize("status", [408, 429, 502, 503, 504])
def test_a_busy_server_is_asked_again(status):
    with serve(lambda asked: Said("later", status) if asked.number < 2 else [1]) as server:
        made = transport(server.url)
        assert made.send(b"[]", Event()).body == b"[1]"
    assert made.calls == 3


def test_a_server_that_stays_busy():
    with (
        serve(lambda asked: Said("try later", 503)) as server,
        pytest.raises(ServiceError, match=r"status 503 .*: try later \(3 attempts\)"),
    ):
        send(server.url)
    assert len(server.asked) == 3


def past() -> str:
    return formatdate(time.time() - 5, usegmt=True)


@pytest.mark.parametrize(("wait", "seconds"), [("1", 1.0), (past(), 0.0)], ids=["in", "at"])
def test_retry_after_is_obeyed(wait, seconds):
    busy = Said("", 429, headers={"Retry-After": wait})
    with serve(lambda asked: busy if asked.number == 0 else [1]) as server:
        started = time.monotonic()
        send(server.url, backoff=30.0)
        waited = time.monotonic() - started
    assert seconds <= waited < seconds + 5


def test_retry_after_that_is_no_time_is_ignored():
    busy = Said("", 429, headers={"Retry-After": "soon"})
    with serve(lambda asked: busy if asked.number == 0 else [1]) as server:
        assert send(server.url).body == b"[1]"


def test_connections_that_break_are_tried_again():
    def respond(asked):
        if asked.number == 0:
            raise HangupError
        return Said('{"a": 1', length=100) if asked.number == 1 else {"a": 1}

    with serve(respond) as server:
        made = transport(server.url)
        assert made.send(b"[]", Event()).body == b'{"a": 1}'
    assert made.calls == 3


def test_connections_that_always_break():
    def respond(asked):
        raise HangupError

    with serve(respond) as server, pytest.raises(ServiceError, match="broke off"):
        send(server.url)


def test_slow_answers_end():
    with (
        serve(lambda asked: time.sleep(0.5)) as server,
        pytest.raises(ServiceError, match=r"within 0.05 s \(2 attempts\); raise .*timeout=…"),
    ):
        send(server.url, timeout=0.05, retries=1)
    assert len(server.asked) == 2


def test_nobody_there():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/x"
        made = transport(url)
        with pytest.raises(
            ServiceError, match=r"cannot be reached: .*refused \(3 attempts\); start"
        ):
            made.send(b"[]", Event())
    assert made.calls == 0


def test_no_such_host():
    with pytest.raises(ServiceError, match="cannot be reached"):
        send("http://no-such-host.invalid/x", retries=0)


def test_plain_http_behind_an_https_address():
    with (
        serve(lambda asked: [1]) as server,
        pytest.raises(ServiceError, match="no secure connection"),
    ):
        send(server.url.replace("http:", "https:"))


@pytest.fixture
def certificate(tmp_path):
    """Return a certificate for 127.0.0.1 that no authority knows, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    paths = tmp_path / "certificate.pem", tmp_path / "key.pem"
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = ["-newkey", "rsa:2048", "-nodes", "-days", "1", "-out", paths[0], "-keyout", paths[1]]
    subprocess.run(["openssl", "req", "-x509", *names, *made], check=True, capture_output=True)
    return paths


def test_certificates_are_verified(certificate, monkeypatch):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*certificate)
    with serve(lambda asked: [1], tls) as server:
        with pytest.raises(ServiceError, match=r"no secure connection.*CERTIFICATE_VERIFY_FAILED"):
            send(server.url)
        assert server.asked == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        assert send(server.url).body == b"[1]"


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (401, "headers"),
        (403, "headers"),
        (404, "path"),
        (405, "no POST"),
        (406, "accept_type"),
        (415, "content_type"),
    ],
)
def test_statuses_that_mean_the_way_of_asking_is_wrong(status, advice):
    with (
        serve(lambda asked: Said("<html><b>No</b></html>", status, "text/html")) as server,
        pytest.raises(ServiceError, match=rf"status {status} .*: No; .*{advice}"),
    ):
        send(server.url)
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [400, 422, 424, 500, 501, 599])
def test_statuses_that_may_mean_a_row(status):
    with (
        serve(lambda asked: Said('{"detail": "odd row"}', status)) as server,
        pytest.raises(RowsRefusedError, match=f"status {status}.*odd row"),
    ):
        send(server.url)
    assert len(server.asked) == 1


def test_too_large_requests():
    with (
        serve(lambda asked: Said("", 413)) as server,
        pytest.raises(TooManyRowsError, match="413"),
    ):
        send(server.url)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_to_other_hosts_are_not_followed(status):
    with serve(lambda asked: [1]) as other:
        moved = {"Location": f"{other.url}/y?token=abc"}
        with (
            serve(lambda asked: Said("", status, headers=moved)) as server,
            pytest.raises(ServiceError, match=r"redirects .*give the new address") as caught,
        ):
            send(server.url)
        assert other.asked == []
    assert "abc" not in str(caught.value)


def test_redirects_on_the_same_host_are_followed_with_the_rows():
    def respond(asked):
        if asked.path == "/a":
            return Said("", 307, headers={"Location": "/b?c=1"})
        return asked.json

    with serve(respond) as server:
        assert send(f"{server.url}/a", b"[7]").body == b"[7]"
    assert [asked.path for asked in server.asked] == ["/a", "/b?c=1"]


def test_redirects_in_circles_end():
    with (
        serve(lambda asked: Said("", 308, headers={"Location": "/"})) as server,
        pytest.raises(ServiceError, match="in circles"),
    ):
        send(server.url)


def packed(body):
    return Said(gzip.compress(body), headers={"Content-Encoding": "gzip"})


def test_compressed_answers():
    with serve(lambda asked: packed(b"[1, 2]")) as server:
        assert send(server.url).body == b"[1, 2]"


def test_answers_that_unpack_to_too_much():
    with (
        serve(lambda asked: packed(b"0" * 50_000_000)) as server,
        pytest.raises(ServiceError, match="more than 1 MB"),
    ):
        send(server.url, max_response_bytes=1_000_000)
    assert len(server.asked) == 1


def test_answers_that_cannot_be_unpacked():
    broken = Said(b"no gzip", headers={"Content-Encoding": "gzip"})
    with (
        serve(lambda asked: broken) as server,
        pytest.raises(RowsRefusedError, match="decompressed"),
    ):
        send(server.url)


def test_secrets_that_a_server_repeats_are_not_told(monkeypatch):
    monkeypatch.setenv("SCORING_TOKEN", "t0p-s3cret")

    def respond(asked):
        return Said(f"bad token {asked.headers['Authorization']}", 401)

    with serve(respond) as server:
        made = transport(server.url, {"Authorization": "Bearer env:SCORING_TOKEN"})
        with pytest.raises(ServiceError, match=r"bad token Bearer \*\*\*") as caught:
            made.send(b"[]", Event())
    assert "t0p" not in str(caught.value)


def test_waiting_for_a_retry_can_be_stopped():
    stop, errors = Event(), []

    def ask(url):
        try:
            transport(url, backoff=30.0).send(b"[]", stop)
        except ServiceError as error:
            errors.append(error)

    with serve(lambda asked: Said("", 503)) as server:
        thread = Thread(target=ask, args=(server.url,))
        thread.start()
        while not server.asked:
            time.sleep(0.001)
        stop.set()
        thread.join(5)
    assert not thread.is_alive()
    assert len(errors) == 1
