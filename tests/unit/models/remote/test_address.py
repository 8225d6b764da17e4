import pytest

from assay.errors import InputError
from assay.models.remote.address import read_address, show_url


def test_parts():
    address = read_address("HTTPS://Host.example:8443/a/b?variant=b#part")
    assert address.base == "https://host.example:8443"
    assert address.target == "/a/b?variant=b"
    assert address.shown == "HTTPS://Host.example:8443/a/b?variant=b"
    assert read_address("http://host").target == "/"
    assert read_address("http://[::1]:80/x").base == "http://[::1]:80"


@pytest.mark.parametrize(
    "url", ["http://", "http:///path", "http://host:port/", "ftp://host/x", "x"]
)
def test_what_is_no_address(url):
    with pytest.raises(InputError, match="not the address of an endpoint"):
        read_address(url)


def test_secrets_come_from_the_environment_and_are_hidden(monkeypatch):
    monkeypatch.setenv("SCORING_TOKEN", "t0p-s3cret\n")
    address = read_address(
        "http://me:pass%40word@host/x?api_key=k3y-value&variant=b",
        {"X-Token": "env:SCORING_TOKEN", "Proxy-Authorization": "Bearer env:SCORING_TOKEN"},
    )
    assert address.headers["X-Token"] == "t0p-s3cret"
    assert address.headers["Proxy-Authorization"] == "Bearer t0p-s3cret"
    assert address.headers["Authorization"] == "Basic bWU6cGFzc0B3b3Jk"
    assert address.shown == "http://host/x?api_key=***&variant=b"
    said = address.hide("no t0p-s3cret for pass@word with k3y-value bWU6cGFzc0B3b3Jk")
    assert said == "no *** for *** with *** ***"
    for text in (repr(address), address.shown, str(address.told)):
        assert not any(secret in text for secret in ("t0p", "pass", "k3y"))


def test_long_values_of_a_query_are_taken_for_secrets():
    assert show_url(f"https://host/x?v=2&q={'a1' * 20}") == "https://host/x?v=2&q=***"


def test_every_wrong_header_is_told(monkeypatch):
    monkeypatch.delenv("ABSENT", raising=False)
    headers = {"Authorization": "Bearer abc", "X-A": "env:ABSENT", "B a d": "1", "X-B": "a\nb: c"}
    with pytest.raises(InputError) as caught:
        read_address("http://host", headers)
    told = str(caught.value)
    assert "Authorization looks like a secret" in told
    assert "environment variable ABSENT" in told
    assert "'B a d' cannot be a header" in told
    assert "'X-B' cannot be" in told
    assert "abc" not in told


def test_other_headers_may_be_written_out():
    assert read_address("http://host", {"X-Variant": "b"}).headers == {"X-Variant": "b"}


@pytest.mark.parametrize(
    ("url", "headers"),
    [("http://host/x?token=***", {}), ("http://host/x", {"Authorization": "***"})],
)
def test_what_was_hidden_when_it_was_written_down_is_asked_for(url, headers):
    with pytest.raises(InputError, match="give the secret anew"):
        read_address(url, headers)
